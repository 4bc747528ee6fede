"""The merge of two versions of a customer file, sentence by sentence as docs/format.md says it."""

from __future__ import annotations

import subprocess
from random import Random
from typing import TYPE_CHECKING

import pytest

from crmtxt.text.merge import Conflict
from crmtxt.text.merge import DoubtError
from crmtxt.text.merge import Merged
from crmtxt.text.merge import merge
from crmtxt.text.mergelines import merge_lines

if TYPE_CHECKING:
    from pathlib import Path

BASE = """---
name: Acme Ltd
stage: lead        # since the fair
tags: [vip, emea]
contacts:
  jane:
    name: Jane Doe
    title: CIO
  tom: {name: Tom Rees, role: user}
about: |
  They make pumps.

  Three plants.
---
Met at the fair.

Prefers e-mail.

## Next

- [ ] 2026-11-24 promise to @jane by @sam: send the revised quote
- [ ] 2026-12-01 call to @jane by @sam: renewal terms every:3m

## Log

- 2026-11-10 email to @jane by @sam: Sent the one-pager. #pricing
- 2026-11-20 14:30 call from @jane by @sam: Worried about go-live.
  > Finally somebody rang me back.
"""
PROMISE = "- [ ] 2026-11-24 promise to @jane by @sam: send the revised quote\n"
CALL = "- [ ] 2026-12-01 call to @jane by @sam: renewal terms every:3m\n"
EMAIL = "- 2026-11-10 email to @jane by @sam: Sent the one-pager. #pricing\n"
LAST = "  > Finally somebody rang me back.\n"


def changed(*changes: tuple[str, str]) -> str:
    """Return the base with replacements, each of which must be there."""
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def merged(ours: str, theirs: str, base: str = BASE) -> str:
    """Return the merge of two sides that agree, which is the same whichever is ours."""
    found = merge(base, ours, theirs)
    assert found == merge(base, theirs, ours)
    assert found.conflicts == ()
    return found.text


def conflict(ours: str, theirs: str, base: str = BASE) -> Merged:
    """Return the merge of two sides that disagree; the other way round it is the same with the sides swapped."""
    found, swapped = merge(base, ours, theirs), merge(base, theirs, ours)
    assert found.conflicts == tuple(Conflict(each.path, each.theirs, each.ours) for each in swapped.conflicts)
    assert found.conflicts
    return found


def marked(ours: str, theirs: str) -> str:
    return f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n"


def doubt(ours: str, theirs: str, base: str = BASE) -> str:
    """Return why two sides are not merged, whichever is ours."""
    with pytest.raises(DoubtError):
        merge(base, theirs, ours)
    with pytest.raises(DoubtError) as caught:
        merge(base, ours, theirs)
    return str(caught.value)


# what one side changed, or both alike


@pytest.mark.parametrize("text", [BASE, "", "no head at all", "---\na: [\n---\n", "<<<<<<< x\n"])
def test_what_one_side_left_alone_is_taken_from_the_other_byte_for_byte(text: str) -> None:
    other = "\ufeff" + BASE.replace("\n", "\r\n")
    assert merge(text, text, other) == Merged(other, ())
    assert merge(text, other, text) == Merged(other, ())
    assert merge(text, other, other) == Merged(other, ())


def test_the_same_change_on_both_sides_is_made_once() -> None:
    both = [("lead", "customer"), (LAST, LAST + "- 2026-11-21 note by @sam: once\n")]
    assert merged(changed(*both), changed(*both, ("CIO", "CTO"))) == changed(*both, ("CIO", "CTO"))


# the head


def test_the_head_is_merged_key_by_key() -> None:
    assert merged(changed(("lead", "customer")), changed(("Acme Ltd", "Acme"))) == changed(
        ("lead", "customer"), ("Acme Ltd", "Acme")
    )


def test_and_map_entry_by_map_entry_at_any_depth() -> None:
    ours, theirs = ("Jane Doe", "Jane Roe"), ("CIO", "CTO")
    assert merged(changed(ours), changed(theirs)) == changed(ours, theirs)


def test_a_map_in_braces_too() -> None:
    ours = changed(("name: Tom Rees, role: user", "name: Tom Rees-Jones, role: user"))
    theirs = changed(("role: user}", "role: user, influence: 3}"))
    assert "  tom: {name: Tom Rees-Jones, role: user, influence: 3}\n" in merged(ours, theirs)


