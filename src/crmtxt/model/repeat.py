"""Repeats: the date after this one, for every value of `every:`."""

from __future__ import annotations

import re
from datetime import MAXYEAR
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.when import FIRST_YEAR
from crmtxt.model.when import LAST_YEAR
from crmtxt.model.when import WEEKDAY_NUMBERS
from crmtxt.model.when import add_months
from crmtxt.model.when import month_end

if TYPE_CHECKING:
    from collections.abc import Iterator

FARTHEST_YEARS = 50

_ACCEPTED = (
    "5d, 2w, 3m, 1y, weekday (Monday to Friday), friday, last-friday, first-monday, FREQ=MONTHLY;BYDAY=-1FR; "
    "with a ! at the end it counts from the day it was done"
)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_FREQUENCIES = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}
_NUMBERS = {"last": -1} | {name: weeks + 1 for name, weeks in _ORDINALS.items()}
_IN_EVERY_MONTH = 28
_LEAP_DAY = (2, 29)
_FRIDAY = 4
_WEEKS_A_MONTH = 5
_WEEKS_A_YEAR = 53
_YEARS_A_CYCLE = 400
_DAYS_A_CYCLE = timedelta(146_097)  # whole weeks: after 400 years dates, weekdays and leap years are the same again
_LONGEST_RULE = 200
_LONGEST_SHOWN = 60

# the parts of an RFC 5545 rule that name days: largest number, and the frequencies the RFC allows them for
_NUMBERED = {
    "BYMONTH": (12, "DAILY WEEKLY MONTHLY YEARLY"),
    "BYMONTHDAY": (31, "DAILY MONTHLY YEARLY"),
    "BYYEARDAY": (366, "YEARLY"),
    "BYWEEKNO": (53, "YEARLY"),
    "BYSETPOS": (366, "WEEKLY MONTHLY YEARLY"),
}
_WRITTEN = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "UNTIL": "[0-9]{8}(T[0-9]{6}Z?)?",
    "BYDAY": "([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}


class RepeatEndedError(UsageError):
    """The repeat is right, and its last date is over."""


def next_date(every: str, due: date, after: date, first: date | None = None) -> date:
    """Return the first date of a repeat that is later than both `due` and `after`, counted from `first`, or `due`.

    With `!` at the end of `every` it counts from `after`, the day it was done, and `due` has no say.
    A month without that day has its last one instead (2027-01-31 every 1m: 02-28, then 03-31).

    Raises:
        RepeatEndedError: the UNTIL of an RFC 5545 rule is over.
        UsageError: `every` is no repeat, or has no date up to 2199 (a rule: within 50 years).
    """
    text = every.strip().lower() if every.isascii() and len(every) <= _LONGEST_RULE else ""
    start = after if text.endswith("!") else first or due
    floor = after if text.endswith("!") else max(start, due, after, _last_of_its_month(text, start, due))
    try:
        day = _first_later(text.removesuffix("!"), start, floor)
    except (ValueError, OverflowError):
        day = date.max
    if day is None:
        shown = " ".join(every.split())[:_LONGEST_SHOWN]
        raise UsageError(f"cannot read 'every:{shown}' as a repeat", f"what works: {_ACCEPTED}")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        hint = f"dates reach from {FIRST_YEAR} to {LAST_YEAR}: repeat sooner, as 5d, 2w, 3m or 1y"
        raise UsageError(f"'every:{text}' has no date after {after} up to {LAST_YEAR}", hint)
    return day


def repeat_in(text: str) -> str:
    """Return the repeat a text names, "" when it names none; UsageError for one without a value, and for two."""
    values = [word.partition(":")[2] for word in text.split() if word.lower().startswith("every:")]
    if len(values) > 1:
        raise UsageError(
            f"every:{values[0]} and every:{values[1]} in one line", "a line repeats in one way: take one out"
        )
    if values == [""]:
        raise UsageError("every: names no repeat", f"what works: {_ACCEPTED}")
    return values[0] if values else ""


def tells_its_rhythm(every: str, day: date, first: date) -> bool:
    """Say whether what follows `day` can be counted from it alone: it cannot in a month too short for `first`."""
    return day.day >= first.day or not re.fullmatch("[0-9]+[my]", every.strip().lower())


