"""The events of an iCalendar file: each read by itself, bounded, and never a traceback."""

from __future__ import annotations

import re
import warnings
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.model.foreign import hashed
from crmtxt.model.foreign import short
from crmtxt.model.meeting import Event
from crmtxt.model.meeting import Guest
from crmtxt.model.meeting import moment_of
from crmtxt.model.meeting import wall
from crmtxt.model.when import FIRST_YEAR
from crmtxt.model.when import LAST_YEAR
from crmtxt.text.emit import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from icalendar import Component

MOST_EVENTS = 50_000
LARGEST_CALENDAR = 32 * 1024 * 1024
LONGEST_ROW = 64 * 1024
MOST_ROWS = 2000  # of what we read of an event: its guests, for the most part
EVENT, ZONE = b"VEVENT", b"VTIMEZONE"
READ = frozenset(
    {b"UID", b"DTSTART", b"DTEND", b"DURATION", b"SUMMARY", b"STATUS", b"SEQUENCE", b"RRULE", b"RDATE", b"EXDATE",
     b"RECURRENCE-ID", b"ATTENDEE", b"ORGANIZER"}
)  # fmt: skip
TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE")
NAME = re.compile(rb"[A-Za-z-]+")
ANSWERS = frozenset({b"REPLY", b"COUNTER", b"DECLINECOUNTER", b"REFRESH"})  # of RFC 5546: about an event, and none
CANCEL = b"CANCEL"
# what a time zone that changes by a calendar has; another rule could name every second
CHANGING = re.compile(
    rb"(?!RRULE)|RRULE:(?=.*FREQ=YEARLY)((FREQ=YEARLY|(INTERVAL|COUNT|BYMONTH)=\d+|BYMONTHDAY=[-\d,]+|"
    rb"BYDAY=[-+]?\d?[A-Z]{2}|UNTIL=[\dTZ]+|WKST=[A-Z]{2})(;|\s*$))+",
    re.IGNORECASE,
)
THINGS = frozenset({"ROOM", "RESOURCE"})
OUT = frozenset({"DECLINED", "DELEGATED"})


class Block(NamedTuple):
    """The rows of an event or a time zone, and the line it begins on; `is_whole` when it has an end.

    `method` is what its calendar is for, as RFC 5546 has it, b"" when it does not say.
    """

    kind: bytes
    method: bytes
    line: int
    rows: list[bytes]
    is_whole: bool


def read_calendar(data: bytes, path: str) -> tuple[list[Event], list[Problem]]:
    """Return the events, and those that cannot be read with their place; InvalidError for what is no calendar.

    UsageError when there are too many.
    """
    rows = list(_rows(data))
    if not any(row.upper().startswith(b"BEGIN:VCALENDAR") for _, row in rows):
        raise InvalidError(
            f"{path} is no calendar: no line says BEGIN:VCALENDAR", "give a file in iCalendar form, .ics"
        )
    blocks = list(_blocks(rows))
    if len(blocks) > MOST_EVENTS:
        raise UsageError(f"{path} has more than {MOST_EVENTS:,} events", "import it in parts")
    events: list[Event] = []
    problems: list[Problem] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of /vendor/Europe/Berlin the library says that it took Europe/Berlin
        _learn(block for block in blocks if block.kind == ZONE)
        for block in blocks:
            if block.kind == EVENT and block.method not in ANSWERS:
                try:
                    events.append(_event(block))
                except ValueError as error:
                    problems.append(Problem(path, block.line, 0, "event", str(error)))
    return events, problems


