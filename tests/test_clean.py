from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtxt.render.clean import clean
from crmtxt.render.clean import clean_line

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MARKS = "\u200e\u200f\u061c\u200b\ufeff"
WRITING = "\u200c\u200d\ufe0f"


def is_dangerous(letter: str) -> bool:
    return (
        unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(letter) in DIRECTIONS
        or letter in MARKS
    )


ODD = "\x1b\x9b\x07\x85\u202e\u2066\u2028\ud800\r\n\t[]/|{}<&"
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from(ODD)))


def test_every_dangerous_character_of_unicode_is_written_out() -> None:
    dangerous = [chr(point) for point in range(sys.maxunicode + 1) if is_dangerous(chr(point))]
    left = [letter for letter in dangerous if letter not in "\n\t" and clean(letter) == letter]
    assert len(dangerous) > 2100
    assert left == []


def test_no_letter_digit_or_sign_is_changed() -> None:
    kept = "".join(chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point))[0] in "LMNPS")
    assert clean(kept) == kept
    assert clean_line(kept) == kept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("Acme \u202edtL", r"Acme \u202edtL"),
        ("caf\udce9.md", r"caf\udce9.md"),
        ("\ufeffname", r"\ufeffname"),
        ("a\rb", r"a\x0db"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("[/x] [red]bold[/red]", "[/x] [red]bold[/red]"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_one_line_shows_newlines_and_tabs_as_spaces_or_as_asked() -> None:
    assert clean_line("a\nb\tc\r\nd") == "a b c d"
    assert clean_line("a\nb", " / ") == "a / b"


def test_emoji_and_persian_keep_their_joiners() -> None:
    text = "👩\u200d🚀 ❤\ufe0f می\u200cخواهم"
    assert all(letter in text for letter in WRITING)
    assert clean(text) == text


@given(ANY_TEXT)
def test_clean_text_holds_nothing_dangerous_and_is_clean_already(text: str) -> None:
    cleaned = clean(text)
    assert not [letter for letter in cleaned if is_dangerous(letter) and letter not in "\n\t"]
    assert clean(cleaned) == cleaned
    assert not [letter for letter in clean_line(text) if is_dangerous(letter)]
    assert clean_line(text).splitlines() == ([clean_line(text)] if text else [])
