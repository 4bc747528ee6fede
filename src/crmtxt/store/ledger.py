"""What was reminded of, and when reminding last ran: lines in the user's state folder, each durable when it is said.

A line is `DAY who way state id keys`, apart by tabs. `sending` stands before a reminder leaves, `sent` after it has
left: what was killed in between goes out again under its id, so that whoever gets it twice can tell.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import LockedError
from crmtxt.store import state
from crmtxt.store.lock import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

SENDING, SENT, RAN, INSTALLED = "sending", "sent", "ran", "installed"
KEPT_DAYS = 7


class Record(NamedTuple):
    """One line: the day in the book, for whom, by which way, how far it came, its id, and what it was about."""

    day: str
    who: str
    way: str
    state: str
    id: str
    keys: tuple[str, ...]


@contextmanager
def held(folder: str) -> Iterator[None]:
    """Hold the ledger while the body runs: of two that remind at once the second sees what the first has sent."""
    try:
        with locked(f"{folder}/reminders/lock"):
            yield
    except LockedError:
        hint = "nothing was sent twice; what is due goes out with the next run"
        raise LockedError("another reminder is on its way, and does not come to an end", hint) from None


def records(folder: str) -> list[Record]:
    """Return every line that can be read, the oldest first."""
    text = (state.read(f"{folder}/reminders/ledger") or b"").decode("utf-8", "replace")
    rows = (line.split("\t") for line in text.split("\n")[:-1])
    return [
        Record(day, who, way, state_, name, tuple(keys.split()))
        for day, who, way, state_, name, keys in (row for row in rows if len(row) == len(Record._fields))
    ]


def note(folder: str, record: Record) -> None:
    """Add a line, durably."""
    state.append(f"{folder}/reminders/ledger", _line(record))


def prune(folder: str, day: str) -> None:
    """Forget what is a week old, but for when reminding was installed and last ran. The caller holds the ledger."""
    oldest = (date.fromisoformat(day) - timedelta(KEPT_DAYS)).isoformat()
    found = records(folder)
    last = {each.state: each for each in found if each.state in {RAN, INSTALLED}}
    kept = [each for each in found if each.day >= oldest or each == last.get(each.state)]
    if len(kept) < len(found):
        state.write(f"{folder}/reminders/ledger", b"".join(map(_line, kept)))


def _line(record: Record) -> bytes:
    fields = (*(" ".join(each.split()) for each in record[:5]), " ".join(record.keys))
    return ("\t".join(fields) + "\n").encode("utf-8", "replace")
