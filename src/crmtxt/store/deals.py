"""What the index knows of opportunities: those of the heads as they stand, and their moves as the log tells them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import date
from typing import Any
from typing import NamedTuple

from crmtxt.measure.deals import Logged
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import KIND
from crmtxt.model.pipeline import Lead
from crmtxt.model.pipeline import OpportunityMove
from crmtxt.store.index import Index
from crmtxt.store.selecting import Selection
from crmtxt.store.selecting import selected

Facts = dict[str, str]


def in_heads(index: Index, customer: int = 0) -> dict[tuple[int, str], Facts]:
    """Return what the heads, or one customer's, say of each opportunity, by customer and handle."""
    rows: list[Any] = index.query(
        "SELECT file, key, value FROM field "  # noqa: S608  # a number
        f"WHERE key > '{HEAD}.' AND key < '{HEAD}/' AND {f'file = {int(customer)}' if customer else 'file <> 0'} "
        "ORDER BY file, rowid"
    )
    found: dict[tuple[int, str], Facts] = {}
    for file, key, value in rows:
        _, handle, *names = key.split(".")
        facts = found.setdefault((file, handle), {})
        if names and value is not None:
            facts[".".join(names)] = value
    return found


def moves(index: Index, until: str = "9999", customer: int = 0) -> list[Logged]:
    """Return the lines of the log about opportunities, or those of one customer, up to a day, in the order of time."""
    return index.views(
        Logged._make,
        "SELECT customer, subject, date, by, text FROM line "  # noqa: S608  # a number
        f"WHERE section = 'log' AND kind = '{KIND}' AND date <= ? "
        f"AND {f'customer = {int(customer)}' if customer else '1'} ORDER BY customer, date, number",
        (until,),
    )


def continued(index: Index) -> dict[tuple[int, str], str]:
    """Return the continuation of the latest line about each opportunity that has one, by customer and handle."""
    rows: list[Any] = index.query(
        "SELECT customer, subject, more FROM line WHERE section = 'log' AND kind = ? AND more <> '' "
        "ORDER BY customer, date, number",
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
