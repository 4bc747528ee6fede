"""Git's conflict markers: where they stand, and the text as a reader takes it, with our side of each conflict."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Iterable
from collections.abc import Mapping
from typing import NamedTuple

MARK = "<<<<<<<"

_MARKER = re.compile(r"^(<{7,}|\|{7,}|>{7,}|={7,}(?=[ \t]*\r?$))(?:[ \t]+[^\r\n]*)?\r?$", re.MULTILINE)
_SHOWN = re.compile(r"[^\r\n]")

Span = tuple[int, int]


class Region(NamedTuple):
    """One complete conflict of a text, from its first marker to the line after its last.

    `ours`, `base` (None without one) and `theirs` are the spans of the lines between the markers; `number` is the
    1-based line of the first marker. `inner` says that it stands within another; `sure` is False when more than one
    line could part the sides.
    """

    start: int
    end: int
    ours: Span
    base: Span | None
    theirs: Span
    number: int
    inner: bool = False
    sure: bool = True


class _Open:
    """A conflict that is not closed yet."""

    def __init__(self, first: re.Match[str], number: int) -> None:
        self.first = first
        self.number = number
        self.base: re.Match[str] | None = None
        self.parting: re.Match[str] | None = None
        self.sure = True

    def note(self, marker: re.Match[str]) -> None:
        """Take a marker between the first and the last."""
        if self.parting:
            self.sure = False
        elif marker[1][0] == "=":
            self.parting = marker
        elif self.base:
            self.sure = False
        else:
            self.base = marker

    def closed(self, parting: re.Match[str], last: re.Match[str], text: str) -> Region:
        """Return the conflict now that its last marker is known."""
        begin, part = _next_line(text, self.first), _next_line(text, parting)
        base = (_next_line(text, self.base), parting.start()) if self.base else None
        return Region(
            self.first.start(),
            _next_line(text, last),
            (begin, self.base.start() if self.base else parting.start()),
            base,
            (part, last.start()),
            self.number,
            sure=self.sure,
        )


def regions(text: str) -> tuple[Region, ...]:
    """Return the complete conflicts of a text in order, each before those within it.

    Markers are lines of seven or more of `<`, `|`, `=`, `>`, of one length in one conflict, wherever they stand. Those
    without counterparts are text, and so is a line of `=` outside a conflict: it is Markdown.
    """
    found: list[Region] = []
    waiting: dict[int, list[_Open]] = {}  # by length of the markers, innermost last
    number, counted = 1, 0
    for marker in _MARKER.finditer(text) if MARK in text else ():
        mine = waiting.setdefault(len(marker[1]), [])
        sign = marker[1][0]
        if sign == "<":
            number, counted = number + text.count("\n", counted, marker.start()), marker.start()
            mine.append(_Open(marker, number))
        elif sign != ">":
            if mine:
                mine[-1].note(marker)
        elif mine:
            while mine and not (parting := mine[-1].parting):
                mine.pop()  # never parted: its first marker stands alone
            if mine and parting:
                found.append(mine.pop().closed(parting, marker, text))
    return tuple(_nested(sorted(found, key=lambda region: (region.start, -region.end))))


def _nested(found: Iterable[Region]) -> Iterable[Region]:
    """Yield the conflicts with those inside others marked; one that crosses the markers of another is text."""
    around: list[Region] = []
    for region in found:
        while around and around[-1].end <= region.start:
            around.pop()
        if around:
            sides = (around[-1].ours, around[-1].base or (0, 0), around[-1].theirs)
            if not any(start <= region.start and region.end <= end for start, end in sides):
                continue
        inner = region._replace(inner=bool(around))
        around.append(inner)
        yield inner


def _next_line(text: str, marker: re.Match[str]) -> int:
    return min(marker.end() + 1, len(text))


def blanked(text: str, found: Iterable[Region], *, theirs: Iterable[Region] = ()) -> str:
    """Return a text of the same length and lines in which only our side of each conflict can be seen.

    Of the conflicts of `theirs` it is their side. What cannot be seen is spaces, so that every place stays true.
    """
    other = {region.start for region in theirs}
    parts, at = [], 0
    for region in found:
        first, last = region.theirs if region.start in other else region.ours
        for start, end in ((region.start, first), (last, region.end)):
            parts.append((start, end))
    shown = []
    for start, end in sorted(parts):
        if end > at:
            shown += [text[at:start], _SHOWN.sub(" ", text[max(at, start) : end])]
            at = end
    return "".join([*shown, text[at:]])


def settled(text: str, chosen: Mapping[Region, str]) -> str:
    """Return the text with what was chosen in the place of each conflict; the others stay."""
    parts, at = [], 0
    for region in sorted(chosen):
        parts += [text[at : region.start], chosen[region]]
        at = region.end
    return "".join([*parts, text[at:]])


def readable(text: str) -> str:
    """Return a text as it is read: with our side of each conflict, the text itself when there is none."""
    return blanked(text, regions(text)) if MARK in text else text
