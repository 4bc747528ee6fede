"""The plan as of a past day is the plan as it was run on that day, on the file as it stood then."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import pytest

from crmtxt.errors import CrmError
from crmtxt.model import course
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import INITIATIVE
from crmtxt.model.plans import OUTCOMES
from crmtxt.model.plans import TITLES
from crmtxt.services import followups
from crmtxt.services import journal
from crmtxt.services import opportunities
from crmtxt.services import plan
from crmtxt.services import planning
from crmtxt.services.choosing import choose
from crmtxt.services.opportunities import NewOpportunity
from crmtxt.services.writer import Writer
from crmtxt.store import reads
from crmtxt.store.book import Book
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmtxt.model.change import Change

FIRST, DAYS, ACTS = date(2026, 3, 1), 14, 3
SETTINGS = "crmtxt: 1\ncurrency: EUR\nteam: {sam: {name: Sam}, lee: {name: Lee}}\n"
EMPTY = "---\nname: Acme Ltd\nstage: lead\ncontacts:\n  jane:\n    name: Jane Doe\n---\n\n## Next\n\n## Log\n"
WORDS = ("Fewer faults", "on track -> or not", "due 3 -> 4", "plain", "for:them", "a 'word' of #theirs")
VALUES = {
    GOAL: {"whose": ("theirs", "ours"), "from": ("36h",), "to": ("8h", "6 h"), "by": ("2026-06-01", "2026-09-01")},
    INITIATIVE: {"for": ("one",), "owner": ("sam", "lee"), "status": ("doing", "on hold", "planned")},
}


class Told(NamedTuple):
    """What a plan says of a day: goals, initiatives and opportunities whole, and what is promised."""

    goals: list[Any]
    initiatives: list[Any]
    opportunities: list[tuple[str, str]]
    promises: set[tuple[str, str]]


class History:
    """A book in which something happens day after day, as chance has it."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = Random(seed)
        (root / "book" / "customers").mkdir(parents=True)
        (root / "book" / "crmtxt.yaml").write_text(SETTINGS, encoding="utf-8")

    def days(self) -> Iterator[tuple[date, str]]:
        """Yield each day with the file at its end."""
        text = EMPTY
        for day in (FIRST + timedelta(number) for number in range(DAYS)):
            for _ in range(self.chance.randint(0, ACTS)):
                text = self.after(text, day)
            yield day, text

    def after(self, text: str, day: date) -> str:
        """Return the text after something that may have been done, the same text where that is refused."""
        book = self.book(text)
        writer = Writer(book.index, day, "sam")
        try:
            return self.done(writer, reads.resolve(book.index, "acme")).files[0].edit(text)
        except CrmError:
            return text
        finally:
            book.close()

    def book(self, text: str) -> Book:
        (self.root / "book" / "customers" / "acme.md").write_text(text, encoding="utf-8")
        return Book(str(self.root / "book"), str(self.root / "cache"), str(self.root / "state"), {})

    def done(self, writer: Writer, found: reads.Found) -> Change:
        act = self.chance.choice((self.promised, self.dealt, self.planned, self.planned))
        return act(writer, found)

    def planned(self, writer: Writer, found: reads.Found) -> Change:
        chance = self.chance
        which = planning.Which(found, chance.choice((GOAL, INITIATIVE)), chance.choice(("one", "two")))
        kind = which.kind
        values = {
            key: chance.choice(some) for key, some in VALUES[kind].items() if key == "whose" or chance.random() < 0.6
        }
        values[TITLES[kind]] = chance.choice(WORDS)
        match chance.choice(("add", "add", "set", "set", "read", "close")):
            case "add":
                return planning.add(writer, which, values)
            case "set":
                return planning.set_values(writer, which, values)
            case "read":
                return planning.read(writer, which, chance.choice(("12h", "40%")), writer.today)
            case _:
                return planning.close(writer, which, chance.choice(OUTCOMES[kind]))

    def dealt(self, writer: Writer, found: reads.Found) -> Change:
        chance = self.chance
        title = chance.choice(("Renewal", "Pilot"))
        act = chance.choice(("add", "move", "value", "win", "lose"))
        if act == "add":
            close = chance.choice(("", "2026-05-01"))
            return opportunities.add(writer, found, NewOpportunity(title, "1200 EUR", close), "")
        which = choose(writer, found, title)
        if act == "move":
            return opportunities.move(writer, which, chance.choice(("proposal", "negotiation")), "")
        if act == "value":
            return opportunities.set_values(writer, which, {"value": f"{chance.randint(1, 9)}000 EUR"})
        if act == "win":
            return opportunities.win(writer, which, "", "")
        return opportunities.lose(writer, which, {"because": "price"}, "")

    def promised(self, writer: Writer, found: reads.Found) -> Change:
        chance = self.chance
        due = writer.today + timedelta(chance.randint(1, 6))
        known = [each.ref for each in reads.followups(writer.index, Selection(None, writer.today))]
        if not known or chance.random() < 0.4:
            return journal.plan(writer, found, f"{due} to jane: {chance.choice(('the quote', 'the list'))}", "promise")
        if chance.random() < 0.6:
            return followups.snooze(writer, chance.choice(known), due)
        return followups.done(writer, chance.choice(known))

    def told(self, text: str, day: date, *, past: bool) -> Told:
        """Return what the plan of a file says as of a day."""
        book = self.book(text)
        report = plan.report(book, reads.resolve(book.index, "acme"), day, None, past=past)
        book.close()
        found = {each.name: [(one.about, one.text) for one in each.statements] for each in report.sections}
        return Told(
            [each._replace(lines=()) for each in sorted(report.goals, key=lambda each: each.handle)],
            [each._replace(lines=()) for each in sorted(report.initiatives, key=lambda each: each.handle)],
            sorted(found["opportunities"]),
            {each for each in found["promises"] if each[1].startswith("to ")},
        )


