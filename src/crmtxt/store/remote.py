"""What is asked of git to share a book: what changed here, fetch, merge, push, and what one commit has and another not.

Commits are handed to git by their hash and branches by their full name, so that no name out of a repository can be
taken for an option. Submodules are left alone: they are repositories with settings of their own.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
import time
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from crmtxt.errors import LockedError
from crmtxt.errors import OutsideError
from crmtxt.store import merging
from crmtxt.store import repository
from crmtxt.store import state
from crmtxt.store.gitcall import AT_HOME
from crmtxt.store.gitcall import Patience
from crmtxt.store.gitcall import Result
from crmtxt.store.gitcall import first_words
from crmtxt.store.gitcall import run

HEADS = "refs/heads/"
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds before each further try when somebody was quicker
OURS = "sync: "  # how the message of our own merges begins

_LOOKING = ("-c", "core.fsmonitor=false", "--no-optional-locks")
_GOING_OUT = ("-c", "protocol.ext.allow=never")
_DIFF = ("-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=all")
_REJECTED = re.compile(r"^!\t[^\t]*\t\[(?:remote )?rejected\] \((.*)\)$", re.MULTILINE)
_QUICKER = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|incorrect old value"
)
_LOCKED_OUT = re.compile(
    r"terminal prompts disabled|could not read (?:Username|Password)|Authentication failed|Permission denied"
    r"|Host key verification failed|Invalid username or password"
)
_NOT_THERE = re.compile(r"does not appear to be a git repository|[Rr]epository .*not found|no such repository")


class Place(NamedTuple):
    """Where a branch is shared: full names of the branch here, of the one there, and of what is known of that here."""

    branch: str
    remote: str
    there: str
    known: str
    followed: bool

    @property
    def name(self) -> str:
        """Return the short name of the branch there."""
        return self.there.removeprefix(HEADS)


class QuickerError(OutsideError):
    """Somebody pushed meanwhile: fetch, merge, and try again."""


class Remote:
    """The repository of one book, as far as it is shared; `patience` is that for calls to the server."""

    def __init__(self, root: str, env: Mapping[str, str], patience: Patience) -> None:
        self.root = root
        self.env = env
        self.patience = patience

    def branch(self) -> str:
        """Return the full name of the branch one is on, "" on none."""
        return self._run("symbolic-ref", "--quiet", "HEAD").out.strip()

    def place(self, branch: str) -> Place:
        """Return where a branch is shared: where it is set up to be, else under its own name on the one remote.

        Raises OutsideError when there is no remote, or several and no word about which.
        """
        form = "%(upstream)%00%(upstream:remotename)%00%(upstream:remoteref)"
        told = self._run("for-each-ref", f"--format={form}", branch).out.strip("\n").split("\0")
        if len(told) == len("abc") and all(told) and told[1] != ".":
            return Place(branch, told[1], told[2], told[0], followed=True)
        names = self._run("remote").out.split("\n")[:-1]
        short = branch.removeprefix(HEADS)
        if not names:
            raise OutsideError(
                "what is saved is committed, but there is nowhere to send it: this repository has no remote",
                "make an empty repository on a server, then: git remote add origin ADDRESS",
            )
        if len(names) > 1 and "origin" not in names:
            raise OutsideError(
                f"what is saved is committed; the branch {short} follows none of the remotes {', '.join(names)}",
                f"say which one it is, once: git push --set-upstream {names[0]} {short}",
            )
        name = "origin" if "origin" in names else names[0]
        return Place(branch, name, branch, f"refs/remotes/{name}/{short}", followed=False)

    def commit_of(self, name: str) -> str:
        """Return the hash of the commit a full name stands for, "" when it stands for none."""
        return self._run("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}").out.strip()

    def base(self, one: str, other: str) -> str:
        """Return the commit from which two went apart, "" when they have none in common."""
        return self._run("merge-base", one, other).out.split("\n")[0]

    def fetch(self, place: Place) -> None:
        """Learn what is there; raises OutsideError."""
        words = ("fetch", "--quiet", "--no-recurse-submodules", "--", place.remote)
        result = run(self.root, self.env, (*_GOING_OUT, *words), patience=self.patience)
        if result.code:
            raise _unreachable(place, result)

    def push(self, place: Place, commit: str) -> None:
        """Send a commit and all before it; QuickerError when the branch there went on, OutsideError when refused."""
        words = ("push", "--porcelain", "--recurse-submodules=no", "--", place.remote, f"{commit}:{place.there}")
        result = run(self.root, self.env, (*_GOING_OUT, *words), patience=self.patience)
        if result.code:
            raise _refused(place, result)
        if not place.followed:
            self._run("config", "--local", f"branch.{place.branch.removeprefix(HEADS)}.remote", place.remote)
            self._run("config", "--local", f"branch.{place.branch.removeprefix(HEADS)}.merge", place.there)

    def merge(self, commit: str, message: str, driver: str, strategy: str) -> Result:
        """Merge a commit into the branch one is on, `driver` being our own; what came of it is for the caller."""
        words = ("merge", "--ff", "--no-edit", "--no-stat", "--quiet", "--no-autostash", "-X", strategy)
        return self._run("-c", f"merge.crmtxt.driver={driver}", *words, "-m", message, commit)

    def abort_merge(self) -> None:
        """Put everything back to where it was before a merge."""
        self._run("merge", "--abort")

    def finish_merge(self, paths: Sequence[str]) -> Result:
        """Commit the merge that is on, with these paths as they are on the disk."""
        if paths:
            self._run("add", "--", *paths)
        return self._run("commit", "--no-edit", "--quiet")

    def own_merge(self) -> bool:
        """Say whether the merge that is on is one of ours."""
        found = repository.find(self.root)
        return found is not None and state.peek(f"{found.folder}/{merging.MESSAGE}").startswith(OURS)

    def conflicts(self) -> tuple[dict[str, bool], int]:
        """Return the paths of the book that wait for a decision, and how many others in the repository do.

        With each path stands whether both sides have the file: one that is removed on one side has no markers.
        """
        sides: dict[str, set[str]] = {}
        for row in self._run("ls-files", "--unmerged", "-z").out.split("\0")[:-1]:
            about, _, path = row.partition("\t")
            sides.setdefault(path, set()).add(about[-1])
        everywhere = self._run(*_LOOKING, "diff", "--name-only", "--diff-filter=U", *_DIFF).out.split("\0")[:-1]
        return {path: each >= {"2", "3"} for path, each in sides.items()}, len(set(everywhere)) - len(sides)

    def changed_here(self, paths: Sequence[str]) -> list[tuple[str, str]]:
        """Return the two letters of git's status and the path of what is not as in the last commit, below `paths`."""
        words = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all")
        result = self._run(*_LOOKING, *words, "--", *paths)
        if result.code:
            raise OutsideError(f"git cannot tell what changed: {first_words(result)}", "see git status")
        found = repository.find(self.root)
        prefix = f"{self.root}/".removeprefix(f"{found.top.rstrip('/')}/") if found else ""
        return [(row[:2], row[3:].removeprefix(prefix)) for row in result.out.split("\0")[:-1]]

    def files_of(self, commit: str, folder: str) -> list[str]:
        """Return the paths below a folder of the book in a commit."""
        return self._run("ls-tree", "-r", "-z", "--name-only", commit, "--", f"{folder}/").out.split("\0")[:-1]

    def differing(self, old: str, new: str, paths: Sequence[str]) -> dict[str, bytes]:
        """Return what a commit has below some paths that an older one ("" for none) has otherwise or not at all."""
        if old:
            words = ("diff-tree", "-r", "--raw", "--no-abbrev", "--relative", *_DIFF, old, new, "--", *paths)
            parts = self._run(*words).out.split("\0")[:-1]
            rows = [(*about.split()[1::2][:2], path) for about, path in zip(parts[::2], parts[1::2], strict=True)]
        else:
            listed = self._run("ls-tree", "-r", "-z", new, "--", *paths).out.split("\0")[:-1]
            rows = [(*row.partition("\t")[0].split()[::2], row.partition("\t")[2]) for row in listed]
        blobs = {path: blob for mode, blob, path in rows if mode.startswith("100")}
        return dict(zip(blobs, self._contents(list(blobs.values())), strict=True))

    def renamed(self, old: str, new: str, percent: int, folder: str) -> list[tuple[str, str, bytes, bytes]]:
        """Return what git takes for renamed below a folder: the path in both commits and the content in both."""
        likeness = (f"--find-renames={percent}%", "--diff-filter=R", "--no-ext-diff", "--ignore-submodules=all")
        words = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--relative", *likeness, old, new, "--", f"{folder}/")
        parts = self._run(*words).out.split("\0")[:-1]
        contents = self._contents([blob for about in parts[::3] for blob in about.split()[2:4]])
        return list(zip(parts[1::3], parts[2::3], contents[::2], contents[1::2], strict=True))

    def _contents(self, blobs: Sequence[str]) -> list[bytes]:
        if not blobs:
            return []
        result = self._run("cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs))
        data, at = result.out.encode("utf-8", "surrogateescape"), 0
        contents = []
        while at < len(data):
            end = data.index(b"\n", at)
            size = int(data[at:end].split()[2])
            contents.append(data[end + 1 : end + 1 + size])
            at = end + size + 2
        return contents

    def _run(self, *words: str, given: str = "") -> Result:
        return run(self.root, self.env, words, given, AT_HOME)


def wait(seconds: float) -> None:
    """Wait before another try."""
    time.sleep(seconds)


def not_merged(result: Result) -> LockedError:
    """Return the refusal for a merge git did not begin: nothing was changed."""
    words = first_words(result)
    if ".lock" in result.error:
        return LockedError(f"not merged: {words}", "another git is at work; if none is, remove the lock file it names")
    if "overwritten by merge" in result.error:
        hint = "commit these files or move them away, then run crmtxt sync again: git status"
        names = ", ".join(line.strip() for line in result.error.splitlines() if line.startswith("\t"))
        return LockedError(f"not merged: changes here that are not committed are in the way: {names}", hint)
    return LockedError(f"not merged: git says: {words}", "see git status")


def unrelated(place: Place, *, shallow: bool) -> OutsideError:
    """Return the refusal for two histories with nothing in common."""
    message = f"not merged: the history here and that of {place.remote} have nothing in common"
    if shallow:
        return OutsideError(message, f"this clone is shallow: git fetch --unshallow {place.remote}")
    hint = f"if they are one book all the same: git merge --allow-unrelated-histories {place.remote}/{place.name}"
    return OutsideError(message, hint)


def _unreachable(place: Place, result: Result) -> OutsideError:
    if _LOCKED_OUT.search(result.error):
        hint = "run crmtxt sync at a terminal, where git can ask you, or give git a key or a credential helper"
        return OutsideError(f"{place.remote} does not let us in: {first_words(result)}", hint)
    if _NOT_THERE.search(result.error):
        hint = f"see the address: git remote get-url {place.remote}"
        return OutsideError(f"{place.remote} has no such repository: {first_words(result)}", hint)
    hint = "what is saved is committed here; run crmtxt sync again when you are online"
    return OutsideError(f"{place.remote} cannot be reached: {first_words(result)}", hint)


def _refused(place: Place, result: Result) -> OutsideError:
    """Return the refusal for a push that failed."""
    rejected = _REJECTED.search(result.out)
    if rejected and _QUICKER.search(rejected[1]):
        return QuickerError(
            f"not sent: others sent to {place.name} each time we tried", "run crmtxt sync again in a while"
        )
    safe = "what is saved is committed here"
    if rejected:
        said = [line.removeprefix("remote: ").strip() for line in result.error.splitlines() if "remote: " in line]
        why = f"{rejected[1]}{': ' if any(said) else ''}{next((line for line in said if line), '')}"
        return OutsideError(
            f"not sent: {place.remote} refuses to take {place.name}: {first_words(Result(1, '', why))}",
            f"{safe}; ask whoever looks after {place.remote}, or share another branch",
        )
    if "failed to push some refs" in result.error:
        words = first_words(Result(1, "", result.error.partition("error: failed to push")[0]))
        return OutsideError(f"not sent: a hook here (pre-push) refuses: {words}", f"{safe}; see .git/hooks/pre-push")
    return _unreachable(place, result)
