"""The calls to git: argument lists, paths by standard input, an environment of our own, no prompt, no pager.

Nothing here asks whether the repository is trusted: a commit runs its hooks, so the caller asks first.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from typing import IO
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from crmtxt.errors import CrmError
from crmtxt.errors import NotCommittedError
from crmtxt.errors import OutsideError
from crmtxt.store import files
from crmtxt.store import state
from crmtxt.store.refusals import cause
from crmtxt.store.refusals import shown

if TYPE_CHECKING:
    from subprocess import Popen

LONGEST_WAIT = 60.0
LONGEST_GOODBYE = 5.0
# what says who commits; every other GIT_ variable could send us to another repository
IDENTITY = frozenset({"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"})

_OURS = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "GIT_EDITOR": "false"}
_ON_INPUT = ("--pathspec-from-file=-", "--pathspec-file-nul")
_UNKNOWN = "did not match any file(s) known to git"
_NOTHING = re.compile(r"^(?:nothing (?:added )?to commit|no changes added to commit)", re.MULTILINE)
_COMMITTED = re.compile(r"^\[.*? ([0-9a-f]{4,64})\] ", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_UNDER_WAY = (
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("BISECT_LOG", "a bisect"),
)


class Result(NamedTuple):
    """What git answered: exit code, standard output and standard error, bytes that are not UTF-8 as surrogates."""

    code: int
    out: str
    error: str


def repository(root: str) -> str | None:
    """Return the top folder of the git repository a book lies in, None when there is none; without calling git."""
    top = files.nearest(root, ".git")
    while top is not None and _git_folder(top) is None:
        top = files.nearest(f"{top}/..", ".git") if top != "/" else None
    return top


def in_progress(root: str) -> str:
    """Return what git is in the midst of, as in "a merge"; "" when nothing is; without calling git."""
    top = repository(root)
    folder = _git_folder(top) if top else None
    return next((words for name, words in _UNDER_WAY if folder and files.exists(f"{folder}/{name}")), "")


def _git_folder(top: str) -> str | None:
    """Return the folder git keeps its files in: `.git`, or where the file `.git` of a worktree or submodule points."""
    place = f"{top}/.git"
    pointer = state.peek(place)
    if pointer:
        target = pointer.partition("gitdir:")[2].strip()
        place = target if target.startswith("/") or target[1:2] == ":" else f"{top}/{target}"
    return place if files.exists(f"{place}/HEAD") else None


def commit(root: str, paths: Sequence[str], message: str, env: Mapping[str, str], *, new: bool = False) -> str:
    """Commit these paths as they are on disk, and nothing else; return the short hash, "" when nothing differs.

    `new` says that some of them git does not know yet; those that are gone are committed as removed. Other staged work
    stays staged. The user's hooks and signing apply. Control characters in `message` are for the caller to clean.

    Raises:
        NotCommittedError: with git's own words; the files themselves are saved.
    """
    if not paths:
        return ""
    if new:
        paths = _known(root, paths, env)
    result = _commit(root, paths, message, env)
    if not new and result.code and _UNKNOWN in result.error:
        paths = _known(root, paths, env)
        result = _commit(root, paths, message, env)
    if result.code:
        if _NOTHING.search(result.out):
            return ""
        raise _not_committed(root, result)
    made = _COMMITTED.search(result.out)
    return made[1] if made else run(root, env, ("rev-parse", "--short", "HEAD")).out.strip()


def _commit(root: str, paths: Sequence[str], message: str, env: Mapping[str, str]) -> Result:
    if not paths:
        return Result(1, "nothing to commit", "")
    text = message.replace("\0", "").encode("utf-8", "replace").decode()
    return run(root, env, ("commit", f"--message={text}", "--cleanup=whitespace", *_ON_INPUT), "\0".join(paths))


def _known(root: str, paths: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Add the paths that are there to git's index; return them and those of the missing that git knows."""
    there = [path for path in paths if files.exists(f"{root}/{path}")]
    if there:
        result = run(root, env, ("add", *_ON_INPUT), "\0".join(there))
        if result.code:
            raise _not_committed(root, result)
    gone = sorted(set(paths).difference(there))
    if not gone:
        return there
    listed = run(root, env, ("ls-files", "-z", "--with-tree=HEAD", "--", *gone))
    return there + listed.out.split("\0")[:-1]


