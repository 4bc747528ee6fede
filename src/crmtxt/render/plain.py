"""Tab-separated text for pipes: one item a line, values as they are, no heading, nothing cut, no colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.render.clean import clean_line
from crmtxt.render.columns import texts

if TYPE_CHECKING:
    from crmtxt.render.columns import View


def to_plain(view: View) -> str:
    """Return the values of the view's plain keys, ISO dates and bare numbers, "" for None; tabs become a space."""
    rows = texts(view, view.plain or [column.key for column in view.columns])
    return "".join("\t".join(_clean(row)) + "\n" for row in rows)


def _clean(cells: list[str]) -> list[str]:
    return cells if "".join(cells).isprintable() else [clean_line(cell) for cell in cells]
