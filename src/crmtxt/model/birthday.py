"""Birthdays: the next one of what is written, with its year or without."""

from __future__ import annotations

from datetime import date


def birthday_near(written: str, first: date) -> date | None:
    """Return the first birthday from `first` on; who was born on 29 February has it on the 28th of other years.

    `written` is YYYY-MM-DD or MM-DD; None when it is neither, which check names.
    """
    try:
        born = date.fromisoformat(written if len(written) > len("MM-DD") else f"2000-{written}")
    except ValueError:
        return None
    return next(day for year in (first.year, first.year + 1) if (day := _in_year(born, year)) >= first)


def _in_year(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
