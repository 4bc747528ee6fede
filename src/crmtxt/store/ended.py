"""What the index knows of relationships that ended or sleep, and of what is different since."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Collection
from typing import Any
from typing import NamedTuple

from crmtxt.model.feedback import read_feedback
from crmtxt.store.index import Index
from crmtxt.store.selecting import Selection
from crmtxt.store.selecting import selected

DIFFERENT = """
SELECT l.date, t.value, l.text, f.path || ':' || l.number FROM token t CROSS JOIN line l ON l.id = t.line
JOIN file f ON f.id = l.customer WHERE t.key IN ('changed', 'solved') AND l.section = 'log'
"""


class Ended(NamedTuple):
    """A customer who may be worth a word, with its own cadence and the packed interactions."""

    number: int
    handle: str
    name: str
    stage: str
    cadence: str
    type: str | None
    since: str
    interactions: bytes


class Said(NamedTuple):
    """A word of theirs that named something of ours: a subject or a theme of feedback, and its day."""

    customer: int
    date: str
    word: str


def ended(index: Index, selection: Selection, stages: Collection[str], others: Collection[int]) -> list[Ended]:
    """Return the customers a query selects that are at one of some stages, or are among `others`."""
    where, order, values = selected(index, selection, "customer", "c.name COLLATE NOCASE, c.handle")
    marks = ",".join("?" * len(stages))
    return index.views(
        Ended._make,
        "SELECT c.id, c.handle, c.name, coalesce(c.stage, ''), coalesce(c.cadence, ''), c.type, "  # noqa: S608
        "coalesce(c.since, ''), coalesce(h.interactions, x'') "
        "FROM customer c LEFT JOIN history h ON h.customer = c.id "
        f"WHERE {where} AND (c.stage IN ({marks}) OR c.id IN ({_numbers(others)})) ORDER BY {order}",
        (*values, *stages),
    )


def different(index: Index) -> list[tuple[str, str, str, str]]:
    """Return what lines of the log say is different (`changed:price`, `solved:export`): day, words, text, place."""
    return index.views(lambda row: row, DIFFERENT)


def feedback(index: Index, customers: Collection[int]) -> list[Said]:
    """Return the subjects and themes some customers gave feedback on, in the order of time."""
    rows: list[Any] = index.query(
        "SELECT customer, date, more FROM line WHERE section = 'log' AND more LIKE '%- feedback %' "  # noqa: S608
        f"AND customer IN ({_numbers(customers)}) ORDER BY date"
    )
    return [
        Said(customer, day, word.casefold())
        for customer, day, more in rows
        for each in read_feedback(more)
        for word in (each.subject, *each.themes)
    ]


def first_steps(index: Index, customers: Collection[int]) -> dict[int, str]:
    """Return the first open line of Next of some customers, as day and text."""
    rows: list[Any] = index.query(
        "SELECT customer, date || ' ' || kind || ': ' || text FROM line WHERE section = 'next' AND box = ' ' "  # noqa: S608
        f"AND customer IN ({_numbers(customers)}) ORDER BY date DESC, time DESC"
    )
    return dict(rows)


def _numbers(customers: Collection[int]) -> str:
    return ",".join(str(int(each)) for each in customers)
