"""What an import proposes and does not write: commands to type, whatever others put into a calendar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.model.addresses import PUBLIC_DOMAINS
from crmtxt.model.addresses import domain_of
from crmtxt.model.addresses import mailbox_of
from crmtxt.model.imported import UNKNOWN
from crmtxt.model.imported import ImportedMeeting
from crmtxt.model.names import handle_from
from crmtxt.services.capture import CUT
from crmtxt.services.capture import PLUS_TOPIC
from crmtxt.services.capture import SMILEY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator

    from crmtxt.model.line import Line
    from crmtxt.model.meeting import Event
    from crmtxt.services.correspondents import Correspondents

# what `next` would take for words of ours where it is typed, beyond the tokens and topics a line has
TYPED = re.compile(rf"{CUT.pattern}|{PLUS_TOPIC.pattern}\S*|{SMILEY.pattern}|(?<!\S)(?i:every:)(?!\S)")


class _Stranger(NamedTuple):
    """Somebody nobody knows: how often they were met, the last time, and where that stands in the file."""

    name: str
    times: int
    day: str
    time: str
    row: int


class Strangers:
    """The addresses nobody has, with the meetings that were with them."""

    def __init__(self, people: Correspondents) -> None:
        self.people = people
        self.met: dict[str, _Stranger] = {}
        self.domains: dict[str, set[int]] = {}
        for address, those in people.owners.items():
            self.domains.setdefault(domain_of(address), set()).update(each.id for each in those)

    def meet(self, event: Event, addresses: Iterable[str], day: str, time: str) -> None:
        """Count a meeting with them."""
        names = {each.address: each.name for each in event.guests if each.name}
        for address in addresses:
            before = self.met.get(address.lower(), _Stranger("", 0, "", "", 0))
            name = names.get(address) or before.name
            latest = max((before.day, before.time, before.row), (day, time, event.line))
            self.met[address.lower()] = _Stranger(name, before.times + 1, *latest)

    def rows(self) -> Iterator[ImportedMeeting]:
        """Yield each with the command that adds them, those met most often first."""
        for address, each in sorted(self.met.items(), key=lambda pair: (-pair[1].times, pair[0])):
            met = f"{address} in {each.times:,} meeting{'' if each.times == 1 else 's'}"
            if {address, mailbox_of(address)} & self.people.owners.keys():
                yield ImportedMeeting(
                    each.row, None, each.day, each.time or None, UNKNOWN, f"{met}; several customers have it", None
                )
                continue
            customer = self._customer(address)
            command = add_command(address, each.name, customer)
            yield ImportedMeeting(each.row, customer or None, each.day, each.time or None, UNKNOWN, met, command)

    def _customer(self, address: str) -> str:
        """Return the handle of the one customer with addresses of that domain, "" without one."""
        domain = domain_of(address)
        some = self.domains.get(domain, set()) if domain not in PUBLIC_DOMAINS else set()
        return self.people.customers.all[min(some)].handle if len(some) == 1 else ""


def next_command(customer: str, line: Line, title: str) -> str:
    """Return the command that plans a meeting to come."""
    who = ", ".join(each.removeprefix("@") for each in line.who if each.startswith("@"))
    said = TYPED.sub(lambda match: f"({match[0]})", title)
    header = " ".join(word for word in (line.date, line.time, line.kind, who and f"with {who}") if word)
    return _typed("crmtxt", "next", customer, f"{header}: {said}")


def add_command(address: str, name: str, customer: str) -> str:
    """Return the command that adds somebody: to the customer, or with one named after the domain."""
    local, _, domain = address.rpartition("@")
    name = " ".join(re.sub(r'[<>"]', " ", name).split())
    name = name if name and name.lower() != address.lower() else local  # Google names who has no name by the address
    if customer:
        handle = handle_from(name, "contact")
        return _typed("crmtxt", "contact", "add", customer, handle, f"--name={name}", f"--email={address}")
    person = domain in PUBLIC_DOMAINS
    who = [name.lstrip("-") or local, "--person"] if person else [domain.lstrip("-")]
    return _typed("crmtxt", "add", *who, f"--contact={name} <{address}>")


def _typed(*words: str) -> str:
    from shlex import join

    return join(words)
