"""The merge of one section, Next or Log, entry by entry."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.text.mergeitems import Pairs
from crmtxt.text.mergeitems import by_name
from crmtxt.text.mergeitems import weave
from crmtxt.text.mergelines import Conflict
from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import longest
from crmtxt.text.mergeparts import NEXT
from crmtxt.text.mergeparts import WHEN
from crmtxt.text.mergeparts import Unit

if TYPE_CHECKING:
    from crmtxt.model.line import Line

MOST_COMPARED = 2500  # pairs of entries that are compared word by word
ALIKE = 0.6  # of their words two texts share when one is an edit of the other


class Section(NamedTuple):
    """A section that is merged: its kind, and the entries ours and theirs have put into the log."""

    kind: str
    logged: tuple[Sequence[str], Sequence[str]]

    def merge(self, base: Sequence[Unit], ours: Sequence[Unit], theirs: Sequence[Unit]) -> list[Piece]:
        """Return the entries of both sides, each side's in its own order."""
        return weave(base, ours, theirs, (pairs(base, ours), pairs(base, theirs)), self._settle)

    def _settle(self, base: Unit | None, ours: Unit | None, theirs: Unit | None) -> list[Piece]:
        before, mine, yours = (unit.text if unit else "" for unit in (base, ours, theirs))
        text: Piece
        if yours in (mine, before):
            text = mine
        elif mine == before or (self.kind == NEXT and self._is_done(1, before, yours, mine)):
            text = yours
        elif self.kind == NEXT and self._is_done(0, before, mine, yours):
            text = mine
        else:
            text = Conflict((self.kind,), mine, yours)
        return [longest(*(unit.lead if unit else "" for unit in (base, ours, theirs))), text] if text else []

    def _is_done(self, side: int, before: str, done: str, other: str) -> bool:
        """Say whether one side did what the other only put off; both did it: no."""
        bare = _bare(before)
        if not bare or not _is_open(other) or _bare(other) != bare or _has_done(before, self.logged[1 - side]):
            return False
        return (_bare(done) == bare and _box(done) in {"x", "X"}) or _has_done(before, self.logged[side])


def pairs(base: Sequence[Unit], side: Sequence[Unit]) -> Pairs:
    """Return which entries of the base are still there: unchanged, put elsewhere, or edited at their place."""
    found = by_name(base, side)
    elsewhere = set(found.moved.values())
    edits: dict[int, int] = {}
    at = place = 0
    for end, other_end in [*found.stay.items(), (len(base), len(side))]:
        old = [x for x in range(at, end) if x not in found.moved]
        new = [y for y in range(place, other_end) if y not in elsewhere]
        edits |= {old[x]: new[y] for x, y in _edits([base[x] for x in old], [side[y] for y in new])}
        at, place = end + 1, other_end + 1
    return Pairs(found.stay | edits, found.moved)


def _edits(old: Sequence[Unit], new: Sequence[Unit]) -> list[tuple[int, int]]:
    """Return which of the old and new entries of one place are most alike, in order."""
    if not old or not new or len(old) * len(new) > MOST_COMPARED:
        return []
    alike = [[_likeness(one.text, other.text) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for x in range(len(old) - 1, -1, -1):
        for y in range(len(new) - 1, -1, -1):
            best[x][y] = max(alike[x][y] + best[x + 1][y + 1], best[x + 1][y], best[x][y + 1])
    found = []
    x = y = 0
    while x < len(old) and y < len(new):
        if best[x][y] == best[x + 1][y]:
            x += 1
        elif best[x][y] == best[x][y + 1]:
            y += 1
        else:
            found.append((x, y))
            x, y = x + 1, y + 1
    return found


def _likeness(one: str, other: str) -> float:
    """Return the share of words two texts have in common, 0 where neither is an edit of the other.

    An edit changes the date or the words; what differs in both is another entry.
    """
    if _bare(one) == _bare(other) != "":
        return 1
    if (one[0] == "-") != (other[0] == "-") or _date(one) != _date(other):
        return 0
    left, right = _words(one), _words(other)
    share = 2 * len(left & right) / (len(left) + len(right))
    return share if share >= ALIKE else 0


def _words(text: str) -> set[str]:
    """Return the words of an entry's text, or of its beginning when it has no text; date and box left out."""
    bare = _bare(text) or text
    return set(bare.partition(": ")[2].split()) or set(bare.split())


def _bare(text: str) -> str:
    """Return an entry without box, date and time, "" for a line that has none."""
    when = WHEN.match(text)
    return text[when.end() :] if when else ""


def _date(text: str) -> str:
    when = WHEN.match(text)
    return when["date"] if when else ""


def _box(text: str) -> str:
    when = WHEN.match(text)
    return (when["box"] if when else "") or " "


def _is_open(text: str) -> bool:
    return _box(text) == " "


def _has_done(text: str, logged: Sequence[str]) -> bool:
    """Say whether one of these entries of the log records that a follow-up was done or a promise kept."""
    from crmtxt.text.lines import Unreadable
    from crmtxt.text.lines import read_line

    line = read_line(text.split("\n", 1)[0], "", boxed=True)
    entries = [read_line(entry.split("\n", 1)[0], "", boxed=False) for entry in logged]
    return not isinstance(line, Unreadable) and any(
        _records(entry, line) for entry in entries if not isinstance(entry, Unreadable)
    )


def _records(entry: "Line", line: "Line") -> bool:
    from crmtxt.model.line import PROMISE
    from crmtxt.model.line import TASK

    kind = "kept" if line.kind == PROMISE else line.kind
    if (entry.kind, entry.subject, entry.direction, entry.who) != (kind, line.subject, line.direction, line.who):
        return False
    if line.kind == PROMISE:
        return entry.tokens.get("due") == line.date or entry.text.partition(" due:")[0] == line.text
    return bool(line.who) or line.kind == TASK or line.text.startswith(entry.text)
