"""The program git calls for each customer file both sides changed: with real git, and with everything that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crmtxt import mergedriver
from crmtxt.store import setup
from crmtxt.store.driver import DRIVER_NAME
from crmtxt.store.driver import PROGRAM
from crmtxt.store.driver import driver_line

DRIVER = str(Path(sys.executable).with_name(PROGRAM))
FILE = "customers/acme.md"
BASE = """---
name: Acme Ltd
stage: lead
tags: [vip]
contacts:
  jane:
    name: Jane Doe
---
Met at the fair.

## Next

- [ ] 2026-11-24 promise to @jane by @sam: send the quote

## Log

- 2026-11-10 email to @jane by @sam: Sent the one-pager
"""
PROMISE = "- [ ] 2026-11-24 promise to @jane by @sam: send the quote\n"
CALL, NOTE = "- 2026-11-21 09:30 call from @jane: hello\n", "- 2026-11-21 10:00 note by @ana: hello\n"
KEPT = "- 2026-11-22 kept to @jane by @sam: send the quote due:2026-11-24\n"
JANE = "    name: Jane Doe\n"
TOM, BEA = "  tom:\n    name: Tom\n", "  bea:\n    name: Bea\n"
MARKERS = ("<<<<<<< ", "=======", ">>>>>>> ")


class Repository:
    """A book in git whose main branch is at BASE, with the merge driver it is told; or a clone of one."""

    def __init__(self, folder: Path, driver: str, origin: str = "") -> None:
        self.folder = folder
        folder.mkdir()
        if origin:
            self.git("clone", "-q", origin, ".")
            self.git("config", f"merge.{DRIVER_NAME}.driver", driver)
            return
        self.git("init", "-q")
        (folder / ".gitattributes").write_text(setup.LINE, encoding="utf-8")
        (folder / "customers").mkdir()
        if driver:
            self.git("config", f"merge.{DRIVER_NAME}.driver", driver)
        self.commit(BASE)

    def git(self, *words: str, code: int | None = 0) -> str:
        done = subprocess.run(["git", *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def commit(self, text: str, path: str = FILE) -> None:
        (self.folder / path).write_text(text, encoding="utf-8", newline="")
        self.git("add", "--all")
        self.git("commit", "-q", "-m", "a change")

    def diverge(self, ours: str, theirs: str) -> None:
        """Make a branch `theirs`, and come back to main with ours."""
        self.git("checkout", "-q", "-b", "theirs")
        self.commit(theirs)
        self.git("checkout", "-q", "main")
        self.commit(ours)

    def merge(self, ours: str, theirs: str, code: int = 0) -> str:
        """Merge two sides and return the file."""
        self.diverge(ours, theirs)
        self.git("merge", "-q", "--no-edit", "theirs", code=code)
        return self.text()

    def text(self, path: str = FILE) -> str:
        return (self.folder / path).read_bytes().decode()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "book", driver_line(DRIVER))


# merges


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (BASE + NOTE, BASE + CALL, BASE + CALL + NOTE),
        (BASE + NOTE, BASE.replace("lead", "customer") + CALL, BASE.replace("lead", "customer") + CALL + NOTE),
        (BASE.replace(JANE, JANE + TOM), BASE.replace(JANE, JANE + BEA), BASE.replace(JANE, JANE + BEA + TOM)),
        (BASE.replace("[vip]", "[vip, x]"), BASE.replace("[vip]", "[vip, y]"), BASE.replace("[vip]", "[vip, x, y]")),
        (BASE.replace(PROMISE, "") + KEPT, BASE.replace("11-24 p", "11-29 p"), BASE.replace(PROMISE, "") + KEPT),
    ],
    ids=["log and log", "log and stage", "contact and contact", "tag and tag", "done and snoozed"],
)
def test_what_a_team_does_at_once_merges_cleanly_in_git(
    repository: Repository, ours: str, theirs: str, merged: str
) -> None:
    assert repository.merge(ours, theirs) == merged
    assert repository.git("status", "--porcelain") == ""


def test_both_clones_get_the_same_bytes(tmp_path: Path) -> None:
    ours, theirs = BASE.replace("[vip]", "[a, vip]") + NOTE, BASE.replace("[vip]", "[vip, y]") + CALL
    here, there = (Repository(tmp_path / name, driver_line(DRIVER)) for name in ("here", "there"))
    assert here.merge(ours, theirs) == there.merge(theirs, ours)


def test_a_disagreement_stops_the_merge_with_markers_around_the_value_alone(repository: Repository) -> None:
    text = repository.merge(BASE.replace("lead", "customer") + NOTE, BASE.replace("lead", "lost") + CALL, code=1)
    region = "<<<<<<< ours\nstage: customer\n=======\nstage: lost\n>>>>>>> theirs\n"
    assert text == BASE.replace("stage: lead\n", region) + CALL + NOTE
    assert repository.git("status", "--porcelain") == f"UU {FILE}\n"


def test_rebase_cherry_pick_revert_and_stash_merge_by_meaning_too(repository: Repository) -> None:
    repository.diverge(BASE + NOTE, BASE + CALL)
    repository.git("cherry-pick", "theirs")
    assert repository.text() == BASE + CALL + NOTE
    repository.git("revert", "--no-edit", "HEAD")
    assert repository.text() == BASE + NOTE
    repository.git("checkout", "-q", "theirs")
    repository.git("rebase", "-q", "main")
    assert repository.text() == BASE + CALL + NOTE
    (repository.folder / FILE).write_text(BASE + CALL + NOTE + KEPT, encoding="utf-8")
    repository.git("stash", "-q")
    repository.commit(BASE.replace("lead", "customer") + CALL + NOTE + CALL.replace("21", "22"))
    repository.git("stash", "pop", "-q")
    assert repository.text() == BASE.replace("lead", "customer") + CALL + NOTE + KEPT + CALL.replace("21", "22")


def test_a_file_renamed_on_one_side_is_merged(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "theirs")
    repository.git("mv", FILE, "customers/acme-ltd.md")
    repository.commit(BASE + CALL, "customers/acme-ltd.md")
    repository.git("checkout", "-q", "main")
    repository.commit(BASE + NOTE)
    repository.git("merge", "-q", "--no-edit", "theirs")
    assert repository.text("customers/acme-ltd.md") == BASE + CALL + NOTE


def test_a_file_made_on_both_sides_is_merged_from_nothing(repository: Repository) -> None:
    new = "customers/new.md"
    repository.git("checkout", "-q", "-b", "theirs")
    repository.commit(BASE + CALL, new)
    repository.git("checkout", "-q", "main")
    repository.commit(BASE + NOTE, new)
    repository.git("merge", "-q", "--no-edit", "theirs")
    assert repository.text(new) == BASE + CALL + NOTE


def test_pulling_with_rebase_keeps_what_is_not_committed_yet(repository: Repository, tmp_path: Path) -> None:
    ana = Repository(tmp_path / "ana", driver_line(DRIVER), origin=str(repository.folder))
    repository.commit(BASE + CALL)
    ana.commit(BASE + NOTE)
    saved = BASE.replace("lead", "customer") + NOTE
    (ana.folder / FILE).write_text(saved, encoding="utf-8")
    ana.git("pull", "-q", "--rebase", "--autostash")
    assert ana.text() == BASE.replace("lead", "customer") + CALL + NOTE
    assert ana.git("status", "--porcelain") == f" M {FILE}\n"
    assert ana.git("show", f"HEAD:{FILE}") == BASE + CALL + NOTE
    assert ana.git("stash", "list") == ""


def test_patches_from_a_letter_are_applied_by_meaning(repository: Repository, tmp_path: Path) -> None:
    repository.diverge(BASE + NOTE, BASE.replace("lead", "customer") + CALL)
    repository.git("format-patch", "-q", "-1", "-o", str(tmp_path / "letter"), "theirs")
    repository.git("am", "-q", "-3", *map(str, (tmp_path / "letter").iterdir()))
    assert repository.text() == BASE.replace("lead", "customer") + CALL + NOTE


def test_branches_that_crossed_merge_again(repository: Repository) -> None:
    """Each side merged the other's first commit by itself, so that there are two bases."""
    repository.diverge(BASE + NOTE, BASE + CALL)
    repository.git("branch", "ours-first")
    repository.git("merge", "-q", "--no-edit", "theirs")
    repository.commit(repository.text().replace("lead", "customer"))
    repository.git("checkout", "-q", "theirs")
    repository.git("merge", "-q", "--no-edit", "ours-first")
    repository.commit(repository.text().replace("[vip]", "[vip, x]") + KEPT)
    assert len(repository.git("merge-base", "--all", "main", "theirs").split()) == 2
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-edit", "theirs")
    merged = BASE.replace("lead", "customer").replace("[vip]", "[vip, x]") + CALL + NOTE + KEPT
    assert repository.text() == merged


