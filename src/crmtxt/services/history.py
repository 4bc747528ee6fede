"""What was changed, when and by whom: from git where the book is under git, else from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.views import HistoryEntry
from crmtxt.store import git
from crmtxt.store import journal
from crmtxt.store.rows import handle_of
from crmtxt.store.writing import UNDO

if TYPE_CHECKING:
    from crmtxt.store.book import Book


def history(book: Book, path: str = "", limit: int = 0, since: str = "") -> list[HistoryEntry]:
    """Return the changes of the book or of one file, the latest first; `since` is an ISO date."""
    taken_back = {entry.commit for entry in journal.entries(book.state) if _taken_back(entry) and entry.commit}
    if book.has_git:
        return [
            HistoryEntry(
                each.date,
                each.author,
                each.subject,
                _customer(each.files),
                each.files,
                each.hash,
                each.hash in taken_back,
            )
            for each in git.log(book.root, [path] if path else [], book.env, limit, since)
        ]
    entries = [
        HistoryEntry(each.when, "", each.summary, each.customer or None, files, None, _taken_back(each))
        for each in reversed(journal.entries(book.state))
        if (files := tuple(touched.path for touched in each.files))
        and (not path or path in files)
        and each.when >= since
    ]
    return entries[:limit] if limit else entries


def _taken_back(entry: journal.Entry) -> bool:
    """Say whether a change was undone; what undid it is marked in the journal too."""
    return entry.state == journal.UNDONE and not entry.summary.startswith(UNDO)


def _customer(files: tuple[str, ...]) -> str | None:
    """Return the one customer some files belong to, None when there are several or none."""
    handles = {handle_of(path) for path in files if path.endswith(".md")}
    return next(iter(handles)) if len(handles) == 1 else None
