"""crmtxt import mail: an mbox, a Maildir, or messages as files."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from collections.abc import Iterator
from io import BytesIO
from typing import Annotated

from crmtxt.commands.columns import IMPORTED
from crmtxt.commands.imported import STANDARD_INPUT
from crmtxt.commands.imported import content
from crmtxt.commands.imported import given
from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.imported import ImportedRow
from crmtxt.outside.mailbox import letters
from crmtxt.outside.mailbox import letters_in
from crmtxt.outside.mailbox import read_letter
from crmtxt.outside.mailbox import read_letter_in
from crmtxt.render.columns import View
from crmtxt.services import importmail
from crmtxt.services.correspondents import my_addresses
from crmtxt.session import Session
from crmtxt.text.mail import LARGEST_MAIL

COLUMNS = (IMPORTED[0]._replace(title="Mail"), IMPORTED[1], *IMPORTED[3:])


def mail(
    session: Session,
    *,
    path: Annotated[str, Arg("PATH", "An mbox, a Maildir, an .eml file or a folder of them; - reads standard input.")],
    apply: Annotated[bool, Opt(("--apply",), "Write it, as one change; without it, only look.")] = False,
    out: Out = Out(),
    write: Write = Write(),
) -> ExitCode:
    """Import mail with the people of the book, each message once: first look, then --apply."""
    zone = session.now.tzinfo if session.settings.timezone else None
    name = STANDARD_INPUT if path == "-" else path.rstrip("/").rpartition("/")[2]
    messages = _piped(session) if path == "-" else _messages(session, path)
    plan = importmail.plan(session.writer, messages, name, zone, my_addresses(session.config, session.git_email()))
    view = View("imported mail", plan.rows, COLUMNS, keys=ImportedRow._fields)
    return given(session, plan, view, out, write if apply or write.dry_run else None)


def _piped(session: Session) -> Iterator[tuple[str, int, bytes | ValueError]]:
    data, name = content(session, "-")
    file = BytesIO(data)
    for letter in session.terminal.watched(letters_in(file, name), "reading"):
        yield name, letter.line, read_letter_in(file, letter, LARGEST_MAIL)


def _messages(session: Session, path: str) -> Iterator[tuple[str, int, bytes | ValueError]]:
    for letter in session.terminal.watched(letters(path), "reading"):
        try:
            yield letter.path, letter.line, read_letter(letter, LARGEST_MAIL)
        except ValueError as error:
            yield letter.path, letter.line, error