def test_contacts_added_on_both_sides_stand_in_the_order_of_their_handles() -> None:
    ben, ada = "  ben:\n    name: Ben\n", "  ada:\n    name: Ada\n"
    at = "about: |\n"
    assert merged(changed((at, ben + at)), changed((at, ada + at))) == changed((at, ada + ben + at))


def test_the_same_contact_added_on_both_sides_is_one_contact_with_what_both_know() -> None:
    ours, theirs = "  ben:\n    name: Ben\n    title: CEO\n", "  ben:\n    name: Ben\n    email: ben@acme.example\n"
    both = "  ben:\n    name: Ben\n    email: ben@acme.example\n    title: CEO\n"
    at = "about: |\n"
    assert merged(changed((at, ours + at)), changed((at, theirs + at))) == changed((at, both + at))


def test_a_key_added_in_different_places_is_there_once() -> None:
    ours = changed(("stage:", "owner: sam\nstage:"))
    theirs = changed(("about:", "owner: sam\nabout:"), ("CIO", "CTO"))
    assert merged(ours, theirs).count("owner: sam") == 1


def test_a_key_put_elsewhere_keeps_its_place_and_takes_the_others_value() -> None:
    stage = "stage: lead        # since the fair\n"
    ours = changed((stage, ""), ("about:", stage + "about:"))
    assert merged(ours, changed(("lead", "customer"))) == ours.replace("lead", "customer")


def test_a_map_that_both_sides_empty_goes_with_its_last_entry() -> None:
    base = "---\nname: A\nplan:\n  aim: x\n  review: y\n---\n"
    assert merged(base.replace("  aim: x\n", ""), base.replace("  review: y\n", ""), base) == "---\nname: A\n---\n"


def test_tag_lists_are_merged_as_sets() -> None:
    ours, theirs = changed(("[vip, emea]", "[vip, emea, north]")), changed(("[vip, emea]", "[emea, pumps]"))
    assert "tags: [emea, north, pumps]\n" in merged(ours, theirs)


def test_lists_in_lines_too_with_the_comments_beside_their_items() -> None:
    base = "---\nname: A\ntags:\n  - vip  # big\n  - emea\n---\n"
    ours = base.replace("  - emea\n", "  - emea\n  - north # new\n")
    theirs = base.replace("  - emea\n", "")
    assert merged(ours, theirs, base) == "---\nname: A\ntags:\n  - vip  # big\n  - north # new\n---\n"


def test_a_list_taken_away_on_one_side_keeps_what_the_other_put_in() -> None:
    assert "tags: [north]\n" in merged(
        changed(("tags: [vip, emea]\n", "")), changed(("[vip, emea]", "[vip, emea, north]"))
    )


def test_a_lone_value_that_both_sides_made_a_list_is_one() -> None:
    base = "---\nname: A\ntags: vip\n---\n"
    ours, theirs = base.replace("vip", "[vip, x]"), base.replace("vip", "[vip, y]")
    assert merged(ours, theirs, base) == base.replace("vip", "[vip, x, y]")


def test_comments_and_spaces_changed_on_one_side_are_kept() -> None:
    ours = changed(("# since the fair", "# since the second fair"), ("tags:", "# who they are\ntags:"))
    assert merged(ours, changed(("lead ", "customer "))) == ours.replace("lead ", "customer ")


def test_comments_put_in_on_both_sides_are_both_kept_each_with_its_lines_together() -> None:
    ours = changed(("tags:", "# a\n# z\ntags:"))
    theirs = changed(("tags:", "# m\n# n\ntags:"))
    assert "# a\n# z\n# m\n# n\ntags:" in merged(ours, theirs)


def test_quotes_that_change_nothing_are_no_disagreement() -> None:
    ours, theirs = changed(("stage: lead", 'stage: "customer"')), changed(("stage: lead", "stage: customer"))
    assert merged(ours, theirs).count("customer") == 1
    assert 'stage: "prospect"' in merged(changed(("lead", '"lead"')), changed(("lead", '"prospect"')))


# Next and Log


def test_lines_logged_on_both_sides_stand_in_the_order_of_their_dates() -> None:
    early, late = "- 2026-11-21 09:00 note: early\n", "- 2026-11-21 10:00 note: late\n"
    assert merged(changed((LAST, LAST + late)), changed((LAST, LAST + early))) == changed((LAST, LAST + early + late))


def test_lines_of_one_moment_stand_in_the_order_of_their_text() -> None:
    a, b = "- 2026-11-21 note: a\n", "- 2026-11-21 note: b\n"
    assert merged(changed((LAST, LAST + b)), changed((LAST, LAST + a))) == changed((LAST, LAST + a + b))


