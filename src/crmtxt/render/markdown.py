"""A Markdown table, as GitHub and most note programs read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.render.clean import clean_line
from crmtxt.render.columns import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtxt.render.columns import View

# what Markdown would read as markup, a link, HTML, a character reference or the edge of a cell
MARKUP = re.compile(r"[\\`*_\[\]<>|~]|&(?=[#\w]+;)")


def to_markdown(view: View) -> str:
    """Return a table with headings, its text escaped so that it reads as it was written, then the footer.

    A view of several parts is a heading, and a heading with a table for each part that has items.
    """
    if view.parts:
        found = (f"\n## {escaped(each.title)}\n\n{to_markdown(each)}" for each in view.parts if each.items)
        return "".join((f"# {escaped(view.title)}\n", *found))
    rules = ("---:" if column.align == "right" else "---" for column in view.columns)
    rows = [_row(escaped(column.title) for column in view.columns), _row(rules)]
    rows += [_row(escaped(shown(column, item)) for column in view.columns) for item in view.items]
    if view.footer:
        rows += ["", escaped(view.footer)]
    return "".join(f"{row}\n" for row in rows)


def escaped(text: str) -> str:
    """Return the text on one line with every sign of Markdown escaped."""
    return MARKUP.sub(r"\\\g<0>", clean_line(text))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
