"""Putting things off: a line of Next to another day, the rhythm of a customer until one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.model.when import describe
from crmtxt.services import customers
from crmtxt.services import followups
from crmtxt.store import reads

if TYPE_CHECKING:
    from datetime import date

    from crmtxt.model.change import Change
    from crmtxt.services.writer import Writer


def snooze(writer: Writer, name: str, day: date) -> Change:
    """Return the change that moves a follow-up, or lets a customer rest until a day when `name` is one.

    Raises:
        NotFoundError: there is neither.
        UsageError: there are both, or the day is the one it is due on already, or for a customer is not ahead.
    """
    try:
        item, _ = reads.by_reference(writer.index, name, writer.today)
    except NotFoundError as missing:
        return _resting(writer, _customer(writer, name, missing), day)
    if (both := writer.index.query("SELECT name FROM customer WHERE handle = ?", (name,))) and item.ref != name:
        hint = f"write {item.ref} for the follow-up, or crmtxt set {name} snoozed={day} for the customer"
        raise UsageError(f"'{name}' is {both[0][0]}, and a follow-up of {item.name}", hint)
    return followups.snooze(writer, name, day)


def _customer(writer: Writer, name: str, missing: NotFoundError) -> reads.Found:
    try:
        return reads.resolve(writer.index, name)
    except NotFoundError:
        raise NotFoundError(f"no open follow-up and no customer '{name}'", missing.hint) from None


def _resting(writer: Writer, found: reads.Found, day: date) -> Change:
    if day <= writer.today:
        raise UsageError(f"{describe(day, writer.today)} is not ahead", "say a day to come, such as +2w")
    understood = f"{found.name} · nothing of its rhythm until {describe(day, writer.today)}"
    change = customers.set_values(writer, found, [f"snoozed={day.isoformat()}"])
    return change._replace(summary=f"{found.handle}: snooze to {day.isoformat()}", understood=(understood,))
