"""The file an answer is written to with -o."""

from __future__ import annotations

import os
from pathlib import Path

from crmtxt.errors import OutsideError
from crmtxt.errors import UsageError

BOOK_FILE = "crmtxt.yaml"
RECORDS = "customers"


def write_answer(path: str, text: str) -> None:
    """Write an answer to a file; UsageError when it is a file of a book, OutsideError when it cannot be written."""
    if _of_a_book(Path(path)):
        raise UsageError(f"{path} is a file of the book", f"give a file outside {RECORDS}/ with -o")
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OutsideError(f"{path} cannot be written: {error.strerror}", "give another file with -o") from None


def _of_a_book(path: Path) -> bool:
    """Say whether that is a book's settings or lies among its customers."""
    real = Path(os.path.realpath(path))
    return real.name == BOOK_FILE or any(
        parent.name == RECORDS and (parent.parent / BOOK_FILE).exists() for parent in real.parents
    )
