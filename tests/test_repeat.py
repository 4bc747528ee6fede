from __future__ import annotations

from datetime import date
from datetime import datetime
from datetime import timedelta
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import UsageError
from crmtxt.model.repeat import RepeatEndedError
from crmtxt.model.repeat import next_date
from crmtxt.model.repeat import rule
from crmtxt.model.repeat import tells_its_rhythm
from crmtxt.model.when import month_end

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
ORDINALS = ("first", "second", "third", "fourth", "last")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# every, due, after, the next date
REPEATS = """
1d                                     2026-11-21 2026-11-21 2026-11-22
5d                                     2026-11-21 2026-11-21 2026-11-26
5d                                     2026-11-21 2026-11-26 2026-12-01
5d                                     2026-11-21 2027-01-01 2027-01-05
5d                                     2026-11-21 2026-11-10 2026-11-26
2w                                     2026-11-20 2026-11-21 2026-12-04
2W                                     2026-11-20 2026-12-04 2026-12-18
52w                                    2026-11-20 2026-11-20 2027-11-19
1m                                     2026-11-20 2026-11-21 2026-12-20
1m                                     2026-11-20 2026-12-20 2027-01-20
1m                                     2026-11-20 2026-12-19 2026-12-20
1m                                     2026-11-30 2026-11-30 2026-12-30
1m                                     2026-11-30 2027-01-31 2027-02-28
1m                                     2027-02-28 2027-02-28 2027-03-28
1m                                     2028-02-28 2028-02-28 2028-03-28
1m                                     2027-01-30 2027-01-30 2027-02-28
1m                                     2027-01-30 2027-02-28 2027-03-30
1m                                     2027-01-31 2027-03-30 2027-03-31
1m                                     2027-01-31 2027-03-31 2027-04-30
3m                                     2026-11-30 2026-11-30 2027-02-28
3m                                     2026-11-30 2027-02-28 2027-05-30
3m                                     2026-12-01 2026-11-28 2027-03-01
12m                                    2028-02-29 2028-02-29 2029-02-28
1y                                     2028-02-29 2028-02-29 2029-02-28
1y                                     2028-02-29 2031-12-31 2032-02-29
1y                                     2026-11-21 2030-01-01 2030-11-21
10y                                    2026-11-21 2026-11-21 2036-11-21
weekday                                2026-11-20 2026-11-20 2026-11-23
weekday                                2026-11-19 2026-11-19 2026-11-20
weekday                                2026-11-20 2026-11-21 2026-11-23
weekday                                2026-11-20 2026-11-22 2026-11-23
friday                                 2026-11-20 2026-11-20 2026-11-27
fri                                    2026-11-20 2026-11-21 2026-11-27
Friday                                 2026-11-20 2026-11-27 2026-12-04
last-friday                            2026-11-27 2026-11-27 2026-12-25
last-fri                               2026-11-01 2026-11-26 2026-11-27
last-friday                            2026-11-27 2026-12-31 2027-01-29
first-monday                           2026-11-02 2026-11-02 2026-12-07
second-tuesday                         2026-11-10 2026-11-10 2026-12-08
third-wednesday                        2026-11-18 2026-11-18 2026-12-16
fourth-sunday                          2026-11-01 2026-11-01 2026-11-22
FREQ=MONTHLY;BYDAY=-1FR                2026-11-27 2026-11-27 2026-12-25
freq=monthly;byday=-1fr                2026-11-27 2026-11-27 2026-12-25
RRULE:FREQ=MONTHLY;BYMONTHDAY=-1       2026-11-30 2026-11-30 2026-12-31
BYMONTHDAY=-1;FREQ=MONTHLY             2026-12-31 2027-01-31 2027-02-28
FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH     2026-11-23 2026-11-26 2026-12-07
FREQ=WEEKLY;WKST=SU                    2026-11-20 2026-11-20 2026-11-27
FREQ=DAILY;INTERVAL=10                 2026-11-20 2026-12-01 2026-12-10
FREQ=DAILY;BYMONTH=2                   2026-11-20 2026-12-01 2027-02-01
FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 2026-11-30 2026-11-30 2026-12-31
FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29    2024-02-29 2024-02-29 2028-02-29
FREQ=YEARLY;BYWEEKNO=50;BYDAY=MO       2026-11-20 2026-11-20 2026-12-07
FREQ=YEARLY;BYDAY=53TH                 2026-11-20 2026-11-20 2026-12-31
FREQ=YEARLY;BYMONTH=12;BYDAY=-1FR      2026-11-20 2026-11-20 2026-12-25
FREQ=YEARLY;BYYEARDAY=100              2026-11-20 2026-11-20 2027-04-10
FREQ=MONTHLY;UNTIL=20261231            2026-11-20 2026-11-20 2026-12-20
FREQ=MONTHLY;UNTIL=20261220T120000Z    2026-11-20 2026-11-20 2026-12-20
2w!                                    2026-11-20 2026-11-25 2026-12-09
2w!                                    2026-11-20 2026-11-01 2026-11-15
3m!                                    2026-11-20 2027-01-05 2027-04-05
friday!                                2026-12-25 2026-11-21 2026-11-27
FREQ=WEEKLY!                           2026-11-20 2026-11-25 2026-12-02
""".strip().splitlines()

