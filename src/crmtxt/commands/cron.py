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
from crmtxt.commands.timing import put
from crmtxt.commands.timing import scheduled
from crmtxt.commands.timing import standing
from crmtxt.commands.timing import take_away
from crmtxt.commands.timing import told
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.upkeep import Surrounding
from crmtxt.outside import cron
from crmtxt.render.columns import View
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
    """Let reminders run every day, by cron or systemd: show the line first, and ask; other lines stay as they are."""
    schedule = scheduled(session, at, for_, ways, systemd=systemd)
    if cron.is_macos():
        session.terminal.say(f"  put this in ~/Library/LaunchAgents/{schedule.name}.plist")
        return print_(session, at=at, for_=for_, ways=ways)
    session.output.understood(told(schedule, systemd=systemd).splitlines())
    if not (yes or session.terminal.confirm("Is that to run every day?")):
        raise UsageError("nothing was installed", "say --yes to install it")
    put(session, schedule, systemd=systemd)
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
    return take_away(session)


def status(session: Session, *, out: Out = Out()) -> ExitCode:
    """Show when reminders last ran, how they are to run, and whether they would now; 7 when they would not."""
    items = standing(session, wanted=True)
    session.output.give(View("cron", items, SURROUNDINGS, keys=Surrounding._fields), out)
    return ExitCode.DONE if all(each.ok for each in items) else ExitCode.OUTSIDE
