"""Money: an amount and its currency, as written in a file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

_WRITTEN = r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?(?:[ \t]+([A-Z]{3}))?"
_FORM = "write the amount and the currency, as 12000 EUR or 12000.50 EUR"


class Money(NamedTuple):
    """An amount, never negative, and its currency (ISO 4217, three capitals)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def converted(money: Money, rates: Mapping[str, float], currency: str) -> Money:
    """Return money in another currency where a rate is declared, as it is where none is."""
    if money.currency == currency or money.currency not in rates:
        return money
    return Money(money.amount * Decimal(repr(rates[money.currency])), currency)


def one_currency(worths: Iterable[Money | None]) -> str:
    """Return the currency all have, "" where they have several, one is no money, or there are none."""
    currencies = {each.currency if each else "" for each in worths}
    return currencies.pop() if len(currencies) == 1 else ""


def parse_money(text: str, default: str = "") -> Money:
    """Return the money that `12000 EUR` or `12000.50 EUR` says; a bare `12000` is in the currency `default`.

    Up to 18 digits before the point and 6 behind it.

    Raises:
        ValueError: the text is no money, or has no currency and there is no default.
    """
    shown = " ".join(text.split())[:60]
    match = re.fullmatch(_WRITTEN, text.strip())
    if not match:
        raise ValueError(f"cannot read '{shown}' as money: {_fault(shown)}")
    currency = match[3] or default
    if not re.fullmatch("[A-Z]{3}", currency):
        raise ValueError(f"'{shown}' has no currency: {_FORM}")
    return Money(Decimal(match[1] + (match[2] or "")), currency)


def _fault(text: str) -> str:
    if text.startswith("-"):
        return "an amount is not negative"
    if re.search("[0-9][,'_ ][0-9]", text):
        return f"leave out commas and spaces between digits; {_FORM}"
    nearly = re.fullmatch("0*([0-9]+[.]?[0-9]*) ?([A-Za-z]{3})", text)
    meant = f"{nearly[1]} {nearly[2].upper()}" if nearly else ""
    return f"write {meant}" if re.fullmatch(_WRITTEN, meant) else _FORM
