"""Exit codes, refusals and problems: everything that can go wrong, as values with a place, a cause and a remedy."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from enum import IntEnum
from typing import ClassVar
from typing import NamedTuple
from typing import Self

LONGEST_EXCERPT = 100


class ExitCode(IntEnum):
    """The exit codes of every command; part of the interface."""

    DONE = 0
    BUG = 1
    NO_MATCH = 1  # of addr alone, as a mail program wants it
    USAGE = 2
    NOT_FOUND = 3
    INVALID = 4
    LOCKED = 5
    NOT_COMMITTED = 6
    OUTSIDE = 7
    FOUND = 10
    INTERRUPTED = 130


class Problem(NamedTuple):
    """A place in a file that cannot be read or is not as it should be.

    `path` is relative to the book; `line` and `column` count from 1 (0: the file as a whole);
    `source` is the text of that line and `width` the length of the part that is meant.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    source: str = ""
    width: int = 1

    @property
    def place(self) -> str:
        """Return `path:line:column`, as far as it is known."""
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{self.column}" if self.column else f"{self.path}:{self.line}"

    def text(self) -> str:
        """Return the one-line message with place, then the excerpt and the remedy."""
        return f"{self.place}: {self.message}\n{excerpt(self)}".rstrip()


def excerpt(problem: Problem) -> str:
    """Return the source line with a mark below the place and the hint beside it; without a source line, the hint."""
    if not problem.source or not problem.line:
        return f"  {problem.hint}" if problem.hint else ""
    start = max(0, problem.column - LONGEST_EXCERPT * 3 // 4) if problem.column > LONGEST_EXCERPT else 0
    shown = problem.source.rstrip("\r\n")[start : start + LONGEST_EXCERPT]
    number = str(problem.line)
    margin = " " * len(number)
    lines = [f"  {number} | {shown}"]
    if problem.column:
        under = " " * (problem.column - 1 - start)
        mark = "^" * max(1, min(problem.width, len(shown) - len(under)))
        lines.append(f"  {margin} | {under}{mark} {problem.hint}".rstrip())
    elif problem.hint:
        lines.append(f"  {margin} | {problem.hint}")
    return "\n".join(lines)


class CrmError(Exception):
    """A refusal: one sentence that says what and where, and a hint that says what would work."""

    code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def text(self) -> str:
        """Return the message and, indented below it, the hint."""
        return "\n".join([self.message, *(f"  {line}" for line in self.hint.splitlines())])


class UsageError(CrmError):
    """The command was not typed as it takes it."""

    code = ExitCode.USAGE


class NotFoundError(CrmError):
    """Nothing has that name."""

    code = ExitCode.NOT_FOUND


class AmbiguousError(CrmError):
    """Several things have that name; `candidates` lists them, and nothing was chosen."""

    code = ExitCode.NOT_FOUND

    def __init__(self, message: str, candidates: tuple[str, ...]) -> None:
        super().__init__(message, "\n".join(candidates))
        self.candidates = candidates


class InvalidError(CrmError):
    """Something in the book or in what was given is not valid; nothing was written."""

    code = ExitCode.INVALID

    def __init__(self, message: str, hint: str = "", problem: Problem | None = None) -> None:
        super().__init__(message, hint)
        self.problem = problem

    @classmethod
    def at(cls, problem: Problem) -> Self:
        """Return the refusal that names the place of a problem."""
        return cls(problem.message, problem.hint, problem)

    def text(self) -> str:
        """Return the problem with its excerpt when there is one, else message and hint."""
        return self.problem.text() if self.problem else super().text()


class LockedError(CrmError):
    """Another process writes the book, or a file was changed under our feet; nothing was written."""

    code = ExitCode.LOCKED


class OvertakenError(LockedError):
    """A file was changed under our feet while we wrote it; the change can be made anew to what it is now."""


class NotCommittedError(CrmError):
    """The file was saved, git did not take the commit."""

    code = ExitCode.NOT_COMMITTED


class OutsideError(CrmError):
    """The world outside the book failed: disk, editor, pager, git."""

    code = ExitCode.OUTSIDE


class UntrustedError(OutsideError):
    """Git was not called in a repository that could run something nobody agreed to."""
