"""What a calendar tells of a book: everything with a day that today, due and remind know, and what of it has ended."""

from __future__ import annotations

from collections import Counter
from datetime import date
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.errors import UsageError
from crmtxt.model.calendar import FOLLOW_UP
from crmtxt.model.calendar import FORMS
from crmtxt.model.calendar import KINDS
from crmtxt.model.calendar import OPEN
from crmtxt.model.calendar import TODO
from crmtxt.model.calendar import Alarms
from crmtxt.model.calendar import Calendar
from crmtxt.model.calendar import CalendarEntry
from crmtxt.model.calendar import Intent
from crmtxt.model.calendar import intent
from crmtxt.model.calendar import uid
from crmtxt.model.calendar import uid_of
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TASK
from crmtxt.model.line import tokens
from crmtxt.model.repeat import rule
from crmtxt.model.schedule import time_of_day
from crmtxt.model.when import FIRST_YEAR
from crmtxt.model.when import LAST_YEAR
from crmtxt.services import followups
from crmtxt.services.coming import coming
from crmtxt.services.standards import day_of
from crmtxt.settings import default
from crmtxt.store import reads
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Mapping

    from crmtxt.model.line import Line
    from crmtxt.model.views import FollowUp
    from crmtxt.services.coming import Coming
    from crmtxt.services.recent import Recent
    from crmtxt.services.recent import Turn
    from crmtxt.services.writer import Writer

SHOWN_PROMISES = 5
NEVER = "never"
NAMES = "SELECT handle, name FROM customer"
RENAMED = "SELECT text FROM line WHERE section = 'log' AND kind = 'renamed' ORDER BY date, number, text"


def calendar(writer: Writer, recent: Recent, who: str, selection: Selection, only: Collection[str]) -> Calendar:
    """Return what has a day for one of us ("": for anybody), of what a query selects and of some kinds (none: all)."""
    if unknown := [each for each in only if each not in KINDS]:
        raise UsageError(f"a calendar has no '{unknown[0]}'", f"--only takes {', '.join(KINDS)}")
    told = _Telling(writer, recent, who, selection).entries()
    entries = [each for each in told if FIRST_YEAR <= each.day.year <= LAST_YEAR and (not only or each.kind in only)]
    entries.sort(key=lambda each: (each.day, each.time, each.uid))
    title = " · ".join(part for part in (writer.settings.name, who) if part) or "crmtxt"
    return Calendar(title, writer.settings.timezone, entries)


def is_todo(form: str) -> bool:
    """Say whether what has no time of its own is to be a task; UsageError for neither event nor todo."""
    if form not in FORMS:
        raise UsageError(f"a calendar has no '{form}'", f"--as takes {' or '.join(FORMS)}")
    return form == TODO


def alarms(config: Mapping[str, str]) -> Alarms:
    """Return when a calendar is to ring, as the user's configuration says; UsageError for what is no time."""
    at, before = (config.get(f"alarm.{name}") or default(f"alarm.{name}") for name in ("at", "before"))
    if before != NEVER and not (before.isdecimal() and len(before) <= len("9999")):
        raise UsageError(f"'{before}' is no number of minutes", "alarm.before of your configuration is one, or never")
    hint = "alarm.at of your configuration is one, such as 9:00, or never"
    hours, minutes = (0, 0) if at == NEVER else time_of_day(at, hint)
    return Alarms(
        None if at == NEVER else timedelta(hours=hours, minutes=minutes),
        None if before == NEVER else timedelta(minutes=int(before)),
    )


