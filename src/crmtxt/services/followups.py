"""Settle what is in Next: done, moved, called off, not kept."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import Edit
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import OPEN
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TOKEN
from crmtxt.model.line import Line
from crmtxt.model.line import anchored
from crmtxt.model.line import tokens
from crmtxt.model.repeat import RepeatEndedError
from crmtxt.model.repeat import first_day
from crmtxt.model.repeat import next_date
from crmtxt.model.repeat import tells_its_rhythm
from crmtxt.model.when import describe
from crmtxt.services.capture import next_line
from crmtxt.services.capture import stored
from crmtxt.services.journal import chain
from crmtxt.services.journal import inserting
from crmtxt.services.writer import Writer
from crmtxt.services.writer import echo
from crmtxt.services.writer import echo_next
from crmtxt.store import reads
from crmtxt.text import edit

if TYPE_CHECKING:
    from crmtxt.model.views import FollowUp

VOID = "void"
BROKEN = "broken"
KEPT = "kept"


def done(writer: Writer, ref: str, happened: str = "", then: str = "") -> Change:
    """Return the change that settles a follow-up: out of Next, into the log, its repeat and what comes next planned."""
    item, line, found = _found(writer, ref)
    text, more = edit.tidy(happened) if happened.strip() else (plain(line.text), line.more)
    kind = KEPT if line.kind == PROMISE else line.kind
    entry = _entry(writer, line, kind, stored(text), more)
    remarks: list[str] = []
    planned = _repeated(line, writer.today, remarks)
    if then:
        planned.append(next_line(then, writer.setting(found), remarks))
    lines = [(LOG, entry), *((NEXT, each) for each in planned)]
    understood = (echo(entry, found), *(echo_next(each, found, writer.today) for each in planned), *remarks)
    return _change(item, f"{found.handle}: done {_what(line)}", [_taking(line), inserting(lines)], understood, entry)


def snooze(writer: Writer, ref: str, day: date) -> Change:
    """Return the change that moves a follow-up to another date; of a promise the log keeps both dates."""
    item, line, found = _found(writer, ref)
    if line.date == day.isoformat():
        raise UsageError(f"it is due on {describe(day, writer.today)} already", "say another date")
    moved = _moved_to(line, day)
    edits: list[Edit] = [partial(_redate, line, moved)]
    if line.kind == PROMISE:
        text = f"{plain(line.text)} due:{line.date} -> {day.isoformat()}"
        edits.append(inserting([(LOG, _renegotiated(writer, line, text))]))
    understood = (echo_next(moved, found, writer.today),)
    return _change(item, f"{found.handle}: snooze {_what(line)} to {day.isoformat()}", edits, understood)


def drop(writer: Writer, ref: str, kind: str) -> Change:
    """Return the change that takes a line out of Next without doing it; a promise is logged as void or broken.

    One that was broken comes again when it repeats; one that is called off does not.
    """
    item, line, found = _found(writer, ref)
    if kind == BROKEN and line.kind != PROMISE:
        raise UsageError(f"{_what(line)} is not a promise", f"call it off with: crmtxt cancel {ref}")
    edits = [_taking(line)]
    remarks: list[str] = []
    planned = _repeated(line, writer.today, remarks) if kind == BROKEN else []
    if line.kind == PROMISE:
        entry = _entry(writer, line, kind, plain(line.text), line.more)
        edits.append(inserting([(LOG, entry), *((NEXT, each) for each in planned)]))
    if kind != BROKEN and (every := line.tokens.get("every")):
        remarks.append(f"it comes no more: every:{every} has ended with it")
    said = f"{'not kept' if kind == BROKEN else 'called off'}: {_what(line)}"
    understood = (said, *(echo_next(each, found, writer.today) for each in planned), *remarks)
    return _change(item, f"{found.handle}: {'broken' if kind == BROKEN else 'cancel'} {_what(line)}", edits, understood)


def _found(writer: Writer, ref: str) -> tuple[FollowUp, Line, reads.Found]:
    item, line = reads.by_reference(writer.index, ref, writer.today)
    return item, line, reads.resolve(writer.index, item.customer)


def _entry(writer: Writer, line: Line, kind: str, text: str, more: str) -> Line:
    """Return the log line of a settled line; a promise keeps its due date."""
    if line.kind == PROMISE:
        text = f"{text} due:{line.date}"
    by = () if line.direction == "from" and line.kind == PROMISE and not line.by else (line.by or writer.by)
    return Line(writer.today.isoformat(), kind, text, "", line.subject, line.direction, line.who, by, more)


def _renegotiated(writer: Writer, line: Line, text: str) -> Line:
    return Line(writer.today.isoformat(), PROMISE, text, "", "", line.direction, line.who, line.by)


def _moved_to(line: Line, day: date) -> Line:
    """Return a line with another date; a repeat keeps the day it is counted from."""
    every, first = line.tokens.get("every"), line.tokens.get("due") or line.date
    if not every or every.endswith("!"):
        return line._replace(date=day.isoformat())
    return line._replace(date=day.isoformat(), text=anchored(line.text, "" if first == day.isoformat() else first))


def _repeated(line: Line, today: date, remarks: list[str]) -> list[Line]:
    """Return the next line of a repeat: one, however many dates have passed."""
    every = line.tokens.get("every")
    if not every:
        return []
    first = first_day(line.tokens.get("due") or line.date)
    try:
        day = next_date(every, date.fromisoformat(line.date), today, first)
    except RepeatEndedError:
        remarks.append(f"that was the last: every:{every} has ended")
        return []
    text = anchored(line.text, "" if tells_its_rhythm(every, day, first) else first.isoformat())
    return [line._replace(date=day.isoformat(), text=text, box=OPEN)]


def plain(text: str) -> str:
    """Return the text without its repeat and what that is counted from, which belong to Next."""
    bare = anchored(text) if "every" in tokens(text) else text
    return " ".join(
        word for word in bare.split(" ") if not (TOKEN.fullmatch(word) and word.lower().startswith("every:"))
    )


def _what(line: Line) -> str:
    said = " ".join(
        word for word in (line.kind, line.direction, ", ".join(each.removeprefix("@") for each in line.who)) if word
    )
    return said if line.who else f"{said}: {plain(line.text)}"


def _taking(line: Line) -> Edit:
    return lambda text: edit.remove(text, NEXT, line)


def _redate(line: Line, moved: Line, text: str) -> str:
    return edit.redate(text, line, moved.date, moved.text)


def _change(
    item: FollowUp, summary: str, edits: list[Edit], understood: tuple[str, ...], entry: Line | None = None
) -> Change:
    return Change(summary, item.customer, (FileEdit(item.path, chain(edits)),), understood, item.ref, entry)
