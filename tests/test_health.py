"""The index of a relationship: what it is by brute force, and the laws it obeys, on histories made by chance."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from random import Random

import pytest

import histories
from crmtxt.measure import promises
from crmtxt.measure import rhythm
from crmtxt.measure.feeling import Point
from crmtxt.measure.feeling import direction
from crmtxt.measure.health import CAP
from crmtxt.measure.health import Terms
from crmtxt.measure.health import calibration
from crmtxt.measure.health import course
from crmtxt.measure.health import health
from crmtxt.measure.health import month_ends
from crmtxt.measure.health import trend
from crmtxt.measure.health import velocity
from crmtxt.measure.history import Contacts
from crmtxt.model.line import Line
from crmtxt.store.packing import pack
from crmtxt.store.packing import unpack
from histories import TODAY

SEEDS = range(1000)
DAY = TODAY.toordinal()
TERMS = Terms(30, 2)


def terms(seed: int) -> Terms:
    rng = Random(seed)
    return Terms(rng.choice([0, 14, 42, 91.3125]), rng.choice([0, 1, 2, 3]))


def near(value: float | None) -> object:
    return None if value is None else pytest.approx(value, abs=1e-6)


def test_every_part_and_the_index_are_what_the_definitions_say() -> None:
    for seed in SEEDS:
        one, agreed = histories.book(seed), terms(seed)
        day = histories.day(Random(seed))
        found = health(one.history, agreed, day.toordinal())
        assert found.index == near(histories.index(one, day, agreed.cadence, agreed.answer_within)), seed
        if found.index is None:
            continue
        n, kept, _ = histories.promises(one, day, ours=True)
        expected = {
            "rhythm": histories.rhythm(one, day, agreed.cadence),
            "strength": histories.strength(one, day),
            "reciprocity": histories.reciprocity(one, day),
            "breadth": histories.breadth(one, day),
            "mood": histories.mood(one, day),
            "promises": 100 * (1 + kept) / (2 + n) if n else None,
        }
        values = {part.name: part.value for part in found.components}
        assert {name: values.get(name) for name in expected} == {name: near(each) for name, each in expected.items()}, (
            seed
        )
        assert set(found.missing) == {name for name, each in expected.items() if each is None}


def test_promises_are_counted_as_the_definitions_say() -> None:
    for seed in SEEDS:
        one, day = histories.book(seed), histories.day(Random(seed))
        for ours in (True, False):
            found = promises.keeping(one.history.promises, day.toordinal(), ours=ours)
            assert (found.n, found.kept, found.median_late) == histories.promises(one, day, ours=ours), seed


def test_the_order_of_lines_changes_nothing() -> None:
    for seed in SEEDS:
        one, agreed = histories.book(seed), terms(seed)
        found, again = (health(each.history, agreed, DAY) for each in (one, histories.shuffled(one, seed)))
        assert again.index == near(found.index), seed
        assert [veto.name for veto in again.vetoes] == [veto.name for veto in found.vetoes], seed


def test_a_line_that_is_later_never_counts() -> None:
    for seed in SEEDS:
        one, agreed, day = histories.book(seed), terms(seed), histories.day(Random(seed))
        before = [(number, line) for number, line in one.log if line.date <= day.isoformat()]
        whole, cut = (health(each.history, agreed, day.toordinal()) for each in (one, one._replace(log=before)))
        assert whole.index == near(cut.index), seed
        assert [veto.name for veto in whole.vetoes] == [veto.name for veto in cut.vetoes], seed


def test_one_more_warm_talk_today_never_lowers_the_index() -> None:
    for seed in SEEDS:
        rng = Random(seed)
        one, agreed, day = histories.book(seed), terms(seed), histories.day(rng)
        before = health(one.history, agreed, day.toordinal()).index
        more = one._replace(log=[*one.log, (999, histories.warm(day, rng))])
        after = health(more.history, agreed, day.toordinal()).index
        assert after is not None
        assert before is None or after >= before - 1e-9, seed


def test_the_course_is_what_was_said_on_each_of_its_days() -> None:
    for seed in SEEDS[:200]:
        one, agreed = histories.book(seed), terms(seed)
        points = course(one.history, agreed, DAY)
        for day in month_ends(DAY):
            said = health(one.history, agreed, day).index
            assert [point.feel for point in points if point.day == day] == ([] if said is None else [said]), seed


def test_what_the_index_keeps_is_the_same_history() -> None:
    for seed in SEEDS:
        history = histories.book(seed).history
        assert health(unpack(*pack(history)), TERMS, DAY) == health(history, TERMS, DAY)


def test_direction_is_the_median_of_all_slopes() -> None:
    for seed in SEEDS:
        rng = Random(seed)
        points = [Point(rng.randint(0, 300), rng.randint(-2, 2)) for _ in range(rng.randint(0, 15))]
        assert direction(points) == near(histories.direction([(point.day, point.feel) for point in points]))


def test_quiet_counts_from_the_last_real_contact() -> None:
    for seed in SEEDS[:200]:
        one = histories.book(seed)
        days = [day for _, _, day in histories.meetings(one, TODAY)]
        expected = (TODAY - date.fromisoformat(max(days))).days if days else None
        assert rhythm.quiet(one.history.interactions, DAY) == expected


def test_a_customer_never_in_touch_has_no_index() -> None:
    empty = histories.Book([], [], Contacts((), (), ())).history
    found = health(empty, TERMS, DAY)
    assert found.index is None
    assert found.components == ()


def test_the_parts_times_their_weights_make_the_index() -> None:
    for seed in SEEDS[:200]:
        found = health(histories.book(seed).history, TERMS, DAY)
        if found.index is not None:
            whole = sum(part.weight for part in found.components)
            together = sum(part.weight * part.value for part in found.components) / whole
            assert found.index == pytest.approx(min(together, CAP) if found.vetoes else together)


def test_a_part_that_weighs_nothing_is_neither_there_nor_missing() -> None:
    found = health(histories.book(5).history, TERMS, DAY, {"strength": 1.0, "mood": 0.0})
    assert [part.name for part in found.components] == ["strength"]
    assert found.missing == []


def test_months_end_on_their_last_day_and_the_one_that_is_not_over_is_left_out() -> None:
    ends = [date.fromordinal(day).isoformat() for day in month_ends(date(2026, 3, 30).toordinal(), 3)]
    assert ends == ["2025-12-31", "2026-01-31", "2026-02-28"]
    assert month_ends(date(2026, 2, 28).toordinal(), 1) == [date(2026, 2, 28).toordinal()]


def test_velocity_needs_five_months() -> None:
    points = [Point(day, 40 + (day - DAY) / 30) for day in month_ends(DAY)]
    assert velocity(points) == pytest.approx(3)
    assert velocity(points[:4]) is None
    assert trend(points) == "rising"
    assert trend(points[:4]) is None
    assert trend([Point(point.day, point.feel / 1000) for point in points]) == "steady"


def test_calibration_is_said_from_twenty_outcomes_on() -> None:
    outcomes = [(80.0, True)] * 8 + [(50.0, True)] * 2 + [(50.0, False)] * 5 + [(20.0, False)] * 5
    found = calibration(outcomes)
    assert found.n == 20
    assert found.auc == pytest.approx((8 * 10 + 2 * 5 + 2 * 5 / 2) / 100)
    assert found.brier == pytest.approx((8 * 0.04 + 7 * 0.25 + 5 * 0.04) / 20)
    assert calibration(outcomes[:19])[1:] == (None, None)
    assert calibration([(80.0, True)] * 30)[1:] == (None, None)


def test_the_lines_of_a_part_are_told_the_latest_first() -> None:
    log = [
        (30 + age, Line((TODAY - timedelta(age)).isoformat(), "call", "feel:1", "", "", "with", ("@jane",)))
        for age in (50, 10, 30)
    ]
    one = histories.Book(log, [], Contacts((), (), ()))
    lines = {part.name: part.lines for part in health(one.history, TERMS, DAY).components}
    assert lines == {"rhythm": [40], "strength": [40, 60, 80], "reciprocity": [40, 60, 80], "mood": [40, 60, 80]}
