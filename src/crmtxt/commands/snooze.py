"""crmtxt snooze: move a follow-up or a promise."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import snoozing
from crmtxt.session import Session


def snooze(
    session: Session,
    *,
    ref: Annotated[str, Arg("REF", "Reference of a follow-up, or a customer: its rhythm rests until then.", "refs")],
    date: Annotated[list[str], Arg("DATE...", "The new date.")],
    write: Write = Write(),
) -> ExitCode:
    """Move a line of Next to another date, or let a customer rest; of a promise the log keeps both dates."""
    return session.write(snoozing.snooze(session.writer, ref, session.day(" ".join(date))), write)
