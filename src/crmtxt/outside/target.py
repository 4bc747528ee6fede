"""The file an answer is written to with -o."""

from __future__ import annotations

from pathlib import Path

from crmtxt.errors import OutsideError


def write_answer(path: str, text: str) -> None:
    """Write an answer to a file outside the book; OutsideError when it cannot be written."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OutsideError(f"{path} cannot be written: {error.strerror}", "give another file with -o") from None
