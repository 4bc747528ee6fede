"""What the index holds of one customer, so that its head is not read again."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import Any
from typing import NamedTuple

from crmtxt.measure.history import History
from crmtxt.store.index import Index
from crmtxt.store.packing import unpack

# main: as the file has it, also in an index that answers as of a past day
CUSTOMER = """
SELECT value, currency, people, interactions, felt, promises
FROM main.customer JOIN main.history ON history.customer = customer.id WHERE customer.id = ?
"""
FIELDS = "SELECT key, value FROM main.field WHERE file = ? ORDER BY rowid"
CONTACTS = "SELECT handle, name, person, since, until FROM main.contact WHERE customer = ? ORDER BY rowid"
OPPORTUNITIES = """
SELECT handle, title, nullif(stage, ''), CAST(amount AS REAL), currency, nullif(close, ''), nullif(owner, '')
FROM main.opportunity WHERE customer = ? AND stage NOT IN ('won', 'lost') ORDER BY rowid
"""


class Kept(NamedTuple):
    """The rows of one customer: values by dotted key, sums, history, contacts and open opportunities in their order."""

    fields: list[tuple[str, str | None]]
    value: float | None
    currency: str | None
    history: History
    contacts: list[tuple[str, str | None, str | None, str | None, str | None]]
    opportunities: list[tuple[Any, ...]]


def kept(index: Index, customer: int) -> Kept:
    """Return what the index holds of a customer, by its number."""
    rows = [index.query(query, (customer,)) for query in (FIELDS, CONTACTS, OPPORTUNITIES)]
    fields, contacts, opportunities = rows
    ((value, currency, *packed),) = index.query(CUSTOMER, (customer,))
    return Kept(fields, value, currency, unpack(*packed), contacts, opportunities)  # type: ignore[arg-type]  # columns
