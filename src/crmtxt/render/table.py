"""Aligned columns for a terminal: no boxes, colour only where it means something, cut to the width there is.

The columns are laid out here and only measured and coloured by Rich: its own Table takes 0.3 to 0.6 ms a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.render.clean import clean_line
from crmtxt.render.columns import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.render.columns import Column
    from crmtxt.render.columns import View

GAP = "  "
CUT = "…"
HEADING = "bold"
SCREEN, TALL = 23, 39  # lines of a usual screen and of a narrow one, less one for the prompt
NARROW = 60  # cells
STYLES = {"late": "red", "cool": "yellow", "good": "green", "dim": "dim"}


def to_table(view: View, width: int = 0, *, colour: bool = False, one_screen: bool = False) -> str:
    """Return the table, at most `width` cells wide (0: as wide as it is), "" without items.

    Columns without any title have no heading line. With `one_screen` the longest texts are cut until it fits one.
    """
    if not view.items:
        return ""
    titles = [clean_line(column.title).upper() for column in view.columns]
    rows = [[clean_line(shown(column, item)) for column in view.columns] for item in view.items]
    widths = layout(view.columns, _natural([titles, *rows]), width)
    lines = [_line(view.columns, titles, widths, [HEADING if colour else ""] * len(titles))] if any(titles) else []
    folded = [_folded(view.columns, cells, widths) for cells in rows]
    if one_screen and width:
        most = _shares([len(parts) for parts in folded], (TALL if width < NARROW else SCREEN) - len(lines))
        folded = [_folded(view.columns, cells, widths, count) for cells, count in zip(rows, most, strict=True)]
    for item, parts in zip(view.items, folded, strict=True):
        styles = [_style(column, item) if colour else "" for column in view.columns]
        lines += [_line(view.columns, part, widths, styles) for part in parts]
    return "".join(f"{line}\n" for line in lines)


def layout(columns: Sequence[Column], natural: Sequence[int], width: int) -> Mapping[int, int]:
    """Return the number of each column that stays and its width: as wide as its widest cell while there is room."""
    kept = list(range(len(columns)))
    if not width:
        return {at: natural[at] for at in kept}
    least = [min(wide, column.least or wide) for column, wide in zip(columns, natural, strict=True)]
    while _total([natural[at] for at in kept]) > width and (extras := [at for at in kept if columns[at].extra]):
        kept.remove(extras[-1])
    while len(kept) > 1 and _total([least[at] for at in kept]) > width:
        kept.remove(min(kept, key=lambda at: (columns[at].keep, -at)))
    widths = {at: min(natural[at], width) for at in kept}
    while _total(list(widths.values())) > width:
        widest = max((at for at in kept if widths[at] > least[at]), key=lambda at: (columns[at].wrap, widths[at]))
        widths[widest] -= 1
    return widths


def cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells, ended by … when something is missing."""
    from rich.cells import cell_len
    from rich.cells import set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + CUT


def fold(text: str, width: int) -> list[str]:
    """Return the text on lines of at most `width` cells, broken between words; a longer word is cut."""
    from rich.cells import cell_len

    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [cut(line, width) for line in lines]


def _shares(counts: list[int], most: int) -> list[int]:
    """Return how many lines each row may have, so that all together have at most so many: the longest give first."""
    counts = [*counts]
    while sum(counts) > most and max(counts) > 1:
        longest = max(counts)
        counts[len(counts) - 1 - counts[::-1].index(longest)] -= 1
    return counts


def _folded(
    columns: Sequence[Column], cells: Sequence[str], widths: Mapping[int, int], most: int = 0
) -> Sequence[Sequence[str]]:
    """Return the lines of a row: several when the text of a column that wraps is too long for one; 0: any number."""
    texts = {
        at: _shortened(fold(cells[at], width), width, most)
        for at, width in widths.items()
        if columns[at].wrap and len(cells[at]) * 2 > width
    }
    count = max(map(len, texts.values()), default=1)
    if count == 1:
        return [cells]
    first = [texts[at][0] if at in texts else cell for at, cell in enumerate(cells)]
    rest = [
        [texts[at][line] if line < len(texts.get(at, ())) else "" for at in range(len(cells))]
        for line in range(1, count)
    ]
    return [first, *rest]


def _shortened(lines: list[str], width: int, most: int) -> list[str]:
    """Return at most so many lines, the last of them cut where more would follow."""
    if not 0 < most < len(lines):
        return lines
    return [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), width)]


def _natural(rows: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len

    return [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Mapping[int, int], styles: Sequence[str]) -> str:
    from rich.cells import cell_len

    parts = []
    for at, width in widths.items():
        text = cut(cells[at], width)
        space = " " * (width - cell_len(text))
        coloured = _coloured(text, styles[at])
        parts.append(space + coloured if columns[at].align == "right" else coloured + space)
    return GAP.join(parts).rstrip()


def _style(column: Column, item: object) -> str:
    return STYLES.get(column.style(item), "") if column.style else ""


def _coloured(text: str, style: str) -> str:
    if not (text and style):
        return text
    from rich.color import ColorSystem
    from rich.style import Style

    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)
