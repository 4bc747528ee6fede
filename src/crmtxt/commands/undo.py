"""crmtxt undo: take back the last change, or one named."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import undoing
from crmtxt.session import Session


def undo(
    session: Session,
    *,
    change: Annotated[str, Arg("[CHANGE]", "An earlier one, as the column CHANGE of history names it.")] = "",
    write: Write = Write(),
) -> ExitCode:
    """Take back the last change made here, byte for byte; or an earlier one of anybody, and what came later stays."""
    if change:
        return session.write(undoing.taking_back(session.book, session.settings, change), write)
    if write.dry_run:
        return session.write(session.book.difference_of_undo(), write)
    receipt, trouble = session.book.undo(session.now, commit=not write.no_commit)
    return session.output.told(receipt, trouble, json=write.json, undoable=False)
