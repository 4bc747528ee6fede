"""The lock of a book: one writer at a time; it ends with its process, so that a killed one leaves none behind.

The branch for Windows follows the documentation of its calls and has not been tried there.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from contextlib import suppress
from typing import TYPE_CHECKING

from crmtxt.errors import LockedError
from crmtxt.store import refusals
from crmtxt.store import state

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.001, 0.05, 1.5
LONGEST_PID = 20


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Hold the lock on a file of the state folder while the body runs, waiting for whoever holds it.

    The file is made if missing, holds the process id of the last holder, and is never removed.

    Raises:
        LockedError: somebody else held it for 30 seconds; nothing was done.
        OutsideError: the file cannot be opened or locked.
    """
    place = state.open_lock(path)
    try:
        _wait(place, path)
        _sign(place)
        yield
    finally:
        os.close(place)


def _wait(place: int, path: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    pause = FIRST_PAUSE
    while not _try(place, path):
        left = end - time.monotonic()
        if left <= 0:
            raise _refusal(place)
        time.sleep(min(pause, left))
        pause = min(pause * GROWTH, LONGEST_PAUSE)


def _try(place: int, path: str) -> bool:
    """Take the lock if it is free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(place, LONGEST_PID, os.SEEK_SET)  # beyond the process id, which others must be able to read
            msvcrt.locking(place, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise refusals.no_state(path, error) from error
    return True


def _sign(place: int) -> None:
    """Leave our process id for whoever waits; a full disk does not keep us from working."""
    with suppress(OSError):
        os.lseek(place, 0, os.SEEK_SET)
        os.write(place, str(os.getpid()).ljust(LONGEST_PID).encode())


def _refusal(place: int) -> LockedError:
    os.lseek(place, 0, os.SEEK_SET)
    pid = os.read(place, LONGEST_PID).strip().decode("ascii", "replace")
    who = f"process {pid}" if pid.isdecimal() else "another process"
    message = f"the book is being written by {who}, which did not finish within {WAIT_SECONDS:g} s; nothing was written"
    return LockedError(message, "run the command again when it is done")
