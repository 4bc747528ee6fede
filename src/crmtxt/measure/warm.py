"""Which of the relationships that ended, or sleep, are worth a word now.

A loss that is managed comes back more often than a stranger comes: after Stauss & Friege, Regaining service customers
(Journal of Service Research 1999). Days are numbers, as `date.toordinal` counts.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from typing import NamedTuple

from crmtxt.measure import strength
from crmtxt.measure.history import THEIRS
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import meaningful

AGAIN, CHANGED, WROTE, QUIET = "again", "changed", "wrote", "quiet"
POINTS = {AGAIN: 4, CHANGED: 3, WROTE: 2, QUIET: 1}


class Different(NamedTuple):
    """Something of ours that is different since a day: a reason of losses, or a theme of feedback."""

    day: int
    word: str
    said: str
    line: str


def score(kinds: Collection[str], strength_before: float | None) -> float:
    """Return how much a word is worth: points for each kind of reason, and how strong it was, 100 counting as one."""
    return sum(POINTS[kind] for kind in kinds) + (strength_before or 0) / 100


def strength_at(interactions: Iterable[Interaction], day: int) -> float:
    """Return the strength of the relationship on the day it ended, 0 to 100 (T1)."""
    met = meaningful(interactions, day)
    return strength.score(strength.total([(each.day, each.weight) for each in met], day))


def unanswered(interactions: Iterable[Interaction], ended: int, as_of: int) -> int | None:
    """Return the day they last came back to us after the end, None when they did not or were answered."""
    found = [each for each in interactions if ended < each.day <= as_of and each.way == THEIRS]
    return found[-1].day if found and found[-1].answered > as_of else None


def talks_since(interactions: Iterable[Interaction], ended: int, as_of: int) -> int:
    """Return how many talks there were after the end."""
    return len({each.line for each in meaningful(interactions, as_of) if each.day > ended})


def spoken_since(interactions: Iterable[Interaction], day: int, as_of: int) -> bool:
    """Say whether anything was said, by them or by us, from a day on."""
    return any(day <= each.day <= as_of for each in interactions)


def unheard(
    obstacles: Mapping[str, int], changes: Iterable[Different], interactions: Collection[Interaction], as_of: int
) -> list[Different]:
    """Return what is different since it stood in the way, and was not spoken about; of each the latest.

    `obstacles` are words with the day on which each was said.
    """
    found = {
        each.word: each
        for each in sorted(changes)
        if obstacles.get(each.word, as_of + 1) <= each.day <= as_of and not spoken_since(interactions, each.day, as_of)
    }
    return list(found.values())
