"""What people see of opportunities that were won or lost: one by one, how many, and how many of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence

from crmtxt.commands.columns import money
from crmtxt.commands.columns import share
from crmtxt.commands.columns import span
from crmtxt.commands.columns import spark
from crmtxt.commands.columns import worth
from crmtxt.model.pipeline import ClosedOpportunity
from crmtxt.model.pipeline import WinRate
from crmtxt.model.plans import Chart
from crmtxt.model.plans import ChartPoint
from crmtxt.render.columns import Column
from crmtxt.render.columns import Page
from crmtxt.render.columns import View

MONTHS = 24  # that a line of bars tells at most


def _bounds(row: WinRate) -> str:
    return "–" if row.low is None else f"{share(row.low)} to {share(row.high)}"


WINS = (
    Column("date", "Date", lambda row: row.date or "–", keep=8),
    Column("name", "Customer", least=10, keep=9),
    Column("title", "Title", least=10, keep=6),
    Column("value", "Value", worth, "right", keep=8),
    Column("owner", "Owner", keep=4),
    Column("days", "Took", lambda row: span(row.days), "right", keep=5),
)
LOSSES = (
    *WINS[:4],
    Column("because", "Because", least=8, keep=9),
    Column("to", "To", keep=6),
    Column("learned", "Learned", least=14, keep=7, wrap=True),
    Column("again", "Look again", keep=5),
)
RATES = (
    Column("won", "Won", align="right", keep=8),
    Column("lost", "Lost", align="right", keep=8),
    Column("open", "Open", align="right", keep=5),
    Column("value", "Value", worth, "right", keep=9),
    Column("win_rate", "Rate", lambda row: share(row.win_rate), "right", keep=9),
    Column("low", "95 in 100", _bounds, "right", keep=6),
    Column("median_cycle_days", "Median", lambda row: span(row.median_cycle_days), "right", keep=4),
    Column("won_in_90d", "Won in 90d", lambda row: share(row.won_in_90d), "right", keep=3),
    Column("velocity", "A day", lambda row: money(row.velocity, row.currency), "right", keep=2),
)
COHORTS = (Column("cohort", "Opened", lambda row: row.cohort or "no date", keep=9), *RATES)


def told(items: Sequence[ClosedOpportunity], outcome: str) -> str:
    """Return how many ended, and how many a month as a line of bars."""
    months = Counter(item.date[:7] for item in items if item.date)
    row = _through(months)
    most = max(months.values(), default=0)
    line = f"   {spark([months[month] / most for month in row])}  {row[0]} to {row[-1]}" if len(row) > 1 else ""
    return f"{len(items)} {outcome}{line}"


def with_charts(view: View, _page: Page) -> str:
    """Return the page of what ended, with a chart for each currency of what ended a month."""
    from crmtxt.render.html import to_html

    return to_html(view, charts=_by_month(view.items, view.kind))


def _by_month(items: Sequence[ClosedOpportunity], outcome: str) -> list[Chart]:
    charts = []
    for currency in sorted({item.currency for item in items if item.currency and item.value}):
        worth = Counter[str]()
        for item in items:
            if item.date and item.currency == currency:
                worth[item.date[:7]] += round(item.value or 0)
        points = tuple(ChartPoint(f"{month}-01", float(worth[month])) for month in _through(worth))
        if len(points) > 1:
            high = max(point.value for point in points)
            charts.append(Chart(f"{outcome} a month", currency, points, 0, high, None))
    return charts


def _through(months: Iterable[str]) -> list[str]:
    """Return every month from the first to the last, the last 24 of them."""
    known = sorted(months)
    if not known:
        return []
    first, last = (int(each[:4]) * 12 + int(each[5:]) - 1 for each in (known[0], known[-1]))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(max(first, last - MONTHS + 1), last + 1)]
