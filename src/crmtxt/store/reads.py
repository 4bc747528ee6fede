"""Questions to the index, each one query, answered as views."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from bisect import bisect_left
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from crmtxt.errors import AmbiguousError
from crmtxt.errors import NotFoundError
from crmtxt.model.feedback import read_feedback
from crmtxt.model.followup import SHORTEST
from crmtxt.model.line import Line
from crmtxt.model.line import tokens
from crmtxt.model.names import fold
from crmtxt.model.names import nearest
from crmtxt.model.views import Customer
from crmtxt.model.views import FollowUp
from crmtxt.model.views import LogEntry
from crmtxt.store.index import Index
from crmtxt.store.selecting import Selection
from crmtxt.store.selecting import selected

LINE = "l.box, l.date, l.time, l.kind, l.subject, l.direction, l.who, l.by, l.text, l.more"
FOLLOWUP = "l.ref, c.handle, c.name, f.path, l.number, l.date, l.time, l.kind, l.direction, l.who, l.by, l.text"
FOLLOWUP_WIDTH = FOLLOWUP.count(",") + 1
LAST = "(SELECT max(date) FROM line WHERE customer = c.id AND touch = 1 AND date <= ?)"
NEXT_DUE = "(SELECT min(date) FROM line WHERE customer = c.id AND section = 'next' AND box = ' ')"
# in a book without a team anybody may be one of us
ONE_OF_US = "(ltrim(c.owner, '@') IN (SELECT name FROM team) OR NOT EXISTS (SELECT 1 FROM team))"
OWNED = f"(c.owner IS NULL OR ? IN ('', ltrim(c.owner, '@')) OR NOT {ONE_OF_US})"  # by one of us, or nobody; "" is all
BY = "instr(', ' || l.by || ',', ', @' || {} || ',')"
MANY = 5000


class Found(NamedTuple):
    """One customer as the index knows it: where its file is, and its contacts as (handle, name)."""

    id: int
    handle: str
    name: str
    stage: str | None
    path: str
    contacts: tuple[tuple[str, str], ...]


class Place(NamedTuple):
    """Whose line it is, and where it stands."""

    handle: str
    name: str
    path: str
    line: int


def resolve(index: Index, name: str) -> Found:
    """Return the customer of that handle, name, alias or unique prefix of a handle; never a guess."""
    folded = fold(name)
    for condition, value in (("c.handle = ?", name), ("c.id IN (SELECT customer FROM alias WHERE folded = ?)", folded)):
        rows = _matching(index, condition, (value,))
        if rows:
            return _only(index, name, rows)
    if not folded:
        raise NotFoundError("no customer without a name", "give a handle, a name, or the beginning of a handle")
    rows = _matching(index, "c.handle >= ? AND c.handle < ?", (folded, folded + "\U0010ffff"))
    if rows:
        return _only(index, name, rows)
    near = nearest(folded, (str(row[0]) for row in index.query("SELECT folded FROM alias")))
    raise NotFoundError(f"no customer '{name}'", f"did you mean '{near}'?" if near else "see them all: crmtxt list")


def people(index: Index, name: str) -> list[str]:
    """Return `customer/contact` of everybody in the book with exactly that name."""
    rows = index.query(
        "SELECT c.handle || '/' || contact.handle FROM contact "
        "JOIN customer c ON c.id = contact.customer WHERE contact.folded = ?",
        (fold(name),),
    )
    return [str(row[0]) for row in rows]


def is_mapped(index: Index, person: str) -> bool:
    """Say whether `customer/contact` is in a contact map."""
    sql = "SELECT 1 FROM contact JOIN customer c ON c.id = contact.customer WHERE c.handle = ? AND contact.handle = ?"
    handle, _, contact = person.partition("/")
    return bool(index.query(sql, (handle, contact)))


def customers(index: Index, selection: Selection, *, measured: bool = False) -> list[Customer]:
    """Return the customers a query selects, by name unless sorted otherwise; `measured` with their health."""
    where, order, values = selected(index, selection, "customer", "c.name COLLATE NOCASE, c.handle")
    today, health = selection.today, "NULL"
    if measured:
        from crmtxt.store.measures import measure

        measure(index, today.toordinal())
        health = "(SELECT health FROM measured WHERE customer = c.id)"
    rows = index.query(
        f"SELECT c.id, c.handle, c.name, c.stage, c.type, c.owner, {LAST}, {NEXT_DUE}, c.value, c.currency, {health} "  # noqa: S608
        f"FROM customer c WHERE {where} ORDER BY {order} LIMIT ?",
        (today.isoformat(), *values, selection.limit or -1),
    )
    tags = _tags(index, [row[0] for row in rows])
    return [_customer(row, tags, today) for row in rows]


def followups(
    index: Index, selection: Selection, until: str = "", customer: int = 0, whose: str = ""
) -> list[FollowUp]:
    """Return open lines of Next up to a date, the earliest first; `whose` are done by one of us, or who owns them."""
    where, order, values = selected(index, selection, "line", "l.date, l.time, c.handle, l.number")
    conditions = ["l.section = 'next'", "l.box = ' '", where]
    if until:
        conditions.append(f"l.date <= '{date.fromisoformat(until)}'")
    if customer:
        conditions.append(f"l.customer = {int(customer)}")
    if whose:
        named = f"EXISTS (SELECT 1 FROM team WHERE {BY.format('name')})"  # noqa: S608  # our own words
        anybody = "l.by <> '' AND NOT EXISTS (SELECT 1 FROM team)"
        conditions.append(f"CASE WHEN {named} OR {anybody} THEN {BY.format('?')} ELSE {OWNED} END")
        values = [*values, whose, whose]
    return index.views(
        lambda row: _followup(row, selection.today),
        f"SELECT {FOLLOWUP} FROM line l JOIN customer c ON c.id = l.customer JOIN file f ON f.id = c.id "  # noqa: S608
        f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?",
        (*values, selection.limit or -1),
    )


def by_reference(index: Index, ref: str, today: date) -> tuple[FollowUp, Line]:
    """Return the one open line a reference, or the beginning of one, belongs to."""
    typed = ref.lower()
    rows = index.query(
        f"SELECT {FOLLOWUP}, {LINE} FROM line l JOIN customer c ON c.id = l.customer JOIN file f ON f.id = c.id "  # noqa: S608
        "WHERE l.section = 'next' AND l.box = ' ' AND l.ref >= ? AND l.ref < ? ORDER BY l.date LIMIT 20",
        (typed, typed + "\U0010ffff"),
    )
    if not rows or not typed:
        raise NotFoundError(f"no open follow-up '{ref}'", "see the references: crmtxt due --until eoy")
    if len(rows) > 1:
        found = [_followup(row[:FOLLOWUP_WIDTH], today) for row in rows]
        candidates = tuple(f"{each.ref}  {each.name}  {each.date} {each.kind}: {each.text}" for each in found)
        raise AmbiguousError(f"'{ref}' could be {len(rows)} follow-ups", candidates)
    return _followup(rows[0][:FOLLOWUP_WIDTH], today), _line(rows[0][FOLLOWUP_WIDTH:])


def shortest(index: Index, refs: Sequence[str]) -> dict[str, str]:
    """Return for each reference its shortest beginning, of three characters at least, that no other open line has."""
    known = [
        str(row[0])
        for row in index.query("SELECT DISTINCT ref FROM line WHERE section = 'next' AND box = ' ' ORDER BY ref")
    ]
    return {ref: _prefix(ref, known, bisect_left(known, ref)) for ref in refs}


def entries(
    index: Index, selection: Selection, *, sections: tuple[str, ...] = ("log",), customer: int = 0
) -> list[LogEntry]:
    """Return log entries (and, when asked, lines of Next and notes) a query selects, the newest first."""
    where, order, values = selected(index, selection, "line", "l.date DESC, l.time DESC, c.handle, l.number DESC")
    conditions = [f"l.section IN ({','.join('?' * len(sections))})", where]
    if customer:
        conditions.append(f"l.customer = {int(customer)}")
    return index.views(
        _entry,
        f"SELECT l.section, c.handle, c.name, f.path, l.number, {LINE} "  # noqa: S608
        "FROM line l JOIN customer c ON c.id = l.customer JOIN file f ON f.id = c.id "
        f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?",
        (*sections, *values, selection.limit or -1),
    )


def first_names(index: Index, customers: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the first names of the contacts of some customers, by handle of customer and contact."""
    handles = sorted(set(customers))
    some = f"c.handle IN ({','.join('?' * len(handles))})" if len(handles) <= MANY else "1"
    rows = index.query(
        "SELECT c.handle, named.handle, named.name FROM named "  # noqa: S608  # marks only
        f"JOIN customer c ON c.id = named.customer WHERE {some}",
        handles if len(handles) <= MANY else (),
    )
    return {(str(customer), str(contact)): str(name).split(" ", 1)[0] for customer, contact, name in rows}


