"""The index of a relationship: how it stands, from 0 to 100, out of six parts of which each can be looked at.

Whatever is not known is left out and named, never guessed. One more warm talk today never lowers the index: each part
either does not look at talks or can only rise by one. So the mood is full from +1 on, and how talks are spread over
people is no part of it. Days are numbers, as `date.toordinal` counts.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import math
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crmtxt.measure import feeling
from crmtxt.measure import promises
from crmtxt.measure import rhythm
from crmtxt.measure import strength
from crmtxt.measure.feeling import Point
from crmtxt.measure.history import Felt
from crmtxt.measure.history import History
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import meaningful
from crmtxt.measure.promises import Promised

RHYTHM = "rhythm"
STRENGTH = "strength"
RECIPROCITY = "reciprocity"
BREADTH = "breadth"
MOOD = "mood"
PROMISES = "promises"
WEIGHTS = {RHYTHM: 20.0, STRENGTH: 15.0, RECIPROCITY: 10.0, BREADTH: 20.0, MOOD: 20.0, PROMISES: 15.0}

GOOD_FROM = 70
POOR_BELOW = 40
CAP = 39.0  # what a veto leaves at most: the top of poor
FULL_MOOD = 1
LOWEST_MOOD = -2
MONTHS = 12
SMALLEST_CHANGE = 1
FEWEST_OUTCOMES = 20
HORIZON_DAYS = 90  # how long before an outcome the index is held against it


class Terms(NamedTuple):
    """What was agreed: how often we are in touch and how soon we answer, in days; 0 is no cadence."""

    cadence: float
    answer_within: float


_Seen = Sequence[Interaction] | Sequence[Felt] | Sequence[Promised]
_Found = tuple[str, float, _Seen] | None


class Component(NamedTuple):
    """One part of the index: 0 to 100, what it weighs, and what it was worked out from, each with its line."""

    name: str
    value: float
    weight: float
    seen: _Seen

    @property
    def lines(self) -> list[int]:
        """Return the lines it comes from, the latest first."""
        latest_first: Iterable[Interaction | Felt | Promised] = reversed(self.seen)
        return list(dict.fromkeys(each.line for each in latest_first))


class Veto(NamedTuple):
    """What keeps the index poor whatever the parts say, and the lines it stands in."""

    name: str
    lines: tuple[int, ...]


class Health(NamedTuple):
    """The index, None without any real contact; its parts, the names of those that are missing, and the vetoes."""

    index: float | None  # type: ignore[assignment]  # tuple.index is not missed
    components: Sequence[Component]
    missing: Sequence[str]
    vetoes: Sequence[Veto]


class Calibration(NamedTuple):
    """How well the index foretold what became of `n` relationships; None with fewer than 20 outcomes."""

    n: int
    auc: float | None
    brier: float | None


def health(history: History, terms: Terms, as_of: int, weights: Mapping[str, float] = WEIGHTS) -> Health:
    """Return the index of a relationship as of a day, with everything it is made of."""
    met = meaningful(history.interactions, as_of)
    if not met:
        return Health(None, (), tuple(weights), ())
    recent = strength.within(history.interactions, as_of)
    found: tuple[_Found, ...] = (
        _rhythm(met, terms, as_of),
        (STRENGTH, strength.score(strength.total([(each.day, each.weight) for each in met], as_of)), met),
        _reciprocity(recent),
        _breadth(history, met, as_of),
        _mood(history, as_of),
        _promises(history, as_of),
    )
    parts = [
        Component(name, value, weight, seen)
        for name, value, seen in filter(None, found)
        if (weight := weights.get(name, 0.0)) > 0
    ]
    vetoes = _vetoes(history, terms, as_of)
    whole = math.fsum([part.weight for part in parts])
    index = math.fsum([part.weight * part.value for part in parts]) / whole if whole else None
    if index is not None and vetoes:
        index = min(index, CAP)
    known = {part.name for part in parts}
    return Health(index, parts, [name for name, weight in weights.items() if weight and name not in known], vetoes)


def band(index: float) -> str:
    """Return good, fair or poor."""
    return "good" if index >= GOOD_FROM else "fair" if index >= POOR_BELOW else "poor"


def month_ends(as_of: int, months: int = MONTHS) -> list[int]:
    """Return the last days of the months that are over by a day, the earliest first."""
    day = date.fromordinal(as_of + 1).replace(day=1).toordinal() - 1
    found: list[int] = []
    while len(found) < months and day > 0:
        found.append(day)
        day = date.fromordinal(day).replace(day=1).toordinal() - 1
    return found[::-1]


def course(
    history: History, terms: Terms, as_of: int, weights: Mapping[str, float] = WEIGHTS, months: int = MONTHS
) -> list[Point]:
    """Return the index at the end of each of the last months, where there was one."""
    indices = ((day, health(history, terms, day, weights).index) for day in month_ends(as_of, months))
    return [Point(day, index) for day, index in indices if index is not None]


def velocity(points: Sequence[Point]) -> float | None:
    """Return the change of the index in 90 days, None with fewer than five months."""
    return feeling.direction(points) if len(points) >= feeling.FEWEST_FOR_A_TREND else None


def trend(points: Sequence[Point]) -> str | None:
    """Return rising or falling when that is real and a point or more in 90 days, else steady; as velocity, or None."""
    change = velocity(points)
    if change is None:
        return None
    return feeling.trend(points) if abs(change) >= SMALLEST_CHANGE else feeling.STEADY


def calibration(outcomes: Sequence[tuple[float, bool]]) -> Calibration:
    """Return how well indices foretold outcomes: pairs of the index before, and whether the relationship went on.

    AUC is the chance that one that went on had the higher index; Brier the mean square of what was wrong, 0 to 1.
    """
    n = len(outcomes)
    stayed = [index for index, went_on in outcomes if went_on]
    left = [index for index, went_on in outcomes if not went_on]
    if n < FEWEST_OUTCOMES or not stayed or not left:
        return Calibration(n, None, None)
    higher = sum((one > other) + (one == other) / 2 for one in stayed for other in left)
    brier = math.fsum((index / 100 - went_on) ** 2 for index, went_on in outcomes) / n
    return Calibration(n, higher / (len(stayed) * len(left)), brier)


def _rhythm(met: Sequence[Interaction], terms: Terms, as_of: int) -> _Found:
    """Full within the cadence, half at twice the cadence, nothing from three times on."""
    if not terms.cadence:
        return None
    last = max([each.day for each in met])
    ratio = rhythm.overdue_ratio(as_of - last, terms.cadence)
    return RHYTHM, max(0.0, 100 * (1 - ratio / 2)), [each for each in met if each.day == last]


def _reciprocity(recent: Sequence[Interaction]) -> _Found:
    shared = strength.balance(recent).reciprocity
    return None if shared is None else (RECIPROCITY, 100 * shared, recent)


def _breadth(history: History, met: Sequence[Interaction], as_of: int) -> _Found:
    """The share of the mapped people we are in touch with, and of their influence where that is known: the mean."""
    here = strength.mapped(history.people, as_of)
    if not here:
        return None
    seen = [each for each in met if each.day > as_of - strength.WINDOW_DAYS]
    people = strength.active(seen)
    share = len(people.intersection(here)) / len(here)
    weight = strength.authority(history.people, here, people)
    return BREADTH, 100 * (share if weight is None else (share + weight) / 2), seen


def _mood(history: History, as_of: int) -> _Found:
    felt = [each for each in history.felt if each.day <= as_of]
    level = feeling.mood([(each.day, each.feel) for each in felt], as_of)
    if level is None:
        return None
    return MOOD, min(100.0, 100 * (level - LOWEST_MOOD) / (FULL_MOOD - LOWEST_MOOD)), felt


def _promises(history: History, as_of: int) -> _Found:
    counted = promises.due(history.promises, as_of, ours=True)
    if not counted:
        return None
    return PROMISES, 100 * promises.shrunk(sum([each.kept for each in counted]), len(counted)), counted


def _vetoes(history: History, terms: Terms, as_of: int) -> list[Veto]:
    """Return what keeps the index poor: a promise of ours late again, an answer owed, no champion left."""
    found: list[Veto] = []
    late = [each for each in history.promises if each.open and each.ours and each.since <= as_of]
    late = [each for each in late if 0 < each.missed <= as_of]
    if late:
        found.append(Veto("promise overdue twice", tuple(each.line for each in late)))
    owed = rhythm.owed(history.interactions, terms.answer_within, as_of)
    if owed:
        found.append(Veto("answer owed", tuple(dict.fromkeys(each.line for each in owed))))
    champions = [person for person in history.people if person.champion]
    if champions and all(person.until < as_of for person in champions):
        found.append(Veto("champion gone", ()))
    return found
