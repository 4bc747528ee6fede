"""The one way to the files of a book: read one, put one in place, move and remove it.

Every file is put in place the same way: a temporary beside it, flushed, then exchanged with it, then the folder
flushed, then a look at what came out; whoever is killed on the way leaves the old file or the new one. Writing expects
the caller to hold the book's lock.
"""

from __future__ import annotations

import errno
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.store import disk
from crmtxt.store import refusals
from crmtxt.store.disk import FILE
from crmtxt.store.disk import FOLDER
from crmtxt.store.disk import KIND
from crmtxt.store.disk import Stat

if TYPE_CHECKING:
    from collections.abc import Callable

CUSTOMERS = "customers"
LARGEST_FILE = 5 * 1024 * 1024
REST_NS = 20_000_000  # a file nobody has written to for so long is saved
MOST_RESTS = 50


def now_ns() -> int:
    """Return the moment in nanoseconds since 1970: the one clock the store compares file times with."""
    return time.time_ns()


def digest(data: bytes) -> bytes:
    """Return the SHA-256 of a content."""
    from hashlib import sha256

    return sha256(data, usedforsecurity=False).digest()


def read(root: str, path: str) -> bytes:
    """Read a file of the book whole.

    Raises:
        InvalidError: missing, unreadable, too-large, not-a-file, symlink or outside (the code of its problem).
    """
    try:
        mode, data = disk.read(_inside(root, path), LARGEST_FILE)
    except OSError as error:
        raise InvalidError.at(refusals.unread(path, error)) from error
    if mode & KIND != FILE:
        raise InvalidError.at(refusals.odd(path, mode))
    if len(data) > LARGEST_FILE:
        raise InvalidError.at(refusals.too_large(path, LARGEST_FILE))
    return data


def settled(root: str, path: str) -> bytes:
    """Read a file somebody saves by hand once it rests: who saves in place empties it first. Raises as `read` does."""
    for _ in range(MOST_RESTS):
        with suppress(InvalidError):
            before, data = stat(root, path), read(root, path)
            if data and before and before[1] + REST_NS < now_ns() and before == stat(root, path):
                return data
        time.sleep(REST_NS / 1e9)
    return read(root, path)


def stat(root: str, path: str) -> Stat | None:
    """Return what the disk says of a file of the book, None when it is not there."""
    status = disk.look(_inside(root, path))
    return disk.stat_of(status) if status else None


def _inside(root: str, path: str, *, make: bool = False) -> str:
    """Return the full path of a place in the book, reached through real folders only; `make` makes those missing."""
    *parents, name = path.split("/")
    foreign = not disk.POSIX and any(sign in path for sign in "\\:")
    if foreign or "\0" in path or any(part in {"", ".", ".."} for part in (*parents, name)):
        raise InvalidError.at(refusals.outside(path))
    folder = root
    for parent in parents:
        folder = f"{folder}/{parent}"
        status = disk.look(folder)
        if status is None and make:
            disk.make_folder(folder)
        elif status is not None and status.st_mode & KIND != FOLDER:
            raise InvalidError.at(refusals.odd(folder[len(root) + 1 :], status.st_mode, FOLDER))
    return f"{folder}/{name}"


def write(root: str, path: str, data: bytes, expected: bytes | None) -> None:
    """Put a file in place whole, durably, making its folders as needed.

    `expected` is the digest of the content that must be there, None when nothing must be there.

    Raises:
        LockedError: the file is not as expected; nothing was written.
        OutsideError: the disk refused; the message says whether the file is as it was or changed.
        InvalidError: the place is not in the book, or reached through a link.
    """
    try:
        _place(root, path, data, expected, path)
    except disk.UnconfirmedError as error:
        raise refusals.not_flushed(path, error) from error


def _place(root: str, path: str, data: bytes, expected: bytes | None, like: str) -> None:
    """Put a file in place with owner and permissions of the file `like`, if any; UnconfirmedError as from the disk."""
    try:
        full = _inside(root, path, make=True)
        check = _check(path, expected)
        check(full)
        disk.sweep(disk.folder_of(full))
        model = disk.look(_inside(root, like))
        if model and not disk.may_write(_inside(root, like)):
            raise PermissionError(errno.EACCES, "it is write-protected")
        disk.put(full, data, model or disk.SHARED_FILE, check, new=expected is None)
    except disk.UnconfirmedError:
        raise
    except FileExistsError as error:
        raise refusals.moved_on(path, expected=False, there=True) from error
    except OSError as error:
        raise refusals.not_written(path, error) from error


