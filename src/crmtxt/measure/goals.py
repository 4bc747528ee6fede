"""How a goal stands: what is written as a figure, how soon we answer, and whether the way left fits the time left.

Days are numbers, as `date.toordinal` counts.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Iterable
from typing import NamedTuple

from crmtxt.measure.promises import median

HOURS_A_DAY = 24
_UNITS = {"h": 1.0, "d": 24.0, "w": 168.0, "m": 730.5, "y": 8766.0}
FIGURE = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) ?([hdwmy%]|[A-Z]{3}\b|)(?![\w.])")


class Quantity(NamedTuple):
    """A figure with what it counts: `h` for any span of time, `%`, a currency, or "" for whatever else."""

    number: float
    unit: str


class Touch(NamedTuple):
    """One time in touch: the day, HH:MM or "", the line, and whether they began it."""

    day: int
    time: str
    line: int
    theirs: bool


class Waits(NamedTuple):
    """How soon we answer: the median hours of `n` times they began, of which some still wait."""

    hours: float
    n: int


def quantity(text: str) -> Quantity | None:
    """Return the figure that a text begins with (36h, 2w, 40%, 12000 EUR, 7 faults), None for what is none."""
    match = FIGURE.match(text.strip())
    if match is None:
        return None
    number, unit = float(match[1]), match[2]
    return Quantity(number * _UNITS[unit], "h") if unit in _UNITS else Quantity(number, unit)


def answer_time(touches: Iterable[Touch], as_of: int) -> Waits | None:
    """Return how soon we answer: the median of the waits from the first time they began to our next touch.

    A wait counts in whole days where one of the two has no time. What waits still counts as long as it has waited,
    once that is longer than the median of what was answered: silence never looks quick.
    """
    waits: list[float] = []
    asked: Touch | None = None
    for touch in sorted(touches, key=_in_order):
        if touch.theirs:
            asked = asked or touch
        elif asked:
            waits.append(_wait(asked, touch))
            asked = None
    waiting = (as_of - asked.day) * HOURS_A_DAY if asked else 0
    if asked and waiting > (median(sorted(waits)) or 0):
        waits.append(waiting)
    found = median(sorted(waits))
    return None if found is None else Waits(found, len(waits))


def _in_order(touch: Touch) -> tuple[int, str, int]:
    return (touch.day, touch.time or ("00:00" if touch.theirs else "24:00"), touch.line)


def _wait(asked: Touch, answered: Touch) -> float:
    hours = (answered.day - asked.day) * HOURS_A_DAY
    return hours + _clock(answered.time) - _clock(asked.time) if asked.time and answered.time else hours


def _clock(time: str) -> float:
    hours, minutes = time.split(":")
    return int(hours) + int(minutes) / 60


def progress(baseline: float, target: float, now: float) -> float | None:
    """Return the share of the way that is done: 0 at the baseline, 1 at the target and beyond; None without a way."""
    return None if baseline == target else min(1.0, (now - baseline) / (target - baseline))


def on_track(done: float, span: tuple[int, int] | None, as_of: int) -> bool | None:
    """Say whether as much of the way is done as of the time: from the first to the last day of `span`.

    What is reached is on track; without days nobody can tell: None.
    """
    if done >= 1:
        return True
    if span is None:
        return None
    first, last = span
    return as_of < last and done >= (as_of - first) / (last - first)
