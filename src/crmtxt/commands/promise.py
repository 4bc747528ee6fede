"""crmtxt promise: what we promised, or they did."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.model.line import PROMISE
from crmtxt.services import journal
from crmtxt.session import Session


def promise(
    session: Session,
    *,
    customer: Customer,
    words: Annotated[list[str], Arg("[WORDS]...", "DATE to|from WHO: TEXT; - reads them from standard input.")] = [],
    write: Write = Write(),
) -> ExitCode:
    """Note a promise: ours (to), or theirs (from)."""
    found = session.customer(customer)
    typed = session.typed(words, f"promise, {found.name}:")
    return session.write(journal.plan(session.writer, found, typed, PROMISE), write)
