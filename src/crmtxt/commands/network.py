"""The people of a customer on a screen and in a diagram: who is who, who talks to whom about what, what is lacking."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter

from crmtxt.commands.columns import day
from crmtxt.commands.columns import level
from crmtxt.commands.sheet import Row
from crmtxt.commands.sheet import named_once
from crmtxt.measure.network import is_below
from crmtxt.model.figures import MappedPerson
from crmtxt.model.figures import RelationshipMap
from crmtxt.model.figures import Talks
from crmtxt.model.names import counted
from crmtxt.render.answer import in_parts
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.render.mermaid import Diagram
from crmtxt.render.mermaid import Edge
from crmtxt.render.mermaid import Group
from crmtxt.render.mermaid import Node
from crmtxt.settings import BookSettings

SHOWN_TOPICS = 4
NOBODY = "somebody"  # of ours: nobody is named in the line
PEOPLE = ("Person", "Position", "Role", "Influence", "Stance", "Cares about", "Mood")
LEVELS = ("Person", "Level", "Wanted", "Talks in 180 days", "Last in touch", "Held by")
GAPS = ("Gap", "Who", "Why")
BRANCHES = {False: "├ ", True: "└ "}

MAP = (
    Column("part", "", keep=4, style=lambda row: "dim" if row.what else ""),
    Column("what", "", least=12, keep=6),
    Column("text", "", least=16, keep=7, wrap=True),
    Column("mark", "", keep=5, style=lambda row: row.style),
)


def mapped(item: RelationshipMap, today: date) -> View:
    """Return the map as a view: people by influence, a tree of who talks to whom, gaps."""
    rows = [Row(item.customer, item.name, _in_short(item), "")]
    for part in (_people(item, today), _talks(item, today), _gaps(item)):
        rows += named_once(part)
    title = f"{item.name}: {_in_short(item)}"
    return View("map", rows, MAP, title=title, drawn=in_parts(lambda _: _parts(item)))


def _parts(item: RelationshipMap) -> list[View]:
    """Return the map part by part: people, levels, the matrix of who talks to whom about what, gaps."""
    names = {each.handle: each.name for each in item.people}
    ours = sorted({each.ours or NOBODY for each in item.talks})
    talks = {(each.theirs, each.ours or NOBODY): _about(each) for each in item.talks}
    theirs = list(dict.fromkeys((*names, *(each.theirs for each in item.talks))))
    everybody = names | {each.theirs: each.name for each in item.talks}
    matrix = [(everybody[person], *(talks.get((person, us), "") for us in ours)) for person in theirs if talks]
    return [
        _table("People", PEOPLE, [_person(each) for each in item.people]),
        _table("Levels", LEVELS, [_closeness(each) for each in item.people]),
        _table("Who talks to whom, about what", ("Person", *ours), matrix),
        _table("Gaps", GAPS, [(gap.kind, names.get(gap.person or "", gap.person or ""), gap.why) for gap in item.gaps]),
    ]


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> View:
    columns = (Column("", head, itemgetter(at)) for at, head in enumerate(heads))
    return View("map", rows, tuple(columns), title=title)


def _person(each: MappedPerson) -> tuple[str, ...]:
    influence = "" if each.influence is None else str(each.influence)
    about = (f"{each.name} @{each.handle}", each.title or "", each.role or "", influence, _stance(each.stance))
    return (*about, ", ".join(each.cares_about), level(each.mood)[0])


def _closeness(each: MappedPerson) -> tuple[str, ...]:
    return (each.name, each.level, each.wanted or "", str(each.coverage), each.last or "never", each.ours or "")


def _stance(value: int | None) -> str:
    return "" if value is None else f"{value:+d}" if value else "0"


def diagram(item: RelationshipMap, settings: BookSettings) -> Diagram:
    """Return the map as a diagram: ours on the left, theirs on the right, those who are not covered apart."""
    apart = {each.person for each in item.gaps}
    known = {each.handle for each in item.people}
    others = {each.theirs: each.name for each in item.talks if each.theirs not in known}
    ours = dict.fromkeys(each.ours or NOBODY for each in item.talks)
    us = Group(settings.name or "us", [Node(key, (settings.text(f"team.{key}.name") or key,)) for key in ours])
    them = [Node(each.handle, (each.name, *_facts(each)), each.handle in apart) for each in item.people]
    them += [Node(who, (name,), faint=True) for who, name in others.items()]
    edges = [Edge(each.ours or NOBODY, each.theirs, _about(each)) for each in item.talks]
    return Diagram((us, Group(item.name, them)), edges)


def _in_short(item: RelationshipMap) -> str:
    covered = sum(each.coverage > 0 for each in item.people)
    people, threads = counted(len(item.people), "person", "people"), counted(len(item.talks), "thread")
    return f"{covered} of {people} in touch, {threads}"


def _people(item: RelationshipMap, today: date) -> Iterator[Row]:
    for each in item.people:
        close = f"{each.level}, last {day(each.last, today).strip()}" if each.last else "never in touch"
        wanted = f"wanted {each.wanted}" if is_below(each.level, each.wanted) else ""
        held = f"held by {each.ours}" if each.ours else ""
        about = (each.title, *_facts(each), held, ", ".join(each.cares_about))
        text = " · ".join(part for part in (close, wanted, *about) if part)
        yield Row("People", f"{each.name} @{each.handle}", text, *level(each.mood))


def _facts(each: MappedPerson) -> list[str]:
    influence = f"influence {each.influence}" if each.influence else ""
    stance = f"stance {_stance(each.stance)}" if each.stance is not None else ""
    return [fact for fact in (each.role or "", influence, stance) if fact]


def _talks(item: RelationshipMap, today: date) -> Iterator[Row]:
    """Yield a tree: each of ours, and below them those they talk to, how often and about what."""
    by_us = sorted(item.talks, key=lambda each: each.ours or NOBODY)
    for us, some in groupby(by_us, lambda each: each.ours or NOBODY):
        pairs = list(some)
        yield Row("Talks", us, counted(len(pairs), "person", "people"), "")
        for each in pairs:
            text = _about(each)
            yield Row("Talks", BRANCHES[each is pairs[-1]] + each.name, text, day(each.last, today), "dim")


def _about(each: Talks) -> str:
    return " ".join([counted(each.count, "talk"), *(f"#{topic}" for topic in each.topics[:SHOWN_TOPICS])])


def _gaps(item: RelationshipMap) -> Iterator[Row]:
    names = {each.handle: each.name for each in item.people}
    for gap in item.gaps:
        who = f"{names.get(gap.person, gap.person)}: " if gap.person else ""
        yield Row("Gaps", gap.kind, f"{who}{gap.why}", "")
