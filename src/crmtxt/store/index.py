"""The index of a book: compared with the folder before every command, healed, and never believed over a file."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import BookSettings
from crmtxt.settings import book_settings
from crmtxt.store import files
from crmtxt.store.schema import INDEXES
from crmtxt.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from crmtxt.store.rows import FileRows

GRAIN_NS = 2_000_000_000  # the coarsest clock of a file system: a file this fresh is read again next time
FLUSH = 1000
BOOK_ID = 0
Stats = dict[str, tuple[int, int, int, int]]


# temporary tables of the same name stand before those of the index
AS_OF = """
CREATE TEMP VIEW line AS
  SELECT * FROM main.line WHERE section IN ('name', 'notes') OR (section = 'log' AND date <= :day);
CREATE TEMP TABLE customer AS SELECT id, handle, name, coalesce(
  (SELECT trim(substr(text, instr(text, '->') + 2)) FROM main.line
   WHERE customer = c.id AND section = 'log' AND kind = 'stage' AND date <= :day
   ORDER BY date DESC, number DESC LIMIT 1),
  (SELECT trim(substr(text, 1, instr(text, '->') - 1)) FROM main.line
   WHERE customer = c.id AND section = 'log' AND kind = 'stage' AND date > :day ORDER BY date, number LIMIT 1),
  stage) AS stage, type, owner, since, cadence, NULL AS value, NULL AS currency, NULL AS weighted
FROM main.customer c WHERE coalesce(since, '') <= :day OR EXISTS (
  SELECT 1 FROM main.line WHERE customer = c.id AND section = 'log' AND date <= :day)
"""


class Index:
    """The open index of one book: `connection` for reading, `settings` and `problems` of what it holds."""

    def __init__(self, root: str, path: str) -> None:
        self.root = root
        self.path = path
        self.scanned: list[Problem] = []
        self.connection = self._open()
        self.settings = self._settings()

    def query(self, sql: str, parameters: Iterable[object] = ()) -> list[tuple[object, ...]]:
        """Return all rows of a query; a damaged index is made anew, once, and asked again."""
        values = tuple(parameters)
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError:
            self.rebuild()
            return self.connection.execute(sql, values).fetchall()

    def problems(self) -> list[Problem]:
        """Return what cannot be read in the book, by place."""
        rows = self.query(
            "SELECT path, line, column, code, message, hint, source, width "
            "FROM problem JOIN file ON file.id = problem.file",
        )
        return sorted([*self.scanned, *(Problem(*row) for row in rows)])  # type: ignore[arg-type]  # columns of problem

    def rebuild(self) -> None:
        """Throw the index away and make it anew; in memory where the cache cannot be written."""
        self.connection.close()
        files.discard(self.path)
        self.connection = self._open()
        self.settings = self._settings()

    def as_of(self, day: date) -> None:
        """Answer from here on as things stood: no later log lines, earlier stages, nothing only today's head tells."""
        for statement in AS_OF.replace(":day", f"'{day.isoformat()}'").split(";\n"):
            self.connection.execute(statement)

    def _open(self) -> sqlite3.Connection:
        for attempt in (self._on_disk, self._anew, self._in_memory):
            connection = None
            try:
                connection = attempt()
                _heal(connection, self.root, self.scanned)
            except (sqlite3.DatabaseError, OSError):
                if connection is not None:
                    connection.close()
                if attempt == self._in_memory:
                    raise
            else:
                return connection
        raise AssertionError

    def _on_disk(self) -> sqlite3.Connection:
        files.make_private_folder(self.path.rsplit("/", 1)[0])
        connection = sqlite3.connect(self.path, timeout=5, isolation_level=None, cached_statements=64)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return connection
        if connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() != (_schema(),):
            connection.close()
            raise sqlite3.DatabaseError
        return connection

    def _anew(self) -> sqlite3.Connection:
        files.discard(self.path)
        return self._on_disk()

    def _in_memory(self) -> sqlite3.Connection:
        return sqlite3.connect(":memory:", isolation_level=None)

    def _settings(self) -> BookSettings:
        rows = self.query("SELECT key, value FROM field WHERE file = ? ORDER BY rowid", (BOOK_ID,))
        return book_settings(rows)  # type: ignore[arg-type]  # columns of field


def _schema() -> str:
    return str(_hash_text(TABLES + INDEXES))


