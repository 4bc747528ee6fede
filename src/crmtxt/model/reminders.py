"""What is reminded of, customer by customer, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.model.views import FollowUp
from crmtxt.model.views import LogEntry


class DueItem(NamedTuple):
    """One thing that has come due: `why` it is here and the command (`action`) that settles it."""

    reason: str
    why: str
    action: str
    due: str | None
    ref: str | None


class Reminder(NamedTuple):
    """What has come due with one customer: the last three `contacts`, and the open promises, ours and theirs."""

    customer: str
    name: str
    items: tuple[DueItem, ...]
    contacts: tuple[LogEntry, ...]
    ours: tuple[FollowUp, ...]
    theirs: tuple[FollowUp, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return by what each item is known again within a day; a line keeps its name when it is put off."""
        return tuple(each.ref or f"{each.reason}/{self.customer}/{each.due or ''}" for each in self.items)


class Digest(NamedTuple):
    """The reminders of one person on one day, with what stands above them."""

    who: str
    day: str
    title: str
    reminders: tuple[Reminder, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return by what each item is known again within a day."""
        return tuple(key for each in self.reminders for key in each.keys)
