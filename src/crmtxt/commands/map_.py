"""crmtxt map: the people of a customer."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.network import diagram
from crmtxt.commands.network import mapped
from crmtxt.commands.options import Customer
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.figures import RelationshipMap
from crmtxt.render.columns import View
from crmtxt.render.mermaid import to_mermaid
from crmtxt.services.mapping import relationship_map
from crmtxt.session import Session


def map_(
    session: Session,
    *,
    customer: Customer,
    as_of: Annotated[str, Opt(("--as-of",), "As things stood on that day.", "DATE")] = "",
    out: Out = Out(),
) -> ExitCode:
    """Show who is who at a customer, who talks to whom about what, and what is lacking; mermaid draws it."""
    day = session.day(as_of, "as of") if as_of else session.today
    item = relationship_map(session.book, session.customer(customer), day)
    if session.output.in_words(out):
        return session.answer(mapped(item, day), out)
    drawn = {"mermaid": lambda *_: to_mermaid(diagram(item, session.settings))}
    return session.answer(View("map", [item], (), keys=RelationshipMap._fields, drawn=drawn), out)
