"""From typed query words to a query: saved views are opened, the rest is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.settings import BOOK_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crmtxt.model.query import Expr
    from crmtxt.model.views import Customer

DEEPEST = 10


def query(words: Sequence[str], views: dict[str, str], today: date) -> Expr | None:
    """Return the query of some words, a word that names a saved view standing for that view; None without words."""
    text = " ".join(_opened(word, views, ()) for word in words).strip()
    if not text:
        return None
    from crmtxt.model.query import parse

    for word in words:
        if word in views:
            _check(word, _opened(word, views, ()), today)
    return parse(text, today)


def at_most(limit: int) -> int:
    """Return how many are asked for, 0 for all; UsageError for less."""
    if limit < 0:
        raise UsageError(f"--limit {limit}", "take 0 for all, or a number")
    return limit


def summed(items: Sequence[Customer]) -> str:
    """Return how many customers and what they are worth, per currency."""
    sums: dict[str, float] = {}
    for item in items:
        if item.value is not None and item.currency:
            sums[item.currency] = sums.get(item.currency, 0.0) + item.value
    count = "1 customer" if len(items) == 1 else f"{len(items)} customers"
    return ", ".join([count, *(f"{amount:,.0f} {currency}" for currency, amount in sorted(sums.items()))])


def _check(name: str, text: str, today: date) -> None:
    """Refuse a saved view that is no query, by its name."""
    from crmtxt.model.query import parse

    try:
        parse(text, today)
    except UsageError as error:
        raise UsageError(f"views.{name} in {BOOK_FILE}: {error.message}", error.hint) from None


def _opened(word: str, views: dict[str, str], inside: tuple[str, ...]) -> str:
    if word in inside or len(inside) > DEEPEST:
        raise UsageError(f"the view '{word}' refers to itself", "see views: in crmtxt.yaml")
    if word not in views:
        return word
    opened = " ".join(_opened(each, views, (*inside, word)) for each in views[word].split())
    return f"({opened})" if opened else ""
