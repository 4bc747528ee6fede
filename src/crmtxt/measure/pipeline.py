"""The pipeline measured: weighted forecast, learned probabilities, win rate, funnel, and what stands still."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import math
from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from crmtxt.measure.deals import Course
from crmtxt.measure.deals import Deal
from crmtxt.model.opportunity import LOST
from crmtxt.model.opportunity import WON

PRIOR = 10  # closed opportunities the declared probability counts for
FEWEST_WON = 5  # below it nothing is learned of how long a stage takes
SLOW = 0.75
Z = 1.959963984540054  # of 95 %


class Spread(NamedTuple):
    """What to expect, and one standard deviation."""

    weighted: Decimal
    sd: float


class Interval(NamedTuple):
    """A share with the bounds that hold it in 95 of 100 cases."""

    share: float
    low: float
    high: float


class Chance(NamedTuple):
    """The probability of a stage: as declared (None: the book does not say), and learned from n closed ones."""

    declared: float | None
    learned: float | None
    n: int


class Passage(NamedTuple):
    """One stage of the funnel: how many came to it, how many went beyond, and the median days there."""

    stage: str
    entered: int
    passed: int
    days: float | None


def forecast(expected: Iterable[tuple[Decimal, float]]) -> Spread:
    """Return the sum of amount × probability, and the spread when each comes or not by itself."""
    weighted, variance = Decimal(0), 0.0
    for amount, chance in expected:
        weighted += amount * Decimal(repr(chance))
        variance += float(amount) ** 2 * chance * (1 - chance)
    return Spread(weighted, math.sqrt(variance))


def learned(won: int, n: int, declared: float) -> float:
    """Return the probability after `won` of `n`, where the declared one counts as much as ten."""
    return (won + PRIOR * declared) / (n + PRIOR)


def chances(deals: Iterable[Deal], pipeline: Mapping[str, float]) -> dict[str, Chance]:
    """Return the probability of each stage, declared and learned from the closed ones that came to it."""
    won, n = dict.fromkeys(pipeline, 0), dict.fromkeys(pipeline, 0)
    for deal in deals:
        if outcome := deal.outcome:
            for stage in {step.stage for step in deal.steps}.intersection(pipeline):
                n[stage] += 1
                won[stage] += outcome == WON
    return {stage: Chance(p, learned(won[stage], n[stage], p), n[stage]) for stage, p in pipeline.items()}


def velocity(count: int, mean: float, rate: float, days: float) -> float:
    """Return what is won a day: open opportunities × mean value × win rate / median days to the end."""
    return count * mean * rate / days


def win_rate(won: int, lost: int) -> Interval | None:
    """Return the share that was won with its Wilson interval, None when nothing is closed."""
    n = won + lost
    if not n:
        return None
    share, z2 = won / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def incidence(ends: Iterable[tuple[int, str]], until: int) -> float:
    """Return the share that is won within so many days, the open ones counted for as long as they were seen.

    Aalen and Johansen: `ends` are days and won, lost or "" for one that is open; on one day the open ones leave last.
    """
    left = Counter(ends)
    at_risk, surviving, share = left.total(), 1.0, 0.0
    for day in sorted({day for day, _ in left if day <= until}):
        won, lost = left[day, WON], left[day, LOST]
        share += surviving * won / at_risk
        surviving *= 1 - (won + lost) / at_risk
        at_risk -= won + lost + left[day, ""]
    return share


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies, between two of them in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def slowest(deals: Iterable[Deal], declared: float) -> dict[str, float]:
    """Return beyond how many days an opportunity stands still at each stage won ones came through.

    The 75th percentile of the days won ones were there; the declared days where fewer than five were.
    """
    won = stays(deal for deal in deals if deal.outcome == WON)
    return {stage: percentile(days, SLOW) if len(days) >= FEWEST_WON else declared for stage, days in won.items()}


def stays(deals: Iterable[Deal | Course]) -> dict[str, list[int]]:
    """Return for each stage the days that each opportunity which left it was there, all its stays together."""
    found: dict[str, list[int]] = {}
    for deal in deals:
        here: dict[str, int] = {}
        for step, then in zip(deal.steps, deal.steps[1:], strict=False):
            if step.day is not None and then.day is not None:
                here[step.stage] = here.get(step.stage, 0) + then.day - step.day
        for stage, days in here.items():
            found.setdefault(stage, []).append(days)
    return found


def funnel(deals: Sequence[Deal | Course], stages: Sequence[str]) -> list[Passage]:
    """Return how many came to each stage and went beyond; a skipped stage counts as passed, a re-entry once.

    Those that came to none of the stages, such as customers lost from the beginning, are in none.
    """
    reached = [0] * (len(stages) + 2)
    place = {stage: at for at, stage in enumerate(stages)} | {WON: len(stages)}
    for deal in deals:
        reached[max((place[step.stage] for step in deal.steps if step.stage in place), default=-1)] += 1
    days = stays(deals)
    return [
        Passage(
            stage,
            sum(reached[at:-1]),
            sum(reached[at + 1 : -1]),
            percentile(days[stage], 0.5) if stage in days else None,
        )
        for at, stage in enumerate(stages)
    ]


def returns(courses: Sequence[Course], away: Sequence[str]) -> list[Passage]:
    """Return how many came to each stage that leads away, how many of them came back, and the days they were gone."""
    days = stays(courses)
    found = []
    for stage in away:
        gone = [
            (course, at)
            for course in courses
            if (at := next((at for at, step in enumerate(course.steps) if step.stage == stage), None)) is not None
        ]
        back = sum(any(step.stage not in away for step in course.steps[at:]) for course, at in gone)
        found.append(Passage(stage, len(gone), back, percentile(days[stage], 0.5) if stage in days else None))
    return found
