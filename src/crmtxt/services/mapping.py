"""The people of a customer: how close each of them is, who talks to whom about what, and where the net has holes."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crmtxt.measure import feeling
from crmtxt.measure import network
from crmtxt.measure import strength
from crmtxt.measure.history import NOBODY
from crmtxt.measure.history import Contacts
from crmtxt.measure.history import Person
from crmtxt.measure.history import meaningful
from crmtxt.measure.history import read_interactions
from crmtxt.model.details import Contact
from crmtxt.model.details import CustomerDetail
from crmtxt.model.figures import Gap
from crmtxt.model.figures import MappedPerson
from crmtxt.model.figures import RelationshipMap
from crmtxt.model.figures import Talks
from crmtxt.model.names import counted
from crmtxt.model.names import fold
from crmtxt.model.views import LogEntry
from crmtxt.services.detail import Page
from crmtxt.services.detail import day_of
from crmtxt.services.detail import read_page
from crmtxt.services.detail import rounded
from crmtxt.services.detail import told
from crmtxt.services.standards import days
from crmtxt.store import reads
from crmtxt.store.book import Book
from crmtxt.store.index import Index

UNCOVERED, SINGLE_THREAD = "uncovered", "single thread"

Met = Mapping[str, Sequence[LogEntry]]  # the real contacts with each person, the oldest first


class _Net(NamedTuple):
    """What a map is made of: the customer, who is there, real contacts, who of a team of several had them, a day."""

    item: CustomerDetail
    people: Sequence[MappedPerson]
    met: Met
    ours: Collection[str]
    as_of: int


def relationship_map(book: Book, found: reads.Found, as_of: date) -> RelationshipMap:
    """Return who is who at a customer as of a day, who talks to whom about what, and what is lacking."""
    page = read_page(book, found, as_of)
    return mapped(page, told(page, book.index), book.index)


def mapped(page: Page, item: CustomerDetail, index: Index) -> RelationshipMap:
    """Return the same of a file that was read."""
    (met, ours), as_of = _met(page, item), page.today.toordinal()
    people = sorted(_people(item, met, as_of), key=lambda each: (-(each.influence or 0), each.name))
    net = _Net(item, people, met, ours if len(page.settings.team) > 1 else (), as_of)
    ghosts = [who for who in met if who not in _names(item) and not reads.is_mapped(index, who)]
    gaps = (*_gaps(net), *(Gap("ghost", who, _ghost(met[who])) for who in ghosts))
    return RelationshipMap(item.handle, item.name, tuple(people), tuple(_talks(net)), gaps)


def by_name(item: CustomerDetail) -> dict[str, str]:
    """Return the handles of the contacts by all they may be called in a line, folded."""
    return {fold(form): handle for handle, name in _names(item).items() for form in (name, handle)}


def _names(item: CustomerDetail) -> dict[str, str]:
    return {each.handle: each.name for each in item.contacts}


def _met(page: Page, item: CustomerDetail) -> tuple[Met, set[str]]:
    """Return the real contacts by handle, those with people who are not mapped by what they are called.

    And who of us had the latest of them, also those that name nobody of theirs.
    """
    channels, known, names = page.settings.channels, by_name(item), _names(item)
    lines = [(entry.number, entry.line) for entry in page.document.log]
    called = (who.removeprefix("@") for _, line in lines if channels.get(line.kind, 0) > 0 for who in line.who)
    others: dict[str, str] = {}
    for who in called:
        if fold(who) not in known:
            others.setdefault(fold(who), who)
    handles = (*names, *others.values())
    contacts = Contacts(handles, (*names.values(), *others.values()), [Person()] * len(handles))
    entries = {entry.line: entry for entry in item.log}
    real = meaningful(read_interactions(lines, contacts, channels), page.today.toordinal())
    found: dict[str, list[LogEntry]] = {}
    for each in real:
        if each.person != NOBODY:
            found.setdefault(handles[each.person], []).append(entries[each.line])
    lately = strength.within(real, page.today.toordinal())
    return found, {us for each in lately for us in entries[each.line].by}


def _people(item: CustomerDetail, met: Met, as_of: int) -> Iterator[MappedPerson]:
    """Yield the mapped people who are there."""
    felt = _felt(item)
    for each in item.contacts:
        if not each.former:
            seen = met.get(each.handle, ())
            yield _person(each, seen, rounded(feeling.mood(felt.get(each.handle, ()), as_of)), as_of)


def _person(each: Contact, met: Sequence[LogEntry], mood: float | None, as_of: int) -> MappedPerson:
    on = [day_of(entry) for entry in met]
    return MappedPerson(
        handle=each.handle,
        name=each.name,
        title=each.title,
        role=each.role,
        influence=each.influence,
        stance=each.stance,
        cares_about=each.cares_about,
        mood=mood,
        coverage=len(_lately(met, as_of)),
        level=network.level(on, as_of),
        wanted=each.wanted,
        ours=each.ours,
        last=met[-1].date if met else None,
    )


def _felt(item: CustomerDetail) -> dict[str, list[tuple[int, float]]]:
    """Return what each person felt, and on which day."""
    known = by_name(item)
    found: dict[str, list[tuple[int, float]]] = {}
    for entry in item.log:
        if entry.feel is not None:
            for who in {known.get(fold(each), each) for each in entry.who}:
                found.setdefault(who, []).append((day_of(entry), entry.feel))
    return found


def _talks(net: _Net) -> Iterator[Talks]:
    """Yield each pair of one of ours and one of theirs, those who talk most first."""
    pairs: dict[tuple[str | None, str], list[LogEntry]] = {}
    for who, entries in net.met.items():
        for entry in _lately(entries, net.as_of):
            for us in entry.by or (None,):
                pairs.setdefault((us, who), []).append(entry)
    names = _names(net.item)
    for (us, who), entries in sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0][0] or "", pair[0][1])):
        topics = Counter(topic.lower() for entry in entries for topic in entry.topics)
        often = tuple(topic for topic, _ in sorted(topics.items(), key=lambda each: (-each[1], each[0])))
        yield Talks(us, who, names.get(who, who), len(entries), often, entries[-1].date or "")


def _gaps(net: _Net) -> Iterator[Gap]:
    """Yield what is lacking, the gravest first; of a person who is a customer, what only a group can lack is not."""
    yield from (gap for each in net.people if (gap := _uncovered(each, net.as_of)))
    if net.item.fields.get("person") != ("true",):
        yield from _single_thread(net)
        if net.people:
            roles = [each.role or "" for each in net.people]
            yield from (Gap(f"no {role}", None, f"nobody is mapped as {role}") for role in network.lacking(roles))
        else:
            yield Gap("nobody", None, "nobody is mapped")
    yield from (gap for each in net.people if (gap := _too_far(each, net.as_of)))


def _uncovered(each: MappedPerson, as_of: int) -> Gap | None:
    if (each.influence or 0) < network.INFLUENTIAL or each.coverage:
        return None
    return Gap(UNCOVERED, each.handle, f"influence {each.influence}, {_since(each, as_of)}")


def _too_far(each: MappedPerson, as_of: int) -> Gap | None:
    """Return that somebody went quiet, or is less close than wanted, unless that person is uncovered anyway."""
    if _uncovered(each, as_of):
        return None
    if each.level == network.KNOWN:
        return Gap("gone quiet", each.handle, _since(each, as_of))
    if network.is_below(each.level, each.wanted):
        return Gap("below wanted", each.handle, f"{_since(each, as_of)}; wanted: {each.wanted}")
    return None


def _single_thread(net: _Net) -> Iterator[Gap]:
    """Yield that all hangs by one thread (T6): few of theirs, or one of ours where there are several of us."""
    counts = {who: len(_lately(entries, net.as_of)) for who, entries in net.met.items()}
    spread = strength.spread([count for count in counts.values() if count]) if any(counts.values()) else None
    if not strength.is_single_thread(spread, len(net.ours)):
        return
    found = []
    if spread and strength.is_single_thread(spread, 0):
        most = max(counts, key=lambda who: counts[who])
        name = _names(net.item).get(most, most)
        found.append(f"{spread.top:.0%} of the talks in {strength.WINDOW_DAYS} days are with {name}")
    if len(net.ours) == 1:
        found.append(f"of us only {next(iter(net.ours))} talks to them")
    yield Gap(SINGLE_THREAD, None, "; ".join(found))


def _ghost(met: Sequence[LogEntry]) -> str:
    return f"in {counted(len(met), 'talk')}, the last on {met[-1].date}, and in no contact map"


def _since(each: MappedPerson, as_of: int) -> str:
    if each.last is None:
        return "never in touch"
    ago = as_of - date.fromisoformat(each.last).toordinal()
    return f"last in touch {days(ago)} ago" if ago else "in touch today"


def _lately(met: Sequence[LogEntry], as_of: int) -> list[LogEntry]:
    return [entry for entry in met if day_of(entry) > as_of - strength.WINDOW_DAYS]
