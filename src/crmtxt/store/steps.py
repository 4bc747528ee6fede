"""A write of some files, journalled first: all of them, or none."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.model.change import Change
from crmtxt.store import files
from crmtxt.store import journal


class Step(NamedTuple):
    """One file of a write: its content before and after, None where there is no file."""

    path: str
    to: str
    before: bytes | None
    after: bytes | None


def write_all(root: str, state: str, steps: list[Step], change: Change, when: datetime) -> int:
    """Journal and write all steps of a change, or none: what was written before a failure is put back.

    Returns the number of the write in the journal.
    """
    moment, about = when.isoformat(timespec="seconds"), (change.summary, change.customer)
    number = journal.record(state, moment, *about, _touched(steps), undoes=change.undoes)
    written: list[Step] = []
    try:
        for step in steps:
            _put(root, step)
            written.append(step)
    except BaseException:
        if _put_back(root, written, steps[len(written)]):
            journal.withdrawn(state, number)
        raise
    return number


def content(root: str, path: str) -> bytes | None:
    """Return the content of a file of the book, None when it is not there or cannot be read."""
    try:
        return files.read(root, path)
    except CrmError:
        return None


def _put_back(root: str, written: list[Step], failed: Step) -> bool:
    """Put back what was written before a step failed; False when some of it stands, so that undo can take it."""
    if failed.after is not None and content(root, failed.to) == failed.after:
        return False
    with suppress(CrmError):
        for step in reversed(written):
            _put(root, Step(step.to, step.path, step.after, step.before))
        return True
    return False


def _put(root: str, step: Step) -> None:
    expected = None if step.before is None else files.digest(step.before)
    if step.after is None:
        if expected is not None:
            files.remove(root, step.path, expected)
    elif step.path != step.to and expected is not None:
        files.move(root, step.path, step.to, step.after, expected)
    else:
        files.write(root, step.to, step.after, expected)


def _touched(steps: list[Step]) -> list[tuple[str, bytes | None, bytes | None]]:
    """Return path, content before and after of every file a write touches: a move is a removal and an addition."""
    touched: list[tuple[str, bytes | None, bytes | None]] = []
    for step in steps:
        if step.path == step.to:
            touched.append((step.path, step.before, step.after))
        else:
            touched += [(step.path, step.before, None), (step.to, None, step.after)]
    return touched
