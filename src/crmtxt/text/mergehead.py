"""The merge of the head: key by key and map entry by map entry, each side's lines as they stand."""

from __future__ import annotations

from functools import partial

from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.head import resolved
from crmtxt.text.headentries import Entry
from crmtxt.text.headentries import below
from crmtxt.text.headentries import entries
from crmtxt.text.mergeitems import by_name
from crmtxt.text.mergeitems import weave
from crmtxt.text.mergelines import Conflict
from crmtxt.text.mergelines import DoubtError
from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import either
from crmtxt.text.mergelines import merge_lines
from crmtxt.text.mergelines import rows_of
from crmtxt.text.mergelist import merge_collection

Path = tuple[str, ...]


def merge_head(base: str, ours: str, theirs: str) -> list[Piece]:
    """Return the heads of both sides as one; DoubtError when one cannot be read."""
    return _merge_map((), *map(_top, (base, ours, theirs)))


def _top(head: str) -> list[Entry]:
    """Return the entries of a head."""
    try:
        root = read_head(head)
    except HeadError as error:
        raise DoubtError(f"a head cannot be read: {error.message}") from None
    if root.flow:
        raise DoubtError("a head in braces")
    return entries(head, root, 0, len(head))


def _merge_map(path: Path, base: list[Entry], ours: list[Entry], theirs: list[Entry]) -> list[Piece]:
    return weave(base, ours, theirs, (by_name(base, ours), by_name(base, theirs)), partial(_settle, path))


def _settle(path: Path, base: Entry | None, ours: Entry | None, theirs: Entry | None) -> list[Piece]:
    """Return what becomes of one key, or a line between keys: nothing when it is gone."""
    if ours and theirs:
        return _settle_both((*path, ours.name), base, ours, theirs)
    before, mine, yours = (entry.text if entry else "" for entry in (base, ours, theirs))
    chosen = either(before, mine, yours)
    if chosen is not None:
        return [chosen] if chosen else []
    items = merge_collection(base, ours, theirs)
    name = next(entry.name for entry in (ours, theirs) if entry)
    return [Conflict((*path, name), mine, yours)] if items is None else items


def _settle_both(path: Path, base: Entry | None, ours: Entry, theirs: Entry) -> list[Piece]:
    chosen = either(base.text if base else "", ours.text, theirs.text)
    if chosen is not None:
        return [chosen]
    if ours.is_map and theirs.is_map and (base is None or base.is_map or base.is_empty):
        before = either(base.before if base else "", ours.before, theirs.before)
        if before is None:
            raise DoubtError("a key is written in different ways")
        inner = _merge_map(path, below(base), below(ours), below(theirs))
        return [before, *inner] if inner else []
    if all(entry is None or entry.node.style in {"|", ">"} for entry in (base, ours, theirs)):
        return merge_lines(rows_of(base.text if base else ""), rows_of(ours.text), rows_of(theirs.text), path)
    items = merge_collection(base, ours, theirs)
    if items is None:
        items = _scalar(base, ours, theirs)
    return [Conflict(path, ours.text, theirs.text)] if items is None else items


def _scalar(base: Entry | None, ours: Entry, theirs: Entry) -> list[Piece] | None:
    """Return the line of a value that one side changed, or both alike, with the comment of the other; else None."""
    if ours.node.kind != "scalar" or theirs.node.kind != "scalar":
        return None
    before, mine, yours = (_meaning(entry) for entry in (base, ours, theirs))
    if mine == yours:
        value = either(base.value if base else "", ours.value, theirs.value) or min(ours.value, theirs.value)
    elif mine == before:
        value = theirs.value
    elif yours == before:
        value = ours.value
    else:
        return None
    begin = either(base.before if base else "", ours.before, theirs.before)
    end = either(base.after if base else "", ours.after, theirs.after)
    return None if begin is None or end is None else [begin, value, end]


def _meaning(entry: Entry | None) -> object:
    """Return what a scalar stands for, with its type, so that 1 is not true."""
    if entry is None or entry.node.kind != "scalar":
        return None
    value = resolved(entry.node)
    return type(value), value
