"""Two files of one customer as one: nothing of either is lost, and the first keeps its characters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings

import generators
from crmtxt.errors import InvalidError
from crmtxt.text.head import plain_value
from crmtxt.text.parse import parse
from crmtxt.text.unite import United
from crmtxt.text.unite import check
from crmtxt.text.unite import unite
from crmtxt.text.unitekeys import Side
from crmtxt.text.unitekeys import head_of

if TYPE_CHECKING:
    from crmtxt.model.line import Line

LISTS = {"tags", "aliases"}
FILES = settings(max_examples=60, deadline=None)
FIRST = """---
name: Acme Ltd  # as registered
stage:   customer
tags: [ vip ]
contacts:
    jane:
        name: Jane Doe
        email: jane@acme.example
    tom: {name: Tom}
---
Pumps.

## Next

- [ ] 2026-11-24 call to @jane: terms

## Log

- 2026-11-03 email from @jane: hello
- 2026-11-20 call with @tom: bye"""


def united(one: str, other: str) -> United:
    for text in (one, other):
        check(text, "customers/x.md")
    return unite(Side("acme", one), Side("pumps", other))


def lines_of(text: str, section: str) -> Counter[Line]:
    return Counter(each.line for each in getattr(parse(text, ""), section))


def file(head: str, body: str = "") -> str:
    return f"---\nname: Pumps\n{head}---\n{body}"


def called(line: Line, result: United) -> Line:
    """Return a line of the second file as what it names is called in the first."""
    who = tuple(f"@{_now(each[1:], result)}" if each.startswith("@") else each for each in line.who)
    return line._replace(who=who, subject=result.called.handles.get((line.kind, line.subject), line.subject))


def _now(name: str, result: United) -> str:
    people, (customer, slash, contact) = result.called.people, name.partition("/")
    if not slash:
        return people.get(name, name)
    return people.get(contact, contact) if customer == "pumps" else contact if customer == "acme" else name


@FILES
@given(generators.files(), generators.files())
def test_every_line_and_every_note_of_both_survives_and_nothing_else_comes(one: str, other: str) -> None:
    try:
        result = united(one, other)
    except InvalidError:
        return
    for section in ("next", "log"):
        ours, theirs, found = (lines_of(text, section) for text in (one, other, result.text))
        renamed = Counter({called(line, result): count for line, count in theirs.items()})
        assert not (ours | renamed) - found
        assert not found - (ours + renamed)
    rows = set(parse(result.text, "").notes.split("\n"))
    for text in (one, other):
        assert {row for row in parse(text, "").notes.split("\n") if row.strip()} <= rows


@FILES
@given(generators.files(), generators.files())
def test_the_characters_of_the_first_stay_but_where_a_value_was_nothing_or_a_list_grows(one: str, other: str) -> None:
    try:
        result = united(one, other).text
    except InvalidError:
        return
    body, rest = one[parse(one, "").body :], result[parse(result, "").body :]
    left = iter(rest.split("\n"))
    assert all(
        any(row.rstrip("\r") == found.rstrip("\r") for found in left)
        for row in body.split("\n")
        if row.strip() and "@pumps/" not in row
    )


@FILES
@given(generators.files(), generators.files())
def test_no_value_of_the_first_head_changes_and_every_other_of_the_second_is_there_or_told(
    one: str, other: str
) -> None:
    try:
        result = united(one, other)
    except InvalidError:
        return
    ours, theirs, now = (dict(leaves(plain_value(head_of(text)))) for text in (one, other, result.text))
    told = [had.key for had in result.had]
    for path, value in ours.items():
        if value not in (None, [], {}):
            assert now[path] == value or path[-1] in LISTS
    for path, value in theirs.items():
        there = (*path[:1], *(result.called.people.get(key, key) for key in path[1:2]), *path[2:])
        if path[:1] not in {("name",), ("opportunities",)} and value not in (None, [], {}):
            assert now.get(there) == value or path[-1] in LISTS or any(".".join(there).startswith(key) for key in told)


def leaves(tree: object, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
    if isinstance(tree, dict) and tree:
        return [leaf for key, child in tree.items() for leaf in leaves(child, (*path, key))]
    return [(path, tree)]


@FILES
@given(generators.files())
def test_a_file_with_itself_is_the_same_file(text: str) -> None:
    try:
        result = unite(Side("one", text), Side("other", text))
    except InvalidError:
        return
    assert not result.had
    assert result.text[parse(result.text, "").body :] == text[parse(text, "").body :]


def test_lines_stand_where_their_dates_belong_and_those_in_both_stand_once() -> None:
    other = file(
        "",
        "\n## Log\n\n- 2026-11-02 note: before\n- 2026-11-03 email from @jane: hello\n- 2026-11-10 note: between\n"
        "  more\n"
        "- 2026-11-30 note: after\n\n## Next\n\n- [ ] 2026-12-01 task: later\n",
    )
    assert (
        united(FIRST, other).text.split("---\n", 2)[2]
        == """Pumps.

## Next

- [ ] 2026-11-24 call to @jane: terms
- [ ] 2026-12-01 task: later

