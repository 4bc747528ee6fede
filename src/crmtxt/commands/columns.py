"""The cells that several answers share, and the columns that several commands do."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.line import TOKEN
from crmtxt.model.names import counted
from crmtxt.render.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

NEAR_DAYS = 300
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


def worth(item: Any) -> str:  # noqa: ANN401  # a Customer, an OpenOpportunity …
    """Return the value of an item with its currency."""
    return money(item.value, item.currency)


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


def points(value: float | None) -> str:
    """Return an index, or a part of one, as people read it: a whole number."""
    return "–" if value is None else f"{value:.0f}"


def share(value: float | None) -> str:
    """Return a share in percent."""
    return "–" if value is None else f"{value:.0%}"


def span(days: float | None) -> str:
    """Return a number of days: 3d."""
    return "–" if days is None else f"{days:g}d"


IMPORTED = (
    Column("row", "Line", align="right", keep=6),
    Column("customer", "Customer", least=8, keep=8),
    Column("handle", "Opportunity", least=8, keep=5),
    Column("change", "", keep=7),
    Column("what", "What", least=16, keep=4),
)
MEETINGS = (
    IMPORTED[0],
    Column("date", "When", lambda row: f"{row.date} {row.time or ''}".rstrip(), keep=7),
    Column("customer", "Customer", lambda row: row.customer or "–", least=8, keep=8),
    *IMPORTED[-2:],
)
SURROUNDINGS = (
    Column("name", "", keep=5),
    Column("ok", "", lambda item: "ok" if item.ok else "!", style=lambda item: "good" if item.ok else "late", keep=4),
    Column("value", "", least=14, keep=6),
    Column("hint", "", least=14, keep=2, style=lambda _: "dim", wrap=True),
)
NEXT_STEP = Column(
    "next", "Next step", lambda row: row.next or "none", least=10, keep=7, style=lambda row: "" if row.next else "late"
)
PLACE = Column("path", "", lambda item: f"{item.path}:{item.line}", extra=True, style=lambda _: "dim")
