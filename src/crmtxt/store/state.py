"""Small files outside the book, above all ours in the user's state folder: private, durable, replaced whole."""

from __future__ import annotations

from crmtxt.store import disk
from crmtxt.store import refusals


def read(path: str) -> bytes | None:
    """Return the content of a file of ours, be it reached by a link, None when there is none; raises OutsideError."""
    try:
        return disk.read(disk.real_path(path))[1]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise refusals.no_state(path, error) from error


def write(path: str, data: bytes) -> None:
    """Put a file in place whole, a new one for its owner only, with the folders above it; raises OutsideError.

    A link to it stays. The caller holds a lock: what others of ours left unfinished in that folder is removed.
    """
    place = disk.real_path(path)
    folder = disk.folder_of(place)
    try:
        disk.make_private_folder(folder)
        disk.sweep(folder)
        disk.put(place, data, disk.look(place) or disk.PRIVATE_FILE, None, new=False)
    except OSError as error:
        raise refusals.no_state(path, error) from error


def append(path: str, data: bytes) -> None:
    """Add whole lines to a file, durably; what a killed process left of a line is cut off. Raises OutsideError."""
    try:
        disk.make_private_folder(disk.folder_of(path))
        disk.append(path, data)
    except OSError as error:
        raise refusals.no_state(path, error) from error


def names(folder: str) -> list[str]:
    """Return the names in a folder of ours, none when it is missing; raises OutsideError."""
    try:
        return disk.names(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise refusals.no_state(folder, error) from error


def sweep(folder: str, keep: set[str]) -> None:
    """Remove every file of a folder of ours but those to keep; raises OutsideError."""
    for name in names(folder):
        if name not in keep:
            try:
                disk.remove(f"{folder}/{name}")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise refusals.no_state(f"{folder}/{name}", error) from error


def open_lock(path: str) -> int:
    """Open the file a lock is held on, made if missing; return its descriptor. Raises OutsideError."""
    try:
        disk.make_private_folder(disk.folder_of(path))
        return disk.open_private(path)
    except OSError as error:
        raise refusals.no_state(path, error) from error


def peek(path: str) -> str:
    """Return the text of a small file at a full path, "" for anything else."""
    try:
        return disk.read(path, 4096)[1].decode("utf-8", "surrogateescape")
    except OSError:
        return ""


def remove(path: str) -> None:
    """Remove a file of ours if it is there; raises OutsideError."""
    try:
        disk.remove(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise refusals.no_state(path, error) from error


def real_path(folder: str) -> str:
    """Return the real path of a folder, be it there or not."""
    return disk.real_path(folder)
