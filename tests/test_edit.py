"""Every edit of every file changes only what it is about, or refuses and changes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume
from hypothesis import event
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import generators
from crmtxt.errors import CrmError
from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import UsageError
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.text import edit
from crmtxt.text.head import flatten
from crmtxt.text.head import read_head
from crmtxt.text.lines import write_line
from crmtxt.text.mentions import Moved
from crmtxt.text.mentions import readdress
from crmtxt.text.mentions import rename_in_lines
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtxt.text.document import Document
    from crmtxt.text.node import Node

FILES = settings(max_examples=80, deadline=None)
PATHS = [
    ("stage",), ("name",), ("tags",), ("about",), ("zip",), ("new",), ("contacts",), ("contacts", "jane", "name"),
    ("contacts", "jane", "title"), ("contacts", "new", "name"), ("nested", "deeper", "deepest"), ("a", "b", "c"),
    ("opportunities", "big", "value"), ("since",), ("answer",),
]  # fmt: skip


class Difference:
    """The one stretch in which two texts differ: what was there, what is there now, and what stands before it."""

    def __init__(self, before: str, after: str) -> None:
        same = shared(before, after)
        rest = shared(before[same:][::-1], after[same:][::-1])
        self.above = before[:same]
        self.gone = before[same : len(before) - rest]
        self.new = after[same : len(after) - rest]


def shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def read(text: str) -> Document:
    return parse(text, "customers/acme.md")


def lines_of(document: Document) -> dict[str, list[Line]]:
    return {NEXT: [each.line for each in document.next], LOG: [each.line for each in document.log]}


def tried(act: Callable[[], str]) -> str | None:
    """Return what an edit makes, None when it refuses with a sentence; any other exception fails the test."""
    try:
        return act()
    except CrmError as error:
        told(error)
        return None


def told(error: CrmError) -> None:
    """Assert that a refusal says something."""
    event(f"refused: {re.sub(r'[0-9].*', '', error.message)[:40]}")
    assert error.message
    assert error.text()


@FILES
@given(generators.files(broken=True), st.data(), st.sampled_from([NEXT, LOG]))
def test_inserting_adds_one_entry_and_leaves_every_byte_around_it(text: str, data: st.DataObject, section: str) -> None:
    line = data.draw(generators.lines(boxed=section == NEXT))
    after = tried(lambda: edit.insert(text, section, line))
    if after is None:
        return
    difference = Difference(text, after)
    assert difference.gone == ""
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    entry = write_line(line, newline)
    at = next(
        at for at in range(len(text) + 1) if text[:at] + after[at : at + len(after) - len(text)] + text[at:] == after
    )
    added = next(
        added
        for at in range(at, len(text) + 1)
        if (added := after[at : at + len(after) - len(text)])
        and text[:at] + added + text[at:] == after
        and entry in added
    )
    assert added.replace(entry, "", 1).strip() in {"", f"## {section.title()}"}
    assert section in {part.name for part in read(text).sections} or f"## {section.title()}" in added
    before, now = lines_of(read(text)), lines_of(read(after))
    before[section].append(line)
    assert {name: sorted(each) for name, each in now.items()} == {name: sorted(each) for name, each in before.items()}


@FILES
@given(generators.files(), st.lists(generators.lines(boxed=False), max_size=4))
def test_lines_inserted_into_a_log_in_order_leave_it_in_order(text: str, new: list[Line]) -> None:
    assume(len([part for part in read(text).sections if part.name == LOG]) <= 1)
    days = [line.date for line in lines_of(read(text))[LOG]]
    assume(days == sorted(days))
    for line in new:
        text = tried(lambda text=text, line=line: edit.insert(text, LOG, line)) or text  # type: ignore[misc]
    days = [line.date for line in lines_of(read(text))[LOG]]
    assert days == sorted(days)


@FILES
@given(generators.files(broken=True), st.data())
def test_removing_takes_out_one_entry_and_leaves_every_byte_around_it(text: str, data: st.DataObject) -> None:
    document = read(text)
    choices = [(name, each) for name in (NEXT, LOG) for each in getattr(document, name)]
    assume(choices)
    section, entry = data.draw(st.sampled_from(choices))
    after = tried(lambda: edit.remove(text, section, entry.line))
    if after is not None:
        first = next(each for each in getattr(document, section) if each.line == entry.line)
        assert after == text[: first.start] + text[first.end :]
        left = lines_of(document)
        left[section].remove(entry.line)
        assert lines_of(read(after)) == left


@FILES
@given(generators.files(broken=True), st.data(), generators.days)
def test_redating_changes_the_ten_characters_of_one_date(text: str, data: st.DataObject, day: str) -> None:
    document = read(text)
    assume(document.next)
    entry = data.draw(st.sampled_from(document.next))
    after = tried(lambda: edit.redate(text, entry.line, day))
    if after is None:
        return
    first = next(each for each in document.next if each.line == entry.line)
    at = text.index(entry.line.date, first.start)
    assert after == text[:at] + day + text[at + len(day) :]
    assert {*lines_of(read(after))[NEXT]} - {*lines_of(document)[NEXT]} <= {entry.line._replace(date=day)}


@FILES
@given(generators.files(broken=True), st.data())
def test_an_inserted_entry_removed_again_leaves_what_was_there(text: str, data: st.DataObject) -> None:
    section = data.draw(st.sampled_from([NEXT, LOG]))
    assume(section in {part.name for part in read(text).sections})
    line = data.draw(generators.lines(boxed=section == NEXT))
    assume(line not in lines_of(read(text))[section])
    after = tried(lambda: edit.insert(text, section, line))
    if after is not None:
        again = tried(lambda: edit.remove(after, section, line))
        assert again is not None
        assert again.split() == text.split()


@FILES
@given(generators.files(broken=True), st.sampled_from(PATHS), generators.one_line_texts, st.booleans())
def test_setting_a_value_changes_only_the_lines_of_that_value(
    text: str,
    path: tuple[str, ...],
    value: str,
    as_text: bool,  # noqa: FBT001  # drawn
) -> None:
    after = tried(lambda: edit.set_value(text, path, value, as_text=as_text))
    if after is not None:
        only_the_head(text, after, {path[0]})
        assert (".".join(path), value) in flatten(head_of(after))


@FILES
@given(generators.files(broken=True), st.sampled_from(PATHS))
def test_removing_a_value_changes_only_the_lines_of_that_value(text: str, path: tuple[str, ...]) -> None:
    after = tried(lambda: edit.remove_value(text, path))
    if after is not None:
        only_the_head(text, after, {path[0]})
        assert ".".join(path) not in dict(flatten(head_of(after)))


@FILES
@given(generators.files(broken=True), st.sampled_from(PATHS), generators.one_line_texts)
def test_adding_to_a_list_and_removing_from_it_changes_only_its_lines(
    text: str, path: tuple[str, ...], item: str
) -> None:
    after = tried(lambda: edit.add_to_list(text, path, item))
    if after is None:
        return
    only_the_head(text, after, {path[0]})
    assert (".".join(path), item) in flatten(head_of(after))
    again = tried(lambda: edit.remove_from_list(after, path, item))
    if again is not None:
        only_the_head(after, again, {path[0]})
        assert (".".join(path), item) not in flatten(head_of(again))


@FILES
@given(generators.files(broken=True))
def test_renaming_people_changes_their_customer_in_headers_and_nothing_else(text: str) -> None:
    after = rename_in_lines(text, Moved("acme", "zebra").named)
    assert after.replace("@zebra/", "@acme/") == text
    before, now = lines_of(read(text)), lines_of(read(after))
    for section in (NEXT, LOG):
        for old, new in zip(before[section], now[section], strict=True):
            who = tuple(re.sub("^@acme/", "@zebra/", each) for each in old.who)
            assert new == old._replace(who=who)


def test_renaming_people_leaves_texts_alone_wherever_the_colon_stands() -> None:
    text = (
        "---\nname: X\n---\n## Log\n- 2026-11-20 call to @acme/jane:told of @acme/tom\n- 2026-11-21 note: @acme/jane\n"
    )
    after = rename_in_lines(text, Moved("acme", "zebra").named)
    assert after == text.replace("to @acme/jane", "to @zebra/jane")


def test_what_a_head_names_follows_where_it_is_the_whole_value() -> None:
    text = """---
