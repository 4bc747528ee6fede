"""The meaning of changes: pairs of versions of one file, and the sentences that tell what was done between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.model import meaning as kinds
from crmtxt.model.saying import sentence
from crmtxt.text import difference
from crmtxt.text.head import HeadError
from crmtxt.text.head import flatten
from crmtxt.text.head import read_head
from crmtxt.text.parse import parse
from generators import files
from generators import lines

if TYPE_CHECKING:
    from crmtxt.model.line import Line

HEAD = """name: Acme Ltd
stage: prospect
tags: [vip, emea]
contacts:
  jane:
    name: Jane Doe
    title: CIO
opportunities:
  renewal-2027:
    title: Renewal 2027
    stage: proposal
    value: 12000 EUR
"""
NOTES = "Met at the fair.\n\nPrefers e-mail.\n"
NEXT = """- [ ] 2026-11-24 promise to @jane by @sam: the revised quote
- [ ] 2026-11-30 promise from @jane: signed agreement
- [ ] 2026-12-01 call to @jane by @sam: renewal terms every:3m
"""
LOG = "- 2026-11-03 call from @jane by @sam: worried about go-live\n"


def text(head: str = HEAD, notes: str = NOTES, next_: str = NEXT, log: str = LOG) -> str:
    return f"---\n{head}---\n{notes}\n## Next\n\n{next_}\n## Log\n\n{log}"


def said(before: str, after: str, who: str = "ana") -> list[str]:
    names = difference.first_names(after)
    return [sentence(each, who, "acme", names) for each in difference.meanings(before, after)]


def head(old: str, new: str) -> str:
    assert old in HEAD
    return text(head=HEAD.replace(old, new))


def next_(old: str, new: str, log: str = "") -> str:
    assert old in NEXT
    return text(next_=NEXT.replace(old, new), log=LOG + log)


PROMISE, THEIRS, CALL = NEXT.splitlines(keepends=True)
ROWS = ["- 2026-11-21 note: a\n", "- 2026-11-21 note: b\n", "  more\n", "\n", "what\n"]
# what changed in the file above, and what is said of it
CHANGES = [
    (head("stage: prospect", "stage: customer"), ["ana moved acme from prospect to customer"]),
    (head("stage: proposal", "stage: won"), ["ana moved renewal-2027 from proposal to won"]),
    (head("title: CIO", "title: CTO"), ["ana set contacts.jane.title from CIO to CTO"]),
    (head("    title: CIO\n", ""), ["ana removed contacts.jane.title (it was CIO)"]),
    (head("stage: prospect\n", "stage: prospect\nowner: sam\n"), ["ana set owner to sam"]),
    (head("contacts:\n", "contacts:\n  tom:\n    name: Tom\n    title: CFO\n"), ["ana added contact tom"]),
    (head("contacts:\n  jane:\n    name: Jane Doe\n    title: CIO\n", ""), ["ana removed contact jane"]),
    (head("[vip, emea]", "[emea, new]"), ["ana removed tag vip", "ana added tag new"]),
    (head("[vip, emea]", "[emea, vip]"), ["ana set tags from vip, emea to emea, vip"]),
    (head("tags: [vip, emea]\n", ""), ["ana removed tag vip", "ana removed tag emea"]),
    (head("name: Acme Ltd\n", "name: Acme Ltd\ngoats: {old: 3, young: [1, 2]}\n"),
     ["ana set goats.old to 3", "ana added 1 to goats.young", "ana added 2 to goats.young"]),
    (head("name: Acme Ltd", "name: [Acme, {a: b}]"), ["ana set name from Acme Ltd to [Acme, {a: b}]"]),
    (head("name: Acme Ltd", "name: 'Acme Ltd' # the first"), ["ana changed the layout or a comment (1 line)"]),
    (head("name: Acme Ltd", "name: [a"), ["ana edited a head that cannot be read (1 line)"]),
    (text(log=LOG + "- 2026-11-20 14:30 call from @jane by @sam: go-live again #x feel:-1\n"),
     ["ana logged sam's call from Jane: go-live again #x feel:-1"]),
    (text(log=LOG + "- 2026-11-20 email with @jane, Mr Plumb by @ana: a list\n  > their words\n"),
     ["ana logged an email with Jane and Mr Plumb: a list"]),
    (text(log=LOG + "- 2026-11-20 note: x\n- 2026-11-20 note: x\n"), ["ana logged a note: x", "ana logged a note: x"]),
    (text(log=LOG.replace("worried", "happy")), ["ana edited the call from Jane of 2026-11-03: happy about go-live"]),
    (text(log=LOG.replace("11-03", "11-04")),
     ["ana edited the call from Jane of 2026-11-03, now of 2026-11-04: worried about go-live"]),
    (text(log=""), ["ana took a call from Jane of 2026-11-03 out of the log: worried about go-live"]),
    (text(log=LOG + "- 2026-11-20 goal first-answer by @ana: 12h\n"), ["ana noted 12h for first-answer"]),
    (text(log=LOG + '- 2026-11-20 goal first-answer by @ana: reached from:36h "An answer within a day"\n'),
     ["ana reached goal first-answer"]),
    (text(log=LOG + '- 2026-11-20 goal first-answer by @ana: opened whose:ours "An answer within a day"\n'),
     ["ana added goal first-answer"]),
    (text(log=LOG + "- 2026-11-20 goal first-answer by @ana: to 8h -> 6h\n"),
     ["ana set plan.goals.first-answer.to from 8h to 6h"]),
    (next_(CALL, CALL + "- [ ] 2026-12-24 promise to @jane: the revised quote\n"),
     ["ana promised Jane the revised quote, due 2026-12-24"]),
    (next_(CALL, CALL + "- [ ] 2026-12-24 promise to @jane: send it\n"),
     ["ana promised Jane: send it, due 2026-12-24"]),
    (next_(CALL, CALL + "- [ ] 2026-12-24 promise from @jane: the list\n"),
     ["ana noted that Jane promised the list, due 2026-12-24"]),
    (next_(CALL, CALL + "- [ ] 2026-12-24 09:30 visit to @jane: see it\n"),
     ["ana planned a visit to Jane for 2026-12-24 09:30: see it"]),
    (next_(CALL, CALL + "- [ ] 2026-12-24 task: tidy\n"), ["ana planned a task for 2026-12-24: tidy"]),
    (next_("12-01", "12-08"), ["ana moved the call to Jane from 2026-12-01 to 2026-12-08: renewal terms"]),
    (next_("[ ] 2026-12-01", "[x] 2026-12-01"),
     ["ana ticked off the call to Jane of 2026-12-01: renewal terms every:3m"]),
    (next_("[ ] 2026-12-01", "[-] 2026-12-01"),
     ["ana called off the call to Jane of 2026-12-01: renewal terms every:3m"]),
    (next_("renewal terms", "the terms"), ["ana edited the call to Jane of 2026-12-01: the terms every:3m"]),
    (next_(CALL, ""), ["ana dropped the call to Jane of 2026-12-01: renewal terms every:3m"]),
    (next_(CALL, "", "- 2026-11-21 call to @jane by @ana: all agreed\n"),
     ["ana logged a call to Jane, as planned: all agreed"]),
    (next_(PROMISE, "", "- 2026-11-21 kept to @jane by @ana: sent it due:2026-11-24\n"),
     ["ana kept the promise to Jane: sent it"]),
    (next_(PROMISE, "", "- 2026-11-21 broken to @jane: the revised quote due:2026-11-24\n"),
     ["ana broke the promise to Jane: the revised quote"]),
    (next_(PROMISE, "", "- 2026-11-21 void to @jane: the revised quote due:2026-11-24\n"),
     ["ana called off the promise to Jane: the revised quote"]),
    (next_(THEIRS, "", "- 2026-11-21 kept from @jane: signed due:2026-11-30\n"),
     ["ana noted that Jane kept the promise: signed"]),
    (next_("11-24", "11-30", "- 2026-11-21 promise to @jane: the revised quote due:2026-11-24 -> 2026-11-30\n"),
     ["ana moved the promise to Jane from 2026-11-24 to 2026-11-30: the revised quote"]),
    (text(head=HEAD.replace("stage: prospect", "stage: customer"),
          log=LOG + "- 2026-11-21 stage: prospect -> customer\n"),
     ["ana moved acme from prospect to customer"]),
    (text(head=HEAD.replace("stage: prospect", "stage: lost"), log=LOG + "- 2026-11-21 stage: prospect -> customer\n"),
     ["ana moved acme from prospect to customer", "ana moved acme from prospect to lost"]),
    (text(head=HEAD.replace("12000", "14000"),
          log=LOG + "- 2026-11-21 opportunity renewal-2027: value 12000 EUR -> 14000 EUR\n"),
     ["ana set opportunities.renewal-2027.value from 12000 EUR to 14000 EUR"]),
    (text(head=HEAD.partition("opportunities")[0],
          log=LOG + '- 2026-11-21 opportunity renewal-2027: proposal -> won 14000 EUR "Renewal 2027"\n'),
     ["ana moved renewal-2027 from proposal to won"]),
    (text(head=HEAD + "  big:\n    stage: qualify\n",
          log=LOG + '- 2026-11-21 opportunity big: opened at qualify 12000 EUR "Big"\n'),
     ["ana opened big at qualify"]),
    (text(log=LOG + "- 2026-11-21 renamed: acme -> acme-ltd\n"), ["ana renamed acme to acme-ltd"]),
    (text(notes=NOTES.replace("fair", "Hannover fair")), ["ana edited the notes (1 line)"]),
    (text(notes=NOTES + "One more.\nAnd another.\n"), ["ana edited the notes (2 lines)"]),
    (text(log=LOG + "yesterday: a call\n"), ["ana edited lines that cannot be read (1 line)"]),
    (text(log=LOG + "\n\n"), ["ana changed the layout or a comment (2 lines)"]),
    (text().replace("\n", "\r\n"), ["ana changed the layout or a comment (27 lines)"]),
]  # fmt: skip


@pytest.mark.parametrize(("after", "sentences"), CHANGES, ids=[words[0] for _, words in CHANGES])
def test_a_change_is_told_in_words_of_the_domain(after: str, sentences: list[str]) -> None:
    assert said(text(), after) == sentences


def test_the_words_are_the_same_whether_a_program_or_a_hand_made_the_change() -> None:
    tidy = text(log=LOG + "- 2026-11-20 call from @jane by @sam: again\n")
    by_hand = text(log=LOG + "-  2026-11-20  call from  @jane by sam :   again  \n")
    assert said(text(), tidy) == said(text(), by_hand)


def test_who_is_left_out_where_it_is_not_known() -> None:
    assert said(text(), head("CIO", "CTO"), who="") == ["set contacts.jane.title from CIO to CTO"]


def test_a_long_value_is_cut_in_words_and_kept_as_a_value() -> None:
    after = head("name: Acme Ltd", f"name: {'a' * 200}")
    (meaning,) = difference.meanings(text(), after)
    assert meaning.after == "a" * 200
    assert said(text(), after) == [f"ana set name from Acme Ltd to {'a' * 79}…"]


def test_a_log_of_thousands_of_lines_is_told_as_a_short_one() -> None:
    many = "".join(f"- 2026-01-01 note: number {number}\n  more\n" for number in range(3000))
    for added in ("- 2026-11-21 note: last\n", "- 2026-11-21 note: last\n\n  > quoted\n"):
        assert said(text(log=many), text(log=many + added)) == ["ana logged a note: last"]
        assert said(text(log=many + added), text(log=many)) == ["ana took a note of 2026-11-21 out of the log: last"]
    middle = many.replace("number 1500\n", "changed\n")
    assert said(text(log=many), text(log=middle)) == ["ana edited the note of 2026-01-01: changed"]


@settings(max_examples=300, deadline=None)
@given(files(broken=True), files(broken=True))
def test_nothing_is_told_of_the_same_text_and_something_of_any_other(one: str, two: str) -> None:
    assert difference.meanings(one, one) == ()
    assert bool(difference.meanings(one, two)) == (one != two)
    for meaning in difference.meanings(one, two):
        assert sentence(meaning, "ana", "acme", {}).startswith("ana ")


@settings(max_examples=300, deadline=None)
@given(files(), files())
def test_every_value_that_changed_is_told_of(one: str, two: str) -> None:
    told = difference.meanings(one, two)
    for path in _changed_paths(one, two):
        assert any(each.path[: len(path)] == path[: len(each.path)] for each in told if each.path), path


@settings(max_examples=200, deadline=None)
@given(st.lists(lines(boxed=False), max_size=5), st.lists(lines(boxed=False), max_size=3))
def test_every_line_that_came_or_went_is_told_of_once(kept: list[Line], added: list[Line]) -> None:
    before, after = _logged(kept), _logged([*kept, *added])
    come = [each for each in difference.meanings(before, after) if each.line]
    went = [each for each in difference.meanings(after, before) if each.line]
    assert len(come) == len(went) == len(parse(after, "").log) - len(parse(before, "").log)
    assert all(each.kind == kinds.ERASED for each in went)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ROWS), max_size=12), st.lists(st.sampled_from([*ROWS, "# x\n"]), max_size=12))
def test_leaving_out_what_two_logs_have_in_common_changes_nothing(one: list[str], two: list[str]) -> None:
    short = [text(log="".join(rows)) for rows in (one, two)]
    whole = [each.replace("## Log", "##  Log") for each in short]  # no log the short way knows
    told = [sorted(each[:4] for each in difference.meanings(*pair)) for pair in (short, whole)]
    assert told[0] == told[1]


def _logged(entries: list[Line]) -> str:
    from crmtxt.text.lines import write_line

    return text(log="".join(f"{write_line(each)}\n" for each in entries))


def _changed_paths(one: str, two: str) -> set[tuple[str, ...]]:
    rows = []
    for each in (one, two):
        try:
            rows.append(set(flatten(read_head(each[slice(*parse(each, "").head)]))))
        except HeadError:
            return set()
    return {tuple(key.split(".")) for key, value in rows[0] ^ rows[1] if value}
