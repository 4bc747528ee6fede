from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt.errors import LockedError
from crmtxt.errors import OutsideError
from crmtxt.store import disk
from crmtxt.store import files
from crmtxt.store.lock import locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

PROCESSES = 16
CYCLES = 25


@pytest.fixture
def lock(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "book" / "lock")


def in_child(act: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        act()
        os._exit(0)
    finally:
        os._exit(1)


@contextmanager
def holder(lock: str) -> Iterator[int]:
    """Another process that holds the lock until it is killed."""
    ready, told = os.pipe()

    def hold() -> None:
        with locked(lock):
            os.write(told, b"x")
            time.sleep(60)

    child = in_child(hold)
    try:
        os.read(ready, 1)
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(told)


def test_the_second_is_told_which_process_holds_the_lock(lock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmtxt.store.lock.WAIT_SECONDS", 0.2)
    with holder(lock) as other:
        began = time.monotonic()
        with pytest.raises(LockedError, match=rf"process {other}\b.*nothing was written") as caught, locked(lock):
            pass
        assert time.monotonic() - began >= 0.2
        assert caught.value.hint


def test_the_second_waits_for_the_first(lock: str) -> None:
    def hold() -> None:
        with locked(lock):
            told.touch()
            time.sleep(0.3)
            done.touch()

    told, done = Path(lock).parent / "told", Path(lock).parent / "done"
    child = in_child(hold)
    while not told.exists():
        time.sleep(0.005)
    with locked(lock):
        assert done.exists()
    assert os.waitpid(child, 0)[1] == 0


def test_a_killed_holder_leaves_no_lock(lock: str) -> None:
    with holder(lock):
        pass
    with locked(lock):
        pass


def test_the_lock_ends_with_the_body_however_that_ends(lock: str) -> None:
    with pytest.raises(KeyboardInterrupt), locked(lock):
        raise KeyboardInterrupt
    with locked(lock):
        pass


def test_a_program_started_meanwhile_does_not_keep_the_lock(lock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmtxt.store.lock.WAIT_SECONDS", 5)
    with locked(lock):
        program = os.posix_spawnp("sleep", ["sleep", "30"], dict(os.environ))
    try:
        with locked(lock):
            pass
    finally:
        os.kill(program, signal.SIGKILL)
        os.waitpid(program, 0)


def test_the_lock_file_and_its_folder_are_private(lock: str) -> None:
    with locked(lock):
        assert Path(lock).stat().st_mode & 0o777 == 0o600
        assert Path(lock).parent.stat().st_mode & 0o777 == 0o700
        assert Path(lock).read_text(encoding="ascii").strip() == str(os.getpid())


def test_a_place_that_cannot_hold_a_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(OutsideError, match="state/lock") as caught, locked(str(tmp_path / "state" / "lock")):
        pass
    assert caught.value.hint


def test_sixteen_processes_at_once_lose_nothing(lock: str, tmp_path: Path) -> None:
    root, path = str(tmp_path), "customers/acme.md"
    files.write(root, path, b"", None)

    def log() -> None:
        for number in range(CYCLES):
            with locked(lock):
                text = files.read(root, path)
                files.write(root, path, text + f"{os.getpid()} {number}\n".encode(), files.digest(text))

    children = [in_child(log) for _ in range(PROCESSES)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * PROCESSES
    lines = files.read(root, path).decode().splitlines()
    assert sorted(lines) == sorted(f"{child} {number}" for child in children for number in range(CYCLES))
    assert not [name for name in os.listdir(tmp_path / "customers") if name.startswith(disk.TEMPORARY)]  # noqa: PTH208
