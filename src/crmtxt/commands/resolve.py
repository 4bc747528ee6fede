"""crmtxt resolve: settle what git could not merge."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from functools import partial
from typing import Annotated

from crmtxt.commands.conflicts import listed
from crmtxt.commands.options import Choice
from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import contested
from crmtxt.services import resolving
from crmtxt.session import Session

WHICH = Arg("[FIELD]", "Only that one: a field such as contacts.jane.title, or its number in the list.")


def resolve(
    session: Session,
    *,
    customer: Annotated[str, Arg("[CUSTOMER]", "Only this customer's file.", "customers")] = "",
    field: Annotated[str, WHICH] = "",
    choice: Choice = Choice(),
    out: Out = Out(),
) -> ExitCode:
    """List what the sides of a merge disagree about, with who wrote it; or settle it, and finish the merge."""
    every = contested.contested(session.book)
    files = contested.named(every, customer, lambda: session.customer(customer).path) if customer else every
    way = resolving.way(
        ours=choice.ours, theirs=choice.theirs, value=choice.value, edit=choice.edit, merge=choice.merge
    )
    if way:
        found = resolving.answers(files, way, field, session.settings, partial(_rewritten, session))
    else:
        code = listed(session, files, out)
        asks = customer and session.terminal.interactive and session.output.format(out) == "table"
        found = resolving.asked(files, session.terminal.line, partial(_rewritten, session)) if asks else {}
        if not found:
            return code
    if not files:
        session.terminal.say("nothing to settle")
        return ExitCode.DONE
    before = contested.next_step(session.book)
    change = resolving.change(found, files, session.writer)
    code = session.write(change, Write(choice.dry_run, choice.yes, choice.no_commit, out.json))
    if not choice.dry_run:
        session.output.understood(resolving.ahead(session.book, found, every, before))
    return code


def _rewritten(session: Session, text: str) -> str:
    return session.typed([text], "", edit=True)
