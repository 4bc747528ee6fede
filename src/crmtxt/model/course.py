"""What lines of the log tell of a goal or an initiative: how it began, changed and ended; the others are readings."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Mapping
from typing import NamedTuple

from crmtxt.model.line import TITLE
from crmtxt.model.line import quoted
from crmtxt.model.line import tokens
from crmtxt.model.line import write_token
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import INITIATIVE
from crmtxt.model.plans import OUTCOMES
from crmtxt.model.plans import TITLES

OPENED = "opened"
STATUS = "status"
_VALUE = r'"[^"]*"|\S+'
_FIELDS = {GOAL: "whose|goal|measure|from|to|by|agreed", INITIATIVE: "what|for|owner|due"}
_CHANGED = {kind: re.compile(rf"({names}) (?:({_VALUE}) )?-> ({_VALUE})") for kind, names in _FIELDS.items()}
_STEP = re.compile(r"(.*?)[ ]*->[ ]*(.+)")


class Change(NamedTuple):
    """One value that became another, "" for none before."""

    field: str
    before: str
    after: str


class Ending(NamedTuple):
    """How something ended, and every value it had."""

    outcome: str
    values: dict[str, str]


def whole(word: str, values: Mapping[str, str], title: str) -> str:
    """Return `word`, each value as a token, and last the title in quotes."""
    said = [write_token(key, value) for key, value in values.items() if key != title]
    named = [quoted(values[title])] if title in values else []
    return " ".join([word, *said, *named])


def values_of(text: str, title: str) -> dict[str, str]:
    """Return the values that such a line carries."""
    named = TITLE.search(text)
    return {**tokens(text[: named.start()]), title: named[1]} if named else tokens(text)


def changed(field: str, before: str, after: str) -> str:
    """Return the text of a line that gives another value; that of a status names no field."""
    if field == STATUS:
        return f"{before} -> {after}".strip()
    return " ".join(part for part in (field, _written(before), "->", _written(after)) if part)


def read_change(kind: str, text: str) -> Change | None:
    """Return the value that a line changed, None where it tells of anything else."""
    if match := _CHANGED[kind].fullmatch(text):
        return Change(*(_plain(each or "") for each in match.groups()))
    match = _STEP.fullmatch(text) if kind == INITIATIVE and not is_opening(text) else None
    return Change(STATUS, *match.groups()) if match else None


def is_opening(text: str) -> bool:
    """Say whether a line tells that it began."""
    return text.partition(" ")[0] == OPENED


def ending(kind: str, text: str) -> Ending | None:
    """Return how it ended by a line, and what it was; None for any other line."""
    with_status = kind == INITIATIVE and not text.startswith(OUTCOMES[kind])
    status, _, became = text.partition("-> ") if with_status else ("", "", text)
    outcome, _, rest = became.partition(" ")
    if outcome not in OUTCOMES[kind] or is_opening(text) or _CHANGED[kind].fullmatch(text):
        return None
    last = {STATUS: status.strip()} if status.strip() else {}
    return Ending(outcome, {**values_of(rest, TITLES[kind]), **last})


def is_reading(kind: str, text: str) -> bool:
    """Say whether a line tells where it stood, and nothing else."""
    return not (is_opening(text) or ending(kind, text) or read_change(kind, text))


def before(kind: str, text: str, values: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return the values before a line, of what it has after it; None where there was nothing."""
    if is_opening(text):
        return None
    if over := ending(kind, text):
        return over.values
    change = read_change(kind, text)
    if change is None or values is None:
        return values
    rest = {key: value for key, value in values.items() if key != change.field}
    return {**rest, change.field: change.before} if change.before else rest


def _written(value: str) -> str:
    return quoted(value) if " " in value else value.replace('"', "'")


def _plain(value: str) -> str:
    return value[1:-1] if value.startswith('"') else value
