"""What changed in the folder since the index was made: size, times and inode of every file, compared for inequality."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING
from zlib import crc32

from crmtxt.store import files

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from crmtxt.store.disk import Stat

GRAIN_NS = 2_000_000_000  # the coarsest clock of a file system: a file this fresh is read again next time
UNSURE = (-1, 0, 0, 0)  # stands for the stat of a file that was too fresh when it was read (git's racy rule)


def unchanged(connection: sqlite3.Connection, stats: dict[str, Stat]) -> bool:
    """Say whether the folder is to the last bit what the index was made from, no file of it too fresh to be sure.

    It costs a third of asking for `differences`, which tells when this is False.
    """
    same = "SELECT 1 FROM folder WHERE latest <= ? AND stats = ?"
    return connection.execute(same, (files.now_ns(), _packed(stats))).fetchone() is not None


def differences(connection: sqlite3.Connection, stats: dict[str, Stat]) -> set[str]:
    """Return the paths that are not as the index has them, or were too fresh to be sure.

    Raises ValueError when the index is damaged.
    """
    latest, packed, checksum = connection.execute("SELECT latest, stats, checksum FROM folder").fetchone()
    stored = _unpacked(packed, checksum)
    if latest > files.now_ns():  # the clock was set back: no time can be believed
        return stored.keys() | stats.keys()
    return {path for path, _ in stored.items() ^ stats.items()}


def keep(connection: sqlite3.Connection, stats: dict[str, Stat], seen: Mapping[str, int]) -> None:
    """Note what the index was made from; `seen` is the moment at which each file that was read now was looked at.

    The row is updated in place: of its megabyte SQLite then writes only the pages that differ.
    """
    unsure = {path: UNSURE for path, moment in seen.items() if path in stats and _is_fresh(stats[path], moment)}
    packed = _packed(stats | unsure)
    values = (max(seen.values(), default=None), packed, crc32(packed))
    update = "UPDATE folder SET latest = coalesce(?, latest), stats = ?, checksum = ?"
    if not connection.execute(update, values).rowcount:
        connection.execute("INSERT INTO folder(latest, stats, checksum) VALUES (coalesce(?, 0), ?, ?)", values)


def _is_fresh(stat: Stat, moment: int) -> bool:
    _, changed, renamed, _ = stat
    return max(changed, renamed) + GRAIN_NS > moment


def _packed(stats: dict[str, Stat]) -> bytes:
    """Return the stats as bytes, equal for equal ones (format 2: later ones tell apart what is shared)."""
    return marshal.dumps(stats, 2)


def _unpacked(packed: bytes, checksum: int) -> dict[str, Stat]:
    if crc32(packed) != checksum:
        raise ValueError
    stats: dict[str, Stat] = marshal.loads(packed)  # noqa: S302  # of our own making, as the checksum says
    return stats
