"""crmtxt list: customers."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import worth
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.model.views import Customer
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services.asking import summed
from crmtxt.session import Session
from crmtxt.store import reads

CUSTOMERS = (
    Column("handle", "Handle", least=8, keep=9),
    Column("name", "Name", least=10, keep=8),
    Column("stage", "Stage", keep=7),
    Column("type", "Type", keep=2),
    Column("owner", "Owner", keep=3),
    Column("value", "Value", worth, "right", keep=6),
    Column(
        "quiet_days", "Quiet", lambda item: "–" if item.quiet_days is None else f"{item.quiet_days}d", "right", keep=5
    ),
    Column("next_due", "Next", keep=4),
    Column("tags", "Tags", lambda item: " ".join(item.tags), least=6, extra=True, style=lambda _: "dim"),
)


def list_(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """List customers, all or those a query or a saved view selects."""
    asked = session.output.format(out)
    measured = asked in {"json", "jsonl", "csv"} or "{health" in asked
    items = reads.customers(session.index, session.selection(query, select), measured=measured)
    return session.answer(View("customers", items, CUSTOMERS, summed(items), Customer._fields), out)
