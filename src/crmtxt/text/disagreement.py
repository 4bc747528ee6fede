"""What the two sides of a git conflict disagree about: which value of the head, which line of Next or Log."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from bisect import bisect_left
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from crmtxt.errors import Problem
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.text.conflict import Region
from crmtxt.text.conflict import blanked
from crmtxt.text.document import NOTES
from crmtxt.text.document import Document
from crmtxt.text.document import Entry
from crmtxt.text.document import parts
from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.lines import write_line
from crmtxt.text.node import Node

HEAD = "head"
ENDING = ".md"
LONGEST_SHOWN = 60
REMOVED = "removed"


class Disagreement(NamedTuple):
    """One value the two sides of a conflict differ in; None is a side that has removed it.

    `keys` lead to a value of the head; elsewhere there are none, and `field` says which part of the file it is.
    """

    region: Region
    field: str
    ours: str | None
    theirs: str | None
    keys: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """Return it in one line, without its place."""
        ours, theirs = _told(self.ours, self.theirs)
        return f"conflict in {self.field}: {ours} (ours) or {theirs} (theirs)"


class _Fact(NamedTuple):
    """Something one side says: a value under some keys, or a line of a part of the file."""

    field: str
    keys: tuple[str, ...]
    value: str


class _Side(NamedTuple):
    """The file as one side has it: its parts (None when it is all head), where its head begins, and the head."""

    document: Document | None
    head: int
    root: Node | None


Facts = dict[int, list[_Fact]]


def disagreements(text: str, found: Sequence[Region], path: str) -> list[Disagreement]:
    """Return what the conflicts of a text are about, in order, at least one each; a conflict within another waits.

    A text whose path does not end in .md is all head, as crmtxt.yaml is.
    """
    outer = [region for region in found if not region.inner]
    sides = [_side(blanked(text, found, theirs=theirs), path) for theirs in ((), outer)]
    heads = all(side.root for side in sides)
    mine, others = (_facts(side, outer, heads=heads) for side in sides)
    told: list[Disagreement] = []
    for region in outer:
        ours, theirs = mine.get(region.start, []), others.get(region.start, [])
        about = [*_values(region, ours, theirs), *_lines(region, ours, theirs)]
        told += about or [_unread(text, region, sides[0].document)]
    return told


def conflict_problems(text: str, found: Sequence[Region], path: str) -> list[Problem]:
    """Return each disagreement as a problem of its file, with the command that settles it."""
    handle = path.rpartition("/")[2].removesuffix(ENDING)
    return [
        Problem(
            path, each.region.number, 0, "conflict", each.message, f"settle it with: crmtxt resolve {handle}".rstrip()
        )
        for each in disagreements(text, found, path)
    ]


def _side(text: str, path: str) -> _Side:
    document = parts(text, path) if path.endswith(ENDING) or not path else None
    start, end = document.head if document else (0, len(text))
    try:
        return _Side(document, start, read_head(text[start:end]))
    except HeadError:
        return _Side(document, start, None)


def _facts(side: _Side, outer: Sequence[Region], *, heads: bool) -> Facts:
    """Return what one side says inside each conflict, by where that begins."""
    found: Facts = {}
    starts, ends = [region.start for region in outer], [region.end for region in outer]

    def add(start: int, end: int, fact: _Fact) -> None:
        for at in range(bisect_right(ends, start), bisect_left(starts, end)):
            found.setdefault(starts[at], []).append(fact)

    for keys, node in _leaves(side.root) if side.root and heads else ():
        start = node.start if node.key_start < 0 else node.key_start
        add(side.head + start, side.head + max(node.end, start + 1), _Fact("", keys, _visible(str(node.value))))
    for name, entries in ((NEXT, side.document.next), (LOG, side.document.log)) if side.document else ():
        for entry in entries:
            add(entry.start, entry.end, _Fact(name, (), entry_text(entry)))
    return found


def _visible(value: str) -> str:
    """Return a value without the lines that are blank, those of the other side among them."""
    return "\n".join(row for row in value.split("\n") if row.strip()) if "\n" in value else value


def entry_text(entry: Entry) -> str:
    """Return a line of Next or Log as it is told: without its dash."""
    return write_line(entry.line).removeprefix("- ")


def _leaves(node: Node, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the scalars of a head with the keys that lead to each; items of a list have those of the list."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _leaves(child, (*keys, key))
    elif isinstance(node.value, list):
        for item in node.value:
            yield from _leaves(item, keys)
    else:
        yield keys, node


def _values(region: Region, ours: Iterable[_Fact], theirs: Iterable[_Fact]) -> Iterator[Disagreement]:
    """Yield the values of the head that differ; a whole entry that one side has removed is one of them."""
    mine, others = _by_keys(ours), _by_keys(theirs)
    differing = [keys for keys in mine | others if mine.get(keys) != others.get(keys)]
    shared = _shared(differing)
    if shared and len(differing) > 1 and not (mine and others):
        left, right = (_together(side, shared) for side in (mine, others))
        yield Disagreement(region, ".".join(shared), left, right, shared)
        return
    for keys in differing:
        left, right = (", ".join(side[keys]) if keys in side else None for side in (mine, others))
        yield Disagreement(region, ".".join(keys), left, right, keys)


def _by_keys(facts: Iterable[_Fact]) -> dict[tuple[str, ...], list[str]]:
    values: dict[tuple[str, ...], list[str]] = {}
    for fact in facts:
        if fact.keys:
            values.setdefault(fact.keys, []).append(fact.value)
    return values


def _shared(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the keys with which all of them begin."""
    first, last = (min(paths), max(paths)) if paths else ((), ())
    length = next((at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two), len(first))
    return first[: min(length, len(last))]


def _together(values: dict[tuple[str, ...], list[str]], above: tuple[str, ...]) -> str | None:
    told = [f"{'.'.join(keys[len(above) :])}: {', '.join(items)}" for keys, items in values.items()]
    return ", ".join(told) or None


def _lines(region: Region, ours: Sequence[_Fact], theirs: Sequence[_Fact]) -> Iterator[Disagreement]:
    """Yield the lines of Next and Log that only one side has, against each other in their order."""
    for name in (NEXT, LOG):
        mine, others = ([fact.value for fact in side if fact.field == name] for side in (ours, theirs))
        if mine == others:
            continue
        left, right = Counter(mine) - Counter(others), Counter(others) - Counter(mine)
        for one, two in zip_longest(left.elements(), right.elements()):
            yield Disagreement(region, name, one, two)


def _unread(text: str, region: Region, document: Document | None) -> Disagreement:
    """Return the lines of a conflict as they stand, where they are no values and no lines of Next or Log."""
    above = [part.name for part in document.sections if part.start <= region.start] if document else []
    in_head = not document or region.start < document.body
    field = HEAD if in_head else (above or [NOTES])[-1]
    ours, theirs = (
        text[slice(*side)].replace("\r\n", "\n").strip("\n") or None for side in (region.ours, region.theirs)
    )
    return Disagreement(region, field, ours, theirs)


def _told(*values: str | None) -> Iterator[str]:
    """Yield two values as they are told in a message: the first line they differ in, not too long."""
    rows = [value.split("\n") if value is not None else [] for value in values]
    same = next((at for at, (one, two) in enumerate(zip(*rows, strict=False)) if one != two), 0)
    for lines in rows:
        if lines:
            first, more = lines[same], len(lines) > same + 1
            cut = more or len(first) > LONGEST_SHOWN
            yield f"'{'… ' if same else ''}{first[:LONGEST_SHOWN]}{' …' if cut else ''}'"
        else:
            yield REMOVED
