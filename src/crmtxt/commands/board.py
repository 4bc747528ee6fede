"""What people see of opportunities: the board, the forecast, the funnel, and what was won and lost."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from crmtxt.commands.columns import counted
from crmtxt.commands.columns import day
from crmtxt.commands.columns import money
from crmtxt.commands.columns import share
from crmtxt.commands.columns import span
from crmtxt.commands.columns import spark
from crmtxt.commands.sheet import Row
from crmtxt.model.pipeline import ClosedOpportunity
from crmtxt.model.pipeline import ForecastMonth
from crmtxt.model.pipeline import OpenOpportunity
from crmtxt.model.pipeline import PipelineStage
from crmtxt.model.pipeline import WinRate
from crmtxt.model.plans import Chart
from crmtxt.model.plans import ChartPoint
from crmtxt.render.columns import Column
from crmtxt.render.columns import Page
from crmtxt.render.columns import View

MONTHS = 24  # that a line of bars tells at most
CARD = 26  # cells a stage needs to be a column of the board
SHOWN = 8  # opportunities of a stage on the board


def _chances(row: ForecastMonth) -> str:
    stages = row.probability.stages
    return ", ".join(
        f"{each.stage} {share(each.declared)}, learned {share(each.learned)} (n {each.n})" for each in stages
    )


def _bounds(row: WinRate) -> str:
    return "–" if row.low is None else f"{share(row.low)} to {share(row.high)}"


BOARD = (
    Column("part", "Stage", keep=6),
    Column("what", "", least=12, keep=7),
    Column("text", "Value", least=12, keep=5, wrap=True),
    Column("mark", "", least=10, keep=4, style=lambda row: row.style),
)
SHARES = (
    Column("name", "Whose", lambda row: row.name or "–", least=8, keep=9),
    Column("count", "Open", align="right", keep=7),
    Column("value", "Value", lambda row: money(row.value, row.currency), "right", keep=8),
    Column("weighted", "Weighted", lambda row: money(row.weighted, row.currency), "right", keep=6),
    Column("stalled", "Stalled", align="right", keep=4, style=lambda row: "cool" if row.stalled else ""),
    Column("without_next", "No next", align="right", keep=5, style=lambda row: "late" if row.without_next else ""),
)
NEXT_STEP = Column(
    "next", "Next step", lambda row: row.next or "none", least=10, keep=7, style=lambda row: "" if row.next else "late"
)
OPEN = (
    Column("name", "Customer", least=10, keep=8),
    Column("handle", "Handle", least=8, keep=9),
    Column("title", "Title", least=10, keep=5),
    Column("stage", "Stage", keep=7),
    Column("value", "Value", lambda row: money(row.value, row.currency), "right", keep=8),
    Column("close", "Closes", lambda row: row.close or "–", keep=6),
    Column(
        "days", "At stage", lambda row: span(row.days), "right", keep=4, style=lambda row: "cool" if row.stalled else ""
    ),
    NEXT_STEP,
)
_MONTHS = (
    Column("month", "Month", lambda row: row.month or "no date", keep=9),
    Column("count", "Open", align="right", keep=6),
    Column("value", "Value", lambda row: money(row.value, row.currency), "right", keep=7),
    Column("weighted", "Declared", lambda row: _spread(row.weighted, row.sd), "right", keep=8),
    Column("weighted_learned", "Learned", lambda row: _spread(row.weighted_learned, row.sd_learned), "right", keep=8),
    Column("probability.stages", "", _chances, least=16, keep=3, wrap=True, style=lambda _: "dim"),
)
FUNNEL = (
    Column("stage", "Stage", keep=9),
    Column("entered", "Came", align="right", keep=8),
    Column("passed", "Went on", align="right", keep=7),
    Column("rate", "Rate", lambda row: share(row.rate), "right", keep=8),
    Column("median_days", "Median", lambda row: span(row.median_days), "right", keep=5),
    Column("rate", "", keep=4, style=lambda _: "dim", share=lambda row: row.rate),
)
WINS = (
    Column("date", "Date", lambda row: row.date or "–", keep=8),
    Column("name", "Customer", least=10, keep=9),
    Column("title", "Title", least=10, keep=6),
    Column("value", "Value", lambda row: money(row.value, row.currency), "right", keep=8),
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
    Column("value", "Value", lambda row: money(row.value, row.currency), "right", keep=9),
    Column("win_rate", "Rate", lambda row: share(row.win_rate), "right", keep=9),
    Column("low", "95 in 100", _bounds, "right", keep=6),
    Column("median_cycle_days", "Median", lambda row: span(row.median_cycle_days), "right", keep=4),
    Column("won_in_90d", "Won in 90d", lambda row: share(row.won_in_90d), "right", keep=3),
    Column("velocity", "A day", lambda row: money(row.velocity, row.currency), "right", keep=2),
)
COHORTS = (Column("cohort", "Opened", lambda row: row.cohort or "no date", keep=9), *RATES)
MOVES = (
    Column("date", "Date", keep=8),
    Column("handle", "Opportunity", least=8, keep=7),
    Column("text", "What", least=20, keep=9, wrap=True),
    Column("by", "By", keep=5),
    Column("path", "", lambda row: f"{row.path}:{row.line}", extra=True, style=lambda _: "dim"),
)
LEADS = (
    Column("customer", "Handle", least=8, keep=9),
    Column("name", "Name", least=10, keep=8),
    Column("source", "From", least=8, keep=6),
    Column("owner", "Owner", keep=4),
    Column("age_days", "Age", lambda row: span(row.age_days), "right", keep=7),
    NEXT_STEP,
)


class Cell(NamedTuple):
    """What stands in a column of the board, and its colour."""

    text: str = ""
    style: str = ""


class Cells(NamedTuple):
    """One row of the board: a cell for each stage."""

    cells: tuple[Cell, ...]


def cards(stages: Sequence[PipelineStage], today: date) -> View:
    """Return the pipeline as a board: a column for each stage, its opportunities below, the most valuable first."""
    decks = [_deck(stage, today) for stage in stages]
    rows = [Cells(row) for row in zip_longest(*decks, fillvalue=Cell())]
    columns = tuple(_column(stage, at) for at, stage in enumerate(stages))
    return View("pipeline", rows, columns, _counted(stages))


def _column(stage: PipelineStage, at: int) -> Column:
    def show(row: Cells) -> str:
        return row.cells[at].text

    def style(row: Cells) -> str:
        return row.cells[at].style

    return Column("cells", stage.stage or "–", show, least=CARD - 2, keep=9, style=style)


def board(stages: Sequence[PipelineStage], today: date) -> View:
    """Return the pipeline stage by stage: the sum, then each opportunity, the most valuable first."""
    rows = [row for stage in stages for row in _stage(stage, today)]
    return View("pipeline", rows, BOARD, _counted(stages), Row._fields[:4])


def opened(count: int, idle: int) -> str:
    """Return how many are open, and how many of them nothing is planned for."""
    return f"{count} open" + (f", {idle} without a next step" if idle else "") if count else "nothing is open"


def expected(months: Sequence[ForecastMonth]) -> View:
    """Return the forecast, with a bar for what each month should bring, of the best one in its currency."""
    best: dict[str, float] = {}
    for month in months:
        best[month.currency] = max(best.get(month.currency, 0), month.weighted)

    def share_of(month: ForecastMonth) -> float | None:
        return month.weighted / best[month.currency] if best[month.currency] else None

    bar = Column("weighted", "", style=lambda _: "dim", extra=True, share=share_of)
    plain = tuple(column.key for column in _MONTHS)
    return View("forecast", months, (*_MONTHS, bar), _summed(months), ForecastMonth._fields, plain)


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


def _summed(months: Sequence[ForecastMonth]) -> str:
    """Return what a forecast comes to, by currency."""
    totals: dict[str, float] = {}
    for month in months:
        totals[month.currency] = totals.get(month.currency, 0) + month.weighted
    if not totals:
        return "nothing open has a value"
    return "by declared probabilities " + ", ".join(money(round(each), currency) for currency, each in totals.items())


def _counted(stages: Sequence[PipelineStage]) -> str:
    count, idle = (sum(getattr(stage, key) or 0 for stage in stages) for key in ("count", "without_next"))
    return opened(count, idle)


def _deck(stage: PipelineStage, today: date) -> list[Cell]:
    """Return the cells of a stage: the sums, then a card of five for each opportunity."""
    value = "" if stage.value is None else money(stage.value, stage.currency)
    weighted = "" if stage.weighted is None else f"weighted {money(round(stage.weighted), stage.currency)}"
    slow = f", {stage.stalled} stalled" if stage.stalled else ""
    cells = [Cell(f"{stage.count} open{slow}", "cool" if slow else ""), Cell(value), Cell(weighted, "dim"), Cell()]
    most = sorted(stage.opportunities, key=lambda each: -(each.value or 0))
    for each in most[:SHOWN]:
        close = f"closes {day(each.close, today)[4:].strip()}" if each.close else ""
        worth = "" if each.value is None else money(each.value, each.currency)
        age = "" if each.days is None else f"{counted(each.days, 'day')} there{', stalled' if each.stalled else ''}"
        idle = "" if stage.without_next is None else "no next step"
        cells += [
            Cell(each.name),
            Cell(each.title),
            Cell(" · ".join(part for part in (worth, close) if part)),
            Cell(age, "cool" if each.stalled else "dim"),
            Cell(each.next or idle, "" if each.next else "late"),
            Cell(),
        ]
    return [*cells, Cell(f"… {len(most) - SHOWN} more: crmtxt opp list", "dim")] if len(most) > SHOWN else cells[:-1]


def _stage(stage: PipelineStage, today: date) -> Iterator[Row]:
    expected = "" if stage.weighted is None else f"weighted {money(round(stage.weighted), stage.currency)}"
    value = "" if stage.value is None else money(stage.value, stage.currency)
    slow = f"{stage.stalled} stalled" if stage.stalled else ""
    told = " · ".join(part for part in (value, expected) if part)
    yield Row(stage.stage or "–", f"{stage.count} open", told, slow, "cool" if slow else "")
    most = sorted(stage.opportunities, key=lambda each: -(each.value or 0))
    for each in most[:SHOWN]:
        yield _opportunity(each, today, "" if stage.without_next is None else "no next step")
    if len(most) > SHOWN:
        yield Row("", f"… {len(most) - SHOWN} more: crmtxt opp list", "", "")


def _opportunity(each: OpenOpportunity, today: date, idle: str) -> Row:
    age = "" if each.days is None else f"{counted(each.days, 'day')} there{', stalled' if each.stalled else ''}"
    close = f"closes {day(each.close, today)[4:].strip()}" if each.close else ""
    facts = (each.value is not None and money(each.value, each.currency), close, age)
    text = " · ".join(fact for fact in facts if fact)
    style = "cool" if each.stalled else ""
    return Row("", f"{each.name}: {each.title}", text, each.next or idle, style if each.next or not idle else "late")


def _spread(weighted: float, sd: float) -> str:
    return f"{weighted:,.0f} ± {sd:,.0f}"
