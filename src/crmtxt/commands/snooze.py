"""crmtxt snooze: move a follow-up or a promise."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Ref
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import followups
from crmtxt.session import Session


def snooze(
    session: Session,
    *,
    ref: Ref,
    date: Annotated[list[str], Arg("DATE...", "The new date.")],
    write: Write = Write(),
) -> ExitCode:
    """Move a line of Next to another date; of a promise the log keeps both."""
    return session.write(followups.snooze(session.writer, ref, session.day(" ".join(date))), write)
