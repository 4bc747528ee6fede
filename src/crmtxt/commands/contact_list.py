"""crmtxt contact list: the people of a customer."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Out
from crmtxt.errors import ExitCode
from crmtxt.model.details import Contact
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services.detail import detail
from crmtxt.session import Session


def _position(item: Contact) -> str:
    return ", ".join(part for part in (item.title, item.former and f"until {item.until}") if part)


CONTACTS = (
    Column("handle", "Handle", keep=9),
    Column("name", "Name", least=8, keep=8),
    Column("title", "Title", _position, least=6, keep=6),
    Column("role", "Role", keep=5),
    Column("email", "E-mail", keep=7),
    Column("phone", "Phone", keep=4),
    Column("talks", "Talks", align="right", keep=3),
    Column("last", "Last", keep=2),
)


def list_(session: Session, *, customer: Customer, out: Out = Out()) -> ExitCode:
    """List the people of a customer."""
    items = detail(session.book, session.customer(customer), session.today).contacts
    return session.answer(View("contacts", items, CONTACTS, "" if items else "no contacts yet", Contact._fields), out)
