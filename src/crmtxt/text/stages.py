"""Which stage a log ends with: the customer's, and that of each opportunity."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from typing import NamedTuple

from crmtxt.model.opportunity import KIND
from crmtxt.model.opportunity import STAGE
from crmtxt.model.opportunity import read_move
from crmtxt.text.document import Entry

KINDS = frozenset({STAGE, KIND})
Source = tuple[str, str]  # kind of line and handle: ("stage", "") or ("opportunity", "renewal-2027")


class Told(NamedTuple):
    """A stage a line of the log leads to, and the line's number."""

    stage: str
    number: int


def stages_told(log: Iterable[Entry]) -> dict[Source, list[Told]]:
    """Return the stages each log of moves tells of its last day.

    Lines of one day stand in no order that could be trusted once two people's were merged: any of them may be the one
    the head follows.
    """
    found: dict[Source, list[Told]] = {}
    latest: dict[Source, str] = {}
    for number, line in sorted(((each.number, each.line) for each in log), key=lambda each: (each[1].date, each[0])):
        move = read_move(line.text) if line.kind in KINDS else None
        if move and move.field == STAGE and not move.opens:
            source = line.kind, line.subject
            if latest.get(source) != line.date:
                latest[source], found[source] = line.date, []
            found[source].append(Told(move.after, number))
    return found
