"""Two heads as one: the second is taken into the first, which keeps its characters and, in doubt, its values."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from crmtxt.text import emit
from crmtxt.text import headedit
from crmtxt.text import splice
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.head import resolved
from crmtxt.text.node import LINE_BREAK
from crmtxt.text.node import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str, ...]
LISTS = frozenset({"tags", "aliases", "distinct"})  # a lone value there is a list of one


class Had(NamedTuple):
    """A value the second head had and the first has otherwise: its dotted key, both as they are written on one line."""

    key: str
    kept: str
    given_up: str


def unite_heads(
    kept: str, gone: str, people: Mapping[str, str], newline: str, besides: frozenset[str]
) -> tuple[str, tuple[Had, ...]]:
    """Return the first head with everything in it that only the second has, and where both differ.

    `people` are what the contacts of the second are called in the first; the keys `besides` of the second are left
    out. InvalidError when that is not possible without touching more.
    """
    union = _Union(kept, gone, people, newline)
    root = read_head(gone)
    union.unite((), root._replace(value={key: node for key, node in entries(root).items() if key not in besides}))
    return union.text, tuple(union.had)


def node_at(root: Node, path: Path) -> Node | None:
    """Return what stands under a path of a head, None when nothing does."""
    node: Node | None = root
    for key in path:
        node = entries(node).get(key)
    return node


def written(node: Node) -> str:
    """Return a value on one line, as it may stand inside [ ] or { }."""
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{emit.key(key)}: {written(child)}" for key, child in node.value.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(map(written, node.value)) + "]"
    meaning = resolved(node)
    return "null" if meaning is None else emit.scalar(node.value, as_text=isinstance(meaning, str), flow=True)


class _Union:
    """The first head while the second is taken into it, value by value; every step is read again and compared."""

    def __init__(self, text: str, source: str, people: Mapping[str, str], newline: str) -> None:
        self.text = text
        self.source = source
        self.people = people
        self.newline = newline
        self.had: list[Had] = []

    def unite(self, path: Path, theirs: Node) -> None:
        """Take the entries of a map of the second head into the map of the first under a path."""
        for key, child in entries(theirs).items():
            here = (*path, self.people.get(key, key) if path == ("contacts",) else key)
            ours = node_at(read_head(self.text), here)
            if ours is None:
                self._graft(here, theirs, child)
            elif not _is_empty(child):
                self._join(here, ours, child)

    def _join(self, path: Path, ours: Node, theirs: Node) -> None:
        if _is_empty(ours):
            self._fill(path, ours, theirs)
        elif ours.kind == theirs.kind == "map":
            self.unite(path, theirs)
        elif _is_list(ours, path) and _is_list(theirs, path):
            for item in (each for each in _items(theirs) if resolved(each) is not None):
                self.text = headedit.add_to_list(
                    self.text,
                    path,
                    cast("str", item.value),
                    as_text=isinstance(resolved(item), str),
                    newline=self.newline,
                )
        elif plain_value(ours) != plain_value(theirs):
            self.had.append(Had(".".join(path), written(ours), written(theirs)))

    def _graft(self, path: Path, source: Node, node: Node) -> None:
        """Put an entry of the second head behind the last one of a map of the first: its lines where it has such."""
        root = read_head(self.text)
        parent = cast("Node", node_at(root, path[:-1]))
        children = list(entries(parent).values())
        name = emit.key(path[-1])
        if parent.flow:
            after = splice.with_item(self.text, parent, children, f"{name}: {written(node)}", self.newline)
        else:
            indent = splice.indentation(self.text, children[0].key_start) if children else ""
            lines = None if source.flow else self._lines(source, node, name, indent)
            at = len(self.text) if not path[1:] else parent.end
            after = splice.with_lines(self.text, at, lines or f"{indent}{name}: {written(node)}\n", self.newline)
        self.text = headedit.checked(after, headedit.with_value(root, path, plain_value(node)), path)

    def _fill(self, path: Path, ours: Node, theirs: Node) -> None:
        """Put a value of the second head in the place of a null or an empty collection."""
        after = splice.replaced(self.text, ours, written(theirs))
        expected = headedit.with_value(read_head(self.text), path, plain_value(theirs))
        self.text = headedit.checked(after, expected, path)

    def _lines(self, source: Node, node: Node, name: str, indent: str) -> str | None:
        """Return the lines of an entry as they stand, comments above it included, at another indentation.

        None when they are not all indented as deep as the entry, so that they cannot be moved.
        """
        text, own = self.source, splice.indentation(self.source, node.key_start)
        if own.strip():
            return None
        end = splice.line_end(text, max(node.end, node.key_end))
        first, *rows = LINE_BREAK.split(text[node.key_end : end])
        if any(row.strip() and not row.startswith(own) for row in rows):
            return None
        above = LINE_BREAK.split(text[self._floor(source, node) : node.key_start - len(own)])[:-1]
        comments = [row.lstrip() for row in takewhile(lambda row: row.lstrip().startswith("#"), reversed(above))]
        moved = [*reversed(comments), name + first, *(row.removeprefix(own) if row.strip() else "" for row in rows)]
        return "".join(f"{indent}{row}\n" if row else "\n" for row in moved)

    def _floor(self, source: Node, node: Node) -> int:
        """Return where the lines begin that stand between an entry and what is before it."""
        ends = [max(child.end, child.key_end) for child in entries(source).values() if child.key_end < node.key_start]
        before = max([source.key_end, *ends])
        return 0 if before < 0 else splice.line_start_after(self.source, before)


def entries(node: Node | None) -> dict[str, Node]:
    """Return the entries of a map, none of what is no map."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _is_list(node: Node, path: Path) -> bool:
    if node.kind == "list":
        return all(item.kind == "scalar" for item in _items(node))
    return node.kind == "scalar" and path[-1] in LISTS


def _is_empty(node: Node) -> bool:
    return resolved(node) is None if node.kind == "scalar" else not node.value
