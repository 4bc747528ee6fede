"""The measures of a whole book: histories from the index, and the figures of a day, worked out once and kept there.

What is kept is a cache like everything else in the index: a file that changed loses its figures, another day or other
terms lose all. Every command takes what it needs over into a temporary table of its own, which queries read.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import sqlite3
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from typing import NamedTuple

from crmtxt.measure import promises
from crmtxt.measure.health import Terms
from crmtxt.measure.health import health
from crmtxt.measure.history import History
from crmtxt.model.line import Line
from crmtxt.settings import BookSettings
from crmtxt.store.index import Index
from crmtxt.store.packing import unpack
from crmtxt.store.terms import terms_of

PARTS = ("rhythm", "strength", "reciprocity", "breadth", "mood", "promises")
Figure = tuple[Any, ...]

MEASURED = """
CREATE TEMP TABLE IF NOT EXISTS measured(
  customer INTEGER PRIMARY KEY, health REAL, rhythm REAL, strength REAL, reciprocity REAL, breadth REAL, mood REAL,
  promises REAL, vetoes TEXT, kept REAL)
"""
HISTORIES = """
SELECT history.customer, main.customer.cadence, main.customer.type, people, interactions, felt, promises
FROM history JOIN main.customer ON main.customer.id = history.customer
"""
KNOWN = """
SELECT c.handle, c.name, f.path, c.cadence, c.type, people, interactions, felt, promises
FROM main.customer c JOIN history ON history.customer = c.id JOIN file f ON f.id = c.id WHERE c.handle IN
"""
MANY = 500  # values of one query
STATE = "figures"
PLACES = 6  # of what is kept


class Known(NamedTuple):
    """A customer to be measured: its history, and what was agreed."""

    handle: str
    name: str
    path: str
    history: History
    terms: Terms


def histories(index: Index, handles: Iterable[str]) -> dict[str, Known]:
    """Return what is known of each of some customers, by handle."""
    found: dict[str, Known] = {}
    wanted = list(handles)
    for start in range(0, len(wanted), MANY):
        some = wanted[start : start + MANY]
        rows: list[Any] = index.query(f"{KNOWN} ({','.join('?' * len(some))})", some)
        for handle, name, path, cadence, type_, *packed in rows:
            found[handle] = Known(handle, name, path, unpack(*packed), terms_of(index.settings, cadence, type_))
    return found


def outcomes(index: Index, until: str) -> Iterator[tuple[str, int, bool]]:
    """Yield what became of relationships by a day: whose, when, and whether it went on (renewed) or not (lost).

    Renewed is an opportunity won by a customer who had one before; lost is a customer who came to the stage lost.
    """
    rows: list[Any] = index.query(
        "SELECT c.handle, l.date, l.kind, l.text FROM main.line l JOIN main.customer c ON c.id = l.customer "
        "WHERE l.section = 'log' AND l.kind IN ('stage', 'opportunity') AND l.date <= ? "
        "ORDER BY c.id, l.date, l.number",
        (until,),
    )
    for handle, lines in groupby(rows, itemgetter(0)):
        won = False
        for _, day, kind, text in lines:
            reached = text.partition("->")[2].split()[:1]
            if (kind == "stage" and reached == ["lost"]) or (won and kind == "opportunity" and reached == ["won"]):
                yield handle, date.fromisoformat(day).toordinal(), kind == "opportunity"
            won = won or (kind == "opportunity" and reached == ["won"])


def promise_lines(index: Index, customer: int = 0) -> Iterator[tuple[str, list[tuple[str, int, Line]]]]:
    """Yield the lines about promises of one customer or of each: section, number and line."""
    rows: list[Any] = index.query(
        "SELECT c.handle, l.section, l.number, l.box, l.date, l.kind, l.direction, l.who, l.by, l.text "  # noqa: S608
        "FROM main.line l JOIN main.customer c ON c.id = l.customer WHERE l.kind IN ('promise', 'kept', 'broken') "
        f"AND {f'l.customer = {int(customer)}' if customer else '1'} ORDER BY l.customer, l.id"
    )
    for handle, some in groupby(rows, itemgetter(0)):
        yield (
            handle,
            [
                (section, number, Line(day, kind, text, "", "", direction, _names(who), _names(by), box=box))
                for _, section, number, box, day, kind, direction, who, by, text in some
            ],
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(", ")) if text else ()


def measure(index: Index, day: int) -> None:
    """Put the figures of every customer as of a day into the table `measured` of this connection."""
    settings = index.settings
    index.prepare(lambda connection: _fill(connection, settings, day))


def _fill(connection: sqlite3.Connection, settings: BookSettings, day: int) -> None:
    connection.execute(MEASURED)
    connection.execute("DELETE FROM temp.measured")
    known = repr((day, settings.health, [_terms_text(settings, type_) for type_ in (None, *settings.types)]))
    if _is_complete(connection, known):
        connection.execute("INSERT INTO temp.measured SELECT * FROM main.figure")
        return
    keeps = _begun(connection)
    try:
        if keeps and _state(connection) != known:
            connection.execute("DELETE FROM main.figure")
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (STATE, known))
        there = "SELECT customer FROM main.figure" if keeps else "SELECT NULL WHERE 0"
        rows = connection.execute(f"{HISTORIES} WHERE history.customer NOT IN ({there})")  # literals
        marks = ",".join("?" * (len(PARTS) + 4))
        new = list(map(_measuring(settings, day), rows))
        if keeps:
            connection.executemany(f"INSERT INTO main.figure VALUES ({marks})", new)  # noqa: S608  # marks
            connection.execute("INSERT INTO temp.measured SELECT * FROM main.figure")
        else:
            connection.executemany(f"INSERT INTO temp.measured VALUES ({marks})", new)  # noqa: S608  # marks
    except BaseException:
        if keeps:
            connection.execute("ROLLBACK")
        raise
    if keeps:
        connection.execute("COMMIT")


def _measuring(settings: BookSettings, day: int) -> Callable[[tuple[Any, ...]], Figure]:
    agreed = lru_cache(lambda cadence, type_: terms_of(settings, cadence, type_))

    def figure(row: tuple[Any, ...]) -> Figure:
        customer, cadence, type_, *packed = row
        history = unpack(*packed)
        found = health(history, agreed(cadence, type_), day, settings.health)
        values = {part.name: part.value for part in found.components}
        vetoes = ", ".join(veto.name for veto in found.vetoes)
        due = promises.due(history.promises, day, ours=True) if history.promises else ()
        kept = sum([each.kept for each in due]) / len(due) if due else None
        figures = (found.index, *map(values.get, PARTS), kept)
        *before, rate = (each if each is None else round(each, PLACES) for each in figures)
        return (customer, *before, vetoes, rate)

    return figure


def _is_complete(connection: sqlite3.Connection, known: str) -> bool:
    """Say whether the figures kept are of that day and those terms, and none is missing."""
    missing = "SELECT 1 FROM history WHERE customer NOT IN (SELECT customer FROM main.figure) LIMIT 1"
    return _state(connection) == known and connection.execute(missing).fetchone() is None


def _state(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (STATE,)).fetchone()
    return row[0] if row else None


def _begun(connection: sqlite3.Connection) -> bool:
    """Begin to write; False where the index cannot be written now, and figures are worked out for this once."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


def _terms_text(settings: BookSettings, type_: str | None) -> tuple[str, str, str]:
    return (type_ or "", settings.type_setting(type_, "cadence"), settings.type_setting(type_, "answer_within"))
