"""The laws of the merge, for any two people at one file: ten thousand cases."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume
from hypothesis import event
from hypothesis import given
from hypothesis import settings

import generators
from crmtxt.text.head import HeadError
from crmtxt.text.head import flatten
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.merge import Conflict
from crmtxt.text.merge import DoubtError
from crmtxt.text.merge import Merged
from crmtxt.text.merge import merge
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[str], str]

by_program = generators.edited(generators.add, generators.settle)
by_anybody = generators.edited(generators.add, generators.settle, generators.by_hand, generators.by_hand)
additions = generators.edited(generators.add)
REGION = re.compile(r"^<{7} ours\r?\n(.*?)^={7}\r?\n(.*?)^>{7} theirs\r?(?:\n|\Z)", re.MULTILINE | re.DOTALL)
Fact = tuple[str, ...]


def cases(number: int) -> settings:
    return settings(max_examples=number, deadline=None)


def tried(base: str, ours: str, theirs: str) -> Merged | None:
    """Return the merge, None in doubt."""
    try:
        return merge(base, ours, theirs)
    except DoubtError:
        return None


def clean(base: str, ours: str, theirs: str) -> str:
    """Return the merged text of what does not disagree; leave the case out if it does."""
    found = merge(base, ours, theirs)
    assume(not found.conflicts)
    return found.text


def said(text: str) -> Counter[Fact]:
    """Return what the program reads in a file: lines as it understands them, values of the head by their dotted key."""
    document = parse(text, "")
    facts = Counter[Fact]()
    facts.update(("next", *map(str, entry.line)) for entry in document.next)
    facts.update(("log", *map(str, entry.line)) for entry in document.log)
    try:
        head = read_head(text[slice(*document.head)].replace("\r\n", "\n"))
    except HeadError:
        return facts
    facts.update(("head", name, value or "") for name, value in flatten(head) if "\n" not in (value or ""))
    return facts


def value(text: str, path: tuple[str, ...]) -> object:
    """Return what a head holds at a path, None when there is nothing."""
    here = plain_value(read_head(text[slice(*parse(text, "").head)].replace("\r\n", "\n")))
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    return here


@cases(2500)
@given(generators.merge_bases, generators.merge_bases)
def test_a_side_that_changed_nothing_changes_nothing(base: str, other: str) -> None:
    assert merge(base, other, other) == Merged(other, ())
    assert merge(base, other, base) == Merged(other, ())
    assert merge(base, base, other) == Merged(other, ())


@cases(3500)
@given(generators.merge_bases, by_anybody, by_anybody)
def test_it_makes_no_difference_whose_side_is_ours(base: str, one: Edit, other: Edit) -> None:
    ours, theirs = one(base), other(base)
    found, swapped = tried(base, ours, theirs), tried(base, theirs, ours)
    event("doubt" if found is None else "conflict" if found.conflicts else "clean")
    if found is None or swapped is None:
        assert found is swapped
        return
    assert found.conflicts == tuple(Conflict(each.path, each.theirs, each.ours) for each in swapped.conflicts)
    assert REGION.sub("", found.text) == REGION.sub("", swapped.text)
    assert len(REGION.findall(found.text)) == len(found.conflicts)


@cases(2500)
@given(generators.merge_bases, by_program, by_program)
def test_nothing_disappears_and_nothing_comes_back(base: str, one: Edit, other: Edit) -> None:
    ours, theirs = one(base), other(base)
    found = merge(base, ours, theirs)
    before, mine, yours = said(base), said(ours), said(theirs)
    after = said(REGION.sub(r"\1", found.text)) | said(REGION.sub(r"\2", found.text))
    planned = {fact[2:10] for fact in before if fact[0] == "next"}
    for fact in before | mine | yours | after:
        was, low, high = before[fact], *sorted((mine[fact], yours[fact]))
        if high > was and low >= was and not (fact[0] == "next" and fact[2:10] in planned):
            assert after[fact] >= high
        if low < was and high <= was and not found.conflicts:
            assert after[fact] <= low
        assert after[fact] <= max(was, high)


@cases(1000)
@given(generators.merge_bases, by_program, by_program)
def test_a_conflict_is_only_where_both_touched_the_same(base: str, one: Edit, other: Edit) -> None:
    ours, theirs = one(base), other(base)
    found = tried(base, ours, theirs)
    for conflict in found.conflicts if found else ():
        assert conflict.ours != conflict.theirs
        if conflict.path[0] in {"next", "log"}:
            assert all(side not in base for side in (conflict.ours, conflict.theirs) if side)
        elif conflict.path != ("notes",):
            was, mine, yours = (value(text, conflict.path) for text in (base, ours, theirs))
            assert was != mine != yours != was


@cases(500)
@given(generators.merge_bases, additions, additions, additions)
def test_three_who_add_end_with_the_same_bytes_whoever_comes_first(base: str, a: Edit, b: Edit, c: Edit) -> None:
    texts = [edit(base) for edit in (a, b, c)]
    assume(all(not ((said(one) - said(base)) & (said(other) - said(base))) for one, other in combinations(texts, 2)))
    orders = [texts[last:] + texts[:last] for last in range(3)]
    assert len({clean(base, clean(base, one, two), three) for one, two, three in orders}) == 1


@pytest.mark.parametrize("size", [2000])
def test_a_long_log_is_merged(size: int) -> None:
    log = "".join(f"- 2026-11-21 note: number {number}\n" for number in range(size))
    base = f"---\nname: A\n---\n\n## Log\n\n{log}"
    ours, theirs = base.replace("number 7\n", "seven\n"), base + "- 2026-11-22 note: x\n"
    assert merge(base, ours, theirs).text == theirs.replace("number 7\n", "seven\n")