def test_branches_that_crossed_over_a_disagreement_never_drop_a_value(repository: Repository) -> None:
    repository.diverge(BASE.replace("lead", "customer"), BASE.replace("lead", "lost"))
    repository.git("branch", "ours-first")
    for branch, other, stage in (("main", "theirs", "customer"), ("theirs", "ours-first", "lost")):
        repository.git("checkout", "-q", branch)
        repository.git("merge", "-q", "--no-edit", other, code=1)
        repository.commit(BASE.replace("lead", stage))
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-edit", "theirs", code=1)
    region = "<<<<<<< ours\nstage: customer\n=======\nstage: lost\n>>>>>>> theirs\n"
    assert repository.text() == BASE.replace("stage: lead\n", region)


def test_three_branches_merge_at_once(repository: Repository) -> None:
    for name, text in (("one", BASE + CALL), ("two", BASE.replace("lead", "lost")), ("three", BASE + NOTE)):
        repository.git("checkout", "-q", "-b", name, "main")
        repository.commit(text)
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-edit", "one", "two")
    assert repository.text() == BASE.replace("lead", "lost") + CALL
    repository.git("merge", "-q", "--no-edit", "three")
    assert repository.text() == BASE.replace("lead", "lost") + CALL + NOTE


@pytest.mark.parametrize(
    "name", ["customers/a b.md", "customers/$(touch x)'\";&|.md", "customers/-rf.md", "customers/é\n.md"]
)
def test_no_name_of_a_file_breaks_the_shell(repository: Repository, name: str) -> None:
    repository.commit(BASE, name)
    repository.git("checkout", "-q", "-b", "theirs")
    repository.commit(BASE + CALL, name)
    repository.git("checkout", "-q", "main")
    repository.commit(BASE + NOTE, name)
    repository.git("merge", "-q", "--no-edit", "theirs")
    assert repository.text(name) == BASE + CALL + NOTE
    assert not (repository.folder / "x").exists()


