"""Meanings in words: the one place where a change becomes a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.model import meaning as kinds
from crmtxt.model.names import counted
from crmtxt.model.plans import GOAL
from crmtxt.model.plans import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping

    from crmtxt.model.line import Line
    from crmtxt.model.meaning import Meaning

LONGEST = 80
NOUNS = {"contacts": "contact", "opportunities": "opportunity", "goals": "goal", "initiatives": "initiative"}
SINGULAR = {"tags": "tag", "aliases": "alias"}
MOVING = "stage"
_MACHINE = re.compile(r"[ ]*\b(?:due:\S+(?:[ ]*->[ ]*\S+)?|every:\S+)")
_OBJECT = re.compile(r"(?:the|a|an|to|our|their|his|her|two|three)\b", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)


def sentence(meaning: Meaning, who: str, customer: str, names: Mapping[str, str]) -> str:
    """Return what was done, as "ana moved renewal-2027 from proposal to won".

    `who` is a colleague's key or an author's name, "" when it is not known; `customer` is the handle; `names` are
    the first names of the customer's contacts by handle.
    """
    said = _Telling(meaning, who, customer, names).said()
    return f"{who} {said}" if who else said


class _Telling:
    """One meaning on its way to words."""

    def __init__(self, meaning: Meaning, who: str, customer: str, names: Mapping[str, str]) -> None:
        self.meaning = meaning
        self.who = who
        self.customer = customer
        self.names = names

    def said(self) -> str:
        """Return what was done, without who did it."""
        each = self.meaning
        if each.line is not None and each.kind in _LINES:
            return _LINES[each.kind](self, each.line)
        return _OTHERS[each.kind](self)

    def file(self) -> str:
        """Tell of a file as a whole."""
        if self.meaning.kind == kinds.RENAMED:
            return f"renamed {self.meaning.before} to {self.meaning.after}"
        return f"{'added' if self.meaning.kind == kinds.CREATED else 'removed'} {self.customer}"

    def set_(self) -> str:
        """Tell of one value of the head."""
        path, before, after = self.meaning.path, _short(self.meaning.before), _short(self.meaning.after)
        if path[-1] == MOVING and before and after:
            return f"moved {path[-2] if len(path) > 1 else self.customer} from {before} to {after}"
        if not after:
            return f"removed {self.meaning.field} (it was {before})"
        return f"set {self.meaning.field} {f'from {before} ' if before else ''}to {after}"

    def entry(self) -> str:
        """Tell of a contact, an opportunity, a goal or an initiative that came or went."""
        verb = "added" if self.meaning.kind == kinds.ADDED else "removed"
        return f"{verb} {NOUNS[self.meaning.path[-2]]} {self.meaning.path[-1]}"

    def item(self) -> str:
        """Tell of an item of a list."""
        path, came = self.meaning.path, self.meaning.kind == kinds.LISTED
        item = _short(self.meaning.after if came else self.meaning.before)
        if path[-1] in SINGULAR:
            return f"{'added' if came else 'removed'} {SINGULAR[path[-1]]} {item}"
        return f"added {item} to {self.meaning.field}" if came else f"removed {item} from {self.meaning.field}"

    def opened(self) -> str:
        """Tell of an opportunity that was opened."""
        at = f" at {self.meaning.after}" if self.meaning.after else ""
        return f"opened {self.meaning.path[-2]}{at}"

    def reading(self) -> str:
        """Tell of the reading of a goal, or of its end."""
        became = self.meaning.after.partition(" ")[0]
        if became in OUTCOMES[GOAL]:
            return f"{became} goal {self.meaning.path[-1]}"
        return f"noted {_short(self.meaning.after)} for {self.meaning.path[-1]}"

    def text(self) -> str:
        """Tell of lines of text."""
        if not self.meaning.rows:
            return f"changed {self.customer}, which cannot be read"
        count = counted(self.meaning.rows, "line")
        what = {
            kinds.NOTES: "edited the notes" if self.meaning.path else f"edited {self.customer}",
            kinds.UNREADABLE: f"edited {'a head' if self.meaning.path else 'lines'} that cannot be read",
            kinds.LAYOUT: "changed the layout or a comment",
        }
        return f"{what[self.meaning.kind]} ({count})"

    def logged(self, line: Line) -> str:
        """Tell of what happened, and whose it was when it was somebody else's."""
        theirs = [key for each in line.by if (key := each.removeprefix("@"))]
        noun = _noun(line)
        whose = f"{theirs[0]}'s {noun}" if theirs and self.who and self.who not in theirs else _a(noun)
        planned = ", as planned" if self.meaning.kind == kinds.DONE else ""
        return f"logged {whose}{self._with(line)}{planned}{_colon(line.text)}"

    def settled(self, line: Line) -> str:
        """Tell of a promise that was kept, broken or called off."""
        verb = {kinds.KEPT: "kept", kinds.BROKEN: "broke", kinds.VOID: "called off"}[self.meaning.kind]
        text = _colon(_MACHINE.sub("", line.text))
        if line.direction == "from":
            did = "was let off" if self.meaning.kind == kinds.VOID else verb
            return f"noted that {self._people(line) or 'they'} {did} the promise{text}"
        return f"{verb} the promise{self._with(line)}{text}"

    def promised(self, line: Line) -> str:
        """Tell of a promise of ours or theirs."""
        text = _MACHINE.sub("", line.text)
        between = " " if _OBJECT.match(text) else ": "
        if line.direction == "from":
            return f"noted that {self._people(line) or 'they'} promised{between}{text}, due {line.date}"
        people = self._people(line)
        return f"promised{f' {people}' if people else ''}{between}{text}, due {line.date}"

    def planned(self, line: Line) -> str:
        """Tell of a follow-up."""
        return f"planned {self._follow_up(line)} for {_when(line)}{_colon(line.text)}"

    def postponed(self, line: Line) -> str:
        """Tell of a new date, of a follow-up or a promise."""
        text = _colon(_MACHINE.sub("", line.text))
        return f"moved {self._the(line)} from {self.meaning.before} to {self.meaning.after}{text}"

    def ticked(self, line: Line) -> str:
        """Tell of a box that was ticked, crossed or cleared."""
        verb = {kinds.TICKED: "ticked off", kinds.CALLED_OFF: "called off", kinds.REOPENED: "reopened"}
        return f"{verb[self.meaning.kind]} {self._the(line)} of {line.date}{_colon(line.text)}"

    def dropped(self, line: Line) -> str:
        """Tell of a line that left Next, or the log, with nothing in its place."""
        if self.meaning.kind == kinds.ERASED:
            return f"took {_a(_noun(line))}{self._with(line)} of {line.date} out of the log{_colon(line.text)}"
        verb = "took" if line.box in {"x", "-"} else "dropped"
        out = " out of Next" if verb == "took" else ""
        return f"{verb} {self._the(line)} of {line.date}{out}{_colon(line.text)}"

    def corrected(self, line: Line) -> str:
        """Tell of a line that was edited."""
        was = self.meaning.was
        moved = f", now of {line.date}" if was and was.date != line.date else ""
        of = was.date if was else line.date
        return f"edited {self._the(line)} of {of}{moved}{_colon(line.text)}"

    def _the(self, line: Line) -> str:
        return f"the {_noun(line)}{self._with(line)}"

    def _follow_up(self, line: Line) -> str:
        return f"{_a(_noun(line))}{self._with(line)}"

    def _with(self, line: Line) -> str:
        people = self._people(line)
        return f" {line.direction} {people}" if people and line.direction else ""

    def _people(self, line: Line) -> str:
        names = [self.names.get(each.removeprefix("@"), each.removeprefix("@")) for each in line.who]
        return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


