"""Dates in words about what happened: a day that could be past or to come is the latest that is not after today."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from crmtxt.model.when import MONTH_NUMBERS
from crmtxt.model.when import WEEKDAY_NUMBERS
from crmtxt.model.when import leading_date
from crmtxt.model.when import parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

LEAP_YEARS = 9  # in as many there is always a 29 February
YEARLY = re.compile(r"q[1-4]", re.IGNORECASE)


def past_date(words: str, today: date) -> date:
    """Return the day that words mean, seen from `today`, in the past wherever they leave it open.

    `fri`, `3 dec`, `q1` and `end of jan` are the latest such day up to today; words that say themselves when it is
    (`tomorrow`, `next fri`, `3 dec 2027`) mean what they always mean. Raises UsageError as `parse_date` does.
    """
    typed = words.lower().split()
    if len(typed) == 1 and typed[0] in WEEKDAY_NUMBERS:
        return parse_date(words, today - timedelta(7))
    if not _comes_every_year(typed):
        return parse_date(words, today)
    return next(day for day in (parse_date(words, start) for start in _years_before(today)) if day <= today)


def leading_past_date(words: Sequence[str], today: date) -> tuple[date, int] | None:
    """Return the date that the first words mean as what happened, and how many words it takes; None for no date."""
    for start in (today, next(iter(_years_before(today)))):
        if found := leading_date(words, start):
            return past_date(" ".join(words[: found[1]]), today), found[1]
    return None


def _comes_every_year(words: list[str]) -> bool:
    if any(len(word) == len("2026") and word.isdigit() for word in words):
        return False
    return any(word in MONTH_NUMBERS or YEARLY.fullmatch(word) for word in words)


def _years_before(today: date) -> list[date]:
    """Return where spans of 365 days, twice that, … begin that end today."""
    return [today - timedelta(365 * years - 1) for years in range(1, LEAP_YEARS + 1)]
