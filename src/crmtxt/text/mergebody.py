"""The merge of what stands below the head: notes by their lines, Next and Log entry by entry."""

from __future__ import annotations

from collections import Counter

from crmtxt.text.mergeitems import interleave
from crmtxt.text.mergelines import DoubtError
from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import either
from crmtxt.text.mergelines import longest
from crmtxt.text.mergelines import merge_lines
from crmtxt.text.mergelines import rows_of
from crmtxt.text.mergeparts import LOG
from crmtxt.text.mergeparts import NOTES
from crmtxt.text.mergeparts import RANKS
from crmtxt.text.mergeparts import Part
from crmtxt.text.mergeparts import Parts
from crmtxt.text.mergesection import Section

NOTHING = Part()


def merge_body(base: Parts, ours: Parts, theirs: Parts) -> list[Piece]:
    """Return what stands below the head; DoubtError when the parts are in different orders."""
    mine, yours = list(ours.parts), list(theirs.parts)
    if [key for key in mine if key in theirs.parts] != [key for key in yours if key in ours.parts]:
        raise DoubtError("the parts are in another order")
    logged = _logged(base, ours), _logged(base, theirs)
    pieces: list[Piece] = []
    for key in interleave(*({key: RANKS[key[0]] for key in side} for side in (mine, yours))):
        three = (base.parts.get(key, NOTHING), ours.parts.get(key, NOTHING), theirs.parts.get(key, NOTHING))
        pieces += _merge_notes(*three) if key[0] == NOTES else _merge_section(Section(key[0], logged), *three)
    return [*pieces, longest(base.end, ours.end, theirs.end)]


def _logged(base: Parts, side: Parts) -> list[str]:
    """Return the entries of the log that a side has more than the base."""
    return [*(_log(side) - _log(base))]


def _log(parts: Parts) -> Counter[str]:
    return Counter(unit.text for (kind, _), part in parts.parts.items() if kind == LOG for unit in part.units)


def _merge_notes(base: Part, ours: Part, theirs: Part) -> list[Piece]:
    gap = longest(base.gap, ours.gap, theirs.gap)
    return [gap, *merge_lines(rows_of(base.text), rows_of(ours.text), rows_of(theirs.text), (NOTES,))]


def _merge_section(section: Section, base: Part, ours: Part, theirs: Part) -> list[Piece]:
    """Return a section; its heading goes only with the last of its lines."""
    units = section.merge(base.units, ours.units, theirs.units)
    if units and not (ours.heading and theirs.heading):
        kept = ours if ours.heading else theirs
        return [kept.gap, kept.heading, kept.lead, *units]
    heading = either(base.heading, ours.heading, theirs.heading)
    if heading is None:
        raise DoubtError("a heading is written in different ways")
    gap, lead = (longest(*(getattr(part, name) for part in (base, ours, theirs))) for name in ("gap", "lead"))
    return [gap, heading, lead, *units]
