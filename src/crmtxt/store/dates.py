"""What comes by itself: birthdays, and renewals that close."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import date
from typing import Any
from typing import NamedTuple

from crmtxt.store import reads
from crmtxt.store.index import Index

# those who are with the customer still, and were not spoken with since the day given
BIRTHDAYS = f"""
SELECT c.handle, c.name, c.owner, {reads.LAST}, contact.handle, named.name, contact.birthday,
  (SELECT max(l.date) FROM person JOIN line l ON l.id = person.line
   WHERE person.customer = c.id AND person.folded = contact.handle AND l.section = 'log' AND l.date <= ?)
FROM contact CROSS JOIN customer c ON c.id = contact.customer
CROSS JOIN named ON named.customer = c.id AND named.handle = contact.handle
WHERE contact.birthday IS NOT NULL AND coalesce(contact.until, '9') >= ? AND coalesce(c.stage, '') <> 'lost'
AND {reads.OWNED}
ORDER BY c.handle, contact.handle
"""  # noqa: S608 - our own words
# of files of their own, unless a company says another: spoken with there, or at the companies where they are
OWN_BIRTHDAYS = f"""
SELECT c.handle, c.name, c.owner, {reads.LAST}, '', c.name, own.value,
  (SELECT max(l.date) FROM line l WHERE l.section = 'log' AND l.date <= ? AND (l.customer = c.id OR l.id IN (
    SELECT person.line FROM contact JOIN person ON person.customer = contact.customer
    AND person.folded = contact.handle WHERE contact.person = c.handle)))
FROM field own JOIN customer c ON c.id = own.file
WHERE own.key = 'birthday' AND own.value IS NOT NULL AND coalesce(c.stage, '') <> 'lost'
  AND NOT EXISTS (SELECT 1 FROM contact
    WHERE person = c.handle AND birthday IS NOT NULL AND coalesce(until, '9') >= ?)
  AND {reads.OWNED}
ORDER BY c.handle
"""  # noqa: S608 - our own words
RENEWALS = f"""
SELECT c.handle, c.name, c.owner, {reads.LAST}, o.handle, o.title, o.close
FROM opportunity o JOIN customer c ON c.id = o.customer
WHERE coalesce(o.stage, '') NOT IN ('won', 'lost') AND o.close <= ? AND {reads.OWNED} AND EXISTS (
  SELECT 1 FROM line WHERE customer = c.id AND section = 'log' AND kind = 'opportunity' AND date <= ?
  AND text LIKE '%-> won%')
ORDER BY o.close, c.handle, o.handle
"""  # noqa: S608 - our own words


class Birthday(NamedTuple):
    """A birthday as it is written (YYYY-MM-DD or MM-DD), and the last day somebody spoke with that person.

    `contact` is "" for who has a file of their own.
    """

    customer: str
    name: str
    owner: str | None
    last: str | None
    contact: str
    person: str
    written: str
    spoken: str | None


class Closing(NamedTuple):
    """An open opportunity of a customer who has bought before, and the day it closes."""

    customer: str
    name: str
    owner: str | None
    last: str | None
    handle: str
    title: str | None
    close: str


def birthdays(index: Index, today: date, whose: str = "") -> list[Birthday]:
    """Return the birthdays of contacts of today and of those with a file of their own, of all or `whose` customers."""
    values = (*[today.isoformat()] * 3, whose)
    rows: list[Any] = [*index.query(BIRTHDAYS, values), *index.query(OWN_BIRTHDAYS, values)]
    return [Birthday._make(row) for row in rows]


def renewals(index: Index, today: date, last: date, whose: str = "") -> list[Closing]:
    """Return what is open and closes up to a day or is late, with customers, all or `whose`, who bought before."""
    day = today.isoformat()
    rows: list[Any] = index.query(RENEWALS, (day, last.isoformat(), whose, day))
    return [Closing._make(row) for row in rows]
