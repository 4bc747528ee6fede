"""crmtxt funnel: how opportunities, or customers, go from stage to stage."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import share
from crmtxt.commands.columns import span
from crmtxt.commands.options import InPipeline
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.pipeline import FunnelStage
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services import relationships
from crmtxt.services.pipeline import Pipeline
from crmtxt.session import Session

FUNNEL = (
    Column("stage", "Stage", keep=9),
    Column("entered", "Came", align="right", keep=8),
    Column("passed", "Went on", align="right", keep=7),
    Column("rate", "Rate", lambda row: share(row.rate), "right", keep=8),
    Column("median_days", "Median", lambda row: span(row.median_days), "right", keep=5),
    Column("rate", "", keep=4, style=lambda _: "dim", share=lambda row: row.rate),
)


def funnel(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    since: Since = "",
    until: Annotated[str, Opt(("--until",), "Those that began up to that day.", "DATE")] = "",
    customers: Annotated[
        bool, Opt(("--customers",), "The stages of customers: how many went on, how many came back.")
    ] = False,
    in_pipeline: InPipeline = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show how many came to each stage, how many went on, and the median days they were there."""
    first, last = asking.since(since, session.today), session.day(until).isoformat() if until else ""
    selection = session.selection(query, select._replace(sort=""))
    if customers:
        found = relationships.funnel(session.index, selection, first, last)
    else:
        found = Pipeline(session.index, selection, session.today, in_pipeline).funnel(first, last)
    stages = asking.ordered(found, FunnelStage._fields, select.sort, select.limit)
    return session.answer(View("funnel", stages, FUNNEL, "", FunnelStage._fields, FunnelStage._fields), out)
