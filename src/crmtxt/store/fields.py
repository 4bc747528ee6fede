"""The fields a query can ask for: where each one's values are in the index, and of what kind they are."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Collection
from collections.abc import Container
from collections.abc import Iterator
from datetime import date
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from crmtxt.model.when import duration_days
from crmtxt.store.index import Index

Scope: TypeAlias = Literal["customer", "line"]

FOLDED = "folded"  # text that is kept without case and accents
TEXT = "text"  # compared without case and accents
NAMES = "names"  # a list in one text: "@sam, @ana"
WORDS = "words"  # a longer text, searched within
NUMBER = "number"
COUNT = "count"  # a number that is there when it is not 0
DAYS = "days"  # a number of days, asked for with durations
DATE = "date"
TIME = "time"
ANY = "any"  # a key of heads: each value tells what it is

DAY = "GLOB '[0-9][0-9][0-9][0-9]*'"


class Sql(NamedTuple):
    """An SQL expression, or part of one, and the values of its question marks in their order."""

    text: str
    values: tuple[object, ...] = ()


class Attribute(NamedTuple):
    """Where a field's values are: `column`, in each of `rows` when a customer can have several.

    `rows` ends with WHERE and selects the ids of customers; the values of its question marks come first.
    `sort` orders customers or lines by it.
    """

    kind: str
    column: Sql
    rows: Sql | None = None
    sort: Sql | None = None

    @property
    def order(self) -> Sql:
        """Return what sorts by the field, text without case and accents."""
        if self.sort:
            return self.sort
        return Sql(f"nullif({folded(self.column.text)}, '')") if self.kind in (TEXT, NAMES, WORDS) else self.column


# tokens of the format: they need not stand in any line to be known
TOKENS = frozenset({"every", "effort", "nps", "csat", "ces", "for", "because", "to"})


class Catalogue(NamedTuple):
    """What a book has: the dotted `keys` of all its heads, the keys of the `tokens` in its lines."""

    keys: Collection[str]
    tokens: Container[str] = TOKENS


class LineTokens:
    """The keys of the tokens in all lines: those of the format, and those of the book's own."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __contains__(self, key: object) -> bool:
        return key in TOKENS or bool(self._index.query("SELECT 1 FROM token WHERE key = ? LIMIT 1", (key,)))


class HeadKeys:
    """The dotted keys of all heads: thousands, since contacts and opportunities have names; a query asks for few."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __contains__(self, key: object) -> bool:
        return bool(self._index.query("SELECT 1 FROM field WHERE key = ? AND file <> 0 LIMIT 1", (key,)))

    def __iter__(self) -> Iterator[str]:
        return (str(row[0]) for row in self._index.query(ALL_KEYS))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def folded(column: str) -> str:
    """Return the SQL that compares without case and accents; the function `fold` is called for non-ASCII only."""
    return f"CASE WHEN {column} GLOB '*[^ -~]*' THEN fold({column}) ELSE lower({column}) END"


# from one key to the next by the index, instead of through every row
ALL_KEYS = """
WITH RECURSIVE known(key) AS (
  SELECT min(key) FROM field UNION ALL SELECT (SELECT min(key) FROM field WHERE key > known.key) FROM known
  WHERE known.key IS NOT NULL)
