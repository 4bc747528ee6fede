"""What shows in a book before anybody says it: champions who left, falling moods, goals off track, single threads."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.measure import feeling
from crmtxt.measure import strength
from crmtxt.measure.feeling import Point
from crmtxt.measure.history import CHAMPION
from crmtxt.measure.history import THEIRS
from crmtxt.measure.history import Felt
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import meaningful
from crmtxt.model.views import Sign
from crmtxt.model.when import describe
from crmtxt.services.standards import LOST
from crmtxt.store.packing import FELT_SIZE
from crmtxt.store.packing import last_felt
from crmtxt.store.packing import unpack_felt
from crmtxt.store.packing import unpack_interactions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from crmtxt.services.writer import Writer

RECENT_DAYS = 90  # a mood nobody has told of for longer is no news
CLOSING_DAYS = 60
HIGH = "high"

# cross joins: from the few who left to their customers, not through all customers
CHAMPIONS = f"""
SELECT c.handle, c.name, max(t.until) FROM contact t CROSS JOIN customer c ON c.id = t.customer
CROSS JOIN field r ON r.file = c.id AND r.key = 'contacts.' || t.handle || '.role' AND lower(r.value) = '{CHAMPION}'
WHERE t.until < ? AND coalesce(c.stage, '') <> '{LOST}' AND NOT EXISTS (
  SELECT 1 FROM contact o CROSS JOIN field r ON r.file = o.customer AND r.key = 'contacts.' || o.handle || '.role'
  WHERE o.customer = c.id AND lower(r.value) = '{CHAMPION}' AND coalesce(o.until, '9999') >= ?)
GROUP BY c.id ORDER BY max(t.until) DESC, c.handle
"""  # noqa: S608  # our own words
FELT = f"""
SELECT c.handle, c.name, felt, interactions FROM history h JOIN customer c ON c.id = h.customer
WHERE length(felt) >= {feeling.FEWEST_FOR_A_TREND * FELT_SIZE} AND coalesce(c.stage, '') <> '{LOST}'
"""  # noqa: S608  # the same
HAS_GOALS = "SELECT 1 FROM field WHERE key > 'plan.goals.' AND key < 'plan.goals/' LIMIT 1"
IMPORTANT = """
SELECT c.handle, c.name, c.type, closing.title, closing.close, h.interactions, h.ours
FROM customer c JOIN history h ON h.customer = c.id
LEFT JOIN (SELECT customer, title, min(close) AS close FROM opportunity
  WHERE close >= ? AND close <= ? AND stage NOT IN ('won', 'lost') GROUP BY customer) closing
  ON closing.customer = c.id
WHERE (closing.customer IS NOT NULL OR c.type IN ({marks})) AND coalesce(c.stage, '') <> 'lost'
AND c.id NOT IN (SELECT file FROM field WHERE key = 'person' AND value = 'true')
ORDER BY closing.close IS NULL, closing.close, c.handle
"""


def champions_gone(writer: Writer) -> Iterator[Sign]:
    """Yield the customers whose champions have all left, the latest first."""
    today = writer.today.isoformat()
    rows: list[Any] = writer.index.query(CHAMPIONS, (today, today))
    for handle, name, until in rows:
        yield Sign(handle, name, f"their champion left on {until}, and there is no other", until)


def falling(writer: Writer) -> list[Sign]:
    """Return where the mood really falls (F3) and nobody was in touch since what was felt last, the steepest first."""
    today = writer.today.toordinal()
    found: list[tuple[float, Sign]] = []
    rows: list[Any] = writer.index.query(FELT)
    for handle, name, packed, interactions in rows:
        if last_felt(packed) <= today - RECENT_DAYS:
            continue
        felt = [each for each in unpack_felt(packed) if each.day <= today]
        points = [Point(each.day, each.feel) for each in felt]
        if feeling.trend(points) == feeling.FALLING and not _since(felt[-1], unpack_interactions(interactions), today):
            slope = feeling.direction(points) or 0.0
            found.append((slope, Sign(handle, name, _fall(felt, points, slope))))
    return [sign for _, sign in sorted(found)]


def _since(last: Felt, interactions: Sequence[Interaction], today: int) -> bool:
    """Say whether we were in touch after something was felt."""
    after = (last.day, last.line)
    return any(each.way != THEIRS and after < each[:2] and each.day <= today for each in interactions)


def _fall(felt: Sequence[Felt], points: Sequence[Point], slope: float) -> str:
    p = feeling.mann_kendall(points).p
    last = date.fromordinal(felt[-1].day)
    return f"mood falling: {slope:+.1f} in 90 days ({len(felt)} talks, p = {p:.2f}), {felt[-1].feel:+d} on {last}"


def off_track(writer: Writer) -> Iterator[Sign]:
    """Yield the goals of plans that are not on track; what settles one read by hand is another reading."""
    has_goals: list[Any] = writer.index.query(HAS_GOALS)
    if not has_goals:
        return
    from crmtxt.services import goalcourse

    for each in goalcourse.off_track(writer.index, writer.today):
        why = f"off track: {each.goal}, now {each.now}, {each.target} wanted by {each.by}"
        action = f"crmtxt goal read {each.customer} {each.handle} …" if each.by_hand else ""
        yield Sign(each.customer, each.name, why, None, action)


def single_threads(writer: Writer) -> Iterator[Sign]:
    """Yield important customers whose talks rest on one person of theirs or ours (T6), those that close first first.

    Important is a customer of a type that costs much to serve, or with an opportunity that closes within 60 days.
    """
    today, until = writer.today, (writer.today + timedelta(CLOSING_DAYS)).isoformat()
    dear = [each for each in writer.settings.types if writer.settings.type_setting(each, "cost_to_serve") == HIGH]
    several = len(writer.settings.team) > 1
    sql = IMPORTANT.format(marks=",".join("?" * len(dear)))
    rows: list[Any] = writer.index.query(sql, (today.isoformat(), until, *dear))
    for handle, name, type_, title, close, packed, ours in rows:
        known = unpack_interactions(packed)
        lately = strength.within(meaningful(known, today.toordinal()), today.toordinal())
        if talks := _theirs_alone(lately) or (several and _ours_alone(lately, known, ours)):
            why = f"{title} closes {describe(date.fromisoformat(close), today)}" if close else f"a {type_}"
            yield Sign(handle, name, f"{talks}; {why}", close)


def _theirs_alone(lately: Sequence[Interaction]) -> str:
    spread = strength.concentration(lately)
    if not spread or not strength.is_single_thread(spread, 0):
        return ""
    return f"{spread.top:.0%} of the talks in {_in_days(lately)} are with one person"


def _ours_alone(lately: Sequence[Interaction], known: Sequence[Interaction], packed: str) -> str:
    """Return that only one of us talks to them, where lines say who; "" when it is not so."""
    real, found = {each.line for each in lately}, ""
    for each, by in zip(reversed(known), reversed(packed.split("\n")), strict=False):  # without any, one empty row
        if each.line in real and by:
            if by != found and (found or "," in by):
                return ""
            found = by
    return f"of us only {found.removeprefix('@')} talks to them, in {_in_days(lately)}" if found else ""


def _in_days(lately: Sequence[Interaction]) -> str:
    return f"{strength.WINDOW_DAYS} days ({len({each.line for each in lately})})"
