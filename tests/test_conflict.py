"""Git's conflict markers: which lines are a conflict, what a reader sees of it, and what it is about."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.text.conflict import blanked
from crmtxt.text.conflict import readable
from crmtxt.text.conflict import regions
from crmtxt.text.conflict import settled
from crmtxt.text.disagreement import disagreements
from crmtxt.text.parse import parse

ACME = "---\nname: Acme\n---\n"
ONE = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> their branch\n"
WITH_BASE = "<<<<<<< HEAD\nours\n||||||| 1a2b3c\nbase\n=======\ntheirs\n>>>>>>> their branch\n"
ROWS = (
    "a", "", "stage: lead", "- 2026-11-20 call: a", "  more", "```", "---", "## Log", "=======", "<<<<<<<", "<<<<<<< x",
    "||||||| x", ">>>>>>> x", "<<<<<<<<< y", "=========", ">>>>>>>>> y", "<<<<<< six", "<<<<<<<glued", "Grüße 株\u2028",
)  # fmt: skip
TEXTS = st.lists(st.tuples(st.sampled_from(ROWS), st.sampled_from(["\n", "\n", "\r\n"])), max_size=25).map(
    lambda rows: "".join(row + end for row, end in rows)
)


def sides(text: str) -> list[tuple[str, str | None, str]]:
    """Return what stands on the sides of each outer conflict."""
    found = [region for region in regions(text) if not region.inner]
    return [
        (text[slice(*each.ours)], each.base and text[slice(*each.base)], text[slice(*each.theirs)]) for each in found
    ]


def test_a_conflict_has_two_sides_and_a_line() -> None:
    text = f"before\n{ONE}after\n"
    (region,) = regions(text)
    assert sides(text) == [("ours\n", None, "theirs\n")]
    assert region.number == 2
    assert text[region.start : region.end] == ONE


def test_the_lines_of_the_base_are_apart_where_git_wrote_them() -> None:
    assert sides(WITH_BASE) == [("ours\n", "base\n", "theirs\n")]


def test_a_side_may_be_empty_and_the_last_newline_missing() -> None:
    assert sides("<<<<<<<\n=======\n>>>>>>>") == [("", None, "")]


def test_line_ends_of_windows_and_longer_markers_are_markers_too() -> None:
    assert sides(ONE.replace("\n", "\r\n")) == [("ours\r\n", None, "theirs\r\n")]
    assert sides(re.sub(r"([<=>])\1{6}", r"\g<0>\1\1", ONE)) == [("ours\n", None, "theirs\n")]


@pytest.mark.parametrize(
    "text",
    [
        "Title\n=======\n\n> quoted\n",
        "<<<<<<< HEAD\nours\n=======\ntheirs\n",
        "ours\n=======\ntheirs\n>>>>>>> b\n",
        "<<<<<<< HEAD\nours\n>>>>>>> b\n",
        "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>>>> b\n",
        "  <<<<<<< HEAD\n  ours\n  =======\n  theirs\n  >>>>>>> b\n",
        "<<<<<< HEAD\nours\n======\ntheirs\n>>>>>> b\n",
    ],
    ids=["Markdown", "no end", "no beginning", "nothing parts it", "two lengths", "indented", "too short"],
)
def test_markers_without_their_counterparts_are_text(text: str) -> None:
    assert regions(text) == ()
    assert readable(text) is text


def test_a_stray_marker_does_not_swallow_the_conflict_after_it() -> None:
    assert sides(f"<<<<<<< stray\n{ONE}") == [("ours\n", None, "theirs\n")]


def test_a_conflict_within_a_side_waits_for_the_outer_one_and_our_side_of_both_is_read() -> None:
    text = f"<<<<<<< a\n{ONE}=======\nother\n>>>>>>> b\n"
    assert sides(text) == [(ONE, None, "other\n")]
    assert [region.inner for region in regions(text)] == [False, True]
    assert readable(text).split() == ["ours"]
    outer = regions(text)[0]
    assert settled(text, {outer: text[slice(*outer.ours)]}) == ONE


def test_a_conflict_within_the_base_of_a_criss_cross_merge_is_not_read() -> None:
    inner = re.sub(r"([<=>])\1{6}", r"\g<0>\1\1", ONE)
    text = f"<<<<<<< a\nmine\n||||||| b\n{inner}=======\nyours\n>>>>>>> c\n"
    assert sides(text) == [("mine\n", inner, "yours\n")]
    assert readable(text).split() == ["mine"]


def test_where_two_lines_could_part_the_sides_it_is_not_sure() -> None:
    assert [region.sure for region in regions(f"{ONE}<<<<<<< a\nx\n=======\ny\n=======\nz\n>>>>>>> b\n")] == [
        True,
        False,
    ]


@settings(deadline=None)
@given(TEXTS)
def test_what_is_read_has_the_length_the_lines_and_the_visible_letters_of_the_text(text: str) -> None:
    shown = readable(text)
    assert len(shown) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, shown, strict=True))
    assert [at for at, letter in enumerate(shown) if letter in "\r\n"] == [
        at for at, letter in enumerate(text) if letter in "\r\n"
    ]


@settings(deadline=None)
@given(TEXTS)
def test_without_a_complete_conflict_the_text_itself_is_read(text: str) -> None:
    assert (readable(text) == text) == (not regions(text))


@settings(deadline=None)
@given(TEXTS)
def test_what_is_read_of_a_side_is_what_taking_that_side_leaves(text: str) -> None:
    found = regions(text)
    outer = [region for region in found if not region.inner]
    ours = settled(text, {region: text[slice(*region.ours)] for region in outer})
    theirs = settled(text, {region: text[slice(*region.theirs)] for region in outer})
    assert "".join(blanked(text, found).split()) == "".join(readable(ours).split())
    assert "".join(blanked(text, found, theirs=outer).split()) == "".join(readable(theirs).split())


@settings(deadline=None)
@given(TEXTS, st.booleans())
def test_every_conflict_is_about_something_and_the_file_can_be_read(text: str, head: bool) -> None:  # noqa: FBT001
    whole = f"---\nname: Acme\n{text}---\n" if head else f"{ACME}{text}"
    found = [region for region in regions(whole) if not region.inner]
    told = disagreements(whole, regions(whole), "acme.md")
    assert [region for region in found if region not in {each.region for each in told}] == []
    assert len([problem for problem in parse(whole, "acme.md").problems if problem.code == "conflict"]) == len(told)


@pytest.mark.parametrize(
    "text",
    [
        ONE * 10_000,
        "<<<<<<< a\n" * 10_000 + "=======\n>>>>>>> b\n" * 10_000,
        "<<<<<<< a\n" * 10_000 + ">>>>>>> b\n" * 10_000,
        "<<<<<<< a\n=======\n" * 10_000,
        "<" * 1_000_000,
    ],
    ids=["one after the other", "one in the other", "none parted", "none closed", "one long line"],
)
def test_ten_thousand_markers_cost_seconds_not_minutes(text: str) -> None:
    begun = process_time()
    parse(f"{ACME}{text}", "acme.md")
    assert process_time() - begun < 10


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ("stage: customer\n", "stage: prospect\n", [("stage", "customer", "prospect")]),
        ("stage: customer\n", "", [("stage", "customer", None)]),
        ("", "stage: prospect\nowner: ana\n", [("stage", None, "prospect"), ("owner", None, "ana")]),
        ("stage: a\nowner: sam\n", "stage: b\nowner: sam\n", [("stage", "a", "b")]),
        ("tags: [a, b]\n", "tags: [a, c]\n", [("tags", "a, b", "a, c")]),
        ("contacts:\n  tom:\n    name: T\n    title: CTO\n", "", [("contacts.tom", "name: T, title: CTO", None)]),
        ("x: |\n  one\n  two\n", "x: |\n  one\n  2\n", [("x", "one\ntwo", "one\n2")]),
        ("# a comment\n", "# another\n", [("head", "# a comment", "# another")]),
        ("stage: [\n", "stage: x\n", [("head", "stage: [", "stage: x")]),
    ],
)
def test_a_conflict_in_the_head_is_told_by_key(ours: str, theirs: str, told: list[tuple[str, str, str]]) -> None:
    text = f"---\nname: Acme\n<<<<<<< a\n{ours}=======\n{theirs}>>>>>>> b\n---\n"
    assert [(each.field, each.ours, each.theirs) for each in disagreements(text, regions(text), "acme.md")] == told


def test_a_conflict_in_a_part_of_a_list_is_told_by_the_key_of_the_list() -> None:
    text = "---\ntags:\n  - x\n<<<<<<< a\n  - y\n=======\n  - z\n>>>>>>> b\n---\n"
    (told,) = disagreements(text, regions(text), "acme.md")
    assert told[1:] == ("tags", "y", "z", ("tags",))


def test_conflicts_below_the_head_are_told_by_line() -> None:
    body = (
        "## Next\n\n<<<<<<< a\n- [ ] 2026-11-27 call: x\n=======\n- [ ] 2026-11-28 call: x\n>>>>>>> b\n\n## Log\n\n"
        "- 2026-11-01 call: x\n<<<<<<< a\n- 2026-11-02 call: y\n  more\n- 2026-11-03 call: z\n=======\n"
        "- 2026-11-03 call: z\n>>>>>>> b\n"
    )
    text = f"{ACME}Notes\n{ONE}{body}"
    assert [(each.field, each.ours, each.theirs) for each in disagreements(text, regions(text), "acme.md")] == [
        ("notes", "ours", "theirs"),
        ("next", "[ ] 2026-11-27 call: x", "[ ] 2026-11-28 call: x"),
        ("log", "2026-11-02 call: y\n  more", None),
    ]


def test_all_of_a_file_that_is_no_customers_is_head() -> None:
    text = "crmtxt: 1\n<<<<<<< a\ncurrency: GBP\n=======\ncurrency: EUR\n>>>>>>> b\n"
    assert [each.field for each in disagreements(text, regions(text), "crmtxt.yaml")] == ["currency"]


def test_markers_in_a_code_fence_are_a_conflict_when_they_are_complete() -> None:
    document = parse(f"{ACME}```\n{ONE}```\n", "acme.md")
    assert [(problem.code, problem.line) for problem in document.problems] == [("conflict", 5)]
    assert parse(f"{ACME}```\n<<<<<<< ours\n```\n", "acme.md").problems == ()


def test_places_are_true_behind_a_conflict() -> None:
    text = f"---\nname: Acme\n{ONE.replace('ours', 'stage: a')}---\n## Log\n- 2026-11-01 call: x\n"
    document = parse(text, "acme.md")
    (entry,) = document.log
    assert text[entry.start : entry.end] == "- 2026-11-01 call: x\n"
    assert text.split("\n")[entry.number - 1] == "- 2026-11-01 call: x"
