"""When reminders run by themselves: the command, and how a crontab, systemd and launchd are told."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import UsageError

BEGIN, END = "# >>> crmtxt ", "# <<< crmtxt "
ENV = "/usr/bin/env"  # systemd starts no program whose path has a quotation mark, a backslash or a dollar sign
DAMAGED = "take the lines of it out with: crontab -e"
CRON_PATH = "/usr/bin:/bin"
LAUNCHD_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
HOURS, MINUTES = 24, 60


class Schedule(NamedTuple):
    """What runs each day at `hour` and `minute`: full paths and words, and what of the environment it needs.

    `name` is that of its units under systemd and its label under launchd: each book has its own.
    """

    book: str
    name: str
    words: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    hour: int
    minute: int

    @property
    def line(self) -> str:
        r"""Return the line of a crontab, where a percent sign without a backslash would end the command.

        A second backslash some crons take away, others leave there: behind each stands an empty quotation, which is
        nothing to the shell (quote puts backslashes between apostrophes).
        """
        from shlex import quote

        parts = [f"{name}={quote(value)}" for name, value in self.env] + [quote(word) for word in self.words]
        return f"{self.minute} {self.hour} * * * {' '.join(parts)}".replace("\\", "\\''").replace("%", "\\%")

    @property
    def block(self) -> bytes:
        """Return the lines of a crontab between the marks of the book."""
        rows = (f"{BEGIN}{self.book}", self.line, f"{END}{self.book}")
        return "".join(f"{row}\n" for row in rows).encode("utf-8", "surrogateescape")

    @property
    def units(self) -> dict[str, str]:
        """Return the service and the timer of systemd, by the endings of their names."""
        about = f"[Unit]\nDescription=crmtxt reminders of {self.book.replace('%', '%%')}\n\n"
        settings = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in self.env)
        command = " ".join(_quoted(word).replace("$", "$$") for word in (ENV, *self.words))
        timer = f"OnCalendar=*-*-* {self.hour:02}:{self.minute:02}:00\nPersistent=true\n"
        return {
            "service": f"{about}[Service]\nType=oneshot\n{settings}ExecStart={command}\n",
            "timer": f"{about}[Timer]\n{timer}\n[Install]\nWantedBy=timers.target\n",
        }

    @property
    def launchd(self) -> str:
        """Return the agent of launchd."""
        from plistlib import dumps

        agent = {
            "Label": self.name,
            "ProgramArguments": list(self.words),
            "EnvironmentVariables": dict(self.env),
            "StartCalendarInterval": {"Hour": self.hour, "Minute": self.minute},
        }
        return dumps(agent).decode()


def search_path(crontab: bytes, book: str) -> str:
    """Return where cron looks for the programs of a book: as the crontab says above its block, else cron's own."""
    above = crontab.partition(installed(crontab, book) or b"\0")[0].decode("utf-8", "surrogateescape")
    names = (row.partition("=") for row in above.splitlines())
    paths = [value.strip().strip("'\"") for name, _, value in names if name.strip() == "PATH"]
    return paths[-1] if paths else CRON_PATH


def agent_command(agent: bytes, place: str) -> str:
    """Return the command of an agent of launchd as a shell has it; InvalidError for what is no agent."""
    from plistlib import loads
    from shlex import join
    from xml.parsers.expat import ExpatError

    try:
        return join(loads(agent)["ProgramArguments"])
    except (ExpatError, ValueError, LookupError, TypeError):
        raise InvalidError(f"{place} is no agent of launchd", "write it anew with: crmtxt cron print") from None


def time_of_day(words: str, hint: str = "say it as 7:30") -> tuple[int, int]:
    """Return hour and minute of a time such as 7:30; UsageError, with a hint, for what is none."""
    hour, _, minute = words.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == len("00")) or (
        int(hour) >= HOURS or int(minute) >= MINUTES
    ):
        raise UsageError(f"'{words}' is no time of day", hint)
    return int(hour), int(minute)


def _quoted(word: str) -> str:
    """Return a word as a unit of systemd has it."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{word}"'


def installed(crontab: bytes, book: str) -> bytes:
    """Return the block of a book as it stands in a crontab, b"" when there is none; InvalidError for half a block."""
    marks = [f"{mark}{book}".encode("utf-8", "surrogateescape") for mark in (BEGIN, END)]
    lines = crontab.splitlines(keepends=True)
    places = [at for at, line in enumerate(lines) if line.rstrip(b"\r\n") in marks]
    if not places:
        return b""
    if [lines[at].rstrip(b"\r\n") for at in places] != marks:
        raise InvalidError(f"the crontab does not hold one whole block of {book}", DAMAGED)
    return b"".join(lines[places[0] : places[1] + 1])


def with_block(crontab: bytes, schedule: Schedule) -> bytes:
    """Return a crontab with the block of a book, in the place of the one it has; every other byte stays."""
    if old := installed(crontab, schedule.book):
        return crontab.replace(old, schedule.block, 1)
    gap = b"\n" if crontab and not crontab.endswith(b"\n") else b""
    return crontab + gap + schedule.block


def without_block(crontab: bytes, book: str) -> bytes:
    """Return a crontab without the block of a book; every other byte stays."""
    old = installed(crontab, book)
    return crontab.replace(old, b"", 1) if old else crontab
