"""Rows of a table from elsewhere as what they say of a customer or an opportunity, and what becomes of them."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Mapping
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from crmtxt.errors import UsageError
from crmtxt.model.cells import day_of
from crmtxt.model.cells import money_of
from crmtxt.model.names import fold
from crmtxt.model.names import nearest
from crmtxt.model.opportunity import CLOSING

NEW, CHANGED, SAME = "new", "changed", "same"
MOVED, AHEAD, UNKNOWN = "moved", "ahead", "unknown"  # of meetings
OPPORTUNITIES, CUSTOMERS = "opportunities", "customers"
ON = "on."  # a column of days: on.demo is the day it came to demo, or those it came there
DAYS = ";"  # between several days of a cell
LESSONS = ("because", "to", "learned", "again")
OPPORTUNITY = (
    "handle", "customer", "id", "title", "stage", "value", "currency", "owner", "opened", "close", "closed", *LESSONS,
)  # fmt: skip
CUSTOMER = (
    "handle", "name", "stage", "type", "owner", "since", "source", "tags", "contact", "email", "phone",
)  # fmt: skip
STRUCTURED = frozenset({"contacts", "opportunities", "plan", "aliases", "distinct"})  # of a head: no place for a cell


class Reading(NamedTuple):
    """How a file is read: columns to fields ("" leaves one out), words to stages, what empty cells say.

    Columns and words are folded; `dates` is dmy or mdy, `decimal` point or comma, each "" when it was not declared.
    """

    columns: Mapping[str, str] = {}
    stages: Mapping[str, str] = {}
    fill: Mapping[str, str] = {}
    dates: str = ""
    decimal: str = ""


class OpportunityRow(NamedTuple):
    """What a row says of an opportunity: days are ISO, `value` is money as a file has it, "" where it says nothing.

    `days` are the stages it came to with their days, in the order of time, that of `opened` and of `closed` left out;
    `own` is what has no field, under the head's own keys.
    """

    handle: str
    customer: str
    id: str
    title: str
    stage: str
    value: str
    owner: str
    opened: str
    close: str
    closed: str
    days: tuple[tuple[str, str], ...]
    lessons: dict[str, str]
    own: dict[str, str]

    def course(self, first: str) -> list[tuple[str, str]]:
        """Return the stages with their days, the one it was opened at among them: without one, the first there is."""
        at = first if self.days or self.stage in CLOSING else self.stage
        before = [(at, self.opened)] if self.opened and (at, self.opened) not in self.days else []
        return [*before, *self.days]


class ImportedRow(NamedTuple):
    """What becomes of a row: `change` is new, changed or same; `handle` that of the opportunity, None of a customer."""

    row: int
    customer: str
    handle: str | None
    change: str
    what: str


class ImportedMeeting(NamedTuple):
    """What becomes of a meeting, from `row` of its file on.

    `change` is new, same or moved for one that is over: with a customer, logged now, before, or at another time before;
    ahead for one to come; unknown for an address that nobody has, of the latest meeting with it: `customer` is the one
    of its domain, None without one. `command` is what to type for the last two.
    """

    row: int
    customer: str | None
    date: str
    time: str | None
    change: str
    what: str
    command: str | None

    @property
    def told(self) -> str:
        """Return it on one line."""
        return " ".join(word for word in (self.customer, self.date, self.time, self.what) if word)

    @property
    def place(self) -> tuple[int, str, str]:
        """Return where it comes among others: by the file, then by time."""
        return self.row, self.date, self.time or ""


def fields_of(columns: Sequence[str], known: Sequence[str], reading: Reading) -> tuple[str, ...]:
    """Return the field of each column: as mapped, of the same name, else a key of its own; "" for one left out.

    Raises UsageError for a mapping of a column that is not there, and for two columns of one field.
    """
    folded = [fold(name) for name in columns]
    for name in reading.columns:
        if name not in folded:
            near = nearest(name, columns)
            raise UsageError(f"there is no column '{name}'", f"did you mean '{near}'?" if near else ", ".join(columns))
    fields = [reading.columns.get(short, _key(name, known)) for short, name in zip(folded, columns, strict=True)]
    for at, field in enumerate(fields):
        if field and field in fields[:at]:
            first = columns[fields.index(field)]
            hint = f"leave one out: --map '{columns[at]}='"
            raise UsageError(f"'{first}' and '{columns[at]}' are both {field}", hint)
        if field and field not in known and (field in STRUCTURED or not is_key(field)):
            hint = f"give it another: --map '{columns[at]}=KEY', or leave it out: --map '{columns[at]}='"
            raise UsageError(f"'{field}' is no key for the column '{columns[at]}'", hint)
    return tuple(fields)


def opportunity_fields(pipeline: Sequence[str]) -> tuple[str, ...]:
    """Return the fields of an opportunity, a day for each stage among them."""
    return (*OPPORTUNITY, *(f"{ON}{stage}" for stage in pipeline if stage not in CLOSING))


def opportunity_row(
    cells: Mapping[str, str], own: dict[str, str], reading: Reading, pipeline: tuple[str, ...], currency: str
) -> OpportunityRow:
    """Return what the cells that are not empty say, by field; ValueError says what cannot be read."""
    stage = known_stage(cells.get("stage", ""), reading, (*pipeline, *CLOSING), "pipeline of this book")
    days = [(each, day_of(one, reading.dates)) for each in pipeline for one in _days(cells.get(f"{ON}{each}", ""))]
    days.sort(key=lambda step: (step[1], step[0] == stage))
    opened, closed = _day(cells, "opened", reading), _day(cells, "closed", reading)
    _check_course(stage, days, opened, closed)
    worth = cells.get("value", "")
    lessons = {key: _day(cells, key, reading) if key == "again" else cells[key] for key in LESSONS if key in cells}
    return OpportunityRow(
        cells.get("handle", ""),
        cells.get("customer", ""),
        cells.get("id", ""),
        cells.get("title", ""),
        stage,
        money_of(worth, cells.get("currency", currency), reading.decimal) if worth else "",
        cells.get("owner", ""),
        opened,
        _day(cells, "close", reading),
        closed,
        tuple(days),
        lessons,
        own,
    )


def known_stage(word: str, reading: Reading, stages: tuple[str, ...], noun: str) -> str:
    """Return the stage a word means: as mapped, or of that name in any case; ValueError when none is."""
    if not word:
        raise ValueError("no stage")
    mapped = reading.stages.get(fold(word), word)
    return _stage(mapped, stages, noun)


@lru_cache(maxsize=256)
def _stage(word: str, stages: tuple[str, ...], noun: str) -> str:
    folded = fold(word)
    for stage in stages:
        if fold(stage) == folded:
            return stage
    near = nearest(word, stages)
    known = f"did you mean {near}?" if near else f"{noun}: {', '.join(dict.fromkeys(stages))}"
    raise ValueError(f"no stage '{word}'; {known} (--stage '{word}=STAGE')")


def _check_course(stage: str, steps: Sequence[tuple[str, str]], opened: str, closed: str) -> None:
    """Refuse days that do not go together."""
    if opened and steps and steps[0][1] < opened:
        raise ValueError(f"opened on {opened}, and came to {steps[0][0]} on {steps[0][1]}, before that")
    if stage not in CLOSING:
        if closed:
            raise ValueError(f"closed on {closed}, but its stage is {stage}")
        if steps and steps[-1][0] != stage:
            raise ValueError(
                f"at {stage}, but the latest day is of {steps[-1][0]}; no day says when it came to {stage}"
            )
    elif not closed:
        raise ValueError(f"{stage}, but no day says when: a column is to be 'closed'")
    elif closed < (latest := max([opened, *(day for _, day in steps)])):
        raise ValueError(f"{stage} on {closed}, and on {latest} not yet")


def _day(cells: Mapping[str, str], field: str, reading: Reading) -> str:
    return day_of(cells[field], reading.dates) if field in cells else ""


def _days(cell: str) -> list[str]:
    return [day for each in cell.split(DAYS) if (day := each.strip())]


def is_key(text: str) -> bool:
    """Return whether a column can be kept under that key."""
    return re.fullmatch(r"[^\W\d][\w-]*", text) is not None


def _key(name: str, known: Sequence[str]) -> str:
    """Return the field a column has by its own name, else the key it is kept under."""
    spaced = fold(name).replace("_", " ")
    own = name if is_key(name) else re.sub(r"\W+", "_", fold(name)).strip("_")
    return next((field for field in known if fold(field).replace("_", " ") == spaced), own)
