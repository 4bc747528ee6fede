"""A digest as people read it in a mail or on a screen: plain text, and the same as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.render.clean import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.model.reminders import Digest
    from crmtxt.model.reminders import Reminder
    from crmtxt.model.views import FollowUp
    from crmtxt.model.views import LogEntry

NARROWEST = 12  # cells a text has at the least
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font: 1rem/1.5 sans-serif; color: #222">
<p>{title}</p>
{body}</body>
</html>
"""


def to_text(digest: Digest, width: int = 0) -> str:
    """Return the digest as plain text, "" when nothing is due.

    Lines are broken between words to at most `width` cells (0: never), but for commands, which are to be copied.
    """
    if not digest.reminders:
        return ""
    rows = _broken("", digest.title, width)
    for each in digest.reminders:
        rows += ["", *_broken("", each.name, width)]
        for item in each.items:
            rows += [*_broken("  * ", item.why, width), f"      {clean_line(item.action)}"]
        for title, lines in _about(each):
            for at, line in enumerate(lines):
                rows += _broken(f"    {'' if at else title:<10}", line, width)
    return "".join(f"{row}\n" for row in rows)


def to_html(digest: Digest) -> str:
    """Return the digest as a page that needs nothing from anywhere, every text escaped."""
    body = "".join(_section(each) for each in digest.reminders)
    return PAGE.format(title=_escaped(digest.title), body=body)


def subject(digest: Digest) -> str:
    """Return the digest in a line: how many things are due, and with whom first."""
    count = len(digest.keys)
    names = [clean_line(each.name) for each in digest.reminders]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{count} due: {names[0]}{more}"


def _broken(before: str, text: str, width: int) -> list[str]:
    """Return a text on as many lines as it takes, those after the first below where it begins."""
    line = clean_line(text)
    if not width:
        return [before + line]
    from crmtxt.render.table import fold

    first, *more = fold(line, max(width - len(before), NARROWEST))
    return [before + first, *(" " * len(before) + each for each in more)]


def _section(reminder: Reminder) -> str:
    items = "".join(
        f"<li>{_escaped(item.why)}<br><code>{_escaped(item.action)}</code></li>\n" for item in reminder.items
    )
    about = "".join(
        f"<dt>{title}</dt>\n{''.join(f'<dd>{_escaped(line)}</dd>' for line in lines)}\n"
        for title, lines in _about(reminder)
        if lines
    )
    return f"<h2>{_escaped(reminder.name)}</h2>\n<ul>\n{items}</ul>\n<dl>\n{about}</dl>\n"


def _about(reminder: Reminder) -> Iterator[tuple[str, list[str]]]:
    yield "lately", [_contact(each) for each in reminder.contacts]
    yield "we owe", [_promise(each) for each in reminder.ours]
    yield "they owe", [_promise(each) for each in reminder.theirs]


def _contact(entry: LogEntry) -> str:
    felt = "" if entry.feel is None else f", felt {entry.feel:+d}" if entry.feel else ", felt 0"
    people = " ".join(part for part in (entry.kind, entry.direction, ", ".join(entry.who)) if part)
    text = " ".join(word for word in entry.text.split() if not word.startswith("feel:"))
    quote = f" “{' '.join(entry.quote.split())}”" if entry.quote else ""
    return f"{entry.date}  {people}{felt}: {text}{quote}"


def _promise(item: FollowUp) -> str:
    who = f"{item.direction or 'to'} {', '.join(item.who)}: " if item.who else ""
    days = "1 day" if item.overdue_days == 1 else f"{item.overdue_days} days"
    return f"{item.date}  {who}{item.text}{f', {days} late' if item.overdue_days > 0 else ''}"


def _escaped(text: str) -> str:
    from html import escape

    return escape(clean_line(text))
