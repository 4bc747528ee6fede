"""A value of a head, and where it stands: what the tree is made of, and all who read it share."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from typing import NamedTuple

LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Node(NamedTuple):
    """A value of a head and where it stands, in characters of the head's text.

    `kind` is scalar, map or list; `end` is before the line break, also of a block of text. `plain` is a scalar
    without quotes; `style` is "", ', ", | or >. `key_start` and `key_end` are -1 outside maps; `flow` is in { } or [ ].
    """

    kind: str
    start: int
    end: int
    value: str | dict[str, "Node"] | list["Node"]
    plain: bool = False
    key_start: int = -1
    key_end: int = -1
    flow: bool = False
    style: str = ""

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of a map in this map, none when it is no map."""
        entry = self.under(name)
        return tuple(entry.value) if entry is not self and isinstance(entry.value, dict) else ()

    def under(self, *names: str) -> "Node":
        """Return what stands under some names, as deep as there are maps."""
        node = self
        for name in names:
            node = node.value.get(name, node) if isinstance(node.value, dict) else node
        return node
