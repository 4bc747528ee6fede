"""What the commands of cron share: what is to run, and how a crontab, systemd and launchd are told and have it."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.delivering import Ways
from crmtxt.commands.delivering import acting_for
from crmtxt.commands.delivering import look
from crmtxt.commands.spec import Opt
from crmtxt.errors import CrmError
from crmtxt.errors import ExitCode
from crmtxt.errors import OutsideError
from crmtxt.errors import UsageError
from crmtxt.model.schedule import Schedule
from crmtxt.model.schedule import with_block
from crmtxt.model.schedule import without_block
from crmtxt.model.upkeep import Surrounding
from crmtxt.outside import cron
from crmtxt.services import delivery
from crmtxt.services import reminders
from crmtxt.services import scheduling
from crmtxt.session import Session

At = Annotated[str, Opt(("--at",), "The time of day, by the computer's clock.", "HH:MM")]
Systemd = Annotated[bool, Opt(("--systemd",), "A timer of systemd in the place of a line of the crontab.")]


def scheduled(session: Session, at: str, for_: str, ways: Ways, *, systemd: bool) -> Schedule:
    """Return what is to run: full paths, who by name, the ways asked for; UsageError where nobody would see any."""
    if ways == Ways() and (systemd or cron.is_macos()):
        told_by = "systemd" if systemd else "launchd"
        raise UsageError(
            f"what a command prints goes to nobody under {told_by}",
            "say how it reaches you: --mail, --notify or --exec",
        )
    who = reminders.person(acting_for(session, for_))
    words = [*(["--for", f"@{who}"] if who else []), *(f"--{way}" for way, wanted in ways._asdict().items() if wanted)]
    return scheduling.schedule(session.book, cron.command(), words, at, session.env)


def told(schedule: Schedule, *, systemd: bool) -> str:
    """Return what would be installed, as text."""
    if cron.is_macos():
        return schedule.launchd
    if systemd:
        return "\n".join(schedule.units.values())
    return schedule.block.decode("utf-8", "surrogateescape")


def put(session: Session, schedule: Schedule, *, systemd: bool) -> None:
    """Install a line of the crontab or a timer of systemd, one in the place of the other."""
    if systemd:
        _put_timer(session, schedule)
        _take_line(session)
    else:
        _put_line(session, schedule)
        _take_timer(session)
    delivery.installed(session.book.state, session.here.isoformat(), session.moment.isoformat(timespec="seconds"))


def take_away(session: Session) -> ExitCode:
    """Take away timer and line, each though the other stays; say what stays, and return its exit code."""
    taken, code = False, ExitCode.DONE
    for take in (_take_timer, _take_line):
        try:
            taken |= take(session)
        except CrmError as error:
            session.terminal.fail(error.text())
            code = error.code
    if taken or not code:
        session.terminal.say("  removed" if taken else "  nothing to remove")
    return code


def _put_line(session: Session, schedule: Schedule) -> None:
    """Write the line of the crontab."""
    before = cron.read(session.env)
    if (after := with_block(before, schedule)) != before:
        cron.write(after, session.env)


def _take_line(session: Session) -> bool:
    """Take the line out of the crontab; return whether there was one."""
    before = cron.read(session.env) if cron.is_there(session.env) else b""
    if (after := without_block(before, session.root)) != before:
        cron.write(after, session.env)
    return after != before


def _put_timer(session: Session, schedule: Schedule) -> None:
    """Start the timer of systemd; where that fails its files are as they were, and OutsideError says so."""
    path = unit(session)
    before = scheduling.units(path)
    try:
        scheduling.put_units(path, schedule.units)
        cron.systemctl(session.env, "daemon-reload")
        cron.systemctl(session.env, "enable", "--now", f"{schedule.name}.timer")
    except OutsideError as error:
        if before:
            scheduling.put_units(path, before)
        else:
            scheduling.remove_units(path)
        raise OutsideError(f"nothing was installed: {error.message}", error.hint) from None


def _take_timer(session: Session) -> bool:
    """Stop the timer of systemd and take its files away; return whether there was one.

    Where systemd cannot be told that, its files go all the same.
    """
    path = unit(session)
    if not scheduling.units(path):
        return False
    try:
        cron.systemctl(session.env, "disable", "--now", f"{path.rpartition('/')[2]}.timer")
    except OutsideError as error:
        session.terminal.say(f"  systemd was not told: {error.message}; a timer that it runs ends when you log out")
    scheduling.remove_units(path)
    return True


def unit(session: Session) -> str:
    """Return where the units of systemd lie, without their endings."""
    return scheduling.unit(session.book, session.config_path.removesuffix("/crmtxt/config.yaml"))


def standing(session: Session, *, wanted: bool) -> list[Surrounding]:
    """Return when reminders last ran, and whether they would now; `wanted`: they are to run here."""

    def found() -> scheduling.Installed:
        crontab = cron.read(session.env) if cron.is_there(session.env) else b""
        return scheduling.found(crontab, session.book, unit(session), session.env.get("HOME", ""))

    def look_at(words: list[str], path: str) -> None:
        env = {**session.env, "PATH": path} if path else session.env
        for way in Ways._fields:
            if f"--{way}" in words:
                look(session, way, env)

    return scheduling.status(session.book, found, look_at, session.here, wanted=wanted)
