"""The index of a book: compared with the folder before every command, healed, and never believed over a file."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from crmtxt.errors import Problem
from crmtxt.settings import book_settings
from crmtxt.store import files
from crmtxt.store.changes import unchanged
from crmtxt.store.scan import scan
from crmtxt.store.schema import AS_OF
from crmtxt.store.schema import BOOK_ID
from crmtxt.store.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from datetime import date

    from crmtxt.settings import BookSettings

T = TypeVar("T")
DAMAGE = (sqlite3.DatabaseError, UnicodeError)  # what a damaged index makes of a question


class Index:
    """The open index of one book: `connection` for reading, `settings` and `problems` of what it holds."""

    def __init__(self, root: str, path: str) -> None:
        self.root = root
        self.path = path
        self.scanned: list[Problem] = []
        self.prepared: list[Callable[[sqlite3.Connection], object]] = []
        self.is_new = True
        self.connection = self._open()
        self.settings = self._settings()

    def query(self, sql: str, parameters: Iterable[object] = ()) -> list[tuple[object, ...]]:
        """Return all rows of a query; a damaged index is made anew, once, and asked again."""
        values = tuple(parameters)
        return self._asked(lambda: self.connection.execute(sql, values).fetchall())

    def views(self, make: Callable[[Any], T], sql: str, parameters: Iterable[object] = ()) -> list[T]:
        """Return what `make` makes of each row of a query; the rows themselves are never in memory together."""
        values = tuple(parameters)
        return self._asked(lambda: [make(row) for row in self.connection.execute(sql, values)])

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except DAMAGE:
            self.rebuild()
            return ask()

    def problems(self) -> list[Problem]:
        """Return what cannot be read in the book, by place."""
        rows = self.query(
            "SELECT path, line, column, code, message, hint, source, width "
            "FROM problem JOIN file ON file.id = problem.file",
        )
        return sorted([*self.scanned, *(Problem(*row) for row in rows)])  # type: ignore[arg-type]  # columns of problem

    def discard(self) -> None:
        """Throw the index away: the next one is made from nothing."""
        self.connection.close()
        files.discard(self.path)

    def rebuild(self) -> None:
        """Throw the index away and make it anew; in memory where the cache cannot be written."""
        self.discard()
        self.connection = self._open()
        for act in self.prepared:
            act(self.connection)
        self.settings = self._settings()

    def prepare(self, act: Callable[[sqlite3.Connection], object]) -> None:
        """Do something to the connection before it is asked, and again when the index is made anew."""
        self.prepared.append(act)
        try:
            act(self.connection)
        except DAMAGE:
            self.rebuild()

    def as_of(self, day: date) -> None:
        """Answer from here on as things stood: no later log lines, earlier stages, nothing only today's head tells."""
        statements = AS_OF.replace(":day", f"'{day.isoformat()}'").split(";\n")
        self.prepare(lambda connection: [connection.execute(statement) for statement in statements])

    def _open(self) -> sqlite3.Connection:
        for attempt in (self._on_disk, self._anew, self._in_memory):
            connection = None
            try:
                connection = attempt()
                self.is_new = not _is_filled(connection)
                _heal(connection, self.root, self.scanned)
            except Exception:  # what a damaged index makes of our own code cannot be foreseen
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
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            _refuse_foreign(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _anew(self) -> sqlite3.Connection:
        files.discard(self.path)
        return self._on_disk()

    def _in_memory(self) -> sqlite3.Connection:
        return sqlite3.connect(":memory:", isolation_level=None)

    def _settings(self) -> BookSettings:
        rows = self.query("SELECT key, value FROM field WHERE file = ? ORDER BY rowid", (BOOK_ID,))
        return book_settings(rows)  # type: ignore[arg-type]  # columns of field


def _is_filled(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _refuse_foreign(connection: sqlite3.Connection) -> None:
    """Raise for an index of another version or another program."""
    schema = "SELECT value FROM meta WHERE key = 'schema'"
    if _is_filled(connection) and connection.execute(schema).fetchone() != (SCHEMA,):
        raise sqlite3.DatabaseError


def _heal(connection: sqlite3.Connection, root: str, scanned: list[Problem]) -> None:
    stats, problems = scan(root)
    scanned[:] = problems
    if _is_filled(connection) and unchanged(connection, stats):
        return
    from crmtxt.store.update import Update

    connection.execute("BEGIN IMMEDIATE")
    try:
        Update(connection, root, stats, cold=not _is_filled(connection)).run()
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
