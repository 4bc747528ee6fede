"""How often we agreed to be in touch: one duration, or two, `4w..8w`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.opportunity import LOST
from crmtxt.model.when import duration_days

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

    from crmtxt.settings import BookSettings


@lru_cache
def _read(text: str) -> float | None:
    try:
        return duration_days(text.partition("..")[0])
    except UsageError:
        return None


def span(text: str) -> float:
    """Return a duration in days, of a cadence `4w..8w` its first; 0 for none. What cannot be read is named by check."""
    return _read(text) or 0.0


@lru_cache
def longest(cadence: str) -> float:
    """Return the days after which a silence is too long: the second duration of `4w..8w`, or twice the only one."""
    return span(cadence.partition("..")[2]) or 2 * span(cadence)


@lru_cache
def in_words(cadence: str) -> str:
    """Return a cadence as people read it: `4w to 8w`."""
    return cadence.replace("..", " to ")


def cadence_of(values: Mapping[str, str], tags: Iterable[str], settings: BookSettings) -> str | None:
    """Return the cadence of a customer's head, else the shortest of its tags; who is lost has none but its own.

    One that cannot be read is none; `0d` can, and is never.
    """
    own = values.get("cadence")
    if own and _read(own) is not None:
        return own
    if values.get("stage") == LOST or not (declared := settings.tag_cadences):
        return None
    return min((declared[tag] for tag in tags if span(declared.get(tag, ""))), key=span, default=None)
