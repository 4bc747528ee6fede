"""crmtxt forecast: what to expect."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from collections.abc import Sequence

from crmtxt.commands.columns import money
from crmtxt.commands.columns import share
from crmtxt.commands.columns import worth
from crmtxt.commands.options import InPipeline
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.errors import ExitCode
from crmtxt.model.pipeline import ForecastMonth
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services.pipeline import Pipeline
from crmtxt.session import Session


def _chances(row: ForecastMonth) -> str:
    stages = row.probability.stages
    return ", ".join(
        f"{each.stage} {share(each.declared)}, learned {share(each.learned)} (n {each.n})" for each in stages
    )


def _spread(weighted: float, sd: float) -> str:
    return f"{weighted:,.0f} ± {sd:,.0f}"


MONTHS = (
    Column("month", "Month", lambda row: row.month or "no date", keep=9),
    Column("count", "Open", align="right", keep=6),
    Column("value", "Value", worth, "right", keep=7),
    Column("weighted", "Declared", lambda row: _spread(row.weighted, row.sd), "right", keep=8),
    Column("weighted_learned", "Learned", lambda row: _spread(row.weighted_learned, row.sd_learned), "right", keep=8),
    Column("probability.stages", "", _chances, least=16, keep=3, wrap=True, style=lambda _: "dim"),
)


def forecast(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    since: Since = "",
    in_pipeline: InPipeline = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what should close by month, give or take one standard deviation, by declared and learned probabilities."""
    selection, first = session.selection(query, select._replace(sort="")), asking.since(since, session.today)
    found = Pipeline(session.index, selection, session.today, in_pipeline, first)
    months = asking.ordered(found.months(), ForecastMonth._fields, select.sort, select.limit)
    return session.answer(_view(months), out)


def _view(months: Sequence[ForecastMonth]) -> View:
    """Return the forecast, with a bar for what each month should bring, of the best one in its currency."""
    best: dict[str, float] = {}
    for month in months:
        best[month.currency] = max(best.get(month.currency, 0), month.weighted)

    def share_of(month: ForecastMonth) -> float | None:
        return month.weighted / best[month.currency] if best[month.currency] else None

    bar = Column("weighted", "", style=lambda _: "dim", extra=True, share=share_of)
    plain = tuple(column.key for column in MONTHS)
    return View("forecast", months, (*MONTHS, bar), _by_currency(months), ForecastMonth._fields, plain)


def _by_currency(months: Sequence[ForecastMonth]) -> str:
    totals: dict[str, float] = {}
    for month in months:
        totals[month.currency] = totals.get(month.currency, 0) + month.weighted
    if not totals:
        return "nothing open has a value"
    return "by declared probabilities " + ", ".join(money(round(each), currency) for currency, each in totals.items())
