"""The plan of a relationship: every section of it, and its charts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmtxt.measure import goals as measures
from crmtxt.model.plans import Chart
from crmtxt.model.plans import ChartPoint
from crmtxt.model.plans import PlanReport
from crmtxt.model.plans import Section
from crmtxt.model.plans import Statement
from crmtxt.services import planparts
from crmtxt.services import plansigns
from crmtxt.services.planfacts import Facts
from crmtxt.services.plangoals import goals_of
from crmtxt.services.plangoals import initiatives_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.plans import Goal
    from crmtxt.store import reads
    from crmtxt.store.book import Book

FEWEST_POINTS = 2
SHORT = 4  # statements of a section on one page


def report(book: Book, found: reads.Found, as_of: date, since: date | None, *, past: bool) -> PlanReport:
    """Return the whole plan as of a day; `since` is without it the last review, `past` says the day is before today."""
    facts = Facts(book, found, as_of, since, past=past)
    goals, initiatives = goals_of(facts), initiatives_of(facts)
    return PlanReport(
        customer=found.handle,
        name=facts.detail.name,
        by=facts.settings.name,
        as_of=as_of.isoformat(),
        since=facts.since.isoformat() if facts.since else None,
        shared=False,
        sections=(
            _section("why", "Why this relationship", planparts.why(facts)),
            _section("wants", "What they want, in their words", planparts.wants(facts, goals)),
            _section("today", "The relationship today", planparts.today(facts)),
            _section("people", "People", planparts.people(facts)),
            _section("talks", "Who talks to whom, about what, next", planparts.talks(facts)),
            _section("goals", "Goals, theirs and ours", planparts.aims(goals)),
            _section("initiatives", "Key initiatives and next actions", planparts.works(facts, initiatives)),
            _section("promises", "Promises", planparts.promised(facts)),
            _section("delivered", "What we delivered", planparts.delivered(facts)),
            _section("feedback", "Feedback", planparts.feedback(facts)),
            _section("opportunities", "Opportunities", planparts.opportunities(facts)),
            _section("risks", "Risks, and their signs", plansigns.risks(facts, goals, initiatives)),
            _section("rules", "How we talk to them", planparts.rules(facts)),
            _section("changed", f"What changed since {since or 'the last review'}", plansigns.changed(facts)),
            _section("gaps", "What we do not know", plansigns.gaps(facts, goals, initiatives)),
        ),
        goals=tuple(goals),
        initiatives=tuple(initiatives),
        charts=(*_course(facts), *goal_charts(goals)),
    )


def shortened(whole: PlanReport) -> PlanReport:
    """Return a plan for one page: of each section the first statements, and how many are left out."""
    return whole._replace(sections=tuple(_short(whole.customer, each) for each in whole.sections))


def goal_charts(goals: list[Goal]) -> Iterator[Chart]:
    """Yield the readings of each goal that has several, with its target."""
    for goal in goals:
        points = tuple(ChartPoint(each.date, each.number) for each in goal.readings if each.number is not None)
        if len(points) < FEWEST_POINTS:
            continue
        target = measures.quantity(goal.target or "")
        values = [number for _, number in points] + ([target.number] if target else [])
        unit = target.unit if target else ""
        yield Chart(goal.goal or goal.handle, unit, points, min(0, *values), max(values), target and target.number)


def _course(facts: Facts) -> Iterator[Chart]:
    """Yield how index and mood went."""
    points = tuple(ChartPoint(each.date, each.index) for each in facts.health.history)
    if facts.health.index is not None:
        points = (*points, ChartPoint(facts.as_of.isoformat(), facts.health.index))
    if len(points) >= FEWEST_POINTS:
        yield Chart("Health at month ends", "", points, 0, 100, None)
    felt = (each for each in facts.history.felt if each.day <= facts.day)
    moods = tuple(ChartPoint(date.fromordinal(each.day).isoformat(), each.feel) for each in felt)
    if len(moods) >= FEWEST_POINTS:
        yield Chart("What they felt", "", moods, -2, 2, None)


def _section(name: str, title: str, statements: Iterator[Statement]) -> Section:
    return Section(name, title, tuple(statements))


def _short(customer: str, section: Section) -> Section:
    left = len(section.statements) - SHORT
    if left <= 1:
        return section
    more = Statement("…", f"{left} more: crmtxt plan {customer} --full", "dim", ())
    return section._replace(statements=(*section.statements[:SHORT], more))
