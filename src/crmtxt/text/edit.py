"""Pure edits of a customer file: each changes only the lines it is asked to change, or refuses."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import category

from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import UsageError
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.text import headedit
from crmtxt.text.document import Document
from crmtxt.text.document import Entry
from crmtxt.text.document import newline_of
from crmtxt.text.lines import write_line
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.text.emit import Value

TITLES = {NEXT: "## Next", LOG: "## Log"}


def tidy(text: str) -> tuple[str, str]:
    """Return typed text as first line and continuation; UsageError for what no text file can hold."""
    if "\0" in text:
        raise UsageError("the text has a NUL character in it", "text files cannot hold it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError("the text is not valid Unicode", "a terminal set to UTF-8 would have sent it right") from None
    rows = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    more = "\n".join(row.rstrip() for row in rows[1:]).rstrip("\n")
    return rows[0].strip(), more


def one_line(text: str) -> str:
    """Return typed text as one line; UsageError for what a terminal would obey instead of showing it."""
    line, _ = tidy(" ".join(text.split()))
    if control := next((sign for sign in line if category(sign) == "Cc"), ""):
        raise UsageError(f"there is a control character in '{line}': \\x{ord(control):02x}", "type it without")
    return line


def insert(text: str, section: str, line: Line) -> str:
    """Insert one line into Next or Log: after the last line that is not later, the others as they are."""
    before = read(text)
    newline = newline_of(text)
    at, lead, tail = place(before, text, section, line, newline)
    after = text[:at] + lead + write_line(line, newline) + tail + text[at:]
    _expect(before, parse(after, ""), section, added=[line])
    return after


def insert_all(text: str, section: str, lines: Sequence[Line]) -> str:
    """Insert lines, all with a time or all without, as `insert` would one by one, reading the text once."""
    if not lines:
        return text
    before = read(text)
    entries: tuple[Entry, ...] = getattr(before, section)
    new = sorted(lines, key=_moment)
    if not entries:
        return insert_all(insert(text, section, new[0]), section, new[1:])
    at, newline, after = len(entries) - 1, newline_of(text), text
    end = [part for part in before.sections if part.name == section][-1].end
    for _, those in groupby(reversed(new), key=_moment):
        together = [*those][::-1]
        while at >= 0 and _is_later(entries[at].line, together[0]):
            at -= 1
        place = end if at == len(entries) - 1 else entries[at].end if at >= 0 else entries[0].start
        written = "".join(write_line(line, newline) + newline for line in together)
        if text[place - 1 : place] != "\n":
            written = newline + written.removesuffix(newline)
        after = after[:place] + written + after[place:]
    _expect(before, parse(after, ""), section, added=new)
    return after


def remove(text: str, section: str, line: Line) -> str:
    """Remove one line with its continuation; LockedError when it is not there any more."""
    before = read(text)
    entry = find(before, section, line)
    after = text[: entry.start] + text[entry.end :]
    _expect(before, parse(after, ""), section, removed=line)
    return after


def redate(text: str, line: Line, day: str, said: str | None = None) -> str:
    """Change the date of one line of Next, in its place, and its text to `said` when that is given."""
    before = read(text)
    entry = find(before, NEXT, line)
    at = text.index(line.date, entry.start)
    rest = text[at + len(line.date) :]
    if said is not None:
        written = rest.partition("\n")[0].rstrip()
        rest = written.removesuffix(line.text) + said + rest[len(written) :]
    after = text[:at] + day + rest
    changed = line._replace(date=day, text=line.text if said is None else said)
    _expect(before, parse(after, ""), NEXT, removed=line, added=[changed])
    return after


def find(document: Document, section: str, line: Line) -> Entry:
    """Return the place of a line; LockedError when it was changed or removed since it was read."""
    for entry in getattr(document, section):
        if entry.line == line:
            return entry  # type: ignore[no-any-return]  # getattr of a NamedTuple field
    raise LockedError(
        f"the line is not there any more: {write_line(line).splitlines()[0]}", "look again and repeat the command"
    )


def set_value(text: str, path: tuple[str, ...], value: str, *, as_text: bool = False) -> str:
    """Set one value of the head; see headedit.set_value."""
    newline = newline_of(text)
    return in_head(text, lambda head: headedit.set_value(head, path, value, as_text=as_text, newline=newline))


def add_entry(text: str, path: tuple[str, ...], entries: Mapping[str, Value]) -> str:
    """Add a whole new entry to the head; see headedit.add_entry."""
    newline = newline_of(text)
    return in_head(text, lambda head: headedit.add_entry(head, path, entries, newline=newline))


def add_entries(text: str, path: tuple[str, ...], entries: Mapping[str, Mapping[str, Value]]) -> str:
    """Add several new entries to a map of the head at once; see headedit.add_entries."""
    newline = newline_of(text)
    return in_head(text, lambda head: headedit.add_entries(head, path, entries, newline=newline))


def remove_value(text: str, path: tuple[str, ...]) -> str:
    """Remove one key of the head; see headedit.remove_value."""
    return in_head(text, lambda head: headedit.remove_value(head, path))


def add_to_list(text: str, path: tuple[str, ...], item: str) -> str:
    """Add one item to a list of the head; see headedit.add_to_list."""
    newline = newline_of(text)
    return in_head(text, lambda head: headedit.add_to_list(head, path, item, newline=newline))


def remove_from_list(text: str, path: tuple[str, ...], item: str) -> str:
    """Remove one item from a list of the head; see headedit.remove_from_list."""
    return in_head(text, lambda head: headedit.remove_from_list(head, path, item))


def read(text: str) -> Document:
    """Return the parts of a file; InvalidError while a git conflict is open: what is written could go with one side."""
    document = parse(text, "")
    for problem in document.problems:
        if problem.code in {"conflict", "marker"}:
            raise InvalidError(f"line {problem.line}: {problem.message}; nothing was written", problem.hint)
    return document


def in_head(text: str, change: Callable[[str], str]) -> str:
    """Change the head and nothing else."""
    document = read(text)
    if any(problem.code == "no-head" for problem in document.problems):
        raise InvalidError("the file has no head to change", "begin it with a line ---, name: …, and a line ---")
    start, end = document.head
    return text[:start] + change(text[start:end]) + text[end:]


def place(document: Document, text: str, section: str, line: Line, newline: str) -> tuple[int, str, str]:
    """Return where an entry goes, and what stands before and after its text."""
    parts = [part for part in document.sections if part.name == section]
    if not parts:
        return _new_section(document, text, section, newline)
    entries: tuple[Entry, ...] = getattr(document, section)
    if not any(_is_later(entry.line, line) for entry in entries) and parts[-1].end > parts[-1].body:
        at = parts[-1].end
    elif earlier := [entry for entry in entries if not _is_later(entry.line, line)]:
        at = earlier[-1].end
    elif entries:
        return entries[0].start, "", newline
    else:
        return _into_empty(text, parts[-1].body, newline)
    return (at, "", newline) if text[:at].endswith("\n") else (at, newline, "")


def _into_empty(text: str, at: int, newline: str) -> tuple[int, str, str]:
    """Return the place in a section without entries: below its heading and one blank line."""
    rest = text[at:]
    if not text[:at].endswith("\n"):
        return at, newline * 2, ""
    if not rest:
        return at, newline, newline
    blank = rest.split("\n", 1)[0] + "\n" if "\n" in rest else rest
    if blank.strip():
        return at, newline, newline * 2
    if not blank.endswith("\n"):
        return at + len(blank), newline, ""
    following = rest[len(blank) :].split("\n", 1)[0]
    return at + len(blank), "", newline * 2 if following.strip() else newline


def _new_section(document: Document, text: str, section: str, newline: str) -> tuple[int, str, str]:
    """Return the place of a section that is missing: Next before Log, else the end of the file."""
    title = TITLES[section] + newline * 2
    log = next((part.start for part in document.sections if part.name == LOG), None)
    at = len(text) if log is None else log
    above = text[:at].replace("\r\n", "\n")
    gap = "" if not above or above.endswith("\n\n") else newline if above.endswith("\n") else newline * 2
    last_newline = "" if text and not text.endswith("\n") else newline
    return at, gap + title, last_newline if log is None else newline * 2


def _moment(line: Line) -> tuple[str, str]:
    return line.date, line.time


def _is_later(line: Line, than: Line) -> bool:
    if line.date != than.date:
        return line.date > than.date
    return bool(line.time and than.time and line.time > than.time)


def _expect(
    before: Document, after: Document, section: str, *, added: Sequence[Line] = (), removed: Line | None = None
) -> None:
    """Refuse an edit after which the file does not read as before plus some lines and minus one."""
    expected = {name: sorted(entry.line for entry in getattr(before, name)) for name in TITLES}
    if removed:
        expected[section].remove(removed)
    expected[section] = sorted([*expected[section], *added])
    same_lines = all(sorted(entry.line for entry in getattr(after, name)) == expected[name] for name in TITLES)
    same_rest = (
        before.notes == after.notes and before.head == after.head and len(before.problems) == len(after.problems)
    )
    if not (same_lines and same_rest):
        places = "; ".join(f"line {problem.line}: {problem.message}" for problem in before.problems[:3])
        raise InvalidError(
            f"cannot change {section} without touching more", places or "change the file by hand: crmtxt edit"
        )
