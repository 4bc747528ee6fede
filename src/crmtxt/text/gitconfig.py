"""Git's configuration files, read as git reads them, without git: names and values in the order they stand."""

from __future__ import annotations

import re
from typing import NamedTuple

_SECTION = re.compile(r'\[[ \t]*([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\[^\n])*)")?[ \t]*\]')
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*(=?)")
_ESCAPED, _SECOND = re.compile(r"\\(.)"), r"\1"
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", '"': '"', "\\": "\\"}


class GitConfigError(ValueError):
    """A line that git would not read either; `number` counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number}")
        self.number = number


class Setting(NamedTuple):
    """A name such as `remote.origin.url`, lower-case but for what stands in quotes, and its value."""

    name: str
    value: str


def read_settings(text: str) -> list[Setting]:
    """Return the settings of a file, those without a value as `true`; GitConfigError for what is none."""
    found: list[Setting] = []
    section, at = "", 0
    text = text.replace("\r\n", "\n")
    while at < len(text):
        letter = text[at]
        if letter in " \t\n":
            at += 1
        elif letter in "#;":
            at = _end_of_line(text, at)
        elif match := _SECTION.match(text, at):
            section = _section(match)
            at = match.end()
        elif section and (match := _NAME.match(text, at)):
            value, at = _value(text, match.end()) if match[2] else ("true", match.end())
            found.append(Setting(f"{section}.{match[1].lower()}", value))
        else:
            raise GitConfigError(text.count("\n", 0, at) + 1)
    return found


def _section(match: re.Match[str]) -> str:
    name = match[1].lower()
    return name if match[2] is None else f"{name}.{_ESCAPED.sub(_SECOND, match[2])}"


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _value(text: str, at: int) -> tuple[str, int]:
    """Return the value that begins there and where its line ends: quotes, escapes and continued lines resolved."""
    parts: list[str] = []
    kept = 0  # the parts after it are blanks, dropped at the end of the line
    quoted, start = False, at
    while at < len(text) and text[at] != "\n":
        letter = text[at]
        if letter in "#;" and not quoted:
            at = _end_of_line(text, at)
            break
        blank = letter in " \t" and not quoted
        if letter == '"':
            quoted = not quoted
        elif letter == "\\":
            parts.append(_escaped(text, at))
            at += 1
        elif not blank or parts:
            parts.append(letter)
        kept = kept if blank else len(parts)
        at += 1
    if quoted:
        raise GitConfigError(text.count("\n", 0, start) + 1)
    return "".join(parts[:kept]), at


def _escaped(text: str, at: int) -> str:
    following = text[at + 1 : at + 2]
    if following == "\n":
        return ""
    if following not in _ESCAPES:
        raise GitConfigError(text.count("\n", 0, at) + 1)
    return _ESCAPES[following]