def test_lines_are_put_in_and_never_put_in_order() -> None:
    ours = [
        ("## Log\n\n", "## Log\n\n- 2027-01-01 note: by hand, too far up\n"),
        (LAST, LAST + "- 2020-01-01 note: x\n"),
    ]
    theirs = (LAST, LAST + "- 2026-11-21 note: y\n")
    assert merged(changed(*ours), changed(theirs)) == changed(
        ours[0], (LAST, LAST + "- 2020-01-01 note: x\n- 2026-11-21 note: y\n")
    )


def test_a_line_goes_with_the_lines_indented_below_it() -> None:
    ours, theirs = "- 2026-11-21 call: a\n  > words\n\n  more\n", "- 2026-11-21 call: b\n  > other words\n"
    assert merged(changed((LAST, LAST + ours)), changed((LAST, LAST + theirs))) == changed((LAST, LAST + ours + theirs))


def test_the_same_line_added_on_both_sides_is_there_once_and_a_second_one_stays() -> None:
    line, other = "- 2026-11-21 note: again\n", "- 2026-11-22 note: more\n"
    ours, theirs = changed((LAST, LAST + line * 2)), changed((LAST, LAST + line + other))
    assert merged(ours, theirs) == changed((LAST, LAST + line * 2 + other))


def test_a_line_deleted_on_one_side_and_left_alone_on_the_other_is_gone() -> None:
    assert merged(changed((EMAIL, "")), changed((LAST, LAST + EMAIL.replace("10", "21")))) == changed(
        (EMAIL, ""), (LAST, LAST + EMAIL.replace("10", "21"))
    )


def test_a_line_edited_on_one_side_is_edited_wherever_the_other_put_lines() -> None:
    ours = changed(("one-pager", "two-pager"))
    theirs = changed((EMAIL, "- 2026-11-09 note: before\n" + EMAIL + "- 2026-11-11 note: after\n"))
    assert merged(ours, theirs) == theirs.replace("one-pager", "two-pager")


def test_a_line_put_elsewhere_on_one_side_takes_the_edit_of_the_other() -> None:
    ours = changed((EMAIL, ""), (LAST, LAST + EMAIL))
    assert merged(ours, changed(("one-pager", "two-pager"))) == ours.replace("one-pager", "two-pager")


def test_a_section_both_sides_begin_is_one_section() -> None:
    base = "---\nname: A\n---\nMet.\n"
    ours, theirs = (f"{base}\n## Log\n\n- 2026-11-2{day} note: x\n" for day in (1, 2))
    assert merged(ours, theirs, base) == f"{base}\n## Log\n\n- 2026-11-21 note: x\n- 2026-11-22 note: x\n"


def test_next_begun_on_one_side_and_log_on_the_other_stand_in_their_order() -> None:
    base = "---\nname: A\n---\nMet.\n"
    ours, theirs = f"{base}\n## Log\n\n- 2026-11-21 note: x\n", f"{base}\n## Next\n\n- [ ] 2026-11-30 task: y\n"
    both = f"{base}\n## Next\n\n- [ ] 2026-11-30 task: y\n\n## Log\n\n- 2026-11-21 note: x\n"
    assert merged(ours, theirs, base) == both


def test_a_section_deleted_on_one_side_keeps_its_heading_for_what_the_other_put_in() -> None:
    ours = changed((f"## Next\n\n{PROMISE}{CALL}\n", ""))
    task = "- [ ] 2026-12-02 task: new\n"
    assert merged(ours, changed((CALL, CALL + task))) == changed((PROMISE, ""), (CALL, task))


def test_lines_that_cannot_be_read_are_merged_as_they_stand() -> None:
    ours = changed((LAST, LAST + "- yesterday call: no date\n"))
    theirs = changed((LAST, LAST + "free text\nover two lines\n- 2026-11-21 call without a colon\n"))
    found = merged(ours, theirs)
    for line in ("- yesterday call: no date\n", "free text\nover two lines\n", "- 2026-11-21 call without a colon\n"):
        assert line in found


# done on one side, put off on the other


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (PROMISE, "- 2026-11-22 kept to @jane by @sam: sent it, at last due:2026-11-24\n"),
        (CALL, "- 2026-11-22 call to @jane by @ana: she wants it cheaper\n"),
    ],
)
def test_what_is_done_on_one_side_and_only_put_off_on_the_other_is_done(line: str, entry: str) -> None:
    done = changed((line, ""), (LAST, LAST + entry))
    moved = line.replace("2026-11-24", "2026-12-24").replace("2026-12-01", "2026-12-09")
    assert merged(done, changed((line, moved))) == done


