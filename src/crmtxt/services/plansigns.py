"""The sections of a plan that judge: risks with their signs, what changed since the last review, what is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmtxt.measure import feeling
from crmtxt.measure import strength
from crmtxt.measure.health import health
from crmtxt.measure.history import meaningful
from crmtxt.model.line import CHANGE_KINDS
from crmtxt.model.line import PROMISE
from crmtxt.model.line import without_tokens
from crmtxt.model.names import counted
from crmtxt.model.names import fold
from crmtxt.model.plans import Statement
from crmtxt.services.mapping import SINGLE_THREAD
from crmtxt.services.measuring import ABSENT
from crmtxt.services.moods import MARK
from crmtxt.services.planfacts import of_entry
from crmtxt.services.planfacts import place_of
from crmtxt.services.plangoals import unsure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.plans import Goal
    from crmtxt.model.plans import Initiative
    from crmtxt.services.planfacts import Facts

UNREVIEWED_DAYS = 90  # what is told of a plan nobody ever reviewed
COMPETITOR = "competitor"
KNOWN_NOW = "type, aim and what is known of people are of today"


def risks(facts: Facts, goals: list[Goal], initiatives: list[Initiative]) -> Iterator[Statement]:
    """Yield what endangers the relationship, each with the lines it was seen in."""
    for veto in facts.health.vetoes:
        yield Statement(veto.name, "keeps the index poor until it is settled", "late", veto.lines or facts.place())
    yield from _late(facts, goals, initiatives)
    yield from _of_mood(facts)
    yield from _of_people(facts)
    for entry in facts.detail.log:
        for piece in entry.feedback:
            if piece.subject.partition("/")[0] == COMPETITOR:
                yield of_entry(entry, "cool", f"{piece.subject}: {piece.text}")


def _late(facts: Facts, goals: list[Goal], initiatives: list[Initiative]) -> Iterator[Statement]:
    for each in facts.detail.next:
        if each.kind == PROMISE and each.direction != "from" and each.overdue_days > 0:
            late = f"{without_tokens(each.text)}, {counted(each.overdue_days, 'day')} late"
            yield Statement("promise late", late, "late", (place_of(each),))
    for goal in goals:
        if goal.on_track is False:
            yield Statement("off track", f"{goal.goal or goal.handle}, now {goal.now}", "late", goal.lines)
    for item in initiatives:
        if item.overdue:
            text = f"{item.what or item.handle}, due {item.due}"
            yield Statement("initiative late", text, "late", item.lines[:1])


def _of_mood(facts: Facts) -> Iterator[Statement]:
    mood = facts.moods[0]
    low = tuple(place_of(each) for each in facts.detail.log if (each.feel or 0) < 0)
    if low and ((mood.level or 0) < 0 or mood.trend == "falling"):
        course = f", {mood.trend}" if mood.trend else ""
        yield Statement("mood", f"{mood.level or 0:+.1f}{course}: {counted(len(low), 'unhappy talk')}", "late", low)
    for moment in mood.moments:
        if moment.followed_up is False:
            text = f"not followed up: {without_tokens(moment.text).removesuffix(f' {MARK}')}"
            yield Statement(moment.date, text, "late", (place_of(moment),))


def _of_people(facts: Facts) -> Iterator[Statement]:
    for person in facts.detail.contacts:
        place = facts.place("contacts", person.handle)
        if gap := facts.uncovered.get(person.handle):
            yield Statement(person.name, gap.why, "late", place)
        if (person.stance or 0) < 0 and not person.former:
            yield Statement(person.name, f"stance {person.stance:+d}", "cool", place)
    for gap in facts.gaps:
        if gap.kind == SINGLE_THREAD:
            met = strength.within(meaningful(facts.history.interactions, facts.day), facts.day)
            lines = tuple(dict.fromkeys(f"{facts.path}:{each.line}" for each in reversed(met)))
            yield Statement(gap.kind, gap.why, "late", lines)


def changed(facts: Facts) -> Iterator[Statement]:
    """Yield what is new since the last review: index and mood then and now, talks, and what moved."""
    since = facts.since or facts.as_of - timedelta(UNREVIEWED_DAYS)
    day = since.toordinal()
    new = [each for each in facts.detail.log if (each.date or "") > since.isoformat()]
    talks = tuple(place_of(each) for each in new if facts.on_contact(each))
    seen = talks or facts.place("plan", "review")
    then, now = health(facts.history, facts.terms, day, facts.settings.health).index, facts.health.index
    if then is not None and now is not None:
        yield Statement("health", f"{then:.0f} on {since}, {now:.0f} now", "late" if now < then else "good", seen)
    before = feeling.mood([(each.day, each.feel) for each in facts.history.felt], day)
    level = facts.moods[0].level
    if before is not None and level is not None:
        yield Statement("mood", f"{before:+.1f} on {since}, {level:+.1f} now", "late" if level < before else "", seen)
    if talks:
        yield Statement("talks", f"{counted(len(talks), 'talk')} since {since}", "", talks)
    for entry in new:
        if entry.kind.partition(" ")[0] in CHANGE_KINDS:
            yield of_entry(entry, text=f"{entry.kind}: {without_tokens(entry.text)}")


def gaps(facts: Facts, goals: list[Goal], initiatives: list[Initiative]) -> Iterator[Statement]:
    """Yield what is not known, and what is not measured for want of it."""
    if facts.past:
        unknown = "".join(f", {handle}" for handle in unsure(facts))
        text = f"left out, since no line tells that it was there: follow-ups due later{unknown}; {KNOWN_NOW}"
        yield Statement("a day in the past", text, "", facts.place())
    for key, text in (("aim", "what this relationship is for"), ("review", "when the plan is looked at again")):
        if not facts.head.text("plan", key):
            yield Statement(f"no {key}", text, "", facts.place("plan"))
    if not facts.detail.type:
        yield Statement("no type", "which relationship this is to be", "", facts.place("name"))
    for name in facts.health.missing:
        yield Statement(name, f"not measured: {ABSENT[name]}", "", facts.place())
    yield from _of_map(facts)
    for goal in goals:
        said = {"target": goal.target, "due": goal.due, "agreed": goal.agreed, "now": goal.now}
        if missing := [name for name, value in said.items() if not value]:
            yield Statement(goal.handle, f"the goal has no {', '.join(missing)}", "", goal.lines[:1])
    for item in initiatives:
        facts_ = {"owner": item.owner, "due": item.due, "next action": item.actions}
        if missing := [name for name, value in facts_.items() if not value]:
            yield Statement(item.handle, f"the initiative has no {', '.join(missing)}", "", item.lines[:1])


def _of_map(facts: Facts) -> Iterator[Statement]:
    for person in facts.detail.contacts:
        said = {"role": person.role, "influence": person.influence, "stance": person.stance, "one of us": person.ours}
        if not person.former and (missing := [name for name, value in said.items() if value is None]):
            text = f"{', '.join(missing)} not known"
            yield Statement(person.name, text, "", facts.place("contacts", person.handle))
    mapped = {fold(form) for each in facts.detail.contacts for form in (each.handle, each.name)}
    ghosts: dict[str, str] = {}
    for entry in facts.detail.log:
        for who in entry.who:
            if "/" not in who and fold(who) not in mapped:
                ghosts.setdefault(who, place_of(entry))
    for who, place in ghosts.items():
        yield Statement(who, "in the log, and in no contact map", "", (place,))
