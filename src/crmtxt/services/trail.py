"""The way of one customer's file back through time, under all the names it had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import CrmError
from crmtxt.model.names import is_handle
from crmtxt.store import files
from crmtxt.store import past
from crmtxt.store.rows import handle_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.services.versions import Versions
    from crmtxt.store.past import Altered
    from crmtxt.store.past import Commit

RENAMED = re.compile(r"^- [0-9-]{10} renamed\b[^:\n]*:[ ]*(\S+)[ ]*->", re.MULTILINE)


class Trail:
    """The commits of one customer: those that changed its file, wherever it lay and whatever it was called."""

    def __init__(self, versions: Versions, path: str) -> None:
        self.versions = versions
        self.path = path
        # names it had, and nobody has now: a colleague's branch may have gone on with them
        self.names = {path, *(place for place in self._earlier() if not self._is_there(place))}
        self.asked = {*self.names, *self._earlier(), *places(path, handle_of(path))}

    def commits(self, since: str = "", of: tuple[str, ...] = ()) -> Iterator[tuple[Commit, list[Altered]]]:
        """Yield each commit with what it did to this customer, the latest first."""
        for commit in self.versions.commits(past.Asked(tuple(sorted(self.asked)), since, of=of)):
            own = [each for each in self.versions.moves(commit.files) if self._is_ours(each)]
            if own or commit.settled:
                yield commit, own
            if not self.names <= self.asked:  # a name nobody could know of before
                self.asked |= self.names
                yield from self.commits(since, commit.parents[:1])
                return

    def _is_ours(self, each: Altered) -> bool:
        """Say whether a file is this customer's at this point of time, and follow it to its name before."""
        if each.path in self.names:
            if each.was != each.path:
                self.names.discard(each.path)
                self.names.add(each.was)
            return True
        if each.was not in self.names or each.was == each.path:
            return False
        if not self._is_there(each.was):
            return True  # the last that is known under this name
        self.names.discard(each.was)  # before that, somebody else had this name
        return False

    def _is_there(self, path: str) -> bool:
        return files.exists(f"{self.versions.book.root}/{path}")

    def _earlier(self) -> set[str]:
        """Return where the file may have been under each handle its log says it had."""
        try:
            text = self.versions.book.text(self.path)
        except CrmError:
            return set()
        return {place for old in RENAMED.findall(text) if is_handle(old) for place in places(self.path, old)}


def places(path: str, handle: str) -> set[str]:
    """Return where the file of a handle may lie: beside another, below customers/, in the folder of its letter."""
    folders = {path.rpartition("/")[0] or files.CUSTOMERS, files.CUSTOMERS, f"{files.CUSTOMERS}/{handle[:1]}"}
    return {f"{folder}/{handle}.md" for folder in folders}
