"""From the lines that came and went in Next and Log to what somebody did: logged, promised, kept, postponed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.model import meaning as kinds
from crmtxt.model.course import STATUS
from crmtxt.model.course import ending
from crmtxt.model.course import is_opening
from crmtxt.model.course import read_change
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import OPEN
from crmtxt.model.line import PROMISE
from crmtxt.model.line import Line
from crmtxt.model.meaning import Meaning
from crmtxt.model.opportunity import CLOSING
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import KIND
from crmtxt.model.opportunity import STAGE
from crmtxt.model.opportunity import read_move
from crmtxt.model.plans import INITIATIVE
from crmtxt.model.plans import MAPS
from crmtxt.text.lines import write_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

STEP = re.compile(r"(?P<before>\S*)[ ]*->[ ]*(?P<after>\S+)")
MOVED_DUE = re.compile(r"\bdue:(?P<before>\S+)[ ]*->[ ]*(?P<after>\S+)")
SETTLING = {"kept": kinds.KEPT, "broken": kinds.BROKEN, "void": kinds.VOID}
BOXES = {"x": kinds.TICKED, "-": kinds.CALLED_OFF, OPEN: kinds.REOPENED}


class Acts:
    """The lines that came and went; each one is told of once."""

    def __init__(self, gone: dict[str, list[Line]], come: dict[str, list[Line]]) -> None:
        self.gone = gone
        self.come = come

    def read(self) -> Iterator[Meaning]:
        """Yield what was done, what the log tells first."""
        corrected = [*self._corrected(LOG, _same_event)]
        for line in self.come[LOG]:
            yield self._event(line)
        yield from corrected
        for line in self.gone[LOG]:
            yield Meaning(kinds.ERASED, (LOG,), before=write_line(line), line=line)
        yield from self._planning()

    def _event(self, line: Line) -> Meaning:
        """Return what a new line of the log tells, with the line of Next that it settles or moves."""
        if line.kind in SETTLING:
            settles = self._take(NEXT, lambda open_: open_.kind == PROMISE and open_.who == line.who, line)
            return _told(SETTLING[line.kind], line)._replace(was=settles)
        if line.kind == PROMISE and (moved := MOVED_DUE.search(line.text)):
            self._take(NEXT, lambda open_: open_.kind == PROMISE and open_.date == moved["before"], line)
            self._take_new(lambda open_: open_.kind == PROMISE and open_.date == moved["after"], line)
            return _told(kinds.POSTPONED, line)._replace(before=moved["before"], after=moved["after"])
        if (told := _of_head(line)) is not None:
            return told
        settles = self._take(NEXT, lambda open_: (open_.kind, open_.who) == (line.kind, line.who), line)
        return _told(kinds.DONE if settles else kinds.LOGGED, line)._replace(was=settles)

    def _planning(self) -> Iterator[Meaning]:
        for line in [*self.come[NEXT]]:
            was = self._take(NEXT, lambda other, line=line: _same_intent(other, line), line)  # type: ignore[misc]
            if was is not None:
                self.come[NEXT].remove(line)
                yield _replanned(was, line)
        yield from self._corrected(NEXT, _same_event)
        for line in self.come[NEXT]:
            kind = kinds.PROMISED if line.kind == PROMISE else kinds.PLANNED
            yield Meaning(kind, (NEXT,), after=write_line(line), line=line)
        for line in self.gone[NEXT]:
            yield Meaning(kinds.DROPPED, (NEXT,), before=write_line(line), line=line)

    def _corrected(self, section: str, same: Callable[[Line, Line], bool]) -> Iterator[Meaning]:
        """Yield the lines that were edited: one went and one came, with the same day and people or the same text."""
        for line in [*self.come[section]]:
            was = next((other for other in self.gone[section] if same(other, line)), None)
            if was is not None:
                self.gone[section].remove(was)
                self.come[section].remove(line)
                yield Meaning(kinds.CORRECTED, (section,), write_line(was), write_line(line), line, was)

    def _take(self, section: str, fits: Callable[[Line], bool], line: Line) -> Line | None:
        return _take(self.gone[section], fits, line)

    def _take_new(self, fits: Callable[[Line], bool], line: Line) -> Line | None:
        return _take(self.come[NEXT], fits, line)


def _take(lines: list[Line], fits: Callable[[Line], bool], like: Line) -> Line | None:
    """Take the line that fits and is most like another out of a list."""
    found = sorted((line for line in lines if fits(line)), key=lambda line: line.text not in like.text)
    if not found:
        return None
    lines.remove(found[0])
    return found[0]


def _told(kind: str, line: Line) -> Meaning:
    return Meaning(kind, (LOG,), after=write_line(line), line=line)


def _of_head(line: Line) -> Meaning | None:
    """Return what a line tells of the head: a stage, an opportunity, a goal or an initiative that moved."""
    step = STEP.match(line.text)
    if line.kind == "stage" and step:
        return Meaning(kinds.SET, ("stage",), step["before"], step["after"], line)
    if line.kind == "renamed" and step:
        return Meaning(kinds.RENAMED, (), step["before"], step["after"], line)
    if line.kind in MAPS and line.subject:
        return _of_plan(line, ("plan", MAPS[line.kind], line.subject))
    if line.kind == KIND and line.subject:
        return _of_opportunity(line)
    return None


def _of_plan(line: Line, path: tuple[str, ...]) -> Meaning:
    if is_opening(line.text):
        return Meaning(kinds.ADDED, path, line=line)
    over = ending(line.kind, line.text)
    if over and line.kind == INITIATIVE:
        return Meaning(kinds.SET, (*path, STATUS), over.values.get(STATUS, ""), over.outcome, line)
    if not over and (change := read_change(line.kind, line.text)):
        return Meaning(kinds.SET, (*path, change.field), change.before, change.after, line)
    return Meaning(kinds.READING, path, after=line.text, line=line)


def _of_opportunity(line: Line) -> Meaning | None:
    move = read_move(line.text)
    if move is None:
        return None
    closes = move.field == STAGE and move.after in CLOSING
    kind = kinds.OPENED if move.opens else kinds.CLOSED if closes else kinds.SET
    return Meaning(kind, (HEAD, line.subject, move.field), move.before, move.after, line)


def _same_event(one: Line, two: Line) -> bool:
    if (one.kind, one.subject) != (two.kind, two.subject):
        return False
    return (one.date, one.who) == (two.date, two.who) or bool(one.text and one.text == two.text)


def _same_intent(one: Line, two: Line) -> bool:
    return one._replace(date="", time="", box="") == two._replace(date="", time="", box="")


def _replanned(was: Line, line: Line) -> Meaning:
    if was.box != line.box:
        return Meaning(BOXES[line.box], (NEXT,), write_line(was), write_line(line), line, was)
    before, after = (f"{each.date} {each.time}".rstrip() for each in (was, line))
    return Meaning(kinds.POSTPONED, (NEXT,), before, after, line, was)
