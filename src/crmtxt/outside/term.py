"""The terminal: the one place that prints, asks, and decides about width and colour."""

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING
from typing import Final
from typing import Self
from typing import TypeVar

from crmtxt.errors import OutsideError
from crmtxt.errors import UsageError
from crmtxt.render.clean import clean
from crmtxt.render.clean import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from types import TracebackType
    from typing import TextIO

T = TypeVar("T")
NAME = "crmtxt"
COLOURS = ("auto", "always", "never")
TRIES = 3
ESCAPES: Final = "crmtxt.escapes"
WIDEST_PLANE = 0xFFFF


def _escapes(error: UnicodeError) -> tuple[str | bytes, int]:
    r"""Write what a stream's encoding cannot hold as `\uXXXX` (UTF-16 pairs), so that JSON stays JSON in any locale."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = []
    for letter in error.object[error.start : error.end]:
        point = ord(letter)
        over = point - WIDEST_PLANE - 1
        units += [point] if over < 0 else [0xD800 + (over >> 10), 0xDC00 + (over & 0x3FF)]
    return "".join(f"\\u{unit:04x}" for unit in units), error.end


codecs.register_error(ESCAPES, _escapes)


class Terminal:
    """Standard input, output and error, with what the environment and `--color` say about them.

    `environ` is the whole environment, given by the caller; `color` is auto, always or never. Used as a context,
    it ends silently when the reader of a pipe has gone.
    """

    def __init__(
        self, stdin: TextIO, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str], color: str = "auto"
    ) -> None:
        if color not in COLOURS:
            raise UsageError(f"--color takes {', '.join(COLOURS)}; not '{clean_line(color)}'")
        self._stdin = stdin
        self._stdout = stdout
        self._stderr = stderr
        self._environ = environ
        self.answered = False
        self._dumb = environ.get("TERM", "") == "dumb"
        self.pager = environ.get("PAGER", "")
        self.screen = stdout.isatty()
        self.interactive = stdin.isatty() and stderr.isatty()
        self.colour = self._coloured(color)
        for stream in (stdout, stderr):
            _never_raise(stream)

    def __enter__(self) -> Self:
        """Return the terminal itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Write out what is left; a BrokenPipeError ends here, every other error goes on."""
        self.close()
        return isinstance(error, BrokenPipeError)

    @property
    def width(self) -> int:
        """Return the cells of a line: $COLUMNS, else the screen's, 0 (no limit) when the output is no screen."""
        return self._given("COLUMNS") or (self._size()[0] if self.screen else 0)

    @property
    def height(self) -> int:
        """Return the lines of the screen: $LINES, else as the terminal says."""
        return self._given("LINES") or self._size()[1]

    def out(self, text: str) -> None:
        """Write data to standard output as it is, ended by a newline; "" writes nothing.

        The text was made by `render` and is clean. OutsideError when it cannot be written; BrokenPipeError passes.
        """
        if not text:
            return
        self.answered = True
        try:
            self._stdout.write(text if text.endswith("\n") else f"{text}\n")
            self._stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _discard(self._stdout)
            raise OutsideError(f"the answer could not be written: {error.strerror or error}") from error

    def say(self, text: str) -> None:
        """Write a message to standard error, cleaned, its newlines kept; where nobody can read it, it is dropped."""
        self._tell(f"{clean(text)}\n")

    def fail(self, text: str) -> None:
        """Write an error, `crmtxt:` before it, to standard error."""
        self.say(f"{NAME}: {text}")

    def page(self, text: str) -> None:
        """Write data through the pager when it is longer than the screen; else, or without one, as `out` does."""
        if not (self._long(text) and self._paged(text)):
            self.out(text)

    def watched(self, items: Sequence[T], label: str) -> Iterable[T]:
        """Return the items; on a terminal a bar tells how far they are worked through, once that takes time."""
        if self._dumb or not self._stderr.isatty():
            return items
        from crmtxt.outside.progress import watched

        return watched(items, label, self._stderr)

    def read(self) -> str:
        """Return all of standard input; UsageError when it is no UTF-8 text."""
        try:
            return self._stdin.read()
        except UnicodeDecodeError as error:
            hint = "convert it first, for example with iconv -f latin1 -t utf-8"
            raise UsageError("what came on standard input is not UTF-8 text", hint) from error

    def read_bytes(self, most: int) -> bytes:
        """Return the beginning of standard input, as it is."""
        return self._stdin.buffer.read(most)

    def line(self, question: str) -> str | None:
        """Return the line typed after the question, without its end; None when there is nobody to ask or no answer."""
        if not self.interactive:
            return None
        self._tell(f"{clean(question)} ")
        try:
            typed = self._stdin.readline()
        except UnicodeDecodeError:
            typed = "\n"
        return typed.rstrip("\r\n") if typed else None

    def ask(self, question: str, choices: Sequence[str]) -> int | None:
        """Return the place of the one chosen, counted from 0, with fzf when the user has it; None when none was."""
        if not self.interactive:
            return None
        fzf = None if self._dumb else self._program("fzf")
        return self._picked(fzf, question, choices) if fzf else self._numbered(question, choices)

    def confirm(self, question: str, *, default: bool = False) -> bool:
        """Return whether the answer is yes; the default for an empty answer or when there is nobody to ask."""
        for _ in range(TRIES):
            typed = self.line(f"{question} {'[Y/n]' if default else '[y/N]'}")
            word = (typed or "").strip().lower()
            if not word:
                return default
            if word in {"y", "yes", "n", "no"}:
                return word[0] == "y"
        return default

    def close(self) -> None:
        """Write out what is left; when nobody reads it any more, drop it, so that leaving stays silent."""
        for stream in (self._stdout, self._stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                _discard(stream)

    def _coloured(self, color: str) -> bool:
        if color != "auto":
            return color == "always"
        if self._environ.get("NO_COLOR"):
            return False
        if self._environ.get("FORCE_COLOR"):
            return self._environ["FORCE_COLOR"] != "0"
        return self.screen and not self._dumb

    def _given(self, name: str) -> int:
        value = self._environ.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < len("100000") else 0

    def _size(self) -> tuple[int, int]:
        try:
            size = os.get_terminal_size(self._stdout.fileno())
        except (OSError, ValueError):
            return 80, 24
        return size.columns or 80, size.lines or 24

    def _tell(self, text: str) -> None:
        try:
            self._stderr.write(text)
            self._stderr.flush()
        except OSError:
            _discard(self._stderr)

    def _long(self, text: str) -> bool:
        return self.screen and not self._dumb and bool(self.pager) and text.count("\n") >= self.height

    def _paged(self, text: str) -> bool:
        import shlex
        import subprocess

        environ = {**self._environ, "LESS": self._environ.get("LESS", "FRX")}
        self.close()
        try:
            command = shlex.split(self.pager)
            data = text.encode(self._stdout.encoding or "utf-8", ESCAPES)
            done = subprocess.run(command, input=data, stdout=self._stdout.fileno(), env=environ, check=False)
        except (OSError, ValueError, IndexError):
            return False
        return done.returncode not in {126, 127}

    def _program(self, name: str) -> str | None:
        from shutil import which

        return which(name, path=self._environ.get("PATH"))

    def _picked(self, fzf: str, question: str, choices: Sequence[str]) -> int | None:
        import subprocess

        rows = "".join(f"{at}\t{clean_line(choice)}\n" for at, choice in enumerate(choices))
        command = [fzf, "--no-multi", "--delimiter=\t", "--with-nth=2..", f"--prompt={clean_line(question)} "]
        try:
            done = subprocess.run(
                command, input=rows.encode(), stdout=subprocess.PIPE, env=dict(self._environ), check=False
            )
        except OSError:
            return self._numbered(question, choices)
        number = done.stdout.partition(b"\t")[0]
        return int(number) if number.isdigit() and int(number) < len(choices) else None

    def _numbered(self, question: str, choices: Sequence[str]) -> int | None:
        margin = len(str(len(choices)))
        for number, choice in enumerate(choices, 1):
            self._tell(f"  {number:>{margin}}  {clean_line(choice)}\n")
        for _ in range(TRIES):
            typed = self.line(f"{question} [1-{len(choices)}]")
            if not (typed or "").strip():
                return None
            word = (typed or "").strip()
            if word.isascii() and word.isdigit() and 0 < int(word) <= len(choices):
                return int(word) - 1
        return None


def open_closed() -> None:
    """Give each standard stream that was closed before the start an empty one, and its number to nobody else."""
    import io
    import sys

    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, io.StringIO())


def _never_raise(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors=ESCAPES)


def _discard(stream: TextIO) -> None:
    """Point the stream at nothing, so that what it still holds goes there without an error."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, number)
    finally:
        os.close(nothing)
