"""Open follow-ups and promises: their references, and when they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.line import PROMISE
from crmtxt.model.line import Line
from crmtxt.model.line import anchored
from crmtxt.model.line import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHABET = "23456789abcdefghjkmnopqrstuvwxyz"  # nothing that looks like another
LENGTH = 8
SHORTEST = 3


def references(handle: str, lines: Sequence[Line]) -> list[str]:
    """Return the reference of each line: the same for the same customer and text, whatever its date or box.

    Of a repeat it is the same whatever day it is counted from.

    Of lines that differ in nothing but their date, each has a reference of its own, with its date: settling one twice
    never settles another.
    """
    from hashlib import sha256

    identities = [
        "\0".join((handle, line.kind, line.subject, line.direction, *line.who, undated(line.text))) for line in lines
    ]
    seen: dict[str, int] = {}
    found = []
    for identity, line in zip(identities, lines, strict=True):
        whole = f"{identity}\0{line.date}" if identities.count(identity) > 1 else identity
        seen[whole] = count = seen.get(whole, 0) + 1
        digest = sha256(f"{whole}\0{count}".encode("utf-8", "surrogatepass")).digest()
        found.append("".join(ALPHABET[byte % 32] for byte in digest[:LENGTH]))
    return found


def undated(text: str) -> str:
    """Return the text of a line without the day its repeat is counted from."""
    return anchored(text) if "due:" in text and "every" in tokens(text) else text


def is_ours(line: Line) -> bool:
    """Say whether a promise is ours: it is, unless it came from them."""
    return line.kind == PROMISE and line.direction != "from"
