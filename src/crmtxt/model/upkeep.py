"""What is answered about a book itself, as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple


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
