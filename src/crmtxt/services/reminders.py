"""What has come due for one of us, and what to know of each customer before settling it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.line import PROMISE
from crmtxt.model.reminders import Digest
from crmtxt.model.reminders import DueItem
from crmtxt.model.reminders import Reminder
from crmtxt.services import agenda
from crmtxt.store import reads
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from crmtxt.model.views import TodayItem
    from crmtxt.services.writer import Writer

LAST_CONTACTS = 3


def digest(writer: Writer) -> Digest:
    """Return what has come due for one of us, customer by customer, the most important first."""
    who = person(writer)
    found: dict[str, list[TodayItem]] = {}
    for item in agenda.due_for(writer, who):
        found.setdefault(item.customer, []).append(item)
    name = writer.settings.text(f"team.{who}.name") or who
    title = agenda.header(writer.settings, writer.today, name)
    return Digest(who, writer.today.isoformat(), title, tuple(_reminder(writer, items) for items in found.values()))


def person(writer: Writer) -> str:
    """Return the key of the colleague who is reminded, "" when it is not known; UsageError for nobody of the team."""
    team = writer.settings.team
    if writer.me and team and writer.me not in team:
        raise UsageError(
            f"'{writer.me}' is no colleague", f"--for, as me: and $CRMTXT_ME, takes keys of team: {', '.join(team)}"
        )
    return writer.me


def _reminder(writer: Writer, items: list[TodayItem]) -> Reminder:
    selection = Selection(None, writer.today)
    found = reads.resolve(writer.index, items[0].customer)
    today, channels = writer.today.isoformat(), writer.settings.channels
    contacts = (
        each
        for each in reads.entries(writer.index, selection, customer=found.id)
        if channels.get(each.kind, 0) > 0 and (each.date or "") <= today
    )
    open_ = [each for each in reads.followups(writer.index, selection, customer=found.id) if each.kind == PROMISE]
    return Reminder(
        found.handle,
        found.name,
        tuple(DueItem(each.reason, each.why, each.action, each.due, each.ref) for each in items),
        tuple(each for _, each in zip(range(LAST_CONTACTS), contacts, strict=False)),
        tuple(each for each in open_ if each.direction != "from"),
        tuple(each for each in open_ if each.direction == "from"),
    )
