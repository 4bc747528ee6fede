"""Open follow-ups and promises: their references, and when they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.line import PROMISE
from crmtxt.model.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable

ALPHABET = "23456789abcdefghjkmnopqrstuvwxyz"  # nothing that looks like another
LENGTH = 8
SHORTEST = 3


def references(handle: str, lines: Iterable[Line]) -> list[str]:
    """Return the reference of each line: the same for the same customer and text, whatever its date or box.

    The second of two lines that differ in nothing but their date has a reference of its own.
    """
    from hashlib import sha256

    seen: dict[str, int] = {}
    found = []
    for line in lines:
        identity = "\0".join((handle, line.kind, line.subject, line.direction, *line.who, line.text))
        seen[identity] = count = seen.get(identity, 0) + 1
        digest = sha256(f"{identity}\0{count}".encode("utf-8", "surrogatepass")).digest()
        found.append("".join(ALPHABET[byte % 32] for byte in digest[:LENGTH]))
    return found


def is_ours(line: Line) -> bool:
    """Say whether a promise is ours: it is, unless it came from them."""
    return line.kind == PROMISE and line.direction != "from"
