"""One call to git: an argument list, an environment of our own, what is asked for on standard input, no pager.

Whether git may be called at all in a repository is decided before: whoever gets `Book.env` has passed `trust`.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from typing import IO
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from crmtxt.errors import OutsideError
from crmtxt.store.refusals import cause
from crmtxt.store.refusals import shown

if TYPE_CHECKING:
    from subprocess import Popen

LONGEST_WAIT = 60.0
LONGEST_GOODBYE = 5.0
CEILING = "GIT_CEILING_DIRECTORIES"
# what says who commits, and how far up git looks; every other GIT_ variable could send us to another repository
KEPT = frozenset({"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", CEILING})
# how the user's git reaches a server: kept for the calls that go there
TRANSPORT = frozenset({"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"})

_OURS = {"LC_ALL": "C", "GIT_PAGER": "cat", "GIT_EDITOR": "false"}
# an empty GIT_ASKPASS is one that is not run, and keeps git from looking for another
_NO_PROMPT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_COMPLAINT = ("fatal: ", "error: ", "remote: error: ", "! [")


class Result(NamedTuple):
    """What git answered: exit code, standard output and standard error, bytes that are not UTF-8 as surrogates."""

    code: int
    out: str
    error: str


class Patience(NamedTuple):
    """How long a call may take; `prompts`: a person sits there, and git may ask at the terminal.

    `server`: the call goes to one, with the user's own ways of getting there; `slow` is called once it takes longer
    than people wait without a word.
    """

    seconds: float = LONGEST_WAIT
    prompts: bool = False
    server: bool = False
    slow: Callable[[], None] | None = None


UNNOTICED = 0.3
AT_HOME = Patience()


def run(
    root: str, env: Mapping[str, str], words: Sequence[str], given: str = "", patience: Patience = AT_HOME
) -> Result:
    """Run git in a folder, `given` on its standard input; raises OutsideError when it is missing or hangs."""
    from subprocess import PIPE
    from subprocess import Popen

    command = ["git", "-C", root, "--literal-pathspecs", "--no-pager", *words]
    # a session of its own has no terminal, so that nothing below git can ask there either
    alone, environment = not patience.prompts, _environment(env, patience)
    try:
        process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=alone)
    except FileNotFoundError as error:
        raise OutsideError("git is not installed, or not on the PATH", "install git") from error
    except OSError as error:
        raise OutsideError(f"git cannot be run: {cause(error)}", "see that git itself can be run") from error
    return _waited(process, next(word for word in words if word[0] != "-" and "=" not in word), given, patience)


class Talk:
    """A git that goes on running and answers, one after another, what it is asked on standard input."""

    def __init__(self, root: str, env: Mapping[str, str], words: Sequence[str]) -> None:
        """Start it; raises OutsideError."""
        from subprocess import DEVNULL
        from subprocess import PIPE
        from subprocess import Popen

        command, own = ["git", "-C", root, "--literal-pathspecs", "--no-pager", *words], _environment(env, AT_HOME)
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


def _waited(process: "Popen[bytes]", name: str, given: str, patience: Patience) -> Result:
    """Wait for git, and end it when it takes too long."""
    from subprocess import TimeoutExpired

    data = given.encode("utf-8", "surrogateescape")
    seconds = patience.seconds if patience.server else LONGEST_WAIT
    try:
        try:
            out, error_text = process.communicate(data, min(UNNOTICED, seconds) if patience.slow else seconds)
        except TimeoutExpired:
            if not patience.slow:
                raise
            patience.slow()
            out, error_text = process.communicate(timeout=seconds)
    except TimeoutExpired as error:
        _stop(process)
        why = (
            "the server or the network does not answer" if patience.server else "a hook, a signing key or a lock waits"
        )
        raise OutsideError(f"git {name} did not finish within {seconds:g} s: {why}", "try again later") from error
    except BaseException:
        _stop(process)
        raise
    return Result(process.returncode, text(out), text(error_text))


def _environment(env: Mapping[str, str], patience: Patience) -> dict[str, str]:
    kept = KEPT | TRANSPORT if patience.server else KEPT
    if patience.prompts:
        kept |= {"GIT_ASKPASS"}
    own = {name: value for name, value in env.items() if not name.startswith("GIT_") or name in kept}
    return own | _OURS | ({} if patience.prompts else _NO_PROMPT)


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


def text(data: bytes) -> str:
    """Return what git wrote, bytes that are not UTF-8 as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def first_words(result: Result) -> str:
    """Return git's own first line of complaint, without anything a terminal would obey."""
    lines = [line.strip() for line in (result.error or result.out).splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(_COMPLAINT)] or lines or [f"exit {result.code}"]
    words = _CONTROL.sub(" ", shown(told[0])).strip()
    return words.removeprefix("remote: ").removeprefix("fatal: ").removeprefix("error: ")
