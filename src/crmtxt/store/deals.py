"""What the index knows of opportunities: those of the heads as they stand, and their moves as the log tells them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from typing import NamedTuple

from crmtxt.measure.deals import Course
from crmtxt.measure.deals import Deal
from crmtxt.measure.deals import Logged
from crmtxt.measure.deals import Step
from crmtxt.model.money import Money
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import KIND
from crmtxt.model.opportunity import read_move
from crmtxt.model.pipeline import Lead
from crmtxt.model.pipeline import OpportunityMove
from crmtxt.store.index import Index
from crmtxt.store.opportunities import Facts
from crmtxt.store.opportunities import facts_of
from crmtxt.store.selecting import Selection
from crmtxt.store.selecting import selected


def known(index: Index, customer: int = 0) -> list[Deal]:
    """Return every opportunity of the book, or of one customer, as it stands, by customer."""
    return index.views(
        _deal,
        "SELECT customer, handle, title, owner, amount, currency, close, steps, words FROM opportunity "  # noqa: S608
        f"{f'WHERE customer = {int(customer)}' if customer else ''} ORDER BY customer, rowid",  # a number
    )


def _deal(row: tuple[int, str, str, str, str | None, str, str, str, str]) -> Deal:
    customer, handle, title, owner, amount, currency, close, steps, words = row
    worth = None if amount is None else Money(Decimal(amount), currency)
    return Deal(customer, handle, title, owner, worth, close, tuple(map(_step, steps.split("\n"))), words)


@lru_cache(maxsize=4096)  # many came to a stage on one day
def _step(text: str) -> Step:
    day, _, stage = text.partition(" ")
    return Step(stage, int(day) if day else None)


def ahead(index: Index, day: date) -> set[tuple[int, str]]:
    """Return the opportunities, by customer and handle, of which a line is dated after a day."""
    rows: list[Any] = index.query(
        f"SELECT DISTINCT customer, subject FROM main.line WHERE section = 'log' AND kind = '{KIND}' AND date > ?",  # noqa: S608
        (day.isoformat(),),
    )
    return set(rows)


def in_heads(index: Index, customer: int = 0) -> dict[tuple[int, str], Facts]:
    """Return what the heads, or one customer's, say of each opportunity, by customer and handle."""
    rows: list[Any] = index.query(
        "SELECT file, key, value FROM field "  # noqa: S608  # a number
        f"WHERE key > '{HEAD}.' AND key < '{HEAD}/' AND {f'file = {int(customer)}' if customer else 'file <> 0'} "
        "ORDER BY file, rowid"
    )
    by_file: dict[int, list[tuple[str, str | None]]] = {}
    for file, *field in rows:
        by_file.setdefault(file, []).append((field[0], field[1]))
    return {(file, handle): facts for file, some in by_file.items() for handle, facts in facts_of(some).items()}


def moves(index: Index, until: str = "9999", customer: int = 0) -> list[Logged]:
    """Return the lines of the log about opportunities, or those of one customer, up to a day, in the order of time."""
    return index.views(
        Logged._make,
        "SELECT customer, subject, date, by, text FROM line "  # noqa: S608  # a number
        f"WHERE section = 'log' AND kind = '{KIND}' AND date <= ? "
        f"AND {f'customer = {int(customer)}' if customer else '1'} ORDER BY customer, date, number",
        (until,),
    )


MARKS = {
    "type": "SELECT id, type FROM customer WHERE type <> ''",
    "source": "SELECT file, substr(value, 1, instr(value || ' ', ' ') - 1) FROM field "
    "WHERE key = 'source' AND file <> 0 AND value <> ''",
    "tag": "SELECT customer, name FROM tag ORDER BY rowid",
}


def continued(index: Index) -> dict[tuple[int, str], str]:
    """Return the continuation of the latest line about each opportunity, by customer and handle."""
    rows: list[Any] = index.query(
        "SELECT customer, subject, more FROM line WHERE section = 'log' AND kind = ? ORDER BY customer, date, number",
        (KIND,),
    )
    return {(customer, handle): more for customer, handle, more in rows}


class Owner(NamedTuple):
    """The customer an opportunity is one of."""

    handle: str
    name: str