# whatever fails, git's own merge marks what differs


def script(tmp_path: Path, text: str, name: str = "driver") -> str:
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "does",
    ["exit 1", "exit 2", "exit 130", "kill -KILL $$", "kill -TERM $$", "kill -SEGV $$", "missing"],
)
def test_a_driver_that_fails_leaves_git_s_markers_with_both_sides(tmp_path: Path, does: str) -> None:
    program = "/nowhere/crmtxt-merge" if does == "missing" else script(tmp_path, does)
    text = Repository(tmp_path / "book", driver_line(program)).merge(BASE + NOTE, BASE + CALL, code=1)
    assert all(f"\n{marker}" in text for marker in MARKERS)
    assert NOTE in text
    assert CALL in text


def test_a_failing_driver_still_merges_what_git_can(tmp_path: Path) -> None:
    text = Repository(tmp_path / "book", driver_line("false")).merge(BASE + NOTE, BASE.replace("lead", "lost"))
    assert text == BASE.replace("lead", "lost") + NOTE


def test_a_clone_that_was_not_told_merges_as_git_does(tmp_path: Path) -> None:
    text = Repository(tmp_path / "book", "").merge(BASE + NOTE, BASE + CALL, code=1)
    assert all(f"\n{marker}" in text for marker in MARKERS)


def test_in_doubt_git_merges(repository: Repository) -> None:
    unreadable = BASE.replace("Met", "```\nMet") + NOTE
    assert repository.merge(unreadable, BASE.replace("lead", "lost")) == unreadable.replace("lead", "lost")


