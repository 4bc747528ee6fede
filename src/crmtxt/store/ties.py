"""People with a file of their own, and the customers whose contacts name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.details import Tie
from crmtxt.model.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtxt.store.index import Index

FACTS = ("name", "title", "email", "phone")
OF_PERSON = """
SELECT c.handle, c.name, t.handle, f.value, t.since, t.until
FROM contact t JOIN customer c ON c.id = t.customer
LEFT JOIN field f ON f.file = t.customer AND f.key = 'contacts.' || t.handle || '.title'
WHERE t.person = ? ORDER BY coalesce(t.until, '9999') DESC, t.since DESC, c.handle
"""


def ties(index: Index, handle: str) -> tuple[Tie, ...]:
    """Return the customers a person belongs or belonged to, the present ones first."""
    return tuple(Tie(*row) for row in index.query(OF_PERSON, (handle,)))  # type: ignore[arg-type]  # columns


def people(index: Index, handles: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return name, title, e-mail and phone of people by the handle of their file, as far as it tells them.

    They stand at the top of the head, or with the contact there who has the name of the file.
    """
    some = sorted(set(handles))
    rows = index.query(
        "SELECT c.handle, f.key, f.value FROM customer c JOIN field f ON f.file = c.id "  # noqa: S608  # marks only
        f"WHERE c.handle IN ({','.join('?' * len(some))}) AND f.value <> ''",
        some,
    )
    values: dict[str, dict[str, str]] = {}
    for handle, key, value in rows:
        values.setdefault(str(handle), {})[str(key)] = str(value)
    return {handle: _facts(own) for handle, own in values.items()}


def _facts(values: dict[str, str]) -> dict[str, str]:
    names = {key.split(".")[1]: name for key, name in values.items() if key.startswith("contacts.")}
    names |= {
        key.split(".")[1]: name for key, name in values.items() if key.startswith("contacts.") and key.endswith(".name")
    }
    own = next((each for each, name in names.items() if fold(name) == fold(values.get("name", ""))), "")
    found = ((key, values.get(key) or values.get(f"contacts.{own}.{key}", "")) for key in FACTS)
    return {key: value for key, value in found if value}
