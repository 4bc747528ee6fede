"""A relationship plan as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

GOAL = "goal"
INITIATIVE = "initiative"
THEIRS = "theirs"
OURS = "ours"
SIDES = (THEIRS, OURS)
MAPS = {GOAL: "goals", INITIATIVE: "initiatives"}  # where they stand in a plan
TITLES = {GOAL: "goal", INITIATIVE: "what"}  # the value that says what each is
OUTCOMES = {GOAL: ("reached", "dropped"), INITIATIVE: ("done", "dropped")}
REVIEW = "review"  # the token of the line that says a plan was reviewed: when it will be again
# what a goal can be measured by without anybody reading it by hand, and in which unit
MEASURES = {
    "answer_time": "h",
    "keep_rate": "%",
    "health": "",
    "mood": "",
    "contacts": "",
    "quiet": "d",
}


class Statement(NamedTuple):
    """One thing a plan says: what it is about, the words, what they mean (late, cool, good or ""), and its places.

    `lines` are the places it comes from, path:line; none in what is shared.
    """

    about: str
    text: str
    tone: str
    lines: tuple[str, ...]


class Section(NamedTuple):
    """One part of a plan under its title."""

    name: str
    title: str
    statements: tuple[Statement, ...]


class Reading(NamedTuple):
    """Where a goal stood on a day, as written or worked out; `number` is None for what is no figure."""

    date: str
    value: str
    number: float | None


class Goal(NamedTuple):
    """One goal: where it began, is to be and is now; `on_track` is None when that cannot be known.

    `progress` is the share of the way from the beginning to the target, 1 when it is reached; `readings` are those
    of its own measure, the earliest first; `by_hand` says that people took them.
    """

    handle: str
    whose: str | None
    goal: str | None
    measure: str | None
    baseline: str | None
    target: str | None
    now: str | None
    due: str | None
    agreed: str | None
    on_track: bool | None
    progress: float | None
    by_hand: bool
    readings: tuple[Reading, ...]
    lines: tuple[str, ...]


class Initiative(NamedTuple):
    """One key initiative, how far it is by its last reading, and the next actions for it: references of open lines."""

    handle: str
    what: str | None
    goal: str | None
    owner: str | None
    due: str | None
    status: str | None
    now: str | None
    overdue: bool
    readings: tuple[Reading, ...]
    actions: tuple[str, ...]
    lines: tuple[str, ...]


class ChartPoint(NamedTuple):
    """A value on a day."""

    date: str
    value: float


class Chart(NamedTuple):
    """A figure over time, its scale, and a value to compare with (a target), if any."""

    title: str
    unit: str
    points: tuple[ChartPoint, ...]
    low: float
    high: float
    wanted: float | None


class PlanReport(NamedTuple):
    """The plan of a relationship as of a day; `since` is the last review, or the day asked for."""

    customer: str
    name: str
    by: str
    as_of: str
    since: str | None
    shared: bool
    sections: tuple[Section, ...]
    goals: tuple[Goal, ...]
    initiatives: tuple[Initiative, ...]
    charts: tuple[Chart, ...]
