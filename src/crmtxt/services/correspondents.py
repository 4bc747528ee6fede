"""Whose an address is that comes with a mail or a meeting, and what of it the book holds already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.addresses import mailbox_of
from crmtxt.model.addresses import plain_address
from crmtxt.services.importing import Known
from crmtxt.store.addresses import owners

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

    from crmtxt.services.writer import Writer
    from crmtxt.store.addresses import Owner
    from crmtxt.store.reads import Found

Theirs = dict[int, dict[str, "Owner"]]  # by customer, then by address


class Correspondents:
    """The addresses of a book: ours are those of team: and `mine`, theirs those of customers and their contacts."""

    def __init__(self, writer: Writer, mine: Iterable[str]) -> None:
        settings = writer.settings
        self.customers = Known(writer)
        self.ours = {mailbox_of(each): writer.me for each in mine}
        self.ours |= {mailbox_of(settings.text(f"team.{key}.email")): key for key in reversed(settings.team)}
        self.ours.pop("", None)
        self.owners: dict[str, list[Owner]] = {}
        for owner in owners(writer.index):
            for form in {plain_address(owner.address), mailbox_of(owner.address)} - {""}:
                self.owners.setdefault(form, []).append(owner)

    def is_ours(self, address: str) -> bool:
        """Say whether an address is one of us."""
        return mailbox_of(address) in self.ours

    def colleagues(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return us among them, as a line names us."""
        keys = (self.ours.get(mailbox_of(each)) for each in addresses)
        return tuple(dict.fromkeys(f"@{key}" for key in keys if key))

    def theirs(self, addresses: Iterable[str], day: str) -> tuple[Theirs, list[str]]:
        """Return whose of them the addresses were on a day, and those that are nobody's or several customers'."""
        people: Theirs = {}
        unknown = []
        for address in dict.fromkeys(addresses):
            if self.is_ours(address):
                continue
            if whose := self._whose(address, day):
                people.setdefault(whose.id, {})[address] = whose
            else:
                unknown.append(address)
        return people, unknown

    def customer(self, number: int) -> Found:
        """Return a customer; ValueError when its file is in conflict."""
        found = self.customers.all[number]
        if found.path in self.customers.torn:
            raise ValueError(f"{found.path} is in conflict: settle it first (crmtxt resolve)")
        return found

    def _whose(self, address: str, day: str) -> Owner | None:
        """Return whose an address was on a day, exactly or without what follows a plus; None where several could be.

        Somebody with a file of their own counts for the one company where they are, else for their own file.
        """
        some = self.owners.get(plain_address(address)) or self.owners.get(mailbox_of(address)) or []
        now = [each for each in some if each.contact and each.since <= day < each.until]
        for these in (now, [each for each in some if not each.contact], some):
            if len({each.id for each in these}) == 1:
                return these[0]
        return None


def my_addresses(config: Mapping[str, str], git_email: str) -> tuple[str, ...]:
    """Return the addresses of whoever writes, as their own configuration and git know them."""
    return (git_email, config.get("mail.from", ""), config.get("mail.to", ""))


def named(people: Iterable[Owner]) -> tuple[str, ...]:
    """Return people as a line names them."""
    return tuple(dict.fromkeys(_named(each) for each in people))


def contacts(people: Iterable[Owner]) -> tuple[tuple[str, str], ...]:
    """Return the contacts among people, with their names."""
    return tuple((each.contact, each.name) for each in people if each.contact)


def _named(owner: Owner) -> str:
    return f"@{owner.contact}" if owner.contact else owner.address.replace(",", " ").replace(":", " ")
