"""What the measures need of a customer, whatever the day: who was in touch with whom, what was felt and promised.

It is read once from the lines and the contact map. A day is a number, as `date.toordinal` counts, so that days can be
subtracted and compared at little cost; as of which day is asked is left to the measures, which pass over what is later.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from bisect import bisect_left
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from crmtxt.measure.promises import Promised
from crmtxt.measure.promises import read_promises
from crmtxt.model.line import Line
from crmtxt.model.names import fold

NEVER = date.max.toordinal()
NOBODY = -1
THEIRS = 1  # they began it: from
OURS = 2  # we did: to
MUTUAL = 3
ANSWER_DAYS = 14
CHAMPION = "champion"

Numbered = tuple[int, Line]  # where a line stands in its file, and the line
Moment = tuple[int, str]
_WAYS = {"from": THEIRS, "to": OURS}
_END_OF_DAY = "24:00"


class Interaction(NamedTuple):
    """One person in touch on one day; a line with three people is three of them.

    `person` is a place in `History.people`, one behind them for somebody who is not mapped, or NOBODY. `weight` is that
    of the channel, 0 for a second time on that channel and day. `answered` is the day from which it counts as answered
    by the other side: what they began by us, what we sent by them within 14 days, NEVER when it was not.
    """

    day: int
    line: int
    way: int
    person: int
    weight: float
    answered: int


class Felt(NamedTuple):
    """What was felt on a day."""

    day: int
    line: int
    feel: int


class Person(NamedTuple):
    """One mapped person: influence 1 to 5 (0: not known), whether a champion, and their last day there (NEVER)."""

    influence: int = 0
    champion: bool = False
    until: int = NEVER


class History(NamedTuple):
    """All of it, each in the order of days."""

    people: Sequence[Person]
    interactions: Sequence[Interaction]
    felt: Sequence[Felt]
    promises: Sequence[Promised]


class Contacts(NamedTuple):
    """The contact map: handles and names in its order, and what is known of each."""

    handles: Sequence[str]
    names: Sequence[str]
    people: Sequence[Person]


def read_history(
    log: Iterable[Numbered], open_lines: Iterable[Numbered], contacts: Contacts, channels: Mapping[str, float]
) -> History:
    """Return what the measures need of the lines of a log and the open lines of Next."""
    lines = list(log)
    return History(
        contacts.people,
        read_interactions(lines, contacts, channels),
        sorted(Felt(_day(line.date), number, feel) for number, line in lines if (feel := _feel(line)) is not None),
        read_promises(lines, open_lines),
    )


def read_interactions(log: Iterable[Numbered], contacts: Contacts, channels: Mapping[str, float]) -> list[Interaction]:
    """Return who was in touch, a person a line, on the channels that weigh anything."""
    names = _Names(contacts)
    touches = [
        (_day(line.date), number, _WAYS.get(line.direction, MUTUAL), line, names.places(line.who))
        for number, line in log
        if channels.get(line.kind, 0) > 0
    ]
    replies = _Replies((day, way, line.time, people) for day, _, way, line, people in touches)
    once: dict[tuple[int, str, int], int] = {}
    found = []
    for day, number, way, line, people in sorted(touches, key=lambda touch: touch[:2]):
        for person in people:
            answered = day if way == MUTUAL else replies.after(day, line.time, way, person)
            found.append(Interaction(day, number, way, person, channels[line.kind], answered))
            if way != OURS or answered < NEVER:
                key = (person, line.kind, day)
                first = once.setdefault(key, len(found) - 1)
                if first != len(found) - 1:
                    _keep_the_earlier(found, once, key)
    return found


def meaningful(interactions: Iterable[Interaction], as_of: int) -> list[Interaction]:
    """Return what counts as real contact by a day: what they began, what was mutual, what we sent and they answered."""
    return [each for each in interactions if each.day <= as_of and (each.way != OURS or each.answered <= as_of)]


def _keep_the_earlier(
    found: list[Interaction], once: dict[tuple[int, str, int], int], key: tuple[int, str, int]
) -> None:
    """Leave the weight of one channel and day to what counted first, of two with the same person."""
    first, last = once[key], len(found) - 1
    if _counts_from(found[last]) < _counts_from(found[first]):
        first, last = last, first
        once[key] = first
    found[last] = found[last]._replace(weight=0.0)


def _counts_from(each: Interaction) -> int:
    return each.answered if each.way == OURS else each.day


class _Names:
    """The people of lines by their place: those of the map first, anybody else behind them."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts
        self._handles = {handle: place for place, handle in enumerate(contacts.handles)}
        self._others: dict[str, int] = {}

    def places(self, who: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._place(name) for name in who)) if who else (NOBODY,)

    def _place(self, name: str) -> int:
        known = self._handles.get(name.removeprefix("@"))
        return self._elsewhere(name) if known is None else known

    def _elsewhere(self, name: str) -> int:
        if not self._others:
            for place, (handle, label) in enumerate(zip(self._contacts.handles, self._contacts.names, strict=True)):
                self._others.setdefault(fold(label), place)
                self._others[fold(handle)] = place
        return self._others.setdefault(fold(name.removeprefix("@")), len(self._others) + len(self._handles))


class _Replies:
    """When each side was heard of, to look up what came after."""

    def __init__(self, touches: Iterable[tuple[int, int, str, tuple[int, ...]]]) -> None:
        self._ours: list[Moment] = []
        self._theirs: dict[int, list[Moment]] = {}
        self._anybody: list[Moment] = []
        for day, way, time, people in touches:
            moment = (day, time or _END_OF_DAY)
            if way != THEIRS:
                self._ours.append(moment)
            if way != OURS:
                self._anybody.append(moment)
                for person in people:
                    self._theirs.setdefault(person, []).append(moment)
        for moments in (self._ours, self._anybody, *self._theirs.values()):
            moments.sort()

    def after(self, day: int, time: str, way: int, person: int) -> int:
        """Return the day of the first answer: of ours to what they began, else of that person within 14 days."""
        if way == THEIRS:
            return _first(self._ours, day, time)
        if person == NOBODY:
            found = _first(self._anybody, day, time)
        else:
            found = min(_first(self._theirs.get(each, ()), day, time) for each in (person, NOBODY))
        return found if found <= day + ANSWER_DAYS else NEVER


def _first(moments: Sequence[Moment], day: int, time: str) -> int:
    at = bisect_left(moments, (day, time))
    return moments[at][0] if at < len(moments) else NEVER


def _feel(line: Line) -> int | None:
    return line.feel if "feel:" in line.text else None


@lru_cache(maxsize=4096)
def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()
