"""The one transaction that brings an index up to its folder: what changed is read again, what is gone is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import InvalidError
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import book_settings
from crmtxt.store import files
from crmtxt.store.changes import differences
from crmtxt.store.changes import keep
from crmtxt.store.opportunities import opportunity_row
from crmtxt.store.packing import pack
from crmtxt.store.packing import pack_ours
from crmtxt.store.rows import FileRows
from crmtxt.store.rows import customer_rows
from crmtxt.store.rows import settings_rows
from crmtxt.store.schema import BOOK_ID
from crmtxt.store.schema import INDEXES
from crmtxt.store.schema import SCHEMA
from crmtxt.store.schema import TABLES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from crmtxt.settings import BookSettings
    from crmtxt.store.disk import Stat

FLUSH = 1000


class Update:
    """One update, inside the transaction of the caller; `cold` says that there are no tables yet."""

    def __init__(self, connection: sqlite3.Connection, root: str, stats: dict[str, Stat], *, cold: bool) -> None:
        self.connection = connection
        self.root = root
        self.stats = stats
        self.cold = cold
        self.pending: dict[str, list[tuple[object, ...]]] = {}
        self.seen: dict[str, int] = {}
        self.count = 0

    def run(self) -> None:
        """Read what changed, the settings first: when they mean other rows, every file is read again."""
        if self.cold:
            for statement in TABLES.split(";\n"):
                self.connection.execute(statement)
            self.connection.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA,))
        self.next_file = (self._max("file") or 0) + 1
        self.next_line = (self._max("line") or 0) + 1
        changed = set(self.stats) if self.cold else differences(self.connection, self.stats)
        if BOOK_FILE in changed:
            self._read(BOOK_FILE, None)
            changed.discard(BOOK_FILE)
        self._flush()
        settings = book_settings(
            self.connection.execute("SELECT key, value FROM field WHERE file = ? ORDER BY rowid", (BOOK_ID,))
        )
        if not self.cold and self._meta("settings") != settings.fingerprint:
            self.connection.execute("UPDATE file SET hash = NULL WHERE id <> ?", (BOOK_ID,))
            changed |= self.stats.keys() - {BOOK_FILE}
        for path in sorted(changed):
            self._read(path, settings)
        self._flush()
        if self.cold:
            for statement in INDEXES.split(";\n"):
                self.connection.execute(statement)
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES ('settings', ?)", (settings.fingerprint,))
        keep(self.connection, self.stats, self.seen)

    def _max(self, table: str) -> int | None:
        found = self.connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0]  # noqa: S608  # a literal of ours
        return None if found is None else int(found)

    def _meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _read(self, path: str, settings: BookSettings | None) -> None:
        """Read one file into the pending rows, unless its content is as it was."""
        known = (
            None
            if self.cold
            else self.connection.execute("SELECT id, hash FROM file WHERE path = ?", (path,)).fetchone()
        )
        if path not in self.stats:
            self._forget(known)
            return
        self.seen[path], digest = files.now_ns(), b""
        try:
            data = files.read(self.root, path)
            digest = files.digest(data)
            if known and known[1] == digest:
                return
            rows = settings_rows(data, path) if settings is None else customer_rows(data, path, settings)
        except InvalidError as error:
            rows = FileRows([], (error.problem,) if error.problem else ())
        self._forget(known)
        number = BOOK_ID if settings is None else known[0] if known else self.next_file
        self.next_file = max(self.next_file, number + 1)
        self._add("file", (number, path, digest))
        self._put(number, rows)

    def _forget(self, known: tuple[int, bytes] | None) -> None:
        if known is None:
            return
        number = known[0]
        self.connection.execute("DELETE FROM words WHERE rowid IN (SELECT id FROM line WHERE customer = ?)", (number,))
        for table, column in (
            ("file", "id"), ("problem", "file"), ("field", "file"), ("customer", "id"), ("alias", "customer"),
            ("tag", "customer"), ("contact", "customer"), ("opportunity", "customer"), ("line", "customer"),
            ("trait", "customer"), ("topic", "customer"), ("token", "customer"), ("person", "customer"),
            ("history", "customer"), ("figure", "customer"),
        ):  # fmt: skip
            self.connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608  # literals of ours

    def _put(self, number: int, rows: FileRows) -> None:
        self._add_all("problem", ((number, *problem[1:]) for problem in rows.problems))
        self._add_all("field", ((number, *field) for field in rows.fields))
        if rows.customer is None:
            return
        self._add("customer", (number, *rows.customer))
        self._add_all("alias", ((number, folded) for folded in rows.aliases))
        self._add_all("tag", ((number, tag) for tag in rows.tags))
        self._add_all("contact", ((number, *contact) for contact in rows.contacts))
        self._add_all("trait", ((number, *trait) for trait in rows.traits))
        self._add_all("opportunity", ((number, *opportunity_row(each)) for each in rows.opportunities))
        for row, words, topics, people, tokens in rows.lines:
            line, self.next_line = self.next_line, self.next_line + 1
            self._add("line", (line, number, *row))
            self._add("words", (line, words))
            self._add_all("topic", ((line, number, topic) for topic in topics))
            self._add_all("token", ((line, number, key, value) for key, value in tokens))
            self._add_all("person", ((line, number, folded) for folded in people))
        if rows.history is not None:
            self._add("history", (number, *pack(rows.history), pack_ours(rows.history, rows.by)))
        self.count += 1
        if self.count % FLUSH == 0:
            self._flush()

    def _add_all(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.pending.setdefault(table, []).extend(rows)

    def _add(self, table: str, row: tuple[object, ...]) -> None:
        self.pending.setdefault(table, []).append(row)

    def _flush(self) -> None:
        for table, rows in self.pending.items():
            if not rows:
                continue
            columns = "words(rowid, text)" if table == "words" else table
            marks = ",".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT INTO {columns} VALUES ({marks})", rows)  # noqa: S608  # literals of ours
        self.pending.clear()
