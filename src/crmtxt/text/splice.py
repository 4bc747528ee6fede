"""Splices into the text of a head: each puts in or takes out one stretch of characters and leaves the rest alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.text.node import LINE_BREAK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtxt.text.node import Node

_TO_COLON = re.compile(r"\s*:")
_TO_COMMA = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*)*,")
_REST_OF_LINE = re.compile(r"[ \t]*(?:(?<=[ \t,])#[^\r\n]*)?(?=\r|\n|\Z)")
_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*")


def replaced(text: str, node: Node, written: str) -> str:
    """Put a value in the place of another; the comment behind a block's | or > stays."""
    if node.style in {"|", ">"}:
        header = text[node.start : line_end(text, node.start)]
        comment = _BLOCK_HEADER.sub("", header, count=1).rstrip()
        return _spliced(text, node.start, node.end, written + comment)
    if node.start < node.end:
        return _spliced(text, node.start, node.end, written)
    colon = _TO_COLON.match(text, node.key_end)
    if not colon:
        return _spliced(text, node.key_end, node.key_end, f": {written}")
    begin, end = colon.end(), line_end(text, colon.end())
    return _spliced(text, begin, begin if text[begin:end].strip() else end, f" {written}")


def with_lines(text: str, after: int, lines: str, newline: str) -> str:
    """Put in lines (each ended by a newline) below the line of a place; a missing last newline stays missing."""
    at = line_start_after(text, after)
    own = newline_before(text, at, newline)
    lines = lines.replace("\n", own)
    if at and text[at - 1] not in "\r\n":
        lines = own + lines.removesuffix(own)
    return _spliced(text, at, at, lines)


def with_block(text: str, node: Node, lines: str, newline: str) -> str:
    """Put in lines below a key in the place of its null or { }; the comment behind it stays."""
    end, at = line_end(text, node.end), line_start_after(text, node.end)
    comment = text[node.end : end].rstrip()
    begin = len(text[: node.start].rstrip(" \t"))
    own = newline_before(text, at, newline)
    lines = lines.replace("\n", own)
    body = text[end:at] + lines if end < at else own + lines.removesuffix(own)
    return _spliced(text, begin, at, comment + body)


def with_item(text: str, node: Node, items: Sequence[Node], written: str, newline: str) -> str:
    """Put in an item behind the last one of a list, or an entry behind the last one of a map in { }."""
    if not node.flow:
        gap = text[node.start + 1 : items[0].start]
        dash = "-" + (gap if gap and not gap.strip(" ") else " ")
        return with_lines(text, node.end, f"{indentation(text, node.start)}{dash}{written}\n", newline)
    if not items:
        return _spliced(text, node.start + 1, node.start + 1, written)
    end = items[-1].end
    return _spliced(text, end, end, f" , {written}" if text[end - 1] == ":" else f", {written}")


def without_lines(text: str, start: int, end: int) -> str:
    """Take out the lines from the one of `start` to the one of `end`."""
    return _spliced(text, start - len(indentation(text, start)), line_start_after(text, end), "")


def without_item(text: str, spans: Sequence[tuple[int, int]], index: int) -> str:
    """Take out one item of a list in [ ] or a map in { } with one comma: its lines when it has them for itself."""
    start, end = spans[index]
    is_last = index == len(spans) - 1
    comma = _TO_COMMA.match(text, end)
    after = comma.end() if comma else end
    indent = indentation(text, start)
    if not indent.strip() and start > len(indent) and (comma or is_last) and _REST_OF_LINE.match(text, after):
        return without_lines(text, start, after)
    if not is_last or index == 0:
        while after < len(text) and text[after] in " \t" and not is_last:
            after += 1
        return _spliced(text, start, after, "")
    before = _TO_COMMA.match(text, spans[index - 1][1])
    gap = text[before.end() : start] if before else "#"
    return _spliced(text, start if "#" in gap or not before else before.end() - 1, end, "")


def dash_before(text: str, items: Node, start: int) -> int:
    """Return where the dash of an item stands that begins at `start`."""
    indent = indentation(text, items.start)
    dashes = re.finditer(rf"^{indent}-", text[:start], re.MULTILINE)
    return max((match.end() - 1 for match in dashes), default=start)


def indentation(text: str, at: int) -> str:
    """Return what stands before a place on its line."""
    return text[max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1 : at]


def line_end(text: str, at: int) -> int:
    """Return where the line of a place ends, before its line break."""
    found = LINE_BREAK.search(text, at)
    return found.start() if found else len(text)


def line_start_after(text: str, at: int) -> int:
    """Return where the next line begins, or the end of the text."""
    found = LINE_BREAK.search(text, at)
    return found.end() if found else len(text)


def newline_before(text: str, at: int, default: str) -> str:
    """Return the line ending next to a place: of the line above, else of the first line."""
    breaks = [*LINE_BREAK.finditer(text, 0, at)] or [*LINE_BREAK.finditer(text)][:1]
    return breaks[-1][0] if breaks else default


def _spliced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
