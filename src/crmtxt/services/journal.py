"""Log what happened, plan what is next."""

from __future__ import annotations

from functools import partial
from functools import reduce
from typing import TYPE_CHECKING

from crmtxt.model.change import Change
from crmtxt.model.change import Edit
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import PROMISE
from crmtxt.model.line import Line
from crmtxt.services.capture import capture
from crmtxt.services.capture import happened
from crmtxt.services.capture import next_line
from crmtxt.services.capture import stored
from crmtxt.services.writer import Writer
from crmtxt.services.writer import echo
from crmtxt.services.writer import echo_next
from crmtxt.store import reads
from crmtxt.store.selecting import Selection
from crmtxt.text import edit

if TYPE_CHECKING:
    from datetime import date


def log(writer: Writer, found: reads.Found, typed: str, on: date | None = None) -> Change:
    """Return the change that logs what was typed, with its follow-ups."""
    got = capture(typed, writer.setting(found), on)
    lines = [(LOG, got.entry), *((NEXT, line) for line in got.follow_ups)]
    understood = [
        echo(got.entry, found),
        *(echo_next(line, found, writer.today) for line in got.follow_ups),
        *got.remarks,
    ]
    waiting = _still_open(writer, found, got.entry)
    summary = f"{found.handle}: {' '.join(_brief(got.entry))}"
    return change(found, summary, lines, (*understood, *waiting))


def note(writer: Writer, found: reads.Found, typed: str, on: date | None = None) -> Change:
    """Return the change that logs a plain note: the text as it is, no header to type."""
    first, more = edit.tidy(typed)
    day = happened(on or writer.today, writer.today)
    line = Line(day.isoformat(), "note", stored(first), by=writer.by, more=more)
    return change(found, f"{found.handle}: note", [(LOG, line)], (echo(line, found),))


def plan(writer: Writer, found: reads.Found, typed: str, kind: str = "") -> Change:
    """Return the change that plans a follow-up, or notes a promise when `kind` is that."""
    first, more = edit.tidy(typed)
    remarks: list[str] = []
    line = next_line(first, writer.setting(found), remarks, kind)._replace(more=more)
    summary = f"{found.handle}: {'promise' if line.kind == PROMISE else 'next'} {line.date}"
    return change(found, summary, [(NEXT, line)], (echo_next(line, found, writer.today), *remarks))


def change(found: reads.Found, summary: str, lines: list[tuple[str, Line]], understood: tuple[str, ...]) -> Change:
    """Return the change that inserts lines into a customer's file."""
    planned = next((line for section, line in lines if section == NEXT), None)
    file = FileEdit(found.path, inserting(lines))
    return Change(summary, found.handle, (file,), understood, entry=lines[0][1], planned=planned)


def inserting(lines: list[tuple[str, Line]]) -> Edit:
    """Return the edit that inserts lines of Next and Log."""
    return chain([partial(_insert, section, line) for section, line in lines])


def chain(edits: list[Edit]) -> Edit:
    """Return the edits as one, in their order."""
    return lambda text: reduce(lambda so_far, each: each(so_far), edits, text)


def _insert(section: str, line: Line, text: str) -> str:
    return edit.insert(text, section, line)


def _brief(line: Line) -> tuple[str, ...]:
    who = ", ".join(each.removeprefix("@") for each in line.who)
    return tuple(word for word in (line.kind, line.direction, who) if word)


def _still_open(writer: Writer, found: reads.Found, entry: Line) -> tuple[str, ...]:
    """Return a reminder of the first thing already due with one of the people just talked to."""
    due = reads.followups(writer.index, Selection(None, writer.today), writer.today.isoformat(), found.id)
    names = {each.removeprefix("@") for each in entry.who}
    for item in due:
        if names & set(item.who) or not item.who:
            ref = reads.shortest(writer.index, [item.ref])[item.ref]
            said = " ".join(word for word in (item.kind, item.direction or "", ", ".join(item.who)) if word)
            return (f"still open: {said}: {item.text}, due {item.date}: done? crmtxt done {ref}",)
    return ()
