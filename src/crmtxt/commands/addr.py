"""crmtxt addr: e-mail addresses, for mutt and aerc."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Out
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.model.names import counted
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.session import Session
from crmtxt.store.addresses import Address
from crmtxt.store.addresses import addresses

ADDRESSES = (
    Column("address", "Address", least=12, keep=8),
    Column("name", "Name", least=8, keep=6),
    Column("customer", "Customer", least=8, keep=4),
)


def addr(
    session: Session,
    *,
    words: Annotated[list[str], Arg("[QUERY]...", "Parts of name, address or customer, in any case.")] = [],
    out: Out = Out(),
) -> ExitCode:
    """Find e-mail addresses; in a pipe, the first line says how many, as mutt wants it. Without a match: exit 1."""
    found = addresses(session.index, words, session.today.isoformat())
    footer = counted(len(found), "address", "addresses")
    if not out.format and session.output.format(out) == "plain":
        session.terminal.out(footer)
    code = session.answer(View("addresses", found, ADDRESSES, footer, Address._fields), out)
    return code if code or found else ExitCode.NO_MATCH
