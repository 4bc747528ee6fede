"""The merge of two versions of a customer file that come from one: by what the lines mean, byte for byte."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Sequence
from typing import NamedTuple

from crmtxt.text.mergebody import merge_body
from crmtxt.text.mergecheck import check
from crmtxt.text.mergelines import Conflict
from crmtxt.text.mergelines import DoubtError
from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import either
from crmtxt.text.mergelines import longest
from crmtxt.text.mergeparts import Parts
from crmtxt.text.mergeparts import take_apart

__all__ = ["Conflict", "DoubtError", "Merged", "merge"]

MARKER = 7  # characters of a conflict marker, unless git asks for more
BOM = "\ufeff"

_MARKERS = re.compile(r"^(?:<{7,}|>{7,}|\|{7,})(?: |$)", re.MULTILINE)


class Merged(NamedTuple):
    """The merged text, with markers around what the sides disagree about, and these disagreements in order."""

    text: str
    conflicts: tuple[Conflict, ...]


class _Form(NamedTuple):
    """How the text of a file is written, whatever it says: byte order mark, line ends, newline at the end."""

    bom: str
    newline: str
    end: str


def merge(base: str, ours: str, theirs: str, *, marker: int = MARKER) -> Merged:
    """Merge two versions of a customer file; `base` is the one both come from, "" when each was made anew.

    What one side changed is taken as it stands, what both changed alike is taken once. Where both changed the same
    value or entry, its lines of both sides are written between markers of that many characters.

    Raises:
        DoubtError: a version cannot be read, or the result would not hold exactly what the three say it should.
    """
    chosen = either(base, ours, theirs)
    if chosen is not None:
        return Merged(chosen, ())
    if not ours or not theirs:
        raise DoubtError("one side is empty")
    if any(map(_MARKERS.search, (base, ours, theirs))):
        raise DoubtError("there are conflict markers already")
    form, texts = _plain((base, ours, theirs))
    pieces = _pieces(*map(take_apart, texts))
    conflicts = tuple(piece for piece in pieces if isinstance(piece, Conflict))
    check(texts, ["".join(_side(piece, side) for piece in pieces) for side in ("ours", "theirs")])
    text = "".join(piece if isinstance(piece, str) else _marked(piece, marker) for piece in pieces)
    return Merged(form.bom + (text if form.end else text[:-1]).replace("\n", form.newline), conflicts)


def _plain(texts: Sequence[str]) -> tuple[_Form, list[str]]:
    """Return how the result is to be written, and the texts with LF, a newline at the end and no byte order mark.

    A text that mixes its line ends keeps them, and so do the others.
    """
    uniform = all(text.count("\r\n") in {0, text.count("\n")} for text in texts)
    forms, plain = [], []
    for text in texts:
        newline = "\r\n" if uniform and "\r\n" in text else "\n"
        forms.append(
            _Form(BOM if text.startswith(BOM) else "", newline, "\n" if text.endswith("\n") or not text else "")
        )
        rows = text.removeprefix(BOM).replace(newline, "\n")
        plain.append(rows + "\n" if rows and not rows.endswith("\n") else rows)
    return _Form(*(longest(*values) for values in zip(*forms, strict=True))), plain


def _pieces(base: Parts, ours: Parts, theirs: Parts) -> list[Piece]:
    opening, closing = (
        either(base.opening, ours.opening, theirs.opening),
        either(base.closing, ours.closing, theirs.closing),
    )
    if opening is None or closing is None:
        raise DoubtError("the lines around the head are written in different ways")
    return [opening, *_head(base.head, ours.head, theirs.head), closing, *merge_body(base, ours, theirs)]


def _head(base: str, ours: str, theirs: str) -> list[Piece]:
    chosen = either(base, ours, theirs)
    if chosen is not None:
        return [chosen]
    from crmtxt.text.mergehead import merge_head  # it takes YAML, which most merges do without

    return merge_head(base, ours, theirs)


def _side(piece: Piece, side: str) -> str:
    return piece if isinstance(piece, str) else piece.ours if side == "ours" else piece.theirs


def _marked(conflict: Conflict, marker: int) -> str:
    """Return both sides of a disagreement between markers."""
    begin, middle, end = (sign * marker for sign in "<=>")
    return f"{begin} ours\n{conflict.ours}{middle}\n{conflict.theirs}{end} theirs\n"
