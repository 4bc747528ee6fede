"""Who and what the lines and the head of a file name by handle, rewritten when a handle becomes another."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Callable
from collections.abc import Mapping
from typing import NamedTuple

from crmtxt.text.lines import HEADER
from crmtxt.text.parse import parse
from crmtxt.text.rewrite import rewrite

AMONG_WHO = re.compile(r"(?:(?<=,)|^)([ ]*)@([^,]+?)(?=[ ]*(?:,|$))")
GOAL = re.compile(r"(?:(?<=\s)|^)for:(\S+)")
Handles = Mapping[tuple[str, str], str]


class Moved(NamedTuple):
    """A customer that is called otherwise: its handle before and now, and those of its contacts that changed."""

    old: str
    new: str
    people: Mapping[str, str] = {}

    def named(self, text: str) -> str:
        """Return `old` or `old/contact` as it is called now, any other text as it is."""
        handle, slash, contact = text.partition("/")
        return f"{self.new}{slash}{self.people.get(contact, contact)}" if handle == self.old else text


def readdress(text: str, moved: Moved) -> str:
    """Return the text of another customer's file with every mention of one that moved following it.

    Those are `@old/contact` in the lines, and in the head `@old` and `@old/contact` where they are a whole value or a
    word of `source`, and `old` in `distinct` and as the `person` of a contact.
    """
    text = rename_in_lines(text, moved.named)
    start, end = parse(text, "").head
    head = rewrite(text[start:end], lambda path, value: _in_head(path, value, moved))
    return text[:start] + head + text[end:]


def rename_in_lines(text: str, person: Callable[[str], str], handles: Handles | None = None) -> str:
    """Return the text with what its lines name renamed: people (without @), and `handles` by kind and old handle.

    A goal is also renamed in `for:GOAL`.
    """
    document = parse(text, "")
    pieces, at = [], 0
    for entry in sorted((*document.next, *document.log), key=lambda each: each.start):
        row = text[entry.start : entry.end].split("\n", 1)[0]
        pieces += [text[at : entry.start], _line(row, person, handles or {})]
        at = entry.start + len(row)
    return "".join([*pieces, text[at:]])


def _line(row: str, person: Callable[[str], str], handles: Handles) -> str:
    header = HEADER.match(row)
    if header is None:
        return row
    start = header.start("text")
    row = row[:start] + GOAL.sub(lambda token: f"for:{handles.get(('goal', token[1]), token[1])}", row[start:])
    if header["who"]:
        start, end = header.span("who")
        who = AMONG_WHO.sub(lambda found: f"{found[1]}@{person(found[2])}", header["who"])
        row = row[:start] + who + row[end:]
    if (subject := header["subject"]) and (new := handles.get((header["kind"], subject))):
        start, end = header.span("subject")
        row = row[:start] + new + row[end:]
    return row


def _in_head(path: tuple[str, ...], value: str, moved: Moved) -> str:
    if path == ("distinct",) or (path[:1] == ("contacts",) and path[2:] == ("person",)):
        at = "@" if value.startswith("@") else ""
        return at + moved.named(value.removeprefix("@"))
    if path == ("source",):
        return re.sub(r"(?:(?<=\s)|^)@(\S+)", lambda word: f"@{moved.named(word[1])}", value)
    return f"@{moved.named(value[1:])}" if value.startswith("@") else value
