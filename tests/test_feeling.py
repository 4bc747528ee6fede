"""What they felt: the vectors of the measures, and what must hold for any points."""

from __future__ import annotations

import random
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtxt.measure.feeling import Point
from crmtxt.measure.feeling import changing
from crmtxt.measure.feeling import direction
from crmtxt.measure.feeling import followed_up
from crmtxt.measure.feeling import mann_kendall
from crmtxt.measure.feeling import mood
from crmtxt.measure.feeling import peak_end
from crmtxt.measure.feeling import recovery
from crmtxt.measure.feeling import trend

if TYPE_CHECKING:
    from random import Random

START = date(2026, 1, 1).toordinal()


def points_at(days: list[int], feels: list[int]) -> list[Point]:
    return [Point(START + day, feel) for day, feel in zip(days, feels, strict=True)]


SIX = points_at([0, 30, 61, 95, 120, 150], [1, 2, 1, 0, -1, -1])

POINTS = st.lists(st.builds(Point, st.integers(START, START + 400), st.integers(-2, 2)), max_size=12)


def test_mood_is_the_mean_with_a_half_life_of_90_days() -> None:
    assert mood(SIX, START + 150) == pytest.approx(-0.049440, abs=1e-6)


def test_mood_ignores_what_was_felt_later() -> None:
    assert mood(SIX, START + 29) == 1
    assert mood(SIX, START - 1) is None


def test_direction_is_the_median_slope_in_90_days() -> None:
    assert direction(SIX) == pytest.approx(-2.022472, abs=1e-6)


def test_direction_of_an_even_number_of_slopes_is_the_mean_of_the_middle_two() -> None:
    assert direction(points_at([0, 0, 90], [0, 1, 2])) == pytest.approx(1.5)


def test_direction_needs_two_days() -> None:
    assert direction([]) is None
    assert direction(points_at([3, 3], [1, -1])) is None


def test_mann_kendall_gives_s_variance_z_and_p() -> None:
    found = mann_kendall(SIX)
    assert found.s == -11
    assert found.variance == pytest.approx(26.333333, abs=1e-6)
    assert found.z == pytest.approx(-1.948709, abs=1e-6)
    assert found.p == pytest.approx(0.051330, abs=1e-6)


def test_a_feeling_that_never_differs_has_p_1() -> None:
    assert mann_kendall(points_at([0, 1, 2, 3, 4], [1, 1, 1, 1, 1])).p == 1


def test_points_of_one_day_say_nothing_about_direction() -> None:
    assert mann_kendall(points_at([5, 5, 5], [-1, 0, 1])).s == 0


def test_changing_is_said_from_five_points_on() -> None:
    assert changing(SIX) is True
    assert changing(SIX[:4]) is None
    assert changing(points_at([0, 1, 2, 3, 4], [1, -1, 1, -1, 1])) is False


def test_trend_is_steady_unless_a_change_is_real() -> None:
    assert trend(SIX) == "falling"
    assert trend(points_at([0, 30, 61, 95, 120], [-2, -1, 0, 1, 2])) == "rising"
    assert trend(SIX[:4]) == "steady"
    assert trend([]) == "steady"


def test_peak_end_is_the_mean_of_the_strongest_and_the_last() -> None:
    assert peak_end(SIX) == 0.5
    assert peak_end(points_at([0, 1, 2], [-2, 2, 1])) == -0.5
    assert peak_end([]) is None


@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(points: list[Point], random: Random) -> None:
    shuffled = points.copy()
    random.shuffle(shuffled)
    as_of = START + 400
    assert mood(shuffled, as_of) == pytest.approx(mood(points, as_of))
    assert direction(shuffled) == direction(points)
    assert mann_kendall(shuffled) == mann_kendall(points)


@given(POINTS)
def test_the_opposite_feelings_have_the_opposite_direction(points: list[Point]) -> None:
    opposite = [Point(point.day, -point.feel) for point in points]
    slope = direction(points)
    assert direction(opposite) == (None if slope is None else pytest.approx(-slope))
    assert {trend(points), trend(opposite)} in ({"steady"}, {"rising", "falling"})


@given(POINTS.filter(bool))
def test_mood_lies_between_the_lowest_and_the_highest(points: list[Point]) -> None:
    level = mood(points, START + 400)
    assert level is not None
    assert min(point.feel for point in points) - 1e-9 <= level <= max(point.feel for point in points) + 1e-9


@pytest.mark.parametrize("n", [199, 200, 320])
@pytest.mark.parametrize("days", [40, 3000, 40_000])
def test_many_points_are_measured_as_few_are_pair_by_pair(n: int, days: int) -> None:
    rng = random.Random(n + days)
    points = [Point(738_000 + rng.randrange(days), rng.randint(-2, 2)) for _ in range(n)]
    pairs = [(one, other) for one in points for other in points if one.day < other.day]
    slopes = [(other.feel - one.feel) / (other.day - one.day) for one, other in pairs]
    assert direction(points) == median(slopes) * 90
    assert mann_kendall(points).s == sum((each > 0) - (each < 0) for each in slopes)


@pytest.mark.parametrize("way", [-2, -1, 0, 1, 2, 9])
def test_direction_of_many_points_is_what_looking_at_every_pair_gives(way: int) -> None:
    rng = random.Random(way)
    days = sorted(rng.choices(range(180), k=240))
    feels = [max(-2, min(2, round(rng.choice((-1, 0, 1)) + way * (day - 90) / 90))) for day in days]
    points = points_at(days, feels)
    pairs = [(one, two) for at, one in enumerate(points) for two in points[at + 1 :] if one.day < two.day]
    slopes = [(two.feel - one.feel) / (two.day - one.day) for one, two in pairs]
    assert direction(points) == pytest.approx(90 * median(slopes), abs=1e-9)
    assert mann_kendall(points).s == sum((slope > 0) - (slope < 0) for slope in slopes)


@given(POINTS, st.lists(st.integers(START, START + 400), max_size=12), st.integers(START, START + 400))
def test_a_follow_up_and_a_recovery_are_the_first_there_are(points: list[Point], ours: list[int], as_of: int) -> None:
    ordered = sorted(points)
    for point in ordered:
        near = [day for day in ours if point.day < day <= min(point.day + 14, as_of)]
        assert followed_up(point.day, sorted(ours), as_of) == min(near, default=None)
        after = min((each.day for each in points if point.day < each.day <= as_of), default=None)
        then = [each.feel for each in points if each.day == after]
        expected = pytest.approx(sum(then) / len(then) - point.feel) if then else None
        assert recovery(point, ordered, as_of) == expected
