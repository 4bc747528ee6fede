"""Opportunities: what their lines say, what the commands write, and that the head and the log go together."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtxt.model import opportunity
from crmtxt.model.line import TOKEN
from crmtxt.model.line import Line
from crmtxt.model.line import tokens
from crmtxt.model.line import write_token
from crmtxt.text.lines import read_line
from crmtxt.text.lines import write_line
from generators import AWKWARD

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

KEYS = st.sampled_from(["because", "to", "learned", "again", "own-key"])
SAID = st.lists(st.sampled_from([each for each in AWKWARD if each.isprintable()]), max_size=4).map(" ".join)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


def plain(text: str) -> str:
    return " ".join(text.split()).replace('"', "'")


@given(st.dictionaries(KEYS, st.one_of(SAID, WORDS), max_size=4))
def test_a_token_says_what_was_written_whatever_it_holds(said: dict[str, str]) -> None:
    text = " ".join(write_token(key, value) for key, value in said.items())
    assert tokens(text) == {key: plain(value) for key, value in said.items()}


@given(st.lists(st.one_of(SAID, WORDS), max_size=5).map(" ".join))
def test_a_text_without_quoted_values_reads_as_it_always_did(text: str) -> None:
    found = TOKEN.findall(text)
    assert ':"' in text or all(value == value.split()[0] for _, value in found)


@given(
    st.sampled_from(["", "12000 EUR", "0.5 USD"]),
    st.dictionaries(KEYS, st.one_of(SAID, WORDS).filter(str.strip), max_size=4),
    st.one_of(SAID, WORDS),
)
def test_a_loss_says_what_was_written(value: str, lessons: dict[str, str], title: str) -> None:
    text = opportunity.losing("proposal", value, lessons, title)
    line = Line("2026-11-21", opportunity.KIND, text, subject="renewal")
    assert read_line(write_line(line), "", boxed=False) == line
    move = opportunity.read_move(text)
    assert move is not None
    assert (move.field, move.before, move.after, move.value) == ("stage", "proposal", "lost", value)
    missing = ",".join(key for key in opportunity.LESSONS if key not in lessons)
    expected = {key: plain(value) for key, value in lessons.items()} | ({"skipped": missing} if missing else {})
    assert {key: move.tokens.get(key) for key in expected} == expected
    assert move.title == plain(title)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('opened at qualify 12000 EUR "Renewal"', ("stage", "", "qualify", True, "12000 EUR", "Renewal")),
        ("opened", ("stage", "", "", True, "", "")),
        ("qualify -> proposal", ("stage", "qualify", "proposal", False, "", "")),
        ("value 12000 EUR -> 14000 EUR", ("value", "12000 EUR", "14000 EUR", False, "", "")),
        ("close 2027-01-31 -> 2027-02-28", ("close", "2027-01-31", "2027-02-28", False, "", "")),
        ('proposal -> won 14000.50 EUR "Two "', ("stage", "proposal", "won", False, "14000.50 EUR", "Two ")),
        ('a -> lost because:price "2 years"', ("stage", "a", "lost", False, "", "2 years")),
    ],
)
def test_a_line_tells_a_move(text: str, expected: tuple[str, str, str, bool, str, str]) -> None:
    move = opportunity.read_move(text)
    assert move is not None
    assert (move.field, move.before, move.after, move.opens, move.value, move.title) == expected


@pytest.mark.parametrize("text", ["", "called about it", "proposal", "openedness"])
def test_other_words_are_no_move(text: str) -> None:
    assert opportunity.read_move(text) is None


def test_what_was_done_can_be_undone_to_the_byte(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "acme.md"
    before = file.read_bytes()
    crmtxt("crmtxt opp add acme 'Second plant' 8000 EUR --close 2027-01-31")
    crmtxt("crmtxt opp set acme second-plant value=9000 note='by the river'")
    crmtxt("crmtxt opp move acme second-plant demo")
    crmtxt("crmtxt opp lost acme second-plant --because price --learned 'ask first' --again 2027-06-01")
    for _ in range(4):
        assert crmtxt("crmtxt undo").code == 0
    assert file.read_bytes() == before


@pytest.mark.usefixtures("book")
def test_of_two_with_one_title_each_answers_to_its_handle(crmtxt: Prompt) -> None:
    for _ in range(2):
        crmtxt("crmtxt opp add acme Thing 10 EUR")
    assert crmtxt("crmtxt opp won acme thing-2").code == 0
    crmtxt("crmtxt undo")
    assert crmtxt("crmtxt opp won acme thing").code == 0


def test_one_that_is_closed_is_not_taken_for_another_that_begins_alike(crmtxt: Prompt, book: Path) -> None:
    for _ in range(2):
        crmtxt("crmtxt opp add acme Thing 10 EUR")
    crmtxt("crmtxt opp won acme thing")
    before = (book / "customers" / "acme.md").read_bytes()
    answer = crmtxt("crmtxt opp won acme thing")
    assert answer.code == 3
    assert "'thing' of acme is closed: won on 2026-11-21" in answer.stderr
    assert (book / "customers" / "acme.md").read_bytes() == before
    assert crmtxt("crmtxt opp move acme Thing demo").code == 0
    assert crmtxt("crmtxt opp won acme thing-").code == 0


def test_the_log_cannot_say_an_earlier_day_for_a_later_step(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "acme.md"
    before = file.read_bytes()
    for step in ("move acme renewal-2027 negotiation", "won acme renewal-2027", "lost acme renewal-2027 --skip"):
        answer = crmtxt(f"crmtxt opp {step} --on 2026-11-15")
        assert answer.code == 2
        assert "came to proposal on 2026-11-16" in answer.stderr
    assert file.read_bytes() == before
    assert crmtxt("crmtxt opp move acme renewal-2027 negotiation --on 2026-11-16").code == 0
    assert "drift" not in crmtxt("crmtxt check --json").stdout


def test_the_line_of_a_loss_keeps_what_only_the_head_knew(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "tidewell.md"
    text = file.read_text(encoding="utf-8")
    head = "opportunities:\n  tower:\n    stage: proposal\n    value: 4200 GBP\n---\n"
    file.write_text("---\n" + text.removeprefix("---\n").replace("---\n", head, 1), encoding="utf-8")
    crmtxt("crmtxt opp lost tidewell tower --skip")
    assert "tower\t4200" in crmtxt("crmtxt lost tidewell --format '{handle}\t{value}'").stdout


def test_a_past_day_shows_whose_it_was_and_what_it_was_called(crmtxt: Prompt, book: Path) -> None:
    crmtxt("crmtxt opp set acme renewal-2027 owner=ana title='Three \"big\" -> years'")
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    assert ": owner sam -> ana\n" in text
    assert ': title "Renewal 2027" -> "Three \'big\' -> years"\n' in text
    crmtxt("crmtxt opp move acme renewal-2027 negotiation")
    crmtxt("crmtxt opp won acme renewal-2027")
    shown = "--format '{title} {owner}'"
    assert crmtxt(f"crmtxt opp list acme --as-of 2026-11-20 {shown}").stdout == "Renewal 2027 sam\n"
    assert crmtxt(f"crmtxt won acme --since today {shown}").stdout == "Three 'big' -> years ana\n"


def test_who_helps_one_on_does_not_own_it(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "acme.md"
    line = "- 2026-11-18 opportunity renewal-2027 by @ana: proposal -> proposal\n"
    file.write_text(file.read_text(encoding="utf-8") + line, encoding="utf-8")
    assert crmtxt("crmtxt opp list acme --as-of 2026-11-20 --format '{owner}'").stdout == "sam\n"


def test_a_title_that_is_a_word_of_the_line_makes_another_handle(crmtxt: Prompt, book: Path) -> None:
    crmtxt("crmtxt opp add acme To 10 EUR")
    assert "opportunity to-1 by @sam: opened" in (book / "customers" / "acme.md").read_text(encoding="utf-8")


def test_a_value_that_is_taken_away_is_logged(crmtxt: Prompt, book: Path) -> None:
    crmtxt("crmtxt opp set acme renewal-2027 value= close=")
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    assert ": value 12000 EUR ->\n" in text
    assert ": close 2027-01-31 ->\n" in text
    (then,) = crmtxt("crmtxt opp list acme --format '{value}|{close}'").stdout.splitlines()
    assert then == "|"
    assert "unreadable" not in crmtxt("crmtxt check --json").stdout


def test_what_the_head_knew_is_in_the_line_that_closes_it(crmtxt: Prompt, book: Path) -> None:
    crmtxt("crmtxt opp add acme 'Second plant' 8000 EUR --owner ana --on 2026-11-19")
    crmtxt("crmtxt opp set acme second-plant note='by the river'")
    crmtxt("crmtxt opp won acme second-plant")
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    assert 'qualify -> won 8000 EUR owner:ana "Second plant"\n  - note: by the river\n' in text
    assert ",by the river\n" in crmtxt("crmtxt export opportunities acme").stdout.replace("\r", "")
    assert crmtxt("crmtxt won acme --since 2026-11-20 --format '{owner}'").stdout == "ana\n"
    assert "second-plant ana\n" in crmtxt("crmtxt opp list acme --as-of 2026-11-20 --format '{handle} {owner}'").stdout


@pytest.mark.usefixtures("book")
def test_words_the_book_does_not_know_are_told_and_kept(crmtxt: Prompt) -> None:
    assert (
        "'anna' is not in team of this book, did you mean ana?" in crmtxt("crmtxt opp add acme X --owner anna").stderr
    )
    assert "'Value' is not a known key, did you mean value?" in crmtxt("crmtxt opp set acme x Value=3").stderr


@pytest.mark.usefixtures("book")
def test_a_title_without_letters_makes_a_handle_that_says_what_it_is(crmtxt: Prompt) -> None:
    assert re.search(r" · opportunity-[0-9a-f]{6} · ", crmtxt("crmtxt opp add acme '!!!'").stderr)


@pytest.mark.usefixtures("book")
def test_the_long_name_is_the_short_one(crmtxt: Prompt) -> None:
    assert crmtxt("crmtxt opportunity list --json") == crmtxt("crmtxt opp list --json")
    assert "crmtxt opp" in crmtxt("crmtxt -C . opportunity --help").stdout
    assert "move" in crmtxt("crmtxt complete-words opportunity m").stdout


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "command", ["opp list", "won", "lost", "sources", "retention --renewals", "retention --referrals"]
)
def test_answers_are_sorted_by_what_they_say(crmtxt: Prompt, command: str) -> None:
    def values(*words: str) -> list[float | None]:
        return [
            each["value"]
            for each in json.loads(crmtxt(" ".join(("crmtxt", command, *words, "--json"))).stdout)["items"]
        ]

    known = sorted(each for each in values() if each is not None)
    assert [each for each in values("--sort value") if each is not None] == known
    assert values("--sort -value --limit 1") == known[-1:]
    assert values("--sort -value")[len(known) :] == [None] * (len(values()) - len(known))
