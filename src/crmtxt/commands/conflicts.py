"""What people see of what git could not merge: what each side says, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.commands.columns import day
from crmtxt.errors import ExitCode
from crmtxt.model.upkeep import Conflict
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import contested
from crmtxt.services import resolving

if TYPE_CHECKING:
    from crmtxt.commands.options import Out
    from crmtxt.session import Session


def _one_line(value: str | None) -> str:
    return "removed" if value is None else " ".join(value.split())


def _signed(who: str | None, when: str | None) -> str:
    return f"{who}, {' '.join(day(when[:10]).split())}" if who and when else ""


CONFLICTS = (
    Column("number", "", align="right", keep=6),
    Column("customer", "Customer", lambda item: item.customer or item.path, keep=5),
    Column("field", "Field", keep=8),
    Column("ours", "Ours", lambda item: _one_line(item.ours), least=8, keep=7),
    Column("ours_by", "", lambda item: _signed(item.ours_by, item.ours_when), keep=2, style=lambda _: "dim"),
    Column("theirs", "Theirs", lambda item: _one_line(item.theirs), least=8, keep=7),
    Column("theirs_by", "", lambda item: _signed(item.theirs_by, item.theirs_when), keep=2, style=lambda _: "dim"),
)


def listed(session: Session, files: list[contested.Contested], out: Out) -> ExitCode:
    """List the disagreements; name on standard error what else cannot be read."""
    items = contested.listing(session.book, files)
    problems = session.index.problems()
    told = {file.path for file in files}
    footer = resolving.footer(files, contested.next_step(session.book))
    session.output.give(View("conflicts", items, CONFLICTS, footer, Conflict._fields), out, problems)
    if files and not items and session.output.format(out) != "table":
        session.terminal.say(footer)
    code = session.output.complain([each for each in problems if each.code != "conflict" or each.path not in told])
    return ExitCode.INVALID if files else code
