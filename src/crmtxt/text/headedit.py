"""Edits of a head that change only the characters they must: one splice, read again, compared, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from crmtxt.errors import InvalidError
from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.text import emit
from crmtxt.text import splice
from crmtxt.text.head import HeadError
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.head import resolved

if TYPE_CHECKING:
    from crmtxt.text.node import Node

Path = tuple[str, ...]


def set_value(text: str, path: Path, value: str, *, as_text: bool = False, newline: str = "\n") -> str:
    """Set one value: the characters of the old one are replaced, a missing key comes last in its map.

    Maps that are missing are made, a number stays one unless `as_text`, `newline` is for a head without a line.
    Raises UsageError when a collection stands there, InvalidError when more than the value would change.
    """
    chain = _chain(text, path)
    node = chain[-1]
    meaning = emit.meaning(value, as_text=as_text)
    if len(chain) <= len(path):
        after = _filled(text, chain, _nested(path[len(chain) - 1 :], value), as_text=as_text, newline=newline)
    elif node.kind != "scalar" and node.value:
        raise UsageError(f"'{_dotted(path)}' holds several values", "name one of them, or remove it first")
    elif node.value == value and type(resolved(node)) is type(meaning):
        return text
    else:
        after = splice.replaced(text, node, in_style_of(node, value, as_text=as_text, flow=_in_flow(chain)))
    return checked(after, with_value(chain[0], path, meaning), path)


def add_entry(text: str, path: Path, entries: Mapping[str, emit.Value], *, newline: str = "\n") -> str:
    """Add a whole new entry, such as a contact, in block style; InvalidError when there is one or it would be empty."""
    chain = _chain(text, path)
    if not entries:
        raise InvalidError(f"'{_dotted(path)}' would be empty", "give it at least one value")
    if len(chain) > len(path) and not _is_empty(chain[-1]):
        raise InvalidError(f"'{_dotted(path)}' is there already", "change its values one by one")
    after = _filled(text, chain, _nested(path[len(chain) - 1 :], entries), newline=newline)
    return checked(after, with_value(chain[0], path, _meanings(entries)), path)


def add_entries(text: str, path: Path, entries: Mapping[str, Mapping[str, emit.Value]], *, newline: str = "\n") -> str:
    """Add several new entries to a map, such as opportunities, at once; InvalidError when one is there already."""
    chain = _chain(text, path)
    missing = len(chain) <= len(path)
    there = {} if missing or _is_empty(chain[-1]) else plain_value(chain[-1])
    if taken := [name for name in entries if isinstance(there, dict) and name in there]:
        raise InvalidError(f"'{_dotted((*path, taken[0]))}' is there already", "change its values one by one")
    new = _nested(path[len(chain) - 1 :], entries) if missing else entries
    after = _filled(text, chain, new, newline=newline)
    return checked(after, with_value(chain[0], path, {**there, **_meanings(entries)}), path)


def remove_value(text: str, path: Path) -> str:
    """Remove one key with its lines, its end-of-line comment and the maps it leaves empty; NotFoundError if absent."""
    chain = _chain(text, path)
    if len(chain) <= len(path):
        known = chain[-1].value if isinstance(chain[-1].value, dict) else ()
        raise NotFoundError(f"the head has no '{_dotted(path)}'", f"there is: {', '.join(known)}" if known else "")
    depth = len(path)
    while depth > 1 and len(chain[depth - 1].value) == 1:
        depth -= 1
    parent, node = chain[depth - 1], chain[depth]
    if parent.flow:
        siblings = list(cast("dict[str, Node]", parent.value).values())
        after = splice.without_item(text, [(child.key_start, child.end) for child in siblings], siblings.index(node))
    else:
        after = splice.without_lines(text, node.key_start, node.end)
    expected = here = plain_value(chain[0])
    for name in path[: depth - 1]:
        here = here[name]
    del here[path[depth - 1]]
    return checked(after, expected, path)


def add_to_list(text: str, path: Path, item: str, *, as_text: bool = False, newline: str = "\n") -> str:
    """Add one item at the end of a list; a lone value becomes a list of two, a missing key `key: [item]`.

    An item that is there already leaves the text as it is. Raises InvalidError when a map stands there.
    """
    chain = _chain(text, path)
    node = chain[-1]
    missing = len(chain) <= len(path)
    if not missing and node.kind == "map" and node.value:
        raise UsageError(f"'{_dotted(path)}' is no list", "name one of its keys")
    items = [] if missing else _items(node)
    if any(_holds(child, item) for child in items):
        return text
    if missing:
        after = _filled(text, chain, _nested(path[len(chain) - 1 :], [item]), as_text=as_text, newline=newline)
    elif node.kind == "list" and items:
        written = emit.scalar(item, as_text=as_text, flow=node.flow)
        after = splice.with_item(text, node, items, written, newline)
    else:
        all_ = [*(_as_item(text, child) for child in items), emit.scalar(item, as_text=as_text, flow=True)]
        after = splice.replaced(text, node, f"[{', '.join(all_)}]")
    values = [*(plain_value(child) for child in items), emit.meaning(item, as_text=as_text)]
    return checked(after, with_value(chain[0], path, values), path)


def remove_from_list(text: str, path: Path, item: str) -> str:
    """Remove an item from a list, and the key with its last one; what is not there leaves the text as it is."""
    chain = _chain(text, path)
    node = chain[-1]
    items = [] if len(chain) <= len(path) else _items(node)
    found = [number for number, child in enumerate(items) if _holds(child, item)]
    if not found:
        return text
    if len(found) == len(items):
        return remove_value(text, path)
    at = found[0]
    if node.flow:
        after = splice.without_item(text, [(child.start, child.end) for child in items], at)
    else:
        after = splice.without_lines(text, splice.dash_before(text, node, items[at].start), items[at].end)
    left = [plain_value(child) for number, child in enumerate(items) if number != at]
    return remove_from_list(checked(after, with_value(chain[0], path, left), path), path, item)


def _chain(text: str, path: Path) -> list[Node]:
    """Return the nodes from the root along a path, as far as they exist."""
    if not path:
        raise InvalidError("no key is named", "name one, such as stage or contacts.jane.title")
    chain = [root_of(text)]
    for name in path:
        children = chain[-1].value
        if not isinstance(children, dict) or name not in children:
            break
        chain.append(children[name])
    return chain


def root_of(text: str) -> Node:
    """Return the tree of a head; InvalidError when it cannot be read."""
    try:
        return read_head(text)
    except HeadError as error:
        line = text.count("\n", 0, error.offset) + 1
        raise InvalidError(f"line {line} of the head: {error.message}", error.hint) from None


def _filled(
    text: str, chain: list[Node], entries: Mapping[str, emit.Value], *, newline: str, as_text: bool = False
) -> str:
    """Return the text with new entries at the end of the last node of a chain: a map, or a null that becomes one."""
    node = chain[-1]
    if not isinstance(node.value, dict) and not _is_empty(node):
        kind = "a list" if node.kind == "list" else "a single value"
        raise UsageError(f"'{_dotted(next(iter(entries)))}' has no place in {kind}", "remove that value first")
    is_root = len(chain) == 1
    children = list(node.value.values()) if isinstance(node.value, dict) else []
    if children and not node.flow:
        lines = _lines(text, chain, entries, _column(text, children[0].key_start), as_text=as_text)
        return splice.with_lines(text, len(text) if is_root else node.end, lines, newline)
    if is_root and not node.flow:
        return splice.with_lines(text, len(text), emit.mapping(entries, 0, as_text=as_text), newline)
    inline = emit.inline(entries, as_text=as_text)
    if node.flow and (children or is_root or "#" in text[node.start : node.end]):
        return splice.with_item(text, node, children, inline[1:-1], newline)
    if _in_flow(chain):
        return splice.replaced(text, node, inline)
    indent = _column(text, node.key_start) + _step(text, chain)
    return splice.with_block(text, node, _lines(text, chain, entries, indent, as_text=as_text), newline)


def _lines(text: str, chain: list[Node], entries: Mapping[str, emit.Value], indent: int, *, as_text: bool) -> str:
    return emit.mapping(entries, indent, step=_step(text, chain), as_text=as_text)


def _step(text: str, chain: list[Node]) -> int:
    """Return by how much a nested map is indented here: as its nearest relatives are, else two spaces."""
    for node in reversed(chain):
        for child in node.value.values() if isinstance(node.value, dict) else ():
            if isinstance(child.value, dict) and child.value and not child.flow:
                grandchild = next(iter(child.value.values()))
                return _column(text, grandchild.key_start) - _column(text, child.key_start)
    return emit.STEP


def _column(text: str, at: int) -> int:
    return len(splice.indentation(text, at))


def _in_flow(chain: list[Node]) -> bool:
    return any(node.flow for node in chain[:-1])


def in_style_of(node: Node, value: str, *, as_text: bool, flow: bool) -> str:
    """Return a value as it is written in the place of another: a text that was in quotes stays in such quotes."""
    if isinstance(emit.meaning(value, as_text=as_text), str):
        if node.style == '"':
            return emit.quoted(value)
        if node.style == "'" and not emit.HIDDEN.search(value):
            return "'" + value.replace("'", "''") + "'"
    return emit.scalar(value, as_text=as_text, flow=flow)


def _as_item(text: str, node: Node) -> str:
    """Return a scalar as it is written inside [ ]: its own quotes if it has them on one line."""
    source = text[node.start : node.end]
    if node.style in {"'", '"'} and "\n" not in source:
        return source
    return emit.scalar(cast("str", node.value), as_text=isinstance(resolved(node), str), flow=True)


def _items(node: Node) -> list[Node]:
    if isinstance(node.value, list):
        return node.value
    return [] if _is_empty(node) or node.kind == "map" else [node]


def _holds(node: Node, item: str) -> bool:
    return node.value == item and resolved(node) is not None


def _is_empty(node: Node) -> bool:
    return resolved(node) is None if node.kind == "scalar" else node.kind == "map" and not node.value


def _nested(path: Path, value: emit.Value) -> Mapping[str, emit.Value]:
    for name in reversed(path):
        value = {name: value}
    return cast("Mapping[str, emit.Value]", value)


def _meanings(value: emit.Value) -> Any:  # noqa: ANN401 - a plain tree
    if isinstance(value, str):
        return emit.meaning(value)
    if isinstance(value, Mapping):
        return {name: _meanings(child) for name, child in value.items()}
    return [emit.meaning(item) for item in value]


def with_value(root: Node, path: Path, value: object) -> Any:  # noqa: ANN401 - a plain tree
    """Return a head as a plain tree with another value under a path."""
    tree = here = plain_value(root)
    for name in path[:-1]:
        here[name] = here.get(name) or {}
        here = here[name]
    here[path[-1]] = value
    return tree


def checked(text: str, expected: object, path: Path) -> str:
    """Return a head if it reads as expected; InvalidError if not."""
    refusal = f"cannot change '{_dotted(path)}' in this head without touching more of it"
    try:
        found = plain_value(read_head(text))
    except HeadError as error:
        raise InvalidError(f"{refusal} ({error.message})", "edit it by hand: crmtxt edit") from None
    if not _same(found, expected):
        raise InvalidError(refusal, "edit it by hand: crmtxt edit")
    return text


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - plain trees
    """Return whether two plain trees are alike: values, their types, and the order of keys."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return [*one] == [*other] and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _dotted(path: Path | str) -> str:
    return path if isinstance(path, str) else ".".join(path)
