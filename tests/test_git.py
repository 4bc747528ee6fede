from __future__ import annotations

import os
import pty
import stat
import subprocess
from pathlib import Path

import pytest

from crmtxt.errors import NotCommittedError
from crmtxt.errors import OutsideError
from crmtxt.store import git
from crmtxt.store import gitcall
from crmtxt.store import past
from crmtxt.store import repository

ACME = "customers/acme.md"
NAMES = [f"customers/{name}.md" for name in (
    "-m", "a b", "it's \"quoted\"", "$(touch pwned); `x`", "*", ":(top)x", "line\nbreak\ttab", "caf\udce9", "Grüße",
)]  # fmt: skip


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    text = "[user]\n\tname = Sam Okafor\n\temail = sam@harbour.example\n[init]\n\tdefaultBranch = main\n"
    (home / ".gitconfig").write_text(text, encoding="utf-8")
    return {"HOME": str(home), "PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(home)}


@pytest.fixture
def book(tmp_path: Path, env: dict[str, str]) -> str:
    root = tmp_path / "book"
    (root / "customers").mkdir(parents=True)
    git.init(str(root), env)
    write(str(root), ACME, "one\n")
    write(str(root), "other.txt", "one\n")
    run(str(root), env, "add", "--", ACME, "other.txt")
    run(str(root), env, "commit", "--quiet", "--message=start")
    return str(root)


def write(root: str, path: str, text: str) -> None:
    place = Path(root, path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def run(root: str, env: dict[str, str], *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], env=env, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")


def commits(root: str, env: dict[str, str], *paths: str) -> list[past.Commit]:
    return list(past.commits(root, env, past.Asked(paths)))


def names(commit: past.Commit) -> tuple[str, ...]:
    return tuple(each.path for each in commit.files)


def changed(root: str, env: dict[str, str], commit: str = "HEAD") -> set[str]:
    """Return the paths a commit changed."""
    return set(run(root, env, "show", "-z", "--format=", "--name-only", "--no-renames", commit).split("\0")) - {""}


def top(root: str) -> str | None:
    found = repository.find(root)
    return found.top if found else None


def hook(root: str, name: str, script: str) -> None:
    place = Path(root, ".git/hooks", name)
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)


def test_a_commit_holds_only_its_own_files_and_other_staged_work_stays_staged(book: str, env: dict[str, str]) -> None:
    write(book, ACME, "two\n")
    write(book, "other.txt", "two\n")
    write(book, "new.txt", "two\n")
    run(book, env, "add", "--", "other.txt", "new.txt")
    made = git.commit(book, [ACME], "log acme: call", env)
    assert run(book, env, "rev-parse", "HEAD").startswith(made)
    assert len(made) >= 4
    assert changed(book, env) == {ACME}
    assert run(book, env, "log", "-1", "--format=%s|%an").strip() == "log acme: call|Sam Okafor"
    assert run(book, env, "diff", "--cached", "--name-only").split() == ["new.txt", "other.txt"]


def test_the_first_commit_of_a_repository(tmp_path: Path, env: dict[str, str]) -> None:
    root = str(tmp_path / "empty")
    write(root, ACME, "one\n")
    git.init(root, env)
    assert commits(root, env) == []
    made = git.commit(root, [ACME], "add acme", env, new=True)
    (commit,) = commits(root, env)
    assert commit.hash.startswith(made)


@pytest.mark.parametrize("new", [True, False])
def test_a_file_git_does_not_know_is_added(book: str, env: dict[str, str], *, new: bool) -> None:
    write(book, "customers/b/new.md", "one\n")
    write(book, ACME, "two\n")
    assert git.commit(book, ["customers/b/new.md", ACME], "add", env, new=new)
    assert changed(book, env) == {"customers/b/new.md", ACME}


@pytest.mark.parametrize("new", [True, False])
def test_a_move_and_a_removal_are_committed(book: str, env: dict[str, str], *, new: bool) -> None:
    Path(book, ACME).rename(Path(book, "customers/moved.md"))
    assert git.commit(book, [ACME, "customers/moved.md", "customers/never-was.md"], "rename", env, new=new)
    assert changed(book, env) == {ACME, "customers/moved.md"}
    Path(book, "customers/moved.md").unlink()
    assert git.commit(book, ["customers/moved.md"], "remove", env, new=new)
    assert changed(book, env) == {"customers/moved.md"}
    assert run(book, env, "status", "--porcelain") == ""


def test_nothing_to_commit_is_no_commit(book: str, env: dict[str, str]) -> None:
    head = run(book, env, "rev-parse", "HEAD")
    write(book, "other.txt", "two\n")
    write(book, "untracked.txt", "two\n")
    assert git.commit(book, [], "nothing", env) == ""
    assert git.commit(book, [ACME], "nothing", env) == ""
    assert git.commit(book, ["customers/never-was.md"], "nothing", env) == ""
    assert git.commit(book, ["customers/never-was.md", ACME], "nothing", env, new=True) == ""
    run(book, env, "add", "other.txt")
    hook(book, "pre-commit", "echo all is well >&2")
    assert git.commit(book, [ACME], "nothing", env) == ""
    assert run(book, env, "rev-parse", "HEAD") == head


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_file_is_taken_for_anything_else(book: str, env: dict[str, str], name: str) -> None:
    write(book, "customers/bystander.md", "one\n")
    write(book, name, "one\n")
    git.commit(book, [name], "add", env, new=True)
    assert changed(book, env) == {name}
    write(book, ACME, "two\n")
    write(book, name, "two\n")
    git.commit(book, [name], "change", env)
    assert changed(book, env) == {name}
    assert [names(commit) for commit in commits(book, env, name)] == [(name,), (name,)]
    assert not Path(book, "pwned").exists()


@pytest.mark.parametrize(
    "message", ["-m", "--amend", "# pricing", "log [x abc1234] y", 'Grüße \'n "x" $(y)', "a\n\nb\n# c"]
)
def test_a_message_is_stored_as_it_is(book: str, env: dict[str, str], message: str) -> None:
    run(book, env, "config", "commit.cleanup", "strip")
    write(book, ACME, "two\n")
    made = git.commit(book, [ACME], message, env)
    assert run(book, env, "rev-parse", "HEAD").startswith(made)
    assert run(book, env, "log", "-1", "--format=%B").strip() == message


def test_the_variables_of_another_repository_are_not_obeyed(book: str, env: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git.init(str(other), env)
    write(book, ACME, "two\n")
    strange = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": "/nowhere", "GIT_AUTHOR_NAME": "Ana"}
    git.commit(book, [ACME], "log", env | strange)
    assert changed(book, env) == {ACME}
    assert run(book, env, "log", "-1", "--format=%an").strip() == "Ana"
    assert commits(str(other), env) == []


def refusal(book: str, env: dict[str, str]) -> NotCommittedError:
    write(book, ACME, "two\n")
    with pytest.raises(NotCommittedError) as caught:
        git.commit(book, [ACME], "log", env)
    assert caught.value.hint
    assert "\x1b" not in caught.value.text()
    assert Path(book, ACME).read_text(encoding="utf-8") == "two\n"
    return caught.value


def test_a_hook_that_refuses_is_told_in_its_own_words_without_escapes(book: str, env: dict[str, str]) -> None:
    hook(book, "pre-commit", r"printf '\033[31mno \342\200\256trailing space\n' >&2; exit 1")
    assert refusal(book, env).message == "saved, not committed: git says: [31mno  trailing space"


def test_a_silent_hook_that_refuses_is_no_empty_commit(book: str, env: dict[str, str]) -> None:
    hook(book, "pre-commit", "exit 1")
    assert "exit 1" in refusal(book, env).message


def test_a_hook_that_waits_is_ended_and_leaves_no_lock(
    book: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitcall, "LONGEST_WAIT", 0.5)
    hook(book, "pre-commit", "sleep 30 & wait")
    assert "did not finish" in refusal(book, env).message
    assert not Path(book, ".git/index.lock").exists()
    hook(book, "pre-commit", "exit 0")
    assert git.commit(book, [ACME], "log", env)


def test_a_hook_that_asks_at_the_terminal_does_not_hang(
    book: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitcall, "LONGEST_WAIT", 5)
    hook(book, "pre-commit", "read answer </dev/tty || exit 1")
    child, terminal = pty.fork()
    if not child:
        try:
            error = refusal(book, env)
            os._exit(0 if "did not finish" not in error.message else 2)
        finally:
            os._exit(3)
    assert os.waitpid(child, 0)[1] == 0
    os.close(terminal)


def test_git_without_a_name_says_how_to_give_one(book: str, env: dict[str, str]) -> None:
    Path(env["HOME"], ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n", encoding="ascii")
    assert "user.email" in refusal(book, env).hint


def test_another_git_at_work_is_named(book: str, env: dict[str, str]) -> None:
    Path(book, ".git/index.lock").touch()
    error = refusal(book, env)
    assert "index.lock" in error.message
    assert "another git" in error.hint


def test_an_ignored_file_is_named(book: str, env: dict[str, str]) -> None:
    write(book, ".gitignore", "customers/secret.md\n")
    write(book, "customers/secret.md", "one\n")
    with pytest.raises(NotCommittedError, match="saved, not committed") as caught:
        git.commit(book, ["customers/secret.md"], "add", env, new=True)
    assert "ignore" in caught.value.hint


def test_no_git_at_all_is_not_committed(book: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {**env, "PATH": "/nowhere"}
    monkeypatch.setenv("PATH", "/nowhere")
    assert "not installed" in refusal(book, nowhere).message
    assert git.user_email(book, nowhere) == ""
    with pytest.raises(OutsideError, match="not installed"):
        commits(book, nowhere)
    with pytest.raises(OutsideError, match="not installed"):
        git.init(book, nowhere)


def test_a_book_below_the_top_of_its_repository_has_its_own_paths(book: str, env: dict[str, str]) -> None:
    below = f"{book}/crm"
    write(below, ACME, "one\n")
    git.commit(below, [ACME], "add", env, new=True)
    assert changed(book, env) == {f"crm/{ACME}"}
    assert [names(commit) for commit in commits(below, env)] == [(ACME,)]
    assert top(below) == os.path.realpath(book)


def test_the_repository_is_found_without_git_and_an_empty_dot_git_is_none(tmp_path: Path, book: str) -> None:
    assert top(book) == os.path.realpath(book)
    assert top(f"{book}/customers") == os.path.realpath(book)
    (tmp_path / "plain" / ".git").mkdir(parents=True)
    assert top(str(tmp_path / "plain")) is None
    assert repository.in_progress(str(tmp_path / "plain")) == ""


@pytest.mark.parametrize(
    ("begin", "words"),
    [(["merge", "side"], "a merge"), (["rebase", "side"], "a rebase"), (["cherry-pick", "side"], "a cherry-pick"),
     (["revert", "HEAD~1"], "a revert"), (["bisect", "start"], "a bisect")],
)  # fmt: skip
def test_what_git_is_in_the_midst_of_is_seen(book: str, env: dict[str, str], begin: list[str], words: str) -> None:
    run(book, env, "checkout", "--quiet", "-b", "side")
    write(book, ACME, "side\n")
    git.commit(book, [ACME], "side", env)
    run(book, env, "checkout", "--quiet", "main")
    for text in ("two\n", "three\n"):
        write(book, ACME, text)
        git.commit(book, [ACME], text, env)
    assert repository.in_progress(book) == ""
    subprocess.run(["git", "-C", book, *begin], env=env, capture_output=True, check=False)
    assert repository.in_progress(book) == words


def test_a_worktree_is_a_repository_with_its_own_progress(book: str, env: dict[str, str], tmp_path: Path) -> None:
    tree = str(tmp_path / "tree")
    run(book, env, "worktree", "add", "--quiet", "-b", "side", tree)
    assert top(tree) == os.path.realpath(tree)
    Path(run(tree, env, "rev-parse", "--absolute-git-dir").strip(), "MERGE_HEAD").touch()
    assert repository.in_progress(tree) == "a merge"
    assert repository.in_progress(book) == ""


def test_the_address_git_commits_with(book: str, env: dict[str, str]) -> None:
    assert git.user_email(book, env) == "sam@harbour.example"
    Path(env["HOME"], ".gitconfig").unlink()
    assert git.user_email(book, env) == ""
