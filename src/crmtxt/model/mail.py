"""One message as it was sent, and as it stands in the log: nothing in it is taken for a word of ours."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from datetime import datetime
from typing import NamedTuple

from crmtxt.model.foreign import cut
from crmtxt.model.foreign import identified
from crmtxt.model.foreign import titled

MID = "mid"  # the token that holds a Message-ID, named as the scheme of RFC 2392 is
LONGEST_TEXT = 2000


class Mailbox(NamedTuple):
    """An address with the name beside it."""

    address: str
    name: str


class Mail(NamedTuple):
    """One message: its id without brackets, who wrote it, who got it, when, and the new text without what it quotes.

    No text holds control or direction characters; `sent` has a time zone; attachments are only named. What is
    `automatic` nobody wrote: an absence notice, a receipt.
    """

    id: str
    senders: tuple[Mailbox, ...]
    recipients: tuple[Mailbox, ...]
    subject: str
    sent: datetime
    text: str
    attachments: tuple[str, ...]
    automatic: bool = False

    @property
    def token(self) -> str:
        """Return the token that says which message it is: its id, written as RFC 2392 has it."""
        return identified(MID, self.id)

    @property
    def title(self) -> str:
        """Return the subject on one line, what would be a token or a topic of ours in parentheses."""
        return titled(self.subject, "(no subject)")

    def more(self, *, theirs: bool) -> str:
        """Return the continuation: their words as a quotation, ours as they are, then the names of what is attached."""
        rows = [row.rstrip() for row in cut(self.text, LONGEST_TEXT).split("\n")] if self.text else []
        rows = [f"> {row}".rstrip() for row in rows] if theirs else [_plain(row) for row in rows]
        attached = [f"attached: {', '.join(self.attachments)}"] if self.attachments else []
        return "\n".join([*rows, *([""] if rows and attached else []), *attached])


def _plain(row: str) -> str:
    r"""Return a row of ours with `\` before what would be a quotation of theirs, or feedback."""
    return f"\\{row}" if row.startswith((">", "- feedback ")) else row
