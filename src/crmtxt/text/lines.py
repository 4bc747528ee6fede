"""The line grammar of Next and Log: text to Line and back, and why a line cannot be read."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from datetime import date
from typing import NamedTuple

from crmtxt.model.line import SUBJECT_KINDS
from crmtxt.model.line import Line

HEADER = re.compile(
    r"-[ ]+(?:\[(?P<box>[ xX-])\][ ]+)?"
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ ]+(?P<time>[0-9]{2}:[0-9]{2}))?"
    r"[ ]+(?P<kind>[^\W\d_][\w-]*)"
    r"(?:[ ]+(?!(?:from|to|with|by)[ ])(?P<subject>[^\s:]+))?"
    r"(?:[ ]+(?P<direction>from|to|with)[ ]+(?P<who>[^\s:][^:]*?))?"
    r"(?:[ ]+by[ ]+(?P<by>@?[^\s:,]+(?:,[ ]*@?[^\s:,]+)*))?"
    r"[ ]*:[ \t]*(?P<text>.*)",
    re.DOTALL,
)
COMMA = re.compile(r"[ ]*,[ ]*")
GRAMMAR = "- DATE [TIME] KIND [from|to|with @WHO] [by @US]: TEXT"
INDENT = "  "


class Unreadable(NamedTuple):
    """Why a line is not in the grammar: the column (from 1), how many characters are meant, and what would be."""

    column: int
    width: int
    message: str
    hint: str


def read_line(first: str, more: str, *, boxed: bool) -> Line | Unreadable:
    """Read the first line of an entry and its dedented continuation; `boxed` says that a box is legal (Next)."""
    match = HEADER.match(first)
    if match is None:
        return _why(first)
    box, day, time, kind, subject, direction, who, by, text = match.groups()
    if subject and kind not in SUBJECT_KINDS:
        start = match.start("subject")
        hint = f"after '{kind}' comes from, to or with and a name, or a colon: {GRAMMAR}"
        return Unreadable(start + 1, len(subject), f"cannot read '{subject}' after '{kind}'", hint)
    if not _is_date(day):
        return Unreadable(match.start("date") + 1, 10, f"there is no day {day}", "a date is YYYY-MM-DD")
    if time and not ("00" <= time[:2] <= "23" and time[3:] <= "59"):
        return Unreadable(match.start("time") + 1, 5, f"there is no time {time}", "a time is HH:MM, 00:00 to 23:59")
    if boxed:
        box = (box or " ").lower()
    elif box:
        return Unreadable(match.start("box"), 3, "a box in the log", "boxes stand in Next; what happened needs none")
    return Line(
        date=day,
        kind=kind,
        text=text.rstrip(),
        time=time or "",
        subject=subject or "",
        direction=direction or "",
        who=tuple(COMMA.split(who.strip())) if who else (),
        by=tuple("@" + name.removeprefix("@") for name in COMMA.split(by)) if by else (),
        more=more,
        box=box or "",
    )


def write_line(line: Line, newline: str = "\n") -> str:
    """Return the entry as it stands in the file: its first line and continuation, without a last newline."""
    words = ["-"]
    if line.box:
        words.append(f"[{line.box}]")
    words += [word for word in (line.date, line.time, line.kind, line.subject) if word]
    if line.direction:
        words += [line.direction, ", ".join(line.who)]
    if line.by:
        words += ["by", ", ".join(line.by)]
    first = f"{' '.join(words)}: {line.text}".rstrip()
    more = [INDENT + row if row else "" for row in line.more.split("\n")] if line.more else []
    return newline.join([first, *more])


def dedent(rows: list[str]) -> str:
    """Return continuation lines without their indentation of two spaces or a tab, and without blank ends."""
    return "\n".join(row[2:] if row.startswith(INDENT) else row[1:] if row[:1] == "\t" else "" for row in rows).rstrip()


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _why(first: str) -> Unreadable:
    """Return the first thing that is wrong with a line that HEADER does not match."""
    match = re.match(r"-[ ]+(?:\[[ xX-]\][ ]+)?", first)
    if match is None:
        return Unreadable(
            1, len(first), "not a line of Next or Log", f"{GRAMMAR}; a longer text is indented by two spaces"
        )
    at = match.end()
    word = first[at:].split(" ", 1)[0]
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        return Unreadable(at + 1, len(word) or 1, f"'{word}' is not a date", "a line begins with a date, YYYY-MM-DD")
    if ":" not in re.sub(r"[ ][0-9]{2}:[0-9]{2}(?=[ ]|$)", "", first[at:], count=1):
        return Unreadable(len(first) + 1, 1, "no colon before the text", GRAMMAR)
    at += len(word) + 1
    rest = first[at:]
    return Unreadable(at + 1, len(rest) or 1, f"cannot read '{rest[:40]}' as kind and people", GRAMMAR)
