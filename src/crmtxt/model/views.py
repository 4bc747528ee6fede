"""Answers as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple


class Customer(NamedTuple):
    """One customer in a list; `value` is in `currency`, dates are ISO, None is what is not known."""

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
    health: float | None = None


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
    """One open opportunity of a customer's head."""

    handle: str
    title: str | None
    stage: str | None
    value: float | None
    currency: str | None
    close: str | None
    owner: str | None


class FollowUp(NamedTuple):
    """One open line of Next: a follow-up or a promise; `overdue_days` is negative while it lies ahead."""

    ref: str
    customer: str
    name: str
    date: str
    time: str | None
    kind: str
    direction: str | None
    who: tuple[str, ...]
    by: tuple[str, ...]
    text: str
    overdue_days: int
    every: str | None
    path: str
    line: int


class Feedback(NamedTuple):
    """One piece of feedback in the continuation of a log line."""

    subject: str
    themes: tuple[str, ...]
    text: str


class LogEntry(NamedTuple):
    """One thing that happened, or the line of Next or the notes where something was found (`section`)."""

    customer: str
    name: str
    section: str
    date: str | None
    time: str | None
    kind: str
    direction: str | None
    who: tuple[str, ...]
    by: tuple[str, ...]
    text: str
    topics: tuple[str, ...]
    feel: int | None
    quote: str | None
    feedback: tuple[Feedback, ...]
    path: str
    line: int


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


class TodayItem(NamedTuple):
    """One thing to do today: `why` it is here and the command (`action`) that settles it."""

    rank: int
    customer: str
    name: str
    reason: str
    why: str
    action: str
    due: str | None
    ref: str | None


class Alteration(NamedTuple):
    """One value or line that was changed: `field` is a dotted key, log, next or notes, None for the file as a whole.

    `kind` says what was done: set, added, removed, logged, promised, kept and so on; a new line has no `before`.
    """

    customer: str | None
    kind: str
    field: str | None
    before: str | None
    after: str | None


class HistoryEntry(NamedTuple):
    """One change to the book: `meaning` says it in words, `values` what was before and after, `ref` is for undo.

    `who` is the author as git has it, `by` the same as a key of team:.
    """

    when: str
    who: str
    change: str
    customer: str | None
    files: tuple[str, ...]
    commit: str | None
    undone: bool
    by: str | None
    ref: str
    meaning: tuple[str, ...]
    values: tuple[Alteration, ...]


class Conflict(NamedTuple):
    """One value the two sides of a merge disagree about; None is a side that removed it, or a name nobody knows.

    `number` counts in the file; `field` is a dotted key, or next, log, notes, head, file; `when` is ISO 8601.
    """

    customer: str | None
    number: int
    path: str
    line: int
    field: str
    ours: str | None
    theirs: str | None
    ours_by: str | None
    ours_when: str | None
    theirs_by: str | None
    theirs_when: str | None


class Finding(NamedTuple):
    """One finding of check or doctor."""

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str


class SettingValue(NamedTuple):
    """One setting with the value in force and where it comes from: book, user, default."""

    name: str
    value: str | None
    source: str
    scope: str
    help: str


class RelationshipType(NamedTuple):
    """One kind of relationship the book wants; `defaults` names the values nobody has changed yet."""

    type: str
    customers: int
    purpose: str
    audience: str
    they_need: str
    they_get: str
    we_get: str
    cost_to_serve: str
    cadence: str
    answer_within: str
    experience: tuple[str, ...]
    roles: tuple[str, ...]
    becomes: str
    defaults: tuple[str, ...]


class StrategyFinding(NamedTuple):
    """Where the book is not what its strategy says: `lines` are the places it comes from, path:line or path."""

    standard: str
    type: str | None
    customer: str | None
    why: str
    hint: str
    lines: tuple[str, ...]


class Surrounding(NamedTuple):
    """One thing around the book that doctor looked at; `hint` says what would help when it is not ok."""

    name: str
    ok: bool
    value: str
    hint: str


class SyncEntry(NamedTuple):
    """One change that was sent or received (`direction`)."""

    direction: str
    when: str
    who: str
    change: str
    customer: str | None
    files: tuple[str, ...]
    commit: str


class Danger(NamedTuple):
    """One thing in a repository that could start a program once git is called there: a setting, a hook, a place.

    `path` is the file it stands in, `digest` the SHA-256 of a hook in hexadecimal digits.
    """

    kind: str
    name: str
    value: str
    path: str
    digest: str = ""

    @property
    def text(self) -> str:
        """Return it in a line: what it is, and where."""
        value = f" = {self.value}" if self.value else ""
        return f"{self.kind} {self.name}{value}  ({self.path})"
