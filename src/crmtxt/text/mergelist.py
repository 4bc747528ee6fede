"""The merge of lists of words as sets, and of what stands inside brackets on one line."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.text.head import resolved
from crmtxt.text.headentries import Entry
from crmtxt.text.mergeitems import Order
from crmtxt.text.mergeitems import Settle
from crmtxt.text.mergeitems import by_name
from crmtxt.text.mergeitems import weave
from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import either
from crmtxt.text.mergelines import longest
from crmtxt.text.mergelines import rows_of
from crmtxt.text.node import Node
from crmtxt.text.splice import indentation
from crmtxt.text.splice import line_start_after

BLOCK, LIST, MAP = "block", "list", "map"
COMMA = ", "


class Item(NamedTuple):
    """An item of a list, or an entry of a map in braces, as it is written."""

    name: str
    text: str

    @property
    def order(self) -> Order:
        """Return what goes first among items that both sides put in at one place: the smaller."""
        return (self.name,)


class Collection(NamedTuple):
    """A list of scalars in lines or brackets, or a map in braces: what is written before, between and behind items."""

    kind: str
    begin: str
    between: str
    end: str
    items: tuple[Item, ...]


class _DisagreementError(Exception):
    """Both sides changed the same entry of a map in braces."""


def merge_collection(base: Entry | None, ours: Entry | None, theirs: Entry | None) -> list[Piece] | None:
    """Return a list with the items of both sides, nothing when none is left; None where this is no way to merge."""
    before, mine, yours = (_collection(entry) if entry else None for entry in (base, ours, theirs))
    kinds = {side.kind if side else "" for entry, side in ((ours, mine), (theirs, yours)) if entry}
    if len(kinds) > 1 or "" in kinds or (MAP in kinds and not (mine and yours)):
        return None
    if before is None or before.kind not in kinds:
        before = Collection("", "", "", "", before.items if before else _lone(base))
    mine, yours = (side or before._replace(items=()) for side in (mine, yours))
    begin, end = either(before.begin, mine.begin, yours.begin), either(before.end, mine.end, yours.end)
    items = _items(before, mine, yours, _settle_entry if MAP in kinds else _settle_item)
    if begin is None or end is None or items is None:
        return None
    if not items:
        return [begin + end] if end and ours and theirs else []
    usual = before.between or COMMA
    between = either(usual, mine.between or usual, yours.between or usual) or COMMA
    return [begin, *items] if BLOCK in kinds else [begin + between.join(map(str, items)) + end]


def _items(before: Collection, mine: Collection, yours: Collection, settle: Settle[Item]) -> list[Piece] | None:
    pairs = by_name(before.items, mine.items), by_name(before.items, yours.items)
    try:
        return weave(before.items, mine.items, yours.items, pairs, settle)
    except _DisagreementError:
        return None


def _settle_item(base: Item | None, ours: Item | None, theirs: Item | None) -> list[Piece]:
    """Return what becomes of an item of a set: it goes with the side that took it out."""
    if base and not (ours and theirs):
        return []
    return [longest(*(item.text if item else "" for item in (base, ours, theirs)))]


def _settle_entry(base: Item | None, ours: Item | None, theirs: Item | None) -> list[Piece]:
    text = either(*(item.text if item else "" for item in (base, ours, theirs)))
    if text is None:
        raise _DisagreementError
    return [text] if text else []


def _lone(entry: Entry | None) -> tuple[Item, ...]:
    """Return a value that is no list as the only item of one."""
    is_value = entry is not None and entry.node.kind == "scalar" and resolved(entry.node) is not None
    return (Item(str(entry.node.value), entry.value),) if entry and is_value else ()


def _collection(entry: Entry) -> Collection | None:
    """Return what is in brackets or braces on one line, or a list of scalars in lines; else None."""
    node, head = entry.node, entry.head
    children = [*node.value.values()] if isinstance(node.value, dict) else node.value
    if isinstance(children, str) or (node.kind == LIST and any(child.kind != "scalar" for child in children)):
        return None
    if not node.flow:
        return _in_lines(entry, children) if node.kind == LIST else None
    spans = [(child.start if child.key_start < 0 else child.key_start, child.end) for child in children]
    names = [*node.value] if isinstance(node.value, dict) else [str(child.value) for child in children]
    if "\n" in head[node.start : node.end]:
        return None
    first, last = (spans[0][0], spans[-1][1]) if spans else (node.start + 1, node.start + 1)
    begin, end = entry.before + head[node.start : first], head[last : node.end] + entry.after
    between = head[spans[0][1] : spans[1][0]] if len(spans) > 1 else ""
    items = (Item(name, head[start:stop]) for name, (start, stop) in zip(names, spans, strict=True))
    return Collection(node.kind, begin, between, end, tuple(items))


def _in_lines(entry: Entry, children: list[Node]) -> Collection:
    """Return a list in block style; a comment between the items counts as one of them."""
    head = entry.head
    at = line_start_after(head, entry.node.key_end)
    items = []
    for child in children:
        start, end = child.start - len(indentation(head, child.start)), line_start_after(head, child.end)
        items += [Item(row, row) for row in rows_of(head[at:start])]
        items.append(Item(str(child.value), head[start:end]))
        at = end
    return Collection(BLOCK, entry.before[: line_start_after(entry.before, 0)], "", "", tuple(items))
