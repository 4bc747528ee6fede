"""crmtxt note: a plain note in the log."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.past import past_date
from crmtxt.services import journal
from crmtxt.session import Session


def note(
    session: Session,
    *,
    customer: Customer,
    words: Annotated[list[str], Arg("[WORDS]...", "The note; - reads it from standard input.")] = [],
    on: Annotated[str, Opt(("--on",), "The day it belongs to; fri and 3 nov are past ones.", "DATE")] = "",
    edit: Annotated[bool, Opt(("--edit",), "Write it in your editor.")] = False,
    write: Write = Write(),
) -> ExitCode:
    """Log a plain note, as it is."""
    found = session.customer(customer)
    typed = session.typed(words, f"note about {found.name}:", edit=edit)
    return session.write(
        journal.note(session.writer, found, typed, past_date(on, session.today) if on else None), write
    )
