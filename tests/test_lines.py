from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import generators
from crmtxt.text.edit import insert
from crmtxt.text.lines import Unreadable
from crmtxt.text.lines import dedent
from crmtxt.text.lines import read_line
from crmtxt.text.lines import write_line
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from crmtxt.model.line import Line

MANY = settings(max_examples=150, deadline=None)
EMPTY = "---\nname: Acme\n---\n\n## Next\n\n## Log\n"


def read_entry(text: str, *, boxed: bool) -> Line | Unreadable:
    first, *more = text.split("\n")
    return read_line(first, dedent(more), boxed=boxed)


@MANY
@given(st.data(), st.booleans())
def test_what_is_written_reads_back_the_same(data: st.DataObject, boxed: bool) -> None:  # noqa: FBT001  # drawn
    line = data.draw(generators.lines(boxed=boxed))
    assert read_entry(write_line(line), boxed=boxed) == line


@MANY
@given(st.data(), st.booleans(), st.sampled_from(generators.ENDINGS))
def test_what_is_written_into_a_file_reads_back_the_same(data: st.DataObject, boxed: bool, newline: str) -> None:  # noqa: FBT001  # drawn
    line = data.draw(generators.lines(boxed=boxed))
    section = "next" if boxed else "log"
    document = parse(insert(EMPTY.replace("\n", newline), section, line), "x.md")
    assert [entry.line for entry in getattr(document, section)] == [line]
    assert document.problems == ()


@settings(max_examples=500, deadline=None)
@given(text=generators.texts, boxed=st.booleans())
@example(text="- ", boxed=False)
@example(text="-  [ ]  ", boxed=True)
@example(text="- 2026-11-21 call", boxed=False)
@example(text="- 2026-11-21 call: x", boxed=False)
@example(text="- [x] 2026-11-21 call: x", boxed=False)
@example(text="- 2026-11-21 12:30", boxed=False)
@example(text="- 0000-00-00 call: x", boxed=False)
def test_any_text_is_a_line_or_has_a_place_and_a_remedy(text: str, boxed: bool) -> None:  # noqa: FBT001  # drawn
    for first in (
        text,
        f"- {text}",
        f"- 2026-11-21 {text}",
        f"- 2026-11-21 call {text}",
        f"- 2026-11-21 call from {text}: x",
    ):
        read = read_line(first, "", boxed=boxed)
        if isinstance(read, Unreadable):
            assert 1 <= read.column <= len(first) + 1
            assert read.width >= 0
            assert read.message
            assert read.hint
        else:
            again = read_line(write_line(read), "", boxed=boxed)
            assert again == read


@pytest.mark.parametrize(
    ("first", "column", "words"),
    [
        ("- 2026-02-30 call: x", 3, "no day 2026-02-30"),
        ("- 2026-02-28 24:00 call: x", 14, "no time 24:00"),
        ("- 2026-02-28 call", 18, "no colon"),
        ("- soon call: x", 3, "'soon' is not a date"),
        ("- 2026-02-28 call jane: x", 19, "cannot read 'jane' after 'call'"),
        ("- [x] 2026-02-28 call: x", 3, "a box in the log"),
        ("2026-02-28 call: x", 1, "not a line"),
        ("- 2026-02-28 call from : x", 14, "cannot read 'call from"),
    ],
)
def test_an_unreadable_line_tells_where_and_why(first: str, column: int, words: str) -> None:
    read = read_line(first, "", boxed=False)
    assert isinstance(read, Unreadable)
    assert read.column == column
    assert words in read.message
