"""Files an editor saved over: they no longer hold what we wrote last, and were loaded before that."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from datetime import timedelta
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.model.names import counted
from crmtxt.store import files
from crmtxt.store import journal
from crmtxt.store import repository
from crmtxt.store import state
from crmtxt.text.savedover import SavedOver
from crmtxt.text.savedover import Written
from crmtxt.text.savedover import saved_over

PUT_BACK = "put back: "
RECENT = timedelta(days=1)
TO_SEE = timedelta(seconds=10)  # nobody has seen sooner what came back, and taken it out again
SECOND, LOW = 1_000_000_000, 0xFFFFFFFF


class Overwritten(NamedTuple):
    """A file an editor saved over, and the lines of ours that are gone; `text` has them too, None where both meet."""

    path: str
    lines: tuple[str, ...]
    text: str | None

    @property
    def message(self) -> str:
        """Return in words what happened."""
        count = counted(len(self.lines), "line")
        return f"an editor saved over {count} written since it had opened the file"

    @property
    def remedy(self) -> str:
        """Return what to do about lines that cannot be put back by themselves."""
        return f"it changed the same: write again what is missing, beginning with: {self.lines[0]}"

    @property
    def told(self) -> str:
        """Return in words what happened, and what became of it."""
        fate = "put back" if self.text is not None else self.remedy
        return f"{self.path}: {self.message}; {fate}"


def everywhere(root: str, folder: str, when: datetime) -> Iterator[Overwritten]:
    """Yield what an editor saved over in the files written within a day before `when`; nothing is put back."""
    touched = (each for entry in journal.entries(folder) if _is_recent(entry, when) for each in entry.files)
    for path in sorted({each.path for each in touched}):
        with suppress(CrmError):
            now = files.read(root, path)
            if not journal.knows(folder, now) and (found := look(root, folder, path, now, when)):
                yield found


def look(root: str, folder: str, path: str, now: bytes, when: datetime) -> Overwritten | None:
    """Return what an editor saved over in a file that holds `now`; None when nothing was, or it cannot be read."""
    try:
        text = now.decode()
        found = None if _as_git_has_it(root, path) else saved_over(text, _writes(folder, path, when))
    except (CrmError, UnicodeDecodeError):
        return None
    return Overwritten(path, found.lines, _together(found, text)) if found else None


def _together(found: SavedOver, now: str) -> str | None:
    """Return the text with what both wrote, None where they wrote the same value."""
    from crmtxt.text.merge import DoubtError
    from crmtxt.text.merge import merge

    try:
        merged = merge(found.base, found.ours, now)
    except DoubtError:
        return None
    return None if merged.conflicts else merged.text


def _writes(folder: str, path: str, when: datetime) -> Iterator[Written]:
    """Yield the writes of a file, the latest first, up to the one that made it, or a day before."""
    for entry in reversed(journal.entries(folder)):
        for each in entry.files:
            if each.path == path:
                if not each.before or not each.after or not _is_recent(entry, when):
                    return
                before, after = journal.blob(folder, each.before), journal.blob(folder, each.after)
                seen = entry.summary.startswith(PUT_BACK) and _age(entry, when) > TO_SEE
                yield Written(before.decode(), after.decode(), restored=seen)


def _is_recent(entry: journal.Entry, when: datetime) -> bool:
    return _age(entry, when) < RECENT


def _age(entry: journal.Entry, when: datetime) -> timedelta:
    try:
        return when - datetime.fromisoformat(entry.when)
    except (ValueError, TypeError):  # somebody edited the journal
        return RECENT


def _as_git_has_it(root: str, path: str) -> bool:
    """Say whether git put a file there, or was given it: its index notes time and inode of each (gitformat-index)."""
    found, stat = repository.find(root), files.stat(root, path)
    if found is None or stat is None:
        return False
    if repository.in_progress(root):
        return True
    moment = struct.pack(">2I", stat[1] // SECOND & LOW, stat[1] % SECOND)
    noted = re.escape(moment) + b"(?s:.{4})" + re.escape(struct.pack(">I", stat[3] & LOW))
    return re.search(noted, state.read(f"{found.folder}/index") or b"") is not None