SELECT key FROM known WHERE EXISTS (SELECT 1 FROM field WHERE field.key = known.key AND file <> 0)
"""
# keys of the format that need not stand in any head to be known
FORMAT_KEYS = frozenset({"aliases", "plan.aim", "plan.review"})

# values in a head: an amount may carry a currency, and what is no number, date or duration is only text
_PLAIN = "CASE WHEN value GLOB '* [A-Z][A-Z][A-Z]' THEN substr(value, 1, length(value) - 4) ELSE value END"
AS_NUMBER = (
    "CASE WHEN plain GLOB '[-+.0-9]*' AND plain GLOB '*[0-9]*' AND plain NOT GLOB '?*[^.0-9]*' "
    "AND plain NOT GLOB '*.*.*' THEN CAST(plain AS REAL) END"
)
AS_DATE = "CASE WHEN value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]*' THEN value END"


def _as_days(column: str) -> str:
    units = " ".join(f"WHEN '{unit}' THEN {duration_days('1' + unit)!r}" for unit in "hdwmy")
    length = f"CAST({column} AS REAL) * CASE substr({column}, -1) {units} END"
    return f"CASE WHEN {column} GLOB '[0-9]*[hdwmy]' AND {column} NOT GLOB '*[^0-9]?*' THEN {length} END"


AS_DAYS = _as_days("value")

_TOUCH = "FROM line WHERE customer = c.id AND touch = 1 AND date <= ?"
_LAST = f"(SELECT max(date) {_TOUCH})"
# +box: not by the index of all that is open, which is in the order of dates
_OPEN = "FROM line WHERE customer = c.id AND section = 'next' AND +box = ' '"
_DUE = f"(SELECT min(date) {_OPEN})"
_LATE = "nullif(max(0, julianday(?) - julianday({})), 0)"
_OURS = "kind = 'promise' AND direction <> 'from'"
_FELT = "FROM line WHERE customer = c.id AND section = 'log' AND feel IS NOT NULL AND date <= ?"
_MARK = "char(10) || '- feedback '"
MEASURED = "FROM measured WHERE customer = c.id"  # a table that store/measures.py fills
_FEEDBACK = (
    f"(SELECT coalesce(sum((length(more) + 1 - length(replace(char(10) || more, {_MARK}, ''))) / 12), 0) "  # noqa: S608
    "FROM line WHERE customer = c.id AND section = 'log' AND more <> '' AND date <= ?)"
)

# kind, SQL over the alias c, and for each question mark the number of days before the day as of which is asked
_COMPUTED: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "last": (DATE, _LAST, (0,)),
    "quiet": (DAYS, f"(julianday(?) - julianday({_LAST}))", (0, 0)),
    "due": (DATE, _DUE, ()),
    "overdue": (DAYS, _LATE.format(_DUE), (0,)),
    "value": (NUMBER, "c.value", ()),
    "weighted": (NUMBER, "c.weighted", ()),
    "mood": (NUMBER, f"(SELECT mood(date, feel, ?) {_FELT})", (0, 0)),
    "trend": (FOLDED, f"(SELECT trend(date, feel, ?) {_FELT})", (0, 0)),
    "promises": (COUNT, f"(SELECT count(*) {_OPEN} AND {_OURS})", ()),
    "kept": (NUMBER, f"(SELECT kept {MEASURED})", ()),
    "health": (NUMBER, f"(SELECT health {MEASURED})", ()),
    "contacts": (COUNT, "(SELECT count(*) FROM contact WHERE customer = c.id AND coalesce(until, '9') >= ?)", (0,)),
    "threads": (COUNT, f"(SELECT count(DISTINCT by || char(31) || who) {_TOUCH} AND date > ? AND who <> '')", (0, 180)),
    "touches": (COUNT, f"(SELECT count(*) {_TOUCH} AND date > ?)", (0, 90)),
    "feedback": (COUNT, _FEEDBACK, (0,)),
    "opportunities": (
        COUNT,
        "(SELECT count(*) FROM opportunity WHERE customer = c.id AND stage NOT IN ('won', 'lost'))",
        (),
    ),
    "stage": (TEXT, "c.stage", ()),
    "type": (TEXT, "c.type", ()),
    "owner": (TEXT, "c.owner", ()),
    "since": (DATE, f"CASE WHEN c.since {DAY} THEN c.since END", ()),
    "cadence": (DAYS, _as_days("substr(c.cadence, 1, instr(c.cadence || '..', '..') - 1)"), ()),
}

_LINE_DATE = "nullif(l.date, '')"
_OWN_LATE = "CASE WHEN l.box = ' ' THEN " + _LATE.format("l.date") + " END"

# what a line has of its own; due and overdue of what is in Next, else of its customer
_OF_A_LINE: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "kind": (TEXT, "l.kind", ()),
    "date": (DATE, _LINE_DATE, ()),
    "time": (TIME, "nullif(l.time, '')", ()),
    "direction": (TEXT, "l.direction", ()),
    "by": (NAMES, "l.by", ()),
    "who": (NAMES, "l.who", ()),
    "subject": (TEXT, "l.subject", ()),
    "section": (TEXT, "l.section", ()),
    "feel": (NUMBER, "l.feel", ()),
    "text": (WORDS, "l.text", ()),
    "due": (DATE, f"CASE WHEN l.section = 'next' THEN l.date ELSE {_DUE} END", ()),
    "overdue": (DAYS, f"CASE WHEN l.section = 'next' THEN {_OWN_LATE} ELSE {_LATE.format(_DUE)} END", (0, 0)),
}

_LOGGED = "SELECT topic.customer FROM topic JOIN line ON line.id = topic.line WHERE section = 'log' AND date <= ? AND"
_DATED = f"stage NOT IN ('won', 'lost') AND close {DAY}"
_CLOSING = f"SELECT customer FROM opportunity WHERE {_DATED} AND"  # noqa: S608

_EACH_CUSTOMER = "SELECT c.id FROM customer c WHERE"  # computed once for a customer, not for each of its lines

LISTED = frozenset({"handle", "customer", "name", "tags", "tag", "topics", "close", "source"})
ONLY_OF_LINES = frozenset(_OF_A_LINE) - frozenset(_COMPUTED)


def names(scope: Scope, catalogue: Catalogue) -> list[str]:
    """Return every field there is."""
    own = _OF_A_LINE if scope == "line" else {}
    return sorted({*_COMPUTED, *own, *LISTED, *FORMAT_KEYS, *catalogue.keys})


def find(name: str, scope: Scope, catalogue: Catalogue, as_of: date) -> Attribute | None:
    """Return where a field is, None when there is no such field."""
    own = _OF_A_LINE.get(name) if scope == "line" else None
    found = own or _COMPUTED.get(name)
    if found:
        kind, text, days = found
        once = Sql(_EACH_CUSTOMER) if scope == "line" and not own and "SELECT" in text else None
        return Attribute(kind, Sql(text, tuple(_before(as_of, number) for number in days)), once)
    if name in LISTED:
        return _listed(name, as_of)
    return key(name) if name in catalogue.keys or name in FORMAT_KEYS else None


def key(name: str) -> Attribute:
    """Return where a key of the heads is."""
    rows = f"SELECT file FROM (SELECT file, value, {_PLAIN} AS plain FROM field WHERE key = ?) WHERE"  # noqa: S608
    one = (
        f"(SELECT coalesce({AS_NUMBER}, {AS_DAYS}, {folded('value')}) FROM "  # noqa: S608
        f"(SELECT value, {_PLAIN} AS plain FROM field WHERE file = c.id AND +key = ?) LIMIT 1)"
    )
    return Attribute(ANY, Sql("value"), Sql(rows, (name,)), Sql(one, (name,)))


def token(name: str) -> Attribute:
    """Return where a token of lines is; its rows are lines."""
    rows = f"SELECT line FROM (SELECT line, value, {_PLAIN} AS plain FROM token WHERE key = ?) WHERE"  # noqa: S608
    return Attribute(ANY, Sql("value"), Sql(rows, (name,)))


def part_of_heads(name: str, catalogue: Catalogue) -> Sql | None:
    """Return the condition that a head has anything below a key such as `plan`, None when no head has."""
    if not any(known.startswith(f"{name}.") for known in catalogue.keys):
        return None
    text = "c.id IN (SELECT file FROM field WHERE key > ? AND key < ? AND value <> '')"
    return Sql(text, (f"{name}.", f"{name}/"))


def _listed(name: str, as_of: date) -> Attribute:
    """Return a field that customers can have several of, or that is found by more than its column."""
    if name in {"handle", "customer"}:
        return Attribute(TEXT, Sql("c.handle"))
    if name == "name":
        return Attribute(FOLDED, Sql("folded"), Sql("SELECT customer FROM alias WHERE"), Sql(folded("c.name")))
    if name == "source":
        return key(name)._replace(kind=TEXT)
    if name == "close":
        first = Sql(f"(SELECT min(close) FROM opportunity WHERE customer = c.id AND {_DATED})")  # noqa: S608
        return Attribute(DATE, Sql("close"), Sql(_CLOSING), first)
    if name == "topics":
        first = Sql("(SELECT min(name) FROM topic WHERE customer = c.id)")
        return Attribute(TEXT, Sql("name"), Sql(_LOGGED, (_before(as_of, 0),)), first)
    first = Sql(f"(SELECT min({folded('name')}) FROM tag WHERE customer = c.id)")  # noqa: S608
    return Attribute(TEXT, Sql("name"), Sql("SELECT customer FROM tag WHERE"), first)


def _before(day: date, number: int) -> str:
    return date.fromordinal(max(1, day.toordinal() - number)).isoformat()
