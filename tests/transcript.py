"""Transcripts: Markdown in which `$ command` and what it answers are blocks, run again and compared.

    ```console
    $ crmtxt log acme call to jane: sent the quote
    !   Acme Ltd · Sat 2026-11-21 · call to Jane Doe
    $ crmtxt show nobody
    ! crmtxt: no customer 'nobody'
    [exit 3]
    ```

Lines of standard error begin with `!`; they stand below those of standard output. An exit code other than 0 is shown.
A line with anything in it that a shell reads (pipes, redirections, globs) is run by bash, any other in this process.
After `%` instead of `$` all three streams are a terminal, and what is typed there comes from `<<END`.
`<<END` is followed by lines that begin with `> `. A block ```` ```file PATH ```` is written to that file.
A section begins with `## ` and has a folder of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

from prompt import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt import Prompt

FENCE = re.compile(r"(`{3,})(console|file) ?(.*)")
OURS = re.compile(r"(?:\w+=\S* )*crmtxt(?: |$)")
HERE = re.compile(r"<<'?(\w+)'?$")
QUOTED = re.compile(r"'[^']*'|\"[^\"$`\\]*\"")
OF_A_SHELL = re.compile(r"[][|&;<>()$`~*?{}\\#!'\"]")
COMMITS = re.compile(
    r"(?<=committed )[0-9a-f]{7,40}\b|(?<=\"commit\": \")[0-9a-f]{7,40}(?=\")|(?<=index )[0-9a-f.]{14,}"
)
LIKE_A_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b")
NO_NEWLINE = "(no newline at the end)"
LONGEST_RUN = 60


class Section(NamedTuple):
    """A section of a transcript: its title and its lines, the heading among them; `start` is the line it begins on."""

    title: str
    start: int
    lines: tuple[str, ...]


class Typed(NamedTuple):
    """A command as it stands in a transcript: its own lines, the command itself and what is typed into it."""

    rows: list[str]
    command: str
    given: str
    screen: bool


def sections(text: str) -> list[Section]:
    """Return the sections of a transcript; what stands above the first heading belongs to none."""
    lines, fence, starts = text.split("\n"), "", []
    for at, row in enumerate(lines):
        match = FENCE.fullmatch(row)
        if fence:
            fence = "" if row == fence else fence
        elif match:
            fence = match[1]
        elif row.startswith("## "):
            starts.append(at)
    ends = [*starts[1:], len(lines)]
    return [
        Section(lines[at].removeprefix("## "), at, tuple(lines[at:end])) for at, end in zip(starts, ends, strict=True)
    ]


class Stage:
    """Where a section is played: a prompt, the folder of the test and words that stand for its places."""

    def __init__(self, prompt: Prompt, places: dict[str, str]) -> None:
        self.prompt = prompt
        self.places = sorted(places.items(), key=lambda each: -len(each[0]))

    def play(self, section: Section) -> str:
        """Return the section with what its commands answer now."""
        return "\n".join(self._played(iter(section.lines)))

    def _played(self, lines: Iterator[str]) -> Iterator[str]:
        for row in lines:
            yield row
            match = FENCE.fullmatch(row)
            if match is None:
                continue
            inside = list(_until(lines, match[1]))
            if match[2] == "file":
                path = Path(match[3])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(os.fsencode("\n".join([*inside, ""])))
                yield from inside
            else:
                for typed in _commands(inside):
                    yield from typed.rows
                    yield from self._shown(self._run(typed))
            yield match[1]

    def _run(self, typed: Typed) -> Answer:
        line = HERE.sub("", typed.command).rstrip()
        if typed.screen or (OURS.match(line) and not OF_A_SHELL.search(QUOTED.sub("", line))):
            return self.prompt(line, typed.given, screen=typed.screen)
        done = subprocess.run(
            ["bash", "-c", line],
            input=typed.given.encode(),
            capture_output=True,
            check=False,
            timeout=LONGEST_RUN,
        )
        return Answer(
            done.stdout.decode("utf-8", "backslashreplace"),
            done.stderr.decode("utf-8", "backslashreplace"),
            done.returncode,
        )

    def _shown(self, answer: Answer) -> Iterator[str]:
        for text, mark in ((answer.stdout, ""), (answer.stderr, "! ")):
            rows = self._normal(text).split("\n")
            last = rows.pop()
            yield from (f"{mark}{row}".rstrip() if not row.strip() else f"{mark}{row}" for row in rows)
            if last:
                yield from (f"{mark}{last}", NO_NEWLINE)
        if answer.code:
            yield f"[exit {answer.code}]"

    def _normal(self, text: str) -> str:
        """Return the text with words for places and commits, which differ from run to run."""
        for place, word in self.places:
            text = text.replace(place, word)
        text = re.sub(r"(?<=/crmtxt/)([\w.-]+)-[0-9a-f]{8,16}(?=/|\b)", r"\1-KEY", text)
        text = COMMITS.sub("COMMIT", text)
        return LIKE_A_COMMIT.sub(lambda match: "COMMIT" if _is_commit(match[0]) else match[0], text)


def _until(lines: Iterator[str], fence: str) -> Iterator[str]:
    for row in lines:
        if row == fence:
            return
        yield row
    raise ValueError(f"a block that is never closed: {fence}")


def _commands(rows: list[str]) -> Iterator[Typed]:
    """Yield the commands of a block, what they answered left out."""
    lines = iter(rows)
    for row in lines:
        if not row.startswith(("$ ", "% ")):
            continue
        own, given, here = [row], "", HERE.search(row)
        if here:
            for more in lines:
                own.append(more)
                if more == f"> {here[1]}":
                    break
                given += f"{more[2:]}\n"
        yield Typed(own, row[2:], given, screen=row[0] == "%")


def _is_commit(word: str) -> bool:
    looked_up = subprocess.run(
        ["git", "rev-parse", "--quiet", "--verify", f"{word}^{{object}}"], capture_output=True, check=False
    )
    return looked_up.returncode == 0
