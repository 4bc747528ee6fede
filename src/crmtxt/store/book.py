"""The book: one way to write it, under one lock; and to take a write back."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.errors import LockedError
from crmtxt.errors import NotCommittedError
from crmtxt.errors import NotFoundError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.change import Receipt
from crmtxt.store import files
from crmtxt.store import git
from crmtxt.store import journal
from crmtxt.store.index import Index
from crmtxt.store.lock import locked
from crmtxt.text.document import decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Step(NamedTuple):
    """One file of a write: its content before and after, None where there is no file."""

    path: str
    to: str
    before: bytes | None
    after: bytes | None


class Book:
    """A book at a real path, with its places in the user's cache and state folders."""

    def __init__(self, root: str, cache: str, state: str, env: Mapping[str, str]) -> None:
        from hashlib import sha256

        self.root = root
        self.env = env
        key = f"{root.rsplit('/', 1)[-1]}-{sha256(root.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
        self.cache = f"{cache}/crmtxt/{key}"
        self.state = f"{state}/crmtxt/{key}"

    @cached_property
    def index(self) -> Index:
        """Return the index, compared with the folder when it is first asked for."""
        return Index(self.root, f"{self.cache}/index.sqlite")

    @property
    def has_git(self) -> bool:
        """Say whether the book lies in a git repository."""
        return git.repository(self.root) is not None

    def user_email(self) -> str:
        """Return git's user.email, "" when there is none."""
        return git.user_email(self.root, self.env) if self.has_git else ""

    def text(self, path: str) -> str:
        """Return the text of a file of the book; InvalidError when it cannot be read."""
        return decode(files.read(self.root, path), path)

    def difference(self, change: Change) -> str:
        """Return what a change would change, as a unified diff; nothing is written."""
        from difflib import unified_diff

        shown = []
        for step in self._steps(change):
            old, new = (_rows(step.before), _rows(step.after))
            names = (
                "/dev/null" if step.before is None else f"a/{step.path}",
                "/dev/null" if step.after is None else f"b/{step.to}",
            )
            rows = unified_diff(old, new, *names)
            shown += [row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows]
        return "".join(shown)

    def commit(
        self, change: Change, when: datetime, *, commit: bool = True
    ) -> tuple[Receipt, NotCommittedError | None]:
        """Write a change: lock, read, edit, journal, atomic write, git commit.

        Returns the receipt, and the reason when the files were saved but git did not take them. Any other failure
        raises and leaves every file as it was.
        """
        with locked(f"{self.state}/lock"):
            steps = [step for step in self._steps(change) if step.before != step.after or step.path != step.to]
            if not steps:
                return Receipt(change.customer, change.summary, "", 0, None, None, change.understood), None
            number = self._write(steps, change.summary, change.customer, when)
            hash_, trouble = self._git(number, change.summary) if commit else self._left(number)
        first = steps[0]
        line = _first_changed(first.before, first.after)
        receipt = Receipt(
            customer=change.customer,
            change=change.summary,
            path=first.to,
            line=line,
            ref=change.ref or None,
            commit=hash_ or None,
            understood=change.understood,
            files=len(steps),
        )
        return receipt, trouble

    def undo(self, when: datetime, *, commit: bool = True) -> tuple[Receipt, NotCommittedError | None]:
        """Take back the last write, byte for byte; LockedError when its files were changed since."""
        with locked(f"{self.state}/lock"):
            entry, steps = self._taking_back()
            summary = f"undo: {entry.summary}"
            number = self._write(steps, summary, entry.customer, when)
            journal.undone(self.state, entry.number)
            journal.undone(self.state, number)
            hash_, trouble = self._git(number, summary) if commit else self._left(number)
        names = steps[0].to if len(steps) == 1 else f"{len(steps)} files"
        of_commit = f" ({entry.commit})" if entry.commit else ""
        said = f"took back “{entry.summary}”{of_commit}: {names} byte for byte as before"
        return Receipt(entry.customer, summary, steps[0].to, 0, None, hash_ or None, (said,), len(steps)), trouble

    def difference_of_undo(self) -> Change:
        """Return what undo would do, as a change."""
        entry, steps = self._taking_back()
        return Change(f"undo: {entry.summary}", entry.customer, tuple(map(_as_edit, steps)))

    def _steps(self, change: Change) -> list[Step]:
        return [self._step(each) for each in change.files]

    def _step(self, each: FileEdit) -> Step:
        if each.creates:
            if files.exists(f"{self.root}/{each.path}"):
                raise LockedError(
                    f"{each.path} is there already; nothing was written", "look at it, or choose another name"
                )
            return Step(each.path, each.path, None, each.edit("").encode())
        data = files.read(self.root, each.path)
        after = None if each.removes else each.edit(decode(data, each.path)).encode()
        return Step(each.path, each.to or each.path, data, after)

    def _write(self, steps: list[Step], summary: str, customer: str, when: datetime) -> int:
        """Journal and write all steps, or none: what was written before a failure is put back."""
        number = journal.record(self.state, when.isoformat(timespec="seconds"), summary, customer, _touched(steps))
        written: list[Step] = []
        try:
            for step in steps:
                self._put(step)
                written.append(step)
        except BaseException:
            if self._put_back(written, steps[len(written)]):
                journal.withdrawn(self.state, number)
            raise
        return number

    def _put_back(self, written: list[Step], failed: Step) -> bool:
        """Put back what was written before a step failed; False when some of it stands, so that undo can take it."""
        if failed.after is not None and self._current(failed.to) == failed.after:
            return False
        with suppress(CrmError):
            for step in reversed(written):
                self._put(Step(step.to, step.path, step.after, step.before))
            return True
        return False

    def _put(self, step: Step) -> None:
        expected = None if step.before is None else files.digest(step.before)
        if step.after is None:
            if expected is not None:
                files.remove(self.root, step.path, expected)
        elif step.path != step.to and expected is not None:
            files.move(self.root, step.path, step.to, step.after, expected)
        else:
            files.write(self.root, step.to, step.after, expected)

    def _git(self, number: int, summary: str) -> tuple[str, NotCommittedError | None]:
        """Commit this write and those whose commit failed before; return the commit's hash, or why there is none."""
        if not self.has_git:
            return self._left(number)
        if busy := git.in_progress(self.root):
            hint = "finish it; the next change is committed together with this one"
            return "", NotCommittedError(f"saved, not committed: git is in the midst of {busy}", hint)
        waiting = journal.pending(self.state)
        paths = sorted({touched.path for entry in waiting for touched in entry.files})
        try:
            hash_ = git.commit(self.root, paths, summary, self.env, new=_has_new(waiting))
        except NotCommittedError as error:
            return "", error
        journal.committed(self.state, [entry.number for entry in waiting], hash_)
        return hash_, None

    def _left(self, number: int) -> tuple[str, None]:
        journal.committed(self.state, [number], "")
        return "", None

    def _taking_back(self) -> tuple[journal.Entry, list[Step]]:
        """Return the last write that stands, and the steps that take it back."""
        for entry in journal.last(self.state, journal.KEPT_ENTRIES):
            current = {touched.path: self._current(touched.path) for touched in entry.files}
            digests = {path: "" if data is None else files.digest(data).hex() for path, data in current.items()}
            if all(digests[touched.path] == touched.before for touched in entry.files):
                continue  # killed before it was written: there is nothing to take back
            changed = [touched.path for touched in entry.files if digests[touched.path] != touched.after]
            if changed:
                hint = "take the later change back by hand first, or use: git revert"
                raise LockedError(f"{changed[0]} was changed since “{entry.summary}”; nothing was taken back", hint)
            steps = [
                Step(
                    each.path,
                    each.path,
                    current[each.path],
                    journal.blob(self.state, each.before) if each.before else None,
                )
                for each in entry.files
            ]
            return entry, steps
        raise NotFoundError(
            "nothing to take back", "the journal of this computer holds no change of this book; see: crmtxt history"
        )

    def _current(self, path: str) -> bytes | None:
        try:
            return files.read(self.root, path)
        except CrmError:
            return None


def _as_edit(step: Step) -> FileEdit:
    text = (step.after or b"").decode("utf-8", "replace")
    return FileEdit(step.path, lambda _: text, creates=step.before is None, removes=step.after is None)


def _has_new(entries: list[journal.Entry]) -> bool:
    return any(not touched.before or not touched.after for entry in entries for touched in entry.files)


def _touched(steps: list[Step]) -> list[tuple[str, bytes | None, bytes | None]]:
    """Return path, content before and after of every file a write touches: a move is a removal and an addition."""
    touched: list[tuple[str, bytes | None, bytes | None]] = []
    for step in steps:
        if step.path == step.to:
            touched.append((step.path, step.before, step.after))
        else:
            touched += [(step.path, step.before, None), (step.to, None, step.after)]
    return touched


def _rows(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "replace")
    return [row for row in text.replace("\n", "\n\0").split("\0") if row]


def _first_changed(before: bytes | None, after: bytes | None) -> int:
    """Return the 1-based line of the first difference, 0 when the file is gone."""
    if after is None:
        return 0
    old, new = (before or b"").split(b"\n"), after.split(b"\n")
    for number, (one, two) in enumerate(zip(old, new, strict=False), 1):
        if one != two:
            return number
    return min(len(old), len(new))
