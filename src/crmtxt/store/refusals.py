"""The words for what the disk refuses and for what stands where a file of the book should."""

from __future__ import annotations

import errno

from crmtxt.errors import OutsideError
from crmtxt.errors import OvertakenError
from crmtxt.errors import Problem
from crmtxt.store.disk import FILE
from crmtxt.store.disk import FOLDER
from crmtxt.store.disk import KIND
from crmtxt.store.disk import LINK

_OWNER = "check who owns the file and its folder, and their permissions (ls -l)"
_REMEDIES = {
    errno.ENOSPC: "make room on the disk, then run the command again",
    errno.EDQUOT: "your disk quota is used up: make room, then run the command again",
    errno.EROFS: "the disk is mounted read-only: mount it for writing, then run the command again",
    errno.EACCES: _OWNER,
    errno.EPERM: _OWNER,
    errno.EIO: "the disk reports a fault: make a copy of the book before anything else",
}


def shown(path: str) -> str:
    """Return a path for a message: bytes of a name that are not UTF-8 become replacement characters."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def cause(error: OSError) -> str:
    """Return in words why the disk refused."""
    words = error.strerror or type(error).__name__
    return words[:1].lower() + words[1:]


def remedy(error: OSError) -> str:
    """Return what a person can do when the disk refused."""
    return _REMEDIES.get(error.errno or 0, "see to the disk, then run the command again")


def odd(path: str, mode: int, wanted: int = FILE) -> Problem:
    """Return the problem of something that is neither a regular file nor, where one is wanted, a folder."""
    noun = "folder" if wanted == FOLDER else "regular file"
    if mode & KIND == LINK:
        hint = f"links are not followed: put the {noun} itself there"
        return Problem(shown(path), 0, 0, "symlink", "this is a symbolic link", hint)
    hint = f"move it away: only a {noun} can stand there"
    return Problem(shown(path), 0, 0, "not-a-file", f"this is not a {noun}", hint)


def bad_name(path: str) -> Problem:
    """Return the problem of a name that is not UTF-8."""
    hint = "rename it: a handle is lower-case letters, digits and hyphens"
    return Problem(shown(path), 0, 0, "bad-name", "the name is not UTF-8", hint)


def same_handle(path: str, first: str) -> Problem:
    """Return the problem of the second file with one handle."""
    handle = path.rpartition("/")[2].rpartition(".")[0]
    hint = "rename one of the two files: a handle is unique in the book"
    return Problem(path, 0, 0, "same-handle", f"the handle '{handle}' is also that of {first}", hint)


def outside(path: str) -> Problem:
    """Return the problem of a path that leaves the book."""
    return Problem(shown(path), 0, 0, "outside", "this place is not in the book", "name a file below the book's folder")


def too_large(path: str, limit: int) -> Problem:
    """Return the problem of a file above the limit in bytes."""
    message = f"the file is larger than {limit // 1024 // 1024} MiB"
    return Problem(shown(path), 0, 0, "too-large", message, "shorten it, or keep what is long elsewhere")


def unread(path: str, error: OSError) -> Problem:
    """Return the problem of a file or folder that could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        return Problem(shown(path), 0, 0, "missing", "there is no such file", "it was moved or removed meanwhile")
    if error.errno == errno.ELOOP:
        return odd(path, LINK)
    if error.errno in {errno.ENXIO, errno.ENODEV}:
        return odd(path, 0)
    return Problem(shown(path), 0, 0, "unreadable", f"cannot be read: {cause(error)}", remedy(error))


def not_written(path: str, error: OSError) -> OutsideError:
    """Return the refusal of the disk before anything changed."""
    return OutsideError(f"{shown(path)} cannot be written: {cause(error)}; nothing was changed", remedy(error))


def not_flushed(path: str, error: OSError) -> OutsideError:
    """Return the refusal of the disk after the change was in place."""
    message = f"{shown(path)} was changed as asked, but the disk did not confirm it: {cause(error)}"
    return OutsideError(message, remedy(error))


def both_there(old: str, new: str, error: OSError) -> OutsideError:
    """Return the refusal that left a file in its old and its new place."""
    message = f"{shown(old)} was copied to {shown(new)}, but not removed: {cause(error)}; both are there"
    return OutsideError(message, f"remove one of them; {remedy(error)}")


def no_state(path: str, error: OSError) -> OutsideError:
    """Return the refusal of the disk for a file of the state folder."""
    return OutsideError(f"{shown(path)} (crmtxt's own file) cannot be used: {cause(error)}", remedy(error))


def moved_on(path: str, *, expected: bool, there: bool) -> OvertakenError:
    """Return the refusal for a file that is not as it was when the command read it."""
    if not expected:
        message, hint = "is there already", "choose another name, or look at that file first"
    elif there:
        message, hint = "was changed outside meanwhile", "run the command again: it reads the file anew"
    else:
        message, hint = "was moved or removed outside meanwhile", "look where it went, then run the command again"
    return OvertakenError(f"{shown(path)} {message}; nothing was written", hint)
