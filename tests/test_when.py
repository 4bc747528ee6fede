from __future__ import annotations

import re
from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import UsageError
from crmtxt.model.when import MONTH_NUMBERS
from crmtxt.model.when import WEEKDAY_NUMBERS
from crmtxt.model.when import add_months
from crmtxt.model.when import describe
from crmtxt.model.when import duration_days
from crmtxt.model.when import leading_date
from crmtxt.model.when import month_end
from crmtxt.model.when import parse_date

SATURDAY = date(2026, 11, 21)
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))

READ = """
2026-12-03           2026-12-03
1900-01-01           1900-01-01
2199-12-31           2199-12-31
2028-02-29           2028-02-29
today                2026-11-21
TODAY                2026-11-21
tomorrow             2026-11-22
yesterday            2026-11-20
sun                  2026-11-22
mon                  2026-11-23
tue                  2026-11-24
wed                  2026-11-25
thu                  2026-11-26
fri                  2026-11-27
sat                  2026-11-28
Friday               2026-11-27
saturday             2026-11-28
next mon             2026-11-23
next tue             2026-11-24
next sat             2026-11-28
next sunday          2026-11-29
this fri             2026-11-20
this sat             2026-11-21
this sunday          2026-11-22
last fri             2026-11-20
last sat             2026-11-14
last sunday          2026-11-15
last monday          2026-11-16
3 dec                2026-12-03
03 dec               2026-12-03
dec 3                2026-12-03
3 December           2026-12-03
Dec   3              2026-12-03
21 nov               2026-11-21
20 nov               2027-11-20
1 jan                2027-01-01
may 1                2027-05-01
29 feb               2028-02-29
31 dec               2026-12-31
3 dec 2027           2027-12-03
dec 3 2027           2027-12-03
3 dec 2020           2020-12-03
29 feb 2028          2028-02-29
fri 27 nov           2026-11-27
fri nov 27           2026-11-27
fri 27 nov 2026      2026-11-27
Fri 2026-11-27       2026-11-27
+0d                  2026-11-21
+3d                  2026-11-24
-3d                  2026-11-18
+2w                  2026-12-05
-1w                  2026-11-14
+1m                  2026-12-21
-1m                  2026-10-21
+13m                 2027-12-21
+1y                  2027-11-21
-1y                  2025-11-21
+1bd                 2026-11-23
+5bd                 2026-11-27
+6bd                 2026-11-30
+10bd                2026-12-04
-1bd                 2026-11-20
-5bd                 2026-11-16
-6bd                 2026-11-13
in 1 day             2026-11-22
in 3 days            2026-11-24
in 2 weeks           2026-12-05
in a week            2026-11-28
in a month           2026-12-21
in 3 months          2027-02-21
in 1 year            2027-11-21
in 1000 days         2029-08-17
3 days ago           2026-11-18
a week ago           2026-11-14
2 weeks ago          2026-11-07
1 month ago          2026-10-21
a year ago           2025-11-21
eod                  2026-11-21
eow                  2026-11-22
eoww                 2026-11-27
eom                  2026-11-30
eoq                  2026-12-31
eoy                  2026-12-31
som                  2026-12-01
soq                  2027-01-01
soy                  2027-01-01
end of week          2026-11-22
end of month         2026-11-30
end of quarter       2026-12-31
end of year          2026-12-31
end of nov           2026-11-30
end of december      2026-12-31
end of jan           2027-01-31
end of feb           2027-02-28
end of october       2027-10-31
2026-w50             2026-12-07
2026-W53             2026-12-28
2027-w01             2027-01-04
q1                   2027-01-01
q2                   2027-04-01
Q4                   2027-10-01
""".strip().splitlines()

REFUSED = [
    "",
    "   ",
    "3/12",
    "3/12/2026",
    "03.12.2026",
    "03.12.",
    "3-12",
    "2026/12/03",
    "20261203",
    "2026-12",
    "2026-13-01",
    "2026-00-10",
    "2026-02-30",
    "2026-1-1",
    "1899-12-31",
    "2200-01-01",
    "0000-01-01",
    "may",
    "may be",
    "mar",
    "december",
    "soon",
    "now",
    "next",
    "next week",
    "next dec",
    "last",
    "31 feb",
    "30 feb 2028",
    "29 feb 2027",
    "0 dec",
    "32 dec",
    "003 dec",
    "3rd dec",
    "dec 3rd",
    "3 dec 27",
    "3 dec 1899",
    "3 dec 2200",
    "3 dec, 2027",
    "2027 dec 3",
    "3d",
    "2w",
    "+d",
    "+3",
    "+3x",
    "+3h",
    "+ 3d",
    "++3d",
    "+0bd",
    "+999999999d",
    "-999999999d",
    "+999999999bd",
    "+999999999y",
    "+99999999999999999999d",
    "in 2",
    "in two weeks",
    "in a weak",
    "in -2 weeks",
    "in 999999999 years",
    "3 days",
    "ago",
    "days ago",
    "end of",
    "end of time",
    "end of dec 2027",
    "2026-w00",
    "2025-w53",
    "2026-w54",
    "2026-w5",
    "2026w50",
    "2200-w02",
    "q0",
    "q5",
    "q1 2027",
    "tues",
    "fri fri",
    "sat 27 nov",
    "fri 2026-11-28",
    "today tomorrow",
    "+3d please",
    "３ dec",
    "٣ dec",
    "2026-12-0३",
    "ﬁri",
    "to\u200bday",
    "\x00",
    "3 dec\x002027",
    "a " * 4000,
    "9" * 5000,
]


