"""crmtxt retention: whether customers come again."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands import returning
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.services import asking
from crmtxt.services.referrals import Referrals
from crmtxt.services.retention import Returns
from crmtxt.session import Session


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
        raise UsageError(f"--{' and --'.join(asked)} are {len(asked)} questions", "ask one at a time")
    selection = session.selection(query, select._replace(sort=""))
    first = session.day(since) if since else selection.today
    if first > selection.today:
        raise UsageError(f"--since {first} is after {selection.today}", "give an earlier day")
    if referrals:
        view = returning.referrals(Referrals(session.index, selection, session.today))
    else:
        found = Returns(session.index, selection, session.today, first.isoformat() if since else "")
        show = returning.renewals if renewals else returning.departures if churn else returning.retained
        view = show(found)
    items = asking.ordered(view.items, view.keys, select.sort, select.limit)
    return session.answer(view._replace(items=items), out)
