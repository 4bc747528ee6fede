"""crmtxt history: what was changed."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Out
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import NotFoundError
from crmtxt.model.upkeep import HistoryEntry
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services import history as changes
from crmtxt.session import Session


def _what(item: HistoryEntry) -> str:
    """Return what a change did, who did it said once; where that is not known, what the change calls itself."""
    who = item.by or item.who
    first, *more = item.meaning or (f"{who}: {item.change}" if who else item.change,)
    mark = "taken back: " if item.undone else ""
    return mark + "; ".join([first, *(each.removeprefix(f"{who} ") for each in more)])


HISTORY = (
    Column("when", "When", lambda item: item.when[:16].replace("T", " "), keep=5),
    Column("change", "What", _what, least=20, keep=6, wrap=True, style=lambda item: "dim" if item.undone else ""),
    Column("ref", "Change", keep=4, style=lambda _: "dim"),
)
HISTORY_OF_ALL = (HISTORY[0], Column("customer", "Customer", least=8, keep=3), *HISTORY[1:])
PLAIN = ("when", "who", "change", "ref", "meaning", "undone")


def history(
    session: Session,
    *,
    customer: Annotated[str, Arg("[CUSTOMER]", "Only this customer; or a FIELD, over all of them.", "customers")] = "",
    field: Annotated[str, Arg("[FIELD]", "Only this key of the head: stage, owner, contacts.jane.title …")] = "",
    limit: Annotated[int, Opt(("--limit",), "At most so many.", "N")] = 0,
    since: Annotated[str, Opt(("--since",), "From that day on.", "DATE")] = "",
    out: Out = Out(),
) -> ExitCode:
    """List changes of the book, of one customer or of one field in words, the latest first."""
    about = _about(session, customer, field)._replace(
        limit=asking.at_most(limit), since=session.day(since, "since").isoformat() if since else ""
    )
    items = changes.history(session.book, session.settings, about)
    columns = HISTORY if about.path else HISTORY_OF_ALL
    footer = "" if items else f"no changes of {field or customer} yet" if about.field else "no changes yet"
    return session.answer(View("history", items, columns, footer, HistoryEntry._fields, PLAIN), out)


def _about(session: Session, customer: str, field: str) -> changes.About:
    """Return what is asked for: the first word is a customer, one that was, or else a field of all customers."""
    keys = tuple(field.split(".")) if field else ()
    if not customer:
        return changes.About()
    try:
        return changes.About(session.customer(customer).path, keys)
    except NotFoundError:
        if not field and changes.is_field(session.index, customer):
            return changes.About(field=tuple(customer.split(".")))
        if place := changes.former(session.book, customer):
            return changes.About(place, keys)
        raise
