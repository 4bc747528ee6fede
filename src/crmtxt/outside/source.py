"""A file from elsewhere that is read: data, never trusted, never large."""

from __future__ import annotations

from pathlib import Path

from crmtxt.errors import UsageError

LARGEST = 64 * 1024 * 1024


def read_source(path: str, largest: int = LARGEST) -> bytes:
    """Return the content of a file; UsageError when it cannot be read, is a folder or larger than 64 MiB."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be read: {why}", "give a file, or - for standard input") from None
    return bounded(data, path, largest)


def bounded(data: bytes, path: str, largest: int = LARGEST) -> bytes:
    """Return what was read; UsageError when it is larger than what is."""
    if len(data) > largest:
        raise UsageError(f"{path} is larger than {largest >> 20} MiB", "import it in parts")
    return data
