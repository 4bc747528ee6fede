from __future__ import annotations

from datetime import date
from datetime import datetime
from datetime import timedelta
from time import perf_counter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import UsageError
from crmtxt.model.repeat import RepeatEndedError
from crmtxt.model.repeat import next_date
from crmtxt.model.when import month_end

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
1m                                     2026-11-30 2026-11-30 2026-12-31
1m                                     2026-11-30 2027-01-31 2027-02-28
1m                                     2027-02-28 2027-02-28 2027-03-31
1m                                     2028-02-28 2028-02-28 2028-03-28
1m                                     2027-01-30 2027-01-30 2027-02-28
1m                                     2027-01-30 2027-02-28 2027-03-30
1m                                     2027-01-31 2027-03-30 2027-03-31
1m                                     2027-01-31 2027-03-31 2027-04-30
3m                                     2026-11-30 2026-11-30 2027-02-28
3m                                     2026-11-30 2027-02-28 2027-05-31
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


@given(st.integers(1, 40), DAYS)
def test_month_ends_stay_month_ends_and_other_days_keep_their_number(count: int, due: date) -> None:
    day = next_date(f"{count}m", due, due)
    ends = due == month_end(due)
    assert day.day == (month_end(day).day if ends else min(due.day, month_end(day).day))
    assert (day.year * 12 + day.month) - (due.year * 12 + due.month) == count


@given(st.sampled_from(ORDINALS), st.sampled_from(WEEKDAYS), DAYS, st.integers(0, 400))
def test_a_weekday_of_the_month_is_what_the_rule_says(ordinal: str, name: str, due: date, days: int) -> None:
    number = {"last": -1}.get(ordinal, ORDINALS.index(ordinal) + 1)
    rule = f"FREQ=MONTHLY;BYDAY={number}{name[:2].upper()}"
    after = due + timedelta(days)
    assert next_date(f"{ordinal}-{name}", due, after) == next_date(rule, due, after)
