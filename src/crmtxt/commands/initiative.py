"""crmtxt initiative: what is done for the goals of a plan."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.planned import Planned
from crmtxt.commands.planned import ReadOn
from crmtxt.commands.planned import Value
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.plans import INITIATIVE
from crmtxt.session import Session

Handle = Annotated[str, Arg("HANDLE", "The initiative's handle in the plan.")]


class Facts(NamedTuple):
    """What is known of an initiative."""

    what: Annotated[str, Opt(("--what",), "What is done.", "TEXT")] = ""
    for_: Annotated[str, Opt(("--for",), "The goal it serves.", "GOAL")] = ""
    owner: Annotated[str, Opt(("--owner",), "Who of us sees to it.", "WHO")] = ""
    due: Annotated[str, Opt(("--due",), "The day it is to be done.", "DATE")] = ""
    status: Annotated[str, Opt(("--status",), "How it stands: planned, doing, blocked …", "WORD")] = ""


def add(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Add an initiative to a customer's plan."""
    return Planned(INITIATIVE, customer, handle).add(session, facts, write)


def set_(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Change what is known of an initiative; the log keeps what it was before."""
    return Planned(INITIATIVE, customer, handle).set(session, facts, write)


def read(
    session: Session, *, customer: Customer, handle: Handle, value: Value, on: ReadOn = "", write: Write = Write()
) -> ExitCode:
    """Log how far an initiative is."""
    return Planned(INITIATIVE, customer, handle).read(session, value, on, write)


def close(
    session: Session,
    *,
    customer: Customer,
    handle: Handle,
    outcome: Annotated[str, Arg("[OUTCOME]", "done, or dropped.")] = "done",
    write: Write = Write(),
) -> ExitCode:
    """Take an initiative out of the plan: it is done, or dropped; the log keeps what it was."""
    return Planned(INITIATIVE, customer, handle).close(session, outcome, write)
