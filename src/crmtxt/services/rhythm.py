"""Whom it is time for a word with though nothing is planned: one item a customer, with why."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from crmtxt.model.birthday import birthday_near
from crmtxt.model.views import Word
from crmtxt.model.when import describe
from crmtxt.services.standards import day_of
from crmtxt.services.standards import days
from crmtxt.services.standards import lapsed
from crmtxt.settings import default
from crmtxt.store import dates
from crmtxt.store import reads
from crmtxt.store.cadence import in_words
from crmtxt.store.cadence import span
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.services.standards import Lapsed
    from crmtxt.services.writer import Writer

CADENCE = "cadence"
BIRTHDAY = "birthday"
RENEWAL = "renewal"
BELATED = 7  # days after a birthday on which good wishes are still welcome


def words(writer: Writer, until: date | None = None, whose: str = "") -> list[Word]:
    """Return whom it is time for a word with, today or up to a day, the most pressing first; `whose` customers."""
    found: dict[str, Word] = {}
    for each in (*_renewals(writer, until, whose), *_birthdays(writer, until, whose), *_quiet(writer, until, whose)):
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


def agreed(each: Lapsed) -> str:
    """Return how often we are to be in touch with a customer, and who says so."""
    who = "we agreed to be in touch" if each.own or not each.type else f"{each.type} customers hear from us"
    return f"{who} every {in_words(each.cadence)}"


def _quiet(writer: Writer, until: date | None, whose: str) -> Iterator[Word]:
    """Yield customers quiet for longer than their cadence, those furthest beyond it first."""
    for each in lapsed(writer, until, whose):
        over = (writer.today - date.fromisoformat(each.at_most)).days if ".." in each.cadence else 0
        why = f"{each.said}; {agreed(each)}{f', {days(over)} too long' if over > 0 else ''}"
        action = f"crmtxt log {each.handle} call: …"
        limits = each.due, each.at_most, each.last, each.late
        yield Word(each.handle, each.name, each.owner, CADENCE, why, action, *limits)


def wish(birthday: dates.Birthday) -> str:
    """Return the command that settles a birthday."""
    to = f" to {birthday.contact}" if birthday.contact else ""
    return f"crmtxt log {birthday.customer} message{to}: …"


def _birthdays(writer: Writer, until: date | None, whose: str) -> Iterator[Word]:
    """Yield birthdays from their lead time on, and a week belated, until somebody has spoken with the person."""
    today, ahead = writer.today, lead(writer, "birthday")
    found = []
    for each in dates.birthdays(writer.index, today, whose):
        day = birthday_near(each.written, today - timedelta(BELATED))
        if day and day - ahead <= (until or today) and (each.spoken or "") < (day - ahead).isoformat():
            found.append((day, each))
    for day, each in sorted(found):
        why = f"birthday of {each.person} on {describe(day, today)}"
        late = (today - day).days
        yield Word(
            each.customer, each.name, each.owner, BIRTHDAY, why, wish(each), day.isoformat(), None, each.last, late
        )


def _renewals(writer: Writer, until: date | None, whose: str) -> Iterator[Word]:
    """Yield what is to be renewed from its lead time on, until it is won, lost or closes on another day."""
    today = writer.today
    for each in dates.renewals(writer.index, today, (until or today) + lead(writer, "renewal"), whose):
        day = day_of(each.close)
        if day is None:
            continue
        why = f"{each.title or each.handle} {'closes' if day >= today else 'was to close'} {describe(day, today)}"
        action = f"crmtxt opp won {each.customer} {each.handle}"
        late = (today - day).days
        yield Word(each.customer, each.name, each.owner, RENEWAL, why, action, each.close, None, each.last, late)


def lead(writer: Writer, what: str) -> timedelta:
    """Return how long before its day a birthday or a renewal is named."""
    return timedelta(span(writer.settings.text(f"lead.{what}") or default(f"lead.{what}")))
