"""What the imports share: first look, then --apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmtxt.commands.options import Out
    from crmtxt.commands.options import Write
    from crmtxt.errors import ExitCode
    from crmtxt.render.columns import View
    from crmtxt.services.importing import Plan
    from crmtxt.session import Session

SHOWN = 10
ALL_ROWS = "the same with --json, and without --apply"


def given(session: Session, plan: Plan, view: View, out: Out, write: Write | None) -> ExitCode:
    """Write what was planned, or show it: on a terminal the first rows, elsewhere all."""
    if write:
        return session.write(plan.change, write._replace(yes=True)) or session.output.complain(plan.problems, ALL_ROWS)
    problems = [*session.index.problems(), *plan.problems]
    if session.output.format(out) == "table" and len(plan.rows) > SHOWN:
        view = view._replace(items=plan.rows[:SHOWN], footer=f"… and {len(plan.rows) - SHOWN:,} more")
    session.output.give(view, out, problems)
    session.output.understood([*plan.change.understood, "nothing is written yet: --apply writes it"])
    return session.output.complain(problems, ALL_ROWS)
