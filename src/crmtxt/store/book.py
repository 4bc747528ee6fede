"""The book: its places, its index and its text; all that writes it goes through `writing`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

from crmtxt.store import files
from crmtxt.store.index import Index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmtxt.errors import NotCommittedError
    from crmtxt.model.change import Change
    from crmtxt.model.change import Receipt
    from crmtxt.store.writing import Writing


class Book:
    """A book at a real path, with its places in the user's cache and state folders."""

    def __init__(self, root: str, cache: str, state: str, env: Mapping[str, str]) -> None:
        self.root = root
        self.env = env
        self.wrote = False
        key = f"{root.rsplit('/', 1)[-1]}-{crc32(root.encode('utf-8', 'surrogateescape')):08x}"  # hashlib: 4 ms
        self.cache = f"{cache}/crmtxt/{key}"
        self.state = f"{state}/crmtxt/{key}"

    @cached_property
    def index(self) -> Index:
        """Return the index, compared with the folder when it is first asked for."""
        return Index(self.root, f"{self.cache}/index.sqlite")

    def close(self) -> None:
        """Close the index, which SQLite then tidies up; nothing is asked of it any more."""
        if "index" in vars(self):
            self.index.connection.close()

    def doubt(self) -> bool:
        """Throw the index away after an error nobody foresaw; False when it cannot be its fault, or after a write."""
        index = vars(self).pop("index", None)
        if index is None or index.is_new or self.wrote:
            return False
        index.discard()
        return True

    @property
    def has_git(self) -> bool:
        """Say whether the book lies in a git repository."""
        from crmtxt.store import git

        return git.repository(self.root) is not None

    def user_email(self) -> str:
        """Return git's user.email, "" when there is none."""
        from crmtxt.store import git

        return git.user_email(self.root, self.env) if self.has_git else ""

    def text(self, path: str) -> str:
        """Return the text of a file of the book; InvalidError when it cannot be read."""
        from crmtxt.text.document import decode

        return decode(files.read(self.root, path), path)

    @property
    def writing(self) -> Writing:
        """Return what writes the book; what only reads does without its imports."""
        from crmtxt.store.writing import Writing

        return Writing(self)

    def difference(self, change: Change) -> str:
        """Return what a change would change, as a unified diff; nothing is written."""
        return self.writing.difference(change)

    def commit(
        self, change: Change, when: datetime, *, commit: bool = True
    ) -> tuple[Receipt, NotCommittedError | None]:
        """Write a change; return the receipt, and the reason when the files were saved but git did not take them."""
        if change.settles and commit:
            from crmtxt.store import settling

            return settling.commit(self, change, when)
        return self.writing.commit(change, when, commit=commit)

    def undo(self, when: datetime, *, commit: bool = True) -> tuple[Receipt, NotCommittedError | None]:
        """Take back the last write, byte for byte; LockedError when its files were changed since."""
        return self.writing.undo(when, commit=commit)

    def difference_of_undo(self) -> Change:
        """Return what undo would do, as a change."""
        return self.writing.difference_of_undo()
