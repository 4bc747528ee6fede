"""What they felt: level, direction and whether a change is real, from dated points.

A point is a day and what was felt on it, -2 to +2. Points of one day have no order among themselves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

HALF_LIFE_DAYS = 90
HORIZON_DAYS = 90
FEWEST_FOR_A_TREND = 5
LARGEST_P = 0.10

RISING = "rising"
FALLING = "falling"
STEADY = "steady"


class Point(NamedTuple):
    """What was felt on a day, -2 to +2."""

    day: date
    feel: float


class MannKendall(NamedTuple):
    """What the Mann-Kendall test found: `s` is above 0 when it rises, `p` is two-sided, all without a unit."""

    s: int
    variance: float
    z: float
    p: float


def mood(points: Sequence[Point], as_of: date) -> float | None:
    """Return the mean of what was felt up to `as_of`, a point 90 days old counting half; None without a point."""
    weighted = [(0.5 ** ((as_of - day).days / HALF_LIFE_DAYS), feel) for day, feel in points if day <= as_of]
    total = math.fsum(weight for weight, _ in weighted)
    return math.fsum(weight * feel for weight, feel in weighted) / total if total else None


def direction(points: Sequence[Point]) -> float | None:
    """Return the change in 90 days: the median slope between points of different days (Theil-Sen), None without."""
    slopes = sorted(
        (later.feel - earlier.feel) / (later.day - earlier.day).days
        for earlier, later in _pairs(points)
        if earlier.day != later.day
    )
    if not slopes:
        return None
    middle = len(slopes) // 2
    median = slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    return median * HORIZON_DAYS


def mann_kendall(points: Sequence[Point]) -> MannKendall:
    """Test whether what was felt goes one way, with the variance corrected for ties; p is 1 when nothing differs."""
    s = sum(
        (later.feel > earlier.feel) - (later.feel < earlier.feel)
        for earlier, later in _pairs(points)
        if earlier.day != later.day
    )
    feels = [point.feel for point in points]
    ties = sum(_spread(feels.count(feel)) for feel in set(feels))
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


def _ordered(points: Sequence[Point]) -> list[Point]:
    return sorted(points, key=lambda point: point.day)


def _pairs(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    ordered = _ordered(points)
    return [(earlier, later) for number, earlier in enumerate(ordered) for later in ordered[number + 1 :]]


def _spread(count: int) -> int:
    return count * (count - 1) * (2 * count + 5)
