"""crmtxt done: settle a follow-up or a promise."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Ref
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.services import followups
from crmtxt.session import Session


def done(
    session: Session,
    *,
    ref: Ref,
    words: Annotated[list[str], Arg("[WORDS]...", "What happened; without it, the text of the line.")] = [],
    next: Annotated[str, Opt(("--next",), "What comes next: DATE KIND [to WHO]: TEXT.", "LINE")] = "",  # noqa: A002
    write: Write = Write(),
) -> ExitCode:
    """Take a line out of Next and log it; a promise is kept, a repeat gets its next date."""
    return session.write(followups.done(session.writer, ref, " ".join(words), next), write)
