"""What git knows of a book's past: the commits with the files they changed, and what was in these files."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple
from typing import Self

from crmtxt.errors import OutsideError
from crmtxt.store import repository
from crmtxt.store.files import LARGEST_FILE
from crmtxt.store.gitcall import Talk
from crmtxt.store.gitcall import first_words
from crmtxt.store.gitcall import run
from crmtxt.store.refusals import shown

UNDOES = "Undoes"  # the trailer of a commit that takes back another
SETTLED = "Settled"  # those of a merge in which a person chose
_BETWEEN = "\x1f"
SHORT = 7  # characters of a hash that people are shown
NO_TEXT = "-"  # stands for the content of a link or a submodule

_FIELDS = (
    *("%H", "%aI", "%an", "%ae", "%s", "%P"),
    f"%(trailers:key={UNDOES},valueonly,separator=%x2C)",
    f"%(trailers:key={SETTLED},valueonly,unfold,separator=%x1F)",
)
_WORDS = (
    *("-c", "log.showRoot=true", "-c", "core.quotePath=false", "log", "-z", "--raw", "--no-abbrev", "-c", "-M"),
    *("--full-history", "--full-diff", "--encoding=UTF-8", "--no-color", "--no-show-signature", "--no-notes"),
    *("--no-ext-diff", "--no-textconv", f"--format=%x00{'%x00'.join(_FIELDS)}%x00"),
)
_RAW = re.compile(r":+(?P<modes>(?:[0-7]{6} )+)(?P<blobs>(?:[0-9a-f]{40,} )+)(?P<status>[A-Z]+)(?P<alike>[0-9]*)")
_NONE = re.compile("0+")
_FILE_MODES = frozenset({"100644", "100755", "100664", "000000"})
_CHUNK = 1 << 16


class Altered(NamedTuple):
    """A file of a commit: `before` and `after` are the hashes of its content, "" where there is none.

    A merge has the content of each parent in `before`. `was` is the path before, another one when the file moved;
    `alike` says in percent how much of it is the same then. NO_TEXT is the content of a link or a submodule.
    """

    path: str
    was: str
    before: tuple[str, ...]
    after: str
    alike: int = 100


class Commit(NamedTuple):
    """A commit: `date` ISO 8601 with zone, `undoes` the hashes it says it takes back, `files` relative to the book.

    `outside` says that it changed files that are not in the book; `settled` is what a person chose in a merge.
    """

    hash: str
    date: str
    author: str
    email: str
    subject: str
    undoes: tuple[str, ...]
    parents: tuple[str, ...]
    files: tuple[Altered, ...]
    outside: bool
    settled: tuple[str, ...] = ()


class Asked(NamedTuple):
    """Which commits: those that changed one of the paths (none: anything in the book), from a day on.

    `of` are commits to begin with, HEAD when there are none, those that end it after a `^`; `limit` 0 is all of them;
    `anywhere` in the repository.
    """

    paths: tuple[str, ...] = ()
    since: str = ""
    limit: int = 0
    of: tuple[str, ...] = ()
    anywhere: bool = False


def commits(root: str, env: Mapping[str, str], asked: Asked) -> Iterator[Commit]:
    """Yield commits, the latest first, each with all the files it changed; a merge with those it made itself.

    Raises OutsideError.
    """
    words = list(_WORDS)
    if asked.limit:
        words.append(f"--max-count={asked.limit}")
    if asked.since:
        words.append(f"--since={asked.since}" if "T" in asked.since else f"--since={asked.since}T00:00:00")
    words += asked.of
    parts = _answer(root, env, (*words, "--", *([] if asked.anywhere else asked.paths or ["."]))).split("\0")
    yield from _read(parts, _folder(root))


def _answer(root: str, env: Mapping[str, str], words: Sequence[str]) -> str:
    result = run(root, env, words)
    if result.code and "does not have any commits yet" in result.error:
        return ""
    if result.code:
        raise OutsideError(f"git cannot tell the history: {first_words(result)}", f"see git -C {shown(root)} log")
    return result.out


def _folder(root: str) -> str:
    """Return the folder of the book in its repository as git writes it before a path: "" or with a slash behind."""
    found = repository.find(root)
    top = (found.top if found else root).rstrip("/")
    return f"{root[len(top) + 1 :]}/" if len(root) > len(top) else ""


def _read(parts: list[str], folder: str) -> Iterator[Commit]:
    """Read the parts of a log: the fields of a commit, then its files; empty parts stand between."""
    at, count = 0, len(_FIELDS)
    while at < len(parts):
        if not parts[at].strip("\n"):
            at += 1
            continue
        hash_, date, author, email, subject, parents, undoes, settled = parts[at : at + count]
        files, at = _files(parts, at + count)
        own = [each for each in files if each.path.startswith(folder) and each.was.startswith(folder)]
        cut = len(folder)
        yield Commit(
            hash=hash_,
            date=date,
            author=shown(author),
            email=email,
            subject=shown(subject),
            undoes=tuple(undoes.split(",")) if undoes else (),
            parents=tuple(parents.split()),
            files=tuple(each._replace(path=each.path[cut:], was=each.was[cut:]) for each in own),
            outside=len(own) < len(files),
            settled=tuple(map(shown, settled.split(_BETWEEN))) if settled else (),
        )


def _files(parts: list[str], at: int) -> tuple[list[Altered], int]:
    """Read the files of a commit from a place on; return them and where the next commit begins."""
    found = []
    while at < len(parts):
        match = _RAW.fullmatch(parts[at].lstrip("\n"))
        if match:
            moved = match["status"] == "R"
            found.append(_altered(match, parts[at + 1], parts[at + 1 + moved]))
            at += 2 + moved
        elif parts[at].strip("\n"):
            break
        else:
            at += 1
    return found, at


def _altered(match: re.Match[str], was: str, path: str) -> Altered:
    pairs = zip(match["modes"].split(), match["blobs"].split(), strict=True)
    *before, after = ("" if _NONE.fullmatch(blob) else blob if mode in _FILE_MODES else NO_TEXT for mode, blob in pairs)
    return Altered(path, was, tuple(before), after, int(match["alike"] or 100))


def find(root: str, env: Mapping[str, str], beginning: str) -> list[Commit]:
    """Return the commits whose hash begins so, the latest first, wherever in the repository; raises OutsideError."""
    found = [each for each in _answer(root, env, ("log", "--format=%H")).split() if each.startswith(beginning)]
    return [commit for each in found for commit in commits(root, env, Asked(limit=1, of=(each,), anywhere=True))]


class Contents:
    """What was in the files: each content by its hash, all from one git, one at a time."""

    def __init__(self, root: str, env: Mapping[str, str]) -> None:
        self._root = root
        self._env = env
        self._git: Talk | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git:
            self._git.end()

    def get(self, blob: str) -> bytes | None:
        """Return a content, None where there is none, it is gone, or larger than a file of a book may be."""
        if blob in {"", NO_TEXT}:
            return None
        self._git = self._git or Talk(self._root, self._env, ("cat-file", "--batch"))
        answer = self._git.ask(blob)
        head = answer.readline().split()
        if not head:
            raise OutsideError("git stopped while it told the history", "see that git log -p works")
        if head[1:-1] != [b"blob"]:
            return None
        size = int(head[-1])
        if size <= LARGEST_FILE:
            return answer.read(size + 1)[:-1]
        left = size + 1
        while left > 0 and (passed := len(answer.read(min(left, _CHUNK)))):
            left -= passed
        return None
