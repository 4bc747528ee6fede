r"""One line an item as the user words it: `{field}` and `{field|fallback}`, and nothing else is ever looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import UsageError
from crmtxt.render.clean import clean
from crmtxt.render.clean import clean_line
from crmtxt.render.columns import UnknownKeyError
from crmtxt.render.columns import text_of
from crmtxt.render.columns import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from crmtxt.render.columns import View

PART = re.compile(r"(\{\{|\}\}|\\[tn\\]|\{[^{}]*\}|[{}])")
FIELD = re.compile(r"\{\s*([\w-]+(?:\.[\w-]+)*)\s*(?:\|([^{}]*))?\}")
ALSO = {"handle": ("customer",), "customer": ("handle",), "due": ("date", "next_due")}
LITERALS = {"{{": "{", "}}": "}", "\\t": "\t", "\\n": "\n", "\\\\": "\\"}
GRAMMAR = r"a template holds {field} or {field|fallback}; {{ and }} are braces, \t a tab, \n a new line"


class Field(NamedTuple):
    """A place in a template: the key, dotted into nested items, and what stands there when the value is empty."""

    key: str
    fallback: str = ""


def to_template(view: View, template: str) -> str:
    """Return the template filled in with each item; UsageError for a brace out of place or an unknown field."""
    parts = [_placed(part, view.names) for part in parsed(template)]
    try:
        return "".join(f"{_filled(parts, item)}\n" for item in view.items)
    except UnknownKeyError as error:
        raise unknown(error.key, error.known) from None


def parsed(template: str) -> tuple[str | Field, ...]:
    """Return the template as text and fields, in order."""
    return tuple(_part(piece) for piece in PART.split(template) if piece)


def unknown(key: str, known: Sequence[str]) -> UsageError:
    """Return the refusal of a field, with the nearest and all known ones."""
    from crmtxt.model.names import nearest

    near = nearest(key, known)
    guess = f"did you mean '{near}'? " if near else ""
    fields = f"fields: {', '.join(known)}" if known else "it has no fields"
    return UsageError(f"unknown field '{clean_line(key)}' in the template", guess + fields)


def _placed(part: str | Field, names: Sequence[str]) -> str | Field:
    """Return the part with the key its items have for it."""
    if isinstance(part, str):
        return part
    first, dot, rest = part.key.partition(".")
    for name in (first, *ALSO.get(first, ())):
        if name in names:
            return part._replace(key=f"{name}{dot}{rest}")
    raise unknown(first, names)


def _part(piece: str) -> str | Field:
    if piece in LITERALS:
        return LITERALS[piece]
    match = FIELD.fullmatch(piece)
    if match:
        return Field(match[1], clean(match[2] or ""))
    if piece[0] in "{}":
        raise UsageError(f"'{clean_line(piece)}' in the template is no field", GRAMMAR)
    return clean(piece)


def _filled(parts: Iterable[str | Field], item: object) -> str:
    return "".join(part if isinstance(part, str) else _value(part, item) for part in parts)


def _value(field: Field, item: object) -> str:
    return clean_line(text_of(value_at(item, field.key))) or field.fallback
