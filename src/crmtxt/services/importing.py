"""Rows of a file from elsewhere become one change: how they are read, whose they are, and what is left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.model.cells import DECIMALS
from crmtxt.model.cells import ORDERS
from crmtxt.model.cells import UndeclaredError
from crmtxt.model.imported import AHEAD
from crmtxt.model.imported import CHANGED
from crmtxt.model.imported import MOVED
from crmtxt.model.imported import NEW
from crmtxt.model.imported import SAME
from crmtxt.model.imported import ImportedMeeting
from crmtxt.model.imported import ImportedRow
from crmtxt.model.imported import Reading
from crmtxt.model.line import LOG
from crmtxt.model.names import fold
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.store import reads
from crmtxt.store.files import LARGEST_FILE
from crmtxt.store.rows import handle_of
from crmtxt.text import edit
from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.place import head_problem
from crmtxt.text.spreadsheet import Row
from crmtxt.text.spreadsheet import Spreadsheet
from crmtxt.text.spreadsheet import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.model.change import Change
    from crmtxt.model.change import Edit
    from crmtxt.model.line import Line
    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings

    Outcomes = Sequence[ImportedRow] | Sequence[ImportedMeeting]

PARTS = ("columns", "stages", "fill")
WORDS = {"dates": ORDERS, "decimal": tuple(DECIMALS)}

Cells = dict[str, str]


class Plan(NamedTuple):
    """What an import would do: the change, what becomes of each row, and the rows that are left out."""

    change: Change
    rows: Outcomes
    problems: list[Problem]


class Source(NamedTuple):
    """A file from elsewhere, what it is called, how it is read, and who looks on while its rows are."""

    sheet: Spreadsheet
    path: str
    how: Reading
    watch: Callable[[Sequence[Row]], Iterable[Row]]

    @property
    def name(self) -> str:
        """Return its name without its folder."""
        return self.path.rpartition("/")[2]


def reading(pairs: Mapping[str, Sequence[str]], words: Mapping[str, str], text: str = "", path: str = "") -> Reading:
    """Return how a file is read: pairs typed as A=B for columns, stages and fill, and dates and decimal.

    `text` is that of a mapping file with the same names as keys; what is typed counts more. UsageError for what is no
    pair or no such word, InvalidError for a mapping file that cannot be read.
    """
    filed = _mapping_file(text, path) if text else {}
    found: dict[str, Any] = {}
    for part in PARTS:
        typed = dict(_pair(each, part) for each in pairs.get(part, ()))
        found[part] = {_known_as(part, key): value for key, value in {**filed.get(part, {}), **typed}.items()}
    for part, known in WORDS.items():
        word = words.get(part) or filed.get(part, "")
        if word and word not in known:
            raise UsageError(f"no {part} '{word}'", f"--{part} takes {' or '.join(known)}")
        found[part] = word
    return Reading(**found)


def take_rows(
    source: Source, fields: Sequence[str], known: Sequence[str], take: Callable[[int, Cells, Cells], None]
) -> list[Problem]:
    """Give each row to `take`: its line, the cells that say something by field, and those that have none by key.

    Returns the rows that cannot be read, by line. UsageError for a cell that could mean two things.
    """
    filled = dict(source.how.fill)
    if strange := filled.keys() - set(known):
        raise UsageError(f"no field '{min(strange)}'", f"--fill takes {', '.join(known)}")
    places = [(at, field) for at, field in enumerate(fields) if field in known]
    others = [(at, field) for at, field in enumerate(fields) if field and field not in known]
    problems = list(source.sheet.problems)
    for line, cells in source.watch(source.sheet.rows):
        said = filled | {field: cells[at] for at, field in places if cells[at]}
        try:
            take(line, said, {field: cells[at] for at, field in others if cells[at]})
        except UndeclaredError as error:
            raise UsageError(f"{source.path}:{line}: {error}", error.hint) from None
        except ValueError as error:
            problems.append(unreadable(source.path, line, str(error)))
    return sorted(problems, key=lambda problem: problem.line)


class Known:
    """The customers of a book, by handle, and by name and alias as people write them."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        sql = "SELECT c.id, c.handle, c.name, c.stage, f.path FROM customer c JOIN file f ON f.id = c.id"
        self.all: dict[int, reads.Found] = {}
        for found in writer.index.views(lambda row: reads.Found._make((*row, ())), sql):
            self.all[found.id] = found
        self.handles = {found.handle: found for found in self.all.values()}
        self.torn = {each.path for each in writer.index.problems() if each.code in {"conflict", "marker"}}
        files: list[Any] = writer.index.query("SELECT path FROM file WHERE id <> 0")
        self.unread = {handle_of(path): path for (path,) in files if handle_of(path) not in self.handles}
        self.named: dict[str, list[int]] = {}
        rows: list[Any] = writer.index.query("SELECT folded, customer FROM alias ORDER BY customer")
        for folded, customer in rows:
            self.named.setdefault(folded, []).append(customer)

    def of(self, handle: str, name: str) -> reads.Found | None:
        """Return the customer of a handle, else of a name, None for a new one.

        ValueError where several have the name, and for one whose file is in conflict.
        """
        some = [self.all[each] for each in self.named.get(fold(name), ())]
        if handle:
            some = [self.handles[handle]] if handle in self.handles else []
        if len(some) > 1:
            candidates = " or ".join(sorted(found.handle for found in some))
            raise ValueError(f"'{name}' could be {candidates}: a column with their handle is to be 'handle'")
        if some and some[0].path in self.torn:
            raise ValueError(f"{some[0].path} is in conflict: settle it first (crmtxt resolve)")
        return some[0] if some else None

    def new_handle(self, handle: str, name: str) -> str:
        """Return the handle of a new customer; ValueError when another has it, it is none, or there is no name."""
        if handle and not is_handle(handle):
            raise ValueError(f"'{handle}' is no handle, such as {handle_from(handle)}")
        if not name:
            raise ValueError(f"there is no customer '{handle}', and no name for a new one" if handle else "no name")
        made = handle or handle_from(name)
        if made in self.unread:
            raise ValueError(f"{self.unread[made]} cannot be read: mend it first (crmtxt check)")
        if other := self.handles.get(made):
            raise ValueError(
                f"'{name}' would be {made}, which is {other.name}: a column with a handle is to be 'handle'"
            )
        return made