def _hash_text(text: str) -> str:
    """Return a digest of a text that is the same in every process."""
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


def _heal(connection: sqlite3.Connection, root: str, scanned: list[Problem]) -> None:
    stats, problems = files.scan(root)
    scanned[:] = problems
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and not _differences(connection, stats):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _Update(
            connection, root, stats, cold=not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        ).run()
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _differences(connection: sqlite3.Connection, stats: Stats) -> set[str]:
    """Return the paths that are not as the index has them, or too fresh to be sure (git's racy rule)."""
    stored = {
        path: tuple(stat)
        for path, *stat in connection.execute("SELECT path, size, mtime_ns, ctime_ns, inode FROM file")
    }
    fresh = connection.execute("SELECT path FROM file WHERE max(mtime_ns, ctime_ns) + ? > seen_ns", (GRAIN_NS,))
    changed = {path for (path,) in fresh}
    latest = connection.execute("SELECT max(seen_ns) FROM file").fetchone()[0]
    if latest is not None and latest > files.now_ns():  # the clock was set back: no time can be believed
        return stored.keys() | stats.keys()
    if stored != stats:
        changed |= {path for path in stored.keys() | stats.keys() if stored.get(path) != stats.get(path)}
    return changed


class _Update:
    """One transaction that brings the index up to the folder."""

    def __init__(self, connection: sqlite3.Connection, root: str, stats: Stats, *, cold: bool) -> None:
        self.connection = connection
        self.root = root
        self.stats = stats
        self.cold = cold
        self.pending: dict[str, list[tuple[object, ...]]] = {}
        self.count = 0

    def run(self) -> None:
        if self.cold:
            for statement in TABLES.split(";\n"):
                self.connection.execute(statement)
            self.connection.execute("INSERT INTO meta VALUES ('schema', ?)", (_schema(),))
        self.next_file = (self._max("file") or 0) + 1
        self.next_line = (self._max("line") or 0) + 1
        changed = set(self.stats) if self.cold else _differences(self.connection, self.stats)
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

    def _max(self, table: str) -> int | None:
        found = self.connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0]  # noqa: S608  # a literal of ours
        return None if found is None else int(found)

    def _meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _read(self, path: str, settings: BookSettings | None) -> None:
        """Read one file into the pending rows, or only its stat when its content is as it was."""
        from crmtxt.store.rows import FileRows
        from crmtxt.store.rows import customer_rows
        from crmtxt.store.rows import settings_rows

        known = (
            None
            if self.cold
            else self.connection.execute("SELECT id, hash FROM file WHERE path = ?", (path,)).fetchone()
        )
        stat = self.stats.get(path)
        if stat is None:
            self._forget(known)
            return
        seen, digest = files.now_ns(), b""
        try:
            data = files.read(self.root, path)
            digest = files.digest(data)
            if known and known[1] == digest:
                self.connection.execute(
                    "UPDATE file SET size=?, mtime_ns=?, ctime_ns=?, inode=?, seen_ns=? WHERE id=?",
                    (*stat, seen, known[0]),
                )
                return
            rows = settings_rows(data, path) if settings is None else customer_rows(data, path, settings)
        except InvalidError as error:
            rows = FileRows([], (error.problem,) if error.problem else ())
        self._forget(known)
        number = BOOK_ID if settings is None else known[0] if known else self.next_file
        self.next_file = max(self.next_file, number + 1)
        self._add("file", (number, path, *stat, seen, digest))
        self._put(number, rows)

    def _forget(self, known: tuple[int, bytes] | None) -> None:
        if known is None:
            return
        number = known[0]
        self.connection.execute("DELETE FROM words WHERE rowid IN (SELECT id FROM line WHERE customer = ?)", (number,))
        for table, column in (
            ("file", "id"), ("problem", "file"), ("field", "file"), ("customer", "id"), ("alias", "customer"),
            ("tag", "customer"), ("contact", "customer"), ("opportunity", "customer"), ("line", "customer"),
            ("topic", "customer"), ("person", "customer"),
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
        self._add_all("opportunity", ((number, *opportunity) for opportunity in rows.opportunities))
        for row, words, topics, people in rows.lines:
            line, self.next_line = self.next_line, self.next_line + 1
            self._add("line", (line, number, *row))
            self._add("words", (line, words))
            self._add_all("topic", ((line, number, topic) for topic in topics))
            self._add_all("person", ((line, number, folded) for folded in people))
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
