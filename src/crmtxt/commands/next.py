"""crmtxt next: plan a follow-up."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import journal
from crmtxt.session import Session


def next_(
    session: Session,
    *,
    customer: Customer,
    words: Annotated[
        list[str], Arg("[WORDS]...", "DATE KIND [to|with WHO]: TEXT [every:2w]; - reads them from standard input.")
    ] = [],
    write: Write = Write(),
) -> ExitCode:
    """Plan a follow-up: one open line in Next."""
    found = session.customer(customer)
    typed = session.typed(words, f"next with {found.name}:")
    return session.write(journal.plan(session.writer, found, typed), write)
