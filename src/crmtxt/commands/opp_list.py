"""crmtxt opp list, opp show: opportunities to look at."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.board import opened
from crmtxt.commands.columns import NEXT_STEP
from crmtxt.commands.columns import PLACE
from crmtxt.commands.columns import span
from crmtxt.commands.columns import worth
from crmtxt.commands.options import Customer
from crmtxt.commands.options import InPipeline
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import TheOpportunity
from crmtxt.errors import ExitCode
from crmtxt.errors import NotFoundError
from crmtxt.model.pipeline import OpenOpportunity
from crmtxt.model.pipeline import OpportunityMove
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services.pipeline import Pipeline
from crmtxt.session import Session
from crmtxt.store import deals

OPEN = (
    Column("name", "Customer", least=10, keep=8),
    Column("handle", "Handle", least=8, keep=9),
    Column("title", "Title", least=10, keep=5),
    Column("stage", "Stage", keep=7),
    Column("value", "Value", worth, "right", keep=8),
    Column("close", "Closes", lambda row: row.close or "–", keep=6),
    Column(
        "days", "At stage", lambda row: span(row.days), "right", keep=4, style=lambda row: "cool" if row.stalled else ""
    ),
    NEXT_STEP,
)
MOVES = (
    Column("date", "Date", keep=8),
    Column("handle", "Opportunity", least=8, keep=7),
    Column("text", "What", least=20, keep=9, wrap=True),
    Column("by", "By", keep=5),
    PLACE,
)


def list_(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    in_pipeline: InPipeline = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """List the open opportunities of the customers a query selects."""
    found = Pipeline(session.index, session.selection(query, select._replace(sort="")), session.today, in_pipeline)
    items = asking.ordered(found.opportunities(), OpenOpportunity._fields, select.sort, select.limit)
    footer = opened(len(items), 0 if found.past else sum(each.next is None for each in items))
    return session.answer(View("opportunities", items, OPEN, footer, OpenOpportunity._fields), out)


def show(session: Session, *, customer: Customer, opportunity: TheOpportunity = "", out: Out = Out()) -> ExitCode:
    """Show how a customer's opportunities went, or one of them: each move, when, by whom, on which line."""
    found = session.customer(customer)
    items = deals.course(session.index, found.id)
    chosen = [each for each in items if each.handle.startswith(opportunity)]
    if opportunity and not chosen:
        known = ", ".join(dict.fromkeys(each.handle for each in items)) or "none"
        raise NotFoundError(f"the log of {found.handle} has no opportunity '{opportunity}'", f"it has: {known}")
    return session.answer(View("opportunity", chosen, MOVES, "", OpportunityMove._fields), out)
