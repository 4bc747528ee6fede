"""A command line run in this process, as a person at a prompt, a pipe or a script would run it."""

from __future__ import annotations

import os
import shlex
import sys
from io import BytesIO
from io import TextIOWrapper
from typing import TYPE_CHECKING
from typing import NamedTuple
from unittest import mock

from crmtxt.entry import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence


class Answer(NamedTuple):
    """What a command wrote to standard output and error, and its exit code."""

    stdout: str
    stderr: str
    code: int


class Stream(TextIOWrapper):
    """A standard stream in memory that says whether it is a screen."""

    def __init__(self, data: bytes = b"", *, screen: bool = False) -> None:
        self.kept = BytesIO(data)
        super().__init__(self.kept, encoding="utf-8", newline="")
        self.screen = screen

    def isatty(self) -> bool:
        return self.screen

    @property
    def text(self) -> str:
        self.flush()
        return self.kept.getvalue().decode("utf-8", "backslashreplace")


class Prompt:
    """Runs command lines with `run`, which is `entry.main` or another way in; calls take a line as it is typed."""

    def __init__(self, run: Callable[[list[str]], int] = main) -> None:
        self.run = run

    def __call__(self, line: str, typed: str | bytes = "", *, screen: bool = False) -> Answer:
        """Run a line such as `COLUMNS=40 crmtxt due`, its quotes read as a shell reads them."""
        words, settings = shlex.split(line), {}
        while words and "=" in words[0] and words[0].partition("=")[0].isidentifier():
            name, _, value = words.pop(0).partition("=")
            settings[name] = value
        if words[:1] != ["crmtxt"]:
            raise ValueError(line)
        with mock.patch.dict(os.environ, settings):
            return self.words(words[1:], typed, screen=screen)

    def words(self, words: Sequence[str], typed: str | bytes = "", *, screen: bool = False) -> Answer:
        """Run the words after `crmtxt`; `typed` is standard input, `screen` says that all three are a terminal."""
        data = typed if isinstance(typed, bytes) else typed.encode("utf-8", "surrogatepass")
        stdin, stdout, stderr = Stream(data, screen=screen), Stream(screen=screen), Stream(screen=screen)
        with mock.patch.multiple(sys, stdin=stdin, stdout=stdout, stderr=stderr):
            code = self.run(list(words))
        return Answer(stdout.text, stderr.text, code)
