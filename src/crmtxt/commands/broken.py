"""crmtxt broken: a promise that was not kept."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Ref
from crmtxt.commands.options import Write
from crmtxt.errors import ExitCode
from crmtxt.services import followups
from crmtxt.session import Session


def broken(session: Session, *, ref: Ref, write: Write = Write()) -> ExitCode:
    """Take a promise out of Next and log that it was not kept."""
    return session.write(followups.drop(session.writer, ref, followups.BROKEN), write)
