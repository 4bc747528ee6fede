"""Events of a calendar, and the meetings they come to: each with what says which one it is."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from datetime import tzinfo
from typing import NamedTuple

from crmtxt.model.foreign import identified
from crmtxt.model.foreign import titled

MEETING = "meeting"  # the kind of its line
UID = "uid"  # the token that holds the UID of RFC 5545 and, of an event that repeats, which occurrence it is


class Guest(NamedTuple):
    """An address with the name beside it; `is_out` for one who declined, delegated or was only informed."""

    address: str
    name: str
    is_out: bool


class Event(NamedTuple):
    """One VEVENT as it stands from `line` of a file on.

    `start` is a date, or a moment with its zone, without one for a floating time; `rule` is an RRULE, "" for none,
    `more` and `without` are the RDATE and EXDATE; `instead` says which occurrence of the event of that `uid` this is,
    None for the event itself.
    """

    line: int
    uid: str
    start: date
    length: timedelta
    summary: str
    guests: tuple[Guest, ...] = ()
    is_cancelled: bool = False
    sequence: int = 0
    rule: str = ""
    more: tuple[date, ...] = ()
    without: tuple[date, ...] = ()
    instead: date | None = None

    @property
    def repeats(self) -> bool:
        """Say whether it has occurrences."""
        return bool(self.rule or self.more)


class Meeting(NamedTuple):
    """One event, or an occurrence of it: `occurrence` is when that was to be at first, "" where none repeats."""

    event: Event
    start: date
    occurrence: str = ""

    @property
    def token(self) -> str:
        """Return the token that says which it is."""
        whose = identified(UID, self.event.uid)
        return f"{whose}/{self.occurrence}" if self.occurrence else whose

    @property
    def title(self) -> str:
        """Return the summary as a line can have it."""
        return titled(self.event.summary, "(no title)")

    @property
    def has_time(self) -> bool:
        """Say whether it has a time; without one it is of whole days."""
        return isinstance(self.start, datetime)

    def span(self, zone: tzinfo | None) -> tuple[datetime, datetime]:
        """Return when it begins and ends; a day, and a floating time, are of that zone, None the computer's.

        OverflowError for what no calendar reaches.
        """
        begin = moment_of(self.start)
        return _within(begin, zone), _within(begin + self.event.length, zone)


def moment_of(day: date) -> datetime:
    """Return a moment as it is, a day as its beginning, of no zone."""
    return day if isinstance(day, datetime) else datetime.combine(day, time.min)


def wall(moment: date) -> datetime:
    """Return what a clock on the wall shows."""
    return moment_of(moment).replace(tzinfo=None)


def occurrence_of(moment: date) -> str:
    """Return an occurrence as RFC 5545 writes one: in UTC where its zone is known."""
    if not isinstance(moment, datetime):
        return f"{moment:%Y%m%d}"
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if moment.tzinfo else f"{moment:%Y%m%dT%H%M%S}"


def _within(moment: datetime, zone: tzinfo | None) -> datetime:
    if moment.tzinfo or zone is None:
        return moment.astimezone(zone)
    return moment.replace(tzinfo=zone)
