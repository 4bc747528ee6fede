"""Reminders that run by themselves: what is to be run, where its timer lies, and whether it would run now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import InvalidError
from crmtxt.errors import OutsideError
from crmtxt.errors import UsageError
from crmtxt.model.schedule import Schedule
from crmtxt.model.schedule import installed
from crmtxt.model.schedule import time_of_day
from crmtxt.model.upkeep import Surrounding
from crmtxt.services import delivery
from crmtxt.store import files
from crmtxt.store import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.store.book import Book

CARRIED = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
INSTALL = "crmtxt cron install"
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


def status(book: Book, crontab: Callable[[], bytes], path: str) -> list[Surrounding]:
    """Return when reminders last ran, how they are to run, and whether they would now; `crontab` reads the user's."""
    ran = Surrounding("last reminded", ok=True, value=delivery.last_run(book.state) or "never", hint="")
    try:
        block = installed(crontab(), book.root).decode("utf-8", "surrogateescape").split("\n")[1:-2]
    except (InvalidError, OutsideError) as error:
        return [ran, Surrounding("reminders", ok=False, value=error.message, hint=error.hint)]
    line = next((each for each in block if each.strip() and not each.lstrip().startswith("#")), "")
    unit = (state.read(f"{path}.service") or b"").decode("utf-8", "surrogateescape").rpartition("ExecStart=")[2]
    command = line.replace("\\%", "%") if line else unit.replace("%%", "%").replace("$$", "$")
    fault = _fault(command)
    hint = f"{fault}: {INSTALL}" if fault else "" if command else INSTALL
    value = (line or f"{path}.timer") if command else "do not run by themselves"
    return [ran, Surrounding("reminders", ok=not fault, value=value, hint=hint)]


def _fault(command: str) -> str:
    """Return why a command would not run: program or book is gone, or somebody has edited it; "" when it would."""
    from shlex import split

    try:
        places = [word for word in split(command) if word.startswith("/")]
    except ValueError:
        return "a quotation is not closed"
    return next((f"{place} is not there" for place in places if not files.exists(place)), "")
