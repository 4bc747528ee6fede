"""An opportunity as the log tells it: every move is one line, whose text is read and written here."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from crmtxt.errors import UsageError
from crmtxt.model.line import TITLE
from crmtxt.model.line import quoted
from crmtxt.model.line import tokens
from crmtxt.model.line import unquoted
from crmtxt.model.line import write_token
from crmtxt.model.names import handle_from

KIND = "opportunity"  # of a log line
HEAD = "opportunities"  # the map in a head
WON, LOST = "won", "lost"
CLOSING = (WON, LOST)
STAGE, VALUE, CLOSE, OWNER, CALLED = "stage", "value", "close", "owner", "title"
LOGGED = (VALUE, CLOSE, OWNER, CALLED)  # what a line tells the change of, beside the stage
LESSONS = ("because", "learned", "again")  # what a loss is asked for, beside who got it
SKIPPED = "skipped"
ONE_WORD = "write it as one word in crmtxt.yaml, such as in-talks"

CHANGED = re.compile(r"(value|close|owner|title)[ ]+(\"[^\"]*\"|.*?)[ ]*->[ ]*(.*)")
OPENED = re.compile(r"opened\b(?:[ ]+at[ ]+(\S+))?(.*)")
STEP = re.compile(r"(\S*)[ ]*->[ ]*(\S+)(.*)")
OF_A_LINE = frozenset({"from", "to", "with", "by"})
OWN = re.compile(r"^- ([\w.-]+): (.*)$", re.MULTILINE)
WORTH = re.compile(r"[ ]*([0-9][0-9.]*(?:[ ]+[A-Z]{3})?)(?=[ ]|$)")


class Move(NamedTuple):
    """What a line says of an opportunity: `field` (stage, value, close, owner, title) went from `before` to `after`.

    `opens`: it began, at the stage `after`; `rest` is what stands behind, read on demand.
    """

    field: str
    before: str
    after: str
    opens: bool = False
    rest: str = ""

    @property
    def value(self) -> str:
        """Return the money behind the move as it is written, "" for none."""
        match = WORTH.match(self.rest)
        return match[1] if match else ""

    @property
    def title(self) -> str:
        """Return the title at the end of the line, "" for none."""
        match = TITLE.search(self.rest)
        return match[1] if match else ""

    @property
    def tokens(self) -> dict[str, str]:
        """Return what is said of the move: because, to, learned, again, close."""
        return tokens(TITLE.sub("", self.rest))


def open_stages(pipeline: Iterable[str]) -> tuple[str, ...]:
    """Return the stages an open opportunity goes through, in their order."""
    return tuple(stage for stage in pipeline if stage not in CLOSING)


@lru_cache(maxsize=4096)  # the lines of many opportunities say the same
def read_move(text: str) -> Move | None:
    """Return the move that the text of a line tells, None for any other text."""
    if match := CHANGED.match(text):
        return Move(match[1], unquoted(match[2]), unquoted(match[3]))
    if match := OPENED.match(text):
        return Move(STAGE, "", match[1] or "", opens=True, rest=match[2])
    if match := STEP.match(text):
        return Move(STAGE, match[1], match[2], rest=match[3])
    return None


def tellable(stage: str) -> str:
    """Return a stage of one word; UsageError for any other, which no line could tell."""
    if len(stage.split()) > 1:
        raise UsageError(f"the stage '{stage}' is not one word, and no line of the log could tell it", ONE_WORD)
    return stage


def opening(stage: str, value: str, facts: Mapping[str, str], title: str) -> str:
    """Return the text of the line that opens an opportunity; `facts` may say when it should close and whose it is."""
    return _spaced(f"opened at {tellable(stage)}", value, *_written(facts), title and quoted(title))


def step(before: str, after: str) -> str:
    """Return the text of the line that moves an opportunity to another stage."""
    return f"{before} -> {tellable(after)}".strip()


def changed(field: str, before: str, after: str) -> str:
    """Return the text of the line that gives an opportunity another value, date to close, owner or title, or none."""
    return _spaced(field, _worded(field, before), "->", _worded(field, after))


def winning(before: str, value: str, title: str, owner: str = "") -> str:
    """Return the text of the line that closes an opportunity as won; `owner` is said where it is not who writes it."""
    return _spaced(step(before, WON), value, *_written({OWNER: owner}), title and quoted(title))


def losing(before: str, value: str, lessons: Mapping[str, str], title: str, owner: str = "") -> str:
    """Return the text of the line that closes an opportunity as lost: its value, and what is known of why.

    `lessons` may say because, to, learned and again; those asked for that are missing are named as skipped. `owner` is
    said as in a win.
    """
    missing = {SKIPPED: ",".join(key for key in LESSONS if not lessons.get(key))}
    said = (*_written(lessons), *_written(missing), *_written({OWNER: owner}))
    return _spaced(step(before, LOST), value, *said, title and quoted(title))


def _worded(field: str, value: str) -> str:
    return quoted(value) if value and (field == CALLED or (field == OWNER and " " in value)) else value


def _written(facts: Mapping[str, str]) -> Iterator[str]:
    return (write_token(key, value) for key, value in facts.items() if value)


def own_lines(own: Mapping[str, str]) -> str:
    """Return values without a place in the text of a line as its continuation: - KEY: VALUE."""
    return "\n".join(f"- {key}: {value}" for key, value in own.items())


def own_values(more: str) -> dict[str, str]:
    """Return the values a continuation holds as `own_lines` writes them."""
    return dict(OWN.findall(more))


def handle_for(name: str) -> str:
    """Return a handle for an opportunity; a word that stands for something else in a line is given a number."""
    handle = handle_from(name, KIND)
    return f"{handle}-1" if handle in OF_A_LINE else handle


def as_quoted(text: str) -> str:
    """Return a text as it reads once it was written in double quotes."""
    return quoted(text)[1:-1]


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)
