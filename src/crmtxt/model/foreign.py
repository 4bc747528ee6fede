"""Words and identities of others as they stand in a line: nothing in them is taken for a word of ours."""

from __future__ import annotations

import re

from crmtxt.model.line import TOKEN
from crmtxt.model.line import TOPIC

LONGEST_ID = 200
LONGEST_TITLE = 200
OURS = re.compile(rf"{TOPIC.pattern}|{TOKEN.pattern}|(?<!\S)moment(?!\S)", re.IGNORECASE)


def titled(text: str, without: str) -> str:
    """Return words cut to a line, what would be a token or a topic of ours in parentheses; `without` for none."""
    return OURS.sub(lambda match: f"({match[0]})", cut(text, LONGEST_TITLE)) or without


def identified(key: str, identity: str) -> str:
    """Return the token that says which it is: its identity, as RFC 2392 writes one."""
    from urllib.parse import quote

    return f"{key}:{quote(identity, safe='@!$*+=._~-')}"


def short(identity: str) -> str:
    """Return an identity that fits into a line: a monstrous one as a hash, "" for none."""
    return identity if len(identity) <= LONGEST_ID else hashed(identity.encode())


def hashed(data: bytes) -> str:
    """Return the identity of what has none of its own."""
    from hashlib import sha256

    return f"sha256-{sha256(data).hexdigest()[:32]}"


def cut(text: str, longest: int) -> str:
    """Return the beginning of a text, an ellipsis at its end where it is cut."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