@pytest.mark.parametrize("row", READ)
def test_a_phrase_is_the_day_it_says(row: str) -> None:
    phrase, _, expected = row.rpartition(" ")
    assert parse_date(phrase.strip(), SATURDAY).isoformat() == expected


@pytest.mark.parametrize("phrase", REFUSED, ids=lambda phrase: ascii(phrase[:20]))
def test_what_is_no_exact_date_is_refused_with_what_would_work(phrase: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_date(phrase, SATURDAY)
    assert refusal.value.hint
    assert len(refusal.value.message) < 120


@pytest.mark.parametrize(
    ("phrase", "hint"),
    [
        ("3/12", "write 3 dec or 12 mar"),
        ("03.12.2026", "write 3 dec or 12 mar"),
        ("25/12", "write 25 dec,"),
        ("5.5.", "write 5 may,"),
        ("3d", "write +3d for what is to come, -3d"),
        ("may", "3 may, or end of may"),
        ("tomorow", "did you mean 'tomorrow'?"),
        ("soon", "what works: 2026-12-03"),
        ("fri 2026-11-28", "leave out the weekday"),
    ],
)
def test_the_hint_fits_the_slip(phrase: str, hint: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_date(phrase, SATURDAY)
    assert hint in refusal.value.hint


@pytest.mark.parametrize(
    ("today", "phrase", "expected"),
    [
        ("2026-11-22", "eow", "2026-11-22"),
        ("2026-11-22", "next mon", "2026-11-23"),
        ("2026-11-23", "next mon", "2026-11-30"),
        ("2026-11-23", "mon", "2026-11-30"),
        ("2026-11-27", "eoww", "2026-11-27"),
        ("2026-11-30", "eom", "2026-11-30"),
        ("2026-12-01", "som", "2027-01-01"),
        ("2026-12-31", "soy", "2027-01-01"),
        ("2027-01-01", "q1", "2027-01-01"),
        ("2027-01-02", "q1", "2028-01-01"),
        ("2027-01-31", "+1m", "2027-02-28"),
        ("2028-02-29", "+1y", "2029-02-28"),
        ("2028-02-29", "29 feb", "2028-02-29"),
        ("2096-03-01", "29 feb", "2104-02-29"),
        ("2027-01-31", "end of feb", "2027-02-28"),
        ("2027-02-28", "end of feb", "2027-02-28"),
        ("2026-11-22", "+1bd", "2026-11-23"),
        ("2026-11-22", "-1bd", "2026-11-20"),
        ("2026-11-27", "+1bd", "2026-11-30"),
        ("2026-11-23", "-1bd", "2026-11-20"),
    ],
)
def test_edges_of_weeks_months_and_years(today: str, phrase: str, expected: str) -> None:
    assert parse_date(phrase, date.fromisoformat(today)).isoformat() == expected


@pytest.mark.parametrize("phrase", ["tomorrow", "eoq", "+1d", "soy", "mon", "in a month", "1 jan", "fri 1 jan"])
def test_no_date_leaves_the_calendar_of_the_program(phrase: str) -> None:
    with pytest.raises(UsageError):
        parse_date(phrase, date(2199, 12, 31)) if phrase != "eoq" else parse_date("eoq", date(2200, 1, 1))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("fri promise: send the quote", ("2026-11-27", 1)),
        ("+2w call jane: how did it go", ("2026-12-05", 1)),
        ("next tue call jane", ("2026-11-24", 2)),
        ("3 dec 2027 call", ("2027-12-03", 3)),
        ("3 dec call", ("2026-12-03", 2)),
        ("dec 3 27 people come", ("2026-12-03", 2)),
        ("in 2 weeks task", ("2026-12-05", 3)),
        ("a week ago they wrote", ("2026-11-14", 3)),
        ("end of december call", ("2026-12-31", 3)),
        ("Fri 27 Nov 2026 call", ("2026-11-27", 4)),
        ("sat", ("2026-11-28", 1)),
        ("2026-12-03", ("2026-12-03", 1)),
        ("today today", ("2026-11-21", 1)),
        ("may call jane", None),
        ("mar is the month", None),
        ("dec", None),
        ("call fri", None),
        ("next call", None),
        ("in touch", None),
        ("a week", None),
        ("29 feb 2027 call", None),
        ("31 feb call", None),
        ("sat 27 nov call", None),
        ("+999999999d call", None),
        ("３ dec", None),
        ("", None),
    ],
)
def test_the_longest_date_at_the_beginning_is_taken(words: str, expected: tuple[str, int] | None) -> None:
    found = leading_date(words.split(), SATURDAY)
    assert (found and (found[0].isoformat(), found[1])) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-27", "Fri 2026-11-27 (in 6 days)"),
        ("2026-11-21", "Sat 2026-11-21 (today)"),
        ("2026-11-22", "Sun 2026-11-22 (tomorrow)"),
        ("2026-11-20", "Fri 2026-11-20 (yesterday)"),
        ("2026-11-18", "Wed 2026-11-18 (3 days ago)"),
        ("2027-11-21", "Sun 2027-11-21 (in 365 days)"),
    ],
)
def test_a_day_is_described_with_weekday_and_distance(day: str, expected: str) -> None:
    assert describe(date.fromisoformat(day), SATURDAY) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [("36h", 1.5), ("5d", 5), ("2w", 14), ("3m", 91.3125), ("1y", 365.25), ("0d", 0), (" 2W ", 14)],
)
def test_a_duration_is_a_number_of_days(text: str, days: float) -> None:
    assert duration_days(text) == days


