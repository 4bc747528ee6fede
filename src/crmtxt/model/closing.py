"""What a log line carries of a goal or an initiative that is over: enough to tell what it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.model.line import quoted
from crmtxt.model.line import tokens
from crmtxt.model.line import write_token

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE = re.compile(r'(?:^|[ ])"([^"]*)"[ ]*$')  # at the end of a line of change


def closing(became: str, values: Mapping[str, str], title: str) -> str:
    """Return `became`, each value as a token, and last the title in quotes."""
    said = [write_token(key, value) for key, value in values.items() if key != title]
    named = [quoted(values[title])] if title in values else []
    return " ".join([became, *said, *named])


def closed(text: str, title: str) -> dict[str, str]:
    """Return the values that such a line carries."""
    named = TITLE.search(text)
    return {**tokens(text[: named.start()]), title: named[1]} if named else tokens(text)
