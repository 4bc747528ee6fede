"""Whether promises are kept: of a customer, of each colleague, of the whole book."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Callable
from collections.abc import Iterable
from datetime import date
from typing import Any
from typing import NamedTuple

from crmtxt.measure import promises
from crmtxt.measure.promises import Promised
from crmtxt.model.figures import Promises
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import OPEN
from crmtxt.services.detail import rounded
from crmtxt.store import measures
from crmtxt.store import reads
from crmtxt.store.index import Index

OURS, THEIRS = "ours", "theirs"
CUSTOMER, COLLEAGUE = "customer", "colleague"

# those who have a late promise, and one in the log that was moved
MOVED = """
SELECT DISTINCT customer FROM line WHERE section = 'log' AND kind = 'promise' AND customer IN (
  SELECT customer FROM line WHERE section = 'next' AND box = ' ' AND kind = 'promise' AND date < ?)
"""

Group = tuple[str | None, str | None]


class _Promise(NamedTuple):
    """What became of a promise, and whose it is."""

    customer: str
    by: tuple[str, ...]
    became: Promised


def promises_kept(
    index: Index, as_of: date, customer: reads.Found | None = None, per: str = "", *, past: bool = False
) -> list[Promises]:
    """Return how promises are kept, ours and theirs: in all, or per customer or colleague, the worst kept first.

    How many were open on a day that is `past` is not known: Next tells what is open now.
    """
    known = list(_promises(index, customer.id if customer else 0))
    if per == COLLEAGUE:
        one = customer.handle if customer else None
        found = _grouped(
            (each for each in known if each.became.ours), as_of, lambda each: [(one, name) for name in each.by]
        )
    elif per == CUSTOMER:
        found = _grouped(known, as_of, lambda each: [(each.customer, None)])
    else:
        one = customer.handle if customer else None
        found = [_kept((one, None), by, known, as_of) for by in (OURS, THEIRS)]
        return [_of_then(row) if past else row for row in found]
    return sorted((_of_then(row) if past else row for row in found), key=_worst_first)


def overdue_twice(index: Index, today: date) -> set[tuple[str, int]]:
    """Return the promises of ours that are late and were moved before when they were late: customer and line."""
    rows: list[Any] = index.query(MOVED, (today.isoformat(),))
    return {
        (each.customer, each.became.line)
        for (customer,) in rows
        for each in _promises(index, customer)
        if each.became.open and each.became.ours and each.became.missed and each.became.since <= today.toordinal()
    }


def _grouped(known: Iterable[_Promise], as_of: date, groups: Callable[[_Promise], Iterable[Group]]) -> list[Promises]:
    """Return a row for each group and side that has a promise."""
    found: dict[tuple[Group, str], list[_Promise]] = {}
    for each in known:
        for group in groups(each):
            found.setdefault((group, OURS if each.became.ours else THEIRS), []).append(each)
    rows = (_kept(group, by, some, as_of) for (group, by), some in found.items())
    return [row for row in rows if row.n or row.open]


def _kept(group: Group, by: str, some: Iterable[_Promise], as_of: date) -> Promises:
    became = [each.became for each in some]
    found = promises.keeping(became, as_of.toordinal(), ours=by == OURS)
    return Promises(
        *group,
        by=by,
        n=found.n,
        kept=found.kept,
        keep_rate=rounded(found.rate),
        shrunk=rounded(found.shrunk),
        lower_5=rounded(found.lower),
        median_late_days=found.median_late,
        open=sum(each.open and each.ours == (by == OURS) for each in became),
        overdue=found.overdue,
        oldest_overdue_days=found.age,
    )


def _of_then(row: Promises) -> Promises:
    return row._replace(open=None)


def _worst_first(row: Promises) -> tuple[float, str, str, str]:
    return (2.0 if row.shrunk is None else row.shrunk, row.customer or "", row.colleague or "", row.by)


def _promises(index: Index, customer: int = 0) -> Iterable[_Promise]:
    """Yield the promises of one customer or of all, as the log tells them and Next holds them."""
    for handle, lines in measures.promise_lines(index, customer):
        by = {number: tuple(name.removeprefix("@") for name in line.by) for _, number, line in lines}
        log = [(number, line) for section, number, line in lines if section == LOG]
        following = [(number, line) for section, number, line in lines if section == NEXT and line.box == OPEN]
        for each in promises.read_promises(log, following):
            yield _Promise(handle, by[each.line], each)
