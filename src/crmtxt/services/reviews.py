"""What of plans has a day that has come, and plans nobody looks at."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.views import Sign
from crmtxt.services.standards import days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.services.writer import Writer

STALE_DAYS = 60
PLAN_DATES = """
SELECT c.handle, c.name, f.key, f.value FROM field f JOIN customer c ON c.id = f.file
WHERE f.key > 'plan.' AND f.key < 'plan/' AND f.value <= ? AND f.value = date(f.value, '+0 days')
AND (f.key = 'plan.review' OR f.key GLOB 'plan.goals.*.by' OR f.key GLOB 'plan.initiatives.*.due')
ORDER BY f.value, c.handle, f.key
"""
UNREVIEWED = """
SELECT c.handle, c.name, max(
  coalesce((SELECT max(date) FROM line l WHERE customer = c.id AND section = 'log' AND date <= ?
    AND (kind IN ('goal', 'initiative') OR EXISTS (SELECT 1 FROM token WHERE line = l.id AND key = 'review'))), ''),
  coalesce((SELECT max(value) FROM field WHERE file = c.id AND key GLOB 'plan.goals.*.agreed' AND value <= ?), '')
) AS last
FROM customer c WHERE c.id IN (SELECT file FROM field WHERE key > 'plan.' AND key < 'plan/')
AND NOT EXISTS (SELECT 1 FROM field WHERE file = c.id AND key = 'plan.review') AND last < ?
ORDER BY last, c.handle
"""


def due(writer: Writer) -> Iterator[Sign]:
    """Yield what of plans is due, the oldest first."""
    for each in planned(writer, writer.today.isoformat()):
        late = (writer.today - date.fromisoformat(each.day)).days if each.day else 0
        yield each._replace(why=f"{each.why}, {f'{days(late)} late' if late else 'today'}")


def planned(writer: Writer, until: str) -> Iterator[Sign]:
    """Yield what of plans has a day up to an ISO one, the oldest first: a review, a goal, an initiative."""
    rows: list[Any] = writer.index.query(PLAN_DATES, (until,))
    for handle, name, key, value in rows:
        parts = key.split(".")
        what = "review of the plan" if len(parts) == len(("plan", "review")) else f"{parts[1][:-1]} {parts[2]}"
        yield Sign(handle, name, what, value)


def neglected(writer: Writer) -> Iterator[Sign]:
    """Yield plans without a day of review that nobody touched for long, the longest first."""
    today = writer.today.isoformat()
    stale = (writer.today - timedelta(STALE_DAYS)).isoformat()
    rows: list[Any] = writer.index.query(UNREVIEWED, (today, today, stale))
    for handle, name, last in rows:
        since = f"since {last}" if last else "yet"
        yield Sign(handle, name, f"no day of review is set, and nothing has happened in the plan {since}")
