"""Dates of what happened: where words leave it open, the latest such day that is not after today."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtxt.errors import UsageError
from crmtxt.model.past import leading_past_date
from crmtxt.model.past import past_date
from crmtxt.model.when import parse_date

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("3 nov", "2026-11-03"),
        ("nov 3", "2026-11-03"),
        ("21 nov", "2026-11-21"),
        ("22 nov", "2025-11-22"),
        ("3 dec", "2025-12-03"),
        ("3 Dec 2027", "2027-12-03"),
        ("29 feb", "2024-02-29"),
        ("fri", "2026-11-20"),
        ("sat", "2026-11-21"),
        ("Sunday", "2026-11-15"),
        ("thu 27 nov", "2025-11-27"),
        ("sat 21 nov", "2026-11-21"),
        ("q1", "2026-01-01"),
        ("q4", "2026-10-01"),
        ("end of dec", "2025-12-31"),
        ("end of nov", "2025-11-30"),
        ("yesterday", "2026-11-20"),
        ("last fri", "2026-11-20"),
        ("tomorrow", "2026-11-22"),
        ("next fri", "2026-11-27"),
        ("+2d", "2026-11-23"),
        ("2026-11-25", "2026-11-25"),
    ],
)
def test_words_about_what_happened(words: str, day: str) -> None:
    assert past_date(words, TODAY).isoformat() == day


@given(
    st.dates(date(1910, 1, 1), date(2190, 12, 31)),
    st.sampled_from(["mon", "sun", "1 jan", "31 dec", "29 feb", "30 nov", "q2", "end of feb"]),
)
def test_the_day_is_the_latest_that_is_not_after_today(today: date, words: str) -> None:
    day = past_date(words, today)
    assert day <= today
    assert past_date(words, day) == day
    assert day == today or parse_date(words, day + timedelta(1)) > today


@pytest.mark.parametrize("words", ["", "3/12", "31 feb", "fri 27 nov", "soon"])
def test_what_is_no_date_is_refused_as_ever(words: str) -> None:
    with pytest.raises(UsageError):
        past_date(words, TODAY)


@pytest.mark.parametrize(
    ("words", "day", "count"),
    [
        ("3 nov call from may", "2026-11-03", 2),
        ("yesterday call from may", "2026-11-20", 1),
        ("fri call from jane", "2026-11-20", 1),
        ("thu 27 nov call", "2025-11-27", 3),
    ],
)
def test_the_words_after_a_date_do_not_change_it(words: str, day: str, count: int) -> None:
    assert leading_past_date(words.split(), TODAY) == (date.fromisoformat(day), count)


@pytest.mark.parametrize("words", ["call from may", "", "31 feb call"])
def test_what_begins_with_no_date_has_none(words: str) -> None:
    assert leading_past_date(words.split(), TODAY) is None


def test_no_such_day_in_any_year_is_refused() -> None:
    with pytest.raises(UsageError, match="no such day"):
        past_date("30 feb", TODAY)
