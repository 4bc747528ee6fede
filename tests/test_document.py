"""Any file is read, in parts that lie within it; what cannot be read costs only itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import generators
from crmtxt.errors import InvalidError
from crmtxt.text.document import Document
from crmtxt.text.document import decode
from crmtxt.text.lines import Unreadable
from crmtxt.text.lines import dedent
from crmtxt.text.lines import read_line
from crmtxt.text.parse import parse

ACME = "---\nname: Acme\n---\n"


def in_plain_words(text: str) -> tuple[str, list[str], list[str], list[str]]:
    """Read a file without fences, conflicts or broken lines the slow way: head, notes, first rows of Next and Log."""
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    end = rows.index("---", 1)
    parts: dict[str, list[str]] = {"notes": [], "next": [], "log": []}
    name = "notes"
    for row in rows[end + 1 :]:
        if title := re.fullmatch(r"## (Next|Log)", row):
            name = title[1].lower()
        elif name == "notes" or row.startswith("- "):
            parts[name].append(row)
    return "\n".join(rows[1:end]), parts["notes"], parts["next"], parts["log"]


def sound(document: Document, text: str) -> None:
    """Assert what holds for every reading: places lie in the text, in order, and apart."""
    entries = sorted([*document.next, *document.log], key=lambda entry: entry.start)
    end = document.body
    for entry in entries:
        assert end <= entry.start < entry.end <= len(text)
        assert text[entry.start] == "-"
        assert entry.number == text.count("\n", 0, entry.start) + 1
        assert entry.start == 0 or text[entry.start - 1] == "\n"
        assert entry.end == len(text) or text[entry.end - 1] == "\n"
        end = entry.end
    for problem in document.problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.column >= (problem.code != "conflict")
        assert problem.message
        assert problem.hint
        assert problem.text()


@settings(max_examples=200, deadline=None)
@given(generators.files(broken=True))
def test_any_file_is_read_with_every_place_inside_it(text: str) -> None:
    sound(parse(text, "customers/acme.md"), text)


@settings(max_examples=200, deadline=None)
@given(generators.texts, st.sampled_from(["", ACME, f"{ACME}\n## Log\n\n", f"{ACME}## Next\n- 2026-11-21 call: x\n"]))
def test_any_text_is_read_with_every_place_inside_it(text: str, above: str) -> None:
    sound(parse(above + text, "customers/acme.md"), above + text)


@settings(max_examples=200, deadline=None)
@given(generators.files())
def test_each_entry_is_what_stands_at_its_place(text: str) -> None:
    document = parse(text, "customers/acme.md")
    for section, boxed in (("next", True), ("log", False)):
        for entry in getattr(document, section):
            first, *more = text[entry.start : entry.end].replace("\r\n", "\n").split("\n")
            assert read_line(first, dedent([row if row.strip() else "" for row in more]), boxed=boxed) == entry.line


@settings(max_examples=80, deadline=None)
@given(generators.files(), st.sampled_from(generators.UNREADABLE))
def test_an_unreadable_line_costs_only_itself(text: str, line: str) -> None:
    text = f"{text.rstrip()}\n\n## Log\n\n- 2026-11-20 call: above\n"
    before = parse(text, "customers/acme.md")
    if [problem for problem in before.problems if problem.code == "fence"]:
        return
    after = parse(f"{text}{line}\n- 2026-11-22 call: below\n", "customers/acme.md")
    assert after.next == before.next
    assert after.notes == before.notes
    known = [entry.line for entry in before.log][:-1]
    assert [entry.line for entry in after.log][: len(known)] == known
    assert [entry.line.text for entry in after.log][-1] == "below"


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", generators.BOM]))
def test_a_sound_file_is_read_as_a_second_small_reader_reads_it(data: st.DataObject, newline: str, bom: str) -> None:
    days = data.draw(st.lists(generators.days, max_size=6))
    entries = [f"- {day} call by @sam: {number}\n  > theirs\n" for number, day in enumerate(days)]
    notes = data.draw(st.lists(st.sampled_from(["Met.", "# Title", "- a list", "", "## Log book"]), max_size=3))
    sections = [f"## Next\n\n{''.join(entries[::2])}", f"## Log\n{''.join(entries[1::2])}"]
    sections = data.draw(st.permutations(sections))
    text = bom + "\n".join(["---", "name: Acme", "---", *notes, *sections]).replace("\n", newline)
    head, wanted, upcoming, log = in_plain_words(text)
    document = parse(text, "customers/acme.md")
    assert document.problems == ()
    assert text[slice(*document.head)].replace("\r\n", "\n").rstrip("\n") == head
    assert document.notes == "\n".join(wanted).strip("\n")
    for entries_read, rows, boxed in ((document.next, upcoming, True), (document.log, log, False)):
        again = [read_line(row, "> theirs", boxed=boxed) for row in rows]
        assert [entry.line for entry in entries_read] == again
        assert not any(isinstance(line, Unreadable) for line in again)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40))
def test_bytes_are_text_or_refused_with_the_place_of_the_first_bad_one(data: bytes) -> None:
    bad = first_bad(data)
    if bad < 0:
        assert decode(data, "customers/acme.md").encode() == data
        return
    with pytest.raises(InvalidError) as caught:
        decode(data, "customers/acme.md")
    assert caught.value.problem
    assert caught.value.problem.line == data.count(b"\n", 0, bad) + 1
    assert caught.value.problem.column == bad - data.rfind(b"\n", 0, bad) or not data[:bad].isascii()
    assert caught.value.hint


def first_bad(data: bytes) -> int:
    """Return where the first byte stands that is no text, -1 when there is none; bad UTF-8 before a NUL."""
    try:
        return data.decode().encode().find(b"\0")
    except UnicodeDecodeError as error:
        return error.start


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "no-head", 1),
        ("name: Acme\n", "no-head", 1),
        ("---\nname: Acme\n", "no-head", 1),
        (f"{ACME}```\n## Log\n", "fence", 4),
        (f"{ACME}## Log\n<<<<<<< ours\n- 2026-11-21 call: a\n=======\n>>>>>>> theirs\n", "conflict", 5),
        (f"{ACME}## Log\n<<<<<<< ours\n- 2026-11-21 call: a\n", "marker", 5),
        (f"{ACME}## Log\n  indented\n", "line", 5),
        (f"{ACME}## Log\n```\n```\n", "line", 5),
        (f"{ACME}## Next\nfree\n", "line", 5),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, code: str, line: int) -> None:
    assert [(problem.code, problem.line) for problem in parse(text, "x.md").problems] == [(code, line)]


def test_our_side_of_a_conflict_counts_and_so_does_everything_around_it() -> None:
    body = "- 2026-11-20 call: a\n<<<<<<< ours\n- 2026-11-21 call: b\n=======\n- 2026-11-21 call: c\n>>>>>>> theirs\n"
    document = parse(f"{ACME}## Log\n{body}- 2026-11-22 call: d\n", "x.md")
    assert [entry.line.text for entry in document.log] == ["a", "b", "d"]
    assert [problem.code for problem in document.problems] == ["conflict"]
