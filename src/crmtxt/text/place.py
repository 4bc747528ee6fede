"""Where something of a head stands in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import Problem

if TYPE_CHECKING:
    from crmtxt.text.head import HeadError


def head_problem(error: HeadError, head: str, path: str, first_line: int) -> Problem:
    """Return a refusal of the head as a problem; `first_line` is the line of the file the head begins on."""
    line, column, source = locate(head, error.offset)
    return Problem(path, first_line + line, column, error.code, error.message, error.hint, source, error.width)


def locate(text: str, offset: int) -> tuple[int, int, str]:
    """Return line (from 0), column (from 1) and source line of a character offset."""
    offset = min(offset, len(text))
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return text.count("\n", 0, offset), offset - start + 1, text[start : len(text) if end < 0 else end].rstrip("\r")