## Log

- 2026-11-02 note: before
- 2026-11-03 email from @jane: hello
- 2026-11-10 note: between
  more
- 2026-11-20 call with @tom: bye
- 2026-11-30 note: after"""
    )


def test_a_file_without_lines_gets_the_sections_of_the_other() -> None:
    other = file("", "Theirs.\n\n## Next\n\n- [ ] 2026-12-01 task: later\n\n## Log\n\n- 2026-11-02 note: x\n")
    assert united("---\nname: Acme\n---\n", other).text == (
        "---\nname: Acme\naliases: [Pumps]\n---\nTheirs.\n\n## Next\n\n- [ ] 2026-12-01 task: later\n\n"
        "## Log\n\n- 2026-11-02 note: x\n"
    )


def test_a_line_of_a_file_with_other_line_ends_takes_those_of_the_first() -> None:
    other = file("", "## Log\n\n- 2026-11-05 note: x\n  > y\n").replace("\n", "\r\n")
    text = united(FIRST, other).text
    assert "- 2026-11-05 note: x\n  > y\n" in text
    assert "\r" not in text


def test_the_same_person_is_one_entry_and_another_with_the_same_key_gets_another() -> None:
    other = file(
        "contacts:\n  jane:\n    name: Jane Roe   # another\n  jd:\n    email: JANE@acme.example\n    phone: '+44'\n"
        "  tom:\n    name: TOM\n",
        "## Log\n\n- 2026-11-05 call with @jane, @jd, @tom, @pumps/jane, @acme/tom: x\n",
    )
    result = united(FIRST, other)
    assert result.called.people == {"jane": "jane-roe", "jd": "jane", "tom": "tom"}
    assert "call with @jane-roe, @jane, @tom, @jane-roe, @tom: x" in result.text
    assert (
        """    jane:
        name: Jane Doe
        email: jane@acme.example
        phone: '+44'
    tom: {name: Tom}
    jane-roe:
      name: Jane Roe   # another
"""
        in result.text
    )
    assert [had.key for had in result.had] == ["contacts.jane.email", "contacts.tom.name"]


def test_a_handle_that_both_use_for_different_things_is_another_in_head_and_lines() -> None:
    one = "---\nname: A\nopportunities:\n  kit:\n    value: 1 EUR\n---\n## Log\n\n- 2026-01-01 goal fast: 3\n"
    other = file(
        "opportunities:\n  kit:\n    value: 2 EUR\nplan:\n  goals:\n    fast:\n      goal: x\n"
        "  initiatives:\n    go:\n      for: fast\n",
        "## Next\n\n- [ ] 2026-12-01 task: x for:fast\n\n## Log\n\n- 2026-01-02 opportunity kit: qualify -> demo\n",
    )
    text = united(one, other).text
    for row in (
        "  kit-2:\n    value: 2 EUR",
        "    fast-2:\n",
        "for: fast-2\n",
        "x for:fast-2\n",
        "opportunity kit-2: q",
    ):
        assert row in text


def test_an_equal_opportunity_is_one() -> None:
    head = "opportunities:\n  kit:\n    value: 1 EUR\n"
    assert united(f"---\nname: A\n{head}---\n", file(head)).text.count("kit") == 1


def test_values_that_differ_stay_and_what_the_other_had_is_told() -> None:
    result = united(FIRST, file("stage: lead\nowner: ana\nabout:\n  size: 7\ntags: vip\n"))
    assert [tuple(had) for had in result.had] == [("stage", "customer", "lead")]
    assert "stage:   customer\ntags: [ vip ]\n" in result.text
    assert "owner: ana\nabout:\n  size: 7\n" in result.text


def test_the_names_of_the_second_are_aliases_of_the_first() -> None:
    assert "\naliases: [P, acme two, Pumps]\n" in united(FIRST, file("aliases: [P, acme two]\n")).text


def test_two_that_were_told_apart_are_so_no_more() -> None:
    one = FIRST.replace("tags:", "distinct: [pumps, other]\ntags:")
    assert "\ndistinct: [other]\n" in united(one, file("distinct: acme\n")).text


def test_what_cannot_be_read_is_kept_with_the_line_below_it() -> None:
    other = file("", "## Log\n\nscribble\n- 2026-11-05 note: x\nmore scribble\n")
    text = united(FIRST, other).text
    assert "hello\nscribble\n- 2026-11-05 note: x\n- 2026-11-20 call with @tom: bye\nmore scribble" in text


@pytest.mark.parametrize(
    "broken",
    [
        "## Log\n\n<<<<<<< a\n- 2026-11-05 note: x\n=======\n>>>>>>> b\n",
        "```\nnever closed\n",
    ],
)
def test_a_file_whose_parts_are_not_sure_is_refused(broken: str) -> None:
    with pytest.raises(InvalidError) as refused:
        united(FIRST, file("", broken))
    assert refused.value.problem
    assert refused.value.problem.path == "customers/x.md"


def test_a_head_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InvalidError):
        united(FIRST, file("a: [\n"))
