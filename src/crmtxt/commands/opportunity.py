"""crmtxt opp: open an opportunity, move it, change it."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import On
from crmtxt.commands.options import Opportunity
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.opportunity import CLOSE
from crmtxt.services import choosing
from crmtxt.services import opportunities
from crmtxt.services.opportunities import NewOpportunity
from crmtxt.session import Session


def add(
    session: Session,
    *,
    customer: Customer,
    title: Annotated[str, Arg("TITLE", "What it is called.")],
    value: Annotated[list[str], Arg("[VALUE]...", "What it is worth: 12000 EUR; a bare amount is in the book's.")] = [],
    close: Annotated[str, Opt(("--close",), "When it should close.", "DATE")] = "",
    stage: Annotated[str, Opt(("--stage",), "Where it begins; without it, at the first stage.", "STAGE")] = "",
    in_pipeline: Annotated[str, Opt(("--pipeline",), "At whose first stage it begins.", "NAME", "pipelines")] = "",
    owner: Annotated[str, Opt(("--owner",), "Whose it is; without it, yours.", "COLLEAGUE", "team")] = "",
    next: Annotated[str, Opt(("--next",), "The next step: DATE KIND [to WHO]: TEXT.", "LINE")] = "",  # noqa: A002
    on: On = "",
    write: Write = Write(),
) -> ExitCode:
    """Open an opportunity."""
    found = session.customer(customer)
    day = session.day(close, "closes").isoformat() if close else ""
    new = NewOpportunity(title, " ".join(value), day, stage, owner, next, in_pipeline)
    return session.write(opportunities.add(session.writer, found, new, on), write)


def move(
    session: Session,
    *,
    customer: Customer,
    opportunity: Opportunity,
    stage: Annotated[str, Arg("STAGE", "A stage of the pipeline.", "steps")],
    on: On = "",
    write: Write = Write(),
) -> ExitCode:
    """Move an opportunity to another stage."""
    writer = session.writer
    which = choosing.choose(writer, session.customer(customer), opportunity)
    return session.write(opportunities.move(writer, which, stage, on), write)


def set_(
    session: Session,
    *,
    customer: Customer,
    opportunity: Opportunity,
    assignments: Annotated[list[str], Arg("KEY=VALUE...", "title, value, close, owner or a key of your own.")],
    write: Write = Write(),
) -> ExitCode:
    """Change what is known of an opportunity; another value or date to close is logged."""
    writer = session.writer
    which = choosing.choose(writer, session.customer(customer), opportunity)
    given = dict(_assigned(each) for each in assignments)
    if given.get(CLOSE):
        given[CLOSE] = session.day(given[CLOSE], "closes").isoformat()
    return session.write(opportunities.set_values(writer, which, given), write)


def _assigned(typed: str) -> tuple[str, str]:
    key, sign, value = typed.partition("=")
    if not sign or not key.replace("_", "").isalnum():
        raise UsageError(f"cannot read '{typed}'", "write KEY=VALUE, or KEY= to remove it")
    return key, " ".join(value.split())
