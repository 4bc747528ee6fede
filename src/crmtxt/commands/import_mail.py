"""crmtxt import mail: an mbox, a Maildir, or messages as files."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from collections.abc import Iterator
from typing import Annotated

from crmtxt.commands.columns import IMPORTED
from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.imported import ImportedRow
from crmtxt.outside.mailbox import letters
from crmtxt.outside.mailbox import read_letter
from crmtxt.render.columns import View
from crmtxt.services import importmail
from crmtxt.services.mailing import my_addresses
from crmtxt.session import Session
from crmtxt.text.mail import LARGEST_MAIL

SHOWN = 10
ALL_ROWS = "the same with --json, and without --apply"
COLUMNS = (IMPORTED[0]._replace(title="Mail"), IMPORTED[1], *IMPORTED[3:])


def mail(
    session: Session,
    *,
    path: Annotated[str, Arg("PATH", "An mbox, a Maildir, an .eml file, or a folder of them.")],
    apply: Annotated[bool, Opt(("--apply",), "Write it, as one change; without it, only look.")] = False,
    out: Out = Out(),
    write: Write = Write(),
) -> ExitCode:
    """Import mail with the people of the book, each message once: first look, then --apply."""
    zone = session.now.tzinfo if session.settings.timezone else None
    mine = my_addresses(session.config, session.git_email())
    name = path.rstrip("/").rpartition("/")[2]
    plan = importmail.plan(session.writer, _messages(session, path), name, zone, mine)
    if apply or write.dry_run:
        return session.write(plan.change, write._replace(yes=True)) or session.output.complain(plan.problems, ALL_ROWS)
    problems = [*session.index.problems(), *plan.problems]
    view = View("imported mail", plan.rows, COLUMNS, keys=ImportedRow._fields)
    if session.output.format(out) == "table" and len(plan.rows) > SHOWN:
        view = view._replace(items=plan.rows[:SHOWN], footer=f"… and {len(plan.rows) - SHOWN:,} more")
    session.output.give(view, out, problems)
    session.output.understood([*plan.change.understood, "nothing is written yet: --apply writes it"])
    return session.output.complain(problems, ALL_ROWS)


def _messages(session: Session, path: str) -> Iterator[tuple[str, int, bytes | ValueError]]:
    for letter in session.terminal.watched(letters(path), "reading"):
        try:
            yield letter.path, letter.line, read_letter(letter, LARGEST_MAIL)
        except ValueError as error:
            yield letter.path, letter.line, error
