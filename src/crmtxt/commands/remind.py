"""crmtxt remind: what has come due, for cron."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.delivering import For
from crmtxt.commands.delivering import Ways
from crmtxt.commands.delivering import acting_for
from crmtxt.commands.delivering import deliver
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.reminders import Reminder
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.render.digest import to_html
from crmtxt.render.digest import to_text
from crmtxt.services import reminders
from crmtxt.services.delivery import ran
from crmtxt.session import Session

REMINDERS = (
    Column("name", "Customer", least=10, keep=3),
    Column("items.why", "Due", lambda item: "; ".join(each.why for each in item.items), least=20, keep=5, wrap=True),
    Column("items.action", "", lambda item: "; ".join(each.action for each in item.items), keep=4),
)


def remind(
    session: Session,
    *,
    for_: For = "",
    exit_code: Annotated[bool, Opt(("--exit-code",), "Exit with 10 when something is due.")] = False,
    ways: Ways = Ways(),
    out: Out = Out(),
) -> ExitCode:
    """Tell what has come due, with what to know and the command that settles it; nothing when nothing is due."""
    if out != Out() and ways != Ways():
        raise UsageError(
            "a reminder that is sent has no format", "leave out either the format or --mail, --notify, --exec"
        )
    digest = reminders.digest(acting_for(session, for_))
    code = ExitCode.FOUND if exit_code and digest.reminders else ExitCode.DONE
    if out != Out():
        page = {"html": lambda *_: to_html(digest)}
        view = View("remind", digest.reminders, REMINDERS, keys=Reminder._fields, drawn=page)
        return session.answer(view, out) or code
    failed = deliver(session, digest, ways) if digest.reminders and ways != Ways() else ExitCode.DONE
    if not (failed or session.terminal.interactive):
        ran(session.book.state, digest, session.moment.isoformat(timespec="seconds"))
    if ways == Ways():
        session.terminal.page(to_text(digest, session.terminal.width if session.terminal.screen else 0))
    return failed or session.output.complain(session.index.problems()) or code
