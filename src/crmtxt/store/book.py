"""The book: its places, its index and its text; all that writes it goes through `writing`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

from crmtxt.errors import UntrustedError
from crmtxt.store import files
from crmtxt.store.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import datetime

    from crmtxt.errors import NotCommittedError
    from crmtxt.model.change import Change
    from crmtxt.model.change import Receipt
    from crmtxt.model.upkeep import Danger
    from crmtxt.store.repository import Repository
    from crmtxt.store.writing import Writing


class Book:
    """A book at a real path, with its places in the user's cache and state folders.

    `ask` shows a person what could run once git is called, and returns whether they agree; it is asked at most once.
    """

    def __init__(
        self,
        root: str,
        cache: str,
        state: str,
        env: Mapping[str, str],
        ask: Callable[[Sequence[Danger]], bool] = lambda _: False,
    ) -> None:
        self.root = root
        self._env = env
        self._ask = ask
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
        return self._repository is not None

    @cached_property
    def distrust(self) -> tuple[Danger, ...]:
        """Return what could run once git is called here and was not agreed to; a person is asked, once."""
        if not self.dangers or self.is_agreed:
            return ()
        if not self._ask(self.dangers):
            return self.dangers
        self.trust(self.dangers)
        return ()

    @cached_property
    def dangers(self) -> tuple[Danger, ...]:
        """Return what could run once git is called here, agreed to or not."""
        from crmtxt.store import trust

        return trust.dangers(self.root)

    @property
    def is_agreed(self) -> bool:
        """Say whether exactly that was agreed to."""
        from crmtxt.store import trust

        return trust.agreed(self.state, self.dangers)

    def revoke(self) -> None:
        """Forget what was agreed to."""
        from crmtxt.store import trust

        trust.revoke(self.state)

    def trust(self, found: Sequence[Danger]) -> None:
        """Keep that this was agreed to; the next question is about something else."""
        from crmtxt.store import trust
        from crmtxt.store.lock import locked

        with locked(f"{self.state}/lock"):
            trust.agree(self.state, found)
        vars(self).pop("distrust", None)

    def prepare(self, *, fresh: bool) -> None:
        """Tell git how a new book is merged; a `fresh` repository is trusted: its hooks are the user's own template."""
        from crmtxt.store import setup

        if fresh and self.dangers:
            self.trust(self.dangers)
        if self.has_git and not self.distrust:
            setup.tell(self.root, self.env)

    @property
    def env(self) -> Mapping[str, str]:
        """Return the environment git is called with: the one way to it, so that nobody calls git without `distrust`.

        Raises UntrustedError where something could run that was not agreed to.
        """
        from crmtxt.store.gitcall import CEILING

        if self.distrust:
            raise UntrustedError(
                f"git was not called: this repository could run {_named(self.distrust)}",
                "look at what it is, and if you agree: crmtxt trust",
            )
        found = self._repository
        return {**self._env, CEILING: found.top.rpartition("/")[0] or "/"} if found else self._env

    def user_email(self) -> str:
        """Return git's user.email, "" when there is none; nobody is asked about trust for it.

        It is read from git's files; where only git can tell, git is asked, outside a repository nobody trusts.
        """
        from crmtxt.store import git
        from crmtxt.store import repository

        found = self._repository
        if found is None:
            return ""
        known = repository.user_email(found, self._env)
        trusted = not self.dangers or self.is_agreed
        return git.user_email(found.top if trusted else "/", self._env) if known is None else known

    @cached_property
    def _repository(self) -> Repository | None:
        from crmtxt.store import repository

        return repository.find(self.root)

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
        self._settle(commit=commit)
        if change.settles and commit:
            from crmtxt.store import settling

            return settling.commit(self, change, when)
        return self.writing.commit(change, when, commit=commit)

    def undo(self, when: datetime, *, commit: bool = True) -> tuple[Receipt, NotCommittedError | None]:
        """Take back the last write, byte for byte; LockedError when its files were changed since."""
        self._settle(commit=commit)
        return self.writing.undo(when, commit=commit)

    def difference_of_undo(self) -> Change:
        """Return what undo would do, as a change."""
        return self.writing.difference_of_undo()

    def _settle(self, *, commit: bool) -> None:
        """Ask about trust before the lock is taken: nobody waits for a person to answer."""
        _ = commit and self.distrust


def _named(found: Sequence[Danger]) -> str:
    """Return the first of what could run, in words, and how many there are."""
    name = f"{found[0].kind} {found[0].name}"
    return name if len(found) == 1 else f"{name} and {len(found) - 1} more"
