"""Reminders on their way: each thing once a day, at the least, and told as sent only when it was."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import LockedError
from crmtxt.errors import OutsideError
from crmtxt.store import ledger
from crmtxt.store.ledger import Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Collection
    from collections.abc import Iterator

    from crmtxt.model.reminders import Digest

NAME = "crmtxt"


def deliver(folder: str, digest: Digest, way: str, send: Callable[[Digest, str], None]) -> None:
    """Send what is due and was not sent today by that way, each digest with its id; what `send` raises passes.

    One that was on its way when a process was killed, or could not be sent, goes first, under the id it had.
    """
    with ledger.held(folder):
        ledger.prune(folder, digest.day)
        for part, name, is_new in list(_outstanding(folder, digest, way)):
            record = Record(digest.day, digest.who, way, ledger.SENDING, name, part.keys)
            if is_new:
                ledger.note(folder, record)
            send(part, name)
            ledger.note(folder, record._replace(state=ledger.SENT))


def ran(folder: str, digest: Digest, moment: str) -> None:
    """Note that reminders ran, and what was due went out; where that cannot be written, reminding goes on without."""
    with suppress(OutsideError, LockedError), ledger.held(folder):
        ledger.prune(folder, digest.day)
        ledger.note(folder, Record(digest.day, digest.who, "", ledger.RAN, moment, ()))


def installed(folder: str, day: str, moment: str) -> None:
    """Note that reminders are to run by themselves from now on; where that cannot be written, they do without."""
    with suppress(OutsideError, LockedError), ledger.held(folder):
        ledger.note(folder, Record(day, "", "", ledger.INSTALLED, moment, ()))


class Past(NamedTuple):
    """What came of reminding: the moment it last ran, the day it last ran or was installed, what did not go and when.

    `unsent` has the ways, each with its day. What is not known is "".
    """

    ran: str
    since: str
    unsent: dict[str, str]


def past(folder: str) -> Past:
    """Return what came of reminding without anybody at the keyboard; what did not go counts until its way goes again.

    A run of a later day ends it too: nothing was due by then.
    """
    ran = since = ""
    unsent: dict[str, str] = {}
    for each in ledger.records(folder):
        if each.state == ledger.SENDING:
            unsent[each.way] = each.day
        elif each.state == ledger.SENT:
            unsent.pop(each.way, None)
        elif each.state == ledger.INSTALLED:
            since = each.day
        elif each.state == ledger.RAN:
            ran, since = each.id, each.day
            unsent = {way: day for way, day in unsent.items() if day >= each.day}
    return Past(ran, since, unsent)


def _outstanding(folder: str, digest: Digest, way: str) -> Iterator[tuple[Digest, str, bool]]:
    """Yield each digest to be sent, its id, and whether it has not been tried before."""
    ours = [each for each in ledger.records(folder) if each[:3] == (digest.day, digest.who, way)]
    sent = {each.id for each in ours if each.state == ledger.SENT}
    tried = {each.id: each.keys for each in ours}
    told = {key for keys in tried.values() for key in keys}
    for name, keys in tried.items():
        part = only(digest, set(keys))
        if name not in sent and part.reminders:
            yield part, name, False
    fresh = only(digest, set(digest.keys) - told)
    if fresh.reminders:
        yield fresh, _id(fresh), True


def only(digest: Digest, keys: Collection[str]) -> Digest:
    """Return the digest with those things alone."""
    found = []
    for each in digest.reminders:
        items = tuple(item for item, key in zip(each.items, each.keys, strict=True) if key in keys)
        if items:
            found.append(each._replace(items=items))
    return digest._replace(reminders=tuple(found))


def _id(digest: Digest) -> str:
    """Return the same for the same person, day and content, on every machine."""
    from hashlib import sha256

    whole = "\0".join((digest.who, digest.title, *sorted(digest.keys)))
    return f"{digest.day}.{sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}@{NAME}.invalid"
