"""crmtxt log: what happened."""
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


def log(
    session: Session,
    *,
    customer: Customer,
    words: Annotated[
        list[str],
        Arg("[WORDS]...", "KIND [from|to|with WHO]: TEXT // DATE KIND: TEXT; - reads them from standard input."),
    ] = [],
    on: Annotated[
        str, Opt(("--on",), "The day it happened: 2026-11-03, yesterday; fri and 3 nov are past ones.", "DATE")
    ] = "",
    edit: Annotated[bool, Opt(("--edit",), "Write it in your editor.")] = False,
    write: Write = Write(),
) -> ExitCode:
    """Log what happened, and plan what is next after each //."""
    found = session.customer(customer)
    typed = session.typed(words, f"{found.name}:", edit=edit)
    return session.write(journal.log(session.writer, found, typed, past_date(on, session.today) if on else None), write)
