"""Mailboxes into the log: each message once, at everybody it is from or to."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from crmtxt.errors import Problem
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.imported import NEW
from crmtxt.model.imported import SAME
from crmtxt.model.imported import ImportedRow
from crmtxt.services import importing
from crmtxt.services.mailing import Letters
from crmtxt.services.writer import in_words
from crmtxt.text.mail import read_mail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from crmtxt.model.line import Line
    from crmtxt.services.mailing import Logged
    from crmtxt.services.writer import Writer

MOST_SHOWN = 10


class _Import:
    """The import of one mailbox."""

    def __init__(self, writer: Writer, zone: tzinfo | None, mine: Iterable[str]) -> None:
        self.letters = Letters(writer, zone, mine)
        self.rows: list[ImportedRow] = []
        self.lines: dict[str, list[Line]] = {}
        self.unknown: Counter[str] = Counter()

    def take(self, number: int, data: bytes) -> None:
        """Take in one message; ValueError when it cannot be read."""
        mail = read_mail(data)
        filed = self.letters.file(mail)
        self.unknown.update(each.lower() for each in filed.unknown)
        for each in filed.logged:
            self.letters.known.add((each.found.id, mail.token))
            self.rows.append(_row(number, each))
            if each.is_new:
                self.lines.setdefault(each.found.path, []).append(each.line)

    def told(self) -> Iterable[str]:
        """Yield the addresses nobody has, the most frequent first."""
        some = ", ".join(f"{address} ({count})" for address, count in self.unknown.most_common(MOST_SHOWN))
        if some:
            more = len(self.unknown) - MOST_SHOWN
            yield f"nobody's addresses: {some}{f' and {more:,} more' if more > 0 else ''}"


def plan(
    writer: Writer,
    messages: Iterable[tuple[str, int, bytes | ValueError]],
    name: str,
    zone: tzinfo | None,
    mine: Iterable[str],
) -> importing.Plan:
    """Return what an import of messages would do; each is its file, its line, and what stands there."""
    work, problems = _Import(writer, zone, mine), []
    for number, (path, line, data) in enumerate(messages, 1):
        try:
            if isinstance(data, ValueError):
                raise data
            work.take(number, data)
        except ValueError as error:
            problems.append(Problem(path, line, 0, "mail", str(error)))
    told = importing.summary("e-mail", work.rows, problems)
    files = [
        FileEdit(path, importing.within(partial(importing.insert_new, lines), path))
        for path, lines in work.lines.items()
    ]
    change = Change(f"import of {name}: {told}", "", tuple(files), (told, *work.told()))
    return importing.Plan(change, work.rows, problems)


def _row(number: int, logged: Logged) -> ImportedRow:
    line = logged.line
    what = f"{line.date} {line.time} {in_words(line, logged.found.contacts)}: {line.text.rpartition(' ')[0]}"
    return ImportedRow(number, logged.found.handle, None, NEW if logged.is_new else SAME, what)
