"""Mail that is kept on disk: an mbox, a Maildir, or messages as files; read one by one, never whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import UsageError

if TYPE_CHECKING:
    from typing import BinaryIO

LONGEST_LINE = 64 * 1024
MAILDIR = ("cur", "new")
SEPARATOR = b"From "


class Letter(NamedTuple):
    """Where one message is: its file, the line it begins on (0: the file as a whole), and its bytes from and to."""

    path: str
    line: int
    start: int
    end: int


def letters(path: str) -> list[Letter]:
    """Return where each message is, in order; UsageError for what is no mbox, Maildir, message or folder of them."""
    place = Path(path)
    try:
        if not place.is_dir():
            with place.open("rb") as file:
                return letters_in(file, path)
        maildir = [each for name in MAILDIR if (place / name).is_dir() for each in (place / name).iterdir()]
        files = sorted(each for each in maildir or place.glob("*.eml") if each.is_file())
        found = [Letter(str(each), 0, 0, each.stat().st_size) for each in files]
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be read: {why}", "give an mbox, a Maildir, or .eml files") from None
    if not found:
        raise UsageError(f"there is no mail in {path}", "give an mbox, a Maildir, or .eml files")
    return found


def read_letter(letter: Letter, most: int) -> bytes:
    """Return the beginning of a message; ValueError when it cannot be read any more."""
    try:
        with Path(letter.path).open("rb") as file:
            file.seek(letter.start)
            return file.read(min(most, letter.end - letter.start))
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from None


def letters_in(file: BinaryIO, path: str) -> list[Letter]:
    """Return the messages of an mbox, each below a line `From ` after a blank one; else the file as one message."""
    starts: list[tuple[int, int, int]] = []
    at, number, fresh = 0, 1, True
    while row := file.readline(LONGEST_LINE):
        if fresh and row.startswith(SEPARATOR):
            starts.append((number, at, at + len(row)))
        at += len(row)
        number += row.endswith(b"\n")
        fresh = not row.strip()
    if not starts or starts[0][1]:
        return [Letter(path, 0, 0, at)]
    ends = [*(begin for _, begin, _ in starts[1:]), at]
    return [Letter(path, line, body, end) for (line, _, body), end in zip(starts, ends, strict=True)]
