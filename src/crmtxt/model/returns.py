"""What comes back of relationships, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple


class Source(NamedTuple):
    """What came of a source, in one currency; None is where nobody wrote one down.

    `leads` are the customers it brought first, `won` and `value` what is credited to the first touch; `last` and
    `linear` is the value by the last touch before it was won, and by all touches alike.
    """

    source: str | None
    leads: int
    won: int
    value: float
    currency: str
    last: float
    linear: float
    median_cycle_days: float | None
    cost: float | None
    cost_per_won: float | None


class Retention(NamedTuple):
    """What was won again, in one currency, from `since` to `until`, of the customers of as many days before.

    `start` was won of those `customers` then, `end` now; `gross` and `net` are None where there are not enough data.
    `left_out` are customers whose values cannot be compared.
    """

    since: str
    until: str
    currency: str
    customers: int
    stayed: int
    start: float
    churn: float
    contraction: float
    expansion: float
    end: float
    gross: float | None
    net: float | None
    left_out: int


class Renewal(NamedTuple):
    """An open opportunity of a customer who has bought before; `due_days` until it closes, below zero when late."""

    customer: str
    name: str
    handle: str
    title: str
    stage: str
    value: float | None
    currency: str | None
    close: str | None
    due_days: int | None
    owner: str | None
    won_before: int
    last_won: str | None
    next: str | None


class Departure(NamedTuple):
    """A customer who left, or of whom nothing was won again: how and when, what it was worth, and what is known of why.

    `how` is lost, dormant or nothing won; `value` was won in the days that are compared with.
    """

    customer: str
    name: str
    how: str
    date: str | None
    value: float | None
    currency: str | None
    because: str | None
    to: str | None
    learned: str | None
    again: str | None


class Referral(NamedTuple):
    """Whom a customer brought, and what it became; `customer` is None for an advocate who brought nobody yet."""

    by: str
    by_name: str | None
    by_stage: str | None
    customer: str | None
    name: str | None
    stage: str | None
    since: str | None
    won: int
    value: float | None
    currency: str | None


class WarmReason(NamedTuple):
    """Why a word is worth it now: `kind` is again, changed, wrote or quiet; `line` tells where it stands, path:line."""

    kind: str
    text: str
    line: str | None


class Warm(NamedTuple):
    """A relationship that ended, or sleeps, and is worth a word now, the most promising first.

    `ended` is the day of the loss or of falling asleep; `strength` was that of the relationship on it, 0 to 100,
    `talks_since` came after it; `again` is the day that was set to look again.
    """

    rank: int
    customer: str
    name: str
    stage: str
    ended: str | None
    because: str | None
    learned: str | None
    again: str | None
    reasons: tuple[WarmReason, ...]
    strength: float | None
    talks_since: int | None
    last: str | None
    score: float
    next: str | None
