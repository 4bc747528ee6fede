"""What a log line carries of a goal or an initiative that is over: enough to tell what it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART = re.compile(r'(?:(?P<key>[^\s:"]+):)?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>\S+))')
_ESCAPED = re.compile(r"\\(.)")


def closing(became: str, values: Mapping[str, str], title: str) -> str:
    """Return `became`, each value as key:value and the title in quotes; what has spaces in it is in quotes."""
    tokens = [f"{key}:{_written(value)}" for key, value in values.items() if key != title]
    named = [_quoted(values[title])] if title in values else []
    return " ".join([became, *tokens, *named])


def closed(text: str, title: str) -> dict[str, str]:
    """Return the values that such a line carries."""
    found = {}
    for match in _PART.finditer(text):
        quoted = match["quoted"]
        value = match["plain"] if quoted is None else _ESCAPED.sub(r"\1", quoted)
        if match["key"] or quoted is not None:
            found[match["key"] or title] = value
    return found


def _written(value: str) -> str:
    return value if re.fullmatch(r'[^\s"\\]+', value) else _quoted(value)


def _quoted(value: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", " ".join(value.split())) + '"'
