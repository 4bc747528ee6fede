"""crmtxt check: what is wrong or odd in the book."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Out
from crmtxt.errors import ExitCode
from crmtxt.model.upkeep import Finding
from crmtxt.render.clean import clean
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import findings
from crmtxt.session import Session

FINDINGS = (
    Column("path", "File"),
    Column("line", "Line", align="right"),
    Column("column", "Column", align="right"),
    Column("message", "What"),
    Column("hint", "Remedy"),
)


def check(session: Session, *, out: Out = Out()) -> ExitCode:
    """Read every file again and say what is wrong or odd, with place, cause and remedy; 4 when there is something."""
    problems = findings.collect(session.book, session.today, session.moment)
    if session.output.format(out) == "table":
        for problem in problems:
            session.terminal.out(clean(problem.text()))
        session.terminal.say(f"{len(problems)} found" if problems else "nothing to complain about")
    else:
        items = [Finding(*problem[:6]) for problem in problems]
        session.output.give(View("check", items, FINDINGS, keys=Finding._fields), out, problems)
    return ExitCode.INVALID if problems else ExitCode.DONE
