"""Whether promises are kept: the rate, how late, what is open; ours and theirs apart.

Days are numbers, as `date.toordinal` counts.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import math
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crmtxt.model.line import OPEN
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TOKEN
from crmtxt.model.line import Line

KEPT = "kept"
BROKEN = "broken"
LOWER = 0.05
MOVE = "->"


class Promised(NamedTuple):
    """What became of a promise, or of one of its dates.

    It counts from the day `since`: when it was said to be kept or broken, when it was moved although its day was over,
    or the day after it was due while it is open. `late` are the days it was kept too late; `missed` is the day on which
    a promise that is open was moved too late before, 0 when it never was.
    """

    since: int
    line: int
    ours: bool
    kept: bool
    open: bool = False
    late: int = 0
    missed: int = 0


class Keeping(NamedTuple):
    """How promises are kept: `kept` of `n`; days the late ones were late; how many are overdue, the oldest by `age`."""

    n: int
    kept: int
    median_late: float | None
    overdue: int
    age: int | None

    @property
    def rate(self) -> float | None:
        """Return the share that was kept, None without a promise."""
        return self.kept / self.n if self.n else None

    @property
    def shrunk(self) -> float | None:
        """Return the share as if one more had been kept and one more not: few promises prove little."""
        return shrunk(self.kept, self.n) if self.n else None

    @property
    def lower(self) -> float | None:
        """Return what the share exceeds with a chance of 95 %."""
        return lower_bound(self.kept, self.n) if self.n else None


def read_promises(log: Iterable[tuple[int, Line]], open_lines: Iterable[tuple[int, Line]]) -> list[Promised]:
    """Return what became of the promises of a log and of the open lines of Next, by day; those let off are left out."""
    found = []
    missed: dict[tuple[object, ...], int] = {}
    for number, line in log:
        if line.kind in (KEPT, BROKEN):
            found.append(_settled(number, line))
        elif line.kind == PROMISE and _is_late_move(line):
            day, known = _day(line.date), identity(line)
            missed[known] = min(day, missed.get(known, day))
            found.append(Promised(day, number, line.direction != "from", kept=False))
    for number, line in open_lines:
        if line.kind == PROMISE and line.box == OPEN:
            before = missed.get(identity(line), 0) if missed else 0
            ours = line.direction != "from"
            found.append(Promised(_day(line.date) + 1, number, ours, kept=False, open=True, missed=before))
    return sorted(found)


def due(promises: Iterable[Promised], as_of: int, *, ours: bool) -> list[Promised]:
    """Return the promises of one side that were settled, or whose day was over, by a day."""
    return [each for each in promises if each.since <= as_of and each.ours == ours]


def keeping(promises: Iterable[Promised], as_of: int, *, ours: bool) -> Keeping:
    """Return how one side kept its promises, as of a day."""
    counted = due(promises, as_of, ours=ours)
    late = sorted(each.late for each in counted if each.late)
    overdue = [each for each in counted if each.open]
    age = max((as_of - each.since + 1 for each in overdue), default=None)
    return Keeping(len(counted), sum(each.kept for each in counted), median(late), len(overdue), age)


def shrunk(kept: int, n: int) -> float:
    """Return (1 + kept) / (2 + n)."""
    return (1 + kept) / (2 + n)


def lower_bound(kept: int, n: int) -> float:
    """Return the 5 % quantile of Beta(1 + kept, 1 + n - kept)."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _more_than(kept, n + 1, middle) < LOWER:
            low = middle
        else:
            high = middle
    return low


def median(ordered: Sequence[float]) -> float | None:
    """Return the middle of ordered numbers, the mean of the middle two; None without any."""
    middle = len(ordered) // 2
    if not ordered:
        return None
    return float(ordered[middle]) if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def identity(line: Line) -> tuple[object, ...]:
    """Return what a promise is known by whatever its date: people and words, without tokens."""
    words = [word for word in line.text.split() if not TOKEN.fullmatch(word)]
    if MOVE in words:
        words = words[: len(words) - 1 - words[::-1].index(MOVE)]
    return (line.direction == "from", line.who, " ".join(words))


def _more_than(kept: int, n: int, p: float) -> float:
    """Return the chance of more than `kept` of `n`, each with chance p: the distribution function of that Beta."""
    if p <= 0 or p >= 1:
        return float(p >= 1)
    total = math.lgamma(n + 1)
    logs = (
        total - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
        for k in range(kept + 1, n + 1)
    )
    return math.fsum(math.exp(each) for each in logs)


def _settled(number: int, line: Line) -> Promised:
    """Return a promise said to be kept or broken; one kept without a date to hold it against is kept."""
    day, when = _day(line.date), _date(line.tokens.get("due", ""))
    late = max(0, day - when) if when and line.kind == KEPT else 0
    return Promised(day, number, line.direction != "from", line.kind == KEPT and not late, late=late)


def _is_late_move(line: Line) -> bool:
    """Say whether a promise got another date only when its day was over."""
    when = _date(line.tokens.get("due", "")) if MOVE in line.text else None
    return when is not None and _day(line.date) > when


def _date(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()