def test_so_is_what_comes_again_and_stays_on_its_next_date() -> None:
    again, entry = CALL.replace("2026-12-01", "2027-03-01"), "- 2026-12-01 call to @jane by @sam: renewal terms\n"
    done = changed((CALL, again), (LAST, LAST + entry))
    assert merged(done, changed((CALL, CALL.replace("2026-12-01", "2026-12-04")))) == done


def test_so_is_what_is_ticked_by_hand() -> None:
    done = changed((PROMISE, PROMISE.replace("[ ]", "[x]")))
    assert merged(done, changed((PROMISE, PROMISE.replace("24", "29")))) == done


def test_what_is_called_off_on_one_side_and_put_off_on_the_other_is_a_conflict() -> None:
    found = conflict(changed((CALL, "")), changed((CALL, CALL.replace("12-01", "12-09"))))
    assert found.conflicts == (Conflict(("next",), "", CALL.replace("12-01", "12-09")),)


# the notes


def test_notes_are_merged_by_their_lines() -> None:
    ours, theirs = ("Met at the fair.", "Met in Hannover."), ("Prefers e-mail.", "Prefers e-mail before ten.")
    assert merged(changed(ours), changed(theirs)) == changed(ours, theirs)


def test_edits_of_neighbouring_lines_are_a_conflict_as_they_are_for_git() -> None:
    base = "---\nname: A\n---\none\ntwo\nthree\n"
    found = conflict(base.replace("one", "1"), base.replace("two", "2"), base)
    assert found.text == "---\nname: A\n---\n" + marked("1\ntwo\n", "one\n2\n") + "three\n"


def test_lines_are_merged_where_git_merges_them_and_as_git_does(tmp_path: Path) -> None:
    random = Random(5)
    base = [f"{letter}\n" for letter in "abcdefgh"]
    for _ in range(100):
        ours, theirs = (_with_edits(base, random) for _ in range(2))
        for name, rows in (("base", base), ("ours", ours), ("theirs", theirs)):
            (tmp_path / name).write_text("".join(rows), encoding="utf-8")
        command = ["git", "merge-file", "-p", "-q", "ours", "base", "theirs"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        pieces = merge_lines(base, ours, theirs, ("notes",))
        disagree = any(isinstance(piece, Conflict) for piece in pieces)
        assert disagree == (done.returncode > 0)
        assert disagree or "".join(map(str, pieces)) == done.stdout


def _with_edits(rows: list[str], random: Random) -> list[str]:
    rows = [*rows]
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(rows))
        rows[at : at + random.randint(0, 1)] = random.choice([[], ["x\n"], ["y\n", "z\n"]])
    return rows


def test_long_text_in_the_head_is_merged_by_its_lines() -> None:
    ours, theirs = ("They make pumps.", "They make good pumps."), ("Three plants.", "Four plants.")
    assert merged(changed(ours), changed(theirs)) == changed(ours, theirs)


def test_other_headings_are_notes_and_stay_where_they_are() -> None:
    ideas = "\n## Ideas\n\n- 2026-01-01 not an entry\n"
    line = "- 2026-11-21 note: x\n"
    assert merged(BASE + ideas, changed((LAST, LAST + line))) == changed((LAST, LAST + line)) + ideas


# conflicts


def test_a_value_both_changed_is_a_conflict_around_its_line_alone() -> None:
    found = conflict(changed(("lead ", "customer ")), changed(("lead ", "lost "), ("CIO", "CTO")))
    lines = "stage: customer        # since the fair\n", "stage: lost        # since the fair\n"
    assert found.conflicts == (Conflict(("stage",), *lines),)
    assert found.text == changed(("stage: lead        # since the fair\n", marked(*lines)), ("CIO", "CTO"))


def test_a_conflict_deep_in_a_map_names_all_its_keys() -> None:
    found = conflict(changed(("CIO", "CTO")), changed(("CIO", "CEO")))
    assert found.conflicts == (Conflict(("contacts", "jane", "title"), "    title: CTO\n", "    title: CEO\n"),)


