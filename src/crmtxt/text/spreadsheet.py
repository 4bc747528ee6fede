"""A CSV file as its columns and rows, with the line of the file each row begins on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.model.names import fold
from crmtxt.text.emit import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

DELIMITERS = (",", ";", "\t", "|")
TAB = "tab"
BOM = "\ufeff"


class Row(NamedTuple):
    """One row: the line of the file it begins on (from 1), and its cells, each run of white space one space."""

    line: int
    cells: tuple[str, ...]


class Spreadsheet(NamedTuple):
    """The columns of a file, each named once, its rows, and what of it cannot be read."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_spreadsheet(text: str, path: str, delimiter: str = "") -> Spreadsheet:
    """Return the rows of a CSV file (RFC 4180) below a heading; what stands between cells is a comma unless declared.

    A row with other than as many cells as the heading, or with a character nobody can see, is a problem and costs only
    itself; empty lines are passed over. Raises InvalidError when it is no CSV or its columns are not told apart.
    """
    between = "\t" if delimiter == TAB else delimiter or DELIMITERS[0]
    if between not in DELIMITERS:
        raise UsageError(f"cells are not set apart by '{delimiter}'", f"--delimiter takes , or ; or | or {TAB}")
    found = _rows(text.removeprefix(BOM), path, between)
    heading = next(found, None)
    if heading is None:
        raise InvalidError(f"{path} is empty", "its first line names the columns")
    if not delimiter and len(heading.cells) == 1:
        _look_for_others(text.partition("\n")[0], path)
    columns = _columns(heading.cells, path)
    rows, problems = [], []
    for row in found:
        if why := _fault(row.cells, columns):
            problems.append(unreadable(path, row.line, why))
        else:
            rows.append(row)
    return Spreadsheet(columns, tuple(rows), tuple(problems))


def unreadable(path: str, line: int, why: str) -> Problem:
    """Return the problem of a row that is left out."""
    return Problem(path, line, 0, "row", why)


def _rows(text: str, path: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows that are not empty, the heading first."""
    import csv

    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield Row(line, tuple(cell if cell.isalnum() else " ".join(cell.split()) for cell in cells))
            line = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(path, line, 0, "no-csv", f"the row that begins here is no CSV: {error}")
        hint = 'a cell with a comma, a quote or a newline stands in "quotes", a quote within it twice'
        raise InvalidError.at(problem._replace(hint=hint)) from None


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends."""
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def _look_for_others(heading: str, path: str) -> None:
    """Refuse a heading of one column in which other signs stand that set cells apart."""
    for sign in DELIMITERS[1:]:
        if sign in heading:
            hint = f"if its cells are set apart by that: --delimiter '{TAB if sign == DELIMITERS[2] else sign}'"
            raise InvalidError(f"{path} has one column: '{heading.rstrip()}'", hint)


def _columns(names: Sequence[str], path: str) -> tuple[str, ...]:
    """Return the names of the columns; InvalidError when one is empty or there twice."""
    folded = [fold(name) for name in names]
    for number, name in enumerate(folded, 1):
        if not name:
            raise InvalidError(f"{path}: column {number} has no name", "the first line names every column")
        if name in folded[: number - 1]:
            raise InvalidError(f"{path}: two columns are '{names[number - 1]}'", "give one of them another name")
        if HIDDEN.search(name):
            raise InvalidError(f"{path}: the name of column {number} has a character nobody can see", "write it anew")
    return tuple(names)


def _fault(cells: tuple[str, ...], columns: tuple[str, ...]) -> str:
    if len(cells) != len(columns):
        return f"{len(cells)} cells, where the heading has {len(columns)}"
    if not all(map(str.isprintable, cells)):
        for name, cell in zip(columns, cells, strict=True):
            if hidden := HIDDEN.search(cell):
                return f"{name} has a character nobody can see: U+{ord(hidden[0]):04X}"
    return ""
