"""What the index holds of one customer's head and notes, as it is written in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.views import Opportunity

if TYPE_CHECKING:
    from crmtxt.store.index import Index


def fields(index: Index, customer: int) -> list[tuple[str, str]]:
    """Return each value of the head under its dotted key, in the order of the file; a list gives one pair an item."""
    rows = index.query("SELECT key, value FROM field WHERE file = ? AND value IS NOT NULL ORDER BY rowid", (customer,))
    return [(str(key), str(value)) for key, value in rows]


def opportunities(index: Index, customer: int) -> tuple[Opportunity, ...]:
    """Return the opportunities of the head, in the order of the file."""
    rows = index.query(
        "SELECT handle, title, stage, amount, currency, close, (SELECT value FROM field "
        "WHERE file = customer AND key = 'opportunities.' || handle || '.owner' ORDER BY rowid DESC LIMIT 1) "
        "FROM opportunity WHERE customer = ? ORDER BY rowid",
        (customer,),
    )
    return tuple(Opportunity(*row) for row in rows)  # type: ignore[arg-type]  # columns of opportunity


def notes(index: Index, customer: int) -> str:
    """Return the notes of the file, "" when there are none."""
    rows = index.query("SELECT text FROM line WHERE customer = ? AND section = 'notes'", (customer,))
    return str(rows[0][0]) if rows else ""
