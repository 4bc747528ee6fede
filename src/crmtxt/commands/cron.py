"""crmtxt cron: reminders that run by themselves."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import SURROUNDINGS
from crmtxt.commands.delivering import For
from crmtxt.commands.delivering import Ways
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.commands.timing import At
from crmtxt.commands.timing import Systemd
from crmtxt.commands.timing import scheduled
from crmtxt.commands.timing import standing
from crmtxt.commands.timing import told
from crmtxt.commands.timing import unit
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.schedule import with_block
from crmtxt.model.schedule import without_block
from crmtxt.model.upkeep import Surrounding
from crmtxt.outside import cron
from crmtxt.render.columns import View
from crmtxt.services import scheduling
from crmtxt.session import Session

Yes = Annotated[bool, Opt(("--yes",), "Do not ask.")]


def install(
    session: Session,
    *,
    at: At = "7:00",
    for_: For = "",
    ways: Ways = Ways(),
    systemd: Systemd = False,
    yes: Yes = False,
) -> ExitCode:
    """Let reminders run every day: show the line first, and ask; every other line of the crontab stays as it is."""
    schedule = scheduled(session, at, for_, ways, systemd=systemd)
    if cron.is_macos():
        return print_(session, at=at, for_=for_, ways=ways)
    session.output.understood(told(schedule, systemd=systemd).splitlines())
    if not (yes or session.terminal.confirm("Is that to run every day?")):
        raise UsageError("nothing was installed", "say --yes to install it")
    if systemd:
        scheduling.put_units(unit(session), schedule)
        cron.systemctl(session.env, "daemon-reload")
        cron.systemctl(session.env, "enable", "--now", f"{unit(session).rpartition('/')[2]}.timer")
    elif (after := with_block(before := cron.read(session.env), schedule)) != before:
        cron.write(after, session.env)
    session.terminal.say("  installed · see: crmtxt cron status · take it back: crmtxt cron remove")
    return ExitCode.DONE


def print_(
    session: Session, *, at: At = "7:00", for_: For = "", ways: Ways = Ways(), systemd: Systemd = False
) -> ExitCode:
    """Print what install would write, and write nothing."""
    session.terminal.out(told(scheduled(session, at, for_, ways, systemd=systemd), systemd=systemd))
    return ExitCode.DONE


def remove(session: Session) -> ExitCode:
    """Let reminders of this book run no more; every other line of the crontab stays as it is."""
    if has_units := scheduling.has_units(unit(session)):
        cron.systemctl(session.env, "disable", "--now", f"{unit(session).rpartition('/')[2]}.timer")
        scheduling.remove_units(unit(session))
    before = b"" if has_units and not cron.is_there(session.env) else cron.read(session.env)
    after = without_block(before, session.root)
    if after != before:
        cron.write(after, session.env)
    session.terminal.say("  removed" if has_units or after != before else "  nothing to remove")
    return ExitCode.DONE


def status(session: Session, *, out: Out = Out()) -> ExitCode:
    """Show when reminders last ran, how they are to run, and whether they would now; 7 when they would not."""
    session.output.give(View("cron", items := standing(session), SURROUNDINGS, keys=Surrounding._fields), out)
    return ExitCode.DONE if all(each.ok for each in items) else ExitCode.OUTSIDE
