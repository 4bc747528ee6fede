"""Which files name a customer: in their lines, as a value of their head, as the person of a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmtxt.store.index import Index

NAMED_IN_LINES = "SELECT customer AS file FROM person WHERE folded >= :handle || '/' AND folded < :handle || '0'"
NAMED_IN_HEADS = """
SELECT file FROM field WHERE value = '@' || :handle OR value GLOB '@' || :handle || '/*'
OR key = 'source' AND ' ' || value || ' ' GLOB '* @' || :handle || '[/ ]*'
OR value = :handle AND (key = 'distinct' OR key GLOB 'contacts.*.person')
"""


def naming(index: Index, handle: str) -> list[str]:
    """Return the paths of all other files that name a customer by its handle, in order."""
    rows = index.query(
        f"SELECT DISTINCT path FROM file JOIN customer c ON c.id = file.id WHERE c.handle <> :handle "  # noqa: S608
        f"AND file.id IN ({NAMED_IN_LINES} UNION {NAMED_IN_HEADS}) ORDER BY path".replace(":handle", "?1"),
        (handle,),
    )
    return [str(path) for (path,) in rows]
