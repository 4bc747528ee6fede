"""What a customer felt, and each person of theirs: level, direction, moments of truth, their words, surveys."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crmtxt.measure import feeling
from crmtxt.measure.feeling import Point
from crmtxt.measure.promises import KEPT
from crmtxt.model.figures import Moment
from crmtxt.model.figures import Mood
from crmtxt.model.figures import Quote
from crmtxt.model.figures import Survey
from crmtxt.model.line import tokens
from crmtxt.model.names import fold
from crmtxt.model.views import LogEntry
from crmtxt.services.detail import day_of
from crmtxt.services.detail import rounded
from crmtxt.store import reads
from crmtxt.store.index import Index
from crmtxt.store.selecting import Selection

MARK = "moment"
SURVEYS = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8)}


class _About(NamedTuple):
    """Whose mood it is: the customer, the days on which we were in touch, as of which day."""

    found: reads.Found
    ours: Sequence[int]
    as_of: int


def moods(index: Index, found: reads.Found, as_of: date) -> list[Mood]:
    """Return what all of them felt by a day, then each person who said or felt something, in the order of the map."""
    until = as_of.isoformat()
    newest_first = reads.entries(index, Selection(None, as_of), customer=found.id)
    return moods_of([entry for entry in newest_first if (entry.date or "") <= until], index, found, as_of)


def moods_of(log: Sequence[LogEntry], index: Index, found: reads.Found, as_of: date) -> list[Mood]:
    """Return the same of a log that was read up to the day, the newest entry first."""
    entries = list(reversed(log))
    ours = [day_of(each) for each in entries if is_ours(each, index.settings.channels)]
    about = _About(found, ours, as_of.toordinal())
    people = (_mood(about, person, some) for person, some in _by_person(found, entries))
    return [
        _mood(about, None, entries),
        *(mood for mood in people if mood.n or mood.quotes or mood.nps or mood.csat or mood.ces),
    ]


def _mood(about: _About, person: str | None, some: Sequence[LogEntry]) -> Mood:
    """Return what one person felt, or all of them."""
    points = _points(some)
    tested = feeling.mann_kendall(points) if len(points) >= feeling.FEWEST_FOR_A_TREND else None
    marked = [each for each in some if feeling.is_moment(each.feel, marked=MARK in each.text.split())]
    nps, csat, ces = (_answers(some, name) for name in SURVEYS)
    score, share, effort = feeling.nps(nps), feeling.csat(csat), feeling.ces(ces)
    return Mood(
        customer=about.found.handle,
        name=about.found.name,
        person=person,
        n=len(points),
        level=rounded(feeling.mood(points, about.as_of)),
        trend=feeling.trend(points) if tested else None,
        slope_90d=rounded(feeling.direction(points)) if tested else None,
        p_value=rounded(tested.p) if tested else None,
        changing=feeling.changing(points),
        peak_end=feeling.peak_end(points),
        moments=tuple(_moment(about, each, points) for each in marked),
        quotes=tuple(_quote(each) for each in some if each.quote),
        nps=score and Survey(score.n, rounded(score.score) or 0.0, None, rounded(score.error)),
        csat=share and Survey(share.n, rounded(share.score) or 0.0, None, None),
        ces=effort and Survey(effort.n, rounded(effort.easy) or 0.0, rounded(effort.mean), None),
    )


def _points(entries: Sequence[LogEntry]) -> list[Point]:
    return [Point(day_of(each), each.feel) for each in entries if each.feel is not None]


def _answers(entries: Sequence[LogEntry], name: str) -> list[int]:
    """Return the answers to a survey that are on its scale."""
    found = (tokens(each.text).get(name, "") for each in entries if f"{name}:" in each.text)
    return [int(text) for text in found if text.isdecimal() and int(text) in SURVEYS[name]]


def _moment(about: _About, entry: LogEntry, points: Sequence[Point]) -> Moment:
    day = day_of(entry)
    followed = feeling.followed_up(day, about.ours, about.as_of)
    is_open = followed is None and about.as_of < day + feeling.FOLLOW_UP_DAYS
    return Moment(
        date=entry.date or "",
        feel=entry.feel,
        text=entry.text,
        who=entry.who,
        followed_up=None if is_open else followed is not None,
        followed_on=None if followed is None else date.fromordinal(followed).isoformat(),
        recovery=None if entry.feel is None else feeling.recovery(Point(day, entry.feel), points, about.as_of),
        path=entry.path,
        line=entry.line,
    )


def _quote(entry: LogEntry) -> Quote:
    words = " ".join((entry.quote or "").split())
    return Quote(entry.date or "", entry.who, words, entry.feel, entry.path, entry.line)


def _by_person(found: reads.Found, entries: Sequence[LogEntry]) -> Iterator[tuple[str, list[LogEntry]]]:
    """Yield the entries of each person: the mapped ones by handle, then anybody else as written."""
    known = {fold(form): handle for handle, name in found.contacts for form in (name, handle)}
    people: dict[str, list[LogEntry]] = {handle: [] for handle, _ in found.contacts}
    for entry in entries:
        for who in dict.fromkeys(known.get(fold(who), who) for who in entry.who):
            people.setdefault(who, []).append(entry)
    yield from people.items()


def is_ours(entry: LogEntry, channels: dict[str, float]) -> bool:
    """Say whether we were in touch, or kept a promise."""
    return entry.direction != "from" and (entry.kind == KEPT or channels.get(entry.kind, 0) > 0)
