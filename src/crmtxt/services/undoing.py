"""Take back an earlier change: what it did is undone, what came later stays."""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import suppress
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from crmtxt.errors import AmbiguousError
from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.services.history import About
from crmtxt.services.history import told
from crmtxt.services.versions import Versions
from crmtxt.store import files
from crmtxt.store import past
from crmtxt.store.past import SHORT
from crmtxt.store.rows import handle_of
from crmtxt.store.writing import UNDO
from crmtxt.text.document import decode
from crmtxt.text.merge import DoubtError
from crmtxt.text.merge import merge

if TYPE_CHECKING:
    from crmtxt.settings import BookSettings
    from crmtxt.store.book import Book
    from crmtxt.store.past import Altered
    from crmtxt.store.past import Commit

HASH = re.compile("[0-9a-f]{4,64}")
NUMBER = re.compile("[1-9][0-9]{0,8}")
SEE = "take one from the column CHANGE of: crmtxt history"


def taking_back(book: Book, settings: BookSettings, ref: str) -> Change:
    """Return the change that takes back an earlier one, named as history names it.

    Raises:
        NotFoundError: there is no such change, or nothing of it is left.
        AmbiguousError: several begin like that.
        UsageError: it is a merge, or changed more than the book.
        LockedError: a later change, which the message names, touches the same lines.
    """
    with Versions(book) as versions:
        commit = _only(versions, ref)
        edits = [
            edit for each in versions.moves(commit.files) for edit in _Undoing(versions, settings, commit, each).edits()
        ]
    name = commit.hash[:SHORT] if book.has_git else commit.hash
    if not edits:
        raise NotFoundError(f"nothing of “{commit.subject}” ({name}) is left to take back", "see: crmtxt history")
    by = f" of {commit.author}" if commit.author else ""
    said = f"took back “{commit.subject}” ({name}{by}, {commit.date[:10]}); what came later stays"
    handles = {handle_of(each.path) for each in commit.files if each.path.endswith(".md")}
    customer = min(handles) if len(handles) == 1 else ""
    return Change(f"{UNDO}{commit.subject}", customer, tuple(edits), (said,), undoes=commit.hash)


def without(after: str, before: str, now: str) -> str | None:
    """Return a text as it is now without the step from `before` to `after`, None where it was changed there since."""
    with suppress(DoubtError):
        merged = merge(after, now, before)
        if not merged.conflicts:
            return merged.text
    return None


def _stepped_back(after: str, before: str, path: str, now: str) -> str:
    """Return the text without the step, under the lock of the write; LockedError where it was changed meanwhile."""
    text = without(after, before, now)
    if text is None:
        raise LockedError(f"{path} was changed in the same lines meanwhile; nothing was taken back", SEE)
    return text


def _only(versions: Versions, ref: str) -> Commit:
    """Return the change a reference names."""
    has_git = versions.book.has_git
    if not (HASH if has_git else NUMBER).fullmatch(ref.lower()):
        raise UsageError(f"'{ref}' names no change", SEE)
    found = versions.find(ref.lower())
    if not found:
        raise NotFoundError(f"no change '{ref}'", SEE)
    if len(found) > 1:
        lines = tuple(f"{each.hash[: SHORT + 5]}  {each.date[:10]}  {each.author}  {each.subject}" for each in found)
        raise AmbiguousError(f"'{ref}' could be {len(found)} changes", lines)
    (commit,) = found
    if len(commit.parents) > 1:
        raise UsageError(
            f"{commit.hash[:SHORT]} is a merge, two lines of changes made one: it cannot be taken back whole",
            "take back single changes of it: crmtxt history",
        )
    if commit.outside:
        raise UsageError(
            f"“{commit.subject}” ({commit.hash[:SHORT]}) also changed files that are not in the book",
            f"take it back with: git revert {commit.hash[:SHORT]}",
        )
    return commit


class _Undoing:
    """One file of a change that is taken back."""

    def __init__(self, versions: Versions, settings: BookSettings, commit: Commit, each: Altered) -> None:
        self.versions = versions
        self.settings = settings
        self.commit = commit
        self.each = each
        (self.before,) = (self._text(name) for name in each.before)
        self.after = self._text(each.after)

    def edits(self) -> list[FileEdit]:
        """Return what is to be done to the file, nothing when it is as if the change had never been made."""
        now, each = self._now(self.each.path), self.each
        if self.after is None:
            return self._brought_back(now)
        if self.before is None:
            return self._taken_away(now)
        if now is None or (each.was != each.path and self._now(each.was) is not None):
            raise self._overtaken()
        after, before = self._like(now, self.after), self._like(now, self.before)
        text = without(after, before, now)
        if text is None:
            raise self._overtaken()
        if text == now and each.was == each.path:
            return []
        return [FileEdit(each.path, partial(_stepped_back, after, before, each.path), to=each.was)]

    def _brought_back(self, now: str | None) -> list[FileEdit]:
        """Return how a file that was removed comes back."""
        before = self.before or ""
        if now is not None and now != before:
            raise self._overtaken()
        return [] if now == before else [FileEdit(self.each.path, lambda _: before, creates=True)]

    def _taken_away(self, now: str | None) -> list[FileEdit]:
        """Return how a file that was new goes again: only as it was."""
        if now is not None and now != self._like(now, self.after or ""):
            raise self._overtaken()
        return [] if now is None else [FileEdit(self.each.path, self._unchanged, removes=True)]

    def _unchanged(self, text: str) -> str:
        return text

    def _now(self, path: str) -> str | None:
        book = self.versions.book
        return book.text(path) if files.exists(f"{book.root}/{path}") else None

    def _text(self, name: str) -> str | None:
        """Return a text of the change, None where there was no file; InvalidError when it cannot be read."""
        if not name:
            return None
        data = self.versions.content(name)
        if data is None:
            message = f"{self.each.path}: what it was before or after “{self.commit.subject}” is not kept as text"
            raise InvalidError(message, "take the change back by hand")
        return decode(data, self.each.path)

    def _like(self, now: str, text: str) -> str:
        """Return a text of git's with the line ends the file has in the book."""
        return text.replace("\n", "\r\n") if "\r\n" in now and "\r" not in text else text

    def _overtaken(self) -> LockedError:
        """Return the refusal that names the later change: the first after which the step back no longer fits."""
        asked = past.Asked(tuple({self.each.path, self.each.was}))
        later = [*takewhile(lambda commit: commit.hash != self.commit.hash, self.versions.commits(asked))][::-1]
        first = bisect_left(later, 1, key=lambda commit: int(self._is_overtaken_by(commit)))
        what = f"“{self.commit.subject}”"
        if first == len(later):
            message = f"{self.each.path} was changed by hand in the same lines since {what}; nothing was taken back"
            return LockedError(message, "take the later change back by hand first")
        entry = told(self.versions, self.settings, About(self.each.path), later[first])
        said = "; ".join(entry.meaning) or entry.change
        return LockedError(
            f"{self.each.path} was changed again after {what}, on {entry.when[:10]}: {said}",
            f"take that back first: crmtxt undo {entry.ref[:SHORT] if self.versions.book.has_git else entry.ref}",
        )

    def _is_overtaken_by(self, commit: Commit) -> bool:
        """Say whether the step can no longer be taken back from what a later commit left."""
        now: str | None = None
        for each in commit.files:
            if each.path == self.each.path:
                now = self.versions.text(each.after) if each.after else None
            elif each.path == self.each.was:
                return bool(each.after)
        if self.after is None:
            return now is not None
        if self.before is None or now is None:
            return now != self.after
        return without(self.after, self.before, now) is None
