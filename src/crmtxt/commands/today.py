"""crmtxt today: what to do now."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.views import TodayItem
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import agenda
from crmtxt.services import asking
from crmtxt.session import Session

SPARE_LINES = 6
URGENT = {"promise": "late", "champion": "late", "answer": "cool", "cadence": "cool", "mood": "cool"}
TODAY = (
    Column("rank", "", align="right", keep=5),
    Column("name", "", least=12, keep=6),
    Column("why", "", least=24, keep=7, wrap=True, style=lambda item: URGENT.get(item.reason, "")),
    Column("action", "", keep=4, style=lambda _: "dim"),
)


def today(
    session: Session,
    *,
    limit: Annotated[int, Opt(("--limit",), "At most so many; on a terminal, a screenful.", "N")] = 0,
    out: Out = Out(),
) -> ExitCode:
    """Show what to do now, the most important first, each with why and the command that settles it."""
    items = agenda.today(session.reader)
    on_screen = session.output.format(out) == "table"
    most = asking.at_most(limit) or (max(5, session.terminal.height - SPARE_LINES) if on_screen else 0)
    shown = items[:most] if most else items
    if on_screen:
        session.terminal.say(agenda.header(session.settings, session.today, session.me) + "\n")
    code = session.answer(View("today", shown, TODAY, "" if items else "nothing is waiting", TodayItem._fields), out)
    if on_screen and len(shown) < len(items):
        session.terminal.say(f"\n{len(items) - len(shown)} more: crmtxt today --limit {len(items)}")
    return code
