"""Two files of one customer as one: nothing of either is lost, and the first keeps its characters."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.model.names import fold
from crmtxt.text import edit
from crmtxt.text import headedit
from crmtxt.text.document import Document
from crmtxt.text.document import newline_of
from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.node import Node
from crmtxt.text.parse import parse
from crmtxt.text.place import head_problem
from crmtxt.text.splice import line_start_after
from crmtxt.text.unitehead import Had
from crmtxt.text.unitehead import node_at
from crmtxt.text.unitehead import unite_heads
from crmtxt.text.unitekeys import Called
from crmtxt.text.unitekeys import Side
from crmtxt.text.unitekeys import at_home
from crmtxt.text.unitekeys import called_as
from crmtxt.text.unitekeys import head_of
from crmtxt.text.unitekeys import head_text
from crmtxt.text.unitekeys import renamed

IN_DOUBT = frozenset({"conflict", "no-head", "fence"})  # then the parts of a file are not sure
ALIASES = ("alias", "aliases")
BESIDES = frozenset({"name"})
LAST_DAY = "9999-12-31"


class United(NamedTuple):
    """What became of two files: the text, what everything of the second is called in it, and what was given up."""

    text: str
    called: Called
    had: tuple[Had, ...]


class _Chunk(NamedTuple):
    """An entry of Next or Log as it is written, with what cannot be read around it; `line` is None without an entry."""

    line: Line | None
    text: str


class _Read(NamedTuple):
    """A file with its parts, and the line ending its lines get."""

    document: Document
    text: str
    newline: str


def check(text: str, path: str) -> None:
    """Raise InvalidError, with its place, for a file whose parts are not sure."""
    head = head_text(text)
    try:
        read_head(head)
    except HeadError as error:
        raise InvalidError.at(head_problem(error, head, path, first_line=2)) from None
    for problem in parse(text, path).problems:
        if problem.code in IN_DOUBT:
            raise InvalidError.at(problem)


def unite(kept: Side, gone: Side) -> United:
    """Return the first file with everything of the second in it.

    Lines of Next and Log stand where their dates belong, those that are in both to the byte once. The notes of the
    second stand below those of the first. InvalidError when that is not possible without touching more.
    """
    called = called_as(kept.text, gone.text)
    text, source = at_home(kept, gone.handle, called.people), renamed(gone, kept.handle, called)
    newline = newline_of(text)
    before, more = _Read(parse(text, ""), text, newline), _Read(parse(source, ""), source, newline)
    for section in (LOG, NEXT):
        text = _with_chunks(text, section, _fresh(before, more, section), newline)
    text = _with_notes(text, more.document.notes, newline)
    had: list[Had] = []

    def change(head: str) -> str:
        united, differing = unite_heads(head, head_text(source), called.people, newline, BESIDES)
        had.extend(differing)
        return _with_names(united, (kept, gone), newline)

    text = edit.in_head(text, change)
    _expect(text, before.document, more.document)
    return United(text, called, tuple(had))


def _fresh(ours: _Read, theirs: _Read, section: str) -> list[_Chunk]:
    """Return what the second has in a section and the first has not to the byte."""
    known = Counter(chunk.text for chunk in _chunks(ours, section))
    fresh = []
    for chunk in _chunks(theirs, section):
        if known[chunk.text]:
            known[chunk.text] -= 1
        else:
            fresh.append(chunk)
    return fresh


def _chunks(read: _Read, section: str) -> Iterator[_Chunk]:
    """Yield the entries of a section, what cannot be read with the entry below it."""
    for part in (each for each in read.document.sections if each.name == section):
        at = part.body
        for entry in getattr(read.document, section):
            if part.body <= entry.start < part.end:
                yield _Chunk(entry.line, _tidy(read.text[at : entry.end], read.newline))
                at = entry.end
        if rest := _tidy(read.text[at : part.end], read.newline):
            yield _Chunk(None, rest)


def _tidy(text: str, newline: str) -> str:
    """Return some lines without blank ones at both ends, with the line ending of the file they go to."""
    rows = re.sub(r"\A(?:[ \t]*\n)+|\s+\Z", "", text.replace("\r\n", "\n"))
    return rows.replace("\n", newline)


def _with_chunks(text: str, section: str, chunks: Iterable[_Chunk], newline: str) -> str:
    """Put lines where their dates belong; those that belong to one place in the order they come in, by date."""
    ordered = sorted(chunks, key=lambda chunk: chunk.line.date if chunk.line else LAST_DAY)
    document = parse(text, "")
    groups: dict[int, tuple[str, list[str], str]] = {}
    for chunk in ordered:
        at, lead, tail = edit.place(document, text, section, chunk.line or Line(LAST_DAY, "", ""), newline)
        groups.setdefault(at, (lead, [], tail))[1].append(chunk.text)
    for at, (lead, texts, tail) in sorted(groups.items(), reverse=True):
        text = text[:at] + lead + newline.join(texts) + tail + text[at:]
    return text


def _with_notes(text: str, notes: str, newline: str) -> str:
    """Put notes below those that are there; the same notes once."""
    document = parse(text, "")
    if not notes or notes == document.notes:
        return text
    end = document.sections[0].start if document.sections else len(text)
    kept = text[document.body : end].rstrip()
    at = line_start_after(text, document.body + len(kept)) if kept else document.body
    lead = ("" if text[:at].endswith("\n") else newline) + (newline if kept else "")
    tail = newline if text[at:].split("\n", 1)[0].strip() else ""
    return text[:at] + lead + notes.replace("\n", newline) + newline + tail + text[at:]


def _with_names(head: str, sides: tuple[Side, Side], newline: str) -> str:
    """Return the first head with every name of the second as an alias, and without the two being told apart."""
    kept, gone = (head_of(side.text) for side in sides)
    known = {fold(sides[0].handle), *(fold(name) for name in _names(kept))}
    for name in (*_names(gone), sides[1].handle):
        if fold(name) not in known:
            head = headedit.add_to_list(head, ("aliases",), name, as_text=True, newline=newline)
            known.add(fold(name))
    for side in sides:
        head = headedit.remove_from_list(head, ("distinct",), side.handle)
    return head


def _names(head: Node) -> Iterator[str]:
    """Yield the name and the aliases of a head."""
    for key in ("name", *ALIASES):
        node = node_at(head, (key,))
        for each in node.value if node is not None and isinstance(node.value, list) else [node]:
            if each is not None and isinstance(each.value, str) and each.value:
                yield each.value


def _expect(text: str, ours: Document, theirs: Document) -> None:
    """Refuse a text in which a line of either is missing, a note or what cannot be read, or where there is more."""
    for what in (_lines(NEXT), _lines(LOG), _notes, _problems):
        found, one, other = (Counter(what(document)) for document in (parse(text, ""), ours, theirs))
        if found - (one + other) or (one | other) - found:
            raise InvalidError("cannot unite the files without losing a line", "mend what cannot be read: crmtxt check")


def _lines(section: str) -> Callable[[Document], Iterable[Line]]:
    return lambda document: (entry.line for entry in getattr(document, section))


def _notes(document: Document) -> Iterable[str]:
    return filter(None, document.notes.split("\n"))


def _problems(document: Document) -> Iterable[tuple[str, str]]:
    return ((problem.code, problem.source) for problem in document.problems)
