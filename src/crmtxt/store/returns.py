"""What the index knows of where customers came from, and of what became of them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import Any
from typing import NamedTuple

from crmtxt.store.index import Index
from crmtxt.store.selecting import Selection
from crmtxt.store.selecting import selected

TOUCHES = """
SELECT l.customer, l.date, t.value FROM token t CROSS JOIN line l ON l.id = t.line
WHERE t.key = 'source' AND l.section = 'log'
UNION ALL
SELECT customer, date, 'campaign ' || subject FROM line
WHERE section = 'log' AND kind = 'campaign' AND subject <> ''
"""


class Begun(NamedTuple):
    """A customer, where it stands, the day it began, "" where nobody wrote one down, and where it came from."""

    handle: str
    name: str
    stage: str
    since: str
    source: str


def customers(index: Index, selection: Selection) -> dict[int, Begun]:
    """Return the customers a query selects, by their number; without `since`, they began with their first line."""
    where, order, values = selected(index, selection, "customer", "c.name COLLATE NOCASE, c.handle")
    sources = origins(index)
    rows: list[Any] = index.query(
        "SELECT c.id, c.handle, c.name, coalesce(c.stage, ''), coalesce(c.since, "  # noqa: S608
        "(SELECT min(date) FROM line WHERE customer = c.id AND section = 'log'), '') "
        f"FROM customer c WHERE {where} ORDER BY {order}",
        values,
    )
    return {number: Begun._make((*facts, sources.get(number, ""))) for number, *facts in rows}


def origins(index: Index) -> dict[int, str]:
    """Return where customers came from, as their heads say it; of several the first."""
    rows: list[Any] = index.query(
        "SELECT file, value FROM field WHERE key = 'source' AND file <> 0 ORDER BY rowid DESC"
    )
    return {number: text for number, text in rows if text}


def touches(index: Index) -> list[tuple[int, str, str]]:
    """Return what the logs tell of sources: the customer, the day, and the source as it is written."""
    return index.views(lambda row: row, TOUCHES)


class Turn(NamedTuple):
    """A step of a relationship to another stage."""

    date: str
    before: str
    after: str


def turns(index: Index) -> dict[int, Turn]:
    """Return the last step of each customer to another stage, as the log tells it."""
    rows: list[Any] = index.query(
        "SELECT customer, date, text FROM line WHERE section = 'log' AND kind = 'stage' ORDER BY customer, date, number"
    )
    return {number: Turn(day, before.strip(), after.strip()) for number, day, before, after in map(_parted, rows)}


def _parted(row: tuple[int, str, str]) -> tuple[int, str, str, str]:
    before, _, after = row[2].partition("->")
    return row[0], row[1], before, after
