"""A customer file as parts with their places: head, notes, Next and Log, and what cannot be read."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.text.conflict import Region
from crmtxt.text.lines import Unreadable
from crmtxt.text.lines import dedent
from crmtxt.text.lines import read_line

BOM = "\ufeff"
NOTES = "notes"
HEADING = re.compile(r"##[ \t]+(Next|Log)[ \t]*")
FENCE = re.compile(r"[ ]{0,3}(`{3,}(?=[^`]*$)|~{3,})")
FENCE_HINT = "close it with the same characters: until then everything below it is text"
MARKER = re.compile(r"<{7,}(?: .*)?")
MARKER_LEFT = "a marker of a git conflict that has no end"
MARKER_HINT = "keep the lines that are right and delete those that begin with <<<<<<<, ======= and >>>>>>>"


class Entry(NamedTuple):
    """A line of Next or Log with its place: 1-based line number and character offsets, last newline included."""

    line: Line
    number: int
    start: int
    end: int


class Section(NamedTuple):
    """A Next or Log section: where its heading and its body begin, where its last line that is not blank ends."""

    name: str
    start: int
    body: int
    end: int


class Document(NamedTuple):
    """The parts of one file; offsets count characters of the text, a BOM included.

    `text` is what was read: of each of the `conflicts` our side, spaces in the place of the rest.
    """

    text: str

    head: tuple[int, int]
    body: int
    notes: str
    notes_number: int
    sections: tuple[Section, ...]
    next: tuple[Entry, ...]
    log: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    conflicts: tuple[Region, ...] = ()


def decode(data: bytes, path: str) -> str:
    """Return the text of a file; InvalidError with the place of the first byte that is not UTF-8 text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        hint = "save the file as UTF-8 (iconv -f latin1 -t utf-8)"
        raise InvalidError.at(Problem(path, line, column, "encoding", message, hint)) from None
    at = text.find("\0")
    if at >= 0:
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        raise InvalidError.at(
            Problem(path, line, column, "nul", "a NUL character", "this is not a text file; restore it")
        )
    return text


def parts(text: str, path: str, *, marked: bool = True) -> Document:
    """Return the parts of a customer file in which no conflict is complete; `marked`: there may be stray markers."""
    problems: list[Problem] = []
    head, body, number = _find_head(text, path, problems)
    reader = _Body(text, path, problems)
    reader.read(body, number, marked=marked)
    return Document(
        text=text,
        head=head,
        body=body,
        notes="\n".join(reader.notes).strip("\n"),
        notes_number=reader.notes_number or number,
        sections=tuple(reader.sections),
        next=tuple(reader.entries[NEXT]),
        log=tuple(reader.entries[LOG]),
        problems=tuple(problems),
    )


def newline_of(text: str) -> str:
    """Return the line ending the file uses: that of its first line."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def _find_head(text: str, path: str, problems: list[Problem]) -> tuple[tuple[int, int], int, int]:
    """Return the span between the two --- lines, where the body begins and its line number."""
    start = len(BOM) if text.startswith(BOM) else 0
    first_end = text.find("\n", start) + 1 or len(text)
    first = text[start:first_end].rstrip()
    if first != "---":
        hint = "a customer file begins with a line ---, then name: …, then a line ---"
        problems.append(Problem(path, 1, 1, "no-head", "the file has no head", hint, first, max(1, len(first))))
        return (start, start), start, 1
    at, number = first_end, 2
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        if text.startswith("---", at) and text[at:end].rstrip() == "---":
            return (first_end, at), end, number + 1
        at, number = end, number + 1
    problems.append(Problem(path, 1, 1, "no-head", "the head is not closed", "end it with a line ---", first, 3))
    return (start, start), len(text), number


class _Body:
    """The walk over the lines below the head."""

    def __init__(self, text: str, path: str, problems: list[Problem]) -> None:
        self.text = text
        self.path = path
        self.problems = problems
        self.entries: dict[str, list[Entry]] = {NEXT: [], LOG: []}
        self.sections: list[Section] = []
        self.notes: list[str] = []
        self.notes_number = 0
        self.section = NOTES
        self.rows: list[str] = []  # of the entry being read
        self.start = self.end = self.number = 0

    def read(self, at: int, number: int, *, marked: bool) -> None:
        fence, fence_number = "", 0
        for raw in self.text[at:].split("\n") if at < len(self.text) else ():
            end = min(at + len(raw) + 1, len(self.text))
            row = raw.removesuffix("\r")
            opening = FENCE.match(row) if fence or self.section == NOTES or row[:1] in "`~" else None
            if fence:
                self._add_text(row, number, end)
                if opening and opening[1].startswith(fence) and not row[opening.end() :].strip():
                    fence = ""
            elif opening:
                self._close()
                fence, fence_number = opening[1], number
                self._add_text(row, number, end)
                if self.section != NOTES:
                    self._complain(
                        number, row, Unreadable(1, len(row), "a code fence between lines", "indent it by two spaces")
                    )
            elif marked and MARKER.fullmatch(row):
                self._close()
                self._complain(number, row, Unreadable(1, len(row), MARKER_LEFT, MARKER_HINT), "marker")
            else:
                self._add(row, number, at, end)
            at, number = end, number + 1
        self._close()
        if fence:
            self._complain(
                fence_number, fence, Unreadable(1, 3, "a code fence that is never closed", FENCE_HINT), "fence"
            )

    def _add(self, row: str, number: int, at: int, end: int) -> None:
        if row.startswith(("## ", "##\t", "# ")):
            self._heading(row, number, at, end)
        elif self.section == NOTES:
            self._add_text(row, number, end)
        elif not row.strip():
            if self.rows:
                self.rows.append("")
        elif row[0] == "\t" or row.startswith("  "):
            if self.rows:
                self.rows.append(row)
                self.end = end
            else:
                self._complain(
                    number, row, Unreadable(1, len(row), "an indented line with nothing above it", "put its line first")
                )
            self._grow(end)
        elif row[0] == "-":
            self._close()
            self.rows, self.start, self.end, self.number = [row], at, end, number
            self._grow(end)
        else:
            self._close()
            self._grow(end)
            if not row.startswith("###"):
                self._complain(number, row, read_line(row, "", boxed=True))

    def _heading(self, row: str, number: int, at: int, end: int) -> None:
        self._close()
        match = HEADING.fullmatch(row)
        self.section = match[1].lower() if match else NOTES
        if match:
            self.sections.append(Section(self.section, at, end, end))
        else:
            self._add_text(row, number, end)

    def _add_text(self, row: str, number: int, end: int) -> None:
        if self.section == NOTES:
            if row.strip() and not self.notes_number:
                self.notes_number = number
            self.notes.append(row)
        else:
            self._grow(end)

    def _grow(self, end: int) -> None:
        self.sections[-1] = self.sections[-1]._replace(end=end)

    def _close(self) -> None:
        """Read the entry that is now complete."""
        if not self.rows:
            return
        read = read_line(self.rows[0], dedent(self.rows[1:]), boxed=self.section == NEXT)
        if isinstance(read, Unreadable):
            self._complain(self.number, self.rows[0], read)
        else:
            self.entries[self.section].append(Entry(read, self.number, self.start, self.end))
        self.rows = []

    def _complain(self, number: int, row: str, why: Unreadable | Line, code: str = "line") -> None:
        if isinstance(why, Unreadable):
            self.problems.append(Problem(self.path, number, why.column, code, why.message, why.hint, row, why.width))
