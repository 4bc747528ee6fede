"""The people of a customer on a screen and in a diagram: who is who, who talks to whom about what, what is lacking."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from crmtxt.commands.columns import counted
from crmtxt.commands.columns import day
from crmtxt.commands.columns import level
from crmtxt.commands.sheet import Row
from crmtxt.measure.network import is_below
from crmtxt.model.figures import MappedPerson
from crmtxt.model.figures import RelationshipMap
from crmtxt.model.figures import Talks
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.render.mermaid import Diagram
from crmtxt.render.mermaid import Edge
from crmtxt.render.mermaid import Group
from crmtxt.render.mermaid import Node
from crmtxt.settings import BookSettings

SHOWN_TOPICS = 4
NOBODY = "somebody"  # of ours: nobody is named in the line
BRANCHES = {False: "├ ", True: "└ "}

MAP = (
    Column("part", "", keep=4, style=lambda row: "dim" if row.what else ""),
    Column("what", "", least=12, keep=6),
    Column("text", "", least=16, keep=7, wrap=True),
    Column("mark", "", keep=5, style=lambda row: row.style),
)


def mapped(item: RelationshipMap, today: date) -> View:
    """Return the map as a view: people by influence, a tree of who talks to whom, gaps."""
    covered = sum(each.coverage > 0 for each in item.people)
    people, threads = counted(len(item.people), "person", "people"), counted(len(item.talks), "thread")
    title = f"{covered} of {people} in touch, {threads}"
    rows = [Row(item.customer, item.name, title, "")]
    for part in (_people(item, today), _talks(item, today), _gaps(item)):
        rows += [row if at == 0 else row._replace(part="") for at, row in enumerate(part)]
    return View("map", rows, MAP, keys=Row._fields[:4])


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
    stance = "" if each.stance is None else f"stance {each.stance:+d}" if each.stance else "stance 0"
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
