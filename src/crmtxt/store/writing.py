"""Writing a book: every change under one lock, journalled first, then put in place file by file, then committed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import NotCommittedError
from crmtxt.errors import NotFoundError
from crmtxt.errors import OvertakenError
from crmtxt.errors import UntrustedError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.change import Receipt
from crmtxt.model.followup import references
from crmtxt.model.line import OPEN
from crmtxt.settings import BOOK_FILE
from crmtxt.store import files
from crmtxt.store import git
from crmtxt.store import journal
from crmtxt.store import repository
from crmtxt.store.lock import locked
from crmtxt.store.past import UNDOES
from crmtxt.store.steps import Step
from crmtxt.store.steps import content
from crmtxt.store.steps import write_all
from crmtxt.text.document import decode
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crmtxt.store.book import Book


UNDO = "undo: "
SAVED = "saved, not committed: "
TRIES = 5  # an editor that saves in the very moment we write each time is no editor


class Writing:
    """The writes of one book."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def difference(self, change: Change) -> str:
        """Return what a change would change, as a unified diff; nothing is written."""
        from difflib import unified_diff

        shown = []
        for step in self._steps(change, self._read):
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
        """Write a change: lock, put back what an editor saved over, read, edit, journal, atomic write, git commit.

        Returns the receipt, and the reason when the files were saved but git did not take them. Any other failure
        raises and leaves every file as it was.
        """
        with locked(f"{self.book.state}/lock"):
            steps, number, remarks = self._make(change, when)
            understood = (*remarks, *change.understood)
            if not steps:
                return Receipt(change.customer, change.summary, "", 0, None, None, understood, 0), None
            hash_, trouble = self._git(number, change.summary) if commit else self._left(number)
        first = steps[0]
        line, ref = _place_of(change, first)
        receipt = Receipt(
            customer=change.customer,
            change=change.summary,
            path=first.to,
            line=line,
            ref=ref or None,
            commit=hash_ or None,
            understood=understood,
            files=len(steps),
        )
        return receipt, trouble

    def put_back(self, path: str, when: datetime, remarks: list[str]) -> bytes:
        """Return the content of a file, what an editor saved over put back, by a write of its own; the lock is held.

        What happened is added to `remarks` in words.
        """
        data = self._read(path)
        if journal.knows(self.book.state, data, path):
            return data
        from crmtxt.store import overwritten

        found = overwritten.look(self.book.root, self.book.state, path, data, when)
        if found is None:
            return data
        remarks.append(found.told)
        if found.text is None:
            return data
        whole = found.text.encode()
        change = Change(f"{overwritten.PUT_BACK}{found.message}", _handle(path), ())
        self._write([Step(path, path, data, whole)], change, when)
        return whole

    def undo(self, when: datetime, *, commit: bool = True) -> tuple[Receipt, NotCommittedError | None]:
        """Take back the last write, byte for byte; LockedError when its files were changed since."""
        with locked(f"{self.book.state}/lock"):
            entry, steps = self._taking_back()
            summary = f"{UNDO}{entry.summary}"
            number = self._write(steps, Change(summary, entry.customer, (), undoes=self._name_of(entry)), when)
            journal.undone(self.book.state, entry.number)
            journal.undone(self.book.state, number)
            hash_, trouble = self._git(number, summary) if commit else self._left(number)
        names = steps[0].to if len(steps) == 1 else f"{len(steps)} files"
        of_commit = f" ({entry.commit})" if entry.commit else ""
        said = f"took back “{entry.summary}”{of_commit}: {names} byte for byte as before"
        return Receipt(entry.customer, summary, steps[0].to, 0, None, hash_ or None, (said,), len(steps)), trouble

    def difference_of_undo(self) -> Change:
        """Return what undo would do, as a change."""
        entry, steps = self._taking_back()
        return Change(f"{UNDO}{entry.summary}", entry.customer, tuple(map(_as_edit, steps)))

    def _make(self, change: Change, when: datetime) -> tuple[list[Step], int, list[str]]:
        """Write a change, anew when an editor saves meanwhile; return its steps, its number, and what was put back."""
        remarks: list[str] = []
        for left in reversed(range(TRIES)):
            try:
                steps = self._steps(change, lambda path: self.put_back(path, when, remarks))
                number = self._write(steps, change, when) if steps else 0
            except OvertakenError:
                if not left:
                    raise
            else:
                break
        return steps, number, remarks

    def _read(self, path: str) -> bytes:
        """Read a file whole; what an editor is just saving, once it is saved."""
        with suppress(InvalidError):
            data = files.read(self.book.root, path)
            if journal.knows(self.book.state, data):
                return data
        return files.settled(self.book.root, path)

    def _steps(self, change: Change, read: Callable[[str], bytes]) -> list[Step]:
        """Return the steps of a change that change something."""
        steps = [self._step(each, read) for each in change.files]
        return [step for step in steps if step.before != step.after or step.path != step.to]

    def _step(self, each: FileEdit, read: Callable[[str], bytes]) -> Step:
        if each.creates:
            if files.exists(f"{self.book.root}/{each.path}"):
                raise LockedError(
                    f"{each.path} is there already; nothing was written", "look at it, or choose another name"
                )
            return Step(each.path, each.path, None, each.edit("").encode())
        data = read(each.path)
        after = _edited(each, decode(data, each.path)).encode()
        return Step(each.path, each.to or each.path, data, None if each.removes else after)

    def _write(self, steps: list[Step], change: Change, when: datetime) -> int:
        """Journal and write all steps, or none; return the number of the write."""
        self.book.wrote = True
        return write_all(self.book.root, self.book.state, steps, change, when)

    def _git(self, number: int, summary: str) -> tuple[str, NotCommittedError | None]:
        """Commit this write and those whose commit failed before; return the commit's hash, or why there is none."""
        if not self.book.has_git:
            return self._left(number)
        if busy := repository.in_progress(self.book.root):
            hint = "finish it; the next change is committed together with this one"
            return "", NotCommittedError(f"{SAVED}git is in the midst of {busy}", hint)
        waiting = journal.pending(self.book.state)
        paths = sorted({touched.path for entry in waiting for touched in entry.files})
        try:
            message = _message(summary, waiting)
            hash_ = git.commit(self.book.root, paths, message, self.book.env, new=_has_new(waiting))
        except (NotCommittedError, UntrustedError) as error:
            return "", NotCommittedError(f"{SAVED}{error.message.removeprefix(SAVED)}", error.hint)
        journal.committed(self.book.state, [entry.number for entry in waiting], hash_)
        return hash_, None

    def _name_of(self, entry: journal.Entry) -> str:
        """Return what a write is called in the history: its commit, unless others are in it, or its number."""
        if not self.book.has_git:
            return str(entry.number)
        shared = [each.number for each in journal.entries(self.book.state) if each.commit == entry.commit]
        return entry.commit if shared == [entry.number] else ""

    def _left(self, number: int) -> tuple[str, None]:
        journal.committed(self.book.state, [number], "")
        return "", None

    def _taking_back(self) -> tuple[journal.Entry, list[Step]]:
        """Return the last write that stands, and the steps that take it back."""
        for entry in journal.last(self.book.state, journal.KEPT_ENTRIES):
            current = {touched.path: content(self.book.root, touched.path) for touched in entry.files}
            digests = {path: "" if data is None else files.digest(data).hex() for path, data in current.items()}
            if all(digests[touched.path] == touched.before for touched in entry.files):
                continue  # killed before it was written: there is nothing to take back
            if any(touched.path == BOOK_FILE and not touched.before for touched in entry.files):
                hint = "remove its folder if that is what you want"
                raise NotFoundError("nothing to take back but the book itself", hint)
            changed = [touched.path for touched in entry.files if digests[touched.path] != touched.after]
            if changed:
                name = self._name_of(entry) or "CHANGE"
                hint = f"to keep the later change and take back only this: crmtxt undo {name}"
                raise LockedError(f"{changed[0]} was changed since “{entry.summary}”; nothing was taken back", hint)
            steps = [
                Step(
                    each.path,
                    each.path,
                    current[each.path],
                    journal.blob(self.book.state, each.before) if each.before else None,
                )
                for each in entry.files
            ]
            return entry, steps
        raise NotFoundError(
            "nothing to take back", "the journal of this computer holds no change of this book; see: crmtxt history"
        )