REFUSED = [
    "",
    "!",
    "d",
    "0d",
    "-1d",
    "+1d",
    "5",
    "36h",
    "1.5w",
    "10000d",
    "9999y",
    "9999m",
    "5bd",
    "daily",
    "fridays",
    "week",
    "fifth-monday",
    "last",
    "last-",
    "last-month",
    "-friday",
    "last-friday-",
    "2w!!",
    "٥d",
    "FREQ=",
    "FREQ=HOURLY",
    "FREQ=MINUTELY;INTERVAL=1440",
    "FREQ=SECONDLY",
    "FREQ=DAILY;COUNT=3",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=9999999999999",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=DAILY;",
    "FREQ=DAILY;BYHOUR=1",
    "FREQ=DAILY;BYEASTER=0",
    "FREQ=DAILY;DTSTART=20260101",
    "FREQ=DAILY;UNTIL=20261340",
    "FREQ=DAILY;UNTIL=soon",
    "FREQ=DAILY;BYSETPOS=-6",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=6MO",
    "FREQ=MONTHLY;BYDAY=MO,-53FR",
    "FREQ=YEARLY;BYDAY=54MO",
    "FREQ=YEARLY;BYMONTH=12;BYDAY=6MO",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
    "FREQ=WEEKLY;BYDAY=",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYMONTHDAY=1",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTH=-1",
    "FREQ=MONTHLY;BYMONTH=13",
    "FREQ=MONTHLY;BYSETPOS=x",
    "FREQ=DAILY\nDTSTART:20260101",
    "RRULE:RRULE:FREQ=DAILY",
    "INTERVAL=2",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;INTERVAL=500",
    "FREQ=DAILY;" + "BYMONTH=1;" * 1000,
]


# every, the day it is counted from, due, after, the next date
COUNTED = """
1m                 2027-01-31 2027-02-28 2027-02-28 2027-03-31
1m                 2028-01-31 2028-02-29 2028-02-29 2028-03-31
1m                 2027-01-30 2027-02-28 2027-03-02 2027-03-30
1m                 2027-01-29 2027-02-28 2027-02-20 2027-03-29
3m                 2026-12-01 2026-12-04 2026-12-04 2027-03-01
3m                 2026-12-01 2026-12-04 2027-09-02 2027-12-01
1y                 2028-02-29 2031-02-28 2031-02-28 2032-02-29
2w                 2026-11-20 2026-11-24 2026-11-24 2026-12-04
2w                 2026-11-20 2026-11-18 2026-11-18 2026-12-04
2w                 2026-11-20 2026-12-08 2026-12-01 2026-12-18
2w!                2026-11-20 2026-11-24 2026-11-25 2026-12-09
friday             2026-11-27 2026-11-26 2026-11-26 2026-12-04
last-friday        2026-11-27 2026-11-25 2026-11-25 2026-12-25
weekday            2026-11-23 2026-11-20 2026-11-20 2026-11-24
FREQ=MONTHLY;BYMONTHDAY=-1     2026-11-30 2026-12-03 2026-12-03 2026-12-31
FREQ=WEEKLY;INTERVAL=2;BYDAY=MO 2026-11-23 2026-12-01 2026-12-01 2026-12-07
""".strip().splitlines()


@pytest.mark.parametrize("row", REPEATS, ids=lambda row: " ".join(row.split()))
def test_a_repeat_gives_its_next_date(row: str) -> None:
    every, due, after, expected = row.split()
    assert next_date(every, date.fromisoformat(due), date.fromisoformat(after)).isoformat() == expected


