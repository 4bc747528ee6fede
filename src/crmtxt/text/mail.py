"""A message of RFC 5322 as a Mail: bounded in size before anything of it is decoded, and never a traceback."""

from __future__ import annotations

import re
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from crmtxt.model.foreign import hashed
from crmtxt.model.foreign import short
from crmtxt.model.mail import Mail
from crmtxt.model.mail import Mailbox
from crmtxt.text.emit import HIDDEN
from crmtxt.text.reply import new_text
from crmtxt.text.reply import text_of_html

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from datetime import datetime
    from email.message import EmailMessage
    from email.policy import EmailPolicy

LARGEST_MAIL = 1024 * 1024
LONGEST_FIELD = 8 * 1024
MOST_BOUNDARIES = 1000
MOST_PARTS = 200
MOST_NAMES = 10
LONGEST_NAME = 100
WINDOWS = "cp1252"
LATIN = {"iso-8859-1", "iso8859-1", "latin-1", "latin1"}
UNSAID = {"", "utf-8", "us-ascii", "ascii", "unknown-8bit"}  # what is not said, or says nothing
BOUNDARY = re.compile(rb"^--", re.MULTILINE)

T = TypeVar("T")


def read_mail(data: bytes) -> Mail:
    """Return the message; of one that is larger than 1 MiB, what stands in the first. ValueError when it is none."""
    from email import message_from_bytes

    whole = _bounded(data)
    try:
        message: Any = message_from_bytes(whole, policy=_policy())
    except Exception:  # noqa: BLE001  # what strange mail makes of the parser cannot be foreseen
        raise ValueError("this cannot be read as a mail") from None
    senders = _mailboxes(message, "from") or _mailboxes(message, "sender")
    if not senders:
        raise ValueError("no From: says who wrote it; this is no mail" if not message.keys() else "no address in From:")
    sent = _tried(lambda: message["date"].datetime, None)
    if sent is None:
        raise ValueError("no Date: that can be read")
    recipients = tuple(each for name in ("to", "cc") for each in _mailboxes(message, name))
    subject = " ".join(_shown(_field(message, "subject")).split())
    who = senders, recipients, subject, _aware(sent)
    identity = _identity(message) or hashed(repr(who).encode())
    return Mail(identity, *who, *_content(message), _is_automatic(message))


def _bounded(data: bytes) -> bytes:
    """Return the beginning that is read: so many bytes, with so many lines that could be boundaries."""
    data = data[:LARGEST_MAIL]
    for count, match in enumerate(BOUNDARY.finditer(data)):
        if count == MOST_BOUNDARIES:
            return data[: match.start()]
    return data


@lru_cache(maxsize=1)
def _policy() -> EmailPolicy:
    """Return the default policy with each field cut before it is decoded."""
    from email.policy import EmailPolicy

    class Bounded(EmailPolicy):
        def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
            name, value = super().header_source_parse(sourcelines)
            return name, value[:LONGEST_FIELD]

    return Bounded()


def _tried(read: Callable[[], T], instead: T) -> T:
    """Return what is read, or the other where the parser cannot read it."""
    try:
        return read()
    except Exception:  # noqa: BLE001  # what strange mail makes of the parser cannot be foreseen
        return instead


def _field(message: EmailMessage, name: str) -> str:
    """Return a field decoded; as it was sent where it cannot be."""
    return _tried(lambda: str(message.get(name, "")), _sent(message, name))


def _sent(message: EmailMessage, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def _mailboxes(message: EmailMessage, name: str) -> tuple[Mailbox, ...]:
    field: Any = _tried(lambda: message.get(name), None)
    found: Any = _tried(lambda: field.addresses, ())
    boxes = (Mailbox(_shown(each.addr_spec), " ".join(_shown(each.display_name).split())) for each in found)
    return tuple(dict.fromkeys(box for box in boxes if "@" in box.address))


def _identity(message: EmailMessage) -> str:
    """Return the Message-ID without brackets, of a monstrous one a digest, "" when there is none.

    A message without one is known by who wrote to whom, when and what about, whatever was written above it on its way.
    """
    sent = "".join(_shown(_sent(message, "message-id")).split()).removeprefix("<").removesuffix(">")
    return short(sent)


def _is_automatic(message: EmailMessage) -> bool:
    """Say whether a program answered by itself (RFC 3834)."""
    return _field(message, "auto-submitted").partition(";")[0].strip().lower() not in {"", "no"}


def _aware(sent: datetime) -> datetime:
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _content(message: EmailMessage) -> tuple[str, tuple[str, ...]]:
    """Return the new text, of the plain part if it says anything, and the names of what is attached."""
    texts, names = {"text/plain": "", "text/html": ""}, []
    for part in _parts(message):
        kind = _tried(part.get_content_type, "")
        name = " ".join(_shown(_tried(part.get_filename, None) or "").replace("\\", "/").rpartition("/")[2].split())
        attached = name or _tried(part.get_content_disposition, None) == "attachment"
        if attached or kind == "message/rfc822":
            names.append((name or kind or "a part")[:LONGEST_NAME].replace(",", " "))
        elif kind in texts and not texts[kind]:
            texts[kind] = _decoded(part)
    text = new_text(_shown(texts["text/plain"]))
    if not text:
        text = new_text(_shown(_tried(lambda: text_of_html(texts["text/html"]), "")))
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return text, (*names[:MOST_NAMES], *more)


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that hold something, in order; messages within are not opened."""
    waiting: list[Any] = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() != "message":
            waiting += reversed(part.get_payload())
        else:
            yield part


def _decoded(part: EmailMessage) -> str:
    """Return the text of a part: in the charset it names, else in UTF-8, else as Windows writes.

    Who names ISO 8859-1 means Windows: it has € and quotation marks where the other has nothing to see.
    """
    data: Any = _tried(lambda: part.get_payload(decode=True), None)
    if not isinstance(data, bytes):
        return ""
    charset = str(_tried(part.get_content_charset, None) or "").lower()
    named = WINDOWS if charset in LATIN else charset
    text = None if charset in UNSAID else _tried(lambda: data.decode(named, "replace"), None)
    return text or _tried(data.decode, None) or data.decode(WINDOWS, "replace")


def _shown(text: str) -> str:
    """Return the text without what a terminal would obey or nobody sees; lines end with a newline, tabs are spaces."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join(HIDDEN.sub("", row) for row in rows).encode("utf-8", "ignore").decode()
