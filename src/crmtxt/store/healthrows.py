"""The list of customers by how healthy their relationships are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.figures import HealthRow
from crmtxt.store.measures import measure
from crmtxt.store.selecting import selected

if TYPE_CHECKING:
    from crmtxt.store.index import Index
    from crmtxt.store.selecting import Selection


def health_rows(index: Index, selection: Selection) -> list[HealthRow]:
    """Return the index of each customer a query selects, the lowest first unless sorted otherwise."""
    by_health = "measured.health NULLS LAST, c.name COLLATE NOCASE, c.handle"
    where, order, values = selected(index, selection, "customer", by_health)
    measure(index, selection.today.toordinal())
    return index.views(
        HealthRow._make,
        "SELECT c.handle, c.name, measured.health, measured.rhythm, measured.strength, measured.reciprocity, "  # noqa: S608
        "measured.breadth, measured.mood, measured.promises, measured.vetoes "
        f"FROM customer c JOIN measured ON measured.customer = c.id WHERE {where} ORDER BY {order} LIMIT ?",
        (*values, selection.limit or -1),
    )
