"""What is to be settled in a book: the files git could not merge, and what their sides disagree about."""

from __future__ import annotations

from bisect import bisect_left
from contextlib import suppress
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.errors import NotFoundError
from crmtxt.model.upkeep import Conflict
from crmtxt.settings import BOOK_FILE
from crmtxt.store import files
from crmtxt.store import merging
from crmtxt.store.rows import handle_of
from crmtxt.text.conflict import Region
from crmtxt.text.conflict import regions
from crmtxt.text.decision import untouched
from crmtxt.text.disagreement import ENDING
from crmtxt.text.disagreement import Disagreement
from crmtxt.text.disagreement import disagreements
from crmtxt.text.document import decode
from crmtxt.text.merge import DoubtError
from crmtxt.text.merge import merge

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from crmtxt.store.book import Book
    from crmtxt.store.merging import Versions
    from crmtxt.store.merging import Written

WHOLE = Region(0, 0, (0, 0), None, (0, 0), 0)  # of a file that one side removed
FILE = "file"
CHANGED = "changed"


class Contested(NamedTuple):
    """A file to be settled: `seen` is on the disk (None: no file), `text` is that after our own merge of the versions.

    `told` is what is left to decide; `vanished` counts what our merge decided; `waits`: git asks for this file.
    """

    path: str
    seen: str | None
    text: str
    told: tuple[Disagreement, ...]
    vanished: int
    waits: bool

    @property
    def is_removed(self) -> bool:
        """Say whether the question is if the file is there at all."""
        return any(each.region is WHOLE for each in self.told)

    @property
    def name(self) -> str:
        """Return the customer's handle, of any other file its path."""
        return handle_of(self.path) if self.path.endswith(ENDING) else self.path


def contested(book: Book) -> list[Contested]:
    """Return every file to be settled, by path."""
    waiting = _waiting(book)
    marked = {problem.path for problem in book.index.problems() if problem.code == "conflict"}
    return [_contested(book, path, waiting.get(path)) for path in sorted(marked | set(waiting))]


def _waiting(book: Book) -> dict[str, Versions]:
    with suppress(CrmError):
        if book.has_git:
            known = merging.unmerged(book.root, book.env)
            return {path: versions for path, versions in known.items() if path.endswith(ENDING) or path == BOOK_FILE}
    return {}


def _contested(book: Book, path: str, versions: Versions | None) -> Contested:
    seen = book.text(path) if files.exists(f"{book.root}/{path}") else None
    if versions and (versions.ours is None or versions.theirs is None):
        return _removed(path, seen, versions)
    written = tuple(disagreements(seen or "", regions(seen or ""), path))
    text = _merged(path, seen, versions) if seen is not None and versions and written else None
    if text is None:
        return Contested(path, seen, seen or "", written, 0, versions is not None)
    told = tuple(disagreements(text, regions(text), path))
    return Contested(path, seen, text, told, max(0, len(written) - len(told)), waits=True)


def _removed(path: str, seen: str | None, versions: Versions) -> Contested:
    """Return a file that one side removed while the other changed it, or both removed."""
    kept = decode(versions.ours or versions.theirs or b"", path) if seen is None else seen
    ours, theirs = (None if each is None else CHANGED for each in (versions.ours, versions.theirs))
    told = (Disagreement(WHOLE, FILE, ours, theirs),) if ours or theirs else ()
    return Contested(path, seen, kept, told, 0, waits=True)


def _merged(path: str, seen: str, versions: Versions) -> str | None:
    """Return our own merge of the versions of a file nobody has begun to settle; None when it is in doubt."""
    if not path.endswith(ENDING):
        return None
    try:
        base, ours, theirs = (decode(each or b"", path) for each in versions)
        return merge(base, ours, theirs).text if untouched(seen, base, ours, theirs) else None
    except (DoubtError, CrmError):
        return None


