from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from crmtxt.errors import LockedError
from crmtxt.errors import OutsideError
from crmtxt.store import disk
from crmtxt.store import files
from faults import ERRORS
from faults import FOREVER
from faults import contents
from faults import every_death
from faults import every_failure
from faults import put

OLD = b"---\nname: Acme\n---\n" * 40
NEW = b"---\nname: Acme Ltd\n---\n" * 40
ACME = "customers/acme.md"
MOVED = "customers/a/acme-ltd.md"


@pytest.fixture
def root(tmp_path: Path) -> str:
    (tmp_path / "customers").mkdir()
    return str(tmp_path)


@pytest.fixture(autouse=True, params=["exchange", "replace"])
def _system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test where two files can swap places, and where they cannot."""
    if request.param == "replace":
        monkeypatch.setattr(disk, "exchange", lambda _one, _two: False)


Book = dict[str, bytes]
Action = tuple[Callable[[str], object], Book, Book]
ACTIONS: dict[str, Action] = {
    "create": (lambda root: files.write(root, "customers/a/new.md", NEW, None), {}, {"customers/a/new.md": NEW}),
    "change": (lambda root: files.write(root, ACME, NEW, files.digest(OLD)), {ACME: OLD}, {ACME: NEW}),
    "move": (lambda root: files.move(root, ACME, MOVED, NEW, files.digest(OLD)), {ACME: OLD}, {MOVED: NEW}),
    "remove": (lambda root: files.remove(root, ACME, files.digest(OLD)), {ACME: OLD}, {}),
}


def start(root: str, book: Book) -> None:
    for path in contents(root):
        Path(root, path).unlink()
    for folder in sorted(Path(root, "customers").iterdir()):
        folder.rmdir()
    for path, data in book.items():
        put(root, path, data)


def without_temporaries(book: Book) -> Book:
    return {path: data for path, data in book.items() if disk.TEMPORARY not in path}


def the_next_write_works(root: str) -> None:
    """A write to every folder in use works, and leaves no temporary of ours behind."""
    for folder in sorted({path.rpartition("/")[0] for path in contents(root)} | {"customers"}):
        files.write(root, f"{folder}/next.md", NEW, None)
        Path(root, folder, "next.md").unlink()
    assert contents(root) == without_temporaries(contents(root))


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", ACTIONS)
def test_a_fault_at_any_call_leaves_the_old_book_or_the_new_one(
    root: str, monkeypatch: pytest.MonkeyPatch, name: str, error: int
) -> None:
    act, old, new = ACTIONS[name]
    start(root, old)
    count = 0
    for faulty, raised in every_failure(monkeypatch, error, lambda: act(root)):
        count += 1
        there = contents(root)
        if faulty.struck == "unlink" and raised is None:
            there = without_temporaries(there)
        assert there in (old, new), (faulty.calls, raised)
        if raised is None:
            assert there == new
        else:
            assert isinstance(raised, OutsideError | LockedError)
            assert ("nothing was" in raised.message) == (there == old)
            assert raised.hint
        the_next_write_works(root)
        start(root, old)
    assert count > 5


@pytest.mark.parametrize("name", ACTIONS)
def test_a_disk_that_stays_broken_tears_nothing_and_says_what_is_there(
    root: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    act, old, new = ACTIONS[name]
    start(root, old)
    for faulty, raised in every_failure(monkeypatch, errno.EIO, lambda: act(root), lasting=FOREVER):
        there = without_temporaries(contents(root))
        if raised is None:  # only its temporary is left, for the next write to sweep
            assert (faulty.struck, there) == ("unlink", new)
        elif name == "move" and there == old | new:
            assert isinstance(raised, OutsideError)
            assert "both are there" in raised.message
        else:
            assert isinstance(raised, OutsideError | LockedError), faulty.calls
            assert there in (old, new)
        the_next_write_works(root)
        start(root, old)


@pytest.mark.parametrize("name", ACTIONS)
def test_a_kill_at_any_call_leaves_the_old_file_or_the_new_one(root: str, name: str) -> None:
    act, old, new = ACTIONS[name]
    start(root, old)
    count = 0
    for _ in every_death(lambda: act(root)):
        count += 1
        there = without_temporaries(contents(root))
        assert there in (old, new) or (name == "move" and there == old | new)
        the_next_write_works(root)
        start(root, old)
    assert count > 5
