"""What git knows while it is in the midst of merging: the versions of a file, who wrote them, and how it goes on."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.errors import NotCommittedError
from crmtxt.settings import BOOK_FILE
from crmtxt.store import files
from crmtxt.store import repository
from crmtxt.store.gitcall import Result
from crmtxt.store.gitcall import first_words
from crmtxt.store.gitcall import run
from crmtxt.store.past import SETTLED
from crmtxt.store.refusals import shown

OURS = "HEAD"
FINISH = "git commit --no-edit"
MESSAGE = "MERGE_MSG"  # in the folder of a repository
# what git is in the midst of: where the other side is, and the command that goes on once all is settled
_THEIRS = {
    "a merge": ("MERGE_HEAD", FINISH),
    "a rebase": ("REBASE_HEAD", "git rebase --continue"),
    "a cherry-pick": ("CHERRY_PICK_HEAD", "git cherry-pick --continue"),
    "a revert": ("REVERT_HEAD^", "git revert --continue"),
}
_STASH = ("refs/stash", "git stash drop")
_ON_INPUT = ("--pathspec-from-file=-", "--pathspec-file-nul")


class Versions(NamedTuple):
    """The three versions of a file git could not merge, None where there is none: before, ours, theirs."""

    base: bytes | None = None
    ours: bytes | None = None
    theirs: bytes | None = None


class Written(NamedTuple):
    """A line of a version: who wrote it, and when (ISO 8601 with zone)."""

    row: str
    who: str
    when: str


def unmerged(root: str, env: Mapping[str, str]) -> dict[str, Versions]:
    """Return the versions of each file of the book that git could not merge, by path."""
    listed = run(root, env, ("ls-files", "--unmerged", "-z", "--", files.CUSTOMERS, BOOK_FILE)).out
    found: dict[str, Versions] = {}
    rows = [row.partition("\t") for row in listed.split("\0")[:-1]]
    contents = _contents(root, env, [about.split()[1] for about, _, _ in rows])
    for (about, _, path), content in zip(rows, contents, strict=False):
        number = int(about.split()[2]) - 1
        found[path] = found.get(path, Versions())._replace(**{Versions._fields[number]: content})
    return found


def _contents(root: str, env: Mapping[str, str], blobs: Sequence[str]) -> Iterator[bytes]:
    """Yield the contents of some blobs, in order."""
    answer = run(root, env, ("cat-file", "--batch"), "".join(f"{blob}\n" for blob in blobs)).out if blobs else ""
    data, at = answer.encode("utf-8", "surrogateescape"), 0
    while at < len(data):
        end = data.index(b"\n", at)
        size = int(data[at:end].split()[2])
        yield data[end + 1 : end + 1 + size]
        at = end + size + 2


def theirs(root: str, *, conflicts: bool) -> str:
    """Return where the other side is; where git is in the midst of nothing, where the markers were committed."""
    known = _THEIRS.get(repository.in_progress(root))
    return known[0] if known else _STASH[0] if conflicts else OURS


def going_on(root: str) -> str:
    """Return the command with which git goes on once all is settled: that of a stash when nothing is under way."""
    found = repository.find(root)
    if found and files.exists(f"{found.folder}/rebase-apply/applying"):
        return "git am --continue"
    return _THEIRS.get(repository.in_progress(root), _STASH)[1]


def authors(root: str, env: Mapping[str, str], side: str, path: str) -> list[Written]:
    """Return who wrote each line of a file on one side, none when git cannot tell."""
    result = run(root, env, ("blame", "--line-porcelain", "--encoding=UTF-8", side, "--", path))
    found: list[Written] = []
    about: dict[str, str] = {}
    for row in result.out.split("\n") if not result.code else ():
        if row.startswith("\t"):
            when = _moment(about.get("author-time", "0"), about.get("author-tz", "+0000"))
            found.append(Written(row[1:].rstrip("\r"), shown(about.get("author", "")), when))
        else:
            key, _, value = row.partition(" ")
            about[key] = value
    return found


def last(root: str, env: Mapping[str, str], side: str, path: str, *conditions: str) -> Written | None:
    """Return who last changed a file on one side, where `conditions` of git log hold; None when git cannot tell."""
    words = ("log", "-1", "--no-renames", "--encoding=UTF-8", "--format=%an%x00%aI", *conditions, side, "--", path)
    result = run(root, env, words)
    who, _, when = result.out.strip().partition("\0")
    return Written("", shown(who), when) if when and not result.code else None


def _moment(seconds: str, zone: str) -> str:
    """Return an author's time as git keeps it, in ISO 8601."""
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) * (-1 if zone[0] == "-" else 1)
    return datetime.fromtimestamp(int(seconds), UTC).astimezone(timezone(offset)).isoformat()


def settle(root: str, env: Mapping[str, str], paths: Sequence[str], said: Sequence[str]) -> str:
    """Tell git that these files are settled, and finish a merge in which they were the last; return the commit.

    The message of a merge keeps what was `said`, for the history. Anything else git is in the midst of is left to the
    person. Raises NotCommittedError.
    """
    if paths:
        _done(root, run(root, env, ("add", "--all", *_ON_INPUT), "\0".join(paths)))
    if repository.in_progress(root) != "a merge":
        return ""
    _note(root, env, said)
    if left(root, env):
        return ""
    _done(root, run(root, env, ("commit", "--no-edit", "--cleanup=strip")))
    return run(root, env, ("rev-parse", "--short", "HEAD")).out.strip()


def _note(root: str, env: Mapping[str, str], said: Sequence[str]) -> None:
    """Add what was said to the message the merge will have, as far as git has one."""
    found = repository.find(root)
    if found and files.exists(f"{found.folder}/{MESSAGE}"):
        trailers = [f"--trailer={SETTLED}: {each}" for each in said]
        run(root, env, ("interpret-trailers", "--in-place", *trailers, f"{found.folder}/{MESSAGE}"))


def left(root: str, env: Mapping[str, str]) -> int:
    """Return how many files of the whole repository git still could not merge."""
    return run(root, env, ("diff", "--name-only", "--diff-filter=U", "--no-ext-diff", "-z")).out.count("\0")


def _done(root: str, result: Result) -> None:
    if result.code:
        hint = f"the files are saved; when it is mended: {going_on(root)}"
        raise NotCommittedError(f"saved, not committed: git says: {first_words(result)}", hint)


def is_on(root: str, env: Mapping[str, str]) -> bool:
    """Say whether git waits for somebody to settle something, or to go on after it."""
    try:
        return repository.in_progress(root) in _THEIRS or left(root, env) > 0
    except CrmError:
        return False
