"""Commit what is saved and not committed: writes whose commit failed, and what was edited by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.services import sendable
from crmtxt.store import files
from crmtxt.store import git
from crmtxt.store import journal
from crmtxt.store import overwritten
from crmtxt.store import refusals
from crmtxt.store.disk import is_utf8
from crmtxt.store.rows import handle_of
from crmtxt.store.scan import scan
from crmtxt.store.writing import printable

if TYPE_CHECKING:
    from datetime import datetime

    from crmtxt.store.book import Book
    from crmtxt.store.remote import Remote

_UNMERGED = frozenset({"DD", "AU", "UD", "UA", "DU", "AA", "UU"})
_UNDECIDED = "git waits for a decision about this file"


class Unsaved(NamedTuple):
    """What can be committed, and what keeps other files from it.

    `vanishing` is how many customers of how many would be gone, when somebody should be asked.
    """

    paths: tuple[str, ...]
    problems: tuple[Problem, ...]
    vanishing: tuple[int, int] | None


def put_back(book: Book, when: datetime) -> list[str]:
    """Put back what an editor saved over, under the book's lock; return in words what happened."""
    remarks: list[str] = []
    for each in list(overwritten.everywhere(book.root, book.state, when)):
        book.writing.put_back(each.path, when, remarks)
    return remarks


def collect(book: Book, remote: Remote) -> Unsaved:
    """Return what in the book's own files is not as in the last commit; other files are not looked at."""
    paths: list[str] = []
    problems: list[Problem] = []
    gone = 0
    for letters, path in remote.changed_here(sendable.OWN):
        if not sendable.is_own(path):
            continue
        found = faults(book, path)
        if letters in _UNMERGED and not found:
            hint = f"crmtxt resolve {handle_of(path)}, or git add it as it is"
            found = [Problem(path, 0, 0, "conflict", _UNDECIDED, hint)]
        problems += found
        paths += [] if found else [path]
        gone += "D" in letters
    return Unsaved(tuple(paths), tuple(problems), _vanishing(book, remote) if gone > sendable.FEW else None)


def commit(book: Book, unsaved: Unsaved) -> str:
    """Commit it, under the book's lock, as one commit; return its short hash, "" when nothing differs any more.

    Raises NotCommittedError.
    """
    waiting = journal.pending(book.state)
    left = {problem.path for problem in unsaved.problems}
    hash_ = git.commit(book.root, unsaved.paths, _message(unsaved.paths, waiting), book.env, new=True)
    done = [entry.number for entry in waiting if left.isdisjoint(touched.path for touched in entry.files)]
    journal.committed(book.state, done, hash_)
    return hash_


def faults(book: Book, path: str) -> list[Problem]:
    """Return what keeps a file, as it is on the disk, from being committed and sent; nothing for one that is gone."""
    if not is_utf8(path):
        return [refusals.bad_name(path)]
    try:
        data = files.read(book.root, path)
    except InvalidError as error:
        return [error.problem] if error.problem and error.problem.code != "missing" else []
    return sendable.faults(data, path, book.index.settings)


def _vanishing(book: Book, remote: Remote) -> tuple[int, int] | None:
    there, _ = scan(book.root)
    return sendable.vanishing(remote.files_of("HEAD", files.CUSTOMERS), there)


def _message(paths: tuple[str, ...], waiting: list[journal.Entry]) -> str:
    """Return the message of the commit: the one thing that is in it, else how much, with a line for each."""
    dirty = set(paths)
    entries = [entry for entry in waiting if not dirty.isdisjoint(touched.path for touched in entry.files)]
    known = {touched.path for entry in entries for touched in entry.files}
    parts = [entry.summary for entry in entries]
    parts += [f"{handle_of(path)}: edited by hand" for path in paths if path not in known]
    if len(parts) == 1:
        return printable(parts[0])
    return "\n".join([f"sync: {len(parts)} changes", "", *(f"- {printable(part)}" for part in parts)])
