"""crmtxt export: opportunities and customers as rows that crmtxt import reads again."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import EXPORTED_CUSTOMERS
from crmtxt.commands.columns import EXPORTED_OPPORTUNITIES
from crmtxt.commands.columns import counted
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.render.columns import View
from crmtxt.services import exporting
from crmtxt.session import Session


def opportunities(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    out: Out = Out(),
) -> ExitCode:
    """Give every opportunity, open and closed, of the customers a query selects; as CSV unless asked otherwise."""
    rows, keys = exporting.opportunities(session.index, session.selection(query, Select()))
    footer = counted(len(rows), "opportunity", "opportunities")
    return session.answer(View("exported opportunities", rows, EXPORTED_OPPORTUNITIES, footer, keys, keys), _csv(out))


def customers(session: Session, *, query: Query = [], out: Out = Out()) -> ExitCode:
    """Give every customer a query selects, a row for each of its people; as CSV unless asked otherwise."""
    rows, keys = exporting.customers(session.index, session.selection(query, Select()))
    footer = counted(len(rows), "row")
    return session.answer(View("exported customers", rows, EXPORTED_CUSTOMERS, footer, keys, keys), _csv(out))


def _csv(out: Out) -> Out:
    """Return how the answer is asked for, CSV where nothing says it."""
    return out if out.format or out.json or out.output else out._replace(csv=True)
