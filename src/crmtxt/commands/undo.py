"""crmtxt undo: take back the last change."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Write
from crmtxt.errors import ExitCode
from crmtxt.session import Session


def undo(session: Session, *, write: Write = Write()) -> ExitCode:
    """Take back the last change made here: its files are byte for byte as before, by a new commit."""
    if write.dry_run:
        return session.write(session.book.difference_of_undo(), write)
    receipt, trouble = session.book.undo(session.now, commit=not write.no_commit)
    return session.output.told(receipt, trouble, json=write.json, undoable=False)
