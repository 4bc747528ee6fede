"""What stands in a cell of a table from elsewhere: dates and amounts, read as was declared and never guessed."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from crmtxt.model.money import parse_money

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
ORDERS = (DAY_FIRST, MONTH_FIRST)
POINT, COMMA = "point", "comma"
DECIMALS = {POINT: (r"\.", ","), COMMA: (",", r"\.")}  # what stands before decimals, and between thousands

_CLOCK = r"(?:[T ][0-9]{2}:[0-9]{2}[0-9:.]*(?: ?(?:Z|UTC|[+-][0-9:]{2,6}))?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_CLOCK}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_CLOCK}")
_PLAIN = re.compile(r"-?[0-9]+(?:\.(?:[0-9]{1,2}|[0-9]{4,6}))?")
_WITH_CURRENCY = re.compile(r"(.*[0-9]) ?([A-Z]{3})")
_NUMBER = re.compile(r"-?[0-9][0-9.,' ]*")


class UndeclaredError(ValueError):
    """The cell could mean two things; `hint` says how to declare which."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@lru_cache(maxsize=4096)  # a table has few days
def day_of(cell: str, order: str = "") -> str:
    """Return the ISO date of a cell: year first, or in the order declared, dmy or mdy; a time behind it is left out.

    Raises UndeclaredError for a year that stands last without an order, ValueError for what is no day.
    """
    if match := _YEAR_FIRST.fullmatch(cell):
        year, month, day = match[1], match[3], match[4]
    elif match := _YEAR_LAST.fullmatch(cell):
        if not order:
            hint = f"say which, for the whole file: --dates {DAY_FIRST} (day first) or --dates {MONTH_FIRST}"
            raise UndeclaredError(f"'{cell}': the day may stand first, or the month", hint)
        year = match[4]
        day, month = (match[1], match[3]) if order == DAY_FIRST else (match[3], match[1])
    else:
        raise ValueError(f"'{cell}' is no date; a date is 2026-11-03, or three numbers with four of the year")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        read = {DAY_FIRST: ", read with the day first", MONTH_FIRST: ", read with the month first"}.get(order, "")
        raise ValueError(f"there is no day '{cell}'{read if match.re is _YEAR_LAST else ''}") from None


@lru_cache(maxsize=4096)
def money_of(cell: str, currency: str, decimal: str = "") -> str:
    """Return the money of a cell as a file has it: 12000 EUR; `decimal` declares point or comma.

    Without it, an amount with a comma, or with three digits behind a point, is an UndeclaredError; ValueError for what
    is no amount.
    """
    match = _WITH_CURRENCY.fullmatch(cell)
    number, own = (match[1], match[2]) if match else (cell, "")
    return str(parse_money(f"{_plain(number, decimal)} {own or currency}"))


def _plain(number: str, decimal: str) -> str:
    """Return a number as digits with a point before the decimals; what is none as it is."""
    if not decimal:
        if _PLAIN.fullmatch(number) or not _NUMBER.fullmatch(number):
            return number
        hint = f"say which sign stands before decimals, for the whole file: --decimal {POINT} or --decimal {COMMA}"
        raise UndeclaredError(f"'{number}' can be read in two ways", hint)
    mark, between = DECIMALS[decimal]
    match = re.fullmatch(rf"(-?)([0-9]+|[0-9]{{1,3}}(?:[{between}' ][0-9]{{3}})+)(?:{mark}([0-9]+))?", number)
    if not match:
        raise ValueError(f"'{number}' is no amount, read with a decimal {decimal}")
    digits = re.sub("[^0-9]", "", match[2])
    return f"{match[1]}{digits}.{match[3]}" if match[3] else f"{match[1]}{digits}"