def rule(every: str, day: date, first: date) -> str:
    """Return the RFC 5545 rule that names `day` and all dates after it, "" where there is none that does exactly.

    `first` is the day the repeat is counted from. There is none for what counts from the day it was done (`!`), nor
    for a `day` that the repeat does not name, because it was put off.
    """
    text = every.strip().lower() if every.isascii() and len(every) <= _LONGEST_RULE else ""
    try:
        if text.endswith("!") or _first_later(text, first, day - timedelta(1)) != day:
            return ""
    except (UsageError, ValueError, OverflowError):
        return ""
    if match := re.fullmatch("([0-9]+)([dwmy])", text):
        return _rule_of_distance(int(match[1]), match[2], first)
    if text == "weekday":
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    which, _, name = text.rpartition("-")
    if name in WEEKDAY_NUMBERS:
        return f"FREQ={'MONTHLY' if which else 'WEEKLY'};BYDAY={_NUMBERS.get(which, '')}{name[:2].upper()}"
    return text.upper().removeprefix("RRULE:")


def _rule_of_distance(count: int, unit: str, first: date) -> str:
    """Return the rule of `2w`; a month too short for the first day has its last one instead."""
    parts = [f"FREQ={_FREQUENCIES[unit]}"]
    if count > 1:
        parts.append(f"INTERVAL={count}")
    if unit == "m" and first.day > _IN_EVERY_MONTH:
        days = ",".join(str(day) for day in range(_IN_EVERY_MONTH, first.day + 1))
        parts.append(f"BYMONTHDAY={days};BYSETPOS=-1")
    if unit == "y" and (first.month, first.day) == _LEAP_DAY:
        parts.append("BYMONTH=2;BYMONTHDAY=-1")
    return ";".join(parts)


