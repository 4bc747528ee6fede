"""Goals and initiatives of a plan as of a day: from the head, and from the log for what has left it since."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from crmtxt.measure import goals
from crmtxt.measure.health import MONTHS
from crmtxt.measure.health import month_ends
from crmtxt.model import course
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TOKEN
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import INITIATIVE
from crmtxt.model.plans import MAPS
from crmtxt.model.plans import MEASURES
from crmtxt.model.plans import THEIRS
from crmtxt.model.plans import Goal
from crmtxt.model.plans import Initiative
from crmtxt.model.plans import Reading
from crmtxt.services.goalcourse import WINDOW_DAYS
from crmtxt.services.goalcourse import Sources
from crmtxt.services.goalcourse import progress
from crmtxt.services.goalcourse import span
from crmtxt.services.goalcourse import worked_out
from crmtxt.services.planfacts import Facts
from crmtxt.services.planfacts import place_of

LATER = """
SELECT subject, text, number FROM main.line
WHERE customer = ? AND section = 'log' AND kind = ? AND date > ? ORDER BY date DESC, number DESC
"""


class _Entry(NamedTuple):
    """One goal or initiative as it stood, and where that is written."""

    handle: str
    values: Mapping[str, str]
    place: str


def goals_of(facts: Facts) -> list[Goal]:
    """Return the goals of a day, theirs first."""
    found = (_goal(facts, each) for each in _there(facts, GOAL) if not _is_later(each.values.get("agreed"), facts))
    return sorted(found, key=lambda each: each.whose != THEIRS)


def initiatives_of(facts: Facts) -> list[Initiative]:
    """Return the initiatives of a day with their next actions, those due first before the others."""
    found = [_initiative(facts, each) for each in _there(facts, INITIATIVE)]
    return sorted(found, key=lambda each: each.due or "9999")


def unsure(facts: Facts) -> list[str]:
    """Return the goals and initiatives of which no line tells whether they were there on a past day."""
    return [each.handle for kind in MAPS for each in _entries(facts, kind) if not _was_there(facts, kind, each)]


def _there(facts: Facts, kind: str) -> Iterator[_Entry]:
    return (each for each in _entries(facts, kind) if _was_there(facts, kind, each))


def _was_there(facts: Facts, kind: str, entry: _Entry) -> bool:
    """Say whether it was there on the day: of a past one, the earliest sign of it tells, a line or when it was agreed.

    What lines opened later is no entry of that day in the first place.
    """
    if not facts.past:
        return True
    agreed = entry.values.get("agreed")
    return bool(agreed) or any(each.kind == f"{kind} {entry.handle}" for each in facts.detail.log)


def _entries(facts: Facts, kind: str) -> Iterator[_Entry]:
    """Yield what the head holds; of a past day, what later lines tell is taken back, the latest first."""
    keys = ("plan", MAPS[kind])
    known = {}
    for handle in facts.head.keys(*keys):
        at = (*keys, handle)
        values = {name: value for name in facts.head.keys(*at) if (value := facts.head.text(*at, name))}
        known[handle] = _Entry(handle, values, facts.head.place(*at))
    for handle, text, number in _later(facts, kind):
        after = known.pop(handle, None)
        earlier = course.before(kind, text, after and after.values)
        if earlier is not None:
            known[handle] = _Entry(handle, earlier, after.place if after else f"{facts.path}:{number}")
    yield from known.values()


def _later(facts: Facts, kind: str) -> list[tuple[str, str, int]]:
    """Return what was logged after a past day, the latest first."""
    if not facts.past:
        return []
    return facts.index.views(tuple, LATER, (facts.found.id, kind, facts.as_of.isoformat()))


def _is_later(day: str | None, facts: Facts) -> bool:
    return bool(day) and str(day) > facts.as_of.isoformat()


def _goal(facts: Facts, entry: _Entry) -> Goal:
    values, measure = entry.values, entry.values.get("measure")
    by_hand = measure not in MEASURES
    written = list(_by_hand(facts, GOAL, entry.handle))
    readings = [each for each, _ in written] if by_hand else list(_worked_out(facts, str(measure), values))
    baseline = values.get("from") or (readings[0].value if readings and by_hand else None)
    now = readings[-1].value if readings else None
    done = progress(baseline, values.get("to"), now)
    return Goal(
        handle=entry.handle,
        whose=values.get("whose"),
        goal=values.get("goal"),
        measure=measure,
        baseline=baseline,
        target=values.get("to"),
        now=now,
        due=values.get("by"),
        agreed=values.get("agreed"),
        on_track=None if done is None else goals.on_track(done, span(values), facts.day),
        progress=None if done is None else round(done, 6),
        by_hand=by_hand,
        readings=tuple(readings),
        lines=(entry.place, *(place for _, place in written)),
    )


def _by_hand(facts: Facts, kind: str, handle: str) -> Iterator[tuple[Reading, str]]:
    """Yield the readings in the log and where they stand, the earliest first."""
    for entry in reversed(facts.detail.log):
        if entry.kind == f"{kind} {handle}" and course.is_reading(kind, entry.text):
            figure = goals.quantity(entry.text)
            yield Reading(entry.date or "", entry.text, figure and figure.number), place_of(entry)


def _worked_out(facts: Facts, measure: str, values: Mapping[str, str]) -> Iterator[Reading]:
    """Yield what crmtxt works out: at the end of each month since the goal was agreed, and on the day."""
    first, _ = span(values) or (facts.day, 0)
    for day in (*(each for each in month_ends(facts.day, MONTHS) if each >= first and each < facts.day), facts.day):
        if text := worked_out(_sources(facts, day), measure, day):
            figure = goals.quantity(text)
            yield Reading(date.fromordinal(day).isoformat(), text, figure and figure.number)


def _sources(facts: Facts, day: int) -> Sources:
    return Sources(facts.history, facts.terms, facts.settings.health, _touches(facts, day))


def _touches(facts: Facts, day: int) -> Iterator[goals.Touch]:
    """Yield when we were in touch in the 90 days up to a day."""
    for entry in facts.detail.log:
        at = date.fromisoformat(entry.date or "").toordinal()
        if day - WINDOW_DAYS < at <= day and facts.on_contact(entry):
            yield goals.Touch(at, entry.time or "", entry.line, entry.direction == "from")


def _initiative(facts: Facts, entry: _Entry) -> Initiative:
    values = entry.values
    served = {entry.handle, values.get("for")} - {None}
    actions = [each for each in facts.detail.next if each.kind != PROMISE and serves(each.text) in served]
    due, written = values.get("due"), list(_by_hand(facts, INITIATIVE, entry.handle))
    return Initiative(
        handle=entry.handle,
        what=values.get("what"),
        goal=values.get("for"),
        owner=values.get("owner"),
        due=due,
        status=values.get("status"),
        now=written[-1][0].value if written else None,
        overdue=bool(due) and str(due) < facts.as_of.isoformat(),
        readings=tuple(each for each, _ in written),
        actions=tuple(each.ref for each in actions),
        lines=(entry.place, *(place for _, place in written), *(place_of(each) for each in actions)),
    )


def standing(goal: Goal) -> str:
    """Return how a goal stands, in words."""
    if goal.progress is not None and goal.progress >= 1:
        return "reached"
    return {True: "on track", False: "off track", None: "no telling"}[goal.on_track]


def serves(text: str) -> str:
    """Return the goal or initiative that a line names with for:, "" when it names none."""
    return next((value for key, value in TOKEN.findall(text) if key.lower() == "for"), "")
