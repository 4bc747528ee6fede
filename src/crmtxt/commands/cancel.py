"""crmtxt cancel: call a follow-up or a promise off."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Ref
from crmtxt.commands.options import Write
from crmtxt.errors import ExitCode
from crmtxt.services import followups
from crmtxt.session import Session


def cancel(session: Session, *, ref: Ref, write: Write = Write()) -> ExitCode:
    """Take a line out of Next undone; a promise is logged as void."""
    return session.write(followups.drop(session.writer, ref, followups.VOID), write)
