"""crmtxt goal: what both sides want of a relationship."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.past import past_date
from crmtxt.model.plans import GOAL
from crmtxt.services import planning
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

    def given(self, session: Session) -> dict[str, str]:
        """Return what was given, dates in full."""
        by = session.day(self.by, "by").isoformat() if self.by else ""
        agreed = past_date(self.agreed, session.today).isoformat() if self.agreed else ""
        given = self._replace(by=by, agreed=agreed)
        return {key.rstrip("_"): value for key, value in given._asdict().items() if value}


def add(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Add a goal to a customer's plan: theirs, or ours."""
    found = session.customer(customer)
    return session.write(planning.add(session.writer, found, GOAL, handle, facts.given(session)), write)


def set_(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Change what is known of a goal."""
    found = session.customer(customer)
    return session.write(planning.set_values(session.writer, found, GOAL, handle, facts.given(session)), write)


def read(
    session: Session,
    *,
    customer: Customer,
    handle: Handle,
    value: Annotated[str, Arg("VALUE", "What was read, such as 12h or 40%.")],
    on: Annotated[str, Opt(("--on",), "The day it was read, today without it.", "DATE")] = "",
    write: Write = Write(),
) -> ExitCode:
    """Log where a goal stands, read by hand."""
    day = past_date(on, session.today) if on else session.today
    return session.write(planning.read(session.writer, session.customer(customer), handle, value, day), write)


def close(
    session: Session,
    *,
    customer: Customer,
    handle: Handle,
    outcome: Annotated[str, Arg("OUTCOME", "reached or dropped.")],
    write: Write = Write(),
) -> ExitCode:
    """Take a goal out of the plan: it was reached, or dropped; the log keeps what it was."""
    return session.write(planning.close(session.writer, session.customer(customer), GOAL, handle, outcome), write)
