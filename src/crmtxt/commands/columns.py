"""What people see of each kind of answer, column by column."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.line import TOKEN
from crmtxt.render.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

NEAR_DAYS = 300
URGENT = {"promise": "late", "champion": "late", "answer": "cool", "cadence": "cool", "mood": "cool"}
BARS = "▁▂▃▄▅▆▇█"
UNSAID = {"feel", "every", "due", "mid", "uid"}  # shown apart, or a name that only programs know


def day(text: str | None, today: date | None = None) -> str:
    """Return a date as people read it: Fri 27 Nov, with its year when `today` is far from it or not given."""
    if not text:
        return "–"
    when = date.fromisoformat(text)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[when.weekday()]
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[when.month - 1]
    near = today is not None and abs((when - today).days) < NEAR_DAYS
    return f"{weekday} {when.day:>2} {month}{'' if near else f' {when.year}'}"


def late(days: int) -> str:
    """Return how late something is."""
    return "" if days <= 0 else f"{counted(days, 'day')} late"


def spark(shares: Sequence[float]) -> str:
    """Return values, as shares of the greatest there can be, as a line of bars."""
    return "".join(BARS[min(len(BARS) - 1, int(each * len(BARS)))] for each in shares)


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return how many there are: 1 day, 2 days."""
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"


def said(text: str) -> str:
    """Return a text without the tokens that tell a reader nothing more."""
    return " ".join(
        word for word in text.split(" ") if not ((match := TOKEN.fullmatch(word)) and match[1].lower() in UNSAID)
    )


def kind(item: Any) -> str:  # noqa: ANN401  # a FollowUp or a LogEntry
    """Return kind, direction and people: call to jane."""
    return " ".join(word for word in (item.kind, item.direction, ", ".join(item.who)) if word)


def money(amount: float | None, currency: str | None) -> str:
    """Return an amount with its currency: 12,000 EUR."""
    if amount is None:
        return "–"
    return (
        f"{amount:,.0f} {currency or ''}".rstrip()
        if amount == int(amount)
        else f"{amount:,.2f} {currency or ''}".rstrip()
    )


def feel(value: int | None) -> str:
    """Return a feel with its sign, "" for none."""
    return "" if value is None else f"{value:+d}" if value else "0"


def mood(item: Any) -> str:  # noqa: ANN401  # a LogEntry
    """Return the colour of a feel."""
    return "good" if (item.feel or 0) > 0 else "late" if item.feel else ""


def level(value: float | None) -> tuple[str, str]:
    """Return the mean of several feels, and its colour."""
    return ("", "") if value is None else (f"{value:+.1f}", "good" if value > 0 else "late" if value < 0 else "")


def moment(item: Any) -> str:  # noqa: ANN401  # a FollowUp
    """Return date and time of a follow-up."""
    today = date.fromisoformat(item.date) + timedelta(item.overdue_days)
    return f"{day(item.date, today)}{f' {item.time}' if item.time else ''}"


def one_line(value: str | None) -> str:
    """Return one side of a conflict on one line."""
    return "removed" if value is None else " ".join(value.split())


def signed(who: str | None, when: str | None) -> str:
    """Return who wrote something and when: ana, Fri 20 Nov 2026."""
    return f"{who}, {' '.join(day(when[:10]).split())}" if who and when else ""


def position(item: Any) -> str:  # noqa: ANN401  # a Contact
    """Return what a person is, and until when."""
    return ", ".join(part for part in (item.title, item.former and f"until {item.until}") if part)


def what(item: Any) -> str:  # noqa: ANN401  # a HistoryEntry
    """Return what a change did, who did it said once; where that is not known, what the change calls itself."""
    who = item.by or item.who
    first, *more = item.meaning or (f"{who}: {item.change}" if who else item.change,)
    mark = "taken back: " if item.undone else ""
    return mark + "; ".join([first, *(each.removeprefix(f"{who} ") for each in more)])


def points(value: float | None) -> str:
    """Return an index, or a part of one, as people read it: a whole number."""
    return "–" if value is None else f"{value:.0f}"


