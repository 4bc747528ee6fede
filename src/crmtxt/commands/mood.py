"""crmtxt mood: what a customer feels."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.measured import felt
from crmtxt.commands.options import Customer
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.figures import Mood
from crmtxt.render.columns import View
from crmtxt.services.moods import moods
from crmtxt.session import Session


def mood(
    session: Session,
    *,
    customer: Customer,
    as_of: Annotated[str, Opt(("--as-of",), "As things stood on that day.", "DATE")] = "",
    out: Out = Out(),
) -> ExitCode:
    """Show what a customer and each person felt: level, direction, moments of truth, their own words."""
    day = session.day(as_of, "as of") if as_of else session.today
    items = moods(session.index, session.customer(customer), day)
    if session.output.in_words(out):
        return session.answer(felt(items, day), out)
    return session.answer(View("mood", items, (), keys=Mood._fields), out)
