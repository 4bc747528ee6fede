"""crmtxt pipeline, forecast, funnel: what is open, what to expect, how it goes."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.board import FUNNEL
from crmtxt.commands.board import MONTHS
from crmtxt.commands.board import board
from crmtxt.commands.board import summed
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.pipeline import ForecastMonth
from crmtxt.model.pipeline import FunnelStage
from crmtxt.model.pipeline import PipelineStage
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services.pipeline import Pipeline
from crmtxt.session import Session


def pipeline(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what is open stage by stage: value, weighted value, age, what stands still and what comes next."""
    found = Pipeline(session.index, session.selection(query, select._replace(sort="")), session.today)
    stages = asking.ordered(found.stages(), PipelineStage._fields, select.sort, select.limit)
    if session.output.format(out) in {"table", "md", "html"}:
        return session.answer(board(stages, session.today), out)
    return session.answer(View("pipeline", stages, (), "", PipelineStage._fields, PipelineStage._fields[:-1]), out)


def forecast(
    session: Session,
    *,
    query: Query = [],
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what should close by month, give or take one standard deviation, by declared and learned probabilities."""
    found = Pipeline(session.index, session.selection(query, select._replace(sort="")), session.today)
    months = asking.ordered(found.months(), ForecastMonth._fields, select.sort, select.limit)
    return session.answer(View("forecast", months, MONTHS, summed(months), ForecastMonth._fields), out)


def funnel(
    session: Session,
    *,
    query: Query = [],
    since: Since = "",
    until: Annotated[str, Opt(("--until",), "Those opened up to that day.", "DATE")] = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show how many opportunities came to each stage, how many went on, and the median days they were there."""
    first, last = asking.since(since, session.today), session.day(until).isoformat() if until else ""
    found = Pipeline(session.index, session.selection(query, select._replace(sort="")), session.today)
    stages = asking.ordered(found.funnel(first, last), FunnelStage._fields, select.sort, select.limit)
    return session.answer(View("funnel", stages, FUNNEL, "", FunnelStage._fields, FunnelStage._fields), out)
