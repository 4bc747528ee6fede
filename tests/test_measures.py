"""Rhythm, strength, feeling and promises: the vectors of the measures, to the sixth decimal."""

from __future__ import annotations

import pytest

from crmtxt.measure import feeling
from crmtxt.measure import promises
from crmtxt.measure import rhythm
from crmtxt.measure import strength
from crmtxt.measure.feeling import Point
from crmtxt.measure.history import MUTUAL
from crmtxt.measure.history import NEVER
from crmtxt.measure.history import OURS
from crmtxt.measure.history import THEIRS
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import Person

GAPS = [30, 31, 34, 25, 30]
NPS = feeling.nps([10, 9, 9, 8, 7, 6, 3])
CES = feeling.ces([7, 6, 5, 4, 2])
SPREAD = strength.spread([0.8, 0.1, 0.1])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (rhythm.overdue_ratio(100, 60), 0.666667),
        (rhythm.overdue_ratio(60, 60), 0),
        (rhythm.own_rhythm(GAPS), 30),
        (rhythm.burstiness(GAPS), -0.823804),
        (rhythm.silence_surprise(5, 150, 70, 60), 0.177979),
        (strength.total([(-10, 1), (-40, 0.6), (-120, 0.3)], 0), 1.485850),
        (strength.score(strength.total([(-10, 1), (-40, 0.6), (-120, 0.3)], 0)), 52.4280),
        (strength.Balance(7, 3).reciprocity, 0.6),
        (SPREAD.hhi, 0.66),
        (SPREAD.effective, 1.515152),
        (promises.shrunk(8, 10), 0.75),
        (promises.lower_bound(8, 10), 0.529913),
        (NPS and NPS.score, 14.2857),
        (NPS and NPS.error, 31.4842),
        (CES and CES.mean, 4.8),
        (CES and CES.easy, 60),
    ],
)
def test_the_vectors(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, abs=1e-6 if expected < 10 else 5e-5)


def test_csat_is_the_share_of_those_who_are_satisfied() -> None:
    found = feeling.csat([5, 4, 4, 3, 2])
    assert found == (60, 5, None)


def test_a_survey_nobody_answered_has_no_score() -> None:
    assert (feeling.nps([]), feeling.csat([]), feeling.ces([])) == (None, None, None)


@pytest.mark.parametrize(("quiet", "colour"), [(60, "green"), (61, "amber"), (120, "amber"), (121, "red")])
def test_a_silence_is_green_within_the_cadence_and_red_beyond_twice(quiet: int, colour: str) -> None:
    assert rhythm.colour(quiet, 60) == colour


def test_a_rhythm_needs_three_gaps() -> None:
    assert rhythm.own_rhythm(GAPS[:2]) is None
    assert rhythm.burstiness(GAPS[:2]) is None
    assert rhythm.own_rhythm([1, 2, 4, 8]) == 3


@pytest.mark.parametrize(("kept", "n"), [(0, 0), (0, 5), (5, 5), (40, 60), (3000, 5000)])
def test_the_bound_is_exceeded_with_a_chance_of_95_percent(kept: int, n: int) -> None:
    bound = promises.lower_bound(kept, n)
    steps = 20_000
    density = [((step + 0.5) / steps, 0.0) for step in range(steps)]
    logs = [kept * _log(p) + (n - kept) * _log(1 - p) for p, _ in density]
    top = max(logs)
    weights = [2.718281828459045 ** (each - top) for each in logs]
    below = sum(weight for (p, _), weight in zip(density, weights, strict=True) if p < bound)
    assert below / sum(weights) == pytest.approx(0.05, abs=2e-3)


def _log(p: float) -> float:
    from math import log

    return log(p)


def test_a_moment_is_felt_strongly_or_marked() -> None:
    assert feeling.is_moment(-2, marked=False)
    assert feeling.is_moment(None, marked=True)
    assert not feeling.is_moment(1, marked=False)


def test_a_moment_is_followed_up_on_a_later_day_within_14() -> None:
    assert feeling.followed_up(100, [100, 114, 120], 200) == 114
    assert feeling.followed_up(100, [115], 200) is None
    assert feeling.followed_up(100, [110], 109) is None


def test_recovery_is_what_was_felt_next_less_what_was_felt_then() -> None:
    points = [Point(1, -2), Point(1, 0), Point(5, 1), Point(5, 0), Point(9, 2)]
    assert feeling.recovery(points[0], points, 10) == 2.5
    assert feeling.recovery(points[4], points, 10) is None
    assert feeling.recovery(points[0], points, 4) is None


def talk(day: int, way: int, person: int = 0, answered: int = NEVER, line: int = 0) -> Interaction:
    return Interaction(day, line or day, way, person, 1.0, answered)


def test_replies_are_those_of_the_same_person_within_14_days() -> None:
    sent = [talk(10, OURS, 0), talk(20, OURS, 1), talk(40, OURS, 0)]
    heard = [talk(13, THEIRS, 0), talk(21, THEIRS, 0), talk(60, THEIRS, 0), talk(41, MUTUAL, 0)]
    assert rhythm.reply_time([*sent, *heard], 100) == (3, 1 / 3, 3)
    assert rhythm.reply_time(heard, 100) is None


def test_an_answer_is_owed_past_its_time_until_it_is_given_or_nobody_waits_any_more() -> None:
    asked = [talk(100, THEIRS, answered=105)]
    assert rhythm.owed(asked, 2, 102) == []
    assert rhythm.owed(asked, 2, 103) == asked
    assert rhythm.owed(asked, 2, 105) == []
    assert rhythm.owed([talk(100, THEIRS)], 2, 190) == [talk(100, THEIRS)]
    assert rhythm.owed([talk(100, THEIRS)], 2, 191) == []


def test_a_relationship_hangs_by_one_thread_when_few_carry_it() -> None:
    assert strength.is_single_thread(SPREAD, 3)
    assert not strength.is_single_thread(strength.spread([1, 1, 1]), 2)
    assert strength.is_single_thread(strength.spread([1, 1, 1]), 1)
    assert strength.concentration([talk(1, MUTUAL, -1)]) is None


def test_authority_is_the_share_of_influence_of_those_we_met() -> None:
    people = [Person(4), Person(3), Person(5), Person(0)]
    assert strength.authority(people, range(4), {0, 1}) == pytest.approx(7 / 12)
    assert strength.authority([Person()], [0], {0}) is None


def test_threads_and_ghosts_are_counted_once() -> None:
    assert strength.threads([("sam", "jane"), ("sam", "jane"), ("lee", "jane")]) == 2
    assert strength.ghosts([talk(1, MUTUAL, 3), talk(2, MUTUAL, 3), talk(3, MUTUAL, -1)], [Person()] * 2) == {3}
