"""What git tells of the past: commits with their files, renames, merges, and contents, whatever a repository holds."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from crmtxt.errors import OutsideError
from crmtxt.store import files
from crmtxt.store import past

if TYPE_CHECKING:
    from pathlib import Path

ACME = "customers/acme.md"
TEXT = "".join(f"- line {number}\n" for number in range(40))


class Repository:
    """A git repository with a book in it, and a hand on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {"HOME": str(root.parent), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Sam")
        self.git("config", "user.email", "sam@x.example")

    def git(self, *words: str, **env: str) -> str:
        done = subprocess.run(["git", "-C", self.root, *words], check=True, env=self.env | env, capture_output=True)
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def put(self, path: str, text: str | bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message: str, path: str = "", text: str | bytes = "", **env: str) -> str:
        if path:
            self.put(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", f"--message={message}", **env)
        return self.git("rev-parse", "HEAD")

    def past(self, *paths: str, below: str = "", **asked: str | int) -> list[past.Commit]:
        root = f"{os.path.realpath(self.root)}{below}"
        return list(past.commits(root, self.env, past.Asked(paths, **asked)))  # type: ignore[arg-type]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "book")


def blob(repository: Repository, name: str) -> bytes | None:
    with past.Contents(str(repository.root), repository.env) as contents:
        return contents.get(name)


def test_a_repository_without_commits_has_no_past(repository: Repository) -> None:
    assert repository.past() == []
    assert past.find(str(repository.root), repository.env, "abcd") == []


def test_each_commit_tells_who_when_what_and_its_files_with_their_contents(repository: Repository) -> None:
    one = repository.commit("start", ACME, "one\n")
    later = {"GIT_AUTHOR_DATE": "2026-11-03T10:00:00+01:00", "GIT_COMMITTER_DATE": "2030-01-02T10:00:00+01:00"}
    two = repository.commit("both\x1f", ACME, "two\n", GIT_AUTHOR_NAME="Ana", GIT_AUTHOR_EMAIL="ana@x.example", **later)
    latest, first = repository.past()
    assert (latest.hash, first.hash) == (two, one)
    assert latest[1:5] == ("2026-11-03T10:00:00+01:00", "Ana", "ana@x.example", "both\x1f")
    assert (latest.parents, first.parents) == ((one,), ())
    (altered,) = latest.files
    assert (altered.path, altered.was) == (ACME, ACME)
    assert (blob(repository, altered.before[0]), blob(repository, altered.after)) == (b"one\n", b"two\n")
    assert first.files[0].before == ("",)


def test_of_some_files_since_a_day_or_so_many(repository: Repository) -> None:
    repository.commit("start", ACME, "one\n")
    repository.commit("other", "customers/b.md", "one\n", GIT_COMMITTER_DATE="2030-01-02T10:00:00+01:00")
    assert [each.subject for each in repository.past(ACME)] == ["start"]
    assert [each.subject for each in repository.past(limit=1)] == ["other"]
    assert [each.subject for each in repository.past(since="2029-12-31")] == ["other"]
    assert repository.past(since="2031-01-01") == []


def test_a_file_that_moved_is_one_and_one_that_went_has_no_content(repository: Repository) -> None:
    repository.commit("start", ACME, TEXT)
    repository.git("mv", ACME, "customers/b.md")
    repository.commit("move", "customers/b.md", TEXT + "- more\n")
    repository.git("rm", "--quiet", "customers/b.md")
    repository.commit("remove")
    removed, moved, _ = repository.past()
    assert [(each.path, each.after) for each in removed.files] == [("customers/b.md", "")]
    (each,) = moved.files
    assert (each.was, each.path) == (ACME, "customers/b.md")
    assert 90 < each.alike < 100


def test_a_merge_has_only_the_files_that_differ_from_all_its_parents(repository: Repository) -> None:
    repository.commit("start", ACME, "one\n\n\n\n\ntwo\n")
    repository.put("customers/b.md", "b\n")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit("side", ACME, "ONE\n\n\n\n\ntwo\n")
    repository.git("checkout", "--quiet", "main")
    repository.commit("main", ACME, "one\n\n\n\n\nTWO\n")
    repository.git("merge", "--quiet", "--no-commit", "side")
    repository.commit("merge", ACME, "ONE\n\nmine\n\n\nTWO\n")
    merge = repository.past()[0]
    (each,) = merge.files
    assert (len(merge.parents), len(each.before)) == (2, 2)
    assert blob(repository, each.after) == b"ONE\n\nmine\n\n\nTWO\n"


def test_a_merge_of_different_files_has_none_of_its_own(repository: Repository) -> None:
    repository.commit("start", ACME, "one\n")
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit("side", ACME, "ONE\n")
    repository.git("checkout", "--quiet", "main")
    repository.commit("main", "customers/b.md", "two\n")
    repository.git("merge", "--quiet", "side")
    assert [(len(each.parents), each.files) for each in repository.past()[:1]] == [(2, ())]


def test_what_is_not_in_the_book_is_only_said_to_be_there(repository: Repository) -> None:
    repository.put("crm/" + ACME, "one\n")
    repository.commit("both", "other.txt", "one\n")
    repository.commit("ours", "crm/" + ACME, "two\n")
    ours, both = repository.past(below="/crm")
    assert [(each.path, each.was) for each in (*ours.files, *both.files)] == [(ACME, ACME)] * 2
    assert (ours.outside, both.outside) == (False, True)


@pytest.mark.parametrize("subject", ["", ":100644 100644 x", "a\n\nUndoes: nonsense", "x\n\nUndoes: abc1234", "%x00%H"])
@pytest.mark.parametrize("name", [":100644 a", "line\nbreak", "caf\udce9", " ", "-m"])
def test_no_message_and_no_name_is_taken_for_anything_else(repository: Repository, subject: str, name: str) -> None:
    path = f"customers/{name}.md"
    made = [repository.commit(subject, os.fsencode(path).decode("utf-8", "surrogateescape"), str(at)) for at in (1, 2)]
    found = repository.past()
    assert [each.hash for each in found] == made[::-1]
    assert [[altered.path for altered in each.files] for each in found] == [[path], [path]]
    assert found[0].undoes in {(), ("nonsense",), ("abc1234",)}


def test_what_a_commit_says_it_takes_back_is_read_from_its_trailers_alone(repository: Repository) -> None:
    repository.commit("one\n\nUndoes: abc1234\nUndoes: def5678", ACME, "1")
    repository.commit("Undoes: abc1234", ACME, "2")
    second, first = repository.past()
    assert (first.undoes, second.undoes) == (("abc1234", "def5678"), ())


def test_links_have_no_content_and_neither_has_what_is_gone_or_too_large(repository: Repository) -> None:
    (repository.root / "customers").mkdir()
    (repository.root / ACME).symlink_to("/etc/passwd")
    repository.commit("link")
    repository.commit("large", "customers/b.md", b"x" * (files.LARGEST_FILE + 1))
    large, link = repository.past()
    assert link.files[0].after == past.NO_TEXT
    with past.Contents(str(repository.root), repository.env) as contents:
        assert contents.get(past.NO_TEXT) is None
        assert contents.get("") is None
        assert contents.get("0123456789" * 4) is None
        assert contents.get(large.files[0].after) is None
        repository.put("small", "small")
        assert contents.get(repository.git("hash-object", "-w", "small")) == b"small"


def test_a_commit_is_found_by_the_beginning_of_its_hash_and_never_by_a_name(repository: Repository) -> None:
    made = repository.commit("start", ACME, "one\n")
    repository.git("branch", "beef")
    assert [each.hash for each in past.find(str(repository.root), repository.env, made[:6])] == [made]
    assert past.find(str(repository.root), repository.env, "beef") == []


def test_a_repository_that_git_cannot_read_is_refused(repository: Repository) -> None:
    repository.commit("start", ACME, "one\n")
    (repository.root / ".git" / "HEAD").write_text("nonsense", encoding="utf-8")
    with pytest.raises(OutsideError, match="git cannot tell the history"):
        repository.past()
