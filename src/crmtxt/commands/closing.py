"""crmtxt opp won, opp lost: close an opportunity."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import On
from crmtxt.commands.options import TheOpportunity
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.opportunity import LESSONS
from crmtxt.services import choosing
from crmtxt.services import opportunities
from crmtxt.session import Session

QUESTIONS = {
    "because": "Why was it lost?",
    "to": "To whom (nobody: Enter)?",
    "learned": "What did we learn?",
    "again": "When to look again?",
}


def won(
    session: Session,
    *,
    customer: Customer,
    opportunity: TheOpportunity = "",
    value: Annotated[str, Opt(("--value",), "What it came to, when that is another value.", "MONEY")] = "",
    on: On = "",
    write: Write = Write(),
) -> ExitCode:
    """Close an opportunity as won."""
    writer = session.writer
    which = choosing.choose(writer, session.customer(customer), opportunity)
    return session.write(opportunities.win(writer, which, value, on), write)


def lost(
    session: Session,
    *,
    customer: Customer,
    opportunity: TheOpportunity = "",
    because: Annotated[str, Opt(("--because",), "The reason: price, timing, need …", "REASON")] = "",
    to: Annotated[str, Opt(("--to",), "Who got it.", "COMPETITOR")] = "",
    learned: Annotated[str, Opt(("--learned",), "What we learned.", "TEXT")] = "",
    again: Annotated[str, Opt(("--again",), "When to look again.", "DATE")] = "",
    skip: Annotated[bool, Opt(("--skip",), "Leave out what is not known; the log says so.")] = False,
    on: On = "",
    write: Write = Write(),
) -> ExitCode:
    """Close an opportunity as lost, with the reason, what was learned and when to look again."""
    writer = session.writer
    which = choosing.choose(writer, session.customer(customer), opportunity)
    lessons = {"because": because, "to": to, "learned": learned, "again": again}
    if not skip and not all(lessons[key] for key in LESSONS):
        lessons = {key: value or session.asked(QUESTIONS[key], "") for key, value in lessons.items()}
        if missing := [f"--{key}" for key in LESSONS if not lessons[key]]:
            raise UsageError(f"a loss is worth a word: {', '.join(missing)}", "or --skip, which the log says")
    if lessons["again"]:
        day = session.day(lessons["again"], "look again")
        if day <= session.today:
            raise UsageError(f"{day} is not after today", "the day to look again lies ahead, such as 'in 6 months'")
        lessons["again"] = day.isoformat()
    return session.write(opportunities.lose(writer, which, lessons, on), write)
