"""How goals go, of a plan or of the whole book: their measures worked out, how much of the way is done, if in time."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import date
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from crmtxt.measure import feeling
from crmtxt.measure import goals
from crmtxt.measure import promises
from crmtxt.measure import rhythm
from crmtxt.measure import strength
from crmtxt.measure.goals import Touch
from crmtxt.measure.health import Terms
from crmtxt.measure.health import health
from crmtxt.measure.history import History
from crmtxt.measure.history import meaningful
from crmtxt.model.course import is_reading
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import MEASURES
from crmtxt.store import measures
from crmtxt.store.index import Index

WINDOW_DAYS = 90
ANSWER_TIME = "answer_time"
NEEDED = ("to", "agreed", "by")  # without them nobody can tell whether a goal is on track

GOALS = """
SELECT file, key, value FROM field WHERE key > 'plan.goals.' AND key < 'plan.goals/' AND value IS NOT NULL
"""
WHOSE = """
SELECT id, handle, name FROM customer
WHERE id IN (SELECT file FROM field WHERE key > 'plan.goals.' AND key < 'plan.goals/')
"""
READ = """
SELECT customer, subject, text FROM line WHERE section = 'log' AND kind = 'goal' AND date <= ?
ORDER BY customer, date, number
"""
TOUCHES = """
SELECT customer, date, time, number, direction, kind FROM line WHERE section = 'log' AND date > ? AND date <= ?
AND customer IN (SELECT file FROM field WHERE key > 'plan.goals.' AND key < 'plan.goals/' AND value = 'answer_time')
"""
EMPTY = History((), (), (), ())

Values = Mapping[str, str]


class Sources(NamedTuple):
    """What a measure is worked out from: the history, what was agreed, weights, and the talks of the last 90 days."""

    history: History
    terms: Terms
    weights: Mapping[str, float]
    touches: Iterable[Touch] = ()


class OffTrack(NamedTuple):
    """A goal that is not on track: where it is, and where it is to be by when."""

    customer: str
    name: str
    handle: str
    goal: str
    now: str
    target: str
    by: str
    by_hand: bool


class _Goal(NamedTuple):
    """A goal as a head has it, and whose it is: handle, name and number in the index of the customer."""

    customer: str
    name: str
    handle: str
    number: int
    values: Values

    @property
    def measure(self) -> str:
        return self.values.get("measure", "")

    @property
    def by_hand(self) -> bool:
        return self.measure not in MEASURES

    @property
    def by_figures(self) -> bool:
        return not self.by_hand and self.measure != ANSWER_TIME


def worked_out(sources: Sources, measure: str, day: int) -> str | None:
    """Return one of the measures a goal can have, as of a day, with its unit; None when there is not enough data."""
    number = _measured(sources, measure, day)
    return None if number is None else f"{round(number, 1):g}{MEASURES[measure]}"


def progress(baseline: str | None, target: str | None, now: str | None) -> float | None:
    """Return the share of the way that is done; None where one of the three is missing, or in another unit."""
    found = [goals.quantity(each) for each in (baseline, target, now) if each]
    start, end, here = found if len(found) == len(("baseline", "target", "now")) else (None, None, None)
    if start is None or end is None or here is None or len({start.unit, end.unit, here.unit}) > 1:
        return None
    return goals.progress(start.number, end.number, here.number)


def span(values: Values) -> tuple[int, int] | None:
    """Return the first and the last day of a goal; None when one of them is not known."""
    try:
        first, last = (date.fromisoformat(values.get(key, "")).toordinal() for key in ("agreed", "by"))
    except ValueError:
        return None
    return (first, last) if first < last else None


def off_track(index: Index, today: date) -> Iterator[OffTrack]:
    """Yield the goals of the whole book that are not on track and still have time, customer by customer."""
    day = today.toordinal()
    found = [each for each in _open(index) if _has_time(each.values, day)]
    histories = measures.histories(index, {each.customer for each in found if each.by_figures})
    touches = _touches(index, today) if any(each.measure == ANSWER_TIME for each in found) else {}
    by_hand = _readings(index, today) if any(each.by_hand for each in found) else {}
    for each in found:
        if each.by_hand:
            readings = by_hand.get((each.number, each.handle), [])
        else:
            known = histories.get(each.customer)
            history, terms = (known.history, known.terms) if known else (EMPTY, Terms(0, 0))
            sources = Sources(history, terms, index.settings.health, touches.get(each.number, ()))
            readings = list(filter(None, [worked_out(sources, each.measure, day)]))
        baseline = each.values.get("from") or (readings[0] if readings and each.by_hand else None)
        done = progress(baseline, each.values["to"], readings[-1] if readings else None)
        if done is not None and goals.on_track(done, span(each.values), day) is False:
            said = each.values.get("goal", each.handle)
            to, by = each.values["to"], each.values["by"]
            yield OffTrack(each.customer, each.name, each.handle, said, readings[-1], to, by, each.by_hand)


def _measured(sources: Sources, measure: str, day: int) -> float | None:
    history = sources.history
    if measure == ANSWER_TIME:
        found = goals.answer_time(sources.touches, day)
        return found and found.hours
    if measure == "keep_rate":
        due = promises.due(history.promises, day, ours=True)
        return 100 * sum(each.kept for each in due) / len(due) if due else None
    if measure == "health":
        return health(history, sources.terms, day, sources.weights).index
    if measure == "mood":
        return feeling.mood([(each.day, each.feel) for each in history.felt], day)
    if measure == "quiet":
        return rhythm.quiet(history.interactions, day)
    return len(strength.active(strength.within(meaningful(history.interactions, day), day)))


def _open(index: Index) -> Iterator[_Goal]:
    """Yield each goal of a head, by customer."""
    found: dict[tuple[int, str], dict[str, str]] = {}
    rows: list[Any] = index.query(GOALS)
    for number, key, value in rows:
        _, _, handle, *field = key.split(".", 3)
        found.setdefault((number, handle), {}).update(dict.fromkeys(field, value))
    whose: list[Any] = index.query(WHOSE)
    named = {number: (handle, name) for number, handle, name in whose}
    yield from sorted(_Goal(*named[number], handle, number, values) for (number, handle), values in found.items())


def _has_time(values: Values, day: int) -> bool:
    """Say whether a goal has all it takes to tell, was agreed by now, and its day lies ahead."""
    days = span(values) if all(values.get(key) for key in NEEDED) else None
    return days is not None and days[0] <= day < days[1]


def _readings(index: Index, today: date) -> dict[tuple[int, str], list[str]]:
    """Return the readings of all goals by customer and handle, the earliest first."""
    found: dict[tuple[int, str], list[str]] = {}
    rows: list[Any] = index.query(READ, (today.isoformat(),))
    for customer, handle, text in rows:
        if is_reading(GOAL, text):
            found.setdefault((customer, handle), []).append(text)
    return found


def _touches(index: Index, today: date) -> dict[int, list[Touch]]:
    """Return when we were in touch in the last 90 days with those who have a goal for how soon we answer."""
    since, channels = (today - timedelta(WINDOW_DAYS)).isoformat(), index.settings.channels
    found: dict[int, list[Touch]] = {}
    rows: list[Any] = index.query(TOUCHES, (since, today.isoformat()))
    for customer, day, time, number, direction, kind in rows:
        if channels.get(kind, 0) > 0:
            touch = Touch(date.fromisoformat(day).toordinal(), time or "", number, direction == "from")
            found.setdefault(customer, []).append(touch)
    return found
