"""Every call to the disk, for `files` and `state` alone: no words, no rules; what the system refuses is an OSError.

The fault tests replace `os` in this module, and Path costs four times as much when scanning: hence no pathlib.
"""
# ruff: noqa: PTH102, PTH105, PTH108, PTH112, PTH208

from __future__ import annotations

import errno
import os
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING

from crmtxt.store.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Callable

KIND, FOLDER, FILE, LINK = 0o170000, 0o040000, 0o100000, 0o120000
ENDING = ".md"
TEMPORARY = ".crmtxt-"
PRIVATE_FILE, PRIVATE_FOLDER, SHARED_FILE = 0o600, 0o700, 0o666
NO_LIMIT = 1 << 40

POSIX = os.name == "posix"
_SAFE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _SAFE
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _SAFE
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE
_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | _SAFE
_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
_NO_FOLDER_FLUSH = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}

Stat = tuple[int, int, int, int]  # size, mtime_ns, ctime_ns, inode


def folder_of(full: str) -> str:
    """Return the folder a full path lies in."""
    return full.rpartition("/")[0]


def look(full: str) -> os.stat_result | None:
    """Return what the disk says of a place, following no link; None when nothing is there."""
    try:
        return os.lstat(full)
    except FileNotFoundError:
        return None


# the part of what the disk says by which a changed file is noticed
stat_of: Callable[[os.stat_result], Stat] = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")


def look_into(root: str, folder: str, found: dict[str, Stat]) -> list[tuple[str, int]]:
    """Note each regular customer file of a folder in `found`; return path and mode of folders and of what is odd."""
    others: list[tuple[str, int]] = []
    place = os.open(f"{root}/{folder}", _OPEN_FOLDER) if POSIX else f"{root}/{folder}"
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == ".":
                    continue
                if not name.endswith(ENDING):
                    if entry.is_dir():
                        others.append((f"{folder}/{name}", LINK if entry.is_symlink() else FOLDER))
                    continue
                status = entry.stat(follow_symlinks=False)
                if status[0] & KIND == FILE and (name.isascii() or is_utf8(name)):
                    found[f"{folder}/{name}"] = stat_of(status)
                else:
                    others.append((f"{folder}/{name}", status[0]))
    finally:
        if isinstance(place, int):
            os.close(place)
    return others


