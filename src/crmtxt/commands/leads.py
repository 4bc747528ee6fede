"""crmtxt leads: customers to be."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import NEXT_STEP
from crmtxt.commands.columns import span
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.model.names import counted
from crmtxt.model.pipeline import Lead
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.session import Session
from crmtxt.store import deals

LEADS = (
    Column("customer", "Handle", least=8, keep=9),
    Column("name", "Name", least=10, keep=8),
    Column("source", "From", least=8, keep=6),
    Column("owner", "Owner", keep=4),
    Column("age_days", "Age", lambda row: span(row.age_days), "right", keep=7),
    NEXT_STEP,
)


def leads(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show the customers at the first stage of the book, the oldest first, with their source and next step."""
    items = deals.leads(session.index, session.selection(query, select))
    return session.answer(View("leads", items, LEADS, counted(len(items), "lead"), Lead._fields), out)
