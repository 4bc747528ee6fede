"""The scalars of a head, each given another text: only their characters change, or the head is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from crmtxt.text import headedit
from crmtxt.text import splice
from crmtxt.text.head import plain_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from crmtxt.text.headedit import Path
    from crmtxt.text.node import Node


def rewrite(text: str, change: Callable[[Path, str], str]) -> str:
    """Give each scalar the text that `change` makes of its path and text; items of a list have the path of the list."""
    root = headedit.root_of(text)
    expected, after = plain_value(root), text
    for path, keys, node, flow in reversed([*_scalars(root, (), (), flow=root.flow)]):
        value = cast("str", node.value)
        if (new := change(path, value)) != value:
            after = splice.replaced(after, node, headedit.in_style_of(node, new, as_text=True, flow=flow))
            here = expected
            for key in keys[:-1]:
                here = here[key]
            here[keys[-1]] = new
    return after if after == text else headedit.checked(after, expected, ("head",))


def _scalars(node: Node, path: Path, keys: tuple[Any, ...], *, flow: bool) -> Iterator[tuple[Path, Any, Node, bool]]:
    """Yield every scalar: its path, its keys with the numbers of items, and whether it stands in { } or [ ]."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _scalars(child, (*path, key), (*keys, key), flow=flow or node.flow)
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            yield from _scalars(child, path, (*keys, number), flow=flow or node.flow)
    else:
        yield path, keys, node, flow
