"""crmtxt brief: what to know before a call."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.briefed import briefed
from crmtxt.commands.options import Customer
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.briefs import Brief
from crmtxt.render.columns import View
from crmtxt.services import briefing
from crmtxt.services.customers import known_contact
from crmtxt.session import Session


def brief(
    session: Session,
    *,
    customer: Customer,
    with_: Annotated[str, Opt(("--with",), "Only what concerns this person.", "PERSON", "contacts")] = "",
    out: Out = Out(),
) -> ExitCode:
    """Show what to know before a call: who they are, what was said, felt and promised, what to talk about."""
    found = session.customer(customer)
    person = known_contact(found, with_) if with_ else None
    item = briefing.brief(session.book, found, session.today, person)
    if session.output.in_words(out):
        return session.answer(briefed(item, session.today), out)
    return session.answer(View("brief", [item], (), keys=Brief._fields), out)
