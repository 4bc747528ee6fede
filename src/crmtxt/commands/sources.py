"""crmtxt sources: where customers came from, and what came of it."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from collections.abc import Sequence

from crmtxt.commands.columns import money
from crmtxt.commands.columns import span
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.errors import ExitCode
from crmtxt.model.returns import Source
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services.sources import Sources
from crmtxt.session import Session

UNKNOWN = "not written down"


def sources(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    since: Since = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show how many customers each source brought, what was won of them by three rules, and what that cost.

    A win is credited to the first source, to the last one before it was won, and to all of them alike.
    """
    first = session.day(since).isoformat() if since else ""
    rows = Sources(session.index, session.selection(query, select._replace(sort="")), session.today, first).rows()
    shown = asking.ordered(rows, Source._fields, select.sort, select.limit)
    return session.answer(View("sources", shown, _columns(rows), _summed(rows), Source._fields, Source._fields), out)


def _columns(rows: Sequence[Source]) -> tuple[Column, ...]:
    most = {row.currency: 0.0 for row in rows}
    for row in rows:
        most[row.currency] = max(most[row.currency], row.value)
    return (
        Column("source", "Source", lambda row: row.source or UNKNOWN, least=10, keep=9),
        Column("leads", "Leads", align="right", keep=7),
        Column("won", "Won", align="right", keep=8),
        Column("value", "First", lambda row: _worth(row, row.value), "right", keep=8),
        Column("last", "Last", lambda row: _worth(row, row.last), "right", keep=4),
        Column("linear", "Shared", lambda row: _worth(row, row.linear), "right", keep=4),
        Column("median_cycle_days", "Median", lambda row: span(row.median_cycle_days), "right", keep=3),
        Column("cost", "Cost", lambda row: money(row.cost, row.currency), "right", keep=6),
        Column("cost_per_won", "Per win", lambda row: _worth(row, row.cost_per_won), "right", keep=5),
        Column("value", "", keep=2, style=lambda _: "dim", share=lambda row: row.value / (most[row.currency] or 1)),
    )


def _worth(row: Source, amount: float | None) -> str:
    return money(None if amount is None else round(amount, 2), row.currency)


def _summed(rows: Sequence[Source]) -> str:
    totals: dict[str, float] = {}
    for row in rows:
        totals[row.currency] = totals.get(row.currency, 0) + row.value
    worth = ", ".join(money(round(total, 2), currency) for currency, total in sorted(totals.items()) if total)
    return f"{sum(row.won for row in rows)} won" + (f", {worth} by each rule" if worth else "")
