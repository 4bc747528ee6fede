"""Whose reminders, and the ways they leave: by mail, as a notice, through a program of the user's own."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from collections.abc import Callable
from collections.abc import Mapping
from functools import partial
from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import OutsideError
from crmtxt.model.reminders import Digest
from crmtxt.render.clean import clean_line
from crmtxt.render.digest import subject
from crmtxt.render.digest import to_html
from crmtxt.render.digest import to_text
from crmtxt.services.writer import Writer
from crmtxt.session import Session

For = Annotated[str, Opt(("--for",), "For that colleague, a key of team:; without it, for you.", "@WHO", "team")]

EXEC = "see: crmtxt config exec"


class Ways(NamedTuple):
    """Where a reminder goes instead of standard output, each thing once a day."""

    mail: Annotated[bool, Opt(("--mail",), "Send it by mail, with mailer or smtp.host of your configuration.")] = False
    notify: Annotated[bool, Opt(("--notify",), "Show a notice on the desktop.")] = False
    exec: Annotated[bool, Opt(("--exec",), "Give it to the program of exec: in your configuration.")] = False


def acting_for(session: Session, named: str) -> Writer:
    """Return the one whose reminders are meant: a colleague by name (@sam), else me."""
    return session.writing_as(named.removeprefix("@")) if named else session.writer


def deliver(session: Session, digest: Digest, ways: Ways) -> ExitCode:
    """Send a digest by the ways asked for; one that fails is named, the digest then goes to standard output (7)."""
    from crmtxt.services import delivery

    senders: dict[str, Callable[[Session, Digest, str], None]] = {"mail": _mail, "notify": _notify, "exec": _exec}
    code = ExitCode.DONE
    for way in (name for name, wanted in ways._asdict().items() if wanted):
        try:
            delivery.deliver(session.book.state, digest, way, partial(senders[way], session))
        except OutsideError as error:
            session.terminal.fail(error.text())
            if code == ExitCode.DONE:
                session.terminal.out(to_text(digest))
            code = ExitCode.OUTSIDE
    return code


def look(session: Session, way: str, env: Mapping[str, str]) -> None:
    """Look whether a reminder would leave by a way in that environment, and send none; OutsideError when it would not.

    What is looked at are the settings, the address and the programs: a server may still refuse.
    """
    from crmtxt.outside import mail
    from crmtxt.outside import notify
    from crmtxt.outside import program

    if way == "mail":
        mail.look(_to(session), session.config, env)
    elif way == "notify":
        notify.look(session.config.get("notifier", ""), env)
    else:
        program.look(_command(session), env, EXEC)


def _to(session: Session) -> str:
    """Return where to mail: never what a book says, others write there too."""
    return session.config.get("mail.to") or session.git_email()


def _command(session: Session) -> list[str]:
    from crmtxt.outside import program

    return program.words(session.config.get("exec", ""), "exec")


def _mail(session: Session, digest: Digest, name: str) -> None:
    from crmtxt.outside import mail

    letter = mail.Letter(
        mail.address(_to(session)), f"crmtxt: {subject(digest)}", to_text(digest), to_html(digest), name, session.now
    )
    mail.send(letter, session.config, session.env)


def _notify(session: Session, digest: Digest, _: str) -> None:
    from crmtxt.outside.notify import notify

    whys = "\n".join(clean_line(item.why) for each in digest.reminders for item in each.items)
    notify(subject(digest), whys, session.config.get("notifier", ""), session.env)


def _exec(session: Session, digest: Digest, _: str) -> None:
    from crmtxt.outside import program

    program.run(_command(session), to_text(digest).encode("utf-8", "replace"), session.env, EXEC)
