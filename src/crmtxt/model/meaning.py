"""What a change means: one thing that was done to a customer's file, in terms of the domain and not of its bytes."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.model.line import Line

# a file as a whole
CREATED, GONE, RENAMED = "created", "gone", "renamed"
# the head: a value, a named entry (a contact, an opportunity …), an item of a list
SET, ADDED, REMOVED, LISTED, UNLISTED = "set", "added", "removed", "listed", "unlisted"
# what a line of the log tells of the head
OPENED, CLOSED = "opened", "closed"
# lines of the log
LOGGED, DONE, KEPT, BROKEN, VOID, READING, ERASED = "logged", "done", "kept", "broken", "void", "reading", "erased"
# lines of Next
PROMISED, PLANNED, POSTPONED, DROPPED = "promised", "planned", "postponed", "dropped"
TICKED, CALLED_OFF, REOPENED = "ticked", "called-off", "reopened"
# lines of either
CORRECTED = "corrected"
# text: so many lines
NOTES, UNREADABLE, LAYOUT = "notes", "unreadable", "layout"


class Meaning(NamedTuple):
    """One thing that was done: `kind` is one of the words above.

    `path` are the keys of a head, or ("log",), ("next",), ("notes",) or () for the file; `before` and `after` are the
    values as written, "" where there is none; `line` is the line of Next or Log it is about, `was` what it was before,
    or the line of Next that it settles; `rows` says how many lines of plain text are meant.
    """

    kind: str
    path: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    line: Line | None = None
    was: Line | None = None
    rows: int = 0

    @property
    def field(self) -> str:
        """Return the dotted key, "" for the file as a whole."""
        return ".".join(self.path)
