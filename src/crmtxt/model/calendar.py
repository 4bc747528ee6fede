"""What a calendar tells of a book: its entries as frozen values, and the names by which clients know them again."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Sequence
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import NamedTuple

from crmtxt.model.followup import undated

FOLLOW_UP, PROMISE, WORD, RENEWAL, BIRTHDAY, PLAN = "follow-up", "promise", "word", "renewal", "birthday", "plan"
KINDS = (FOLLOW_UP, PROMISE, WORD, RENEWAL, BIRTHDAY, PLAN)
FORMS = EVENT, TODO = ("event", "todo")
OPEN, COMPLETED, CANCELLED = "open", "completed", "cancelled"


class CalendarEntry(NamedTuple):
    """One thing with a day: `time` is HH:MM or "", `rule` an RFC 5545 rule or "".

    `lead` says how many days before it is spoken of; `changed` is when what is told was last changed, in UTC, and of
    what is no longer open (`state`) when that came about.
    """

    uid: str
    kind: str
    summary: str
    description: str
    day: date
    changed: datetime
    time: str = ""
    rule: str = ""
    lead: int = 0
    state: str = OPEN


class Calendar(NamedTuple):
    """The entries for one person of one book, in the time zone of the book; "" is wherever one is."""

    title: str
    zone: str
    entries: Sequence[CalendarEntry]


class Alarms(NamedTuple):
    """When a calendar rings: `at` that time of the day, `before` what has a time; None is never."""

    at: timedelta | None
    before: timedelta | None


class Intent(NamedTuple):
    """What a line of Next is known again by, whatever its date: its customer's first handle and what is to be done."""

    customer: str
    kind: str
    direction: str
    who: str
    text: str


def intent(customer: str, kind: str, direction: str | None, who: Sequence[str], text: str) -> Intent:
    """Return what a line is known again by; of a repeat, whatever day it is counted from."""
    people = ", ".join(each.removeprefix("@") for each in who)
    return Intent(customer, kind, direction or "", people, undated(text))


def uid(*parts: str) -> str:
    """Return the name of an entry: 128 bits of what it is known by."""
    from hashlib import sha256

    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def uid_of(book: str, wanted: Intent, number: int) -> str:
    """Return the name of a line of Next of a book, the `number`-th that says the same."""
    return uid(book, *wanted, str(number))