def part_points(part: str, item: Any) -> str:  # noqa: ANN401  # a HealthRow
    """Return one part of an index."""
    return points(getattr(item, part))


def standing(index: float | None) -> str:
    """Return the colour of an index."""
    from crmtxt.measure.health import band

    return "" if index is None else {"good": "good", "fair": "cool", "poor": "late"}[band(index)]


def share(value: float | None) -> str:
    """Return a share in percent."""
    return "–" if value is None else f"{value:.0%}"


def span(days: float | None) -> str:
    """Return a number of days: 3d."""
    return "–" if days is None else f"{days:g}d"


FOLLOWUPS = (
    Column("date", "Due", moment, keep=5, style=lambda item: "late" if item.overdue_days > 0 else ""),
    Column("name", "Customer", least=10, keep=4),
    Column("kind", "What", kind, least=10, keep=3),
    Column("text", "Text", lambda item: said(item.text), least=14, keep=4),
    Column("overdue_days", "", lambda item: late(item.overdue_days), extra=True, style=lambda _: "late"),
    Column("ref", "Ref", keep=3, style=lambda _: "dim"),
)
CUSTOMERS = (
    Column("handle", "Handle", least=8, keep=9),
    Column("name", "Name", least=10, keep=8),
    Column("stage", "Stage", keep=7),
    Column("type", "Type", keep=2),
    Column("owner", "Owner", keep=3),
    Column("value", "Value", lambda item: money(item.value, item.currency), "right", keep=6),
    Column(
        "quiet_days", "Quiet", lambda item: "–" if item.quiet_days is None else f"{item.quiet_days}d", "right", keep=5
    ),
    Column("next_due", "Next", keep=4),
    Column("tags", "Tags", lambda item: " ".join(item.tags), least=6, extra=True, style=lambda _: "dim"),
)
ENTRIES = (
    Column("date", "Date", keep=3),
    Column("name", "Customer", least=10, keep=4),
    Column("kind", "What", kind, least=10, keep=3),
    Column("text", "Text", lambda item: said(item.text), least=16, keep=5),
    Column("feel", "", lambda item: feel(item.feel), "right", keep=2, style=mood),
    Column("path", "", lambda item: f"{item.path}:{item.line}", extra=True, style=lambda _: "dim"),
)
TODAY = (
    Column("rank", "", align="right", keep=5),
    Column("name", "", least=12, keep=6),
    Column("why", "", least=24, keep=7, wrap=True, style=lambda item: URGENT.get(item.reason, "")),
    Column("action", "", keep=4, style=lambda _: "dim"),
)
CONTACTS = (
    Column("handle", "Handle", keep=9),
    Column("name", "Name", least=8, keep=8),
    Column("title", "Title", position, least=6, keep=6),
    Column("role", "Role", keep=5),
    Column("email", "E-mail", keep=7),
    Column("phone", "Phone", keep=4),
    Column("talks", "Talks", align="right", keep=3),
    Column("last", "Last", keep=2),
)
HEALTHS = (
    Column("customer", "Handle", least=12, keep=9),
    Column("name", "Name", least=16, keep=8),
    Column("index", "Health", lambda row: points(row.index), "right", keep=9, style=lambda row: standing(row.index)),
    *(
        Column(part, part.capitalize(), partial(part_points, part), "right", keep=keep)
        for part, keep in (
            ("rhythm", 6),
            ("strength", 4),
            ("reciprocity", 2),
            ("breadth", 3),
            ("mood", 5),
            ("promises", 4),
        )
    ),
    Column("vetoes", "Kept low by", keep=7, least=12, style=lambda _: "late"),
)
PROMISES = (
    Column("customer", "Customer", keep=8),
    Column("colleague", "Colleague", keep=7),
    Column("by", "Whose", keep=9),
    Column("kept", "Kept", lambda row: f"{row.kept} of {row.n}" if row.n else "–", "right", keep=9),
    Column("keep_rate", "Rate", lambda row: share(row.keep_rate), "right", keep=8),
    Column("lower_5", "At least", lambda row: share(row.lower_5), "right", keep=5),
    Column("median_late_days", "Late by", lambda row: span(row.median_late_days), "right", keep=4),
    Column("open", "Open", align="right", keep=6),
    Column("overdue", "Overdue", align="right", keep=7, style=lambda row: "late" if row.overdue else ""),
    Column("oldest_overdue_days", "Oldest", lambda row: span(row.oldest_overdue_days), "right", keep=3),
)
HISTORY = (
    Column("when", "When", lambda item: item.when[:16].replace("T", " "), keep=5),
    Column("change", "What", what, least=20, keep=6, wrap=True, style=lambda item: "dim" if item.undone else ""),
    Column("ref", "Change", keep=4, style=lambda _: "dim"),
)
CONFLICTS = (
    Column("number", "", align="right", keep=6),
    Column("customer", "Customer", lambda item: item.customer or item.path, keep=5),
    Column("field", "Field", keep=8),
    Column("ours", "Ours", lambda item: one_line(item.ours), least=8, keep=7),
    Column("ours_by", "", lambda item: signed(item.ours_by, item.ours_when), keep=2, style=lambda _: "dim"),
    Column("theirs", "Theirs", lambda item: one_line(item.theirs), least=8, keep=7),
    Column("theirs_by", "", lambda item: signed(item.theirs_by, item.theirs_when), keep=2, style=lambda _: "dim"),
)
HISTORY_OF_ALL = (HISTORY[0], Column("customer", "Customer", least=8, keep=3), *HISTORY[1:])
PLAIN_HISTORY = ("when", "who", "change", "ref", "meaning", "undone")
FINDINGS = (
    Column("path", "File"),
    Column("line", "Line", align="right"),
    Column("column", "Column", align="right"),
    Column("message", "What"),
    Column("hint", "Remedy"),
)
IMPORTED = (
    Column("row", "Line", align="right", keep=6),
    Column("customer", "Customer", least=8, keep=8),
    Column("handle", "Opportunity", least=8, keep=5),
    Column("change", "", keep=7),
    Column("what", "What", least=16, keep=4),
)
MEETINGS = (
    Column("row", "Line", align="right", keep=6),
    Column("date", "When", lambda row: f"{row.date} {row.time or ''}".rstrip(), keep=7),
    Column("customer", "Customer", lambda row: row.customer or "–", least=8, keep=8),
    Column("change", "", keep=7),
    Column("what", "What", least=16, keep=4),
)
SETTINGS = (
    Column("name", "Name", keep=5),
    Column("value", "Value", least=10, keep=6),
    Column("source", "From", keep=3, style=lambda _: "dim"),
    Column("help", "", least=20, extra=True, style=lambda _: "dim"),
)
SURROUNDINGS = (
    Column("name", "", keep=5),
    Column("ok", "", lambda item: "ok" if item.ok else "!", style=lambda item: "good" if item.ok else "late", keep=4),
    Column("value", "", least=20, keep=6),
    Column("hint", "", least=20, keep=2, style=lambda _: "dim"),
)
TYPES = (
    Column("type", "Type", keep=9),
    Column("customers", "Customers", align="right", keep=8),
    Column("cadence", "Every", keep=7),
    Column("answer_within", "Answer", keep=6),
    Column("purpose", "Purpose", least=20, keep=5),
)
STRATEGY_FINDINGS = (
    Column("customer", "Customer", lambda item: item.customer or "–", keep=6),
    Column("type", "Type", lambda item: item.type or "–", keep=4),
    Column("why", "What", least=24, keep=8, wrap=True),
    Column("hint", "", least=16, keep=5, style=lambda _: "dim"),
    Column("lines", "", lambda item: " ".join(item.lines[:3]), extra=True, style=lambda _: "dim"),
)
DANGERS = (
    Column("kind", "What", keep=4),
    Column("name", "Name", keep=6),
    Column("value", "Value", least=12, keep=5),
    Column("path", "File", least=12, keep=3, style=lambda _: "dim"),
)
