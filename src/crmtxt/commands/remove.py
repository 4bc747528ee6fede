"""crmtxt remove: remove a customer's file."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.errors import ExitCode
from crmtxt.services import identity
from crmtxt.session import Session


def remove(session: Session, *, customer: Customer, write: Write = Write()) -> ExitCode:
    """Remove a customer's file; undo, and git, bring it back."""
    return session.write(identity.remove(session.writer, session.customer(customer)), write)
