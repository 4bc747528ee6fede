"""What changed in the folder since the index was made: size, times and inode of every file, compared for inequality."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING

from crmtxt.store import files

if TYPE_CHECKING:
    import sqlite3

    from crmtxt.store.disk import Stat

NEVER = 1 << 62  # later than any moment, in as many bytes
GRAIN_NS = 2_000_000_000  # the coarsest clock of a file system: a file this fresh is read again next time


def unchanged(connection: sqlite3.Connection, stats: dict[str, Stat]) -> bool:
    """Say whether the folder is to the last bit what the index was made from, no file of it too fresh to be sure.

    It costs a tenth of asking for `differences`, which tells when this is False.
    """
    same = "SELECT 1 FROM folder WHERE latest <= ? AND stats = ?"
    return connection.execute(same, (files.now_ns(), _packed(stats))).fetchone() is not None


def differences(connection: sqlite3.Connection, stats: dict[str, Stat]) -> set[str]:
    """Return the paths that are not as the index has them, or too fresh to be sure (git's racy rule)."""
    rows = connection.execute("SELECT path, size, mtime_ns, ctime_ns, inode FROM file")
    stored = {row[0]: row[1:] for row in rows}
    latest = connection.execute("SELECT max(seen_ns) FROM file").fetchone()[0]
    if latest is not None and latest > files.now_ns():  # the clock was set back: no time can be believed
        return stored.keys() | stats.keys()
    changed = {path for path, stat in stored.items() if stats.get(path) != stat}
    return changed | (stats.keys() - stored.keys()) | _fresh(connection)


def keep(connection: sqlite3.Connection, stats: dict[str, Stat]) -> None:
    """Note what the index was made from, for `unchanged`; that it never holds when a file was too fresh to be sure.

    The row is updated in place: of its megabyte SQLite then writes only the pages that differ.
    """
    if _fresh(connection):
        connection.execute("UPDATE folder SET latest = ?", (NEVER,))
        return
    values = (_packed(stats), connection.execute("SELECT coalesce(max(seen_ns), 0) FROM file").fetchone()[0])
    if not connection.execute("UPDATE folder SET stats = ?, latest = ?", values).rowcount:
        connection.execute("INSERT INTO folder(stats, latest) VALUES (?, ?)", values)


def _fresh(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT path FROM file WHERE max(mtime_ns, ctime_ns) + ? > seen_ns", (GRAIN_NS,))
    return {path for (path,) in rows}


def _packed(stats: dict[str, Stat]) -> bytes:
    """Return the stats as bytes, equal for equal ones (format 2: later ones tell apart what is shared)."""
    return marshal.dumps(stats, 2)