def test_two_neighbours_in_conflict_stay_two() -> None:
    found = conflict(
        changed(
            ("Ltd", "Inc"),
            ("lead", "lost"),
            (PROMISE, PROMISE.replace("24", "25")),
            (CALL, CALL.replace("-01 ", "-02 ")),
        ),
        changed(
            ("Ltd", "GmbH"),
            ("lead", "won"),
            (PROMISE, PROMISE.replace("24", "26")),
            (CALL, CALL.replace("-01 ", "-03 ")),
        ),
    )
    assert [each.path for each in found.conflicts] == [("name",), ("stage",), ("next",), ("next",)]
    assert found.text.count("<<<<<<< ours\n") == 4


def test_an_entry_edited_differently_is_a_conflict_around_all_its_lines() -> None:
    call = BASE[BASE.index("- 2026-11-20") :]
    ours, theirs = call.replace("Worried", "Angry"), call.replace("rang", "called")
    found = conflict(changed((call, ours)), changed((call, theirs)))
    assert found.text == changed((call, marked(ours, theirs)))


def test_what_one_side_deleted_and_the_other_changed_is_a_conflict() -> None:
    found = conflict(changed(("    title: CIO\n", "")), changed(("CIO", "CTO")))
    assert found.conflicts == (Conflict(("contacts", "jane", "title"), "", "    title: CTO\n"),)
    found = conflict(changed((EMAIL, "")), changed(("one-pager", "two-pager")))
    assert found.conflicts == (Conflict(("log",), "", EMAIL.replace("one", "two")),)


def test_a_map_here_and_a_value_there_is_a_conflict() -> None:
    ours, theirs = (
        changed(("lead", "customer")),
        changed(("stage: lead        # since the fair\n", "stage:\n  now: x\n")),
    )
    assert [each.path for each in conflict(ours, theirs).conflicts] == [("stage",)]


def test_the_markers_are_as_long_as_git_asks_for() -> None:
    found = merge(BASE, changed(("lead", "a")), changed(("lead", "b")), marker=9)
    assert "<<<<<<<<< ours\n" in found.text
    assert "\n=========\n" in found.text
    assert "\n>>>>>>>>> theirs\n" in found.text


def test_a_file_made_on_both_sides_is_merged_from_nothing() -> None:
    log = "\n## Log\n\n- 2026-11-21 note: x\n"
    names = marked("name: A\n", "name: B\n")
    found = conflict(f"---\nname: A\n---\n{log}", "---\nname: B\nstage: lead\n---\n", "")
    assert found.text == f"---\n{names}stage: lead\n---\n{log}"


# how the file is written


@pytest.mark.parametrize("form", ["crlf", "bom", "no last newline"])
def test_line_ends_byte_order_mark_and_a_missing_last_newline_survive(form: str) -> None:
    def written(text: str) -> str:
        return {"crlf": text.replace("\n", "\r\n"), "bom": "\ufeff" + text, "no last newline": text[:-1]}[form]

    ours, theirs = changed(("lead", "customer")), changed((LAST, LAST + "- 2026-11-21 note: x\n"))
    both = merged(ours, theirs)
    assert merged(written(ours), written(theirs), written(BASE)) == written(both)
    assert merged(written(ours), theirs) == written(both)


def test_conflicts_have_the_line_ends_of_the_file() -> None:
    sides = (changed(("lead", value)).replace("\n", "\r\n") for value in ("a", "b"))
    found = conflict(next(sides), next(sides), BASE.replace("\n", "\r\n"))
    assert found.text.count("\n") == found.text.count("\r\n")


# doubt


@pytest.mark.parametrize(
    ("ours", "why"),
    [
        ("", "empty"),
        ("text without a head\n", "no head"),
        (BASE.replace("lead", "[lead"), "cannot be read"),
        (BASE.replace("stage:", "name: twice\nstage:"), "cannot be read"),
        (BASE.replace("Met at", "```\nMet at"), "never closed"),
        (BASE + "```\nfenced\n```\n", "code fence"),
        (BASE.replace("Met", "<<<<<<< HEAD\nMet"), "conflict markers already"),
        (BASE.replace("---\nMet", "--- \nMet"), ""),
    ],
)
def test_what_cannot_be_read_is_left_to_git(ours: str, why: str) -> None:
    theirs = changed(("---\nMet", "---\t\nMet"), ("lead", "customer"), (LAST, LAST + "- 2026-11-21 note: x\n"))
    assert why in doubt(ours, theirs)


def test_parts_in_another_order_are_left_to_git() -> None:
    head, _, rest = BASE.partition("## Next\n")
    following, _, log = rest.partition("## Log\n")
    assert "another order" in doubt(f"{head}## Log\n{log}\n## Next\n{following}", changed(("Met", "We met")))
