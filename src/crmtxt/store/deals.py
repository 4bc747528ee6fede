"""What the index knows of opportunities: those of the heads as they stand, and their moves as the log tells them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import Any
from typing import NamedTuple

from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import KIND
from crmtxt.store.index import Index

Facts = dict[str, str]


class Logged(NamedTuple):
    """One line of the log about an opportunity: whose, which one, when, by whom; its text is still to be read."""

    customer: int
    handle: str
    date: str
    number: int
    by: str
    text: str


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


def moves(index: Index, customer: int = 0) -> list[Logged]:
    """Return the lines of the log about opportunities, or those of one customer, in the order of time."""
    return index.views(
        Logged._make,
        "SELECT customer, subject, date, number, by, text FROM line "  # noqa: S608  # a number
        f"WHERE section = 'log' AND kind = '{KIND}' AND {f'customer = {int(customer)}' if customer else '1'} "
        "ORDER BY customer, date, number",
    )
