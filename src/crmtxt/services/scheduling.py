"""Reminders that run by themselves: what is to be run, where its timer lies, and whether it would run now."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import OutsideError
from crmtxt.errors import UsageError
from crmtxt.model.schedule import LAUNCHD_PATH
from crmtxt.model.schedule import Schedule
from crmtxt.model.schedule import agent_command
from crmtxt.model.schedule import installed
from crmtxt.model.schedule import search_path
from crmtxt.model.schedule import time_of_day
from crmtxt.model.upkeep import Surrounding
from crmtxt.services import delivery
from crmtxt.store import files
from crmtxt.store import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from crmtxt.store.book import Book

CARRIED = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
ENDINGS = ("timer", "service")
INSTALL = "crmtxt cron install"
LONGEST_SILENCE = timedelta(2)
BY_CRON = f"see that cron is running, and the computer on at that time: {INSTALL} --systemd makes up for it"
BY_SYSTEMD = "see: systemctl --user list-timers"
BY_LAUNCHD = "see: launchctl list"
_NOT_OF_A_UNIT = re.compile("[^A-Za-z0-9_-]")


def schedule(book: Book, program: Sequence[str], words: Sequence[str], at: str, env: Mapping[str, str]) -> Schedule:
    """Return what runs every day at a time; UsageError for a time that is none, or a path no line can hold."""
    hour, minute = time_of_day(at)
    carried = tuple((name, env[name]) for name in CARRIED if env.get(name, "").startswith("/"))
    whole = (*program, "-C", book.root, "remind", *words)
    if any(not each.isprintable() for each in (*whole, *(value for _, value in carried))):
        raise UsageError("a path with control characters cannot stand in a crontab", "rename the folder")
    return Schedule(book.root, _name(book), whole, carried, hour, minute)


def unit(book: Book, config: str) -> str:
    """Return where the units of a book lie, without their endings."""
    return f"{config}/systemd/user/{_name(book)}"


def _name(book: Book) -> str:
    """Return by what systemd and launchd know the reminders of a book; no other book has the same."""
    return f"crmtxt-{_NOT_OF_A_UNIT.sub('-', book.state.rpartition('/')[2])}"


def units(path: str) -> dict[str, str]:
    """Return the units that lie there by the endings of their names."""
    kept = {ending: state.read(f"{path}.{ending}") for ending in ENDINGS}
    return {ending: data.decode("utf-8", "surrogateescape") for ending, data in kept.items() if data is not None}


def put_units(path: str, units: Mapping[str, str]) -> None:
    """Write units."""
    for ending, text in units.items():
        state.write(f"{path}.{ending}", text.encode("utf-8", "surrogateescape"))


def remove_units(path: str) -> None:
    """Remove the units of a book, and the link by which systemd starts its timer."""
    folder, _, name = path.rpartition("/")
    for place in (*(f"{path}.{ending}" for ending in ENDINGS), f"{folder}/timers.target.wants/{name}.timer"):
        state.remove(place)


class Installed(NamedTuple):
    """What runs every day: the line of the crontab, or the file of the timer or agent, and its command.

    `path` is where it looks for programs, "" where the environment says it: under systemd. `silent` is what would help
    when nothing is heard of it.
    """

    place: str
    command: str
    path: str
    silent: str


def status(
    book: Book, found: Callable[[], Installed], look: Callable[[list[str], str], None], today: date, *, wanted: bool
) -> list[Surrounding]:
    """Return when reminders last ran, how they are to run, and whether they would now.

    `look` takes the words of a command and where it looks for programs, and raises OutsideError where a way would fail.
    Where nothing is installed, that is well unless it is `wanted`.
    """
    try:
        what = found()
    except (InvalidError, OutsideError) as error:
        reminders = Surrounding("reminders", ok=False, value=error.message, hint=error.hint)
        return [_last(book, None, today), reminders]
    if not what.command:
        return [
            _last(book, None, today),
            Surrounding("reminders", ok=not wanted, value="do not run by themselves", hint=INSTALL),
        ]
    fault = _fault(what, look)
    return [_last(book, what, today), Surrounding("reminders", ok=not fault, value=what.place, hint=fault)]


def found(crontab: bytes, book: Book, path: str, home: str) -> Installed:
    """Return what is installed for a book: its line of the crontab, else its agent, else its timer.

    Its command is "" when there is none. Raises InvalidError for half a block, and an agent that is none.
    """
    block = installed(crontab, book.root).decode("utf-8", "surrogateescape").split("\n")[1:-2]
    line = next((each for each in block if each.strip() and not each.lstrip().startswith("#")), "")
    if line:
        return Installed(line, line.replace("\\%", "%"), search_path(crontab, book.root), BY_CRON)
    if (agent := state.read(place := f"{home}/Library/LaunchAgents/{_name(book)}.plist")) is not None:
        return Installed(place, agent_command(agent, place), LAUNCHD_PATH, BY_LAUNCHD)
    there = units(path)
    command = there.get("service", "").rpartition("ExecStart=")[2] if "timer" in there else ""
    return Installed(f"{path}.timer", command.replace("%%", "%").replace("$$", "$"), "", BY_SYSTEMD)


def _last(book: Book, what: Installed | None, today: date) -> Surrounding:
    """Say when reminders last ran: not well when what was due did not go, or they are silent for long."""
    past = delivery.past(book.state)
    hint = ""
    if past.unsent:
        way, day = next(iter(past.unsent.items()))
        hint = f"by {way} it did not go on {day}; see why: crmtxt remind --{way}"
    elif what and past.since and past.since < (today - LONGEST_SILENCE).isoformat():
        hint = f"nothing since {past.since}: {what.silent}"
    return Surrounding("last reminded", ok=not hint, value=past.ran or "never", hint=hint)


def _fault(what: Installed, look: Callable[[list[str], str], None]) -> str:
    """Return why a command would not run or not reach anybody, and what would help; "" when it would."""
    from shlex import split

    try:
        words = split(what.command)
    except ValueError:
        return f"a quotation is not closed: {INSTALL}"
    if gone := next((word for word in words if word.startswith("/") and not files.exists(word)), ""):
        return f"{gone} is not there: {INSTALL}"
    try:
        look(words, what.path)
    except OutsideError as error:
        return f"{error.message}; {error.hint}"
    return ""
