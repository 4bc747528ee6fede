"""What to do today: late promises, owed answers, due follow-ups, relationships gone quiet; each with why."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.line import PROMISE
from crmtxt.model.views import TodayItem
from crmtxt.model.when import describe
from crmtxt.model.when import duration_days
from crmtxt.store import reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.views import FollowUp
    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings

OWED_FOR_DAYS = 90
LOST = "lost"
# the first inbound line of each customer after the last that was not inbound, on channels that are contacts
OWED = """
WITH contact_line AS (SELECT customer, date, kind, who, direction, date || printf('%08d', number) AS place
  FROM line WHERE section = 'log' AND date BETWEEN ? AND ? AND kind IN ({kinds})),
ours AS (SELECT customer, max(place) AS place FROM contact_line WHERE direction <> 'from' GROUP BY customer)
SELECT c.handle, c.name, c.type, l.date, l.kind, l.who, min(l.place)
FROM contact_line l JOIN customer c ON c.id = l.customer LEFT JOIN ours ON ours.customer = l.customer
WHERE l.direction = 'from' AND l.place > coalesce(ours.place, '')
GROUP BY l.customer ORDER BY l.date, c.handle
"""


def today(writer: Writer, limit: int = 0) -> list[TodayItem]:
    """Return what to do, ranked: our late promises, owed answers, what is due, lapsed cadences."""
    due = _Due(writer)
    items = [*due.promises(), *_owed_answers(writer), *due.others(), *_lapsed(writer)]
    ranked = [item._replace(rank=number) for number, item in enumerate(items, 1)]
    return ranked[:limit] if limit else ranked


class _Due:
    """The open lines of Next that are due, with their short references and the first names of their people."""

    def __init__(self, writer: Writer) -> None:
        self.items = reads.followups(writer.index, reads.Selection(None, writer.today), writer.today.isoformat())
        self.refs = reads.shortest(writer.index, [item.ref for item in self.items])
        self.names = reads.first_names(writer.index, (item.customer for item in self.items))

    def promises(self) -> Iterator[TodayItem]:
        """Yield our own promises that are late."""
        for item in self.items:
            if _is_late_promise(item):
                to = f" to {self._who(item)}" if item.who else ""
                yield self._item(item, "promise", f"promised{to}: {item.text}, {_days(item.overdue_days)} late")

    def others(self) -> Iterator[TodayItem]:
        """Yield everything else that is due."""
        for item in self.items:
            if not _is_late_promise(item):
                said = " ".join(word for word in (item.kind, item.direction, self._who(item)) if word)
                late = f"{_days(item.overdue_days)} late" if item.overdue_days else f"today {item.time or ''}".rstrip()
                yield self._item(item, "due", f"{said}{f': {item.text}' if item.text else ''}, {late}")

    def _who(self, item: FollowUp) -> str:
        return ", ".join(self.names.get((item.customer, who), who) for who in item.who)

    def _item(self, item: FollowUp, reason: str, why: str) -> TodayItem:
        action = f"crmtxt done {self.refs[item.ref]}"
        return TodayItem(0, item.customer, item.name, reason, why, action, item.date, item.ref)


def _is_late_promise(item: FollowUp) -> bool:
    return item.kind == PROMISE and item.direction != "from" and item.overdue_days > 0


def _owed_answers(writer: Writer) -> Iterator[TodayItem]:
    """Yield customers who wrote or called, and have not heard from us since, past the time of their type (R7)."""
    contacts = [kind for kind, weight in writer.settings.channels.items() if weight > 0]
    rows = writer.index.query(
        OWED.format(kinds=",".join("?" * len(contacts))),
        (_back(writer.today, OWED_FOR_DAYS), writer.today.isoformat(), *contacts),
    )
    names = reads.first_names(writer.index, (str(row[0]) for row in rows))
    for handle, name, type_, day, kind, who, _ in rows:
        when = date.fromisoformat(str(day))
        within = _span(writer.settings.type_setting(None if type_ is None else str(type_), "answer_within"))
        if (writer.today - when).days <= within:
            continue
        people = [each.removeprefix("@") for each in str(who).split(", ")]
        said = ", ".join(names.get((str(handle), each), each) for each in people)
        why = f"{kind} from {said} on {describe(when, writer.today)}, and nobody has answered"
        action = f"crmtxt log {handle} call to {people[0]}: …"
        yield TodayItem(0, str(handle), str(name), "answer", why, action, str(day), None)


def _lapsed(writer: Writer) -> list[TodayItem]:
    """Return customers quiet for longer than their cadence, those furthest beyond it first."""
    found: list[tuple[float, TodayItem]] = []
    rows: list[Any] = writer.index.query(
        f"SELECT c.handle, c.name, c.type, c.stage, c.cadence, c.since, {reads.LAST} FROM customer c ORDER BY c.handle",  # noqa: S608
        (writer.today.isoformat(),),
    )
    for handle, name, type_, stage, own, since, last in rows:
        cadence = own or ("" if stage == LOST else writer.settings.type_setting(type_, "cadence"))
        days = _span(cadence)
        start = _day(last) or _day(since)
        if not days or (last is None and start is None):
            continue
        quiet = (writer.today - (start or writer.today)).days
        if quiet <= days:
            continue
        who = f"{type_} customers hear from us" if not own and type_ else "we agreed to be in touch"
        why = f"{'quiet for' if last else 'no contact logged, known for'} {_days(quiet)}; {who} every {cadence}"
        item = TodayItem(0, handle, name, "cadence", why, f"crmtxt show {handle}", None, None)
        found.append((quiet / days, item))
    return [item for _, item in sorted(found, key=lambda each: -each[0])]


def header(settings: BookSettings, day: date, me: str) -> str:
    """Return the line above today's list."""
    weekday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[day.weekday()]
    return " · ".join(part for part in (f"{weekday} {day.isoformat()}", settings.name, me) if part)


def _back(day: date, days: int) -> str:
    return (day - timedelta(days)).isoformat()


@lru_cache
def _span(text: str) -> float:
    """Return a duration in days, 0 for none; one that cannot be read is named by check."""
    from crmtxt.errors import UsageError

    try:
        return duration_days(text) if text else 0.0
    except UsageError:
        return 0.0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
