"""What is answered of one customer, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.model.views import FollowUp
from crmtxt.model.views import LogEntry


class Contact(NamedTuple):
    """One person in a customer's contacts; `talks` counts the log lines with them, `last` is the latest.

    `wanted` is how close we want to be, `person` the handle of their own file; `former`: they are gone.
    """

    customer: str
    handle: str
    name: str
    title: str | None
    email: str | None
    phone: str | None
    role: str | None
    influence: int | None
    stance: int | None
    cares_about: tuple[str, ...]
    ours: str | None
    wanted: str | None
    talks: int
    last: str | None
    person: str | None
    since: str | None
    until: str | None
    former: bool


class Tie(NamedTuple):
    """One customer a person with a file of their own belongs or belonged to: as which contact, from when to when."""

    customer: str
    name: str
    contact: str
    title: str | None
    since: str | None
    until: str | None


class Opportunity(NamedTuple):
    """One open opportunity of a customer."""

    handle: str
    title: str
    stage: str | None
    value: float | None
    currency: str | None
    close: str | None
    owner: str | None


class CustomerDetail(NamedTuple):
    """Everything about one customer: the list item, and the parts of the file (log newest first)."""

    handle: str
    name: str
    stage: str | None
    type: str | None
    owner: str | None
    tags: tuple[str, ...]
    last: str | None
    quiet_days: int | None
    next_due: str | None
    value: float | None
    currency: str | None
    health: float | None
    since: str | None
    source: str | None
    contacts: tuple[Contact, ...]
    ties: tuple[Tie, ...]
    opportunities: tuple[Opportunity, ...]
    next: tuple[FollowUp, ...]
    log: tuple[LogEntry, ...]
    notes: str
    path: str
    fields: dict[str, tuple[str, ...]]