def is_utf8(text: str) -> bool:
    """Say whether a name came from UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read(full: str, limit: int = NO_LIMIT) -> tuple[int, bytes]:
    """Return the mode of a file and its content, cut one byte above the limit; no content of anything irregular."""
    place = os.open(full, _READ)
    try:
        mode = os.fstat(place).st_mode
        return mode, _everything(place, limit) if mode & KIND == FILE else b""
    finally:
        os.close(place)


def _everything(place: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit + 1
    while left > 0 and (part := os.read(place, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


class UnconfirmedError(OSError):
    """A file is in its place, but the disk did not confirm its name."""


def put(full: str, data: bytes, model: os.stat_result | int, check: Callable[[str], None] | None, *, new: bool) -> None:
    """Put a file in place whole and durably: a flushed temporary beside it, the name, the folder flushed.

    `model` is the file whose owner and permissions it takes, or the permissions of a new one; with `new` nothing that
    is there already is replaced (FileExistsError). `check` looks at what is to be replaced and raises when that is not
    as expected: at its place before, and, where the system lets two files swap places, at what came out of it: then
    that goes back. UnconfirmedError when the file is in place and only the last step failed.
    """
    temporary = f"{folder_of(full)}/{TEMPORARY}{os.urandom(8).hex()}.tmp"
    swapped = False
    try:
        _fill(temporary, data, model)
        if check:
            check(full)
        if new:
            _link(temporary, full)
        else:
            swapped = check is not None and exchange(temporary, full)
            if not swapped:
                os.replace(temporary, full)
        if swapped and check:
            _look_at_what_came_out(temporary, full, data, check)
        try:
            flush(folder_of(full))
        except OSError as error:
            raise UnconfirmedError(*error.args) from error
        finally:
            if swapped and check:
                _look_at_what_came_out(temporary, full, data, check)
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def _look_at_what_came_out(temporary: str, full: str, data: bytes, check: Callable[[str], None]) -> None:
    """Put what an editor saved in the very moment of the exchange back in its place; of two saves the later."""
    try:
        check(temporary)
    except BaseException:
        exchange(temporary, full)
        if read(temporary)[1] != data:
            exchange(temporary, full)
        flush(folder_of(full))
        raise


def _fill(temporary: str, data: bytes, model: os.stat_result | int) -> None:
    place = os.open(temporary, _CREATE, model if isinstance(model, int) else PRIVATE_FILE)
    try:
        _write(place, data)
        if POSIX and isinstance(model, os.stat_result):
            with suppress(PermissionError):
                os.fchown(place, model.st_uid, model.st_gid)
            os.fchmod(place, model.st_mode & 0o777)
        os.fsync(place)
    finally:
        os.close(place)


def _write(place: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(place, view) :]


def _link(temporary: str, full: str) -> None:
    """Give a temporary its name unless something has it; where there are no hard links, claim the name first."""
    try:
        os.link(temporary, full)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(full, _CREATE, PRIVATE_FILE))
        try:
            os.replace(temporary, full)
        except BaseException:
            os.unlink(full)
            raise


def flush(folder: str) -> None:
    """Make the names in a folder durable, where the system can."""
    if not POSIX:
        return
    place = os.open(folder, _OPEN_FOLDER)
    try:
        os.fsync(place)
    except OSError as error:
        if error.errno not in _NO_FOLDER_FLUSH:
            raise
    finally:
        os.close(place)


def sweep(folder: str) -> None:
    """Remove the temporaries a killed process left in a folder; nobody else has any there while we hold the lock."""
    for name in [name for name in os.listdir(folder) if name[0] == "."]:
        if name.startswith(TEMPORARY) and name.endswith(".tmp"):
            with suppress(FileNotFoundError):
                os.unlink(f"{folder}/{name}")


def append(full: str, data: bytes) -> None:
    """Add whole lines to a file, durably; a line torn by a killed process is cut off first, and ours if it fails."""
    fresh = look(full) is None
    place = os.open(full, _APPEND, PRIVATE_FILE)
    try:
        before = _everything(place, NO_LIMIT)
        end = before.rfind(b"\n") + 1
        if end < len(before):
            os.ftruncate(place, end)
        try:
            _write(place, data)
            os.fsync(place)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(place, end)
            raise
    finally:
        os.close(place)
    if fresh:
        flush(folder_of(full))


def remove(full: str) -> None:
    """Remove a file."""
    os.unlink(full)


def real_path(path: str) -> str:
    """Return the full path of a place with every link followed, with `/`."""
    return os.path.realpath(path).replace(os.sep, "/")


def may_write(full: str) -> bool:
    """Say whether we may change a file in place."""
    return os.access(full, os.W_OK)


def names(folder: str) -> list[str]:
    """Return the names in a folder."""
    return os.listdir(folder)


def make_folder(full: str) -> None:
    """Make one folder, durably."""
    os.mkdir(full)
    flush(folder_of(full))


def make_private_folder(full: str) -> None:
    """Make a folder of the cache or the state, 0700, with those above it, unless it is there."""
    try:
        os.mkdir(full, PRIVATE_FOLDER)
    except FileExistsError:
        if not os.path.isdir(full):
            raise
    except FileNotFoundError:
        if not full.strip("/"):
            raise
        make_private_folder(folder_of(full))
        with suppress(FileExistsError):
            os.mkdir(full, PRIVATE_FOLDER)


def open_private(full: str) -> int:
    """Open a file only its owner can read, made if missing, for reading and writing; return its descriptor."""
    return os.open(full, os.O_RDWR | os.O_CREAT | _SAFE, PRIVATE_FILE)


def make_folders(full: str) -> None:
    """Make a folder and those above it, with the usual permissions, unless it is there."""
    os.makedirs(full, exist_ok=True)  # noqa: PTH103  # as everywhere here: see the top