def owners(index: Index) -> dict[str, str]:
    """Return who of the team owns each customer, by handle; those nobody owns are left out."""
    rows = index.query(f"SELECT handle, owner FROM customer c WHERE owner IS NOT NULL AND {ONE_OF_US}")  # noqa: S608  # ours
    return {str(handle): str(owner).removeprefix("@") for handle, owner in rows}


def _matching(index: Index, condition: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
    return index.query(
        "SELECT c.handle, c.id, c.name, c.stage, f.path FROM customer c JOIN file f ON f.id = c.id "  # noqa: S608
        f"WHERE {condition} ORDER BY c.handle LIMIT 20",
        values,
    )


def _only(index: Index, name: str, rows: list[tuple[Any, ...]]) -> Found:
    if len(rows) > 1:
        raise AmbiguousError(
            f"'{name}' could be several customers", tuple(f"{row[0]}  {row[2]}  ({row[4]})" for row in rows)
        )
    handle, number, title, stage, path = rows[0]
    if path.rpartition("/")[2] != f"{handle}.md":
        raise RuntimeError("the index is damaged")  # Book.doubt: nothing is written to a file by a flipped bit
    contacts = index.query("SELECT handle, name FROM named WHERE customer = ?", (number,))
    return Found(number, handle, title, stage, path, tuple((str(key), str(label)) for key, label in contacts))


def _tags(index: Index, numbers: Sequence[object]) -> dict[int, list[str]]:
    some = f"WHERE customer IN ({','.join(map(str, numbers))})" if len(numbers) <= MANY else ""
    found: dict[int, list[str]] = {}
    rows: list[Any] = index.query(f"SELECT customer, name FROM tag {some} ORDER BY rowid")  # noqa: S608  # numbers
    for customer, name in rows:
        found.setdefault(customer, []).append(name)
    return found


def _customer(row: tuple[Any, ...], tags: dict[int, list[str]], today: date) -> Customer:
    number, handle, name, stage, type_, owner, last, due, value, currency, health = row
    quiet = (today - date.fromisoformat(last)).days if last else None
    own = tuple(tags.get(number, ()))
    return Customer(handle, name, stage, type_, owner, own, last, quiet, due, value, currency, health)


def _line(row: Sequence[Any]) -> Line:
    box, day, time, kind, subject, direction, who, by, text, more = row
    return Line(
        day, kind, text, time, subject, direction,
        _split(who), _split(by), more, box,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _split(names: str) -> tuple[str, ...]:
    return tuple(names.split(", ")) if names else ()


def _followup(row: Sequence[Any], today: date) -> FollowUp:
    ref, handle, name, path, number, day, time, kind, direction, who, by, text = row
    every = tokens(text).get("every") if "every:" in text.lower() else None
    return FollowUp(
        ref, handle, name, day, time or None, kind, direction or None,
        _names(who), _names(by), text, _days(day, today), every, path, number,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _names(written: str) -> tuple[str, ...]:
    return _plain(_split(written))


@lru_cache(maxsize=4096)
def _days(day: str, today: date) -> int:
    return (today - date.fromisoformat(day)).days


def _entry(row: tuple[Any, ...]) -> LogEntry:
    section, handle, name, path, number, *line = row
    return entry_view(_line(line), section, Place(handle, name, path, number))


def followup_view(line: Line, ref: str, place: Place, today: date) -> FollowUp:
    """Return an open line of Next as it is answered."""
    people = ", ".join(line.who), ", ".join(line.by)
    return _followup((ref, *place, line.date, line.time, line.kind, line.direction, *people, line.text), today)


def entry_view(line: Line, section: str, place: Place) -> LogEntry:
    """Return a line of the log, or where else something was found, as it is answered."""
    kind = f"{line.kind} {line.subject}" if line.subject else line.kind or section
    return LogEntry(
        place.handle, place.name, section, line.date or None, line.time or None, kind, line.direction or None,
        _plain(line.who), _plain(line.by), line.text, line.topics, line.feel, line.quote or None,
        read_feedback(line.more), place.path, place.line,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.removeprefix("@") for name in names)


def _prefix(ref: str, known: list[str], at: int) -> str:
    length = SHORTEST
    for other in (*known[max(0, at - 1) : at], *known[at + 1 : at + 2]):
        same = next((place for place, (one, two) in enumerate(zip(ref, other, strict=False)) if one != two), len(ref))
        length = max(length, same + 1)
    return ref[:length]
