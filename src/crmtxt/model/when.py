"""Dates in words: a closed grammar that refuses what it cannot read exactly, and says what would work.

Weeks run from Monday to Sunday. What a phrase means where people differ:

- A bare weekday is the next such day after today, never today; `this fri` is the one of this week, even when it is
  over; `next tue` the one of next week; `last fri` the latest before today. A weekday may stand before a date and must
  then agree with it: `fri 27 nov`.
- A day without its year, `q1` and `end of jan` are the nearest to come; what falls on today counts as to come.
- eod, eow (Sunday), eoww (Friday), eom, eoq and eoy end the period today is in and are never past: on a Saturday
  eoww is the Friday to come. som, soq and soy start the next month, quarter and year.
- `+1m` and `+1y` keep the day, or take the last one of a shorter month. `+1bd` on a Saturday is Monday: working days
  are Monday to Friday, holidays are not known. `2026-w50` is the Monday of that ISO week.
"""

from __future__ import annotations

import re
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

FIRST_YEAR = 1900
LAST_YEAR = 2199
LONGEST_PHRASE = 5

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH_NUMBERS = {name: number for number, full in enumerate(MONTHS, 1) for name in (full, full[:3])}
WEEKDAY_NUMBERS = {name: number for number, full in enumerate(WEEKDAYS) for name in (full, full[:3])}

_ACCEPTED = "2026-12-03, today, fri, next tue, 3 dec, +2w, in 2 weeks, 3 days ago, eow, eom, 2026-w50 or q1"
_UNITS = {name + ending: name[0] for name in ("day", "week", "month", "year") for ending in ("", "s")}
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
_DAYS_IN = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": 30.4375, "y": 365.25}
_FRIDAY = 4
_SUNDAY = 6
_WORKING_DAYS = 5
_MONTHS_A_YEAR = 12
_LONGEST_SHOWN = 40


def parse_date(words: str, today: date) -> date:
    """Return the day that words such as `next tue`, `3 dec` or `+2w` mean, seen from `today`.

    Raises:
        UsageError: the words are no date, or there is no such day from 1900 to 2199.
    """
    phrase = words.lower().split()
    shown = " ".join(words.split())[:_LONGEST_SHOWN]
    if not phrase:
        raise UsageError("there is no date", f"what works: {_ACCEPTED}")
    try:
        day = _read(phrase, today) if words.isascii() and len(phrase) <= LONGEST_PHRASE else None
    except (ValueError, OverflowError):
        hint = f"dates are days of the calendar from {FIRST_YEAR} to {LAST_YEAR}, as {_ACCEPTED}"
        raise UsageError(f"there is no such day as '{shown}'", hint) from None
    if day is None:
        raise UsageError(f"cannot read '{shown}' as a date", _what_would_work(" ".join(phrase)))
    return day


def leading_date(words: Sequence[str], today: date) -> tuple[date, int] | None:
    """Return the date that the first words mean and how many words it takes: as many as possible, at most five.

    None when they begin with no date or an impossible one (`29 feb 2027` is not cut to `29 feb`).
    """
    first = [word.lower() if word.isascii() else "" for word in words[:LONGEST_PHRASE]]
    for count in range(len(first), 0, -1):
        try:
            day = _read(first[:count], today)
        except (ValueError, OverflowError, UsageError):
            return None
        if day:
            return day, count
    return None


def describe(day: date, today: date) -> str:
    """Return a day with its weekday and its distance from `today`: `Fri 2026-11-27 (in 6 days)`."""
    ahead = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    distance = near.get(ahead) or (f"in {ahead} days" if ahead > 0 else f"{-ahead} days ago")
    return f"{WEEKDAYS[day.weekday()][:3].title()} {day.isoformat()} ({distance})"


