"""The version of a plan for the customer: what we promised them, our shared goals, next steps, and nothing else.

It is built from what may be told, never by leaving out of the whole plan what may not. Whatever people wrote loses its
tokens, topics and mentions, and a line that names another customer is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.measure import goals
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TOPIC
from crmtxt.model.line import without_tokens
from crmtxt.model.names import fold
from crmtxt.model.plans import MEASURES
from crmtxt.model.plans import OURS
from crmtxt.model.plans import PlanReport
from crmtxt.model.plans import Section
from crmtxt.model.plans import Statement
from crmtxt.services.plan import goal_charts
from crmtxt.services.planfacts import Facts
from crmtxt.services.planfacts import joined
from crmtxt.services.planfacts import place_of
from crmtxt.services.plangoals import goals_of
from crmtxt.services.plangoals import initiatives_of
from crmtxt.services.plangoals import serves
from crmtxt.services.plangoals import standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crmtxt.model.plans import Goal
    from crmtxt.model.plans import Initiative
    from crmtxt.model.views import FollowUp
    from crmtxt.store import reads
    from crmtxt.store.book import Book
    from crmtxt.store.index import Index

TOLD = frozenset({"answer_time", "keep_rate"})  # the measures of our own conduct; the others are about them
MENTION = re.compile(r"(?<!\w)@([\w./-]+)")
LONGEST_NAME = 8  # words


def report(book: Book, found: reads.Found, as_of: date, *, past: bool) -> tuple[PlanReport, list[str]]:
    """Return the plan to be shared as of a day, and the places of what was left out: it names another customer."""
    facts = Facts(book, found, as_of, None, past=past)
    told = _Told(facts)
    shared = [each for each in map(told.goal, goals_of(facts)) if each]
    known = {each.handle for each in shared}
    initiatives = [each for each in map(told.initiative, initiatives_of(facts)) if each and each.goal in known]
    known |= {each.handle for each in initiatives}
    sections = (
        Section("promises", "What we promised you", tuple(told.promises())),
        Section("goals", "Our shared goals", tuple(_aim(each) for each in shared)),
        Section("next", "Next steps", (*map(_work, initiatives), *told.steps(known))),
    )
    item = PlanReport(
        customer=found.handle,
        name=facts.detail.name,
        by=facts.settings.name,
        as_of=as_of.isoformat(),
        since=None,
        shared=True,
        sections=sections,
        goals=tuple(shared),
        initiatives=tuple(initiatives),
        charts=tuple(goal_charts(shared)),
    )
    return item, told.left_out


class _Told:
    """What of the facts may be told."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._others = _others(facts.index, facts.found)
        self.left_out: list[str] = []

    def goal(self, goal: Goal) -> Goal | None:
        """Return a goal that was agreed with them, with its figures; None for any other."""
        if not goal.agreed or (goal.measure in MEASURES and goal.measure not in TOLD):
            return None
        text = self._words(goal.goal or "", goal.lines[0])
        if not text:
            return None
        return goal._replace(
            goal=text,
            measure=goal.measure if goal.measure in TOLD else None,
            baseline=_figure(goal.baseline),
            target=_figure(goal.target),
            now=_figure(goal.now),
            readings=tuple(each._replace(value=value) for each in goal.readings if (value := _figure(each.value))),
            lines=(),
        )

    def initiative(self, item: Initiative) -> Initiative | None:
        """Return an initiative in words that may be told, None without any."""
        text = self._words(item.what or "", item.lines[0])
        owner = self._colleague(item.owner) if item.owner else None
        return (
            item._replace(what=text, owner=owner, status=None, now=None, readings=(), actions=(), lines=())
            if text
            else None
        )

    def promises(self) -> Iterator[Statement]:
        """Yield the promise to everybody, then what we promised them and have not yet done."""
        if text := self._words(self._facts.settings.text("strategy.promise"), ""):
            yield Statement("always", text, "", ())
        for each in self._facts.detail.next:
            is_ours = each.kind == PROMISE and each.direction != "from" and self._is_theirs(each)
            if is_ours and (text := self._words(each.text, place_of(each))):
                yield Statement(each.date, joined(text, self._people(each)), "", ())

    def steps(self, known: set[str]) -> Iterator[Statement]:
        """Yield when we meet, about what only where that serves a shared goal; and what they promised us."""
        for each in self._facts.detail.next:
            if not (each.who and self._is_theirs(each)):
                continue
            is_theirs = each.kind == PROMISE and each.direction == "from"
            if is_theirs or (each.kind in self._facts.settings.channels and serves(each.text) in known):
                if text := self._words(each.text, place_of(each)):
                    what = "you promised" if is_theirs else each.kind
                    yield Statement(each.date, joined(f"{what}: {text}", self._people(each)), "", ())
            elif each.kind in self._facts.settings.channels:
                yield Statement(each.date, joined(each.kind, self._people(each)), "", ())

    def _words(self, text: str, place: str) -> str:
        """Return words that may be told, "" when there are none: a line that names another customer is left out."""
        if self._names_another(text):
            self.left_out.append(place)
            return ""
        plain = TOPIC.sub("", without_tokens(text))
        return " ".join(MENTION.sub(lambda match: self._facts.names.get(match[1].rstrip("."), ""), plain).split())

    def _names_another(self, text: str) -> bool:
        words = _word_list(text)
        return any(
            words[start:end] in self._others
            for start in range(len(words))
            for end in range(start + 1, min(len(words), start + LONGEST_NAME) + 1)
        )

    def _is_theirs(self, each: FollowUp) -> bool:
        return all(who in self._facts.names for who in each.who)

    def _people(self, each: FollowUp) -> str:
        ours = ", ".join(self._colleague(by) for by in each.by)
        return " with ".join(part for part in (self._facts.who(each.who), ours) if part)

    def _colleague(self, key: str) -> str:
        return self._facts.settings.text(f"team.{key}.name") or self._facts.settings.name or "us"


def _aim(goal: Goal) -> Statement:
    side = "our goal" if goal.whose == OURS else "your goal"
    way = " → ".join(each for each in (goal.baseline, goal.target) if each)
    by = f"by {goal.due}" if goal.due else ""
    now = f"now {goal.now}: {standing(goal)}" if goal.now else ""
    tone = {True: "good", False: "late", None: ""}[goal.on_track]
    return Statement(side, joined(goal.goal, way, by, now), tone, ())


def _work(item: Initiative) -> Statement:
    return Statement(item.due or "", joined(item.what, item.owner), "", ())


def _figure(text: str | None) -> str | None:
    """Return the figure that a value begins with, None for words."""
    match = goals.FIGURE.match(text or "")
    return match[0].strip() if match else None


def _others(index: Index, found: reads.Found) -> set[tuple[str, ...]]:
    """Return the names of every other customer and of their people, each as its words."""
    rows = index.query(
        "SELECT folded FROM alias WHERE customer <> ? UNION SELECT folded FROM contact WHERE customer <> ? AND "
        "instr(folded, ' ') EXCEPT SELECT folded FROM alias WHERE customer = ? "
        "EXCEPT SELECT folded FROM contact WHERE customer = ?",
        (found.id,) * 4,
    )
    return {_word_list(str(row[0])) for row in rows} - {()}


def _word_list(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", fold(text)))
