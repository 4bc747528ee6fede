"""crmtxt rename: another handle for a customer."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import identity
from crmtxt.session import Session


def rename(
    session: Session,
    *,
    customer: Customer,
    handle: Annotated[str, Arg("HANDLE", "The new handle: lower-case letters, digits, hyphens.")],
    write: Write = Write(),
) -> ExitCode:
    """Give a customer another handle; what names it elsewhere follows."""
    return session.write(identity.rename(session.writer, session.customer(customer), handle), write)
