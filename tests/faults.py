"""A disk that fails, or a process that dies, at the n-th call: stands for `os` and `exchange` in `store.disk`."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest

from crmtxt.store import disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

READING = ["open", "close", "read", "fstat", "lstat", "scandir", "listdir"]
WRITING = ["write", "fsync", "replace", "exchange", "link", "unlink", "mkdir", "ftruncate", "fchmod"]
COUNTED = frozenset(READING + WRITING)
ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS]
FOREVER = 1 << 30


class FaultyDisk:
    """Stands for `os`: the calls from number `first` on, `lasting` of them, fail with `error`; None kills the process.

    A write that is struck writes half of its bytes; a close that is struck closes.
    """

    def __init__(self, first: int, error: int | None = None, lasting: int = 1) -> None:
        self.first = first
        self.error = error
        self.lasting = lasting
        self.calls: list[str] = []
        self.swap = vars(disk)["exchange"]

    @property
    def struck(self) -> str:
        """Return the name of the first call that failed, "" when none was reached."""
        return self.calls[self.first - 1] if len(self.calls) >= self.first else ""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # it stands for a whole module
        real = self.swap if name == "exchange" else getattr(os, name)
        if name not in COUNTED:
            return real

        def call(*values: Any, **named: Any) -> Any:  # noqa: ANN401  # the same
            self.calls.append(name)
            if self.first <= len(self.calls) < self.first + self.lasting:
                self._strike(name, values)
            return real(*values, **named)

        return call

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let the store call this disk."""
        patch.setattr(disk, "os", self)
        patch.setattr(disk, "exchange", self.exchange)

    def _strike(self, name: str, values: tuple[Any, ...]) -> None:
        if name == "write":
            os.write(values[0], values[1][: len(values[1]) // 2])
        elif name == "close":
            os.close(values[0])
        if self.error is None:
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            raise OSError(self.error, os.strerror(self.error))


def every_failure(
    monkeypatch: pytest.MonkeyPatch, error: int, act: Callable[[], object], *, lasting: int = 1
) -> Iterator[tuple[FaultyDisk, Exception | None]]:
    """Run `act` with a fault at its first call, its second … until none is reached; yield each time what it raised."""
    for first in range(1, 1000):
        faulty = FaultyDisk(first, error, lasting)
        raised: Exception | None = None
        with monkeypatch.context() as patch:
            faulty.install(patch)
            try:
                act()
            except Exception as caught:  # noqa: BLE001  # the test says which may come
                raised = caught
        if not faulty.struck:
            return
        yield faulty, raised
    raise AssertionError("it never came to an end")


def every_death(act: Callable[[], object]) -> Iterator[int]:
    """Run `act` in a child that dies at its first call to the disk, its second … until none is reached."""
    for first in range(1, 1000):
        child = os.fork()
        if not child:
            try:
                FaultyDisk(first).install(pytest.MonkeyPatch())
                act()
            finally:
                os._exit(0)
        if not os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            return
        yield first
    raise AssertionError("it never came to an end")


def put(root: str, path: str, data: bytes = b"---\nname: Acme\n---\n") -> Path:
    """Write a file the plain way, as an editor would; return its place."""
    place = Path(root, path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place


def contents(root: str) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    found = (place for place in Path(root).rglob("*") if place.is_file())
    return {str(place.relative_to(root)): place.read_bytes() for place in found}
