"""What is selected: a query, a day, an order, as clauses of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from crmtxt.model.query import Expr
    from crmtxt.store.fields import Catalogue
    from crmtxt.store.fields import Scope
    from crmtxt.store.index import Index


class Selection:
    """What to list: a query or none, as of which day, sorted by which field, how many at most (0: all)."""

    def __init__(self, expr: Expr | None, today: date, sort: str = "", limit: int = 0) -> None:
        self.expr = expr
        self.today = today
        self.sort = sort
        self.limit = limit


def catalogue(index: Index) -> Catalogue:
    """Return the field names the book knows."""
    from crmtxt.store.fields import Catalogue
    from crmtxt.store.fields import HeadKeys
    from crmtxt.store.fields import LineTokens

    return Catalogue(HeadKeys(index), LineTokens(index))


def selected(index: Index, selection: Selection, scope: Scope, default: str) -> tuple[str, str, list[object]]:
    """Return WHERE and ORDER BY of a selection and their values."""
    where, order = "1", default
    values: list[object] = []
    if selection.expr is None and not selection.sort:
        return where, order, values
    from crmtxt.store import fields
    from crmtxt.store import search

    known = catalogue(index)
    index.prepare(search.register)
    if selection.expr is not None:
        where, values = search.compile_query(selection.expr, scope, known, selection.today)
    if selection.sort:
        order, more = search.sort_key(selection.sort, scope, known, selection.today)
        order, values = f"{order}, {default}", [*values, *more]
    if fields.MEASURED in f"{where} {order}":
        from crmtxt.store.measures import measure

        measure(index, selection.today.toordinal())
    return f"({where})", order, values
