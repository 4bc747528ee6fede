"""Everything about one customer: the head as the index has it, the lines from the file."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import date
from typing import NamedTuple

from crmtxt.model.details import Contact
from crmtxt.model.details import CustomerDetail
from crmtxt.model.details import Opportunity
from crmtxt.model.followup import references
from crmtxt.model.line import LOG
from crmtxt.model.line import OPEN
from crmtxt.model.names import fold
from crmtxt.model.views import FollowUp
from crmtxt.model.views import LogEntry
from crmtxt.settings import BookSettings
from crmtxt.store import files
from crmtxt.store import reads
from crmtxt.store import ties
from crmtxt.store.book import Book
from crmtxt.store.index import Index
from crmtxt.store.kept import Kept
from crmtxt.store.kept import kept
from crmtxt.text.document import Document
from crmtxt.text.document import decode
from crmtxt.text.parse import parse

FACTS = ("title", "email", "phone", "role", "influence", "stance", "ours", "wanted")
PLACES = 6  # of figures
LISTED_APART = ("contacts.", "opportunities.")


class Page(NamedTuple):
    """One file read as of a day: what the index keeps of it, its parts, and its values by dotted key."""

    kept: Kept
    document: Document
    values: dict[str, str]
    place: reads.Place
    today: date
    settings: BookSettings


def detail(book: Book, found: reads.Found, today: date) -> CustomerDetail:
    """Return one customer as of a day; later log lines are left out. InvalidError when the file cannot be read."""
    return told(read_page(book, found, today), book.index)


def told(page: Page, index: Index) -> CustomerDetail:
    """Return what the file of a customer tells."""
    values, log = page.values, _log(page)
    last = max((item.date for item in log if item.date and _is_touch(item, page.settings)), default=None)
    follow_ups = _follow_ups(page)
    return CustomerDetail(
        handle=page.place.handle,
        name=page.place.name,
        stage=values.get("stage"),
        type=values.get("type"),
        owner=values.get("owner"),
        tags=tuple(value for key, value in page.kept.fields if key == "tags" and value),
        last=last,
        quiet_days=(page.today - date.fromisoformat(last)).days if last else None,
        next_due=min((item.date for item in follow_ups), default=None),
        value=page.kept.value,
        currency=page.kept.currency,
        health=_health(page),
        since=values.get("since"),
        source=values.get("source"),
        contacts=_contacts(page, log, index),
        ties=ties.ties(index, page.place.handle),
        opportunities=_opportunities(page),
        next=follow_ups,
        log=log,
        notes=page.document.notes,
        path=page.place.path,
        fields=_others(page.kept),
    )


def read_page(book: Book, found: reads.Found, today: date) -> Page:
    """Return the file of a customer, read as of a day; InvalidError when it cannot be read."""
    document = parse(decode(files.read(book.root, found.path), found.path), found.path)
    known = kept(book.index, found.id)
    values = {key: value for key, value in known.fields if value is not None}
    name = values.get("name") or found.handle
    place = reads.Place(found.handle, name, found.path, 0)
    return Page(known, document, values, place, today, book.index.settings)


def _health(page: Page) -> float | None:
    from crmtxt.measure.health import health
    from crmtxt.store.cadence import cadence_of
    from crmtxt.store.terms import terms_of

    tags = (value for key, value in page.kept.fields if key == "tags" and value)
    terms = terms_of(page.settings, cadence_of(page.values, tags, page.settings), page.values.get("type"))
    return rounded(health(page.kept.history, terms, page.today.toordinal(), page.settings.health).index)


def rounded(value: float | None) -> float | None:
    """Return a figure as it is answered: with six decimals."""
    return None if value is None else round(value, PLACES)


def day_of(entry: LogEntry) -> int:
    """Return the day of something that happened."""
    return date.fromisoformat(entry.date or "").toordinal()


def iso(day: int | None) -> str | None:
    """Return a day as it is answered."""
    return None if day is None else date.fromordinal(day).isoformat()


def _log(page: Page) -> tuple[LogEntry, ...]:
    """Return the log up to the day, the newest first."""
    entries = [entry for entry in page.document.log if entry.line.date <= page.today.isoformat()]
    entries.sort(key=lambda entry: (entry.line.date, entry.line.time, entry.number), reverse=True)
    return tuple(reads.entry_view(entry.line, LOG, page.place._replace(line=entry.number)) for entry in entries)


def _follow_ups(page: Page) -> tuple[FollowUp, ...]:
    entries = [entry for entry in page.document.next if entry.line.box == OPEN]
    refs = references(page.place.handle, [entry.line for entry in entries])
    views = [
        reads.followup_view(entry.line, ref, page.place._replace(line=entry.number), page.today)
        for entry, ref in zip(entries, refs, strict=True)
    ]
    return tuple(sorted(views, key=lambda item: (item.date, item.time or "", item.line)))


def _contacts(page: Page, log: tuple[LogEntry, ...], index: Index) -> tuple[Contact, ...]:
    """Return the mapped people with how often, and when last, they are in the log; those who are gone come last.

    What an entry does not tell of a person with a file of their own is told by that file.
    """
    files = ties.people(index, [person for *_, person, _, _ in page.kept.contacts if person])
    met: dict[str, list[str]] = {}
    for item in log:
        for who in item.who:
            met.setdefault(fold(who), []).append(item.date or "")
    people = []
    for handle, own, person, since, until in page.kept.contacts:
        elsewhere = files.get(person or "", {})
        name = own or elsewhere.get("name") or handle
        days = [day for known in dict.fromkeys((fold(handle), fold(name))) for day in met.get(known, [])]
        title, email, phone, role, influence, stance, ours, wanted = (
            page.values.get(f"contacts.{handle}.{key}") or elsewhere.get(key) for key in FACTS
        )
        cares = tuple(value for key, value in page.kept.fields if value and key == f"contacts.{handle}.cares_about")
        facts = (title, email, phone, role, _whole(influence), _whole(stance), cares, ours, wanted)
        former = until is not None and until < page.today.isoformat()
        talks = (len(days), max(days, default=None))
        people.append(Contact(page.place.handle, handle, name, *facts, *talks, person, since, until, former))
    return tuple(sorted(people, key=lambda each: each.former))


def _opportunities(page: Page) -> tuple[Opportunity, ...]:
    return tuple(Opportunity(*row) for row in page.kept.opportunities)


def _others(known: Kept) -> dict[str, tuple[str, ...]]:
    """Return every other value of the head by its dotted key, as it is written."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in known.fields:
        if value is not None and not key.startswith(LISTED_APART):
            found[key] = (*found.get(key, ()), value)
    return found


def _is_touch(item: LogEntry, settings: BookSettings) -> bool:
    return item.direction != "to" and settings.channels.get(item.kind, 0) > 0


def _whole(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None
