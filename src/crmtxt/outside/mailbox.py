"""Mail that is kept on disk: an mbox, a Maildir, or messages as files; read one by one, never whole."""

from __future__ import annotations

import re
from io import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST_LINE = 64 * 1024
MAILDIR = ("cur", "new")
SEPARATOR = b"From "
# From jane@acme.example Fri Nov 20 14:30:00 2026
CAME = re.compile(rb"From (.{0,998} )?[A-Z][a-z]{2} +[A-Z][a-z]{2} +[0-9]{1,2} +[0-9]{1,2}:[0-9]{2}.{0,99}[0-9]{4}\b")
FIELD = re.compile(rb"[!-9;-~]+:")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


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
            return _in_file(place)
        folders = [place / name for name in MAILDIR if (place / name).is_dir()]
        messages = [each for folder in folders for each in folder.iterdir()] if folders else _messages(place)
        files = sorted(each for each in messages if each.is_file())
        found = [Letter(str(each), 0, 0, each.stat().st_size) for each in files]
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be read: {why}", "give an mbox, a Maildir, or .eml files") from None
    if not found and not folders:
        raise UsageError(f"there is no mail in {path}", "give an mbox, a Maildir, or .eml files")
    return found


def read_letter(letter: Letter, most: int) -> bytes:
    """Return the beginning of a message, its lines `>From ` as they were sent; ValueError when it cannot be read."""
    try:
        with Path(letter.path).open("rb") as file:
            return read_letter_in(file, letter, most)
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from None


def read_letter_in(file: BinaryIO, letter: Letter, most: int) -> bytes:
    """Return a message of a file that is open, at most that many bytes; `>From ` of an mbox is `From ` again."""
    file.seek(letter.start)
    data = file.read(min(most, letter.end - letter.start))
    return ESCAPED.sub(rb"\1", data) if letter.line else data


def letters_in(file: BinaryIO, path: str) -> list[Letter]:
    """Return the messages of an mbox, of one that is empty none; else the file as one message."""
    found = list(_separators(file))
    size = file.seek(0, SEEK_END)
    if not found:
        return [Letter(path, 0, 0, size)] if size else []
    ends = [*(begin for _, begin, _ in found[1:]), size]
    return [Letter(path, line, body, end) for (line, _, body), end in zip(found, ends, strict=True)]


def _in_file(place: Path) -> list[Letter]:
    """Return the messages of a file; ValueError for what is no file, and might never end."""
    if not place.is_file():
        place.stat()
        raise ValueError("it is no file")
    with place.open("rb") as file:
        return letters_in(file, str(place))


def _messages(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.suffix.lower() == ".eml"]


def _separators(file: BinaryIO) -> Iterator[tuple[int, int, int]]:
    """Yield the number, the beginning and the end of each line that begins a message; none where text comes first.

    It says `From `, and when the message came; or it stands after a blank line and above a field.
    """
    at, number = 0, 1
    begun, blank, doubtful = False, True, None
    while row := file.readline(LONGEST_LINE):
        if doubtful and FIELD.match(row):
            begun = True
            yield doubtful
        here, doubtful = (number, at, at + len(row)), None
        if CAME.match(row):
            begun = True
            yield here
        elif row.startswith(SEPARATOR) and blank:
            doubtful = here
        elif not begun and row.strip():
            return
        at += len(row)
        number += row.endswith(b"\n")
        blank = not row.strip()
