"""A customer as it was on a past day, as far as its lines tell: stage, opportunities, people, what was open in Next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.measure.deals import Deal
from crmtxt.measure.deals import read_deals
from crmtxt.measure.promises import identity
from crmtxt.model.details import CustomerDetail
from crmtxt.model.details import Opportunity
from crmtxt.model.followup import references
from crmtxt.model.line import OPEN
from crmtxt.model.line import PROMISE
from crmtxt.model.line import Line
from crmtxt.model.line import without_tokens
from crmtxt.store import deals
from crmtxt.store import reads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from crmtxt.model.views import FollowUp
    from crmtxt.services.detail import Page
    from crmtxt.store.index import Index
    from crmtxt.text.document import Entry

STAGE = "stage"
PROMISES = frozenset({PROMISE, "kept", "broken", "void"})


def as_it_was(page: Page, now: CustomerDetail, index: Index, customer: int) -> CustomerDetail:
    """Return what the file tells of the day of a page; what no line tells is as it is now, or left out of a list."""
    day = page.today.isoformat()
    moves = deals.moves(index, day, customer)
    found = read_deals(moves, None, page.settings.currency)
    return now._replace(
        stage=_stage(page, day) or now.stage,
        contacts=tuple(each for each in now.contacts if not each.since or each.since <= day),
        opportunities=tuple(_opportunity(each) for each in found if not each.outcome),
        next=tuple(_follow_ups(page, day)),
    )


def _stage(page: Page, day: str) -> str:
    """Return the stage of a day: what the last line by then made it, else what the first one after found; or ""."""
    lines = [each.line for each in _in_time(page.document.log) if each.line.kind == STAGE and "->" in each.line.text]
    came = [line.text.partition("->")[2].split()[:1] for line in lines if line.date <= day]
    went = [line.text.partition("->")[0].split()[:1] for line in lines if line.date > day]
    return next(iter([*came[-1:], *went[:1]]), [""])[0]


def _opportunity(deal: Deal) -> Opportunity:
    value, currency = (float(deal.worth.amount), deal.worth.currency) if deal.worth else (None, None)
    close, owner = deal.close or None, deal.owner or None
    return Opportunity(deal.handle, deal.title, deal.stage, value, currency, close, owner)


def _follow_ups(page: Page, day: str) -> list[FollowUp]:
    """Return what was open on a day: what was due by then and still is, and the promises that lines tell of."""
    entries = page.document.next
    open_now = [each for each in entries if each.line.box == OPEN and each.line.kind != PROMISE]
    known = [each for each in open_now if each.line.date <= day]
    known += _promises(_in_time(page.document.log), [each for each in entries if each.line.box == OPEN], day)
    refs = references(page.place.handle, [each.line for each in known])
    views = [
        reads.followup_view(each.line, ref, page.place._replace(line=each.number), page.today)
        for each, ref in zip(known, refs, strict=True)
    ]
    return sorted(views, key=lambda item: (item.date, item.time or "", item.line))


def _promises(log: Iterable[Entry], following: Iterable[Entry], day: str) -> Iterator[Entry]:
    """Yield the promises that were open on a day, with the date they had.

    What tells of one is the next line about it, or that it still is in Next; that it was given by then is told by a
    line before, or by its date when it was due by then.
    """
    told: dict[tuple[object, ...], tuple[list[Entry], list[Entry]]] = {}
    for entry in log:
        if entry.line.kind in PROMISES:
            told.setdefault(identity(entry.line), ([], []))[entry.line.date > day].append(entry)
    for entry in following:
        if entry.line.kind == PROMISE:
            told.setdefault(identity(entry.line), ([], []))[1].append(entry)
    for before, after in told.values():
        given: set[str] = set()
        for entry in before:
            given.discard(_due(entry.line))
            given.add(entry.line.text.partition("-> ")[2])
        for entry in after:
            due = _due(entry.line)
            if "" < due <= day or due in given - {""}:
                given.discard(due)
                yield entry._replace(line=_given(entry.line, due))


def _due(line: Line) -> str:
    """Return when a promise was due just before a line of the log, or is by a line of Next."""
    return line.date if line.box else line.tokens.get("due", "")


def _given(line: Line, due: str) -> Line:
    """Return a promise as it stood in Next, of a line that tells of it."""
    text = line.text if line.box else without_tokens(line.text.partition(" due:")[0])
    return line._replace(date=due, time="", kind=PROMISE, text=text, box=OPEN)


def _in_time(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.line.date, entry.line.time, entry.number))