@pytest.mark.parametrize("folder", ["plain", "with space", "100%A it's"])
def test_the_program_may_lie_anywhere(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    program = script(tmp_path / folder, f'exec "{DRIVER}" "$@"')
    assert Repository(tmp_path / "book", driver_line(program)).merge(BASE + NOTE, BASE + CALL) == BASE + CALL + NOTE


def test_the_line_quotes_only_where_it_must() -> None:
    assert driver_line("crmtxt-merge") == (
        "crmtxt-merge %O %A %B %P %L; case $? in 0) exit 0;; 3) exit 1;; esac; "
        "git merge-file -q --marker-size=%L -L ours -L base -L theirs %A %O %B"
    )


# the program by itself


class Files:
    """Base, ours and theirs in a folder, and the program run on them."""

    def __init__(self, folder: Path, ours: bytes, theirs: bytes, base: bytes = BASE.encode()) -> None:
        self.folder = folder
        for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
            (folder / name).write_bytes(data)

    def run(self, *words: str) -> tuple[int, str]:
        command = [DRIVER, *(words or ("base", "ours", "theirs", FILE, "7"))]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.stdout == ""
        return done.returncode, done.stderr

    @property
    def ours(self) -> bytes:
        return (self.folder / "ours").read_bytes()


def test_it_leaves_with_0_when_all_is_merged_and_3_with_conflicts(tmp_path: Path) -> None:
    files = Files(tmp_path, (BASE + NOTE).encode(), (BASE + CALL).encode())
    (tmp_path / "ours").chmod(0o640)
    assert files.run() == (0, "")
    assert files.ours == (BASE + CALL + NOTE).encode()
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o640
    files = Files(tmp_path, BASE.replace("lead", "a").encode(), BASE.replace("lead", "b").encode())
    assert files.run("base", "ours", "theirs", FILE, "11") == (3, "")
    assert b"\n<<<<<<<<<<< ours\nstage: a\n===========\nstage: b\n>>>>>>>>>>> theirs\n" in files.ours
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "ours", "theirs"]


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        (BASE.encode() + b"\xff\n", "utf-8"),
        (BASE.encode() + b"x" * mergedriver.LARGEST, "5 MiB"),
        (b"no head\n", "no head"),
    ],
    ids=["not UTF-8", "too large", "unreadable"],
)
def test_in_doubt_it_leaves_with_1_one_line_and_ours_untouched(tmp_path: Path, theirs: bytes, why: str) -> None:
    ours = (BASE + NOTE).encode()
    files = Files(tmp_path, ours, theirs)
    code, error = files.run()
    assert (code, files.ours) == (1, ours)
    assert why in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("base",),
        ("a", "b", "c", "d", "e", "f"),
        ("base", "ours", "theirs", "p", "x"),
        ("base", "ours", "theirs", "p", "0"),
    ],
)
def test_called_in_another_way_it_says_how_git_calls_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    files = Files(tmp_path, b"ours", b"theirs")
    assert files.run(*words) == (2, "usage: crmtxt-merge BASE OURS THEIRS PATH MARKER (git calls it)\n")
    assert files.ours == b"ours"


def test_nothing_a_terminal_obeys_is_said(tmp_path: Path) -> None:
    files = Files(tmp_path, b"\x1b]0;x\x07\n", b"theirs\n")
    code, error = files.run("base", "ours", "theirs", "customers/\x1b[31m\u202e.md", "7")
    assert code == 1
    assert error.removesuffix("\n").isprintable()


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    code, error = Files(tmp_path, b"", b"").run("base", "ours", "gone", FILE, "7")
    assert code == 1
    assert "gone" in error


def test_closed_standard_streams_are_no_matter(tmp_path: Path) -> None:
    files = Files(tmp_path, b"x\n", b"y\n")
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{DRIVER}" base ours theirs p 7 <&- >&- 2>&-; echo $?'],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, files.ours) == ("1\n", b"x\n")


@pytest.mark.parametrize("at", range(1, 9))
def test_killed_at_any_moment_ours_is_whole(tmp_path: Path, at: int) -> None:
    before, after = (BASE + NOTE).encode(), (BASE + CALL + NOTE).encode()
    files = Files(tmp_path, before, (BASE + CALL).encode())
    process = subprocess.Popen([DRIVER, "base", "ours", "theirs", FILE, "7"], cwd=tmp_path)
    try:
        process.wait(at * 0.01)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGTERM)
    process.wait()
    assert files.ours in {before, after}


LOADED = """
import sys

before = set(sys.modules)
from crmtxt.mergedriver import main

code = main(sys.argv[1:])
sys.stdout.write(" ".join(sorted(set(sys.modules) - before)))
sys.exit(code)
"""


def loaded(folder: Path) -> set[str]:
    words = [sys.executable, "-c", LOADED, "base", "ours", "theirs", FILE, "7"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_it_loads_neither_book_nor_command_line_and_yaml_only_for_two_changed_heads(tmp_path: Path) -> None:
    Files(tmp_path, (BASE + NOTE).encode(), BASE.replace("lead", "lost").encode() + CALL.encode())
    names = loaded(tmp_path)
    never = {"typer", "pydantic", "rich", "ruamel", "sqlite3", "pathlib", "difflib", "subprocess", "json", "datetime"}
    assert not never & {name.partition(".")[0] for name in names}
    ours = {name for name in names if name.startswith("crmtxt.") and not name.startswith("crmtxt.text")}
    assert ours == {"crmtxt.mergedriver", "crmtxt.store", "crmtxt.store.disk", "crmtxt.store.exchange"}
    assert "yaml" not in names
    Files(tmp_path, BASE.replace("vip", "x").encode(), BASE.replace("lead", "lost").encode())
    names = loaded(tmp_path)
    assert "yaml" in names
    assert not never - {"datetime", "json"} & {name.partition(".")[0] for name in names}
