"""crmtxt stage: move a customer to another stage."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import customers
from crmtxt.session import Session


def stage(
    session: Session,
    *,
    customer: Customer,
    stage: Annotated[str, Arg("STAGE", "A stage of the book.", "stages")],
    write: Write = Write(),
) -> ExitCode:
    """Move a customer to another stage, and log it."""
    return session.write(customers.move_stage(session.writer, session.customer(customer), stage), write)
