"""What a relationship type promises, held against the log: answers in time, and a word often enough."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from crmtxt.model.names import counted
from crmtxt.services.writer import Writer
from crmtxt.store import reads
from crmtxt.store.cadence import longest
from crmtxt.store.cadence import span

OWED_FOR_DAYS = 90
LOST = "lost"
# the first inbound line of each customer after the last that was not inbound, on channels that are contacts
OWED = """
WITH contact_line AS (SELECT customer, date, kind, who, direction, number, date || printf('%08d', number) AS place
  FROM line WHERE section = 'log' AND date BETWEEN ? AND ? AND kind IN ({kinds}) {owned}),
ours AS (SELECT customer, max(place) AS place FROM contact_line WHERE direction <> 'from' GROUP BY customer)
SELECT c.handle, c.name, c.type, f.path, l.number, l.date, l.kind, l.who, min(l.place)
FROM contact_line l JOIN customer c ON c.id = l.customer JOIN file f ON f.id = c.id
LEFT JOIN ours ON ours.customer = l.customer
WHERE l.direction = 'from' AND l.place > coalesce(ours.place, '')
GROUP BY l.customer ORDER BY l.date, c.handle
"""
QUIET = f"""
SELECT c.handle, c.name, c.owner, c.type, c.stage, c.cadence, c.since, {reads.LAST} AS last
FROM customer c WHERE {reads.OWNED} ORDER BY c.handle
"""  # noqa: S608 - our own words
SNOOZED = """
SELECT c.handle, field.value FROM field JOIN customer c ON c.id = field.file
WHERE field.key = 'snoozed' AND field.value > ? AND field.value = date(field.value, '+0 days')
"""
LAST_LINES = """
SELECT c.handle, f.path, CAST(substr(max(l.date || printf('%08d', l.number)), 11) AS INTEGER)
FROM customer c JOIN file f ON f.id = c.id LEFT JOIN line l ON l.customer = c.id AND l.touch = 1 AND l.date <= ?
GROUP BY c.id
"""


class Owed(NamedTuple):
    """An answer that is overdue: who wrote or called and when, `first` of them, and the time agreed."""

    handle: str
    name: str
    type: str | None
    kind: str
    who: str
    first: str
    day: date
    within: str
    lines: tuple[str, ...]


class Lapsed(NamedTuple):
    """A relationship quiet for longer than agreed: `own` says that the cadence is the customer's, not its type's.

    `due` is the last day agreed, `at_most` the last before it is too long; `last` is the day of the last contact,
    `late` the days since `due`.
    """

    handle: str
    name: str
    owner: str | None
    type: str | None
    cadence: str
    own: bool
    said: str
    due: str
    at_most: str
    last: str | None
    late: int


def owed(writer: Writer, owner: str = "") -> Iterator[Owed]:
    """Yield the answers owed past the time of the customer's type, to those of one owner, the oldest first (R7)."""
    contacts = [kind for kind, weight in writer.settings.channels.items() if weight > 0]
    since = (writer.today - timedelta(OWED_FOR_DAYS)).isoformat()
    owned = f"AND customer IN (SELECT id FROM customer c WHERE {reads.OWNED})" if owner else ""  # noqa: S608  # ours
    rows = writer.index.query(
        OWED.format(kinds=",".join("?" * len(contacts)), owned=owned),
        (since, writer.today.isoformat(), *contacts, *([owner] if owner else [])),
    )
    names = reads.first_names(writer.index, (str(row[0]) for row in rows))
    for row in rows:
        handle, name, type_, path, number, day, kind, who, _ = map(_text, row)
        within = writer.settings.type_setting(type_ or None, "answer_within")
        if (writer.today - date.fromisoformat(day)).days <= span(within):
            continue
        people = [each.removeprefix("@") for each in who.split(", ")]
        said = ", ".join(names.get((handle, each), each) for each in people)
        when, place = date.fromisoformat(day), (f"{path}:{number}",)
        yield Owed(handle, name, type_ or None, kind, said, people[0], when, within, place)


def lapsed(writer: Writer, until: date | None = None, whose: str = "") -> list[Lapsed]:
    """Return the customers, all or `whose`, quiet for longer than their cadence, those furthest beyond it first.

    With `until`, those too whose time comes up to that day. Who is snoozed until later is left out.
    """
    found: list[tuple[float, Lapsed]] = []
    day = until or writer.today
    asleep = resting(writer, day)
    of_type = lru_cache(lambda type_: writer.settings.type_setting(type_, "cadence"))
    rows: list[Any] = writer.index.query(QUIET, (writer.today.isoformat(), whose))
    for handle, name, owner, type_, stage, own, since, last in rows:
        cadence = own or ("" if stage == LOST else of_type(type_))
        agreed = span(cadence)
        start = day_of(last) or day_of(since)
        if not agreed or start is None or (day - start).days <= agreed or handle in asleep:
            continue
        quiet = (writer.today - start).days
        said = f"{'quiet for' if last else 'no contact logged, known for'} {days(quiet)}"
        limits = _limits(start, cadence)
        late = quiet - int(agreed)
        each = Lapsed(handle, name, owner, type_, cadence, bool(own), said, *limits, last, late)
        found.append((quiet / longest(cadence), each))
    return [each for _, each in sorted(found, key=lambda pair: -pair[0])]


def resting(writer: Writer, day: date) -> dict[str, str]:
    """Return the customers that rest on a day, each with the day until which it does."""
    rows: list[Any] = writer.index.query(SNOOZED, (day.isoformat(),))
    return dict(rows)


@lru_cache(maxsize=8192)
def _limits(start: date, cadence: str) -> tuple[str, str]:
    return (start + timedelta(span(cadence))).isoformat(), (start + timedelta(longest(cadence))).isoformat()


def last_lines(writer: Writer) -> dict[str, str]:
    """Return where each customer was last heard of, path:line; the path alone where that is in no line."""
    rows: list[Any] = writer.index.query(LAST_LINES, (writer.today.isoformat(),))
    return {handle: f"{path}:{number}" if number else path for handle, path, number in rows}


def days(count: int) -> str:
    """Return a number of days in words."""
    return counted(count, "day")


@lru_cache(maxsize=4096)
def day_of(text: str | None) -> date | None:
    """Return the day of an ISO date, None for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _text(value: object) -> str:
    return "" if value is None else str(value)
