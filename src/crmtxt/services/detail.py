"""Everything about one customer, from the index alone: nothing is parsed that was parsed before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.names import fold
from crmtxt.model.views import Contact
from crmtxt.model.views import CustomerDetail
from crmtxt.store import facts
from crmtxt.store import reads
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crmtxt.model.views import LogEntry
    from crmtxt.store.index import Index

FACTS = ("title", "email", "phone", "role", "influence", "stance", "ours")
PLACES = 6  # of figures
LISTED_APART = ("contacts.", "opportunities.")


def detail(index: Index, found: reads.Found, today: date) -> CustomerDetail:
    """Return one customer as of a day; later log lines are left out."""
    selection = Selection(None, today)
    item = reads.customers(index, selection, customer=found.id)[0]
    fields = facts.fields(index, found.id)
    values = dict(fields)
    log = tuple(
        entry for entry in reads.entries(index, selection, customer=found.id) if (entry.date or "") <= today.isoformat()
    )
    return CustomerDetail(
        *item._replace(health=_health(index, found, today)),
        since=values.get("since"),
        source=values.get("source"),
        contacts=_contacts(found, values, log),
        opportunities=facts.opportunities(index, found.id),
        next=tuple(reads.followups(index, selection, customer=found.id)),
        log=log,
        notes=facts.notes(index, found.id),
        path=found.path,
        fields=_others(fields),
    )


def _health(index: Index, found: reads.Found, today: date) -> float | None:
    from crmtxt.measure.health import health
    from crmtxt.store.measures import histories

    known = histories(index, [found.handle])[found.handle]
    return rounded(health(known.history, known.terms, today.toordinal(), index.settings.health).index)


def rounded(value: float | None) -> float | None:
    """Return a figure as it is answered: with six decimals."""
    return None if value is None else round(value, PLACES)


def _contacts(found: reads.Found, values: dict[str, str], log: Sequence[LogEntry]) -> tuple[Contact, ...]:
    """Return the mapped people with how often, and when last, they are in the log."""
    met: dict[str, list[str]] = {}
    for item in log:
        for who in item.who:
            met.setdefault(fold(who), []).append(item.date or "")
    people = []
    for handle, name in found.contacts:
        days = [day for word in {fold(handle), fold(name)} for day in met.get(word, ())]
        title, email, phone, role, influence, stance, ours = (values.get(f"contacts.{handle}.{key}") for key in FACTS)
        known = (title, email, phone, role, _whole(influence), _whole(stance), ours)
        people.append(Contact(found.handle, handle, name, *known, talks=len(days), last=max(days, default=None)))
    return tuple(people)


def _others(fields: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return every other value of the head by its dotted key, as it is written."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in fields:
        if not key.startswith(LISTED_APART):
            found[key] = (*found.get(key, ()), value)
    return found


def _whole(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None
