"""The entries of a head for its merge: each key with its value, and the lines that stand between them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.text.head import resolved
from crmtxt.text.mergeitems import Order
from crmtxt.text.mergelines import DoubtError
from crmtxt.text.mergelines import rows_of
from crmtxt.text.node import Node
from crmtxt.text.splice import indentation
from crmtxt.text.splice import line_start_after

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


def entries(head: str, node: Node, at: int, until: int) -> list[Entry]:
    """Return the entries of a map and the lines between them, from a place to another; DoubtError for two on a line."""
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


def below(entry: Entry | None) -> list[Entry]:
    """Return the entries of a map, none for what is empty or missing."""
    if entry is None or not entry.is_map:
        return []
    start, end = (line_start_after(entry.head, at) for at in (entry.node.key_end, entry.node.end))
    return entries(entry.head, entry.node, start, end)


def _between(text: str, key: str) -> list[Entry]:
    """Return the comments and blank lines above a key, which stay together when it is new."""
    return [Entry(row, (key, text), row) for row in rows_of(text)]
