"""crmtxt initiative: what is done for the goals of a plan."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.plans import INITIATIVE
from crmtxt.services import planning
from crmtxt.session import Session

Handle = Annotated[str, Arg("HANDLE", "The initiative's handle in the plan.")]


class Facts(NamedTuple):
    """What is known of an initiative."""

    what: Annotated[str, Opt(("--what",), "What is done.", "TEXT")] = ""
    for_: Annotated[str, Opt(("--for",), "The goal it serves.", "GOAL")] = ""
    owner: Annotated[str, Opt(("--owner",), "Who of us sees to it.", "WHO")] = ""
    due: Annotated[str, Opt(("--due",), "The day it is to be done.", "DATE")] = ""
    status: Annotated[str, Opt(("--status",), "How it stands: planned, doing, blocked …", "WORD")] = ""

    def given(self, session: Session) -> dict[str, str]:
        """Return what was given, dates in full."""
        given = self._replace(due=session.day(self.due, "due").isoformat() if self.due else "")
        return {key.rstrip("_"): value for key, value in given._asdict().items() if value}


def add(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Add an initiative to a customer's plan."""
    found = session.customer(customer)
    return session.write(planning.add(session.writer, found, INITIATIVE, handle, facts.given(session)), write)


def set_(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Change what is known of an initiative; another status is logged."""
    found = session.customer(customer)
    return session.write(planning.set_values(session.writer, found, INITIATIVE, handle, facts.given(session)), write)


def close(
    session: Session,
    *,
    customer: Customer,
    handle: Handle,
    outcome: Annotated[str, Arg("[OUTCOME]", "done, or dropped.")] = "done",
    write: Write = Write(),
) -> ExitCode:
    """Take an initiative out of the plan: it is done, or dropped; the log keeps what it was."""
    change = planning.close(session.writer, session.customer(customer), INITIATIVE, handle, outcome)
    return session.write(change, write)
