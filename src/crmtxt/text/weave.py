"""Weave two edits of one text together, line by line."""

from __future__ import annotations

from typing import NamedTuple


class Hunk(NamedTuple):
    """Lines `start` to `end` of the base are replaced by `rows`."""

    start: int
    end: int
    rows: tuple[str, ...]


def weave(base: str, ours: str, theirs: str) -> str | None:
    """Return the text with both edits, None where they touch the same or neighbouring lines differently."""
    rows = base.splitlines(keepends=True)
    left, right = _hunks(rows, ours), _hunks(rows, theirs)
    merged: list[Hunk] = list(left)
    for hunk in right:
        if hunk in left:
            continue
        if any(hunk.start <= other.end and other.start <= hunk.end for other in left):
            return None
        merged.append(hunk)
    for hunk in sorted(merged, reverse=True):
        rows[hunk.start : hunk.end] = hunk.rows
    return "".join(rows)


def _hunks(base: list[str], text: str) -> list[Hunk]:
    from difflib import SequenceMatcher

    rows = text.splitlines(keepends=True)
    codes = SequenceMatcher(None, base, rows, autojunk=False).get_opcodes()
    return [Hunk(start, end, tuple(rows[first:last])) for tag, start, end, first, last in codes if tag != "equal"]
