"""Settling what git could not merge: the files are written as ever, then git is told, and its merge is finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import CrmError
from crmtxt.errors import NotCommittedError
from crmtxt.store import files
from crmtxt.store import merging
from crmtxt.store import repository
from crmtxt.store.lock import locked
from crmtxt.store.writing import printable
from crmtxt.text.conflict import regions

if TYPE_CHECKING:
    from datetime import datetime

    from crmtxt.model.change import Change
    from crmtxt.model.change import Receipt
    from crmtxt.store.book import Book


def commit(book: Book, change: Change, when: datetime) -> tuple[Receipt, NotCommittedError | None]:
    """Write a change that settles conflicts: an ordinary commit, but in the midst of a merge the end of that merge.

    The merge is finished when nothing in the whole repository is left to settle. In a rebase and the like the files
    are staged, no more.
    """
    if not _waits(book):
        return book.writing.commit(change, when)
    receipt, _ = book.writing.commit(change, when, commit=False)
    paths = [path for path in change.settles if _is_settled(book, path)]
    try:
        with locked(f"{book.state}/lock"):
            hash_ = merging.settle(book.root, book.env, paths, [printable(each) for each in change.understood])
    except NotCommittedError as error:
        return receipt, error
    except CrmError as error:
        return receipt, NotCommittedError(f"saved, not committed: {error.message}", error.hint)
    if not receipt.path:
        receipt = receipt._replace(path=change.settles[0], files=0)
    return receipt._replace(commit=hash_ or None), None


def _waits(book: Book) -> bool:
    """Say whether git waits for something to be settled; where it must not be called, by the files it keeps."""
    if book.has_git and book.distrust:
        return bool(repository.in_progress(book.root))
    return book.has_git and merging.is_on(book.root, book.env)


def _is_settled(book: Book, path: str) -> bool:
    """Say whether a file is gone, or has no conflict in it any more."""
    return not files.exists(f"{book.root}/{path}") or not regions(book.text(path))
