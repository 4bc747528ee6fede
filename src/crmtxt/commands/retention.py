"""crmtxt retention: whether customers come again."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.commands.returning import departures
from crmtxt.commands.returning import referrals
from crmtxt.commands.returning import renewals
from crmtxt.commands.returning import retained
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.render.columns import View
from crmtxt.services.retention import Returns
from crmtxt.session import Session

PARTS = {"renewals": renewals, "churn": departures, "referrals": referrals}


def retention(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    renewals: Annotated[bool, Opt(("--renewals",), "What is open with customers who have bought before.")] = False,
    churn: Annotated[bool, Opt(("--churn",), "Who left, or bought before and not since, and why.")] = False,
    referrals: Annotated[bool, Opt(("--referrals",), "Who brought whom, and what it became.")] = False,
    since: Since = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what was won again in a year of the customers of the year before: gross, and net with what they bought more.

    With --since the days from then on are compared with as many before.
    """
    asked = [part for part, given in {"renewals": renewals, "churn": churn, "referrals": referrals}.items() if given]
    if len(asked) > 1:
        raise UsageError(f"--{' and --'.join(asked)} are two questions", "ask one at a time")
    selection = session.selection(query, select)
    if since and (first := session.day(since)) > selection.today:
        raise UsageError(f"--since {first} is after {selection.today}", "give an earlier day")
    found = Returns(session.index, selection, session.today, session.day(since).isoformat() if since else "")
    view: View = PARTS[asked[0]](found) if asked else retained(found)
    return session.answer(view._replace(items=view.items[: select.limit or None]), out)
