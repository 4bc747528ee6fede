"""How often we are in touch: silence, the cadence agreed, the rhythm there is, and who waits for an answer.

Days are numbers, as `date.toordinal` counts.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import math
from bisect import bisect_left
from collections.abc import Iterable
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from crmtxt.measure.history import ANSWER_DAYS
from crmtxt.measure.history import NOBODY
from crmtxt.measure.history import OURS
from crmtxt.measure.history import THEIRS
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import meaningful
from crmtxt.measure.promises import median

FEWEST_GAPS = 3
OWED_FOR_DAYS = 90  # what is older nobody waits for any more: it is part of the silence

GREEN = "green"
AMBER = "amber"
RED = "red"


class Replies(NamedTuple):
    """How soon they answer: of `n` times we began it, the share answered within 14 days and the median days."""

    n: int
    share: float
    median_days: float | None


def quiet(interactions: Iterable[Interaction], as_of: int) -> int | None:
    """Return the days since the last real contact, None when there was none."""
    days = [each.day for each in meaningful(interactions, as_of)]
    return as_of - max(days) if days else None


def overdue_ratio(quiet_days: float, cadence_days: float) -> float:
    """Return by how much of the cadence a silence is longer than it, 0 when it is not."""
    return max(0.0, (quiet_days - cadence_days) / cadence_days)


def colour(quiet_days: float, cadence_days: float) -> str:
    """Return green within the cadence, amber up to twice as long, red beyond."""
    if quiet_days <= cadence_days:
        return GREEN
    return AMBER if quiet_days <= 2 * cadence_days else RED


def gaps(interactions: Iterable[Interaction], as_of: int) -> list[int]:
    """Return the days between one day of real contact and the next."""
    days = sorted({each.day for each in meaningful(interactions, as_of)})
    return [later - earlier for earlier, later in pairwise(days)]


def own_rhythm(between: Sequence[int]) -> float | None:
    """Return the median gap, None with fewer than three."""
    return median(sorted(between)) if len(between) >= FEWEST_GAPS else None


def burstiness(between: Sequence[int]) -> float | None:
    """Return how uneven gaps are: -1 like a clock, 0 by chance, towards 1 in bursts; None with fewer than three."""
    if len(between) < FEWEST_GAPS:
        return None
    mean = math.fsum(between) / len(between)
    spread = math.sqrt(math.fsum((gap - mean) ** 2 for gap in between) / len(between))
    return (spread - mean) / (spread + mean)


def silence_surprise(contacts: int, known_days: float, quiet_days: float, cadence_days: float) -> float:
    """Return the chance of a silence as long as this one, or longer.

    `contacts` is how often they were heard of again in the `known_days` from the first time to the last.
    """
    before = cadence_days + known_days
    return float((before / (before + quiet_days)) ** (1 + contacts))


def reply_time(interactions: Iterable[Interaction], as_of: int) -> Replies | None:
    """Return how soon the same person answers what we sent, None when we sent nothing."""
    known = [each for each in interactions if each.day <= as_of]
    theirs: dict[int, list[int]] = {}
    for each in known:
        if each.way == THEIRS:
            theirs.setdefault(each.person, []).append(each.day)
    sent = [each for each in known if each.way == OURS and each.person != NOBODY]
    if not sent:
        return None
    waits = sorted(
        wait for each in sent if (wait := _wait(each.day, sorted(theirs.get(each.person, ())))) <= ANSWER_DAYS
    )
    return Replies(len(sent), len(waits) / len(sent), median(waits))


def owed(interactions: Iterable[Interaction], within_days: float, as_of: int) -> list[Interaction]:
    """Return what they began and nobody of us has answered, past the time agreed for an answer."""
    return [
        each
        for each in interactions
        if each.way == THEIRS and within_days < as_of - each.day <= OWED_FOR_DAYS and each.answered > as_of
    ]


def _wait(day: int, answers: Sequence[int]) -> float:
    at = bisect_left(answers, day)
    return answers[at] - day if at < len(answers) else math.inf
