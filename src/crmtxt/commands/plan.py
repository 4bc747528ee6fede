"""crmtxt plan: the plan of a relationship, and when it is looked at again."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from datetime import date
from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.sheet import Row
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.plans import PlanReport
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.render.plan import as_document
from crmtxt.services import asking
from crmtxt.services import planning
from crmtxt.services import planshared
from crmtxt.services.plan import report
from crmtxt.services.plan import shortened
from crmtxt.session import Session

PLAN = (
    Column("part", "", least=9, keep=5, style=lambda _: "dim"),
    Column("what", "", least=8, keep=4),
    Column("text", "", least=16, keep=7, wrap=True, style=lambda row: row.style),
    Column("mark", "", extra=True, style=lambda _: "dim"),
)


def plan(
    session: Session,
    *,
    customer: Customer,
    as_of: Annotated[str, Opt(("--as-of",), "As things stood on that day.", "DATE")] = "",
    since: Annotated[str, Opt(("--since",), "What changed since that day, not since the last review.", "DATE")] = "",
    full: Annotated[bool, Opt(("--full",), "Everything, not one page.")] = False,
    share: Annotated[
        bool, Opt(("--share",), "The version for the customer: promises, shared goals, next steps.")
    ] = False,
    out: Out = Out(),
) -> ExitCode:
    """Show the plan of a relationship: why, goals, how it stands, people, what is next, risks, what changed."""
    day = session.day(as_of, "as of") if as_of else session.today
    first, found, past = asking.since(since, day), session.customer(customer), day < session.today
    if share:
        item, left_out = planshared.report(session.book, found, day, past=past)
        if left_out:
            session.terminal.say(f"left out, since another customer is named: {', '.join(left_out)}")
    else:
        item = report(session.book, found, day, date.fromisoformat(first) if first else None, past=past)
    name = session.output.format(out)
    if name in {"json", "jsonl"} or "{" in name:
        return session.answer(View("plan", [item], (), keys=PlanReport._fields), out)
    on_one_page = session.output.for_people(out) and not full
    return session.answer(_sheet(shortened(item) if on_one_page else item, whole=name != "table"), out)


def review(
    session: Session,
    *,
    customer: Customer,
    day: Annotated[str, Arg("DATE", "When it will be reviewed again, such as +3m.")],
    write: Write = Write(),
) -> ExitCode:
    """Say that a plan was reviewed today, and when it will be again."""
    return session.write(planning.review(session.writer, session.customer(customer), session.day(day)), write)


def _sheet(item: PlanReport, *, whole: bool) -> View:
    """Return a plan as a view: a line each statement, with the first of its places; `whole` names the part in each."""
    about = f"as of {item.as_of}" + (f" · changes since {item.since}" if item.since else "")
    rows = [Row(item.customer, item.name, about, "")]
    for section in item.sections:
        for at, each in enumerate(section.statements):
            mark = each.lines[0] if each.lines else ""
            rows.append(Row("" if at and not whole else section.name, each.about, each.text, mark, each.tone))
    return View("plan", rows, PLAN, drawn=as_document(item))
