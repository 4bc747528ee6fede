"""What they felt: level, direction, whether a change is real, moments of truth, and answers to surveys.

A point is a day, counted as `date.toordinal` counts, and what was felt on it, -2 to +2. Points of one day have no
order among themselves.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from itertools import groupby
from struct import iter_unpack
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

HALF_LIFE_DAYS = 90
HORIZON_DAYS = 90
FEWEST_FOR_A_TREND = 5
LARGEST_P = 0.10
FOLLOW_UP_DAYS = 14
STRONGEST = 2
PROMOTER = 9
DETRACTOR = 6
SATISFIED = 4
EASY = 5
MANY = 200  # points from which on their pairs are too many to look at one by one
LONGEST = 20_000  # days, beyond which the numbers of _apart would be larger than the pairs are many
DIGIT = 64  # bits of a count

RISING = "rising"
FALLING = "falling"
STEADY = "steady"


class Point(NamedTuple):
    """What was felt on a day, -2 to +2."""

    day: int
    feel: float


class MannKendall(NamedTuple):
    """What the Mann-Kendall test found: `s` is above 0 when it rises, `p` is two-sided, all without a unit."""

    s: int
    variance: float
    z: float
    p: float


class Share(NamedTuple):
    """Answers to a survey: the score, what it may be off by (one standard error, None where none is worked out)."""

    score: float
    n: int
    error: float | None = None


class Effort(NamedTuple):
    """How easy we made it, 1 to 7 (7 is easy): the mean, and the percentage of answers of 5 and more."""

    mean: float
    easy: float
    n: int


def mood(points: Sequence[tuple[int, float]], as_of: int) -> float | None:
    """Return the mean of what was felt up to `as_of`, a point 90 days old counting half; None without a point."""
    known = [point for point in points if point[0] <= as_of]
    if not known:
        return None
    latest = max(known)[0]  # only how far points lie apart matters: so weights never sink to 0
    weights = [0.5 ** ((latest - day) / HALF_LIFE_DAYS) for day, _ in known]
    return math.fsum(weight * feel for weight, (_, feel) in zip(weights, known, strict=True)) / math.fsum(weights)


def direction(points: Sequence[Point]) -> float | None:
    """Return the change in 90 days: the median slope between points of different days (Theil-Sen), None without."""
    if len(points) >= MANY and _is_level(points):
        return 0.0
    slopes = sorted(_slopes(points).items())
    count = sum(times for _, times in slopes)
    if not count:
        return None
    return (_nth(slopes, (count - 1) // 2) + _nth(slopes, count // 2)) / 2 * HORIZON_DAYS


def mann_kendall(points: Sequence[Point]) -> MannKendall:
    """Test whether what was felt goes one way, with the variance corrected for ties; p is 1 when nothing differs."""
    rises, falls, _ = _ways(points)
    s, ties = rises - falls, sum(map(_spread, Counter(point.feel for point in points).values()))
    variance = (_spread(len(points)) - ties) / 18
    z = (s - (s > 0) + (s < 0)) / math.sqrt(variance) if variance else 0.0
    return MannKendall(s, variance, z, math.erfc(abs(z) / math.sqrt(2)))


def changing(points: Sequence[Point]) -> bool | None:
    """Return whether a change is real: p below .10; None with fewer than five points."""
    if len(points) < FEWEST_FOR_A_TREND:
        return None
    return mann_kendall(points).p < LARGEST_P


def trend(points: Sequence[Point]) -> str:
    """Return rising or falling when a change is real, else steady."""
    found = mann_kendall(points) if len(points) >= FEWEST_FOR_A_TREND else None
    if not found or found.p >= LARGEST_P:
        return STEADY
    return RISING if found.s > 0 else FALLING


def peak_end(points: Sequence[Point]) -> float | None:
    """Return the mean of the strongest feeling (the earliest of equals) and the last one; None without a point."""
    if not points:
        return None
    ordered = _ordered(points)
    peak = max(ordered, key=lambda point: abs(point.feel))
    return (peak.feel + ordered[-1].feel) / 2


def is_moment(feel: float | None, *, marked: bool) -> bool:
    """Say whether something was a moment of truth: felt strongly, or `marked` as one."""
    return marked or (feel is not None and abs(feel) >= STRONGEST)


def followed_up(day: int, ours: Sequence[int], as_of: int) -> int | None:
    """Return the first day after a moment, within 14, on which we were in touch; `ours` are those days, in order."""
    at = bisect_right(ours, day)
    return ours[at] if at < len(ours) and ours[at] <= min(as_of, day + FOLLOW_UP_DAYS) else None


def recovery(point: Point, points: Sequence[Point], as_of: int) -> float | None:
    """Return what was felt next, on a later day, less what was felt then; of a day with several, their mean.

    The points are in the order of days.
    """
    at = bisect_right(points, point.day, key=_day)
    if at == len(points) or points[at].day > as_of:
        return None
    feels = [each.feel for each in points[at : bisect_right(points, points[at].day, at, key=_day)]]
    return sum(feels) / len(feels) - point.feel


def nps(answers: Sequence[int]) -> Share | None:
    """Return 100 times the share of 9 and 10 less that of 0 to 6, with its standard error; None without an answer."""
    if not answers:
        return None
    n = len(answers)
    for_us = sum(answer >= PROMOTER for answer in answers) / n
    against = sum(answer <= DETRACTOR for answer in answers) / n
    spread = for_us + against - (for_us - against) ** 2
    return Share(100 * (for_us - against), n, 100 * math.sqrt(max(0.0, spread) / n))


def csat(answers: Sequence[int]) -> Share | None:
    """Return the percentage of answers of 4 and 5, of 1 to 5; None without an answer."""
    return Share(100 * sum(answer >= SATISFIED for answer in answers) / len(answers), len(answers)) if answers else None


def ces(answers: Sequence[int]) -> Effort | None:
    """Return how easy we made it, from answers of 1 to 7; None without an answer."""
    if not answers:
        return None
    n = len(answers)
    return Effort(sum(answers) / n, 100 * sum(answer >= EASY for answer in answers) / n, n)


def _ordered(points: Sequence[Point]) -> list[Point]:
    return sorted(points, key=_day)


def _day(point: Point) -> int:
    return point.day


def _ways(points: Sequence[Point]) -> tuple[int, int, int]:
    """Return of how many pairs of different days the later is above, below and as the earlier."""
    ways, before = Counter[int](), Counter[float]()
    for _, some in groupby(_ordered(points), _day):
        feels = Counter(point.feel for point in some)
        for earlier, times in before.items():
            for feel, count in feels.items():
                ways[(feel > earlier) - (feel < earlier)] += times * count
        before.update(feels)
    return ways[1], ways[-1], ways[0]


def _is_level(points: Sequence[Point]) -> bool:
    """Say whether the median slope is 0, as so many pairs do not differ."""
    rises, falls, level = _ways(points)
    return max(rises, falls) * 2 < rises + falls + level


def _slopes(points: Sequence[Point]) -> Mapping[float, int]:
    """Return how often there is each slope between two points of different days."""
    found: Counter[float] = Counter()
    ordered = _ordered(points)
    if len(points) < MANY or ordered[-1].day - ordered[0].day > LONGEST:
        for number, one in enumerate(ordered):
            for other in ordered[number + 1 :]:
                if other.day != one.day:
                    found[(other.feel - one.feel) / (other.day - one.day)] += 1
        return found
    days: dict[float, Counter[int]] = {}
    for point in points:
        days.setdefault(point.feel, Counter())[point.day] += 1
    for earlier, those in days.items():
        for later, these in days.items():
            for apart, times in _apart(those, these):
                found[(later - earlier) / apart] += times
    return found


def _apart(those: Mapping[int, int], these: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield how often a day of `these` is so many days after one of `those`.

    The counts of all days are digits of one large number: a product of two adds up all pairs that are as far apart.
    """
    first, last = min(*those, *these), max(*those, *these)
    span = last - first
    ends = sum(times << DIGIT * (day - first) for day, times in these.items())
    starts = sum(times << DIGIT * (last - day) for day, times in those.items())
    digits = (ends * starts >> DIGIT * (span + 1)).to_bytes((span + 1) * DIGIT // 8, "little")
    for before, (times,) in enumerate(iter_unpack("<Q", digits)):
        if times:
            yield before + 1, times


def _nth(slopes: Sequence[tuple[float, int]], place: int) -> float:
    """Return the slope at a place when each stands there as often as it is found."""
    ends = accumulate(times for _, times in slopes)
    return next(slope for (slope, _), end in zip(slopes, ends, strict=True) if place < end)


def _spread(count: int) -> int:
    return count * (count - 1) * (2 * count + 5)
