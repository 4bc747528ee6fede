"""crmtxt history: what was changed."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import HISTORY
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.views import HistoryEntry
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services import history as changes
from crmtxt.session import Session


def history(
    session: Session,
    *,
    customer: Annotated[str, Arg("[CUSTOMER]", "Only this customer's file.", "customers")] = "",
    limit: Annotated[int, Opt(("--limit",), "At most so many.", "N")] = 0,
    since: Annotated[str, Opt(("--since",), "From that day on.", "DATE")] = "",
    out: Out = Out(),
) -> ExitCode:
    """List changes of the book or of one customer, the latest first."""
    path = session.customer(customer).path if customer else ""
    items = changes.history(
        session.book, path, asking.at_most(limit), session.day(since, "since").isoformat() if since else ""
    )
    return session.answer(View("history", items, HISTORY, "" if items else "no changes yet", HistoryEntry._fields), out)
