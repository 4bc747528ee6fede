"""crmtxt export: opportunities and customers as rows that crmtxt import reads again."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.model.names import counted
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import exporting
from crmtxt.session import Session

OPPORTUNITIES = (
    Column("handle", "Handle", least=8, keep=8),
    Column("id", "Opportunity", least=8, keep=7),
    Column("title", "Title", least=8, keep=4),
    Column("stage", "Stage", keep=6),
    Column("value", "Value", align="right", keep=5),
    Column("currency", "", keep=5),
    Column("closed", "Closed", keep=3),
)
CUSTOMERS = (
    Column("handle", "Handle", least=8, keep=8),
    Column("name", "Name", least=8, keep=7),
    Column("stage", "Stage", keep=6),
    Column("contact", "Contact", least=8, keep=4),
    Column("email", "E-mail", keep=3),
)


def opportunities(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    out: Out = Out(),
) -> ExitCode:
    """Give every opportunity, open and closed, of the customers a query selects; as CSV unless asked otherwise."""
    rows, keys = exporting.opportunities(session.index, session.selection(query, Select()))
    footer = counted(len(rows), "opportunity", "opportunities")
    return session.answer(View("exported opportunities", rows, OPPORTUNITIES, footer, keys, keys), _csv(out))


def customers(session: Session, *, query: Query = [], out: Out = Out()) -> ExitCode:
    """Give every customer a query selects, a row for each of its people; as CSV unless asked otherwise."""
    rows, keys = exporting.customers(session.index, session.selection(query, Select()))
    footer = counted(len(rows), "row")
    return session.answer(View("exported customers", rows, CUSTOMERS, footer, keys, keys), _csv(out))


def _csv(out: Out) -> Out:
    """Return how the answer is asked for, CSV where nothing says it."""
    return out if out.format or out.json or out.output else out._replace(csv=True)
