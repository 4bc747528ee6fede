"""What is answered of opportunities, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

AWAY = ("dormant", "lost")  # stages that lead off the path of a relationship, from which one may come back


class OpenOpportunity(NamedTuple):
    """One open opportunity; `days` it has been at its stage, `next` is the first line of Next that is for it.

    `probability` is the declared one of its stage and `weighted` its value by it, None where the book does not say.
    """

    customer: str
    name: str
    handle: str
    title: str
    stage: str
    value: float | None
    currency: str | None
    probability: float | None
    weighted: float | None
    close: str | None
    owner: str | None
    opened: str | None
    days: int | None
    stalled: bool
    next: str | None


class PipelineStage(NamedTuple):
    """What is open at a stage, in one currency; without any value `value` is None.

    What was planned on a past day is not known: `without_next` is None.
    """

    stage: str
    count: int  # type: ignore[assignment]  # tuple.count is not missed
    value: float | None
    weighted: float | None
    currency: str
    stalled: int
    without_next: int | None
    opportunities: tuple[OpenOpportunity, ...]


class PipelineShare(NamedTuple):
    """What is open of one owner, type, source or tag, in one currency; `per` says which, `name` is None where none is.

    What has several tags counts with each.
    """

    per: str
    name: str | None
    count: int  # type: ignore[assignment]  # tuple.count is not missed
    value: float | None
    weighted: float | None
    currency: str
    stalled: int
    without_next: int | None


class StageChance(NamedTuple):
    """The probability of a stage, as declared and as learned from `n` closed ones that came to it."""

    stage: str
    declared: float | None
    learned: float | None
    n: int


class Probability(NamedTuple):
    """What share of the value is expected, by the declared and by the learned probabilities; those of each stage."""

    declared: float | None
    learned: float | None
    stages: tuple[StageChance, ...]


class ForecastMonth(NamedTuple):
    """What should close in a month (None: no date is set), in one currency, give or take one `sd`."""

    month: str | None
    currency: str
    count: int  # type: ignore[assignment]  # tuple.count is not missed
    value: float
    weighted: float
    sd: float
    weighted_learned: float
    sd_learned: float
    probability: Probability


class FunnelStage(NamedTuple):
    """How many came to a stage, how many went beyond, and the median days of those who left it."""

    stage: str
    entered: int
    passed: int
    rate: float | None
    median_days: float | None


class ClosedOpportunity(NamedTuple):
    """One opportunity that was won or lost, and what was said of it; `days` from its beginning to its end."""

    customer: str
    name: str
    handle: str
    title: str
    outcome: str
    date: str | None
    value: float | None
    currency: str | None
    owner: str | None
    days: int | None
    because: str | None
    to: str | None
    learned: str | None
    again: str | None
    skipped: str | None


class WinRate(NamedTuple):
    """How much was won, in one currency; the rate is of those closed, `low` and `high` hold it in 95 of 100 cases.

    `won_in_90d` counts the open ones for as long as they are seen; `velocity` is what is won a day at this rate.
    `by` says which are counted together: closed (by the date of the end), or opened (in the month `cohort`).
    """

    won: int
    lost: int
    open: int
    value: float
    currency: str
    win_rate: float | None
    low: float | None
    high: float | None
    median_cycle_days: float | None
    won_in_90d: float | None
    velocity: float | None
    by: str
    cohort: str | None


class OpportunityMove(NamedTuple):
    """One move of an opportunity: what its line of the log says, and where it stands."""

    customer: str
    handle: str
    date: str
    by: str | None
    text: str
    path: str
    line: int


class Lead(NamedTuple):
    """A customer at the first stage of the book: where it came from, how old it is, what comes next."""

    customer: str
    name: str
    owner: str | None
    source: str | None
    since: str | None
    age_days: int | None
    next: str | None
