"""What the imports share: first look, then --apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.outside.source import LARGEST
from crmtxt.outside.source import bounded
from crmtxt.outside.source import read_source

if TYPE_CHECKING:
    from crmtxt.commands.options import Out
    from crmtxt.commands.options import Write
    from crmtxt.errors import ExitCode
    from crmtxt.render.columns import View
    from crmtxt.services.importing import Plan
    from crmtxt.session import Session

STANDARD_INPUT = "standard input"
SHOWN = 10
ALL_ROWS = "the same with --json, and without --apply"


def content(session: Session, file: str, largest: int = LARGEST) -> tuple[bytes, str]:
    """Return what is to be imported and what it is called: that of a file, or of standard input (-)."""
    if file != "-":
        return read_source(file, largest), file
    return bounded(session.terminal.read_bytes(largest + 1), STANDARD_INPUT, largest), STANDARD_INPUT


def given(session: Session, plan: Plan, view: View, out: Out, write: Write | None) -> ExitCode:
    """Write what was planned, or show it: on a terminal the first rows, elsewhere all."""
    problems = [*session.index.problems(), *plan.problems]
    if write:
        return session.write(plan.change, write._replace(yes=True)) or session.output.complain(problems, ALL_ROWS)
    if session.output.format(out) == "table" and len(plan.rows) > SHOWN:
        view = view._replace(items=plan.rows[:SHOWN], footer=f"… and {len(plan.rows) - SHOWN:,} more")
    session.output.give(view, out, problems)
    session.output.understood([*plan.change.understood, "nothing is written yet: --apply writes it"])
    return session.output.complain(problems, ALL_ROWS)
