"""The index of relationships with everything it is made of: parts, vetoes, lines, course, calibration."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crmtxt.measure import feeling
from crmtxt.measure import promises
from crmtxt.measure import rhythm
from crmtxt.measure import strength
from crmtxt.measure.health import HORIZON_DAYS
from crmtxt.measure.health import Calibration
from crmtxt.measure.health import Component
from crmtxt.measure.health import Terms
from crmtxt.measure.health import band
from crmtxt.measure.health import calibration
from crmtxt.measure.health import course
from crmtxt.measure.health import health
from crmtxt.measure.health import trend
from crmtxt.measure.health import velocity
from crmtxt.measure.history import History
from crmtxt.measure.history import meaningful
from crmtxt.model import figures
from crmtxt.model.figures import Figure
from crmtxt.model.figures import HealthPart
from crmtxt.model.figures import MonthEnd
from crmtxt.model.names import counted
from crmtxt.services.detail import rounded
from crmtxt.store import measures
from crmtxt.store.index import Index

ABSENT = {
    "rhythm": "no cadence is agreed",
    "strength": "no contact logged",
    "reciprocity": f"no talk in {strength.WINDOW_DAYS} days",
    "breadth": "nobody is mapped",
    "mood": "no feel: in the log",
    "promises": "no promise of ours has been due",
}


class Measured(NamedTuple):
    """What a customer is measured by: its history, what was agreed, what the parts weigh, as of which day."""

    history: History
    terms: Terms
    weights: dict[str, float]
    as_of: int


def healths(index: Index, handles: Iterable[str], as_of: date) -> list[figures.Health]:
    """Return the index of some customers with everything it is made of."""
    known = measures.histories(index, handles)
    outcome, weights, day = calibrated(index, as_of), index.settings.health, as_of.toordinal()
    return [_health(each, Measured(each.history, each.terms, weights, day), outcome) for each in known.values()]


def calibrated(index: Index, as_of: date) -> Calibration:
    """Return how well the index, a quarter before, foretold what became of relationships: renewed or lost."""
    outcomes = list(measures.outcomes(index, as_of.isoformat()))
    if not outcomes:
        return calibration([])
    known = measures.histories(index, dict.fromkeys(handle for handle, _, _ in outcomes))
    pairs = []
    for handle, day, went_on in outcomes:
        found = known[handle]
        before = health(found.history, found.terms, day - HORIZON_DAYS, index.settings.health).index
        if before is not None:
            pairs.append((before, went_on))
    return calibration(pairs)


def _health(customer: measures.Known, measured: Measured, outcome: Calibration) -> figures.Health:
    found = health(*measured[:2], measured.as_of, measured.weights)
    points = course(*measured[:2], measured.as_of, measured.weights)
    path = customer.path
    return figures.Health(
        customer=customer.handle,
        name=customer.name,
        index=rounded(found.index),
        band=None if found.index is None else band(found.index),
        trend=trend(points),
        velocity_90d=rounded(velocity(points)),
        calibrated=outcome.auc is not None,
        outcomes=outcome.n,
        auc=rounded(outcome.auc),
        brier=rounded(outcome.brier),
        components=tuple(_part(part, measured, path) for part in found.components),
        missing=tuple(found.missing),
        vetoes=tuple(figures.Veto(veto.name, _places(path, veto.lines)) for veto in found.vetoes),
        history=tuple(MonthEnd(date.fromordinal(each.day).isoformat(), round(each.feel, 6)) for each in points),
        figures=tuple(_figures(measured)),
    )


def _part(part: Component, measured: Measured, path: str) -> HealthPart:
    lines = part.lines
    why = _WHY[part.name](measured)
    return HealthPart(part.name, round(part.value, 6), part.weight, len(lines), why, _places(path, lines))


def _places(path: str, lines: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{path}:{line}" for line in lines)


def _why_rhythm(measured: Measured) -> str:
    days = rhythm.quiet(measured.history.interactions, measured.as_of) or 0
    when = f"{_days(days)} ago" if days else "today"
    return f"last real contact {when}, {_days(measured.terms.cadence)} agreed"


def _why_strength(measured: Measured) -> str:
    met = meaningful(measured.history.interactions, measured.as_of)
    lately = {each.line for each in strength.within(met, measured.as_of)}
    return f"{counted(len(lately), 'talk')} in {strength.WINDOW_DAYS} days, {len({each.line for each in met})} in all"


def _why_reciprocity(measured: Measured) -> str:
    both = strength.balance(strength.within(measured.history.interactions, measured.as_of))
    return f"{both.theirs:g} from them, {both.ours:g} to them in {strength.WINDOW_DAYS} days"


def _why_breadth(measured: Measured) -> str:
    people = measured.history.people
    here = strength.mapped(people, measured.as_of)
    met = strength.active(
        strength.within(meaningful(measured.history.interactions, measured.as_of), measured.as_of)
    ).intersection(here)
    share = strength.authority(people, here, met)
    influence = "" if share is None else f", {share:.0%} of their influence"
    return f"{len(met)} of {counted(len(here), 'person', 'people')} in touch{influence}"


def _why_mood(measured: Measured) -> str:
    felt = [(each.day, each.feel) for each in measured.history.felt if each.day <= measured.as_of]
    return f"{feeling.mood(felt, measured.as_of) or 0:+.1f} over {counted(len(felt), 'talk')}"


def _why_promises(measured: Measured) -> str:
    found = promises.keeping(measured.history.promises, measured.as_of, ours=True)
    late = f", {found.overdue} overdue" if found.overdue else ""
    return f"kept {found.kept} of {found.n}{late}"


_WHY = {
    "rhythm": _why_rhythm,
    "strength": _why_strength,
    "reciprocity": _why_reciprocity,
    "breadth": _why_breadth,
    "mood": _why_mood,
    "promises": _why_promises,
}


def _figures(measured: Measured) -> Iterator[Figure]:
    """Yield what else there is to know, outside of the index."""
    history, terms, _, as_of = measured
    met = meaningful(history.interactions, as_of)
    yield from _rhythm_figures(history, terms, as_of)
    spread = strength.concentration(strength.within(met, as_of))
    people = "" if spread is None else f"the most with one: {spread.top:.0%}"
    yield Figure("effective contacts", rounded(spread and spread.effective), len(strength.within(met, as_of)), people)
    ghosts = strength.ghosts(met, history.people)
    yield Figure("ghosts", len(ghosts), len(strength.active(met)), "people in lines who are not mapped")


def _rhythm_figures(history: History, terms: Terms, as_of: int) -> Iterator[Figure]:
    gaps = rhythm.gaps(history.interactions, as_of)
    own = rhythm.own_rhythm(gaps)
    yield Figure("own rhythm", own, len(gaps), "days between contacts, the median")
    yield Figure("burstiness", rounded(rhythm.burstiness(gaps)), len(gaps), "-1 like a clock, 1 in bursts")
    quiet = rhythm.quiet(history.interactions, as_of)
    usual = terms.cadence or own
    surprise = None if quiet is None or not usual else rhythm.silence_surprise(len(gaps), sum(gaps), quiet, usual)
    yield Figure("silence", rounded(surprise), len(gaps), "the chance of hearing nothing for so long")
    replies = rhythm.reply_time(history.interactions, as_of)
    if replies:
        soon = "" if replies.median_days is None else f", after {_days(replies.median_days)}"
        yield Figure("replies", rounded(replies.share), replies.n, f"share answered within 14 days{soon}")
    else:
        yield Figure("replies", None, 0, "share answered within 14 days")


def absent(missing: Sequence[str]) -> str:
    """Return what is not measured and why, in words."""
    return "; ".join(f"{name} ({ABSENT[name]})" for name in missing)


def _days(count: float) -> str:
    return f"{count:g} {'day' if count == 1 else 'days'}"