name: Globex  # says @acme
source: referral @acme by @acme-two and @acme/jane
friend: "@acme"
boss: '@acme/jane'
about: ask @acme first
distinct: [acme, other, "@acme"]
contacts:
  jane:
    person: acme
    name: acme
---
"""
    expected = """---
name: Globex  # says @acme
source: referral @zebra by @acme-two and @zebra/j
friend: "@zebra"
boss: '@zebra/j'
about: ask @acme first
distinct: [zebra, other, "@zebra"]
contacts:
  jane:
    person: zebra
    name: acme
---
"""
    assert readdress(text, Moved("acme", "zebra", {"jane": "j"})) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_stage_is_one_changed_line_and_its_log_one_added_line(newline: str) -> None:
    rows = ["\ufeff---", "name: Acme  # here", "stage:  'lead'   # since", "---", "## Log", "- 2026-11-20 call: x  "]
    text = newline.join(rows)
    line = Line("2026-11-21", "stage", "lead -> customer")
    after = edit.insert(edit.set_value(text, ("stage",), "customer"), LOG, line)
    assert after.split(newline) == [
        *rows[:2], "stage:  'customer'   # since", *rows[3:], "- 2026-11-21 stage: lead -> customer",
    ]  # fmt: skip


def test_an_edit_that_would_move_other_lines_is_refused_with_the_reason() -> None:
    text = "---\nname: X\n---\n```\nnever closed\n"
    with pytest.raises(InvalidError, match="cannot change log"):
        edit.insert(text, LOG, Line("2026-11-21", "call", "x"))


def test_a_line_that_is_gone_is_not_guessed_at() -> None:
    text = "---\nname: X\n---\n## Next\n- [ ] 2026-11-21 call: x\n"
    with pytest.raises(LockedError, match="not there any more"):
        edit.remove(text, NEXT, Line("2026-11-21", "call", "y", box=" "))


@pytest.mark.parametrize("text", ["", "no head", "---\nname: X\n"])
def test_a_file_without_a_head_keeps_its_text_when_a_value_is_set(text: str) -> None:
    with pytest.raises(InvalidError, match="no head"):
        edit.set_value(text, ("stage",), "lead")


@settings(max_examples=200, deadline=None)
@given(generators.texts)
def test_typed_text_becomes_rows_that_read_back_or_is_refused(text: str) -> None:
    if "\0" in text or re.search("[\ud800-\udfff]", text):
        with pytest.raises(UsageError):
            edit.tidy(text)
        return
    first, more = edit.tidy(text)
    assert "\n" not in first
    line = Line("2026-11-21", "note", first, more=more)
    assert lines_of(read(edit.insert("---\nname: X\n---\n", LOG, line)))[LOG] == [line]


def head_of(text: str) -> Node:
    return read_head(text[slice(*read(text).head)])


def only_the_head(before: str, after: str, keys: set[str]) -> None:
    """Assert that the body and every line of the head under other keys are as they were."""
    old, new = read(before), read(after)
    assert before[: old.head[0]] == after[: new.head[0]]
    assert before[old.head[1] :] == after[new.head[1] :]
    heads = before[slice(*old.head)], after[slice(*new.head)]
    stayed = [[rows for key, rows in blocks(head) if key not in keys] for head in heads]
    assert stayed[0] == stayed[1]


def blocks(head: str) -> list[tuple[str, str]]:
    """Return the lines of a head in groups: each key at the margin with its own lines; blanks and comments after it."""
    found: list[tuple[str, str]] = []
    loose: list[tuple[str, str]] = []
    for row in head.splitlines(keepends=True):
        match = re.match(r"['\"]?([\w~]+)['\"]?\s*:", row)
        if match:
            found += [*loose, (match[1], row)]
            loose = []
        elif not row.strip() or row.lstrip().startswith("#"):
            loose.append(("", row))
        else:
            key, rows = found.pop() if found else ("", "")
            found.append((key, "".join([rows, *(each for _, each in loose), row])))
            loose = []
    return [*found, *loose]
