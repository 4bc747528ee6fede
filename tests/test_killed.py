"""Sync, merge and a rebuilt index killed at any moment: nothing said to be saved is lost, nobody has to tidy up.

Each is killed 200 times with `-m long`, and fewer times otherwise: the test says how often.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from crmtxt.store import disk
from killing import killed_at_random
from prompt import Prompt

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Answer

OFTEN = 200
PATIENCE = 20  # seconds in which a git that outlives its caller has ended
HEAD = "---\nname: {name}\nstage: lead\ntags: [{name}]\n---\nNotes about {name}.\n\n## Log\n\n"
ACME = HEAD.format(name="Acme") + "- 2026-11-01 call: the first of acme\n"
GLOBEX = HEAD.format(name="Globex") + "- 2026-11-02 call: the first of globex\n- 2026-11-03 note: another\n"
FACTS = ("Notes about Acme.", "Notes about Globex.", "first of acme", "first of globex", "note: another")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository of a book with two customers."""
    folder = tmp_path / "book"
    (folder / "customers").mkdir(parents=True)
    (folder / "crmtxt.yaml").write_text("crmtxt: 1\nstages: [lead, customer]\n", encoding="utf-8")
    for name, text in (("acme", ACME), ("globex", GLOBEX)):
        (folder / f"customers/{name}.md").write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "book")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=start")
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True).stdout


def run(root: Path, *words: str) -> Answer:
    return Prompt().words(["-C", str(root), *words])


def done(root: Path, *words: str) -> Answer:
    """Run a command that must do what it is asked, at the latest when the git of the killed one has ended."""
    until = time.monotonic() + PATIENCE
    while (answer := run(root, *words)).code and time.monotonic() < until:
        time.sleep(0.1)
    assert answer.code == 0, answer
    return answer


def nothing_left(*folders: Path) -> None:
    assert [place for folder in folders for place in folder.rglob(f"*{disk.TEMPORARY}*")] == []


def kill_sync(root: Path, times: int) -> int:
    """Kill a sync that has something to send and something to merge; return how often it died of it."""
    server, ana = root.with_name("server.git"), root.with_name("ana")
    git(root.parent, "init", "--quiet", "--bare", server.name)
    git(root, "remote", "add", "origin", str(server))
    done(root, "sync")
    git(root.parent, "clone", "--quiet", str(server), ana.name)
    said: list[str] = []

    def both_log() -> None:
        for folder, who in ((ana, "ana"), (root, "sam")):
            said.append(f"{who} {len(said)} end")
            done(folder, "log", "acme", f"note: {said[-1]}")
        done(ana, "sync")

    def act(_: int) -> None:
        assert run(root, "sync").code == 0

    killed = 0
    both_log()
    for _, was_killed in killed_at_random(act, times, random.Random(20261122)):
        killed += was_killed
        text = (root / "customers/acme.md").read_text(encoding="utf-8")
        assert [each for each in said if each.startswith("sam") and each not in text] == []
        done(root, "sync")
        sent = git(server, "show", "main:customers/acme.md")
        assert sent == (root / "customers/acme.md").read_text(encoding="utf-8")
        assert [sent.count(each) for each in said] == [1] * len(said)
        assert git(root, "status", "--porcelain") == ""
        nothing_left(root)
        both_log()
    return killed


def kill_merge(root: Path, home: Path, times: int) -> int:
    """Kill the merge of two customers; return how often it died of it."""
    files = root / "customers/acme.md", root / "customers/globex.md"

    def act(number: int) -> None:
        assert run(root, "merge", "acme", "globex", "--yes").code == 0, number

    start = git(root, "rev-parse", "HEAD").strip()
    assert run(root, "merge", "acme", "globex", "--yes").code == 0
    united = files[0].read_text(encoding="utf-8")
    git(root, "reset", "--hard", "--quiet", start)
    killed = 0
    for number, was_killed in killed_at_random(act, times, random.Random(20261122)):
        killed += was_killed
        acme, globex = (path.read_text(encoding="utf-8") if path.exists() else "" for path in files)
        assert acme in {ACME, united}
        assert globex in {GLOBEX, ""}
        assert [fact for fact in FACTS if fact not in acme + globex] == []
        done(root, "log", "acme", f"note: next {number}")
        assert files[0].read_text(encoding="utf-8") == f"{acme}- 2026-11-21 note: next {number}\n"
        nothing_left(root, home)
        git(root, "reset", "--hard", "--quiet", start)
    return killed


def kill_rebuild(root: Path, home: Path, times: int) -> int:
    """Kill the first read of a book, which makes its index; return how often it died of it."""
    for number in range(60):
        (root / f"customers/c{number}.md").write_text(HEAD.format(name=f"C{number}"), encoding="utf-8")

    def act(_: int) -> None:
        assert run(root, "list", "--json").code == 0

    expected = run(root, "list", "--json")
    assert expected.stdout.count('"name"') >= 62
    shutil.rmtree(home / ".cache")
    killed = 0
    for _, was_killed in killed_at_random(act, times, random.Random(20261122)):
        killed += was_killed
        assert run(root, "list", "--json") == expected
        shutil.rmtree(home / ".cache")
    return killed


def test_a_sync_killed_at_any_moment_is_ended_by_the_next(root: Path) -> None:
    assert kill_sync(root, 20) > 5


def test_a_merge_of_customers_killed_at_any_moment_loses_no_line(root: Path, home: Path) -> None:
    assert kill_merge(root, home, 40) > 10


def test_an_index_killed_while_it_is_made_is_made_by_the_next_read(root: Path, home: Path) -> None:
    assert kill_rebuild(root, home, 100) > 30


@pytest.mark.long
def test_two_hundred_times_each(root: Path, home: Path, request: pytest.FixtureRequest) -> None:
    if "long" not in str(request.config.getoption("-m")):
        pytest.skip("runs for minutes: ask for it with -m long")
    assert kill_merge(root, home, OFTEN) > 50
    assert kill_sync(root, OFTEN) > 50
    assert kill_rebuild(root, home, OFTEN) > 50