def _check(path: str, expected: bytes | None) -> Callable[[str], None]:
    """Return the test that what is at a full path is the file `path` as the command read it."""

    def check(full: str) -> None:
        there = _digest_at(full)
        if there != expected:
            raise refusals.moved_on(path, expected=expected is not None, there=there is not None)

    return check


def _digest_at(full: str) -> bytes | None:
    """Return the digest of what is at a place, an empty one for anything but a regular file, None for nothing."""
    status = disk.look(full)
    if status is None:
        return None
    if status.st_mode & KIND != FILE:
        return b""
    mode, data = disk.read(full, LARGEST_FILE)
    return digest(data) if mode & KIND == FILE and len(data) <= LARGEST_FILE else b""


def remove(root: str, path: str, expected: bytes) -> None:
    """Remove a file whose content has the digest `expected`, durably; raises as `write` does."""
    try:
        full = _inside(root, path)
        _check(path, expected)(full)
        disk.remove(full)
    except FileNotFoundError as error:
        raise refusals.moved_on(path, expected=True, there=False) from error
    except OSError as error:
        raise refusals.not_written(path, error) from error
    try:
        disk.flush(disk.folder_of(full))
    except OSError as error:
        raise refusals.not_flushed(path, error) from error


def move(root: str, old: str, new: str, data: bytes, expected: bytes) -> None:
    """Put `data` in the new place, then remove the old file, whose content must have the digest `expected`.

    Raises as `write` does; when the old file cannot be removed the new one is taken back, and where even that fails
    the message says that both are there.
    """
    try:
        place = _inside(root, old)
        check = _check(old, expected)
        check(place)
    except OSError as error:
        raise refusals.not_written(old, error) from error
    try:
        _place(root, new, data, None, old)
    except disk.UnconfirmedError as error:
        _take_back(root, old, new, digest(data), certain=True)
        raise refusals.not_written(old, error) from error
    try:
        check(place)
        disk.remove(place)
    except BaseException as error:
        _take_back(root, old, new, digest(data), certain=isinstance(error, LockedError))
        if isinstance(error, OSError):
            raise refusals.not_written(old, error) from error
        raise
    try:
        disk.flush(disk.folder_of(place))
    except OSError as error:
        raise refusals.not_flushed(old, error) from error


def _take_back(root: str, old: str, new: str, written: bytes, *, certain: bool) -> None:
    """Remove the new file of a failed move unless it was edited, or the old one may be gone by our own doing."""
    try:
        if (certain or disk.look(f"{root}/{old}") is not None) and _digest_at(f"{root}/{new}") == written:
            disk.remove(f"{root}/{new}")
    except OSError as error:
        raise refusals.both_there(old, new, error) from error


def make_private_folder(folder: str) -> None:
    """Make a folder of the cache or the state, 0700, with those above it, unless it is there; raises OSError."""
    disk.make_private_folder(folder)


def discard(path: str) -> None:
    """Remove a file of the cache with what SQLite keeps beside it; what cannot be removed stays."""
    for companion in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            disk.remove(path + companion)


def exists(path: str) -> bool:
    """Say whether something is at a full path, be it a broken link."""
    try:
        return disk.look(path) is not None
    except OSError:
        return False


def nearest(start: str, name: str) -> str | None:
    """Return the folder at `start` or above it that holds `name`; None when none does."""
    folder = disk.real_path(start)
    while not exists(f"{folder}/{name}"):
        above = disk.folder_of(folder)
        if folder in {"", above}:
            return None
        folder = above
    return folder or "/"


def make_folder(folder: str) -> None:
    """Make a folder for a new book, with those above it, unless it is there; raises OutsideError."""
    try:
        disk.make_folders(folder)
    except OSError as error:
        raise refusals.not_written(folder, error) from error
