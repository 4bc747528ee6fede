"""Many at once wait for each other; one that is killed leaves the old file or the new one, and nobody waits for it."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

import killing
from crmtxt.store import disk
from killing import killed_at_random
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = (
    "---\nname: Acme  # as registered\nstage: lead\n---\nNotes.\n\n## Next\n\n## Log\n\n- 2026-11-01 call: the first\n"
)
PROCESSES, EACH = 16, 50
CHANGES = [
    "log acme call: logged",
    "set acme owner=sam",
    "set acme tags+=vip",
    "stage acme customer",
    "next acme fri call: planned",
    "contact add acme jane --name Jane",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a book with one customer, its own settings and no git."""
    folder = tmp_path / "book"
    (folder / "customers").mkdir(parents=True)
    (folder / "crmtxt.yaml").write_text("crmtxt: 1\nstages: [lead, customer]\n", encoding="utf-8")
    (folder / "customers" / "acme.md").write_text(HEAD, encoding="utf-8")
    return folder


def acme(root: Path) -> str:
    return (root / "customers" / "acme.md").read_text(encoding="utf-8")


def with_git(root: Path) -> None:
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
        subprocess.run(["git", "-C", root, *words], check=True)


def logging(root: Path, number: int, count: int) -> None:
    """Log `count` lines of process `number`, as one command after the other."""
    for each in range(count):
        answer = Prompt().words(["-C", str(root), "log", "acme", f"call: p{number} e{each} end"])
        if answer.code:
            sys.stderr.write(answer.stderr)
            os._exit(1)


def all_at_once(act: Callable[[Path, int, int], None], root: Path, processes: int, count: int) -> None:
    """Run `act` in that many processes, and wait until each has ended well."""
    killing.all_at_once(*(partial(act, root, number, count) for number in range(processes)))


def whole(root: Path, processes: int, count: int) -> None:
    """Assert that every entry is there once, whole, in the order of its process, and nothing else changed."""
    text = acme(root)
    assert text.startswith(HEAD)
    rows = text[len(HEAD) :].splitlines()
    assert all(re.fullmatch(r"- 2026-11-21 call: p\d+ e\d+ end", row) for row in rows)
    for number in range(processes):
        mine = [row for row in rows if f" p{number} " in row]
        assert mine == [f"- 2026-11-21 call: p{number} e{each} end" for each in range(count)]
    assert len(rows) == processes * count


def test_sixteen_processes_that_log_fifty_lines_each_leave_eight_hundred(root: Path, home: Path) -> None:
    all_at_once(logging, root, PROCESSES, EACH)
    whole(root, PROCESSES, EACH)
    nothing_left(root, home)
    for _ in range(20):
        assert Prompt().words(["-C", str(root), "undo"]).code == 0
    assert acme(root).count("\n") == HEAD.count("\n") + PROCESSES * EACH - 20


def test_eight_processes_that_log_in_a_repository_leave_a_commit_for_each_line(root: Path, home: Path) -> None:
    with_git(root)
    all_at_once(logging, root, 8, 5)
    whole(root, 8, 5)
    nothing_left(root, home)
    git = ["git", "-C", str(root)]
    assert subprocess.run([*git, "status", "--porcelain"], capture_output=True, check=True).stdout == b""
    commits = subprocess.run(
        [*git, "log", "--format=%h", "--numstat"], capture_output=True, check=True, text=True
    ).stdout
    assert commits.count("\n1\t0\tcustomers/acme.md") == 40


def test_whole_programs_at_once_leave_all_their_lines(root: Path, home: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "crmtxt", "-C", root, "note", "acme", f"n{number}"], stderr=subprocess.DEVNULL
        )
        for number in range(8)
    ]
    assert [child.wait(60) for child in children] == [0] * 8
    rows = acme(root)[len(HEAD) :].splitlines()
    assert sorted(row.rsplit(" ", 1)[1] for row in rows) == [f"n{number}" for number in range(8)]
    nothing_left(root, home)


def reading(root: Path, _: int, count: int) -> None:
    """Ask again and again while others write: each answer is whole, and never has fewer lines than the one before."""
    seen = 0
    for _each in range(count):
        answer = Prompt().words(["-C", str(root), "find", "end", "--format", "{text}"])
        now = answer.stdout.count("\n")
        if answer.code or now < seen:
            sys.stderr.write(f"{answer.code} {now} after {seen}: {answer.stderr}")
            os._exit(1)
        seen = now


