"""Change a relationship plan: goals, initiatives, readings, the next review. What is over leaves the head."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.model import course
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import INITIATIVE
from crmtxt.model.plans import MAPS
from crmtxt.model.plans import MEASURES
from crmtxt.model.plans import OURS
from crmtxt.model.plans import OUTCOMES
from crmtxt.model.plans import REVIEW
from crmtxt.model.plans import SIDES
from crmtxt.model.plans import TITLES
from crmtxt.model.when import describe
from crmtxt.services.capture import happened
from crmtxt.services.journal import chain
from crmtxt.services.journal import inserting
from crmtxt.text import edit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from datetime import date

    from crmtxt.model.change import Edit
    from crmtxt.services.writer import Writer
    from crmtxt.store import reads

NO_STATUS = ("->", '"', ":")  # what lines of the log are read by
NEEDED = {GOAL: ("whose", "goal"), INITIATIVE: ("what",)}


class Which(NamedTuple):
    """A goal or an initiative of a customer."""

    customer: reads.Found
    kind: str
    handle: str


def add(writer: Writer, which: Which, values: Mapping[str, str]) -> Change:
    """Return the change that adds a goal or an initiative to a plan."""
    found, kind, handle = which
    if not is_handle(handle):
        hint = f"lower-case letters, digits and hyphens, such as {handle_from(handle)}"
        raise UsageError(f"'{handle}' is no handle", hint)
    if handle in _entries(writer, found, kind):
        hint = f"change it with: crmtxt {kind} set {found.handle} {handle}"
        raise UsageError(f"{found.handle} has {_a(kind)} '{handle}' already", hint)
    new = _tidied(values)
    if missing := [key for key in NEEDED[kind] if key not in new]:
        hint = f"say it with {' and '.join(f'--{key}' for key in missing)}; see: crmtxt {kind} add --help"
        raise UsageError(f"{_a(kind)} needs {' and '.join(NEEDED[kind])}", hint)
    _still_open(new, "add it with the status it has now, such as doing")
    edits: list[Edit] = [
        lambda text: edit.add_entry(text, ("plan", MAPS[kind], handle), new),
        _logging(writer, kind, handle, course.whole(course.OPENED, new, TITLES[kind])),
    ]
    told = (f"{handle}: {_said(new)}", *_doubts(writer, found, new))
    return _change(found, f"{kind} add {handle}", edits, told)


def set_values(writer: Writer, which: Which, values: Mapping[str, str]) -> Change:
    """Return the change that sets what is given; the log keeps what each value was before."""
    found, kind, handle = which
    before, new = _known(writer, which), _tidied(values)
    if not new:
        raise UsageError("nothing to set", f"say what is to change; see: crmtxt {kind} set --help")
    status = new.get("status", "")
    _still_open(new, f"crmtxt initiative close {found.handle} {handle} {_outcome(status, INITIATIVE)}")
    edits: list[Edit] = [partial(_set, ("plan", MAPS[kind], handle, key), value) for key, value in new.items()]
    edits += [
        _logging(writer, kind, handle, course.changed(key, before.get(key, ""), value))
        for key, value in new.items()
        if value != before.get(key)
    ]
    told = (f"{handle}: {_said(new)}", *_doubts(writer, found, new))
    return _change(found, f"{kind} set {handle}", edits, told)


def read(writer: Writer, which: Which, value: str, day: date) -> Change:
    """Return the change that logs a reading of a goal or an initiative, taken by hand."""
    found, kind, handle = which
    known = _known(writer, which)
    text, more = edit.tidy(value)
    if not text or more or not course.is_reading(kind, text):
        raise UsageError(
            "a reading is one value", f"such as 12h; to end the {kind}: crmtxt {kind} close {found.handle} {handle}"
        )
    own = known.get("measure", "")
    remarks = (f"{own} is worked out from the log; this reading is kept beside it",) if own in MEASURES else ()
    target = f", {known['to']} wanted" if "to" in known else ""
    edits = [_logging(writer, kind, handle, text, happened(day, writer.today))]
    return _change(found, f"{kind} read {handle} {text}", edits, (f"{handle} {text}{target}", *remarks))


def close(writer: Writer, which: Which, outcome: str) -> Change:
    """Return the change that takes a goal or an initiative out of the head; its log line carries everything."""
    found, kind, handle = which
    if outcome not in OUTCOMES[kind]:
        first, second = OUTCOMES[kind]
        raise UsageError(f"'{outcome}' is no way to close {_a(kind)}", f"{first} or {second}")
    values = _known(writer, which)
    status = values.pop("status", "")
    became = outcome if kind == GOAL else f"{status} -> {outcome}".strip()
    text = course.whole(became, values, TITLES[kind])
    edits: list[Edit] = [
        lambda text: edit.remove_value(text, ("plan", MAPS[kind], handle)),
        _logging(writer, kind, handle, text),
    ]
    return _change(found, f"{kind} close {handle}: {outcome}", edits, (f"{handle} {became}",))


def review(writer: Writer, found: reads.Found, day: date) -> Change:
    """Return the change that says the plan was reviewed today, and when it will be again."""
    if day <= writer.today:
        raise UsageError(f"{day} is not after today", "the next review lies ahead, such as +3m")
    entry = Line(writer.today.isoformat(), "note", f"plan reviewed {REVIEW}:{day}", by=writer.by)
    edits: list[Edit] = [partial(_set, ("plan", "review"), day.isoformat()), inserting([(LOG, entry)])]
    return _change(found, f"plan review {day}", edits, (f"reviewed; again {describe(day, writer.today)}",))


def _change(found: reads.Found, what: str, edits: list[Edit], told: tuple[str, ...]) -> Change:
    first, *remarks = told
    return Change(
        f"{found.handle}: {what}",
        found.handle,
        (FileEdit(found.path, chain(edits)),),
        (f"{found.name} · {first}", *remarks),
    )


def _tidied(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values on one line each; UsageError for a side there is not, and for what no text file can hold."""
    if values.get("whose", OURS) not in SIDES:
        raise UsageError(f"'{values['whose']}' is no side of a goal", f"--whose {' or '.join(SIDES)}")
    plain = {key: edit.one_line(value) for key, value in values.items()}
    if any(mark in plain.get("status", "") for mark in NO_STATUS):
        raise UsageError(f"'{plain['status']}' is no status", "a word or two, such as planned, doing or blocked")
    return {key: value for key, value in plain.items() if value}