@pytest.mark.parametrize("text", ["", "5", "d", "-5d", "+5d", "1.5d", "5 d", "5bd", "5days", "٥d", "1" * 9 + "d"])
def test_what_is_no_duration_is_refused_with_what_would_work(text: str) -> None:
    with pytest.raises(UsageError, match="as a duration") as refusal:
        duration_days(text)
    assert "36h" in refusal.value.hint


VOCABULARY = [
    *MONTH_NUMBERS,
    *WEEKDAY_NUMBERS,
    *re.findall(
        r"\S+",
        "next last this in a ago end of week weeks days month year +3d -10bd +9999y 2026-w53 q1  today "
        "eow 0 1 29 31 99 2027 1900 2199 2028-02-29 9999-12-31 999999999",
    ),
]


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join)), DAYS)
def test_any_text_is_a_date_or_is_refused(text: str, today: date) -> None:
    try:
        day = parse_date(text, today)
    except UsageError as refusal:
        day, hint = None, refusal.hint
    else:
        hint = "none needed"
    assert hint
    assert day is None or 1900 <= day.year <= 2199
    assert day is None or leading_date(text.split(), today) == (day, len(text.split()))


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(VOCABULARY), st.text()), max_size=7), DAYS)
def test_the_words_taken_at_the_beginning_read_as_the_same_date(words: list[str], today: date) -> None:
    if found := leading_date(words, today):
        day, count = found
        assert 1 <= count <= 5
        assert parse_date(" ".join(words[:count]), today) == day


@given(DAYS, DAYS)
def test_every_way_to_write_a_day_in_full_reads_back(day: date, today: date) -> None:
    month = [name for name, number in MONTH_NUMBERS.items() if number == day.month][1 if day.month != 5 else 0]
    for phrase in (
        f"{day}",
        f"{day.day} {month} {day.year}",
        f"{month} {day.day} {day.year}",
        f"{(day - today).days:+}d",
        describe(day, today).rpartition(" (")[0],
    ):
        assert parse_date(phrase, today) == day


@given(DAYS, st.integers(-500, 500).filter(bool))
def test_working_days_are_counted_one_by_one(today: date, count: int) -> None:
    day, left = today, abs(count)
    while left:
        day += timedelta(1 if count > 0 else -1)
        left -= day.weekday() < 5
    assert parse_date(f"{count:+}bd", today) == day


@given(DAYS, st.sampled_from(sorted(WEEKDAY_NUMBERS)))
def test_weekdays_lie_where_they_are_said_to(today: date, name: str) -> None:
    coming = parse_date(name, today)
    gone = parse_date(f"last {name}", today)
    this = parse_date(f"this {name}", today)
    assert {day.weekday() for day in (coming, gone, this)} == {WEEKDAY_NUMBERS[name]}
    assert 1 <= (coming - today).days <= 7
    assert 1 <= (today - gone).days <= 7
    assert this.isocalendar()[:2] == today.isocalendar()[:2]
    assert parse_date(f"next {name}", today) == this + timedelta(7)


@given(DAYS, st.integers(-600, 600))
def test_months_are_added_without_skipping_short_ones(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, month_end(later).day)
    assert (month_end(day) + timedelta(1)).day == 1
