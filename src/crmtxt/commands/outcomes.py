"""crmtxt won, lost: how opportunities ended."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.ended import COHORTS
from crmtxt.commands.ended import LOSSES
from crmtxt.commands.ended import RATES
from crmtxt.commands.ended import WINS
from crmtxt.commands.ended import told
from crmtxt.commands.ended import with_charts
from crmtxt.commands.options import InPipeline
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.opportunity import LOST
from crmtxt.model.opportunity import WON
from crmtxt.model.pipeline import ClosedOpportunity
from crmtxt.model.pipeline import WinRate
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services.outcomes import closed
from crmtxt.services.outcomes import cohorts
from crmtxt.services.outcomes import win_rates
from crmtxt.services.pipeline import Pipeline
from crmtxt.session import Session


def won(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    since: Since = "",
    summary: Annotated[
        bool, Opt(("--summary",), "How many, what they came to, and the win rate by the date of the end.")
    ] = False,
    cohort: Annotated[
        bool, Opt(("--cohort",), "The same by the month of the opening: of those begun then, how many were won.")
    ] = False,
    in_pipeline: InPipeline = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what was won, the latest first."""
    first = asking.since(since, session.today)
    found = Pipeline(session.index, session.selection(query, select._replace(sort="")), session.today, in_pipeline)
    if summary or cohort:
        rates = cohorts(found, first) if cohort else win_rates(found, first)
        shown = asking.ordered(rates, WinRate._fields, select.sort, select.limit)
        columns, said = (COHORTS, "by the month of the opening") if cohort else (RATES, "by the date of the end")
        return session.answer(View("win rate", shown, columns, said, WinRate._fields, WinRate._fields), out)
    items = asking.ordered(closed(found, WON, first), ClosedOpportunity._fields, select.sort, select.limit)
    view = View("won", items, WINS, told(items, WON), ClosedOpportunity._fields, drawn={"html": with_charts})
    return session.answer(view, out)


def lost(
    session: Session,
    *,
    query: Query = [],
    since: Since = "",
    in_pipeline: InPipeline = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what was lost, the latest first: why, to whom, what was learned, when to look again."""
    first = asking.since(since, session.today)
    found = Pipeline(session.index, session.selection(query, select._replace(sort="")), session.today, in_pipeline)
    items = asking.ordered(closed(found, LOST, first), ClosedOpportunity._fields, select.sort, select.limit)
    view = View("lost", items, LOSSES, told(items, LOST), ClosedOpportunity._fields, drawn={"html": with_charts})
    return session.answer(view, out)
