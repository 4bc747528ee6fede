"""What is odd in lines: kinds, colleagues and people the book does not know, tokens off their scale, dates ahead."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmtxt.errors import CrmError
from crmtxt.errors import Problem
from crmtxt.model.line import CHANGE_KINDS
from crmtxt.model.line import DONE
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TASK
from crmtxt.model.names import fold
from crmtxt.model.names import nearest
from crmtxt.model.repeat import RepeatEndedError
from crmtxt.model.repeat import first_day
from crmtxt.model.repeat import next_date
from crmtxt.model.repeat import repeat_in
from crmtxt.services.capture import off_scale
from crmtxt.text.head import flatten
from crmtxt.text.head import read_head

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from crmtxt.model.line import Line
    from crmtxt.settings import BookSettings
    from crmtxt.text.document import Document
    from crmtxt.text.document import Entry


def line_findings(document: Document, path: str, settings: BookSettings, today: date) -> Iterator[Problem]:
    """Yield the findings in a customer's lines."""
    contacts = _contacts(document.text[slice(*document.head)])
    for section, entries in ((NEXT, document.next), (LOG, document.log)):
        for entry in entries:
            source = document.text[entry.start : entry.end].split("\n", 1)[0].rstrip("\r")
            for code, word, message, hint in _odd(entry, section, contacts, settings, today):
                column = source.find(word) + 1
                yield Problem(path, entry.number, column, code, message, hint, source, len(word) if column else 1)


def _contacts(head: str) -> dict[str, str]:
    """Return the handles of the contacts by handle, by folded name and by the handle of their own file."""
    rows = [(key.split("."), value) for key, value in flatten(read_head(head)) if key.startswith("contacts.")]
    names = {fold(value): parts[1] for parts, value in rows if value and parts[2:] in (["name"], ["person"])}
    return names | {parts[1]: parts[1] for parts, _ in rows}


def _odd(
    entry: Entry, section: str, contacts: dict[str, str], settings: BookSettings, today: date
) -> Iterator[tuple[str, str, str, str]]:
    """Yield code, word, message and hint of what is odd in one line."""
    line = entry.line
    kinds = (*settings.channels, TASK, *((PROMISE,) if section == NEXT else sorted(CHANGE_KINDS)))
    if line.kind not in kinds:
        near = nearest(line.kind, kinds)
        yield (
            "kind",
            line.kind,
            f"unknown kind '{line.kind}'",
            f"{f'did you mean {near!r}? ' if near else ''}channels of this book: {', '.join(settings.channels)}",
        )
    for who in line.who:
        plain = who.removeprefix("@")
        if "/" not in plain and (plain not in contacts or not who.startswith("@")):
            mapped = contacts.get(fold(plain))
            hint = f"write @{mapped}" if mapped else "map them with: crmtxt contact add"
            yield "ghost", who, f"'{plain}' is in no contact map", hint
    for name in (each.removeprefix("@") for each in line.by):
        if settings.team and name not in settings.team:
            yield "team", f"@{name}", f"'{name}' is not in team", f"team of this book: {', '.join(settings.team)}"
    for token, message in off_scale(line.text):
        yield "scale", token, message, "correct the number"
    if section == LOG and line.date > today.isoformat():
        yield "future", line.date, f"{line.date} is in the future", "what is to come belongs into Next"
    if section == NEXT:
        yield from _odd_repeat(line)


def _odd_repeat(line: Line) -> Iterator[tuple[str, str, str, str]]:
    due, first = date.fromisoformat(line.date), line.tokens.get("due") or line.date
    every = line.tokens.get("every", "")
    found: list[tuple[str, Callable[[], object]]] = [("every:", lambda: repeat_in(line.text))]
    if every:
        found += [(f"due:{first}", lambda: first_day(first)), (f"every:{every}", lambda: next_date(every, due, due))]
    for word, read in found:
        try:
            read()
        except RepeatEndedError:
            continue
        except CrmError as error:
            yield "every", word, error.message, error.hint
    if every and line.box == DONE:
        yield "ticked", "[", "a repeat that is ticked comes no more", "untick it, then: crmtxt done; or take out every:"