def _said(values: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())


def _set(path: tuple[str, ...], value: str, text: str) -> str:
    return edit.set_value(text, path, value)


def _logging(writer: Writer, kind: str, handle: str, text: str, day: date | None = None) -> Edit:
    line = Line((day or writer.today).isoformat(), kind, text, subject=handle, by=writer.by)
    return inserting([(LOG, line)])


def _still_open(new: Mapping[str, str], hint: str) -> None:
    """Refuse a status that ends an initiative: what is over leaves the head."""
    if over := _outcome(new.get("status", ""), INITIATIVE):
        raise UsageError(f"an initiative that is {over} leaves the plan", hint)


def _outcome(text: str, kind: str) -> str:
    """Return the outcome a log line with this text would tell, "" for none."""
    first = text.partition(" ")[0]
    return first if first in OUTCOMES[kind] else ""


def _known(writer: Writer, which: Which) -> dict[str, str]:
    """Return the values of a goal or an initiative; NotFoundError lists those there are."""
    found, kind, handle = which
    entries = _entries(writer, found, kind)
    if handle not in entries:
        known = ", ".join(entries) or "none yet"
        raise NotFoundError(f"{found.handle} has no {kind} '{handle}'", f"{MAPS[kind]}: {known}")
    return entries[handle]


def _entries(writer: Writer, found: reads.Found, kind: str) -> dict[str, dict[str, str]]:
    prefix = f"plan.{MAPS[kind]}."
    rows = writer.index.query(
        "SELECT key, value FROM field WHERE file = ? AND substr(key, 1, ?) = ? AND value IS NOT NULL ORDER BY rowid",
        (found.id, len(prefix), prefix),
    )
    entries: dict[str, dict[str, str]] = {}
    for key, value in rows:
        handle, _, name = str(key).removeprefix(prefix).partition(".")
        entries.setdefault(handle, {})[name] = str(value)
    return entries


def _doubts(writer: Writer, found: reads.Found, values: Mapping[str, str]) -> Iterator[str]:
    """Yield a remark for each word the book does not know; it is kept as typed."""
    owner, goal = values.get("owner"), values.get("for")
    if owner and writer.settings.team and owner not in writer.settings.team:
        yield f"'{owner}' is not in team of this book: kept as typed"
    if goal and goal not in _entries(writer, found, GOAL):
        yield f"{found.handle} has no goal '{goal}' yet: kept as typed"


def _a(kind: str) -> str:
    return f"an {kind}" if kind == INITIATIVE else f"a {kind}"
