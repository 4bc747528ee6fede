"""crmtxt warm: lost and dormant relationships worth a word now."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import points
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.model.returns import Warm
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services.warm import WarmLost
from crmtxt.session import Session

PLAIN = ("rank", "customer", "name", "stage", "ended", "because", "again", "reasons.text", "strength", "last", "next")
WARM = (
    Column("rank", "", align="right", keep=5),
    Column("name", "Customer", least=10, keep=8),
    Column("stage", "Is", keep=4),
    Column("reasons", "Why now", lambda row: "; ".join(each.text for each in row.reasons), least=26, keep=9, wrap=True),
    Column("strength", "Was", lambda row: points(row.strength), "right", keep=3),
    Column("talks_since", "Talks", align="right", keep=2),
    Column("next", "Next step", lambda row: row.next or "none", least=10, keep=6,
           style=lambda row: "" if row.next else "late"),
)  # fmt: skip


def warm(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show the lost and dormant worth a word now: the day to look again, what is different since, who wrote, silence.

    The most promising come first; with how strong it was when it ended, and the talks since.
    """
    found = WarmLost(session.index, session.selection(query, select), session.today)
    items = found.items()
    shown = items[: select.limit or None]
    return session.answer(View("warm", shown, WARM, _summed(items, found.asleep), Warm._fields, PLAIN), out)


def _summed(items: list[Warm], asleep: int) -> str:
    rest = asleep - sum(each.stage in {"lost", "dormant"} for each in items)
    told = f"{len(items)} worth a word now" if items else "nobody is worth a word now"
    return told + (f"; {rest} more lost or dormant, without a reason today" if rest else "")
