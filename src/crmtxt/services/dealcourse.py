"""The opportunities of one customer as rows from elsewhere tell them, as edits of the customer's file."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.model import opportunity
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.model.money import parse_money
from crmtxt.model.opportunity import CLOSE
from crmtxt.model.opportunity import CLOSING
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import STAGE
from crmtxt.model.opportunity import VALUE
from crmtxt.model.opportunity import WON
from crmtxt.text import edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.measure.deals import Deal
    from crmtxt.model.change import Edit
    from crmtxt.model.imported import OpportunityRow

TITLE, OWNER = "title", "owner"
UNTOLD = ""  # the stage and value of one that is closed are in its line


class Known(NamedTuple):
    """An opportunity of the book: `own` is what its head says, or once it is closed the rest of its last line."""

    deal: Deal
    own: dict[str, str]
    currency: str


class Course:
    """What is to be added to one customer's file: entries and values of the head, lines of the log."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, str]] = {}
        self.values: list[Edit] = []
        self.lines: list[Line] = []

    def edits(self) -> Iterator[Edit]:
        """Yield the edits: each part of the file is read and written once, whatever number of rows it gets."""
        if self.entries:
            yield partial(edit.add_entries, path=(HEAD,), entries=self.entries)
        yield from self.values
        if self.lines:
            yield partial(edit.insert_all, section=LOG, lines=self.lines)

    def take_in(self, other: Course) -> None:
        """Take in what one row adds: all of it, or nothing of a row that cannot be read."""
        self.entries |= other.entries
        self.values += other.values
        self.lines += other.lines

    def begin(self, handle: str, row: OpportunityRow, first: str) -> str:
        """Take in an opportunity the book does not know; return in words what is made."""
        course, is_open = row.course(first), row.stage not in CLOSING
        before = ""
        for stage, day in course:
            value = row.value if is_open else UNTOLD
            opening = opportunity.opening(stage, value, {CLOSE: row.close}, row.title)
            self._log(handle, row, day, opportunity.step(before, stage) if before else opening)
            before = stage
        if is_open:
            facts = {
                TITLE: row.title,
                STAGE: row.stage,
                VALUE: row.value,
                CLOSE: row.close,
                OWNER: row.owner,
                **row.own,
            }
            self.entries[handle] = {key: value for key, value in facts.items() if value}
            return " ".join(part for part in (f"open at {row.stage}", row.value) if part)
        return self._end(handle, row, before or first, row.value, row.title)

    def go_on(self, handle: str, row: OpportunityRow, known: Known, today: str) -> str:
        """Take in what a row says of an opportunity of the book; return in words what changes, "" for nothing.

        ValueError where the two tell it differently.
        """
        deal = known.deal
        if deal.opened and row.opened and row.opened != _iso(deal.opened):
            raise ValueError(f"opened on {row.opened}, in this book on {_iso(deal.opened)}")
        if deal.outcome:
            _compare_end(row, known)
            return ""
        before, latest = deal.stage, deal.since or 0
        told = []
        steps = {(each.stage, each.day) for each in deal.steps}
        for stage, day in row.days:
            if (stage, _number(day)) in steps:
                continue
            if _number(day) < latest or stage == before:
                raise ValueError(f"came to {stage} on {day}, in this book to {before} on {_iso(latest)}")
            told.append(self._move(handle, row, before, stage, day))
            before, latest = stage, _number(day)
        if row.stage in CLOSING:
            if _number(row.closed) < latest:
                raise ValueError(f"{row.stage} on {row.closed}, in this book at {before} on {_iso(latest)}")
            self.values.append(partial(edit.remove_value, path=(HEAD, handle)))
            worth = row.value or known.own.get(VALUE, "")
            rest = {key: value for key, value in known.own.items() if key not in {TITLE, STAGE, VALUE, CLOSE, OWNER}}
            row = row._replace(own={**rest, **row.own})
            return "; ".join([*told, self._end(handle, row, before, worth, row.title or known.own.get(TITLE, ""))])
        if row.stage != before:
            told.append(self._move(handle, row, before, row.stage, today))
        if told:
            self._set(handle, STAGE, row.stage)
        return "; ".join([*told, *self._facts(handle, row, known, today)])

    def _facts(self, handle: str, row: OpportunityRow, known: Known, today: str) -> Iterator[str]:
        """Set what the head says otherwise; yield it in words. Another value or date to close is logged."""
        said = {TITLE: row.title, VALUE: row.value, CLOSE: row.close, OWNER: row.owner, **row.own}
        for key, value in said.items():
            before = known.own.get(key, "")
            if not value or value == before or (key == VALUE and _same_money(value, before, known.currency)):
                continue
            self._set(handle, key, value)
            if key in opportunity.LOGGED:
                self._log(handle, row, today, opportunity.changed(key, before, value))
            yield f"{key} {before} -> {value}" if before else f"{key} {value}"

    def _move(self, handle: str, row: OpportunityRow, before: str, stage: str, day: str) -> str:
        said = opportunity.step(before, stage)
        self._log(handle, row, day, said)
        return said

    def _end(self, handle: str, row: OpportunityRow, before: str, value: str, title: str) -> str:
        """Log that it was won or lost, with what has no other place; return it in words."""
        text = (
            opportunity.winning(before, value, title)
            if row.stage == WON
            else opportunity.losing(before, value, dict(row.lessons), title)
        )
        self._log(handle, row, row.closed, text, opportunity.own_lines(row.own))
        return " ".join(part for part in (row.stage, row.closed, value) if part)

    def _set(self, handle: str, key: str, value: str) -> None:
        self.values.append(partial(edit.set_value, path=(HEAD, handle, key), value=value, as_text=key == TITLE))

    def _log(self, handle: str, row: OpportunityRow, day: str, text: str, more: str = "") -> None:
        by = (f"@{row.owner}",) if row.owner else ()
        self.lines.append(Line(day, opportunity.KIND, text, subject=handle, by=by, more=more))


def _compare_end(row: OpportunityRow, known: Known) -> None:
    """Refuse a row that tells another end than the book; what it leaves empty it does not tell."""
    deal = known.deal
    day = _iso(deal.since or 0)
    if (row.stage, row.closed) != (deal.outcome, day):
        raise ValueError(f"{row.stage} {row.closed}".rstrip() + f", in this book {deal.outcome} on {day}")
    there = {VALUE: str(deal.worth or ""), TITLE: deal.title, OWNER: deal.owner, **deal.said, **known.own}
    said = {VALUE: row.value, TITLE: row.title, OWNER: row.owner, **row.lessons, **row.own}
    for key, value in said.items():
        before = there.get(key, "")
        is_same = _same_money(value, before, known.currency) if key == VALUE else _alike(value, before)
        if value and not is_same:
            raise ValueError(f"its {key} is '{value}', in this book '{before}'; it is closed, and stays as it is")
    steps = {(each.stage, each.day) for each in deal.steps}
    for stage, on in row.days:
        if (stage, _number(on)) not in steps:
            raise ValueError(
                f"came to {stage} on {on}, which this book does not know; it is closed, and stays as it is"
            )


def _alike(one: str, other: str) -> bool:
    return one == other or opportunity.as_quoted(one) == opportunity.as_quoted(other)


def _same_money(one: str, other: str, currency: str) -> bool:
    """Say whether two texts are the same money; a text that is none is no other."""
    try:
        return bool(one and other) and parse_money(one, currency) == parse_money(other, currency)
    except ValueError:
        return False


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _iso(number: int) -> str:
    return date.fromordinal(number).isoformat() if number else "a day nobody wrote down"