def named(found: list[Contested], name: str, path: Callable[[], str]) -> list[Contested]:
    """Return the files of a handle or a path, or those at the `path` of the customer of another name."""
    mine = [each for each in found if name in {each.name, each.path}]
    if mine:
        return mine
    place = path()
    return [each for each in found if each.path == place]


def next_step(book: Book) -> str:
    """Return the command git waits for, "" when it waits for nothing or cannot be asked."""
    with suppress(CrmError):
        if book.has_git and merging.is_on(book.root, book.env):
            return merging.going_on(book.root)
    return ""


def which(file: Contested, word: str) -> Disagreement:
    """Return the one disagreement of a file that a number or a field names; NotFoundError with those there are."""
    numbered = list(enumerate(file.told, 1))
    named = [each for number, each in numbered if word in {str(number), each.field}]
    if len(named) == 1:
        return named[0]
    listed = "\n".join(f"{number}  {each.message}" for number, each in numbered)
    raise NotFoundError(f"'{word}' is {len(named) or 'none'} of the conflicts in {file.name}", listed)


def listing(book: Book, found: list[Contested]) -> list[Conflict]:
    """Return every disagreement with who wrote each side, and when, as far as git can tell."""
    return [item for file in found if file.told for item in _Sources(book, file).items()]


class _Sources:
    """Who wrote the sides of one file, as far as git can tell: for each, where it is, and its lines."""

    def __init__(self, book: Book, file: Contested) -> None:
        self.book = book
        self.file = file
        here, there = merging.OURS, merging.theirs(book.root, conflicts=file.waits) if book.has_git else merging.OURS
        self.sides = [(each, self._rows(each)) for each in (here, there)]
        self.apart = here != there

    def items(self) -> Iterator[Conflict]:
        """Yield the disagreements of the file."""
        customer = self.file.name if self.file.path.endswith(ENDING) else None
        for number, told in enumerate(self.file.told, 1):
            by = (self._written(told, at) for at in (0, 1))
            ours, theirs = ((each.who, each.when) if each else (None, None) for each in by)
            values = (told.region.number, told.field, told.ours, told.theirs)
            yield Conflict(customer, number, self.file.path, *values, *ours, *theirs)

    def _rows(self, side: str) -> dict[str, list[tuple[int, Written]]]:
        """Return the lines of one side with their numbers, by what they say."""
        found: dict[str, list[tuple[int, Written]]] = {}
        with suppress(CrmError):
            lines = merging.authors(self.book.root, self.book.env, side, self.file.path) if self.book.has_git else []
            for number, line in enumerate(lines, 1):
                found.setdefault(line.row, []).append((number, line))
        return found

    def _written(self, told: Disagreement, at: int) -> Written | None:
        """Return who wrote, or removed, one side of a disagreement: the nearest such line of that side's version."""
        side, known = self.sides[at]
        removed = (told.ours, told.theirs)[at] is None
        if told.region is WHOLE:
            return self._last(side, *(["--diff-filter=D"] if removed else []))
        if removed:
            return self._last(side, f"-S{told.keys[-1]}:") if told.keys and self.apart else None
        mine, others = told.region.ours, told.region.theirs
        rows = [self.file.text[slice(*span)].splitlines() for span in ((mine, others) if at == 0 else (others, mine))]
        own = [row for row in rows[0] if row.strip() and row not in rows[1]]
        wanted = [row for row in own if told.keys and row.lstrip().startswith(f"{told.keys[-1]}:")] or own
        near = [_nearest(known[row], told.region.number) for row in wanted if row in known]
        return min(near)[1] if near else None

    def _last(self, side: str, *conditions: str) -> Written | None:
        with suppress(CrmError):
            return merging.last(self.book.root, self.book.env, side, self.file.path, *conditions)
        return None


def _nearest(lines: list[tuple[int, Written]], number: int) -> tuple[int, Written]:
    """Return the line nearest to a number, and how far off it is."""
    at = bisect_left(lines, (number,))
    return min((abs(each - number), line) for each, line in lines[max(0, at - 1) : at + 1])
