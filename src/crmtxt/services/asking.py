"""From typed query words to a query: saved views are opened, the rest is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from crmtxt.errors import UsageError
from crmtxt.model.names import counted
from crmtxt.model.names import nearest
from crmtxt.settings import BOOK_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import NamedTuple

    from crmtxt.model.query import Expr
    from crmtxt.model.views import Customer

DEEPEST = 10
NESTED = frozenset({"opportunities", "probability"})  # what an answer holds is no value to sort by

Row = TypeVar("Row", bound="NamedTuple")


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


def one_of(word: str, words: Sequence[str]) -> str:
    """Return the word when it is one of those there are; UsageError with the nearest and the list."""
    if word in words:
        return word
    near = nearest(word, words)
    raise UsageError(f"no '{word}' here{f'; did you mean {near!r}?' if near else ''}", f"there is: {', '.join(words)}")


def since(words: str, today: date) -> str:
    """Return the day, in ISO, that words after --since say, "" for none; UsageError for one to come."""
    if not words:
        return ""
    from crmtxt.model.past import past_date

    day = past_date(words, today)
    if day > today:
        raise UsageError(f"--since {day} is after {today}", "name a day that has been, such as last fri or 2026-11-03")
    return day.isoformat()


def ordered(items: Sequence[Row], fields: Sequence[str], sort: str, limit: int) -> Sequence[Row]:
    """Return items sorted by one of their own values, what has none last, and at most so many of them (0: all)."""
    name = sort.removeprefix("-")
    known = [field for field in fields if field not in NESTED]
    if name and name not in known:
        near = nearest(name, known)
        guess = f"; did you mean '{near}'?" if near else ""
        raise UsageError(f"cannot sort by '{name}'{guess}", f"there is: {', '.join(known)}")
    if name:
        there = [item for item in items if getattr(item, name) is not None]
        there.sort(key=lambda item: _folded(getattr(item, name)), reverse=sort != name)
        items = [*there, *(item for item in items if getattr(item, name) is None)]
    return items[: at_most(limit) or None]


def _folded(value: object) -> Any:  # noqa: ANN401  # what is compared
    return value.casefold() if isinstance(value, str) else value


def summed(items: Sequence[Customer]) -> str:
    """Return how many customers and what they are worth, per currency."""
    sums: dict[str, float] = {}
    for item in items:
        if item.value is not None and item.currency:
            sums[item.currency] = sums.get(item.currency, 0.0) + item.value
    count = counted(len(items), "customer")
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
