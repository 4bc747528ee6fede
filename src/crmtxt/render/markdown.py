"""A Markdown table, as GitHub and most note programs read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.render.clean import clean_line
from crmtxt.render.columns import shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from crmtxt.render.columns import View

# what Markdown would read as markup, a link, HTML, a character reference or the edge of a cell
MARKUP = re.compile(r"[\\`*_\[\]<>|~]|&(?=[#\w]+;)")
BLOCK = re.compile(r"^(\d+(?=[.)])|)([#+=.)-])")  # what would begin a heading, a list or a rule


def to_markdown(view: View, parts: Sequence[View] = ()) -> str:
    """Return a table with headings, its text escaped so that it reads as it was written, then the footer.

    With parts it is a heading, and a heading with what is below it for each of them that has items. A view without
    titles of columns is a list.
    """
    if parts:
        return "".join((f"# {escaped(view.title)}\n", *(_part(each) for each in parts if each.items)))
    rows = _list(view) if view.is_list else _table(view)
    if view.footer:
        rows += ["", escaped(view.footer)]
    return "".join(f"{row}\n" for row in rows)


def _part(view: View) -> str:
    heading = f"## {escaped(view.title)}\n\n" if view.title else ""
    return f"\n{heading}{to_markdown(view)}"


def _table(view: View) -> list[str]:
    rules = ("---:" if column.align == "right" else "---" for column in view.columns)
    rows = [_row(escaped(column.title) for column in view.columns), _row(rules)]
    return rows + [_row(escaped(shown(column, item)) for column in view.columns) for item in view.items]


def _list(view: View) -> list[str]:
    """Return the items of a list; a text that is about nothing new goes on below the one before."""
    rows: list[str] = []
    for item in view.items:
        about, *said = (" ".join(escaped(shown(column, item)).split()) for column in view.columns)
        text = " · ".join(filter(None, said))
        below = "  " + BLOCK.sub(r"\1\\\2", text)
        rows.append(f"- **{about}**{': ' if text else ''}{text}" if about else below.rstrip())
    return rows


def escaped(text: str) -> str:
    """Return the text on one line with every sign of Markdown escaped."""
    return MARKUP.sub(r"\\\g<0>", clean_line(text))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
