"""Writing a book: every change under one lock, journalled first, then put in place file by file, then committed."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import NotCommittedError
from crmtxt.errors import NotFoundError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.change import Receipt
from crmtxt.model.followup import references
from crmtxt.model.line import OPEN
from crmtxt.settings import BOOK_FILE
from crmtxt.store import files
from crmtxt.store import git
from crmtxt.store import journal
from crmtxt.store.lock import locked
from crmtxt.store.past import UNDOES
from crmtxt.text.document import decode
from crmtxt.text.document import parse

if TYPE_CHECKING:
    from crmtxt.store.book import Book


UNDO = "undo: "
SAVED = "saved, not committed: "


class Step(NamedTuple):
    """One file of a write: its content before and after, None where there is no file."""

    path: str
    to: str
    before: bytes | None
    after: bytes | None


class Writing:
    """The writes of one book."""

    def __init__(self, book: "Book") -> None:
        self.book = book

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
        with locked(f"{self.book.state}/lock"):
            steps = [step for step in self._steps(change) if step.before != step.after or step.path != step.to]
            if not steps:
                return Receipt(change.customer, change.summary, "", 0, None, None, change.understood, 0), None
            number = self._write(steps, change, when)
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
            understood=change.understood,
            files=len(steps),
        )
        return receipt, trouble

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

    def _steps(self, change: Change) -> list[Step]:
        return [self._step(each) for each in change.files]

    def _step(self, each: FileEdit) -> Step:
        if each.creates:
            if files.exists(f"{self.book.root}/{each.path}"):
                raise LockedError(
                    f"{each.path} is there already; nothing was written", "look at it, or choose another name"
                )
            return Step(each.path, each.path, None, each.edit("").encode())
        data = files.read(self.book.root, each.path)
        after = None if each.removes else _edited(each, decode(data, each.path)).encode()
        return Step(each.path, each.to or each.path, data, after)

    def _write(self, steps: list[Step], change: Change, when: datetime) -> int:
        """Journal and write all steps, or none: what was written before a failure is put back."""
        self.book.wrote = True
        moment, about = when.isoformat(timespec="seconds"), (change.summary, change.customer)
        number = journal.record(self.book.state, moment, *about, _touched(steps), undoes=change.undoes)
        written: list[Step] = []
        try:
            for step in steps:
                self._put(step)
                written.append(step)
        except BaseException:
            if self._put_back(written, steps[len(written)]):
                journal.withdrawn(self.book.state, number)
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
                files.remove(self.book.root, step.path, expected)
        elif step.path != step.to and expected is not None:
            files.move(self.book.root, step.path, step.to, step.after, expected)
        else:
            files.write(self.book.root, step.to, step.after, expected)

    def _git(self, number: int, summary: str) -> tuple[str, NotCommittedError | None]:
        """Commit this write and those whose commit failed before; return the commit's hash, or why there is none."""
        if not self.book.has_git:
            return self._left(number)
        if busy := git.in_progress(self.book.root):
            hint = "finish it; the next change is committed together with this one"
            return "", NotCommittedError(f"{SAVED}git is in the midst of {busy}", hint)
        waiting = journal.pending(self.book.state)
        paths = sorted({touched.path for entry in waiting for touched in entry.files})
        try:
            message = _message(summary, waiting)
            hash_ = git.commit(self.book.root, paths, message, self.book.env, new=_has_new(waiting))
        except NotCommittedError as error:
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
            current = {touched.path: self._current(touched.path) for touched in entry.files}
            digests = {path: "" if data is None else files.digest(data).hex() for path, data in current.items()}
            if all(digests[touched.path] == touched.before for touched in entry.files):
                continue  # killed before it was written: there is nothing to take back
            if any(touched.path == BOOK_FILE and not touched.before for touched in entry.files):
                hint = "remove its folder if that is what you want"
                raise NotFoundError("nothing to take back but the book itself", hint)
            changed = [touched.path for touched in entry.files if digests[touched.path] != touched.after]
            if changed:
                hint = (
                    f"to keep the later change and take back only this: crmtxt undo {self._name_of(entry) or 'CHANGE'}"
                )
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

    def _current(self, path: str) -> bytes | None:
        try:
            return files.read(self.book.root, path)
        except CrmError:
            return None


def _message(summary: str, waiting: list[journal.Entry]) -> str:
    """Return the message of a commit: the summary, and in trailers what it takes back."""
    undone = [f"{UNDOES}: {entry.undoes}" for entry in waiting if entry.undoes]
    return "\n\n".join([_printable(summary), *(["\n".join(undone)] if undone else [])])


def _printable(text: str) -> str:
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
