"""The merge of the head: key by key and map entry by map entry, each side's lines as they stand."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from functools import partial
from typing import NamedTuple

from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.head import resolved
from crmtxt.text.mergeitems import Order
from crmtxt.text.mergeitems import by_name
from crmtxt.text.mergeitems import weave
from crmtxt.text.mergelines import Conflict
from crmtxt.text.mergelines import DoubtError
from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import either
from crmtxt.text.mergelines import merge_lines
from crmtxt.text.mergelines import rows_of
from crmtxt.text.mergelist import merge_collection
from crmtxt.text.node import Node
from crmtxt.text.splice import indentation
from crmtxt.text.splice import line_start_after

Path = tuple[str, ...]

NOTHING = Node("scalar", 0, 0, "")
LAST = "\U0010ffff"  # what goes behind any key


class Entry(NamedTuple):
    """A key and its value, `before` and `after` standing around it; or a line that is a comment or blank.

    `order` says what goes first where both sides put in something: the smaller key, with the comments above it.
    """

    name: str
    order: Order
    before: str
    value: str = ""
    after: str = ""
    head: str = ""
    node: Node = NOTHING

    @property
    def text(self) -> str:
        """Return its lines."""
        return self.before + self.value + self.after

    @property
    def is_map(self) -> bool:
        """Say whether it has entries in lines of their own."""
        return self.node.kind == "map" and not self.node.flow

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing behind the key, or { }."""
        return resolved(self.node) is None if self.node.kind == "scalar" else not self.node.value


def merge_head(base: str, ours: str, theirs: str) -> list[Piece]:
    """Return the heads of both sides as one; DoubtError when one cannot be read."""
    return _merge_map((), *map(_top, (base, ours, theirs)))


def _top(head: str) -> list[Entry]:
    """Return the entries of a head."""
    try:
        root = read_head(head)
    except HeadError as error:
        raise DoubtError(f"a head cannot be read: {error.message}") from None
    if root.flow:
        raise DoubtError("a head in braces")
    return _entries(head, root, 0, len(head))


def _entries(head: str, node: Node, at: int, until: int) -> list[Entry]:
    """Return the entries of a map and the lines between them, from a place to another."""
    found = []
    for name, child in node.value.items() if isinstance(node.value, dict) else ():
        start, end = child.key_start - len(indentation(head, child.key_start)), line_start_after(head, child.end)
        if start < at or head[start : child.key_start].strip():
            raise DoubtError("two keys on one line")
        found += _between(head[at:start], name)
        value, value_end = child.start, child.end
        if child.kind == "map" and not child.flow:
            value, value_end = line_start_after(head, child.key_end), end
        parts = (head[start:value], head[value:value_end], head[value_end:end])
        found.append(Entry(name, (name,), *parts, head, child))
        at = end
    return found + _between(head[at:until], LAST)


def _between(text: str, key: str) -> list[Entry]:
    """Return the comments and blank lines above a key, which stay together when it is new."""
    return [Entry(row, (key, text), row) for row in rows_of(text)]


def _below(entry: Entry | None) -> list[Entry]:
    """Return the entries of a map, none for what is empty or missing."""
    if entry is None or not entry.is_map:
        return []
    start, end = (line_start_after(entry.head, at) for at in (entry.node.key_end, entry.node.end))
    return _entries(entry.head, entry.node, start, end)


def _merge_map(path: Path, base: list[Entry], ours: list[Entry], theirs: list[Entry]) -> list[Piece]:
    return weave(base, ours, theirs, (by_name(base, ours), by_name(base, theirs)), partial(_settle, path))


def _settle(path: Path, base: Entry | None, ours: Entry | None, theirs: Entry | None) -> list[Piece]:
    """Return what becomes of one key, or a line between keys: nothing when it is gone."""
    if ours and theirs:
        return _settle_both((*path, ours.name), base, ours, theirs)
    before, mine, yours = (entry.text if entry else "" for entry in (base, ours, theirs))
    chosen = either(before, mine, yours)
    if chosen is not None:
        return [chosen] if chosen else []
    items = merge_collection(base, ours, theirs)
    name = next(entry.name for entry in (ours, theirs) if entry)
    return [Conflict((*path, name), mine, yours)] if items is None else items


def _settle_both(path: Path, base: Entry | None, ours: Entry, theirs: Entry) -> list[Piece]:
    chosen = either(base.text if base else "", ours.text, theirs.text)
    if chosen is not None:
        return [chosen]
    if ours.is_map and theirs.is_map and (base is None or base.is_map or base.is_empty):
        before = either(base.before if base else "", ours.before, theirs.before)
        if before is None:
            raise DoubtError("a key is written in different ways")
        below = _merge_map(path, _below(base), _below(ours), _below(theirs))
        return [before, *below] if below else []
    if all(entry is None or entry.node.style in {"|", ">"} for entry in (base, ours, theirs)):
        return merge_lines(rows_of(base.text if base else ""), rows_of(ours.text), rows_of(theirs.text), path)
    items = merge_collection(base, ours, theirs)
    if items is None:
        items = _scalar(base, ours, theirs)
    return [Conflict(path, ours.text, theirs.text)] if items is None else items


def _scalar(base: Entry | None, ours: Entry, theirs: Entry) -> list[Piece] | None:
    """Return the line of a value that one side changed, or both alike, with the comment of the other; else None."""
    if ours.node.kind != "scalar" or theirs.node.kind != "scalar":
        return None
    before, mine, yours = (_meaning(entry) for entry in (base, ours, theirs))
    if mine == yours:
        value = either(base.value if base else "", ours.value, theirs.value) or min(ours.value, theirs.value)
    elif mine == before:
        value = theirs.value
    elif yours == before:
        value = ours.value
    else:
        return None
    begin = either(base.before if base else "", ours.before, theirs.before)
    end = either(base.after if base else "", ours.after, theirs.after)
    return None if begin is None or end is None else [begin, value, end]


def _meaning(entry: Entry | None) -> object:
    """Return what a scalar stands for, with its type, so that 1 is not true."""
    if entry is None or entry.node.kind != "scalar":
        return None
    value = resolved(entry.node)
    return type(value), value
