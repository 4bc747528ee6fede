"""The differences of two heads, key by key, as meanings."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtxt.model.meaning import ADDED
from crmtxt.model.meaning import LISTED
from crmtxt.model.meaning import REMOVED
from crmtxt.model.meaning import SET
from crmtxt.model.meaning import UNLISTED
from crmtxt.model.meaning import Meaning
from crmtxt.text.head import NULLS
from crmtxt.text.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = frozenset({("contacts",), ("opportunities",), ("plan", "goals"), ("plan", "initiatives")})
EMPTY_MAP = Node("map", 0, 0, {})


def head_meanings(before: Node, after: Node) -> list[Meaning]:
    """Return what was set, added and removed between two heads; nothing for what moved or is spelled otherwise."""
    return list(_maps(before, after, ()))


def _maps(before: Node, after: Node, path: tuple[str, ...]) -> Iterator[Meaning]:
    old, new = _children(before), _children(after)
    for key in dict.fromkeys((*old, *new)):
        yield from _values(old.get(key), new.get(key), (*path, key))


def _values(old: Node | None, new: Node | None, path: tuple[str, ...]) -> Iterator[Meaning]:
    kinds = {node.kind for node in (old, new) if node and not _is_null(node)}
    if not kinds:
        return
    if path[:-1] in NAMED and (old is None or new is None):
        yield Meaning(ADDED if old is None else REMOVED, path, before=_shown(old), after=_shown(new))
    elif kinds == {"map"}:
        yield from _maps(_solid(old, EMPTY_MAP), _solid(new, EMPTY_MAP), path)
    elif "list" in kinds and "map" not in kinds and _is_flat(old) and _is_flat(new):
        yield from _lists(_items(old), _items(new), path)
    elif (before := _shown(old)) != (after := _shown(new)):
        yield Meaning(SET, path, before, after)


def _lists(old: list[str], new: list[str], path: tuple[str, ...]) -> Iterator[Meaning]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    yield from (Meaning(UNLISTED, path, before=item) for item in gone.elements())
    yield from (Meaning(LISTED, path, after=item) for item in come.elements())
    if not gone and not come and old != new:
        yield Meaning(SET, path, ", ".join(old), ", ".join(new))


def _children(node: Node) -> dict[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


def _solid(node: Node | None, empty: Node) -> Node:
    return empty if node is None or _is_null(node) else node


def _is_null(node: Node) -> bool:
    return node.kind == "scalar" and node.plain and node.value in NULLS


def _is_flat(node: Node | None) -> bool:
    """Say whether a value can be read as a list of texts: nothing, one text, or a list of them."""
    items = node.value if node and isinstance(node.value, list) else []
    return all(item.kind == "scalar" for item in items)


def _items(node: Node | None) -> list[str]:
    items = [] if node is None or _is_null(node) else node.value if isinstance(node.value, list) else [node]
    return [_shown(item) for item in items if isinstance(item, Node)]


def _shown(node: Node | None) -> str:
    """Return a value as text: a scalar as written, a list or a map in brackets."""
    if node is None or _is_null(node):
        return ""
    if isinstance(node.value, dict):
        return f"{{{', '.join(f'{key}: {_shown(child)}' for key, child in node.value.items())}}}"
    if isinstance(node.value, list):
        return f"[{', '.join(map(_shown, node.value))}]"
    return node.value
