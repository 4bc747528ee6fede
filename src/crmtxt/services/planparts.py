"""The sections of a plan that tell how a relationship is: why, today, people, talks, promises, feedback, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.measure import strength
from crmtxt.measure.feeling import STEADY
from crmtxt.measure.history import meaningful
from crmtxt.model.course import ending
from crmtxt.model.line import PROMISE
from crmtxt.model.line import without_tokens
from crmtxt.model.names import counted
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import INITIATIVE
from crmtxt.model.plans import OURS
from crmtxt.model.plans import THEIRS
from crmtxt.model.plans import TITLES
from crmtxt.model.plans import Statement
from crmtxt.services.planfacts import joined
from crmtxt.services.planfacts import of_entry
from crmtxt.services.planfacts import place_of
from crmtxt.services.plangoals import standing
from crmtxt.store.cadence import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.details import Contact
    from crmtxt.model.plans import Goal
    from crmtxt.model.plans import Initiative
    from crmtxt.model.views import LogEntry
    from crmtxt.services.planfacts import Facts

TYPE_WORDS = {
    "purpose": "purpose",
    "they_need": "they need",
    "they_get": "they get",
    "we_get": "we get",
    "becomes": "may become",
}
BANDS = {"good": "good", "fair": "cool", "poor": "late"}


def why(facts: Facts) -> Iterator[Statement]:
    """Yield why there is this relationship: the aim, and what its type is for."""
    if aim := facts.head.text("plan", "aim"):
        yield Statement("aim", aim, "", facts.place("plan", "aim"))
    kind = facts.detail.type or ""
    for key, words in TYPE_WORDS.items():
        keys = ("strategy", "types", kind, key)
        if text := facts.book.text(*keys):
            yield Statement(words, text, "", (facts.book.place(*keys), *facts.place("type")))


def wants(facts: Facts, goals: list[Goal]) -> Iterator[Statement]:
    """Yield what they want, in their words: their goals, what each of them cares about, what they said of it."""
    theirs = [goal for goal in goals if goal.whose == THEIRS]
    for goal in theirs:
        yield Statement(goal.handle, goal.goal or "", "", goal.lines[:1])
    for person in facts.detail.contacts:
        keys = ("contacts", person.handle, "cares_about")
        if text := facts.head.text(*keys):
            yield Statement(person.name, f"cares about {text}", "", facts.place(*keys))
    for quote in reversed(facts.moods[0].quotes):
        yield Statement(quote.date, joined(f"“{quote.text}”", facts.who(quote.who)), "", (place_of(quote),))


def today(facts: Facts) -> Iterator[Statement]:
    """Yield how the relationship stands: index, mood, last contact, stage."""
    item, health, mood = facts.detail, facts.health, facts.moods[0]
    if health.index is not None and health.band:
        course = "" if health.trend in {None, STEADY} else f", {health.trend}"
        lines = [line for part in health.components for line in part.lines[:1]]
        text = f"{health.index:.0f} of 100, {health.band}{course}"
        yield Statement("health", text, BANDS[health.band], tuple(dict.fromkeys(lines)))
    if mood.level is not None:
        felt = [each for each in item.log if each.feel is not None]
        course = f", {mood.trend}" if mood.trend else ""
        tone = "late" if mood.level < 0 else "good" if mood.level > 0 else ""
        yield Statement("mood", f"{mood.level:+.1f} over {counted(mood.n, 'talk')}{course}", tone, _places(felt))
    if item.last:
        last = [
            each for each in item.log if each.date == item.last and facts.on_contact(each) and each.direction != "to"
        ]
        yield Statement("last contact", f"{item.last}, {counted(item.quiet_days or 0, 'day')} ago", "", _places(last))
    since = f"since {item.since}" if item.since else ""
    yield Statement("stage", joined(item.stage, item.type, since), "", facts.place("stage"))


def people(facts: Facts) -> Iterator[Statement]:
    """Yield each person of theirs: position, role, influence, stance, who of us holds them, how they feel."""
    levels = {mood.person: mood.level for mood in facts.moods if mood.person}
    for person in facts.detail.contacts:
        spoken = [each for each in facts.detail.log if person.handle in each.who]
        text = joined(*_about(person, levels.get(person.handle)))
        tone = "dim" if person.former else "late" if person.handle in facts.uncovered else ""
        yield Statement(person.name, text, tone, (*facts.place("contacts", person.handle), *_places(spoken[:1])))


def _about(person: Contact, level: float | None) -> Iterator[str]:
    yield person.title or ""
    yield person.role or ""
    yield "" if person.influence is None else f"influence {person.influence}"
    yield "" if person.stance is None else f"stance {person.stance or 0:{'+' if person.stance else ''}d}"
    yield f"with {person.ours}" if person.ours else ""
    yield f"{counted(person.talks, 'talk')}, last {person.last}" if person.talks else "nobody has talked to them"
    yield "" if level is None else f"feels {level:+.1f}"
    yield f"until {person.until}" if person.until else ""


def talks(facts: Facts) -> Iterator[Statement]:
    """Yield who talks to whom about what next, then who talked to whom about what lately."""
    for each in facts.detail.next:
        if each.kind != PROMISE:
            pair = f"{', '.join(each.by) or 'we'} → {facts.who(each.who) or 'nobody named'}"
            text = f"{pair}: {each.kind}, {without_tokens(each.text)}"
            yield Statement(each.date, text, "late" if each.overdue_days > 0 else "", (place_of(each),))
    real = {each.line for each in strength.within(meaningful(facts.history.interactions, facts.day), facts.day)}
    pairs: dict[tuple[str, str], list[LogEntry]] = {}
    for entry in (each for each in facts.detail.log if each.line in real):
        for ours in entry.by:
            for theirs in entry.who:
                pairs.setdefault((ours, theirs), []).append(entry)
    for (ours, theirs), entries in sorted(pairs.items(), key=lambda pair: -len(pair[1])):
        topics = " ".join(dict.fromkeys(f"#{topic}" for entry in entries for topic in entry.topics))
        text = joined(f"{counted(len(entries), 'talk')} in {strength.WINDOW_DAYS} days", topics)
        yield Statement(f"{ours} – {facts.who((theirs,))}", text, "", _places(entries))


def aims(goals: list[Goal]) -> Iterator[Statement]:
    """Yield the goals, theirs and then ours: where they began, are to be and are, and whether that is on track."""
    for goal in goals:
        way = " → ".join(each for each in (goal.baseline, goal.target) if each)
        by = f"by {goal.due}" if goal.due else "no day"
        agreed = f"agreed {goal.agreed}" if goal.agreed else "not agreed with them"
        now = f"now {goal.now}: {standing(goal)}" if goal.now else "not measured yet"
        tone = {True: "good", False: "late", None: ""}[goal.on_track]
        text = joined(f"{goal.whose or 'nobody’s'}: {goal.goal or goal.handle}", way, by, now, agreed)
        yield Statement(goal.handle, text, tone, goal.lines)


def works(facts: Facts, initiatives: list[Initiative]) -> Iterator[Statement]:
    """Yield the initiatives, each followed by its next actions."""
    following = {each.ref: each for each in facts.detail.next}
    for item in initiatives:
        due = f"due {item.due}" if item.due else "no day"
        for_ = f"for {item.goal}" if item.goal else ""
        now = f"now {item.now}" if item.now else ""
        text = joined(item.what or item.handle, item.status, now, for_, item.owner, due)
        lines = item.lines[: 1 + len(item.readings)]
        yield Statement(item.handle, text, "late" if item.overdue else "", lines)
        for each in (following[ref] for ref in item.actions):
            who = f" to {facts.who(each.who)}" if each.who else ""
            text = f"{each.date} {each.kind}{who}: {without_tokens(each.text)}"
            yield Statement("next", text, "late" if each.overdue_days > 0 else "", (place_of(each),))


def promised(facts: Facts) -> Iterator[Statement]:
    """Yield the promises of both sides: how they are kept, then those that are open."""
    for row, side in zip(facts.promises, (OURS, THEIRS), strict=True):
        kinds = {"kept", "broken", "promise"}
        said = [
            each for each in facts.detail.log if each.kind in kinds and (each.direction == "from") == (side == THEIRS)
        ]
        if row.n and said:
            yield Statement(side, f"kept {row.kept} of {row.n}", "late" if row.overdue else "", _places(said))
    for each in facts.detail.next:
        if each.kind == PROMISE:
            side = f"from {facts.who(each.who) or 'them'}" if each.direction == "from" else f"to {facts.who(each.who)}"
            late = f", {counted(each.overdue_days, 'day')} late" if each.overdue_days > 0 else ""
            text = f"{side}: {without_tokens(each.text)}{late}"
            yield Statement(each.date, text, "late" if late else "", (place_of(each),))


def delivered(facts: Facts) -> Iterator[Statement]:
    """Yield what we delivered: promises kept, goals reached, initiatives done."""
    for entry in facts.detail.log:
        kind, _, handle = entry.kind.partition(" ")
        if kind == "kept" and entry.direction != "from":
            yield of_entry(entry)
        elif kind in {GOAL, INITIATIVE} and (over := ending(kind, entry.text)) and over.outcome in {"reached", "done"}:
            title = over.values.get(TITLES[kind], handle)
            yield of_entry(entry, "good", f"{title}: {over.outcome}")


def feedback(facts: Facts) -> Iterator[Statement]:
    """Yield what they told us, the latest first, and what surveys say."""
    for entry in facts.detail.log:
        for piece in entry.feedback:
            themes = " ".join(f"#{theme}" for theme in piece.themes)
            yield of_entry(entry, text=joined(piece.subject, themes, piece.text))
    mood = facts.moods[0]
    for name, survey in (("NPS", mood.nps), ("CSAT", mood.csat), ("CES", mood.ces)):
        if survey:
            asked = [each for each in facts.detail.log if f"{name.lower()}:" in each.text]
            yield Statement(name, f"{survey.score:+.0f} of {counted(survey.n, 'answer')}", "", _places(asked))


def opportunities(facts: Facts) -> Iterator[Statement]:
    """Yield what is open between us."""
    for each in facts.detail.opportunities:
        worth = "" if each.value is None else f"{each.value:,.0f} {each.currency or ''}".rstrip()
        closes = f"closes {each.close}" if each.close else ""
        tone = "late" if each.close and each.close < facts.as_of.isoformat() else ""
        moved = [entry for entry in facts.detail.log if entry.kind == f"opportunity {each.handle}"]
        in_head = each.handle in facts.head.keys("opportunities")
        lines = (*(facts.place("opportunities", each.handle) if in_head else ()), *_places(moved[:1]))
        yield Statement(each.title or each.handle, joined(each.stage, worth, closes, each.owner), tone, lines)


def rules(facts: Facts) -> Iterator[Statement]:
    """Yield how we talk to them: how often, how soon, how much at most, what they agreed to be sent."""
    kind = facts.detail.type or ""
    own = facts.cadence
    if own and own == facts.head.text("cadence"):
        yield Statement("in touch", f"every {in_words(own)}", "", facts.place("cadence"))
    elif own:
        tag = next(tag for tag in facts.detail.tags if facts.settings.tag_cadences.get(tag) == own)
        keys = ("strategy", "tags", tag, "cadence")
        yield Statement("in touch", f"every {in_words(own)}", "", (facts.book.place(*keys), *facts.place("tags")))
    for key, about, words in (
        ("cadence", "in touch", "every "),
        ("answer_within", "answers", "within "),
        ("experience", "they can count on", ""),
    ):
        keys = ("strategy", "types", kind, key)
        if (text := facts.book.text(*keys)) and not (own and key == "cadence"):
            yield Statement(about, f"{words}{in_words(text)}", "", (facts.book.place(*keys), *facts.place("type")))
    pressure = ("strategy", "pressure")
    if touches := facts.book.text(*pressure, "touches"):
        days = facts.book.text(*pressure, "days")
        yield Statement("at most", f"{touches} touches in {days} days", "", (facts.book.place(*pressure),))
    for person in facts.detail.contacts:
        for what in facts.head.keys("contacts", person.handle, "consent"):
            at = ("contacts", person.handle, "consent", what)
            if (day := facts.head.text(*at)) <= facts.as_of.isoformat():
                yield Statement(person.name, f"agreed to {what} on {day}", "", facts.place(*at))


def _places(entries: list[LogEntry]) -> tuple[str, ...]:
    return tuple(place_of(each) for each in entries)
