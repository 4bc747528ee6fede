"""Whom it is time for a word with though nothing is planned: one item a customer, with why; and putting that off."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.model.birthday import birthday_near
from crmtxt.model.views import Word
from crmtxt.model.when import describe
from crmtxt.services import customers
from crmtxt.services import followups
from crmtxt.services.standards import lapsed
from crmtxt.settings import default
from crmtxt.store import dates
from crmtxt.store import reads
from crmtxt.store.cadence import in_words
from crmtxt.store.cadence import span
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.change import Change
    from crmtxt.services.writer import Writer

CADENCE = "cadence"
BIRTHDAY = "birthday"
RENEWAL = "renewal"
BELATED = 7  # days after a birthday on which good wishes are still welcome


def words(writer: Writer, until: date | None = None) -> list[Word]:
    """Return whom it is time for a word with, today or up to a day, the most pressing first."""
    found: dict[str, Word] = {}
    for each in (*_renewals(writer, until), *_birthdays(writer, until), *_quiet(writer, until)):
        first = found.get(each.customer)
        found[each.customer] = first._replace(why=f"{first.why}; {each.why}") if first else each
    return list(found.values())


def selected(writer: Writer, selection: Selection, until: date) -> list[Word]:
    """Return whom it is time for a word with of the customers a query selects, in its order when it has one."""
    found = words(writer._replace(today=selection.today), until)
    if selection.expr is not None or selection.sort:
        chosen = reads.customers(writer.index, Selection(selection.expr, selection.today, selection.sort))
        places = {each.handle: number if selection.sort else 0 for number, each in enumerate(chosen)}
        found = sorted((each for each in found if each.customer in places), key=lambda each: places[each.customer])
    return found[: selection.limit or None]


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


def _quiet(writer: Writer, until: date | None) -> Iterator[Word]:
    """Yield customers quiet for longer than their cadence, those furthest beyond it first."""
    for each in lapsed(writer, until):
        who = "we agreed to be in touch" if each.own or not each.type else f"{each.type} customers hear from us"
        why = f"{each.said}; {who} every {in_words(each.cadence)}"
        action = f"crmtxt log {each.handle} call: …"
        limits = each.due, each.at_most, each.last, each.late
        yield Word(each.handle, each.name, each.owner, CADENCE, why, action, *limits)


def wish(birthday: dates.Birthday) -> str:
    """Return the command that settles a birthday."""
    to = f" to {birthday.contact}" if birthday.contact else ""
    return f"crmtxt log {birthday.customer} message{to}: …"


def _birthdays(writer: Writer, until: date | None) -> Iterator[Word]:
    """Yield birthdays from their lead time on, and a week belated, until somebody has spoken with the person."""
    today, lead = writer.today, _lead(writer, "birthday")
    found = []
    for each in dates.birthdays(writer.index, today):
        day = birthday_near(each.written, today - timedelta(BELATED))
        if day and day - lead <= (until or today) and (each.spoken or "") < (day - lead).isoformat():
            found.append((day, each))
    for day, each in sorted(found):
        why = f"birthday of {each.person} on {describe(day, today)}"
        late = (today - day).days
        yield Word(
            each.customer, each.name, each.owner, BIRTHDAY, why, wish(each), day.isoformat(), None, each.last, late
        )


def _renewals(writer: Writer, until: date | None) -> Iterator[Word]:
    """Yield what is to be renewed from its lead time on, until it is won, lost or closes on another day."""
    today = writer.today
    for each in dates.renewals(writer.index, today, (until or today) + _lead(writer, "renewal")):
        day = _day(each.close)
        if day is None:
            continue
        why = f"{each.title or each.handle} {'closes' if day >= today else 'was to close'} {describe(day, today)}"
        action = f"crmtxt opp won {each.customer} {each.handle}"
        late = (today - day).days
        yield Word(each.customer, each.name, each.owner, RENEWAL, why, action, each.close, None, each.last, late)


def _lead(writer: Writer, what: str) -> timedelta:
    return timedelta(span(writer.settings.text(f"lead.{what}") or default(f"lead.{what}")))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
