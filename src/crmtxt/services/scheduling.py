"""Reminders that run by themselves: what is to be run, where its timer lies, and whether it would run now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.schedule import Schedule
from crmtxt.model.schedule import installed
from crmtxt.model.schedule import time_of_day
from crmtxt.model.upkeep import Surrounding
from crmtxt.services import delivery
from crmtxt.store import files
from crmtxt.store import state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.store.book import Book

CARRIED = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
_NOT_OF_A_UNIT = re.compile("[^A-Za-z0-9_-]")


def schedule(root: str, program: Sequence[str], words: Sequence[str], at: str, env: Mapping[str, str]) -> Schedule:
    """Return what runs every day at a time; UsageError for a time that is none, or a path no line can hold."""
    hour, minute = time_of_day(at)
    carried = tuple((name, env[name]) for name in CARRIED if env.get(name, "").startswith("/"))
    whole = (*program, "-C", root, "remind", *words)
    if any(not each.isprintable() for each in (*whole, *(value for _, value in carried))):
        raise UsageError("a path with control characters cannot stand in a crontab", "rename the folder")
    return Schedule(root, whole, carried, hour, minute)


def unit(book: Book, config: str) -> str:
    """Return where the units of a book lie, without their endings."""
    name = _NOT_OF_A_UNIT.sub("-", book.state.rpartition("/")[2])
    return f"{config}/systemd/user/crmtxt-{name}"


def put_units(path: str, schedule: Schedule) -> None:
    """Write the units of a schedule."""
    for ending, text in schedule.units.items():
        state.write(f"{path}.{ending}", text.encode("utf-8", "surrogateescape"))


def has_units(path: str) -> bool:
    """Say whether there are units of a book."""
    return files.exists(f"{path}.timer")


def remove_units(path: str) -> None:
    """Remove the units of a book."""
    for ending in ("timer", "service"):
        state.remove(f"{path}.{ending}")


def status(book: Book, crontab: bytes, path: str) -> list[Surrounding]:
    """Return when reminders last ran, how they are to run, and whether they would now."""
    ran = delivery.last_run(book.state)
    line = installed(crontab, book.root).decode("utf-8", "surrogateescape").split("\n")[1:2]
    unit = (state.read(f"{path}.service") or b"").decode("utf-8", "surrogateescape").rpartition("ExecStart=")[2]
    command = line[0].replace("\\%", "%") if line else unit.replace("%%", "%").replace("$$", "$")
    missing = [place for place in _places(command) if not files.exists(place)]
    hint = f"{missing[0]} is not there: crmtxt cron install" if missing else "" if command else "crmtxt cron install"
    value = (line[0] if line else f"{path}.timer") if command else "do not run by themselves"
    return [
        Surrounding("last reminded", ok=True, value=ran or "never", hint=""),
        Surrounding("reminders", ok=not missing, value=value, hint=hint),
    ]


def _places(command: str) -> list[str]:
    """Return the full paths of the program and the book in a command."""
    from shlex import split

    try:
        return [word for word in split(command) if word.startswith("/")]
    except ValueError:  # a quotation nobody closed: somebody has edited the line
        return []
