"""crmtxt log: what happened."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.past import past_date
from crmtxt.services import journal
from crmtxt.session import Session


def log(
    session: Session,
    *,
    customer: Annotated[
        str, Arg("[CUSTOMER]", "Handle, unique beginning of a handle, name or alias; a mail says itself.", "customers")
    ] = "",
    words: Annotated[
        list[str],
        Arg("[WORDS]...", "KIND [from|to|with WHO]: TEXT // DATE KIND: TEXT; - reads them from standard input."),
    ] = [],
    on: Annotated[
        str, Opt(("--on",), "The day it happened: 2026-11-03, yesterday; fri and 3 nov are past ones.", "DATE")
    ] = "",
    from_mail: Annotated[bool, Opt(("--from-mail",), "Log the one mail on standard input; see docs/mail.md.")] = False,
    edit: Annotated[bool, Opt(("--edit",), "Write it in your editor.")] = False,
    write: Write = Write(),
) -> ExitCode:
    """Log what happened, and plan what is next after each //."""
    if from_mail:
        return _mail(session, customer, write)
    if not customer:
        raise UsageError("missing argument 'CUSTOMER'", "see: crmtxt log --help")
    found = session.customer(customer)
    typed = session.typed(words, f"{found.name}:", edit=edit)
    return session.write(journal.log(session.writer, found, typed, past_date(on, session.today) if on else None), write)


def _mail(session: Session, customer: str, write: Write) -> ExitCode:
    from crmtxt.services import mailing
    from crmtxt.services.correspondents import my_addresses
    from crmtxt.text.mail import LARGEST_MAIL

    if customer:
        raise UsageError("a mail says itself whose it is", "pipe it into: crmtxt log --from-mail")
    zone = session.now.tzinfo if session.settings.timezone else None
    data = session.terminal.read_bytes(LARGEST_MAIL)
    mine = my_addresses(session.config, session.git_email())
    return session.write(mailing.log(session.writer, data, zone, mine), write._replace(yes=True))