def _rows(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the rows, unfolded, with the line each begins on."""
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    start = 0
    parts: list[bytes] = []
    for number, row in enumerate(data.split(b"\n"), 1):
        if row[:1] in (b" ", b"\t") and parts:
            parts.append(row[1:])
            continue
        if parts:
            yield start, b"".join(parts)
        start, parts = number, [row]
    yield start, b"".join(parts)


def _blocks(rows: Iterable[tuple[int, bytes]]) -> Iterator[Block]:
    """Yield events and time zones; what stands within an event, such as an alarm, is left out."""
    block: Block | None = None
    method, within = b"", 0
    for number, row in rows:
        word, _, kind = row.partition(b":")
        word, kind = word.strip().upper(), kind.strip().upper()
        if word == b"BEGIN" and kind in (EVENT, ZONE):
            if block:
                yield block
            block, within = Block(kind, method, number, [], is_whole=False), 0
        elif not block:
            method = b"" if word == b"BEGIN" else kind if word == b"METHOD" else method
        elif word == b"END" and kind == block.kind:
            yield block._replace(is_whole=True)
            block = None
        elif block.kind == ZONE:
            block.rows.append(row)
        elif word in (b"BEGIN", b"END"):
            within += 1 if word == b"BEGIN" else -1
        elif not within and (name := NAME.match(row)) and name[0].upper() in READ:
            block.rows.append(row)
    if block:
        yield block


def _learn(blocks: Iterable[Block]) -> None:
    """Make the time zones known that the file defines; one by another rule than of years is none."""
    from icalendar import Timezone

    for block in blocks:
        if block.is_whole and len(block.rows) <= MOST_ROWS and all(CHANGING.match(row) for row in block.rows):
            try:
                Timezone.from_ical(_text(block))
            except Exception:  # noqa: BLE001, S112  # what a strange zone makes of the parser cannot be foreseen
                continue


def _event(block: Block) -> Event:
    if not block.is_whole:
        raise ValueError("this event has no end; the file may be cut off")
    if len(block.rows) > MOST_ROWS or any(len(row) > LONGEST_ROW for row in block.rows):
        raise ValueError(f"this event is too large: more than {MOST_ROWS} rows, or one longer than 64 KiB")
    try:
        from icalendar import Event as VEvent

        return _read(block.line, VEvent.from_ical(_text(block)), is_cancelled=block.method == CANCEL)
    except ValueError:
        raise
    except Exception:  # noqa: BLE001  # what a strange event makes of the parser cannot be foreseen
        raise ValueError("this cannot be read as an event") from None


def _text(block: Block) -> str:
    rows = [HIDDEN.sub("", _decoded(row).replace("\t", " ")) for row in block.rows]
    kind = block.kind.decode()
    return "\r\n".join([f"BEGIN:{kind}", *rows, f"END:{kind}", ""])


def _decoded(row: bytes) -> str:
    """Return a row as text: UTF-8, as RFC 5545 has it, else as Windows wrote it before."""
    try:
        return row.decode("utf-8")
    except UnicodeDecodeError:
        return row.decode("cp1252", "replace")


def _read(line: int, found: Component, *, is_cancelled: bool) -> Event:
    if broken := [name for name, _ in found.errors if name in TIMES]:
        raise ValueError(f"its {broken[0]} cannot be read")
    starts = _moments(found, "DTSTART")
    if not starts:
        raise ValueError("no DTSTART says when it begins")
    start = starts[0]
    summary = " ".join(HIDDEN.sub("", str(_one(found, "SUMMARY") or "").replace("\n", " ")).split())
    sent = HIDDEN.sub("", "".join(str(_one(found, "UID") or "").split()))
    sequence = _one(found, "SEQUENCE")
    rule = _one(found, "RRULE")
    instead = _moments(found, "RECURRENCE-ID")
    return Event(
        line,
        short(sent) or hashed(f"{start} {summary}".encode()),
        start,
        _length(found, start),
        summary,
        tuple(dict.fromkeys(_guests(found))),
        is_cancelled or str(_one(found, "STATUS") or "").upper() == "CANCELLED",
        sequence if isinstance(sequence, int) else 0,
        rule.to_ical().decode() if rule else "",
        _moments(found, "RDATE"),
        _moments(found, "EXDATE"),
        instead[0] if instead else None,
    )


def _many(found: Component, name: str) -> list[Any]:
    value = found.get(name, [])
    return value if isinstance(value, list) else [value]


def _one(found: Component, name: str) -> Any:  # noqa: ANN401  # the library's own values
    return next(iter(_many(found, name)), None)


def _moments(found: Component, name: str) -> tuple[date, ...]:
    """Return the moments of a field; ValueError for a time zone nobody knows, and a year of no calendar."""
    moments = []
    for value in _many(found, name):
        zone = str(value.params.get("TZID", ""))
        for each in getattr(value, "dts", [value]):
            moment = getattr(each, "dt", None)
            moment = moment[0] if isinstance(moment, tuple) else moment
            if not isinstance(moment, date):
                raise ValueError(f"its {name} cannot be read")  # noqa: TRY004  # of the file, not of a type
            if value.params.get("VALUE", "") == "DATE":
                moment = moment_of(moment).date()
            elif zone and isinstance(moment, datetime) and moment.tzinfo is None:
                raise ValueError(f"nobody knows its time zone '{zone}', and the file does not define it")
            if not FIRST_YEAR <= moment.year <= LAST_YEAR:
                raise ValueError(f"its {name} is in the year {moment.year}")
            moments.append(moment)
    return tuple(moments)


def _length(found: Component, start: date) -> timedelta:
    """Return how long it is: as its end or duration says, else a day for a day and nothing for a moment."""
    for end in _moments(found, "DTEND"):
        both = (moment_of(each) for each in (start, end))
        begin, over = both if _comparable(start, end) else (wall(start), wall(end))
        return max(over - begin, timedelta(0))
    length = getattr(_one(found, "DURATION"), "dt", None)
    if isinstance(length, timedelta):
        return max(length, timedelta(0))
    return timedelta(0) if isinstance(start, datetime) else timedelta(1)


def _comparable(one: date, other: date) -> bool:
    return (moment_of(one).tzinfo is None) is (moment_of(other).tzinfo is None)


def _guests(found: Component) -> Iterator[Guest]:
    """Yield who organizes it and who is asked to come, rooms left out."""
    for value in (*_many(found, "ORGANIZER"), *_many(found, "ATTENDEE")):
        said = {name: str(value.params.get(name, "")) for name in ("CUTYPE", "PARTSTAT", "ROLE", "CN", "EMAIL")}
        address = _address(str(value)) or _address(said["EMAIL"])
        if address and said["CUTYPE"].upper() not in THINGS:
            is_out = said["PARTSTAT"].upper() in OUT or said["ROLE"].upper() == "NON-PARTICIPANT"
            yield Guest(address, " ".join(said["CN"].split()), is_out)


def _address(text: str) -> str:
    """Return the address of a mailto:, or a bare one; "" for what is none."""
    from urllib.parse import unquote

    scheme, sign, rest = text.partition(":")
    plain = "".join(HIDDEN.sub("", unquote(rest) if scheme.lower() == "mailto" else "" if sign else text).split())
    return plain if "@" in plain else ""