class Colleagues:
    """The keys of team: by key and name as people write them; `doubts` tell of those who are not in it."""

    def __init__(self, settings: BookSettings) -> None:
        self.keys: dict[str, str] = {}
        for key in reversed(settings.team):
            self.keys |= {fold(settings.text(f"team.{key}.name")): key, fold(key): key}
        self.doubts: list[str] = []

    def key(self, word: str) -> str:
        """Return the key of a colleague; of one who is not in the team, one made from the name."""
        folded = fold(word)
        if folded not in self.keys:
            self.keys[folded] = handle_from(word)
            self.doubts.append(f"'{word}' is not in team of this book: written as {self.keys[folded]}")
        return self.keys[folded]


def within(edit: Edit, path: str) -> Edit:
    """Return an edit that refuses to make a file larger than one is read."""

    def checked(text: str) -> str:
        after = edit(text)
        if len(after) * 4 > LARGEST_FILE and len(after.encode()) > LARGEST_FILE:
            raise InvalidError(f"{path} would be larger than 5 MiB", "give part of its rows to another customer")
        return after

    return checked


def insert_new(lines: Sequence[Line], text: str) -> str:
    """Insert lines of the log whose last token, which says what they are of, the log does not hold by now."""
    there = {word for entry in edit.read(text).log for word in entry.line.text.split()[-1:]}
    new = [line for line in lines if line.text.rpartition(" ")[2] not in there]
    for timed in (True, False):
        text = edit.insert_all(text, LOG, [line for line in new if bool(line.time) is timed])
    return text


def summary(noun: str, rows: Outcomes, problems: Sequence[Problem], customers: int = 0) -> str:
    """Return what an import comes to: 8,800 new opportunities, 86 new customers, 2 left out."""
    changes = Counter(row.change for row in rows)
    parts = [_counted(changes[NEW], f"new {noun}")]
    parts += [_counted(customers, "new customer")] if customers else []
    told = {CHANGED: "changed", SAME: "as they are", MOVED: "moved", AHEAD: "to come"}
    counts = [*((changes[change], word) for change, word in told.items()), (len(problems), "left out")]
    return ", ".join([*parts, *(f"{count:,} {word}" for count, word in counts if count)])


def _counted(count: int, noun: str) -> str:
    many = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else many}"


def _known_as(part: str, key: str) -> str:
    return key if part == "fill" else fold(key)


def _pair(typed: str, part: str) -> tuple[str, str]:
    key, sign, value = typed.rpartition("=") if part != "fill" else typed.partition("=")
    if not sign or not key.strip():
        such = {"columns": "'deal_stage=stage'", "stages": "'Closed Won=won'", "fill": "currency=USD"}[part]
        raise UsageError(f"cannot read '{typed}'", f"write two names with = between them, such as {such}")
    return key.strip(), value.strip()


def _mapping_file(text: str, path: str) -> dict[str, Any]:
    """Return the parts of a mapping file: pairs of texts, and words."""
    try:
        root = read_head(text, first_line=1)
    except HeadError as error:
        raise InvalidError.at(head_problem(error, text, path, first_line=1)) from None
    found: dict[str, Any] = {}
    for key, node in root.value.items() if isinstance(root.value, dict) else ():
        if key in PARTS and isinstance(node.value, dict):
            found[key] = {name: each.value if isinstance(each.value, str) else "" for name, each in node.value.items()}
        elif key in WORDS and isinstance(node.value, str):
            found[key] = node.value
        else:
            hint = f"a mapping file has {', '.join(PARTS)} with pairs below them, {' and '.join(WORDS)}"
            raise InvalidError(f"{path}: cannot read '{key}'", hint)
    return found
