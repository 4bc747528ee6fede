"""What was measured as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple


class Moment(NamedTuple):
    """One moment of truth; `followed_up` is None while there is time, `recovery` what was felt next less what then."""

    date: str
    feel: int | None
    text: str
    who: tuple[str, ...]
    followed_up: bool | None
    followed_on: str | None
    recovery: float | None
    path: str
    line: int


class Quote(NamedTuple):
    """Their own words."""

    date: str
    who: tuple[str, ...]
    text: str
    feel: int | None
    path: str
    line: int


class Survey(NamedTuple):
    """Answers to a survey: `score` is NPS, or a percentage; `mean` of what has one, `error` one standard error."""

    n: int
    score: float
    mean: float | None
    error: float | None


class Mood(NamedTuple):
    """What was felt by a customer, or by one `person` of theirs; what needs more points than there are is None."""

    customer: str
    name: str
    person: str | None
    n: int
    level: float | None
    trend: str | None
    slope_90d: float | None
    p_value: float | None
    changing: bool | None
    peak_end: float | None
    moments: tuple[Moment, ...]
    quotes: tuple[Quote, ...]
    nps: Survey | None
    csat: Survey | None
    ces: Survey | None


class Promises(NamedTuple):
    """How promises are kept, ours or theirs (`by`), of a customer, a colleague or (both null) the whole book.

    What was open on a day in the past is not known: None.
    """

    customer: str | None
    colleague: str | None
    by: str
    n: int
    kept: int
    keep_rate: float | None
    shrunk: float | None
    lower_5: float | None
    median_late_days: float | None
    open: int | None
    overdue: int
    oldest_overdue_days: int | None


class HealthPart(NamedTuple):
    """One part of an index: 0 to 100, its weight, how many lines it comes from, which, and in words."""

    name: str
    value: float
    weight: float
    n: int
    why: str
    lines: tuple[str, ...]


class Veto(NamedTuple):
    """What keeps an index poor, and the lines it stands in."""

    name: str
    lines: tuple[str, ...]


class MonthEnd(NamedTuple):
    """The index at the end of a month."""

    date: str
    index: float  # type: ignore[assignment]  # tuple.index is not missed


class Figure(NamedTuple):
    """One more figure about a relationship, which is no part of its index; None when there is not enough data."""

    name: str
    value: float | None
    n: int
    why: str


class Health(NamedTuple):
    """The index of a relationship, None without any real contact, and everything it is made of."""

    customer: str
    name: str
    index: float | None  # type: ignore[assignment]  # the same
    band: str | None
    trend: str | None
    velocity_90d: float | None
    calibrated: bool
    outcomes: int
    auc: float | None
    brier: float | None
    components: tuple[HealthPart, ...]
    missing: tuple[str, ...]
    vetoes: tuple[Veto, ...]
    history: tuple[MonthEnd, ...]
    figures: tuple[Figure, ...]


class HealthRow(NamedTuple):
    """The index of a relationship and its parts in one row; what is missing is None, `vetoes` are named."""

    customer: str
    name: str
    index: float | None  # type: ignore[assignment]  # the same
    rhythm: float | None
    strength: float | None
    reciprocity: float | None
    breadth: float | None
    mood: float | None
    promises: float | None
    vetoes: str


class MappedPerson(NamedTuple):
    """One person of theirs: `coverage` counts the real contacts in 180 days, `level` says how close that is.

    `wanted` is the level we want, `ours` who of us holds them, `last` the day of the last real contact.
    """

    handle: str
    name: str
    title: str | None
    role: str | None
    influence: int | None
    stance: int | None
    cares_about: tuple[str, ...]
    mood: float | None
    coverage: int
    level: str
    wanted: str | None
    ours: str | None
    last: str | None


class Talks(NamedTuple):
    """The real contacts in 180 days of one of ours (None: nobody is named) with one of theirs; topics by how often."""

    ours: str | None
    theirs: str
    name: str
    count: int  # type: ignore[assignment]  # tuple.count is not missed
    topics: tuple[str, ...]
    last: str


class Gap(NamedTuple):
    """Something the map lacks, of one person or (None) of all."""

    kind: str
    person: str | None
    why: str


class RelationshipMap(NamedTuple):
    """Who is who at a customer, who talks to whom about what, and what is lacking."""

    customer: str
    name: str
    people: tuple[MappedPerson, ...]
    talks: tuple[Talks, ...]
    gaps: tuple[Gap, ...]
