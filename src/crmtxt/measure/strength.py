"""How strong a relationship is, whether both sides carry it, and on how many people it rests.

Days are numbers, as `date.toordinal` counts.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import math
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from typing import NamedTuple

from crmtxt.measure.history import MUTUAL
from crmtxt.measure.history import NOBODY
from crmtxt.measure.history import THEIRS
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import Person

HALF_LIFE_DAYS = 90
WINDOW_DAYS = 180
FEWEST_EFFECTIVE = 1.5
TOP_SHARE = 0.7


class Balance(NamedTuple):
    """How many of the talks they began and how many we did; a mutual one is half of each."""

    theirs: float
    ours: float

    @property
    def reciprocity(self) -> float | None:
        """Return 1 when both began as many, 0 when one side began all; None without a talk."""
        both = self.theirs + self.ours
        return 1 - abs(self.theirs - self.ours) / both if both else None


class Concentration(NamedTuple):
    """On how few people talks rest: the sum of squared shares, the number it is like, the largest share."""

    hhi: float
    effective: float
    top: float


def total(events: Iterable[tuple[int, float]], as_of: int) -> float:
    """Return the sum of the weights of events (day, weight) up to a day, one 90 days old counting half."""
    return math.fsum(
        [weight * 0.5 ** ((as_of - day) / HALF_LIFE_DAYS) for day, weight in events if weight and day <= as_of]
    )


def score(total_weight: float) -> float:
    """Return 0 to 100 for a sum of weights: each further talk adds less."""
    return 100 * (1 - math.exp(-total_weight / 2))


def within(interactions: Iterable[Interaction], as_of: int) -> list[Interaction]:
    """Return what happened in the 180 days up to a day."""
    first = as_of - WINDOW_DAYS
    return [each for each in interactions if first < each.day <= as_of]


def balance(interactions: Iterable[Interaction]) -> Balance:
    """Return how many talks each side began; a line with several people is one."""
    ways = {each.line: each.way for each in interactions}
    both = sum(way == MUTUAL for way in ways.values()) / 2
    theirs = sum(way == THEIRS for way in ways.values())
    return Balance(theirs + both, len(ways) - theirs - both)


def active(met: Iterable[Interaction]) -> set[int]:
    """Return the people of theirs among some real contacts, mapped or not."""
    return {each.person for each in met if each.person != NOBODY}


def mapped(people: Sequence[Person], as_of: int) -> list[int]:
    """Return the places of the mapped people who are there."""
    return [place for place, person in enumerate(people) if person.until >= as_of]


def authority(people: Sequence[Person], here: Collection[int], met: Collection[int]) -> float | None:
    """Return the share of the influence of those `here` that is with those we `met`; None when none is known."""
    whole = sum(people[place].influence for place in here)
    return sum(people[place].influence for place in here if place in met) / whole if whole else None


def concentration(met: Iterable[Interaction]) -> Concentration | None:
    """Return how real contacts are spread over people; None when nobody is named."""
    counts = Counter(each.person for each in met if each.person != NOBODY)
    return spread(list(counts.values())) if counts else None


def spread(counts: Sequence[float]) -> Concentration:
    """Return the concentration of some counts or shares."""
    whole = math.fsum(counts)
    hhi = math.fsum((count / whole) ** 2 for count in counts)
    return Concentration(hhi, 1 / hhi, max(counts) / whole)


def is_single_thread(of_them: Concentration | None, of_ours: int) -> bool:
    """Say whether a relationship hangs by one thread: few effective contacts, one large share, or one of ours."""
    few = of_them is not None and (of_them.effective < FEWEST_EFFECTIVE or of_them.top >= TOP_SHARE)
    return few or of_ours == 1


def threads(pairs: Iterable[tuple[str, str]]) -> int:
    """Return how many pairs of one of ours and one of theirs there are."""
    return len(set(pairs))


def ghosts(met: Iterable[Interaction], people: Sequence[Person]) -> set[int]:
    """Return those in lines who are in no contact map."""
    return {each.person for each in met if each.person >= len(people)}