def mixed(root: Path, number: int, count: int) -> None:
    (reading if number % 2 else logging)(root, number, count)


def test_readers_among_writers_never_see_a_line_torn_or_gone(root: Path) -> None:
    all_at_once(mixed, root, 6, 12)
    rows = acme(root)[len(HEAD) :].splitlines()
    assert len(rows) == 36


def test_different_changes_at_once_all_stand(root: Path) -> None:
    def act(folder: Path, number: int, _: int) -> None:
        words = CHANGES[number].split(" ")
        os._exit(Prompt().words(["-C", str(folder), *words]).code)

    all_at_once(act, root, 6, 1)
    text = acme(root)
    for part in (
        "call: logged",
        "owner: sam",
        "tags: [vip]",
        "stage: customer",
        "call: planned",
        "name: Jane",
        "lead -> customer",
    ):
        assert part in text
    for _ in range(6):
        assert Prompt().words(["-C", str(root), "undo"]).code == 0
    assert acme(root) == HEAD


def nothing_left(root: Path, home: Path) -> None:
    """Assert that no temporary lies about, in the book or in our own folders."""
    found = [place for folder in (root, home) for place in folder.rglob("*") if disk.TEMPORARY in place.name]
    assert found == []


def test_a_log_killed_at_any_moment_leaves_the_old_file_or_the_new_one(root: Path, home: Path) -> None:
    """Two hundred times: nothing said to be saved is lost, and the next command finds nothing in its way."""

    def act(number: int) -> None:
        assert Prompt().words(["-C", str(root), "log", "acme", f"call: victim {number}"]).code == 0

    killed = 0
    for number, was_killed in killed_at_random(act, 200, random.Random(20261121)):
        killed += was_killed
        now = acme(root)
        assert now == f"{HEAD}- 2026-11-21 call: victim {number}\n" or (was_killed and now == HEAD)
        start = time.monotonic()
        assert Prompt().words(["-C", str(root), "log", "acme", f"call: next {number}"]).code == 0
        assert time.monotonic() - start < 10
        assert acme(root) == f"{now}- 2026-11-21 call: next {number}\n"
        nothing_left(root, home)
        (root / "customers" / "acme.md").write_text(HEAD, encoding="utf-8")
    assert killed > 50


def test_a_whole_program_killed_in_a_repository_is_committed_by_the_next(root: Path, home: Path) -> None:
    with_git(root)
    chance = random.Random(7)
    for number in range(8):
        before = acme(root)
        child = subprocess.Popen(
            [sys.executable, "-m", "crmtxt", "-C", root, "log", "acme", f"call: victim {number}"],
            stderr=subprocess.DEVNULL,
        )
        time.sleep(0.05 + chance.random() * 0.4)
        child.kill()
        child.wait()
        assert acme(root) in {before, f"{before}- 2026-11-21 call: victim {number}\n"} | {
            f"{before}- {time.strftime('%Y-%m-%d')} call: victim {number}\n"
        }
        lock = root / ".git" / "index.lock"
        deadline = time.monotonic() + 5
        while lock.exists() and time.monotonic() < deadline:
            time.sleep(0.05)  # git itself was not killed and ends by itself
        lock.unlink(missing_ok=True)
        answer = Prompt().words(["-C", str(root), "note", "acme", f"next {number}"])
        assert answer.code == 0, answer
        status = subprocess.run(["git", "-C", root, "status", "--porcelain"], capture_output=True, check=True).stdout
        assert status == b""
        nothing_left(root, home)


def test_whoever_waits_too_long_for_the_lock_says_so_and_keeps_what_was_typed(
    root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crmtxt.store.lock import locked

    assert Prompt().words(["-C", str(root), "log", "acme", "call: first"]).code == 0
    (place,) = home.rglob("lock")
    monkeypatch.setattr("crmtxt.store.lock.WAIT_SECONDS", 0.2)
    before = acme(root)
    with locked(str(place)):
        answer = Prompt().words(["-C", str(root), "log", "acme", "-"], "call: typed with care\n")
    assert answer.code == 5
    assert acme(root) == before
    assert any("typed with care" in kept.read_text(encoding="utf-8") for kept in home.rglob("unsaved"))
