"""Who writes, on which day, in which book: what every change is made with."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import date
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.model.line import Line
from crmtxt.model.when import describe
from crmtxt.settings import BookSettings
from crmtxt.store import reads
from crmtxt.store.index import Index

if TYPE_CHECKING:
    from crmtxt.services.capture import Setting


class Writer(NamedTuple):
    """The book's index, the day it is, and my key in team: ("" when it is not known)."""

    index: Index  # type: ignore[assignment]  # tuple.index is not missed
    today: date
    me: str

    @property
    def settings(self) -> BookSettings:
        """Return the book's settings."""
        return self.index.settings

    @property
    def by(self) -> tuple[str, ...]:
        """Return me as a line names me."""
        return (f"@{self.me}",) if self.me else ()

    def setting(self, found: reads.Found) -> "Setting":
        """Return what words typed about a customer are read against."""
        from crmtxt.services.capture import Setting

        return Setting(
            today=self.today,
            contacts=found.contacts,
            elsewhere=lambda name: reads.people(self.index, name),
            mapped=lambda person: reads.is_mapped(self.index, person),
            channels=tuple(self.settings.channels),
            team=self.settings.team,
            me=self.me,
        )


def in_words(line: Line, contacts: tuple[tuple[str, str], ...]) -> str:
    """Return kind and people of a line as a person would say them: `call to Jane Doe`."""
    names = dict(contacts)
    who = ", ".join(names.get(each.removeprefix("@"), each.removeprefix("@")) for each in line.who)
    return " ".join(word for word in (line.kind, line.direction, who) if word)


def echo(line: Line, found: reads.Found) -> str:
    """Return what was understood of a log line."""
    day = date.fromisoformat(line.date)
    feel = f"feel {line.feel:+}" if line.feel else "feel 0" if line.feel == 0 else ""
    when = f"{describe(day, day).split(' (')[0]}{f' {line.time}' if line.time else ''}"
    topics = " ".join(f"#{topic}" for topic in line.topics)
    return " · ".join(part for part in (found.name, when, in_words(line, found.contacts), feel, topics) if part)


def echo_next(line: Line, found: reads.Found, today: date) -> str:
    """Return what was understood of a line of Next."""
    when = describe(date.fromisoformat(line.date), today)
    said = in_words(line, found.contacts)
    return f"next: {when}{f' {line.time}' if line.time else ''} {said}{f': {line.text}' if line.text else ''}"