def duration_days(text: str) -> float:
    """Return the length in days of a duration such as `36h`, `5d`, `2w`, `3m` (30.4375 days each) or `1y` (365.25).

    Raises:
        UsageError: the text is no duration.
    """
    match = re.fullmatch(r"([0-9]{1,6})([hdwmy])", text.strip().lower(), re.ASCII)
    if not match:
        hint = "a duration is a whole number and h, d, w, m or y: 36h, 5d, 2w, 3m, 1y"
        raise UsageError(f"cannot read '{' '.join(text.split())[:_LONGEST_SHOWN]}' as a duration", hint)
    return int(match[1]) * _DAYS_IN[match[2]]


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later (earlier when negative), or the last one of a shorter month.

    Raises:
        ValueError: outside the calendar.
    """
    index = _month_index(day) + months
    return _first_of(index).replace(day=min(day.day, month_end(_first_of(index)).day))


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return _first_of(_month_index(day) + 1) - timedelta(1)


def _read(words: Sequence[str], today: date) -> date | None:
    """Return the day, None when the words have not the form of a date; ValueError or OverflowError: no such day."""
    if len(words) == 1:
        day = _single_word(words[0], today)
    else:
        readers = (_calendar_day, _distance, _weekday_of_a_week, _end_of, _weekday_and_day)
        day = next((found for read in readers if (found := read(words, today))), None)
    if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(day)
    return day


def _single_word(word: str, today: date) -> date | None:
    if word in _NAMED:
        return _NAMED[word](today)
    if word in WEEKDAY_NUMBERS:
        return today + timedelta((WEEKDAY_NUMBERS[word] - today.weekday() - 1) % 7 + 1)
    if match := re.fullmatch(r"([+-][0-9]{1,9})(bd|[dwmy])", word):
        return _shifted(today, int(match[1]), match[2])
    if match := re.fullmatch(r"q([1-4])", word):
        start = date(today.year, int(match[1]) * 3 - 2, 1)
        return start if start >= today else add_months(start, _MONTHS_A_YEAR)
    return _iso(word)


def _iso(word: str) -> date | None:
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", word):
        return date(int(match[1]), int(match[2]), int(match[3]))
    match = re.fullmatch(r"([0-9]{4})-w([0-9]{2})", word)
    return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None


def _calendar_day(words: Sequence[str], today: date) -> date | None:
    """Read `3 dec`, `dec 3`, `3 dec 2027` and `dec 3 2027`."""
    match [_form(word) for word in words]:
        case ["N", "MONTH"] | ["N", "MONTH", "YEAR"]:
            day, month = words[:2]
        case ["MONTH", "N"] | ["MONTH", "N", "YEAR"]:
            month, day = words[:2]
        case _:
            return None
    if len(words) > len((month, day)):
        return date(int(words[-1]), MONTH_NUMBERS[month], int(day))
    return _coming(MONTH_NUMBERS[month], int(day), today)


def _form(word: str) -> str:
    if word in MONTH_NUMBERS:
        return "MONTH"
    return {1: "N", 2: "N", 4: "YEAR"}.get(len(word), "") if word.isdigit() else ""


def _coming(month: int, number: int, today: date) -> date:
    """Return the first such day from `today` on; the next 29 February is at most eight years away."""
    for year in range(today.year, today.year + 9):
        start = date(year, month, 1)
        if 1 <= number <= month_end(start).day and start.replace(day=number) >= today:
            return start.replace(day=number)
    raise ValueError(number)


def _distance(words: Sequence[str], today: date) -> date | None:
    """Read `in 2 weeks`, `in a week`, `3 days ago` and `a week ago`."""
    match words:
        case ["in", count, unit]:
            sign = 1
        case [count, unit, "ago"]:
            sign = -1
        case _:
            return None
    if unit not in _UNITS or not re.fullmatch("a|[0-9]{1,9}", count):
        return None
    return _shifted(today, sign * (1 if count == "a" else int(count)), _UNITS[unit])


def _weekday_of_a_week(words: Sequence[str], today: date) -> date | None:
    """Read `this fri`, `next tue` and `last fri`."""
    which, name = words[0], words[-1]
    if len(words) != len((which, name)) or name not in WEEKDAY_NUMBERS:
        return None
    day = today + timedelta(WEEKDAY_NUMBERS[name] - today.weekday())
    if which == "last":
        return day if day < today else day - timedelta(7)
    return {"this": day, "next": day + timedelta(7)}.get(which)


def _end_of(words: Sequence[str], today: date) -> date | None:
    """Read `end of month`, `end of dec` and the like."""
    match words:
        case ["end", "of", "week"]:
            return _NAMED["eow"](today)
        case ["end", "of", period] if period in _MONTHS_IN:
            return _next_start(today, _MONTHS_IN[period]) - timedelta(1)
        case ["end", "of", name] if name in MONTH_NUMBERS:
            return month_end(add_months(today.replace(day=1), (MONTH_NUMBERS[name] - today.month) % _MONTHS_A_YEAR))
        case _:
            return None


def _weekday_and_day(words: Sequence[str], today: date) -> date | None:
    """Read `fri 27 nov` and `fri 2026-11-27`, where both must agree."""
    if words[0] not in WEEKDAY_NUMBERS:
        return None
    day = _calendar_day(words[1:], today) if words[2:] else _iso(words[1])
    if day and day.weekday() != WEEKDAY_NUMBERS[words[0]]:
        hint = f"leave out the weekday, or write '{words[0]}' alone for the next one"
        raise UsageError(f"{day} is no {words[0].title()} but a {WEEKDAYS[day.weekday()].title()}", hint)
    return day


def _shifted(today: date, count: int, unit: str) -> date:
    match unit:
        case "d" | "w":
            return today + timedelta(count * (1 if unit == "d" else 7))
        case "bd":
            return _working_days_on(today, count)
        case _:
            return add_months(today, count * (1 if unit == "m" else _MONTHS_A_YEAR))


def _working_days_on(today: date, count: int) -> date:
    if not count:
        raise UsageError("no working days is not a distance", "write today, +1bd for the next working day, or -1bd")
    weekend = max(0, today.weekday() - _FRIDAY)
    if count > 0:
        start = today - timedelta(weekend)
    else:
        start = today + timedelta(_SUNDAY + 1 - today.weekday() if weekend else 0)
    weeks, days = divmod(start.weekday() + count, _WORKING_DAYS)
    return start + timedelta(weeks * 7 + days - start.weekday())


def _month_index(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1


def _first_of(month_index: int) -> date:
    return date(month_index // _MONTHS_A_YEAR, month_index % _MONTHS_A_YEAR + 1, 1)


def _next_start(today: date, months: int) -> date:
    """Return the first day of the next month (1), quarter (3) or year (12)."""
    return _first_of((_month_index(today) // months + 1) * months)


_NAMED: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "tomorrow": lambda today: today + timedelta(1),
    "yesterday": lambda today: today - timedelta(1),
    "eod": lambda today: today,
    "eow": lambda today: today + timedelta(_SUNDAY - today.weekday()),
    "eoww": lambda today: today + timedelta((_FRIDAY - today.weekday()) % 7),
    "eom": lambda today: _next_start(today, 1) - timedelta(1),
    "eoq": lambda today: _next_start(today, 3) - timedelta(1),
    "eoy": lambda today: _next_start(today, 12) - timedelta(1),
    "som": lambda today: _next_start(today, 1),
    "soq": lambda today: _next_start(today, 3),
    "soy": lambda today: _next_start(today, 12),
}


def _what_would_work(phrase: str) -> str:
    if match := re.fullmatch(r"([0-9]{1,2})[./-]([0-9]{1,2})([./-]([0-9]{4}|[0-9]{2})?)?", phrase):
        readings = dict.fromkeys(
            f"{int(day)} {MONTHS[int(month) - 1][:3]}"
            for day, month in ((match[1], match[2]), (match[2], match[1]))
            if 1 <= int(month) <= len(MONTHS)
        )
        if readings:
            return f"day and month trade places from country to country: write {' or '.join(readings)}, or the ISO date"
    if re.fullmatch(r"[0-9]{1,9}(bd|[dwmy])", phrase):
        return f"write +{phrase} for what is to come, -{phrase} for what is past"
    if phrase in MONTH_NUMBERS:
        return f"say which day: 3 {phrase[:3]}, or end of {phrase[:3]}"
    near = nearest(phrase, [*WEEKDAYS, "today", "tomorrow", "yesterday"])
    return f"did you mean '{near}'? what works: {_ACCEPTED}" if near else f"what works: {_ACCEPTED}"
