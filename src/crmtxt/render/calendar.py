"""A calendar as iCalendar (RFC 5545), for phones, calendar programs and task programs.

Escaping, folding, durations, rules and time zones are icalendar's. Its components are not used: they take four times
as long, ten seconds for the entries of ten thousand customers.
"""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtxt.model.calendar import BIRTHDAY
from crmtxt.model.calendar import CANCELLED
from crmtxt.model.calendar import COMPLETED
from crmtxt.model.calendar import OPEN
from crmtxt.render.clean import clean
from crmtxt.render.clean import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from crmtxt.model.calendar import Alarms
    from crmtxt.model.calendar import Calendar
    from crmtxt.model.calendar import CalendarEntry

PROGRAM = "-//crmtxt//crmtxt//EN"
FIRST_DAY = date(1970, 1, 1)  # from here on the clock changes of a time zone are told, up to this year at least:
LAST_YEAR = 2038
LONGEST = 75  # bytes of a line


def to_ics(calendar: Calendar, alarms: Alarms, *, todos: bool) -> str:
    """Return a calendar; `todos`: what has no time of its own is a task, but for birthdays."""
    zone, title = _zone(calendar.zone), _text(clean_line(calendar.title))
    rows = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PROGRAM}", f"NAME:{title}", f"X-WR-CALNAME:{title}"]
    rows += _clock_changes(calendar, zone)
    for each in calendar.entries:
        is_task = todos and not each.time and each.kind != BIRTHDAY
        name = "VTODO" if is_task else "VEVENT"
        rows.append(f"BEGIN:{name}")
        rows += _task(each) if is_task else _event(each, zone)
        if each.state == OPEN:
            rows += _alarms(each, alarms, ";RELATED=END" if is_task else "")
        rows.append(f"END:{name}")
    return "".join(f"{_folded(row)}\r\n" for row in (*rows, "END:VCALENDAR"))


def _task(each: CalendarEntry) -> Iterator[str]:
    yield from _description(each, each.summary)
    yield f"DUE;VALUE=DATE:{_date(each.day)}"
    yield f"STATUS:{ {OPEN: 'NEEDS-ACTION', COMPLETED: 'COMPLETED', CANCELLED: 'CANCELLED'}[each.state] }"
    if each.state == COMPLETED:
        yield f"COMPLETED:{_utc(each.changed)}"
        yield "PERCENT-COMPLETE:100"


def _event(each: CalendarEntry, zone: ZoneInfo | None) -> Iterator[str]:
    """Yield an event; one that is done says so in words, since no status of an event does."""
    yield from _description(each, f"done: {each.summary}" if each.state == COMPLETED else each.summary)
    if each.time:
        utc = zone is not None and _is_utc(zone)
        place = f";TZID={zone}" if zone and not utc else ""
        yield f"DTSTART{place}:{_date(each.day)}T{each.time.replace(':', '')}00{'Z' if utc else ''}"
    else:
        yield f"DTSTART;VALUE=DATE:{_date(each.day)}"
        yield "TRANSP:TRANSPARENT"
    yield f"STATUS:{'CANCELLED' if each.state == CANCELLED else 'CONFIRMED'}"
    if each.rule:
        yield f"RRULE:{_rule(each, zone)}"


def _description(each: CalendarEntry, summary: str) -> Iterator[str]:
    yield f"UID:{each.uid}"
    yield f"DTSTAMP:{_utc(each.changed)}"
    yield f"LAST-MODIFIED:{_utc(each.changed)}"
    yield f"SUMMARY:{_text(clean_line(summary))}"
    yield f"CATEGORIES:{each.kind}"
    if each.description:
        yield f"DESCRIPTION:{_text(clean(each.description))}"


def _alarms(each: CalendarEntry, alarms: Alarms, related: str) -> Iterator[str]:
    """Yield when a calendar rings, counted from the beginning of the entry, the end of a task."""
    at, before = alarms
    if each.time:
        triggers = [] if before is None else [-before]
    else:
        triggers = [] if at is None else [at - timedelta(days) for days in dict.fromkeys((each.lead, 0))]
    for trigger in triggers:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(clean_line(each.summary))}")
        yield from (f"TRIGGER{related}:{_duration(trigger)}", "END:VALARM")


def _rule(each: CalendarEntry, zone: ZoneInfo | None) -> str:
    """Return the rule; the day that ends it is a day, or of what has a time its last second, in UTC."""
    from icalendar import vRecur

    if "UNTIL=" not in each.rule:
        return each.rule
    rule = vRecur.from_ical(each.rule)
    until = rule["UNTIL"][0]
    day = date(until.year, until.month, until.day)
    end = datetime.combine(day, time(23, 59, 59), zone)
    rule["UNTIL"] = day if not each.time else end.astimezone(UTC) if zone else end
    return str(rule.to_ical().decode())


def _clock_changes(calendar: Calendar, zone: ZoneInfo | None) -> list[str]:
    """Return the time zone, as far as anything has a time in it."""
    from icalendar import Timezone

    years = [each.day.year for each in calendar.entries if each.time]
    if not years or zone is None or _is_utc(zone):
        return []
    last = date(max(LAST_YEAR, max(years) + 2), 1, 1)
    told = Timezone.from_tzinfo(zone, str(zone), FIRST_DAY, last).to_ical().decode()
    return [row for row in told.replace("\r\n ", "").split("\r\n") if row]


def _zone(name: str) -> ZoneInfo | None:
    """Return the time zone of that name, None where there is none: then a time is that of wherever one is."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None


def _is_utc(zone: ZoneInfo) -> bool:
    return zone.key == "UTC"


def _date(day: date) -> str:
    return day.isoformat().replace("-", "")


@lru_cache(maxsize=4096)
def _utc(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}Z"


@lru_cache(maxsize=64)
def _duration(length: timedelta) -> str:
    from icalendar import vDuration

    return str(vDuration(length).to_ical().decode())


def _text(text: str) -> str:
    from icalendar import vText

    return vText(text).to_ical().decode("utf-8")


def _folded(row: str) -> str:
    from icalendar.parser import Contentline

    if len(row) <= LONGEST and row.isascii():
        return row
    return str(Contentline(row).to_ical().decode("utf-8"))