def owners(index: Index, selection: Selection) -> dict[int, Owner]:
    """Return the customers a query selects, by their number."""
    where, order, values = selected(index, selection, "customer", "c.name COLLATE NOCASE, c.handle")
    rows: list[Any] = index.query(
        f"SELECT c.id, c.handle, c.name FROM customer c WHERE {where} ORDER BY {order}",  # noqa: S608
        values,
    )
    return {number: Owner(*facts) for number, *facts in rows}


def marks(index: Index, per: str) -> dict[int, tuple[str, ...]]:
    """Return the type, the source (its first word) or the tags of customers that have one, by their number."""
    rows: list[Any] = index.query(MARKS[per])
    found: dict[int, tuple[str, ...]] = {}
    for customer, name in rows:
        found[customer] = (*found.get(customer, ()), name)
    return found


def next_steps(index: Index) -> dict[tuple[int, str], str]:
    """Return the first open line of Next for each opportunity, as day and text, by customer and handle."""
    rows: list[Any] = index.query(
        "SELECT l.customer, t.value, l.date, l.kind, l.text FROM token t JOIN line l ON l.id = t.line "
        "WHERE t.key = 'for' AND l.section = 'next' AND l.box = ' ' ORDER BY l.date DESC, l.time DESC"
    )
    return {(customer, handle): f"{day} {kind}: {text}" for customer, handle, day, kind, text in rows}


def course(index: Index, customer: int) -> list[OpportunityMove]:
    """Return every line of the log about a customer's opportunities, in the order of time."""
    return index.views(
        lambda row: OpportunityMove._make((*row[:3], row[3].removeprefix("@") or None, *row[4:])),
        "SELECT c.handle, l.subject, l.date, l.by, l.text, f.path, l.number FROM line l "
        "JOIN customer c ON c.id = l.customer JOIN file f ON f.id = c.id "
        "WHERE l.section = 'log' AND l.kind = ? AND l.customer = ? "
        "ORDER BY l.date, l.number",
        (KIND, customer),
    )


def courses(index: Index, selection: Selection) -> list[Course]:
    """Return the stages of each customer a query selects, as the log tells them; the head is right about the last."""
    where, order, values = selected(index, selection, "customer", "c.id")
    rows: list[Any] = index.query(
        "SELECT c.id, c.stage, c.since, l.date, l.text FROM customer c "  # noqa: S608
        "LEFT JOIN line l ON l.customer = c.id AND l.section = 'log' AND l.kind = 'stage' "
        f"WHERE {where} ORDER BY {order}, l.date, l.number",
        values,
    )
    found: dict[int, list[Step]] = {}
    now: dict[int, str] = {}
    for customer, stage, since, day, text in rows:
        steps, now[customer] = found.setdefault(customer, []), stage or ""
        if text is None:
            steps.append(Step(stage or "", _ordinal(since)))
        elif move := read_move(text):
            if not steps:
                steps.append(Step(move.before, _ordinal(since if since and since <= day else None)))
            steps.append(Step(move.after, _ordinal(day)))
    for customer, steps in found.items():
        if not steps or steps[-1].stage != now[customer]:
            steps.append(Step(now[customer], None))
    return [Course(tuple(steps)) for steps in found.values()]


def _ordinal(text: str | None) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text else None
    except ValueError:  # named by check
        return None


def leads(index: Index, selection: Selection) -> list[Lead]:
    """Return the customers at the first stage of the book that a query selects, the oldest first."""
    where, order, values = selected(index, selection, "customer", "c.since, c.name COLLATE NOCASE, c.handle")
    today = selection.today

    def lead(row: tuple[str, str, str | None, str | None, str | None, str | None]) -> Lead:
        since = row[4]
        try:
            age = (today - date.fromisoformat(since)).days if since else None
        except ValueError:  # named by check
            age = None
        return Lead(*row[:5], age, row[5])

    return index.views(
        lead,
        "SELECT c.handle, c.name, c.owner, (SELECT value FROM field WHERE file = c.id AND +key = 'source'), c.since, "  # noqa: S608
        "(SELECT date || ' ' || kind || ': ' || text FROM line "
        "WHERE customer = c.id AND section = 'next' AND box = ' ' ORDER BY date, time LIMIT 1) "
        f"FROM customer c WHERE c.stage = ? AND {where} ORDER BY {order} LIMIT ?",
        (index.settings.stages[0], *values, selection.limit or -1),
    )