class _Telling:
    """The telling of one calendar."""

    def __init__(self, writer: Writer, recent: Recent, who: str, selection: Selection) -> None:
        self.writer = writer
        self.index = writer.index
        self.book = writer.settings.name
        self.recent = recent
        self.who = who
        self.selection = selection
        self.names: dict[str, str] = dict(self._rows(NAMES))

    @cached_property
    def people(self) -> dict[tuple[str, str], str]:
        """Return the first names of the people of all customers."""
        return reads.first_names(self.index, self.names)

    @cached_property
    def owners(self) -> dict[str, str]:
        """Return who of us owns each customer that somebody owns."""
        return reads.owners(self.index)

    @cached_property
    def chosen(self) -> set[str]:
        """Return the customers the query selects."""
        return {each.handle for each in reads.customers(self.index, self.selection)}

    @cached_property
    def renames(self) -> tuple[dict[str, str], Counter[str]]:
        """Return the first handle of each customer that was renamed, and how often each handle was given up."""
        found: dict[str, str] = {}
        given_up = Counter[str]()
        for (text,) in self._rows(RENAMED):
            old, _, new = text.partition(" -> ")
            first = _first(old, found, given_up)
            found.pop(old, None)
            found[new] = first
            given_up[old] += 1
        return found, given_up

    @cached_property
    def promises(self) -> dict[str, list[str]]:
        """Return the open promises of each customer, ours and theirs, a line each."""
        found: dict[str, list[str]] = {}
        for each in reads.followups(self.index, Selection(None, self.writer.today)):
            if each.kind == PROMISE:
                owes = "they owe" if each.direction == "from" else "we owe"
                whom = f" {each.direction or 'to'} {self._people(each.customer, each.who)}" if each.who else ""
                said = f"{owes}, {each.date}{whom}: {followups.plain(each.text)}"
                found.setdefault(each.customer, []).append(said)
        return found

    def entries(self) -> Iterator[CalendarEntry]:
        """Yield every entry: open lines of Next, those that ended lately, and what comes by itself."""
        count = Counter[Intent]()
        for each in reads.followups(self.index, Selection(None, self.writer.today), whose=self.who):
            if not self._is_chosen(each.customer):
                continue
            wanted = self._intent(each.customer, each)
            count[wanted] += 1
            yield self._open(each, uid_of(self.book, wanted, count[wanted]))
        yield from self._ended(count)
        for thing in coming(self.writer):
            if self._is_wanted(thing.customer):
                yield self._coming(thing)

    def _open(self, each: FollowUp, name: str) -> CalendarEntry:
        day = date.fromisoformat(each.date)
        first = day_of(tokens(each.text).get("due")) or day
        return CalendarEntry(
            name,
            _kind(each),
            self._said(each.customer, each),
            self._about(each.customer, "", f"crmtxt done {each.ref}"),
            day,
            self.recent.of(each.customer),
            each.time or "",
            rule(each.every, day, first) if each.every else "",
        )

    def _ended(self, open_: Counter[Intent]) -> Iterator[CalendarEntry]:
        """Yield what ended lately; of lines that say the same, as many as were open at once, the last that ended."""
        count, most = open_.copy(), open_.copy()
        for turn in self.recent.turns:
            if not self._is_ours(turn):
                continue
            wanted = self._intent(turn.customer, turn.line)
            if turn.state == OPEN:  # one that is no longer there has ended in no commit
                most[wanted] = max(most[wanted], 1)
                count[wanted] = max(count[wanted], 1) - 1
                continue
            count[wanted] += 1
            if count[wanted] > most[wanted]:
                most[wanted] = count[wanted]
                line, said = turn.line, self._said(turn.customer, turn.line)
                name, day = uid_of(self.book, wanted, count[wanted]), date.fromisoformat(line.date)
                yield CalendarEntry(name, _kind(line), said, "", day, turn.when, line.time, state=turn.state)

    def _coming(self, thing: Coming) -> CalendarEntry:
        first = _first(thing.customer, *self.renames)
        return CalendarEntry(
            uid(self.book, thing.kind, first, thing.key),
            thing.kind,
            f"{self.names[thing.customer]}: {thing.said}",
            self._about(thing.customer, thing.why, thing.action),
            thing.day,
            self.recent.of(thing.customer),
            rule=thing.rule,
            lead=thing.lead,
        )

    def _intent(self, customer: str, each: FollowUp | Line) -> Intent:
        first = _first(customer, *self.renames)
        return intent(first, each.kind, each.direction, each.who, each.text)

    def _is_wanted(self, customer: str) -> bool:
        """Say whether the customer is one the query selects, and of the one whose calendar it is."""
        mine = self.who in {"", self.owners.get(customer, self.who)}
        return mine and self._is_chosen(customer)

    def _is_chosen(self, customer: str) -> bool:
        return self.selection.expr is None or customer in self.chosen

    def _is_ours(self, turn: Turn) -> bool:
        """Say the same of a line that is not open: it is for those it names, else for the customer's owner."""
        named, team = {each.removeprefix("@") for each in turn.line.by}, self.writer.settings.team
        by = named.intersection(team or named)
        if self.who and by:
            return self.who in by and self._is_chosen(turn.customer)
        return self._is_wanted(turn.customer)

    def _said(self, customer: str, each: FollowUp | Line) -> str:
        kind = "" if each.kind == TASK else each.kind
        people = self._people(customer, each.who)
        what = " ".join(word for word in (kind, people and each.direction, people) if word)
        name = self.names.get(customer, customer)
        return ": ".join(part for part in (name, what, followups.plain(each.text)) if part)

    def _people(self, customer: str, who: Collection[str]) -> str:
        plain = (each.removeprefix("@") for each in who)
        return ", ".join(self.people.get((customer, each), each) for each in plain)

    def _about(self, customer: str, why: str, action: str) -> str:
        """Return why it is there, the open promises, and the command that settles it, a line each."""
        promises = self.promises.get(customer, [])
        more = len(promises) - SHOWN_PROMISES
        rows = [why, *promises[:SHOWN_PROMISES], f"and {more} more promises" if more > 0 else "", action]
        return "\n".join(" ".join(row.split()) for row in rows if row)

    def _rows(self, sql: str) -> list[Any]:
        rows: list[Any] = self.index.query(sql)
        return rows


def _first(handle: str, first: Mapping[str, str], given_up: Mapping[str, int]) -> str:
    """Return the handle a customer had first, told from those that had it before: `acme`, then `acme 1`."""
    times = given_up.get(handle, 0)
    return first.get(handle) or (f"{handle} {times}" if times else handle)


def _kind(each: FollowUp | Line) -> str:
    return PROMISE if each.kind == PROMISE else FOLLOW_UP
