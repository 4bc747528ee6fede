"""crmtxt list: customers."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import CUSTOMERS
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.model.views import Customer
from crmtxt.render.columns import View
from crmtxt.services.asking import summed
from crmtxt.session import Session
from crmtxt.store import reads


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
