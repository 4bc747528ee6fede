"""Calendars into the log: each meeting that is over once, with everybody who was there; the rest is proposed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.imported import AHEAD
from crmtxt.model.imported import MOVED
from crmtxt.model.imported import NEW
from crmtxt.model.imported import SAME
from crmtxt.model.imported import UNKNOWN
from crmtxt.model.imported import ImportedMeeting
from crmtxt.model.line import Line
from crmtxt.model.meeting import MEETING
from crmtxt.model.series import meetings_of
from crmtxt.services import importing
from crmtxt.services.correspondents import Correspondents
from crmtxt.services.correspondents import contacts
from crmtxt.services.correspondents import named
from crmtxt.services.proposals import Strangers
from crmtxt.services.proposals import next_command
from crmtxt.services.writer import in_words
from crmtxt.store.meetings import Held

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import datetime
    from datetime import tzinfo

    from crmtxt.model.meeting import Event
    from crmtxt.model.meeting import Meeting
    from crmtxt.services.writer import Writer
    from crmtxt.store.addresses import Owner
    from crmtxt.store.meetings import Moment

CANCELLED, DECLINED, ALONE = "cancelled", "declined by us", "with nobody else"
PAST, TO_COME = timedelta(3653), timedelta(366)  # of what repeats: ten years back, one ahead
MOST_MEETINGS = 100_000
MOST_TOLD = 10


class Calendar(NamedTuple):
    """A calendar, what it is called, its events, those of one UID together, and what could not be read."""

    path: str
    series: Iterable[Sequence[Event]]
    problems: list[Problem]


class _Party(NamedTuple):
    """Who came to an event: the addresses of others, us as a line names us, and why it is passed over, "" if not."""

    others: tuple[str, ...]
    by: tuple[str, ...]
    passed: str


class _With(NamedTuple):
    """A meeting with one customer: its token, the line it is in the log, and who of the customer was there."""

    meeting: Meeting
    token: str
    line: Line
    people: tuple[Owner, ...]

    @property
    def what(self) -> str:
        """Return it in words, without its day."""
        return f"{in_words(self.line, contacts(self.people))}: {self.meeting.title}"

    def moved(self, was: Moment) -> str:
        """Return it in words, with when it is in the log."""
        return f"{self.what} (in the log: {' '.join(was).strip()})"

    def row(self, customer: str, change: str, what: str, command: str | None = None) -> ImportedMeeting:
        """Return what becomes of it."""
        line = self.line
        return ImportedMeeting(self.meeting.event.line, customer, line.date, line.time or None, change, what, command)


class _Import:
    """The import of one calendar."""

    def __init__(self, writer: Writer, now: datetime, zone: tzinfo | None, mine: Iterable[str]) -> None:
        self.writer = writer
        self.now = now
        self.zone = zone
        self.people = Correspondents(writer, mine)
        self.held = Held(writer.index)
        self.strangers = Strangers(self.people)
        self.over: list[ImportedMeeting] = []
        self.ahead: list[ImportedMeeting] = []
        self.lines: dict[str, list[Line]] = {}
        self.passed: Counter[str] = Counter()
        self.count = 0

    def take(self, events: Sequence[Event]) -> Iterator[str]:
        """Take in the events of one UID; yield what cannot be done."""
        parties = {each.line: self._party(each) for each in events}
        if not any(each.others for each in parties.values()):
            self.passed[ALONE] += 1
            return
        over: dict[int, list[_With]] = {}
        ahead: dict[int, _With] = {}
        try:
            for meeting in self._meetings(events):
                self._sort(meeting, parties[meeting.event.line], over, ahead)
        except ValueError as error:
            yield str(error)
            return
        for number in dict.fromkeys([*over, *ahead]):
            try:
                found = self.people.customer(number)
            except ValueError as error:
                yield str(error)
                continue
            if those := over.get(number):
                self._log(number, those, found.handle, found.path)
            if first := ahead.get(number):
                self._propose(number, first, found.handle)

    def rows(self) -> list[ImportedMeeting]:
        """Return what becomes of each: what is over, what is to come, whom nobody knows."""
        over, ahead = (sorted(rows, key=lambda row: row.place) for rows in (self.over, self.ahead))
        return [*over, *ahead, *self.strangers.rows()]

    def _meetings(self, events: Sequence[Event]) -> list[Meeting]:
        today = self.now.date()
        found = meetings_of(events, today - PAST, today + TO_COME)
        self.count += len(found)
        if self.count > MOST_MEETINGS:
            raise UsageError(f"the calendar comes to more than {MOST_MEETINGS:,} meetings", "import it in parts")
        return found

    def _sort(self, meeting: Meeting, party: _Party, over: dict[int, list[_With]], ahead: dict[int, _With]) -> None:
        """Put a meeting with each of its customers to those that are over, or as the first to come, from today on."""
        if party.passed:
            self.passed[party.passed] += 1
            return
        day, time, is_over = self._when(meeting)
        token = meeting.token
        theirs, unknown = self.people.theirs(party.others, day)
        for number, people in theirs.items():
            line = Line(day, MEETING, f"{meeting.title} {token}", time, "", "with", named(people.values()), party.by)
            found = _With(meeting, token, line, tuple(people.values()))
            if is_over:
                over.setdefault(number, []).append(found)
            elif day >= f"{self.now:%Y-%m-%d}":
                ahead.setdefault(number, found)
        if is_over:
            self.strangers.meet(meeting.event, unknown, day, time)

    def _party(self, event: Event) -> _Party:
        out = {each.address for each in event.guests if each.is_out}
        came = [each.address for each in event.guests if each.address not in out]
        others = tuple(dict.fromkeys(each for each in came if not self.people.is_ours(each)))
        declined = any(map(self.people.is_ours, out)) and not any(map(self.people.is_ours, came))
        passed = CANCELLED if event.is_cancelled else DECLINED if declined else "" if others else ALONE
        return _Party(others, self.people.colleagues(came) or self.writer.by, passed)

    def _when(self, meeting: Meeting) -> tuple[str, str, bool]:
        """Return day and time in the zone of the book, the time "" for a whole day, and whether it is over."""
        try:
            begin, end = meeting.span(self.zone)
        except (OverflowError, OSError, ValueError):
            raise ValueError("its time is none in the time zone of the book") from None
        return f"{begin:%Y-%m-%d}", f"{begin:%H:%M}" if meeting.has_time else "", end <= self.now

    def _log(self, number: int, those: list[_With], customer: str, path: str) -> None:
        """Log the meetings of one UID with one customer that the log does not hold, at another time either."""
        moments = {each.token: (each.line.date, each.line.time) for each in those}
        there = self.held.logged(number, moments, is_series=any(each.meeting.event.repeats for each in those))
        for each in those:
            was, moment = there.get(each.token), (each.line.date, each.line.time)
            if was is None and self.held.is_by_hand(number, moment):
                self.over.append(each.row(customer, SAME, f"{each.what} (logged by hand)"))
            elif was is None:
                self.lines.setdefault(path, []).append(each.line)
                self.over.append(each.row(customer, NEW, each.what))
            elif was == moment:
                self.over.append(each.row(customer, SAME, each.what))
            else:
                self.over.append(each.row(customer, MOVED, each.moved(was)))

    def _propose(self, number: int, first: _With, customer: str) -> None:
        """Propose a meeting to come that is not planned; where it is in the log, it was moved."""
        if (number, first.line.date, first.line.time) in self.held.planned:
            return
        command = next_command(customer, first.line, first.meeting.title)
        was = self.held.at(number, first.token)
        change, what = (MOVED, first.moved(was)) if was else (AHEAD, first.what)
        self.ahead.append(first.row(customer, change, what, command))


def plan(writer: Writer, calendar: Calendar, now: datetime, zone: tzinfo | None, mine: Iterable[str]) -> importing.Plan:
    """Return what an import of a calendar would do; `zone` is that of the lines, None the computer's.

    `mine` are addresses of the writer.
    """
    work, problems, path = _Import(writer, now, zone, mine), [*calendar.problems], calendar.path
    for those in calendar.series:
        problems += [Problem(path, those[0].line, 0, "event", message) for message in work.take(those)]
    problems.sort(key=lambda problem: problem.line)
    rows = work.rows()
    told = importing.summary(MEETING, rows, problems)
    change = f"import of {path.rpartition('/')[2]}: {told}"
    edits = {file: partial(importing.insert_new, lines) for file, lines in work.lines.items()}
    files = tuple(FileEdit(file, importing.within(edit, file)) for file, edit in edits.items())
    understood = (told, *_passed(work.passed), *_proposed(rows))
    return importing.Plan(Change(change, "", files, understood), rows, problems)


def _passed(passed: Counter[str]) -> Iterator[str]:
    some = ", ".join(f"{passed[why]:,} {why}" for why in (ALONE, CANCELLED, DECLINED) if passed[why])
    if some:
        yield f"passed over: {some}"


def _proposed(rows: Sequence[ImportedMeeting]) -> Iterator[str]:
    """Yield what is to be done by hand: of each kind the first, and how many more."""
    headings = (
        (MOVED, "moved, and not logged again:"),
        (AHEAD, "to come; plan it with:"),
        (UNKNOWN, "nobody's addresses; add them with:"),
    )
    for change, heading in headings:
        some = [row for row in rows if row.change == change]
        if some:
            yield heading
            for row in some[:MOST_TOLD]:
                yield f"  {row.command or row.told}"
        if len(some) > MOST_TOLD:
            yield f"  … and {len(some) - MOST_TOLD:,} more: the same with --json"
