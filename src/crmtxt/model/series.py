"""Events that repeat, as meetings one by one: bounded, whatever a rule says."""

from __future__ import annotations

import re
from datetime import datetime
from datetime import time
from itertools import takewhile
from typing import TYPE_CHECKING

from crmtxt.model.meeting import Meeting
from crmtxt.model.meeting import moment_of
from crmtxt.model.meeting import occurrence_of
from crmtxt.model.meeting import wall
from crmtxt.model.repeat import dates_of
from crmtxt.model.when import FIRST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date
    from datetime import tzinfo

    from crmtxt.model.meeting import Event

LONGEST_RULE = 500
# more than a day has: several times a day, or a step of nothing
TOO_OFTEN = re.compile(
    r"FREQ=(?:HOUR|MINUTE|SECOND)LY|BY(?:HOUR|MINUTE|SECOND)=[^;]*,|INTERVAL=0+(?:;|$)", re.IGNORECASE
)
UNTIL = re.compile(r";?UNTIL=(\d{8}(?:T\d{6}Z?)?)", re.IGNORECASE)


def by_uid(events: Iterable[Event]) -> list[list[Event]]:
    """Return the events of one UID together, in the order of a file."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.uid, []).append(event)
    return list(found.values())


def meetings_of(events: Sequence[Event], first: date, last: date) -> list[Meeting]:
    """Return the meetings that the events of one UID come to, those of a rule from `first` to `last`, in order of time.

    Of several versions of an event, or of an occurrence, the one of the highest SEQUENCE counts, then the last.
    ValueError for a rule that cannot be read, or names several times of a day.
    """
    ordered = sorted(events, key=lambda each: each.sequence)
    master = next((each for each in reversed(ordered) if each.instead is None), None)
    changed = [each for each in ordered if each.instead is not None]
    if master is None or not master.repeats:
        alone = {occurrence_of(each.instead): each for each in changed if each.instead is not None}
        found = [Meeting(each, each.start, occurrence) for occurrence, each in alone.items()]
        return ([Meeting(master, master.start)] if master else []) + found
    return _series(master, changed, first, last)


def _series(master: Event, changed: Iterable[Event], first: date, last: date) -> list[Meeting]:
    """Return the occurrences of an event, with those that are otherwise in the place of what they were."""
    zone = _zone(master.start)
    instead = {_at(each.instead, master): each for each in changed if each.instead is not None}
    begin, end = datetime.combine(first, time.min), datetime.combine(last, time.max)
    without = {_at(each, master) for each in master.without}
    days = {*_ruled(master, end), *(_at(each, master) for each in master.more), wall(master.start)}
    found = []
    for each in sorted({day for day in days if begin <= day <= end} - without | instead.keys()):
        was = each.replace(tzinfo=zone) if isinstance(master.start, datetime) else each.date()
        event = instead.get(each, master)
        found.append(Meeting(event, was if event is master else event.start, occurrence_of(was)))
    return found


def _ruled(master: Event, end: datetime) -> Iterator[datetime]:
    """Yield what the rule of an event names up to a moment, by the clock on the wall."""
    if not master.rule:
        return
    if len(master.rule) > LONGEST_RULE:
        raise ValueError(f"its rule is longer than {LONGEST_RULE} signs")
    if TOO_OFTEN.search(master.rule):
        raise ValueError(f"its rule names several times of a day: {master.rule}")
    if moment_of(master.start).year < FIRST_YEAR:
        raise ValueError(f"its rule counts from before {FIRST_YEAR}")
    until = UNTIL.search(master.rule)
    rule = master.rule.replace(until[0], "").strip(";") if until else master.rule
    try:
        end = min(end, _until(until[1], _zone(master.start))) if until else end
        yield from takewhile(lambda day: day <= end, dates_of(rule, wall(master.start), end.date()))
    except Exception:  # noqa: BLE001  # what a strange rule makes of the parser cannot be foreseen
        raise ValueError(f"its rule cannot be read: {master.rule}") from None


def _until(written: str, zone: tzinfo | None) -> datetime:
    """Return the last moment of a rule by the clock on the wall; a day counts as a whole."""
    moment = datetime.fromisoformat(written)
    if "T" not in written:
        return datetime.combine(moment, time.max)
    return wall(moment.astimezone(zone) if moment.tzinfo and zone else moment)


def _at(moment: date, master: Event) -> datetime:
    """Return a moment by the clock on the wall of an event; of a day alone, at the time of the event."""
    start = master.start
    if isinstance(moment, datetime):
        here = moment.astimezone(_zone(start)) if moment.tzinfo and _zone(start) else moment
        return wall(here) if isinstance(start, datetime) else wall(here.date())
    return datetime.combine(moment, wall(start).time())


def _zone(start: date) -> tzinfo | None:
    return start.tzinfo if isinstance(start, datetime) else None