@pytest.mark.parametrize("seed", range(12))
def test_the_plan_as_of_a_day_is_the_plan_that_was_run_on_that_day(seed: int, tmp_path: Path) -> None:
    history = History(tmp_path, seed)
    days = list(history.days())
    _, last = days[-1]
    for day, text in days[:-1]:
        now, then = history.told(last, day, past=True), history.told(text, day, past=False)
        assert now[:3] == then[:3], day
        assert now.promises <= then.promises, day


BY_HAND = """---
name: Acme Ltd
stage: customer
contacts:
  jane: {name: Jane Doe}
  tom: {name: Tom Rees, since: 2026-09-01}
opportunities:
  renewal: {title: Renewal, stage: proposal, value: 12000 EUR}
plan:
  goals:
    agreed: {whose: theirs, goal: Agreed, agreed: 2026-03-01}
    read: {whose: ours, goal: Read}
    later: {whose: ours, goal: Later}
    unknown: {whose: ours, goal: Unknown}
  initiatives:
    review: {what: Review, status: doing}
    ahead: {what: Ahead, status: blocked}
---

## Next

- [ ] 2026-05-02 call to @jane: was due before
- [ ] 2026-12-01 call to @jane: is due later
- [ ] 2026-12-01 promise to @jane by @sam: moved twice
- [ ] 2026-12-02 promise to @jane by @sam: nobody knows since when

## Log

- 2026-03-10 goal read: 12h
- 2026-04-01 initiative review: planned -> doing
- 2026-05-01 promise to @jane by @sam: moved twice due:2026-05-10 -> 2026-08-01
- 2026-06-01 goal later: 9h
- 2026-06-02 stage: prospect -> customer
- 2026-06-02 initiative ahead: doing -> blocked
- 2026-06-03 promise to @jane by @sam: moved twice due:2026-08-01 -> 2026-12-01
- 2026-06-04 kept to @tom by @sam: late in the end due:2026-05-15
"""


def test_of_a_file_written_by_hand_the_earliest_sign_tells_what_was_there(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    book = history.book(BY_HAND)
    report = plan.report(book, reads.resolve(book.index, "acme"), date(2026, 5, 20), None, past=True)
    book.close()
    said = {each.name: [f"{one.about}: {one.text}" for one in each.statements] for each in report.sections}
    assert [each.handle for each in report.goals] == ["agreed", "read"]
    assert [each.handle for each in report.initiatives] == ["review"]
    assert said["promises"] == [
        "2026-05-15: to tom: late in the end, 5 days late",
        "2026-08-01: to Jane Doe: moved twice",
    ]
    assert said["talks"] == ["2026-05-02: we → Jane Doe: call, was due before"]
    assert said["opportunities"] == []
    assert [each.partition(":")[0] for each in said["people"]] == ["Jane Doe"]
    assert said["today"][-1] == "stage: prospect"
    assert said["gaps"][0].startswith("a day in the past: left out, since no line tells that it was there: ")
    assert all(handle in said["gaps"][0] for handle in ("later", "unknown", "ahead"))


@pytest.mark.parametrize(
    ("kind", "field", "before", "after"),
    [
        (GOAL, "to", "8h", "6 h"),
        (GOAL, "goal", "", "on track -> or not"),
        (GOAL, "measure", "text", "done"),
        (INITIATIVE, "what", "due 3 -> 4", "done"),
        (INITIATIVE, "status", "on hold", "doing"),
        (INITIATIVE, "status", "", "doing"),
    ],
)
def test_a_change_can_be_read_back_and_taken_back(kind: str, field: str, before: str, after: str) -> None:
    text = course.changed(field, before, after)
    assert course.read_change(kind, text) == (field, before, after)
    assert course.before(kind, text, {field: after, "own": "x"}) == {"own": "x", **({field: before} if before else {})}
    assert not course.is_reading(kind, text)