def _handle(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def _message(summary: str, waiting: list[journal.Entry]) -> str:
    """Return the message of a commit: the summary, and in trailers what it takes back."""
    undone = [f"{UNDOES}: {entry.undoes}" for entry in waiting if entry.undoes]
    return "\n\n".join([printable(summary), *(["\n".join(undone)] if undone else [])])


def printable(text: str) -> str:
    """Return a text as it stands in a commit's message: what cannot be printed becomes blanks."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _edited(each: FileEdit, text: str) -> str:
    """Return the text after an edit; a refusal names the file."""
    try:
        return each.edit(text)
    except InvalidError as error:
        if error.problem:
            raise
        raise InvalidError(f"{each.path}: {error.message}", error.hint) from None


def _as_edit(step: Step) -> FileEdit:
    text = (step.after or b"").decode("utf-8", "replace")
    return FileEdit(step.path, lambda _: text, creates=step.before is None, removes=step.after is None)


def _has_new(entries: list[journal.Entry]) -> bool:
    return any(not touched.before or not touched.after for entry in entries for touched in entry.files)


def _rows(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "replace")
    return [row for row in text.replace("\n", "\n\0").split("\0") if row]


def _place_of(change: Change, step: Step) -> tuple[int, str]:
    """Return the line of the change's entry, else of the first difference, and the reference the receipt tells."""
    number, ref = _first_changed(step.before, step.after), change.ref
    if not step.after or not (change.entry or change.planned):
        return number, ref
    document = parse(step.after.decode(), step.to)
    numbers = [each.number for each in (*document.next, *document.log) if each.line == change.entry]
    waiting = [each.line for each in document.next if each.line.box == OPEN]
    refs = dict(zip(waiting, references(change.customer, waiting), strict=True))
    return (numbers[-1] if numbers else number), (refs.get(change.planned, ref) if change.planned else ref)


def _first_changed(before: bytes | None, after: bytes | None) -> int:
    """Return the 1-based line of the first difference, 0 when the file is gone."""
    if after is None:
        return 0
    old, new = (before or b"").split(b"\n"), after.split(b"\n")
    for number, (one, two) in enumerate(zip(old, new, strict=False), 1):
        if one != two:
            return number
    return min(len(old), len(new))
