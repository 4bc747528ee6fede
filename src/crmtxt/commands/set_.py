"""crmtxt set: change values of a customer's head."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import customers
from crmtxt.session import Session


def set_(
    session: Session,
    *,
    customer: Customer,
    values: Annotated[
        list[str], Arg("KEY=VALUE...", "owner=ana, contacts.jane.title=CTO, KEY= to remove, tags+=x, tags-=x.")
    ],
    write: Write = Write(),
) -> ExitCode:
    """Set, remove or add to values of a customer's head."""
    return session.write(customers.set_values(session.writer, session.customer(customer), values), write)
