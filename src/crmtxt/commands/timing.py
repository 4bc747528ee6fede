"""What the commands of cron share: what is to run, and how a crontab, systemd and launchd have it."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.delivering import Ways
from crmtxt.commands.spec import Opt
from crmtxt.model.schedule import Schedule
from crmtxt.model.upkeep import Surrounding
from crmtxt.outside import cron
from crmtxt.services import reminders
from crmtxt.services import scheduling
from crmtxt.session import Session

At = Annotated[str, Opt(("--at",), "The time of day, by the computer's clock.", "HH:MM")]
For = Annotated[str, Opt(("--for",), "For that colleague, a key of team:; without it, for you.", "@WHO")]
Systemd = Annotated[bool, Opt(("--systemd",), "A timer of systemd in the place of a line of the crontab.")]


def scheduled(session: Session, at: str, for_: str, ways: Ways) -> Schedule:
    """Return what is to run: full paths, the person by name, the ways asked for."""
    who = reminders.person(session.writer, for_)
    words = [*(["--for", f"@{who}"] if who else []), *(f"--{way}" for way, wanted in ways._asdict().items() if wanted)]
    return scheduling.schedule(session.root, cron.command(), words, at, session.env)


def told(schedule: Schedule, *, systemd: bool) -> str:
    """Return what would be installed, as text."""
    if cron.is_macos():
        return schedule.launchd
    if systemd:
        return "\n".join(schedule.units.values())
    return schedule.block.decode("utf-8", "surrogateescape")


def unit(session: Session) -> str:
    """Return where the units of systemd lie, without their endings."""
    return scheduling.unit(session.book, session.config_path.removesuffix("/crmtxt/config.yaml"))


def standing(session: Session) -> list[Surrounding]:
    """Return when reminders last ran, and whether they would now; without cron there is no crontab."""

    def crontab() -> bytes:
        return cron.read(session.env) if cron.is_there(session.env) else b""

    return scheduling.status(session.book, crontab, unit(session))
