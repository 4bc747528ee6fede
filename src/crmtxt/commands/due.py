"""crmtxt due: follow-ups and promises that are due."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import FOLLOWUPS
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.views import FollowUp
from crmtxt.render.columns import View
from crmtxt.session import Session
from crmtxt.store import reads

PLAIN = ("ref", "date", "time", "customer", "name", "kind", "direction", "who", "by", "text", "overdue_days")


def due(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    until: Annotated[str, Opt(("--until",), "What is due up to that day; without it, up to today.", "DATE")] = "",
    exit_code: Annotated[bool, Opt(("--exit-code",), "Exit with 10 when something is due.")] = False,
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """List open follow-ups and promises that are due, the earliest first."""
    selection = session.selection(query, select, open_lines=True)
    last = session.day(until, "until") if until else selection.today
    items = reads.followups(session.index, selection, last.isoformat())
    if session.output.for_people(out):
        refs = reads.shortest(session.index, [item.ref for item in items])
        items = [item._replace(ref=refs[item.ref]) for item in items]
    code = session.answer(
        View("due", items, FOLLOWUPS, "" if items else "nothing is due", FollowUp._fields, PLAIN), out
    )
    return ExitCode.FOUND if exit_code and items and code == ExitCode.DONE else code
