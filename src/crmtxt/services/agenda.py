"""What to do today: late promises, owed answers, due follow-ups, relationships gone quiet; each with why."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.line import PROMISE
from crmtxt.model.views import FollowUp
from crmtxt.model.views import TodayItem
from crmtxt.model.when import describe
from crmtxt.model.when import duration_days
from crmtxt.store import reads

if TYPE_CHECKING:
    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings

OWED_FOR_DAYS = 90
LOST = "lost"


def today(writer: Writer, limit: int = 0) -> list[TodayItem]:
    """Return what to do, ranked: our late promises, owed answers, what is due, lapsed cadences."""
    selection = reads.Selection(None, writer.today)
    due = reads.followups(writer.index, selection, writer.today.isoformat())
    refs = reads.shortest(writer.index, [item.ref for item in due])
    promised = [item for item in due if item.kind == PROMISE and item.direction != "from" and item.overdue_days > 0]
    others = [item for item in due if item not in promised]
    items = [_promise(item, refs[item.ref]) for item in promised]
    items += _owed_answers(writer)
    items += [_due(item, refs[item.ref]) for item in others]
    items += _lapsed(writer)
    ranked = [item._replace(rank=number) for number, item in enumerate(items, 1)]
    return ranked[:limit] if limit else ranked


def _promise(item: FollowUp, ref: str) -> TodayItem:
    to = f" to {', '.join(item.who)}" if item.who else ""
    why = f"promised{to}: {item.text}, {_days(item.overdue_days)} late"
    return TodayItem(0, item.customer, item.name, "promise", why, f"crmtxt done {ref}", item.date, item.ref)


def _due(item: FollowUp, ref: str) -> TodayItem:
    said = " ".join(word for word in (item.kind, item.direction, ", ".join(item.who)) if word)
    late = f"{_days(item.overdue_days)} late" if item.overdue_days else "today"
    at = f" {item.time}" if item.time else ""
    why = f"{said}{f': {item.text}' if item.text else ''}, {late}{at}"
    return TodayItem(0, item.customer, item.name, "due", why, f"crmtxt done {ref}", item.date, item.ref)


def _owed_answers(writer: Writer) -> list[TodayItem]:
    """Return customers whose latest inbound line has no later line of ours, past the time of their type (R7)."""
    contacts = [kind for kind, weight in writer.settings.channels.items() if weight > 0]
    rows = writer.index.query(
        "SELECT c.handle, c.name, c.type, l.date, l.kind, l.who FROM customer c JOIN line l ON l.id = ("  # noqa: S608
        "SELECT id FROM line WHERE customer = c.id AND section = 'log' AND date BETWEEN ? AND ? "
        f"AND kind IN ({','.join('?' * len(contacts))}) ORDER BY date DESC, number DESC LIMIT 1) "
        "WHERE l.direction = 'from' ORDER BY l.date, c.handle",
        ((writer.today - timedelta(days=OWED_FOR_DAYS)).isoformat(), writer.today.isoformat(), *contacts),
    )
    items = []
    for handle, name, type_, day, kind, who in rows:
        when = date.fromisoformat(str(day))
        within = _span(writer.settings.type_setting(None if type_ is None else str(type_), "answer_within"))
        if (writer.today - when).days > within:
            people = str(who).replace("@", "")
            why = f"{kind} from {people} on {describe(when, writer.today)}, and nobody has answered"
            first = people.split(",")[0]
            items.append(
                TodayItem(
                    0, str(handle), str(name), "answer", why, f"crmtxt log {handle} call to {first}: …", str(day), None
                )
            )
    return items


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