_LINES: dict[str, Callable[[_Telling, Line], str]] = {
    kinds.LOGGED: _Telling.logged,
    kinds.DONE: _Telling.logged,
    kinds.KEPT: _Telling.settled,
    kinds.BROKEN: _Telling.settled,
    kinds.VOID: _Telling.settled,
    kinds.PROMISED: _Telling.promised,
    kinds.PLANNED: _Telling.planned,
    kinds.POSTPONED: _Telling.postponed,
    kinds.TICKED: _Telling.ticked,
    kinds.CALLED_OFF: _Telling.ticked,
    kinds.REOPENED: _Telling.ticked,
    kinds.DROPPED: _Telling.dropped,
    kinds.ERASED: _Telling.dropped,
    kinds.CORRECTED: _Telling.corrected,
}
_OTHERS: dict[str, Callable[[_Telling], str]] = {
    kinds.CREATED: _Telling.file,
    kinds.GONE: _Telling.file,
    kinds.RENAMED: _Telling.file,
    kinds.SET: _Telling.set_,
    kinds.CLOSED: _Telling.set_,
    kinds.ADDED: _Telling.entry,
    kinds.REMOVED: _Telling.entry,
    kinds.LISTED: _Telling.item,
    kinds.UNLISTED: _Telling.item,
    kinds.OPENED: _Telling.opened,
    kinds.READING: _Telling.reading,
    kinds.NOTES: _Telling.text,
    kinds.UNREADABLE: _Telling.text,
    kinds.LAYOUT: _Telling.text,
}


def _noun(line: Line) -> str:
    return f"{line.kind} {line.subject}".rstrip()


def _a(noun: str) -> str:
    return f"an {noun}" if _VOWEL.match(noun) else f"a {noun}"


def _when(line: Line) -> str:
    return f"{line.date} {line.time}".rstrip()


def _colon(text: str) -> str:
    return f": {text}" if text else ""


def _short(text: str) -> str:
    """Return a value on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
