"""crmtxt goal: what both sides want of a relationship."""
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
from crmtxt.model.plans import GOAL
from crmtxt.session import Session

Handle = Annotated[str, Arg("HANDLE", "The goal's handle in the plan.")]


class Facts(NamedTuple):
    """What is known of a goal."""

    whose: Annotated[str, Opt(("--whose",), "Whose goal it is.", "theirs|ours")] = ""
    goal: Annotated[str, Opt(("--goal",), "What is wanted, in the words of who wants it.", "TEXT")] = ""
    measure: Annotated[
        str, Opt(("--measure",), "What is worked out, such as answer_time, or read by hand.", "NAME")
    ] = ""
    from_: Annotated[str, Opt(("--from",), "Where it began, such as 36h.", "VALUE")] = ""
    to: Annotated[str, Opt(("--to",), "Where it is to be, such as 8h.", "VALUE")] = ""
    by: Annotated[str, Opt(("--by",), "The day by which.", "DATE")] = ""
    agreed: Annotated[str, Opt(("--agreed",), "The day it was agreed with them.", "DATE")] = ""


def add(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Add a goal to a customer's plan: theirs, or ours."""
    return Planned(GOAL, customer, handle).add(session, facts, write)


def set_(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Change what is known of a goal; the log keeps what it was before."""
    return Planned(GOAL, customer, handle).set(session, facts, write)


def read(
    session: Session,
    *,
    customer: Customer,
    handle: Handle,
    value: Value,
    on: ReadOn = "",
    write: Write = Write(),
) -> ExitCode:
    """Log where a goal stands, read by hand."""
    return Planned(GOAL, customer, handle).read(session, value, on, write)


def close(
    session: Session,
    *,
    customer: Customer,
    handle: Handle,
    outcome: Annotated[str, Arg("OUTCOME", "reached or dropped.")],
    write: Write = Write(),
) -> ExitCode:
    """Take a goal out of the plan: it was reached, or dropped; the log keeps what it was."""
    return Planned(GOAL, customer, handle).close(session, outcome, write)
