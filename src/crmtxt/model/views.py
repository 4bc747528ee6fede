"""What the daily lists answer, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple


class Customer(NamedTuple):
    """One customer in a list; `value` is in `currency`, dates are ISO, None is what is not known."""

    handle: str
    name: str
    stage: str | None
    type: str | None
    owner: str | None
    tags: tuple[str, ...]
    last: str | None
    quiet_days: int | None
    next_due: str | None
    value: float | None
    currency: str | None
    health: float | None = None


class FollowUp(NamedTuple):
    """One open line of Next: a follow-up or a promise; `overdue_days` is negative while it lies ahead."""

    ref: str
    customer: str
    name: str
    date: str
    time: str | None
    kind: str
    direction: str | None
    who: tuple[str, ...]
    by: tuple[str, ...]
    text: str
    overdue_days: int
    every: str | None
    path: str
    line: int


class Feedback(NamedTuple):
    """One piece of feedback in the continuation of a log line."""

    subject: str
    themes: tuple[str, ...]
    text: str


class LogEntry(NamedTuple):
    """One thing that happened, or the line of Next or the notes where something was found (`section`)."""

    customer: str
    name: str
    section: str
    date: str | None
    time: str | None
    kind: str
    direction: str | None
    who: tuple[str, ...]
    by: tuple[str, ...]
    text: str
    topics: tuple[str, ...]
    feel: int | None
    quote: str | None
    feedback: tuple[Feedback, ...]
    path: str
    line: int


class TodayItem(NamedTuple):
    """One thing to do today: `why` it is here and the command (`action`) that settles it."""

    rank: int
    customer: str
    name: str
    reason: str
    why: str
    action: str
    due: str | None
    ref: str | None


class Sign(NamedTuple):
    """What shows at a customer, since when or until when, and what settles it where that is told by the sign."""

    handle: str
    name: str
    why: str
    day: str | None = None
    action: str = ""


class Word(NamedTuple):
    """A customer it is time for a word with: `why`, and the command (`action`) that settles it.

    `reason` is renewal, birthday or cadence, of several the first. `due` is its day; of a cadence it is the last day
    that was agreed, and `at_most` the one after which it is too long; `overdue_days` is negative while `due` lies
    ahead.
    """

    customer: str
    name: str
    owner: str | None
    reason: str
    why: str
    action: str
    due: str
    at_most: str | None
    last: str | None
    overdue_days: int
