"""A diagram in the words of Mermaid, which GitHub and most note programs draw from a fenced block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.render.clean import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = re.compile(r"[^\w .,:+–·-]")
DASHED = "classDef faint stroke-dasharray: 4 3"


class Node(NamedTuple):
    """One box of a diagram: what edges call it, its lines of text, and whether it stands apart."""

    key: str
    label: tuple[str, ...]
    faint: bool = False


class Group(NamedTuple):
    """Boxes that belong together, under a title."""

    title: str
    nodes: Sequence[Node]


class Edge(NamedTuple):
    """A line from a box of the first group to one of the second."""

    one: str
    other: str
    label: str


class Diagram(NamedTuple):
    """Two groups of boxes, and lines between them."""

    groups: tuple[Group, Group]
    edges: Sequence[Edge]


def to_mermaid(diagram: Diagram) -> str:
    """Return a diagram as a flowchart."""
    names: dict[tuple[int, str], str] = {}
    rows = ["flowchart LR"]
    for at, group in enumerate(diagram.groups):
        rows.append(f"  subgraph g{at}[{quoted(group.title)}]")
        for node in group.nodes:
            names[at, node.key] = f"n{len(names)}"
            label = "<br/>".join(escaped(line) for line in node.label)
            rows.append(f'    {names[at, node.key]}["{label}"]{":::faint" if node.faint else ""}')
        rows.append("  end")
    rows += [f"  {names[0, edge.one]} -->|{quoted(edge.label)}| {names[1, edge.other]}" for edge in diagram.edges]
    return "".join(f"{row}\n" for row in (*rows, f"  {DASHED}"))


def quoted(text: str) -> str:
    """Return a label in its quotes."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """Return the text on one line, each sign that Mermaid, Markdown or HTML could obey by its number."""
    return PLAIN.sub(lambda match: f"#{ord(match[0])};", clean_line(text))
