"""What happened to a book lately, from git or the journal: when each file was changed, and what left Next and how."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from typing import NamedTuple

from crmtxt.model import meaning as kinds
from crmtxt.model.calendar import CANCELLED
from crmtxt.model.calendar import COMPLETED
from crmtxt.model.calendar import OPEN
from crmtxt.model.line import NEXT
from crmtxt.model.line import OPEN as UNTICKED
from crmtxt.model.line import Line
from crmtxt.services.versions import FOLDER
from crmtxt.services.versions import Versions
from crmtxt.settings import BOOK_FILE
from crmtxt.store import past
from crmtxt.store import scan
from crmtxt.store.book import Book
from crmtxt.store.files import CUSTOMERS
from crmtxt.store.gitcall import AT_HOME
from crmtxt.store.past import Altered
from crmtxt.store.remote import Remote
from crmtxt.store.rows import handle_of
from crmtxt.text.parse import parse

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ENDED = {
    **dict.fromkeys((kinds.DONE, kinds.KEPT, kinds.TICKED), COMPLETED),
    **dict.fromkeys((kinds.BROKEN, kinds.VOID, kinds.DROPPED, kinds.CALLED_OFF), CANCELLED),
}
BEGUN = frozenset({kinds.PLANNED, kinds.PROMISED, kinds.REOPENED})


class Turn(NamedTuple):
    """A line of Next of a customer that was opened, completed or cancelled (`state`), and when, in UTC."""

    customer: str
    line: Line
    state: str
    when: datetime


class Recent(NamedTuple):
    """What is known from the first day of the month before the book's last change on (`since`).

    `changed` is when a customer, or crmtxt.yaml, was last changed; `turns` are the latest first.
    """

    since: datetime
    changed: dict[str, datetime]
    turns: tuple[Turn, ...]

    def of(self, customer: str) -> datetime:
        """Return when what is told of a customer was last changed, `since` where that was before."""
        settings = self.changed.get(BOOK_FILE, self.since)
        return max(self.since, settings, self.changed.get(customer, self.since))


def recent(book: Book) -> Recent:
    """Return what happened to a book lately; what is in no commit was changed when the disk says."""
    changed: dict[str, datetime] = {}
    turns: list[Turn] = []
    later: dict[str, str] = {}  # where a file that was renamed has been since
    with Versions(book) as versions:
        last = next(versions.commits(past.Asked(limit=1)), None)
        since = _month_before(_utc(last.date)) if last else LONG_AGO
        for commit in versions.commits(past.Asked(since=since.isoformat())) if last else ():
            when = max(since, _utc(commit.date))
            for each in versions.moves(commit.files):
                later[each.was] = path = later.get(each.path, each.path)
                key = handle_of(path)
                changed[key] = max(when, changed.get(key, when))
                turns += sorted(
                    (Turn(key, line, state, when) for line, state in _turns(versions, each)),
                    key=lambda turn: turn.state != OPEN,  # what ended in a change did so before what began in it
                )
    return Recent(since, changed | _in_no_commit(book), tuple(turns))


def _turns(versions: Versions, each: Altered) -> Iterator[tuple[Line, str]]:
    """Yield the lines of Next that were opened or ended in one change of a file."""
    if not each.path.startswith(FOLDER):
        return
    if not each.after:
        text = versions.text(each.before[0]) or ""
        yield from ((entry.line, CANCELLED) for entry in parse(text, "").next if entry.line.box == UNTICKED)
        return
    for meaning in versions.meanings(each, whole=True):
        was = meaning.was or meaning.line
        if meaning.kind == kinds.CORRECTED and meaning.path == (NEXT,):
            yield from ((line, state) for line, state in ((meaning.was, CANCELLED), (meaning.line, OPEN)) if line)
        elif meaning.kind in BEGUN and meaning.line:
            yield meaning.line, OPEN
        elif meaning.kind in ENDED and was and (meaning.was or meaning.path == (NEXT,)) and was.box == UNTICKED:
            yield was, ENDED[meaning.kind]


def _in_no_commit(book: Book) -> dict[str, datetime]:
    """Return when the files changed that git has not got so, or all of them without git."""
    found, _ = scan.scan(book.root)
    if book.has_git:
        repository = Remote(book.root, book.env, AT_HOME)
        changed = [path for _, path in repository.changed_here((CUSTOMERS, BOOK_FILE)) if path in found]
    else:
        changed = list(found)
    return {handle_of(path): datetime.fromtimestamp(found[path][1] // 10**9, UTC) for path in changed}


def _utc(written: str) -> datetime:
    """Return the moment of a commit; git takes any number for one, in any zone."""
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return LONG_AGO


def _month_before(moment: datetime) -> datetime:
    """Return the beginning of the month before."""
    years, month = divmod(moment.year * 12 + moment.month - 2, 12)
    return datetime(years, month + 1, 1, tzinfo=UTC)