def init(root: str, env: Mapping[str, str]) -> None:
    """Make a git repository of a folder, and the folder with those above it; raises OutsideError."""
    try:
        result = run("/", env, ("init", "--quiet", "--", root))
    except NotCommittedError as error:
        raise OutsideError(error.message, "nothing was made; once git runs, try again") from error
    if result.code:
        raise OutsideError(
            f"git could not make a repository in {shown(root)}: {first_words(result)}", "see git help init"
        )


def user_email(root: str, env: Mapping[str, str]) -> str:
    """Return the e-mail address git would commit with, "" when none is set or there is no git."""
    try:
        return run(root, env, ("config", "--get", "user.email")).out.strip()
    except CrmError:
        return ""


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if not name.startswith("GIT_") or name in IDENTITY} | _OURS


def run(root: str, env: Mapping[str, str], words: Sequence[str], given: str = "") -> Result:
    """Run git in the book, `given` on its standard input; raises NotCommittedError when it is missing or hangs."""
    from subprocess import PIPE
    from subprocess import Popen
    from subprocess import TimeoutExpired

    command = ["git", "-C", root, "--literal-pathspecs", "--no-pager", *words]
    try:
        process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(env), start_new_session=True)
    except FileNotFoundError as error:
        raise NotCommittedError(
            "git is not installed, or not on the PATH", "install git; what is saved is committed with the next change"
        ) from error
    except OSError as error:
        raise NotCommittedError(f"git cannot be run: {cause(error)}", _by_hand(root)) from error
    try:
        out, error_text = process.communicate(given.encode("utf-8", "surrogateescape"), LONGEST_WAIT)
    except TimeoutExpired as error:
        _stop(process)
        message = f"git {words[0]} did not finish within {LONGEST_WAIT:g} s: a hook, a signing key or a lock waits"
        raise NotCommittedError(message, _by_hand(root)) from error
    except BaseException:
        _stop(process)
        raise
    return Result(process.returncode, _text(out), _text(error_text))


class Talk:
    """A git that goes on running and answers, one after another, what it is asked on standard input."""

    def __init__(self, root: str, env: Mapping[str, str], words: Sequence[str]) -> None:
        """Start it; raises OutsideError."""
        from subprocess import DEVNULL
        from subprocess import PIPE
        from subprocess import Popen

        command, own = ["git", "-C", root, "--literal-pathspecs", "--no-pager", *words], _environment(env)
        try:
            self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=own, start_new_session=True)
        except OSError as error:
            raise OutsideError(f"git cannot be run: {cause(error)}", "see that git itself can be run") from error

    def ask(self, line: str) -> "IO[bytes]":
        """Ask one line; return where the answer is to be read, empty when git has ended."""
        asking, answering = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        with suppress(BrokenPipeError):
            asking.write(f"{line}\n".encode())
            asking.flush()
        return answering

    def end(self) -> None:
        """End it."""
        with suppress(BrokenPipeError), self._process:
            self._process.terminate()


def _stop(process: "Popen[bytes]") -> None:
    """End git so that it can remove its own locks, then for good, with the hooks it started."""
    import os
    import signal
    from subprocess import TimeoutExpired

    process.terminate()
    try:
        process.wait(LONGEST_GOODBYE)
    except TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with suppress(OSError):
                pipe.close()
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _by_hand(root: str) -> str:
    return f"the files are saved; the next command commits them too, or you: git -C {shown(root)} commit"


def first_words(result: Result) -> str:
    """Return git's own first line of complaint, without anything a terminal would obey."""
    lines = [line for line in (result.error or result.out).splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines or [f"exit {result.code}"]
    return _CONTROL.sub(" ", shown(told[0])).strip().removeprefix("fatal: ").removeprefix("error: ")


def _not_committed(root: str, result: Result) -> NotCommittedError:
    words = first_words(result)
    if "Please tell me who you are" in result.error or "user.email" in result.error:
        hint = 'tell git who you are: git config --global user.name "…" and user.email "…"; the files are saved'
    elif ".lock" in result.error:
        hint = "another git is at work; if none is, remove the lock file it names. The files are saved"
    elif "gitignore" in result.error:
        hint = "git ignores these files: see git check-ignore -v. The files are saved"
    else:
        hint = _by_hand(root)
    return NotCommittedError(f"saved, not committed: git says: {words}", hint)
