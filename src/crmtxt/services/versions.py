"""The versions of the book's files, from git or from the journal, and what the step from one to the next means."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Self

from crmtxt.errors import CrmError
from crmtxt.model import meaning as kinds
from crmtxt.model.meaning import Meaning
from crmtxt.settings import BOOK_FILE
from crmtxt.store import files
from crmtxt.store import journal
from crmtxt.store import past
from crmtxt.store.past import Altered
from crmtxt.store.past import Commit
from crmtxt.store.rows import handle_of
from crmtxt.text import difference

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

    from crmtxt.store.book import Book

FOLDER = f"{files.CUSTOMERS}/"
SURE = (
    90  # percent: so much alike, a file that went and one that came are the same customer without a line that says so
)
KEPT_TEXTS = 16
_RENAMED = re.compile(r"^- [0-9-]{10} renamed\b.*(?<!\r)(?=\r?$)", re.MULTILINE)


class Versions:
    """The past of one book; to be closed, since a git may be running for it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._contents = past.Contents(book.root, book.env) if book.has_git else None
        self._texts: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        if self._contents:
            self._contents.__exit__(*about)

    def commits(self, asked: past.Asked) -> Iterator[Commit]:
        """Yield what git, or without it the journal, knows, the latest first."""
        if self._contents:
            return past.commits(self.book.root, self.book.env, asked)
        return _of_journal(self.book, asked)

    def text(self, name: str) -> str | None:
        """Return a content as text by its hash, None where it is not kept; what is not UTF-8 is replaced."""
        if name not in self._texts:
            if len(self._texts) >= KEPT_TEXTS:
                del self._texts[next(iter(self._texts))]
            data = self.content(name)
            self._texts[name] = None if data is None else data.decode("utf-8", "replace")
        return self._texts[name]

    def content(self, name: str) -> bytes | None:
        """Return a content by its hash, None where it is not kept."""
        return self._contents.get(name) if self._contents else self._kept(name)

    def find(self, beginning: str) -> list[Commit]:
        """Return the changes a reference may be of: by the beginning of a hash, or by number."""
        if self._contents:
            return past.find(self.book.root, self.book.env, beginning)
        return [commit for commit in _of_journal(self.book, past.Asked()) if commit.hash == beginning]

    def moves(self, altered: Iterable[Altered]) -> list[Altered]:
        """Return the files of a commit, those renamed as one: the log says so, or nearly all of the text is alike."""
        found: list[Altered] = []
        for each in altered:
            if each.was == each.path or each.alike >= SURE or self._says_renamed(each.was, each):
                found.append(each)
            else:
                found += [
                    Altered(each.was, each.was, each.before, ""),
                    Altered(each.path, each.path, ("",), each.after),
                ]
        gone = [each for each in found if not each.after]
        come = [each for each in found if each.before == ("",)]
        for new, old in ((new, old) for new in come for old in gone if self._says_renamed(old.path, new)):
            found[found.index(new)] = new._replace(was=old.path, before=old.before)
            found.remove(old)
            break
        return found

    def meanings(self, each: Altered, *, whole: bool) -> list[Meaning]:
        """Return what was done to a file; with `whole` a new one is one thing, else each of its values."""
        if len(each.before) > 1:
            return self._of_merge(each, whole=whole)
        before = each.before[0]
        if not before:
            return [Meaning(kinds.CREATED)] if whole else self._beginning(each)
        if not each.after:
            return [Meaning(kinds.GONE)]
        found = [] if each.was == each.path else [Meaning(kinds.RENAMED, (), *_names(each))]
        old, new = self.text(before), self.text(each.after)
        if old is None or new is None:
            return found or [Meaning(kinds.UNREADABLE)]
        told = _reading(each.path)(old, new)
        return [*found, *(meaning for meaning in told if not (found and meaning.kind == kinds.RENAMED))]

    def names(self, each: Altered) -> dict[str, str]:
        """Return the first names of the people of a customer as they were then."""
        text = self.text(each.after) if each.after else None
        return difference.first_names(text) if text and each.path.startswith(FOLDER) else {}

    def _beginning(self, each: Altered) -> list[Meaning]:
        """Return each value a new file begins with."""
        text = self.text(each.after)
        is_customer = _reading(each.path) is difference.meanings
        return list(difference.head_meanings_of_new(text)) if text and is_customer else []

    def _of_merge(self, each: Altered, *, whole: bool) -> list[Meaning]:
        """Return what a merge itself did: what differs from all its parents."""
        sides = [self.meanings(each._replace(before=(before,)), whole=whole) for before in each.before]
        others = [{(meaning.path, meaning.after) for meaning in side} for side in sides[1:]]
        own = [meaning for meaning in sides[0] if all((meaning.path, meaning.after) in side for side in others)]
        return own if self._has_rows_of_its_own(each) else [meaning for meaning in own if not meaning.rows]

    def _has_rows_of_its_own(self, each: Altered) -> bool:
        """Say whether a merge wrote lines that none of its parents has: without them it only put text together."""
        rows = set((self.text(each.after) or "").split("\n"))
        return bool(rows.difference(*((self.text(before) or "").split("\n") for before in each.before if before)))

    def _says_renamed(self, was: str, each: Altered) -> bool:
        old, new = handle_of(was), handle_of(each.path)
        text = self.text(each.after) or ""
        return old != new and any(line.endswith(f": {old} -> {new}") for line in _RENAMED.findall(text))

    def _kept(self, name: str) -> bytes | None:
        """Return a content the journal kept, or one that is still in the book."""
        try:
            if name in self._current:
                return files.read(self.book.root, self._current[name])
            return journal.blob(self.book.state, name)
        except CrmError:
            return None

    @cached_property
    def _current(self) -> dict[str, str]:
        """Return the files of the book the journal knows, by the hash of their content."""
        found = {}
        for path in {touched.path for entry in journal.entries(self.book.state) for touched in entry.files}:
            with suppress(CrmError):
                found[files.digest(files.read(self.book.root, path)).hex()] = path
        return found


def _of_journal(book: Book, asked: past.Asked) -> Iterator[Commit]:
    """Yield the writes the journal keeps as commits: their number for a hash, and no author."""
    count = 0
    for entry in reversed(journal.entries(book.state)):
        altered = tuple(Altered(path, path, (before,), after) for path, before, after in entry.files)
        wanted = not asked.paths or any(each.path in asked.paths for each in altered)
        if altered and wanted and entry.when >= asked.since and (not asked.limit or count < asked.limit):
            count += 1
            undoes = (entry.undoes,) if entry.undoes else ()
            yield Commit(str(entry.number), entry.when, "", "", entry.summary, undoes, ("",), altered, outside=False)


def _reading(path: str) -> Callable[[str, str], tuple[Meaning, ...]]:
    if path == BOOK_FILE:
        return difference.settings_meanings
    return difference.meanings if path.startswith(FOLDER) and path.endswith(".md") else difference.text_meanings


def _names(each: Altered) -> tuple[str, str]:
    was, now = handle_of(each.was), handle_of(each.path)
    return (was, now) if was != now else (each.was, each.path)