def first_day(written: str) -> date:
    """Return the day a repeat is counted from, as its line says it (`due:2027-01-31`); UsageError."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        hint = "a repeat is counted from a day, as due:2027-01-31; without due: it is that of the line"
        raise UsageError(f"there is no day due:{' '.join(written.split())[:_LONGEST_SHOWN]}", hint) from None


def _first_later(repeat: str, start: date, floor: date) -> date | None:
    """Return the first date later than `floor`, which is not before `start`; None when `repeat` is none."""
    if match := re.fullmatch("([0-9]{1,4})([dwmy])", repeat):
        count = int(match[1])
        step = {"d": _after_days, "w": _after_days, "m": _after_months, "y": _after_months}[match[2]]
        return step(count * {"d": 1, "w": 7, "m": 1, "y": 12}[match[2]], start, floor) if count else None
    if repeat == "weekday":
        return floor + timedelta(7 - floor.weekday() if floor.weekday() >= _FRIDAY else 1)
    if repeat in WEEKDAY_NUMBERS:
        return floor + timedelta((WEEKDAY_NUMBERS[repeat] - floor.weekday() - 1) % 7 + 1)
    which, _, name = repeat.partition("-")
    if name in WEEKDAY_NUMBERS and (which in _ORDINALS or which == "last"):
        days = (_weekday_of_month(add_months(floor.replace(day=1), ahead), which, name) for ahead in range(2))
        return next(day for day in days if day > floor)
    return _by_rule(repeat.upper().removeprefix("RRULE:"), start, floor) if "freq=" in repeat else None


def _after_days(step: int, start: date, floor: date) -> date:
    return start + timedelta(((floor - start).days // step + 1) * step)


def _after_months(step: int, start: date, floor: date) -> date:
    whole = ((floor.year - start.year) * 12 + floor.month - start.month) // step * step
    day = add_months(start, whole)
    return day if day > floor else add_months(start, whole + step)


def _last_of_its_month(repeat: str, start: date, day: date) -> date:
    """Return the date of a repeat in the month of a day, where that is the last of a month too short; else the day.

    Such a line was put forward from it: of every other the day that it was put off from is `start`.
    """
    match = re.fullmatch("([0-9]{1,4})([my])", repeat)
    step = int(match[1]) * (12 if match[2] == "y" else 1) if match else 0
    months = (day.year - start.year) * 12 + day.month - start.month
    if not step or months % step or month_end(day).day >= start.day:
        return day
    return month_end(day)


def _weekday_of_month(first: date, which: str, name: str) -> date:
    if which == "last":
        end = month_end(first)
        return end - timedelta((end.weekday() - WEEKDAY_NUMBERS[name]) % 7)
    return first + timedelta((WEEKDAY_NUMBERS[name] - first.weekday()) % 7 + 7 * _ORDINALS[which])


def _by_rule(rule: str, start: date, floor: date) -> date:
    """Return the first date of an RFC 5545 rule later than `floor`."""
    parts = _parts(rule)
    if start.year < FIRST_YEAR:
        raise UsageError(f"a rule cannot count from {start}", f"give it a date from {FIRST_YEAR} on")
    horizon = date(floor.year + FARTHEST_YEARS, 12, 31)
    written = parts.pop("UNTIL", "")
    until = _until(written) if written else horizon
    bare = ";".join(f"{name}={value}" for name, value in parts.items())
    days = (each.date() for each in dates_of(bare, datetime.combine(start, time.min), floor))
    day = next((each for each in days if each > floor), None)
    if day and day <= min(until, horizon):
        return day
    if written and until < horizon:
        raise RepeatEndedError(
            f"'every:{rule}' has no date after {floor}", "it has ended: take out every:, or move UNTIL"
        )
    raise UsageError(f"'every:{rule}' names no date after {floor} up to {horizon}", f"what works: {_ACCEPTED}")


def _until(written: str) -> date:
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:
        raise UsageError(f"there is no such day as UNTIL={written}", "write it as UNTIL=20271231") from None


def dates_of(rule: str, start: datetime, near: date) -> Iterator[datetime]:
    """Yield what an RFC 5545 rule names, counted from `start`, up to fifty years after `near` and never for ever.

    It is sought in the same years of the last cycle of the calendar: dateutil looks for a day that a rule never names
    (30 February) until the year 9999, 6 s from 2026, 0.3 s from there. Whatever dateutil raises passes.
    """
    from dateutil.rrule import rrulestr

    ahead = (MAXYEAR - FARTHEST_YEARS - near.year) // _YEARS_A_CYCLE * _DAYS_A_CYCLE
    for found in rrulestr(rule, dtstart=start + ahead):
        yield found - ahead


def _parts(rule: str) -> dict[str, str]:
    """Return the parts of a rule, each once and well-formed, as RFC 5545 allows them for its frequency."""
    pairs = [part.partition("=") for part in rule.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs) or "FREQ" not in parts:
        raise UsageError(f"'every:{rule}' lacks FREQ or gives a part twice", f"what works: {_ACCEPTED}")
    for name, value in parts.items():
        if reason := _fault(name, value, parts["FREQ"]) or (name == "BYDAY" and _fault_of_ordinals(parts)):
            raise UsageError(f"'every:{rule}': {reason}", f"what works: {_ACCEPTED}")
    return parts


def _fault(name: str, value: str, frequency: str) -> str:
    """Return what is wrong with one part of a rule, "" when nothing is."""
    if name in _NUMBERED:
        return _fault_of_numbers(name, value, frequency)
    if name not in _WRITTEN:
        kept = "a line keeps only its next date, so COUNT cannot be kept; end it with UNTIL=20271231"
        return kept if name == "COUNT" else f"{name or 'nothing'} is not a part of a rule for days"
    words = value.split(",") if name == "BYDAY" else [value]
    if not all(re.fullmatch(_WRITTEN[name], word) for word in words):
        return f"{name} cannot be {value or 'empty'}"
    return ""


def _fault_of_ordinals(parts: dict[str, str]) -> str:
    ordinals = [int(number) for number in re.findall("[0-9]+", parts["BYDAY"])]
    if ordinals and (parts["FREQ"] not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        return f"a numbered weekday does not go with FREQ={parts['FREQ']}{' and BYWEEKNO' * ('BYWEEKNO' in parts)}"
    most = _WEEKS_A_YEAR if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else _WEEKS_A_MONTH
    return f"a weekday is numbered from 1 to {most} here" if max(ordinals, default=0) > most else ""


def _fault_of_numbers(name: str, value: str, frequency: str) -> str:
    largest, frequencies = _NUMBERED[name]
    lowest = 1 if name == "BYMONTH" else -largest
    numbers = [int(text) if re.fullmatch("[+-]?[0-9]{1,3}", text) else 0 for text in value.split(",")]
    if not all(number and lowest <= number <= largest for number in numbers):
        return f"{name} takes whole numbers from {lowest} to {largest}, without 0"
    return "" if frequency in frequencies.split() else f"{name} does not go with FREQ={frequency}"
