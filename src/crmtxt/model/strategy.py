"""What is answered of a strategy, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple


class RelationshipType(NamedTuple):
    """One kind of relationship the book wants; `defaults` names the values nobody has changed yet."""

    type: str
    customers: int
    purpose: str
    audience: str
    they_need: str
    they_get: str
    we_get: str
    cost_to_serve: str
    cadence: str
    answer_within: str
    experience: tuple[str, ...]
    roles: tuple[str, ...]
    becomes: str
    defaults: tuple[str, ...]


class StrategyFinding(NamedTuple):
    """Where the book is not what its strategy says: `lines` are the places it comes from, path:line or path."""

    standard: str
    type: str | None
    customer: str | None
    why: str
    hint: str
    lines: tuple[str, ...]
