"""The YAML head of a file, read strictly: a tree whose every value knows where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from crmtxt.text.headerror import HeadError

if TYPE_CHECKING:
    from decimal import Decimal

    from crmtxt.text.node import Node

__all__ = ["HeadError", "flatten", "plain_value", "read_head", "resolve", "resolved"]

LARGEST = 1024 * 1024  # bytes of UTF-8
MOST_DIGITS = 4300  # beyond this Python refuses to make an int
NULLS = frozenset({"", "~", "null"})

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)


def read_head(text: str, *, first_line: int = 2) -> Node:
    """Read what stands between the two `---` lines, without a byte order mark; an empty head is an empty map.

    `first_line` is the number of its first line in the file, for messages. Raises HeadError.
    """
    from crmtxt.text import headtree

    _check_text(text)
    return headtree.build(text, first_line)


def resolve(text: str) -> bool | int | Decimal | str | None:
    """Return what an unquoted text stands for: null, a truth value, a number, or the text itself."""
    if text in NULLS:
        return None
    if text in {"true", "false"}:
        return text == "true"
    if len(text) <= MOST_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            from decimal import Decimal

            return Decimal(text)
    return text


def resolved(node: Node) -> bool | int | Decimal | str | None:
    """Return what a scalar stands for; in quotes or as a block of text it is always text."""
    text = cast("str", node.value)
    return resolve(text) if node.plain else text


def plain_value(node: Node) -> Any:  # noqa: ANN401 - a tree of dict, list and resolved scalars
    """Return the tree without places: dict, list and resolved scalars."""
    if isinstance(node.value, dict):
        return {key: plain_value(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain_value(child) for child in node.value]
    return resolved(node)


def flatten(node: Node) -> list[tuple[str, str | None]]:
    """Return each scalar as written under its dotted key, null as None; a list of scalars gives one row an item."""
    rows: list[tuple[str, str | None]] = []
    _add_rows(node.value, "", rows)
    return rows


def _add_rows(children: Any, prefix: str, rows: list[tuple[str, str | None]]) -> None:  # noqa: ANN401
    for key, (kind, _, _, value, plain, *_) in children.items():
        if kind == "scalar":
            rows.append((prefix + key, None if plain and value in NULLS else value))
        elif kind == "map":
            _add_rows(value, f"{prefix}{key}.", rows)
        else:
            _add_items(value, prefix + key, rows)


def _add_items(items: list[Node], name: str, rows: list[tuple[str, str | None]]) -> None:
    for number, item in enumerate(items):
        if isinstance(item.value, str):
            rows.append((name, None if item.plain and item.value in NULLS else item.value))
        elif isinstance(item.value, dict):
            _add_rows(item.value, f"{name}.{number}.", rows)
        else:
            _add_items(item.value, f"{name}.{number}", rows)


def _check_text(text: str) -> None:
    if len(text) * 4 > LARGEST and len(text.encode()) > LARGEST:
        raise HeadError("the head is larger than 1 MiB", 0, 1, "size", "move long texts into the notes")
    if text.startswith("\ufeff"):
        raise HeadError("a byte order mark inside the head", 0, 1, "character", "delete this invisible character")
    if "<<<<<<<" in text or "=======" in text or ">>>>>>>" in text:
        marker = _CONFLICT.search(text.replace("\r", " "))
        if marker:
            hint = "keep the lines that are right and delete those of <<<<<<<, ======= and >>>>>>>"
            width = len(marker[0].rstrip())
            raise HeadError("a marker of a git conflict without its counterpart", marker.start(), width, "marker", hint)
