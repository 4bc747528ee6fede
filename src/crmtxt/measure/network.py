"""Who of theirs we are in touch with, how closely, and whom we lack.

Days are numbers, as `date.toordinal` counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.measure.strength import WINDOW_DAYS

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterable

NONE, KNOWN, IN_TOUCH, REGULAR = LEVELS = ("none", "known", "in touch", "regular")
REGULAR_DAYS = 4
INFLUENTIAL = 4
ROLES = {  # what each is called in contact maps
    "sponsor": frozenset({"sponsor", "executive sponsor"}),
    "decision maker": frozenset({"decision maker", "decision-maker", "decider"}),
    "champion": frozenset({"champion"}),
}


def level(days: Collection[int], as_of: int) -> str:
    """Return how closely we are in touch with somebody, from the days of real contact up to a day."""
    lately = {day for day in days if day > as_of - WINDOW_DAYS}
    if len(lately) >= REGULAR_DAYS:
        return REGULAR
    if lately:
        return IN_TOUCH
    return KNOWN if days else NONE


def is_below(now: str, wanted: str | None) -> bool:
    """Say whether a level is less than the one that is wanted; one that is no level asks for nothing."""
    return wanted in LEVELS and LEVELS.index(now) < LEVELS.index(wanted)


def lacking(roles: Iterable[str]) -> list[str]:
    """Return which of sponsor, decision maker and champion nobody is."""
    there = {role.strip().lower() for role in roles}
    return [name for name, words in ROLES.items() if not there & words]
