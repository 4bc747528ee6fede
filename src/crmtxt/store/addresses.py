"""The e-mail addresses of the book: whose they are."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Sequence
from typing import NamedTuple

from crmtxt.model.names import fold
from crmtxt.store.index import Index

# of contacts; of people with a file of their own where they are contacts; of files themselves
ADDRESSES = """
SELECT e.value AS address, coalesce(t.name, p.name, t.handle) AS name, c.id AS id, t.handle AS contact,
  coalesce(t.since, '') AS since, coalesce(t.until, '9999') AS until
FROM field e JOIN contact t ON t.customer = e.file AND e.key = 'contacts.' || t.handle || '.email'
JOIN customer c ON c.id = e.file LEFT JOIN customer p ON p.handle = t.person
WHERE e.key >= 'contacts.' AND e.key < 'contacts/' AND e.value IS NOT NULL
UNION ALL
SELECT e.value, coalesce(t.name, p.name), t.customer, t.handle, coalesce(t.since, ''), coalesce(t.until, '9999')
FROM field e JOIN customer p ON p.id = e.file JOIN contact t ON t.person = p.handle
WHERE e.key = 'email' AND e.value IS NOT NULL
UNION ALL
SELECT e.value, c.name, c.id, '', '', '9999' FROM field e JOIN customer c ON c.id = e.file
WHERE e.key = 'email' AND e.value IS NOT NULL
"""
BOOK_OF_ADDRESSES = f"""
SELECT a.address, a.name, c.name, c.handle FROM ({ADDRESSES}) a JOIN customer c ON c.id = a.id
ORDER BY a.until <= ?, a.contact = '', c.name COLLATE NOCASE, a.name COLLATE NOCASE, a.address"""  # noqa: S608  # the table above


class Address(NamedTuple):
    """An address in an address book: whose it is, and at which customer."""

    address: str
    name: str
    customer: str


class Owner(NamedTuple):
    """Whose an address is: the customer's number, the contact ("" for the customer itself), from when to when."""

    address: str
    name: str
    id: int
    contact: str
    since: str
    until: str


def addresses(index: Index, words: Sequence[str], today: str) -> list[Address]:
    """Return the addresses with all the words in name, address or customer, each once; who has left comes last."""
    wanted = [part for word in words for part in fold(word).split()]
    found: dict[str, Address] = {}
    for *whose, handle in index.query(BOOK_OF_ADDRESSES, (today,)):
        about = fold(f"{' '.join(map(str, whose))} {handle}")
        if all(word in about for word in wanted):
            address = Address._make(map(str, whose))
            found.setdefault(address.address.lower(), address)
    return list(found.values())


def owners(index: Index) -> list[Owner]:
    """Return every address of the book with whose it is; one that several have is there for each of them."""
    return index.views(Owner._make, ADDRESSES)
