from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.model.names import bare
from crmtxt.model.names import fold
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.model.names import nearest

HANDLES = [
    ("Acme Ltd", "acme-ltd"),
    ("Müller & Söhne GmbH", "muller-sohne-gmbh"),
    ("  Harbour   Tools  ", "harbour-tools"),
    ("O'Brien", "obrien"),
    ("O’Brien", "obrien"),
    ("St. Mary's", "st-marys"),
    ("--A--B--", "a-b"),
    ("3M", "3m"),
    ("X", "x"),
    ("É", "e"),
    ("Straße", "strasse"),
    ("Łódź Sp. z o.o.", "lodz-sp-z-o-o"),
    ("Ærø Færge", "aero-faerge"),
    ("İstanbul", "istanbul"),
    ("東京", "dongjing"),
    ("Альфа-Банк", "alfa-bank"),
    ("Ελλάδα", "ellada"),
    ("한국", "hangug"),
    ("ガパ", "gapa"),
    ("हिन्दी", "hindi"),
    ("Acme 😀", "acme"),
    ("ＡＣＭＥ", "acme"),
    ("con", "con-co"),
    ("NUL.", "nul-co"),
    ("Aux", "aux-co"),
    ("com1", "com1-co"),
    ("COM¹", "com1-co"),
    ("lpt9", "lpt9-co"),
    ("con ltd", "con-ltd"),
    ("a" * 70, "a" * 60),
    ("twenty letters and more " + "b" * 60, "twenty-letters-and-more"),
    ("a " + "b" * 70, "a-" + "b" * 58),
    ("word " * 12 + "more", "word-word-word-word-word-word-word-word-word-word-word-word"),
    ("word " * 11 + "fives six", "word-word-word-word-word-word-word-word-word-word-word-fives"),
    ("word " * 11 + "sevens six", "word-word-word-word-word-word-word-word-word-word-word"),
]


@pytest.mark.parametrize(("name", "expected"), HANDLES)
def test_a_name_becomes_a_readable_handle(name: str, expected: str) -> None:
    assert handle_from(name) == expected


@pytest.mark.parametrize("name", ["", "!!!", "😀", "---", "\ud800", "Ъь", "⚙️", "𝄞", "\x00\u202e", "😀 A"])
def test_a_name_with_too_little_left_becomes_a_hash_of_itself(name: str) -> None:
    assert re.fullmatch("customer-[0-9a-f]{6}", handle_from(name))


def test_names_of_which_nothing_is_left_stay_apart() -> None:
    names = ["😀", "😃", "!!!", "???", "♥", "♦", "ъ", "ь", "", " "]
    assert len({handle_from(name) for name in names}) == len(names)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.text(st.characters(codec=None), max_size=90)))
def test_a_handle_is_always_valid_and_always_the_same(name: str) -> None:
    handle = handle_from(name)
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", handle)
    assert len(handle) <= 60
    assert is_handle(handle)
    assert handle_from(name) == handle


@given(st.from_regex("[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,3}", fullmatch=True))
def test_a_handle_is_its_own_handle(handle: str) -> None:
    assert handle_from(handle) in {handle, f"{handle}-co"}


@pytest.mark.parametrize("text", ["acme", "3m", "a-b", "a--b", "a-", "x" * 60])
def test_letters_digits_and_hyphens_are_a_handle(text: str) -> None:
    assert is_handle(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", "-a", "Acme", "a b", "a.b", "a/b", "..", "é", "a_b", "x" * 61, "a\n", "٣", "con.md"],
)
def test_anything_else_is_no_handle(text: str) -> None:
    assert not is_handle(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  Jane\t Doe\n", "jane doe"),
        ("Müller", "muller"),
        ("Mu\u0308ller", "muller"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Søren Łukasz", "soren lukasz"),
        ("İ", "i"),
        ("ＡＣＭＥ　Ltd", "acme ltd"),
        ("Ёлка", "елка"),
        ("Άλφα", "αλφα"),
        ("ガ", "ガ"),
        ("हिन्दी", "हिन्दी"),
        ("O’Brien", "o'brien"),
    ],
)
def test_folding_drops_case_accents_and_white_space(text: str, expected: str) -> None:
    assert fold(text) == expected


@settings(max_examples=300)
@given(st.one_of(st.text(), st.text(st.characters(codec=None))))
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(f" {text}\n") == folded


@given(st.text(st.characters(max_codepoint=0x17F, categories=["L"])))
def test_case_and_decomposition_make_no_difference_in_latin(text: str) -> None:
    from unicodedata import normalize

    assert fold(text) == fold(normalize("NFD", text)) == fold(text.lower())
    assert fold(text.upper().lower()) == fold(text.upper())


@pytest.mark.parametrize(
    "row",
    [
        "Müller & Söhne GmbH | Muller Sohne | MÜLLER UND SÖHNE GMBH & CO. KG | muller and sohne",
        "Acme | ACME Ltd. | Acme, Inc. | Acme Limited | acme co.,ltd. | Acme S.A. | Acme s.r.o. | Acme Sp. z o.o.",
        "Novo | Novo A/S | Novo ApS | novo aps",
        "Smith Jones | Smith & Jones LLC | Smith and Jones, LLP",
        "O'Brien | O’Brien plc | Obrien",
        "हिन्दी | हिन्दी Pty Ltd",
    ],
)
def test_names_that_differ_by_case_accent_or_legal_form_are_the_same(row: str) -> None:
    assert len({bare(name) for name in row.split("|")}) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Co", "co"),
        ("Company Ltd", "company"),
        ("And", "and"),
        ("!!!", "!!!"),
        ("Sasha", "sasha"),
        ("AG Tools", "ag tools"),
        ("Alpha-Beta", "alpha beta"),
        ("कु", "कु"),
    ],
)
def test_a_bare_name_keeps_what_tells_it_from_others(name: str, expected: str) -> None:
    assert bare(name) == expected


@given(st.text(st.characters(codec=None), min_size=1))
def test_a_bare_name_is_empty_only_for_white_space(name: str) -> None:
    assert bool(bare(name)) == bool(fold(name))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("propsal", "proposal"),
        ("PROPOSAL", "proposal"),
        ("prospct", "prospect"),
        ("jane", "Jane"),
        ("janr", "Jane"),
        ("zzz", None),
        ("", None),
        ("p" * 100_000, None),
    ],
)
def test_a_slip_is_led_back_to_the_nearest_word(word: str, expected: str | None) -> None:
    assert nearest(word, iter(["lead", "prospect", "proposal", "Jane", "JANE"])) == expected


def test_nothing_is_near_when_nothing_is_known() -> None:
    assert nearest("lead", []) is None
