"""crmtxt merge: two customers that are one."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import identity
from crmtxt.session import Session


def merge(
    session: Session,
    *,
    customer: Customer,
    other: Annotated[str, Arg("OTHER", "The customer that is the same one; its file goes.", "customers")],
    write: Write = Write(),
) -> ExitCode:
    """Take another customer's file into this one's: lines, notes, people, names; what names it elsewhere follows."""
    change = identity.merge(session.writer, session.book, session.customer(customer), session.customer(other))
    return session.write(change, write)