@pytest.mark.parametrize("every", REFUSED, ids=lambda every: ascii(every[:40]))
def test_what_is_no_repeat_is_refused_with_what_would_work(every: str) -> None:
    with pytest.raises(UsageError) as refusal:
        next_date(every, date(2026, 11, 21), date(2026, 11, 21))
    assert refusal.value.hint
    assert not isinstance(refusal.value, RepeatEndedError)
    assert len(refusal.value.message) < 400


def test_a_rule_that_is_over_says_so_in_a_way_of_its_own() -> None:
    with pytest.raises(RepeatEndedError) as refusal:
        next_date("FREQ=WEEKLY;UNTIL=20261201", date(2026, 11, 27), date(2026, 11, 27))
    assert refusal.value.message == "'every:FREQ=WEEKLY;UNTIL=20261201' has no date after 2026-11-27"


def test_a_count_is_refused_because_a_line_cannot_remember_it() -> None:
    with pytest.raises(UsageError, match="COUNT cannot be kept; end it with UNTIL"):
        next_date("FREQ=DAILY;COUNT=3", date(2026, 11, 21), date(2026, 11, 21))


@pytest.mark.parametrize("every", ["1d", "friday", "last-friday", "weekday", "1m", "FREQ=DAILY"])
def test_a_repeat_ends_with_the_calendar_of_the_program(every: str) -> None:
    with pytest.raises(UsageError):
        next_date(every, date(2199, 12, 31), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("every", "reason"),
    [
        ("9999y", "'every:9999y' has no date after 2026-11-21 up to 2199"),
        ("2x", "cannot read 'every:2x' as a repeat"),
        ("FREQ=DAILY;UNTIL=20260230", "there is no such day as UNTIL=20260230"),
        ("FREQ=DAILY;BYHOUR=1", "BYHOUR is not a part of a rule for days"),
        ("FREQ=WEEKLY;BYDAY=1MO", "a numbered weekday does not go with FREQ=WEEKLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with FREQ=WEEKLY"),
        ("FREQ=DAILY;BYMONTH=13", "BYMONTH takes whole numbers from 1 to 12"),
        ("FREQ=HOURLY", "FREQ cannot be HOURLY"),
        ("FREQ=DAILY;FREQ=WEEKLY", "gives a part twice"),
    ],
)
def test_the_message_says_what_is_wrong_with_a_repeat(every: str, reason: str) -> None:
    with pytest.raises(UsageError) as refusal:
        next_date(every, date(2026, 11, 21), date(2026, 11, 21))
    assert reason in refusal.value.message


