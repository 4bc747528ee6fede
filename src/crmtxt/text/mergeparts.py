"""The parts of a customer file as the merge sees them: every character belongs to exactly one of them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from typing import NamedTuple

from crmtxt.text.mergeitems import Order
from crmtxt.text.mergelines import DoubtError
from crmtxt.text.mergelines import rows_of

NOTES, NEXT, LOG = "notes", "next", "log"
RANKS: dict[str, Order] = {NEXT: ("0",), LOG: ("1",), NOTES: ("2",)}

_HEADING = re.compile(r"##[ \t]+(Next|Log)[ \t]*\r?\n")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}(?=[^`]*$)|~{3,})")
WHEN = re.compile(
    r"-[ ]+(?:\[(?P<box>[ xX-])\][ ]+)?(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ ]+(?P<time>[0-9]{2}:[0-9]{2}))?[ ]+"
)


class Unit(NamedTuple):
    """An entry of Next or Log with all its lines, or lines between entries; `lead` are the blank lines above it."""

    lead: str
    text: str

    @property
    def name(self) -> str:
        """Return what it is: the text itself."""
        return self.text

    @property
    def order(self) -> Order:
        """Return date, time and text; what has no date stays where it is."""
        when = WHEN.match(self.text)
        return (when["date"], when["time"] or "", self.text) if when else ("", "", self.text)


class Part(NamedTuple):
    """Notes, Next or Log: `gap` are the blank lines above, `lead` those below the heading.

    A section has `units`, notes have `text`.
    """

    gap: str = ""
    heading: str = ""
    lead: str = ""
    text: str = ""
    units: tuple[Unit, ...] = ()


class Parts(NamedTuple):
    """A file: the two lines around the head, the head, the parts by kind and count, blank lines at the end."""

    opening: str
    head: str
    closing: str
    parts: dict[tuple[str, int], Part]
    end: str


def take_apart(text: str) -> Parts:
    """Return the parts of a text that ends with a newline, "" having none; DoubtError when they are not clear."""
    if not text:
        return Parts("", "", "", {}, "")
    rows = rows_of(text)
    last = next((at for at in range(1, len(rows)) if rows[at].startswith("---") and rows[at].rstrip() == "---"), 0)
    if not last or rows[0].rstrip() != "---":
        raise DoubtError("there is no head")
    found: dict[tuple[str, int], Part] = {}
    gap = ""
    for kind, heading, body in _sections(rows[last + 1 :]):
        part, gap = _part(kind, gap, heading, body)
        count = sum(1 for name, _ in found if name == kind)
        found[kind, count] = part
    return Parts(rows[0], "".join(rows[1:last]), rows[last], found, gap)


def _sections(rows: list[str]) -> list[tuple[str, str, list[str]]]:
    """Return kind, heading and lines of each part; notes are the first, be there any or not."""
    found: list[tuple[str, str, list[str]]] = [(NOTES, "", [])]
    fence = ""
    for row in rows:
        kind, _, body = found[-1]
        opening = _FENCE.match(row)
        if fence:
            body.append(row)
            if opening and opening[1].startswith(fence) and not row[opening.end() :].strip():
                fence = ""
        elif opening and (kind == NOTES or row[0] in "`~"):
            if kind != NOTES:
                raise DoubtError("a code fence between the lines of Next or Log")
            fence = opening[1]
            body.append(row)
        elif match := _HEADING.fullmatch(row):
            found.append((match[1].lower(), row, []))
        elif kind != NOTES and row.startswith(("## ", "##\t", "# ")):
            found.append((NOTES, "", [row]))
        else:
            body.append(row)
    if fence:
        raise DoubtError("a code fence that is never closed")
    return found


def _part(kind: str, gap: str, heading: str, rows: list[str]) -> tuple[Part, str]:
    """Return a part and the blank lines below it, which belong to the next."""
    end = len(rows)
    while end and not rows[end - 1].strip():
        end -= 1
    if kind == NOTES:
        return Part(gap, text="".join(rows[:end])), "".join(rows[end:])
    start = 0
    while start < end and not rows[start].strip():
        start += 1
    if not end:
        start = end = min(1, len(rows))
    return Part(gap, heading, "".join(rows[:start]), units=_units(rows[start:end])), "".join(rows[end:])


def _units(rows: list[str]) -> tuple[Unit, ...]:
    found: list[Unit] = []
    blank = ""
    for row in rows:
        if not row.strip():
            blank += row
            continue
        goes_on = row[0] == "\t" or row.startswith("  ")
        same_text = not blank and row[0] != "-" and found and found[-1].text[0] != "-"
        if found and (goes_on or same_text):
            found[-1] = found[-1]._replace(text=found[-1].text + blank + row)
        else:
            found.append(Unit(blank, row))
        blank = ""
    return tuple(found)
