"""Mail into the log: whose a message is by its addresses, who began, and each message once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import NotFoundError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.model.mail import MID
from crmtxt.services.correspondents import Correspondents
from crmtxt.services.correspondents import contacts
from crmtxt.services.correspondents import named
from crmtxt.services.writer import echo
from crmtxt.text import edit
from crmtxt.text.mail import read_mail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from crmtxt.model.change import Edit
    from crmtxt.model.mail import Mail
    from crmtxt.services.writer import Writer
    from crmtxt.store.addresses import Owner
    from crmtxt.store.reads import Found

KIND = "email"
NOTE = "note"  # of what a program wrote, or others to each other: no contact
FEW = 5


class Logged(NamedTuple):
    """One message in the log of one customer; `is_new` says that it is not there yet."""

    found: Found
    line: Line
    is_new: bool


class Filed(NamedTuple):
    """What becomes of a message: where it is logged, and the addresses that are nobody's or several customers'."""

    logged: list[Logged]
    unknown: list[str]


class Letters:
    """The addresses of a book, and the messages it holds; `mine` are addresses of the writer.

    `zone` is that of the lines, None the computer's.
    """

    def __init__(self, writer: Writer, zone: tzinfo | None, mine: Iterable[str]) -> None:
        self.writer = writer
        self.zone = zone
        self.people = Correspondents(writer, mine)
        sql = "SELECT customer, value FROM token WHERE key = ?"
        self.known = {(number, f"{MID}:{value}") for number, value in writer.index.query(sql, (MID,))}

    def file(self, mail: Mail) -> Filed:
        """Return where a message belongs; ValueError for one from tomorrow, and where a file is in conflict."""
        day, time = self._moment(mail)
        senders = [each.address for each in mail.senders]
        recipients = [each.address for each in mail.recipients]
        theirs, unknown = self.people.theirs([*senders, *recipients], day)
        logged = [self._logged(mail, number, these, (day, time)) for number, these in theirs.items()]
        return Filed(logged, unknown)

    def _moment(self, mail: Mail) -> tuple[str, str]:
        try:
            sent = mail.sent.astimezone(self.zone)
        except (OverflowError, OSError):
            raise ValueError("no Date: that can be read") from None
        if sent.date() > self.writer.today:
            raise ValueError(f"its Date: is {sent.date()}, which is in the future")
        return f"{sent:%Y-%m-%d}".rjust(10, "0"), f"{sent:%H:%M}"

    def _logged(self, mail: Mail, number: int, people: dict[str, Owner], moment: tuple[str, str]) -> Logged:
        found = self.people.customer(number)
        wrote = [people[each.address] for each in mail.senders if each.address in people]
        senders = [each.address for each in mail.senders]
        ours = self.people.colleagues(senders)
        direction = "from" if wrote else "to" if any(map(self.people.is_ours, senders)) else "with"
        who = named(wrote or people.values())
        by = ours or self.people.colleagues(each.address for each in mail.recipients) or self.writer.by
        text = f"{mail.title} {mail.token}"
        is_contact = direction != "with" and not mail.automatic
        kind = KIND if is_contact or NOTE not in self.writer.settings.channels else NOTE
        line = Line(moment[0], kind, text, moment[1], "", direction, who, by, mail.more(theirs=direction == "from"))
        return Logged(found._replace(contacts=contacts(people.values())), line, (number, mail.token) not in self.known)


def log(writer: Writer, data: bytes, zone: tzinfo | None, mine: Iterable[str]) -> Change:
    """Return the change that logs one message with every customer it is from or to; `mine` are the writer's addresses.

    InvalidError for what is no mail, NotFoundError when nobody in it is known.
    """
    try:
        mail = read_mail(data)
        filed = Letters(writer, zone, mine).file(mail)
    except ValueError as error:
        raise InvalidError(
            f"the mail was not logged: {error}", "pipe one whole message into it, headers and all"
        ) from None
    if not filed.logged:
        few = ", ".join(filed.unknown[:FEW]) or "only us"
        raise NotFoundError(
            f"nobody in this mail is known: {few}", "crmtxt contact add CUSTOMER HANDLE --name NAME --email ADDRESS"
        )
    first = filed.logged[0]
    files = tuple(FileEdit(each.found.path, once(each.line, mail.token)) for each in filed.logged)
    handles = ", ".join(each.found.handle for each in filed.logged)
    told = [echo(each.line, each.found) + ("" if each.is_new else " · logged already") for each in filed.logged]
    doubts = [f"nobody's address: {', '.join(filed.unknown[:FEW])}"] if filed.unknown else []
    summary = f"{handles}: {first.line.kind} {first.line.direction}"
    return Change(summary, first.found.handle, files, (*told, *doubts), entry=first.line)


def once(line: Line, token: str) -> Edit:
    """Return the edit that inserts a line, unless the log holds the message by now."""

    def insert(text: str) -> str:
        if token in text and any(token in entry.line.text.split() for entry in edit.read(text).log):
            return text
        return edit.insert(text, LOG, line)

    return insert