def test_a_rule_cannot_count_from_before_the_calendar() -> None:
    with pytest.raises(UsageError, match="cannot count from 1000-01-01"):
        next_date("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", date(1000, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize(
    "every",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYMONTH=2;BYSETPOS=9;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366",
    ],
)
def test_a_rule_that_names_no_day_is_given_up_soon(every: str) -> None:
    start = perf_counter()
    with pytest.raises(UsageError, match="names no date"):
        next_date(every, date(2026, 11, 21), date(2026, 11, 21))
    assert perf_counter() - start < 2


def rules() -> st.SearchStrategy[str]:
    numbers = st.lists(st.integers(-60, 370), min_size=1, max_size=3).map(lambda items: ",".join(map(str, items)))
    part = st.one_of(
        st.tuples(st.sampled_from(["BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "INTERVAL"]), numbers),
        st.tuples(st.just("BYDAY"), st.sampled_from(["MO", "-1FR", "2TU,WE", "SA,SU", "5MO", "-53FR"])),
        st.tuples(st.just("UNTIL"), st.sampled_from(["20271231", "21000101", "20270101T000000Z", "20260230"])),
        st.tuples(st.just("WKST"), st.sampled_from(["MO", "SU"])),
    )
    frequency = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    return st.builds(
        lambda name, parts: ";".join([f"FREQ={name}", *(f"{key}={value}" for key, value in parts)]),
        frequency,
        st.lists(part, max_size=3),
    )


EVERY = st.one_of(
    st.text(),
    st.builds("{}{}".format, st.integers(0, 400), st.sampled_from(["d", "w", "m", "y", "m!", "d!"])),
    st.builds("{}-{}".format, st.sampled_from(ORDINALS), st.sampled_from(WEEKDAYS)),
    st.sampled_from([*WEEKDAYS, "weekday", "weekday!"]),
    rules(),
)


def next_date_or_refusal(every: str, due: date, after: date) -> date | UsageError:
    try:
        return next_date(every, due, after)
    except UsageError as refusal:
        return refusal


@settings(max_examples=200, deadline=None)
@given(EVERY, DAYS, st.integers(-400, 4000))
def test_a_repeat_is_refused_or_goes_forward(every: str, due: date, days: int) -> None:
    after = due + timedelta(days)
    found = next_date_or_refusal(every, due, after)
    if isinstance(found, UsageError):
        assert found.hint
    else:
        assert found > after
        assert found > due or every.strip().endswith("!")


@settings(max_examples=60, deadline=None)
@given(rules(), DAYS, st.integers(0, 800))
def test_a_rule_gives_what_dateutil_finds_in_its_own_years(rule: str, due: date, days: int) -> None:
    found = next_date_or_refusal(rule, due, due + timedelta(days))
    if isinstance(found, date):
        start = datetime(due.year, due.month, due.day)  # noqa: DTZ001 - dates have no zone
        after = start + timedelta(days)
        expected = rrulestr(rule.replace("T000000Z", ""), dtstart=start).after(after)
        assert expected is not None
        assert expected.date() == found


@given(st.integers(1, 40), st.sampled_from("dwmy"), DAYS, st.integers(0, 4000))
def test_no_date_of_a_duration_is_passed_over(count: int, unit: str, due: date, days: int) -> None:
    after = due + timedelta(days)
    every = f"{count}{unit}"
    day = next_date(every, due, after)
    assert next_date(every, due, day - timedelta(1)) == day
    assert next_date(every, due, day) > day
    longest = {"d": 1, "w": 7, "m": 31, "y": 366}[unit] * count
    assert day - after <= timedelta(longest)


@pytest.mark.parametrize("row", COUNTED, ids=lambda row: " ".join(row.split()))
def test_a_line_that_is_off_its_rhythm_is_counted_from_where_that_began(row: str) -> None:
    every, first, *days, expected = row.split()
    due, after = map(date.fromisoformat, days)
    assert next_date(every, due, after, date.fromisoformat(first)).isoformat() == expected


def dates_one_after_another(every: str, first: date, count: int) -> list[date]:
    """Return what a line becomes when it is done on its day, again and again."""
    found, start = [first], first
    for _ in range(count):
        found.append(next_date(every, found[-1], found[-1], start))
        start = found[-1] if tells_its_rhythm(every, found[-1], start) else start
    return found


@given(st.integers(1, 40), st.sampled_from("my"), DAYS)
def test_months_keep_their_day_and_short_ones_have_their_last(count: int, unit: str, first: date) -> None:
    months = count * {"m": 1, "y": 12}[unit]
    found = dates_one_after_another(f"{count}{unit}", first, min(12, 1000 // months))
    for number, day in enumerate(found):
        assert day.day == min(first.day, month_end(day).day)
        assert (day.year * 12 + day.month) - (first.year * 12 + first.month) == number * months


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["1m", "2m", "3m", "5m", "1y", "2y"]), DAYS, st.integers(1, 12), st.integers(0, 30), st.data())
def test_put_forward_within_its_month_a_date_does_not_come_once_more(
    every: str, first: date, nth: int, forward: int, data: st.DataObject
) -> None:
    *_, planned, following = dates_one_after_another(every, first, nth + 1)
    moved = max(planned - timedelta(forward), planned.replace(day=1))
    done = data.draw(st.dates(moved, planned))
    start = planned if tells_its_rhythm(every, planned, first) else first
    assert next_date(every, moved, done, start) == following


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.sampled_from("dwmy"), DAYS)
def test_the_nth_date_is_that_of_the_rule_of_the_calendar(count: int, unit: str, first: date) -> None:
    rule = {
        "d": f"FREQ=DAILY;INTERVAL={count}",
        "w": f"FREQ=WEEKLY;INTERVAL={count}",
        "m": f"FREQ=MONTHLY;INTERVAL={count}",
        "y": f"FREQ=YEARLY;INTERVAL={count};BYMONTH={first.month}",
    }[unit]
    if unit in "my" and first.day > 28:  # the last of the days there are up to the first one's
        rule += f";BYMONTHDAY={','.join(map(str, range(28, first.day + 1)))};BYSETPOS=-1"
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - dates have no zone
    found = dates_one_after_another(f"{count}{unit}", first, 60 // (count if unit in "my" else 1))
    assert found == [each.date() for each in islice(rrulestr(rule, dtstart=start), len(found))]


@given(st.sampled_from(ORDINALS), st.sampled_from(WEEKDAYS), DAYS, st.integers(0, 400))
def test_a_weekday_of_the_month_is_what_the_rule_says(ordinal: str, name: str, due: date, days: int) -> None:
    number = {"last": -1}.get(ordinal, ORDINALS.index(ordinal) + 1)
    rule = f"FREQ=MONTHLY;BYDAY={number}{name[:2].upper()}"
    after = due + timedelta(days)
    assert next_date(f"{ordinal}-{name}", due, after) == next_date(rule, due, after)


NINE = """---
name: Nine
---

## Next

- [ ] {line}
"""


@pytest.mark.parametrize(
    ("zone", "moment", "line", "expected"),
    [  # the first two: one moment, another day in the book; the others: the night the clocks change
        ("Pacific/Auckland", "2026-11-21T12:00", "2026-11-21 09:30 call: x every:1d", "2026-11-23 09:30"),
        ("America/New_York", "2026-11-21T02:00", "2026-11-19 09:30 call: x every:1d", "2026-11-21 09:30"),
        ("Europe/London", "2027-03-27T23:30", "2027-03-27 01:30 call: x every:1d", "2027-03-28 01:30"),
        ("Europe/London", "2026-10-24T22:30", "2026-10-24 01:30 call: x every:1d", "2026-10-25 01:30"),
        ("Europe/London", "2026-10-24T23:30", "2026-10-24 01:30 call: x every:1d!", "2026-10-26 01:30"),
    ],
)
def test_a_repeat_counts_the_days_of_the_book_and_keeps_the_time_on_the_wall(
    crmtxt: Prompt, book: Path, monkeypatch: pytest.MonkeyPatch, *, zone: str, moment: str, line: str, expected: str
) -> None:
    monkeypatch.setattr("crmtxt.session.clock", lambda: datetime.fromisoformat(f"{moment}+00:00"))
    settings_file = book / "crmtxt.yaml"
    settings_file.write_text(settings_file.read_text().replace("Europe/London", zone))
    file = book / "customers" / "nine.md"
    file.write_text(NINE.format(line=line))
    ref = crmtxt("crmtxt due --until 2027-12-31 handle:nine --format {ref}").stdout.strip()
    assert crmtxt(f"crmtxt done {ref}").code == 0
    assert f"- [ ] {expected} call" in file.read_text()
    assert crmtxt("crmtxt undo").code == 0
    assert file.read_text() == NINE.format(line=line)


def test_a_repeat_missed_for_a_year_comes_once_and_done_is_one_commit(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "nine.md"
    file.write_text(NINE.format(line="2025-11-20 call: x every:1w"))
    ref = crmtxt("crmtxt due handle:nine --format {ref}").stdout.strip()
    answer = crmtxt(f"crmtxt done {ref}")
    assert answer.stderr.count("committed") == 1
    assert [line for line in file.read_text().splitlines() if line.startswith("- ")] == [
        "- [ ] 2026-11-26 call: x every:1w",
        "- 2026-11-21 call by @sam: x",
    ]


@pytest.mark.parametrize("every", ["2w", "1m", "last-friday", "FREQ=DAILY;INTERVAL=3"])
def test_a_repeat_has_one_reference_however_often_it_is_put_off(crmtxt: Prompt, book: Path, every: str) -> None:
    file = book / "customers" / "nine.md"
    file.write_bytes(NINE.format(line=f"2026-11-27 call: x every:{every}  ").replace("\n", "\r\n").encode())
    before = file.read_bytes()
    ref = crmtxt("crmtxt due --until eoy handle:nine --format {ref}").stdout.strip()
    for day in ("2026-12-03", "2026-12-24", "2026-11-25"):
        assert crmtxt(f"crmtxt snooze {ref} {day}").code == 0
        assert f"- [ ] {day} call: x every:{every} due:2026-11-27  \r\n".encode() in file.read_bytes()
    assert crmtxt(f"crmtxt snooze {ref} 2026-11-27").code == 0
    assert file.read_bytes() == before


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.builds("{}{}".format, st.integers(1, 30), st.sampled_from("dwmy")),
        st.builds("{}-{}".format, st.sampled_from(ORDINALS), st.sampled_from(WEEKDAYS)),
        st.sampled_from((*WEEKDAYS, "weekday", "freq=monthly;bymonthday=-2", "freq=weekly;interval=2;byday=mo,fr")),
    ),
    DAYS,
    st.integers(0, 3),
)
def test_the_rule_of_a_repeat_names_the_same_days(every: str, first: date, passed: int) -> None:
    day = first
    for _ in range(passed):
        day = next_date(every, day, day, first)
    said = rule(every, day, first)
    if not said:
        assert passed == 0
        assert "-" in every or every in {*WEEKDAYS, "weekday"} or "=" in every  # begun on a day it does not name
        return
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - dates have no zone
    found = [day]
    while len(found) < 8 and found[-1].year < 2160:
        found.append(next_date(every, found[-1], found[-1], first))
    assert [each.date() for each in islice(rrulestr(said, dtstart=start), len(found))] == found


@pytest.mark.parametrize(
    ("every", "day", "first"),
    [
        ("2w!", "2026-11-21", "2026-11-21"),  # from the day it is done
        ("2w", "2026-11-25", "2026-11-20"),  # put off
        ("friday", "2026-11-24", "2026-11-24"),  # a Tuesday
        ("freq=weekly;until=20261101", "2026-11-20", "2026-10-02"),  # ended
        ("0d", "2026-11-21", "2026-11-21"),
        ("soon", "2026-11-21", "2026-11-21"),
        ("1w" * 200, "2026-11-21", "2026-11-21"),
    ],
)
def test_what_no_rule_says_exactly_has_none(every: str, day: str, first: str) -> None:
    assert rule(every, date.fromisoformat(day), date.fromisoformat(first)) == ""


@pytest.mark.parametrize(
    ("line", "forward", "following"),
    [
        ("2027-02-28 call: x every:1m due:2027-01-31", "2027-02-24", "2027-03-31 call: x every:1m"),
        ("2026-11-30 call: x every:1m due:2026-10-31", "2026-11-23", "2026-12-31 call: x every:1m"),
        ("2027-06-30 call: x every:2m due:2026-12-31", "2027-06-01", "2027-08-31 call: x every:2m"),
        ("2027-02-28 call: x every:1y due:2024-02-29", "2027-02-20", "2028-02-29 call: x every:1y"),
        ("2027-02-28 call: x every:1m due:2027-01-30", "2027-02-24", "2027-03-30 call: x every:1m"),
    ],
)
def test_what_is_put_forward_in_a_month_too_short_for_its_day_comes_the_next_time_after(
    crmtxt: Prompt, book: Path, *, line: str, forward: str, following: str
) -> None:
    file = book / "customers" / "nine.md"
    file.write_text(NINE.format(line=line))
    ref = crmtxt("crmtxt due --until 2027-12-31 handle:nine --format {ref}").stdout.strip()
    assert crmtxt(f"crmtxt snooze {ref} {forward}").code == 0
    assert crmtxt(f"crmtxt done {ref}").code == 0
    assert f"- [ ] {following}\n" in file.read_text()


@pytest.mark.parametrize(
    ("command", "lines", "says"),
    [
        (
            "broken",
            [
                "- [ ] 2026-11-24 promise to @jo: figures every:1w",
                "- 2026-11-21 broken to @jo by @sam: figures due:2026-11-10",
            ],
            "next: Tue 2026-11-24",
        ),
        (
            "cancel",
            ["- 2026-11-21 void to @jo by @sam: figures due:2026-11-10"],
            "it comes no more: every:1w has ended with it",
        ),
    ],
)
def test_a_promise_that_was_broken_comes_again_one_called_off_does_not_and_says_so(
    crmtxt: Prompt, book: Path, command: str, lines: list[str], says: str
) -> None:
    file = book / "customers" / "nine.md"
    file.write_text(NINE.format(line="2026-11-10 promise to @jo: figures every:1w"))
    before = file.read_bytes()
    answer = crmtxt(f"crmtxt {command} {crmtxt('crmtxt due handle:nine --format {ref}').stdout.strip()}")
    assert says in answer.stderr
    assert [line for line in file.read_text().splitlines() if line.startswith("- ")] == lines
    assert crmtxt("crmtxt undo").code == 0
    assert file.read_bytes() == before


def test_the_case_of_every_does_not_matter(crmtxt: Prompt, book: Path) -> None:
    (book / "customers" / "nine.md").write_text(NINE.format(line="2026-11-20 call: x Every:1w"))
    assert crmtxt("crmtxt due handle:nine --format {every}").stdout == "1w\n"
