"""Three versions of lines made one, as git does it; and what every part of the merge is made of."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Hashable
from collections.abc import Sequence
from typing import NamedTuple

MOST_MOVES = 500  # lines that changed places; what is beyond is left to git


class DoubtError(Exception):
    """The merge by meaning is not sure of itself: none of it may be used."""


class Conflict(NamedTuple):
    """A disagreement: the lines of both sides as they stand in the file, "" where a side has none.

    `path` holds the keys of the head, or is ("next",), ("log",) or ("notes",).
    """

    path: tuple[str, ...]
    ours: str
    theirs: str


Piece = str | Conflict


class Hunk(NamedTuple):
    """Lines `start` to `end` of the base are replaced by `rows`."""

    start: int
    end: int
    rows: tuple[str, ...]


def rows_of(text: str) -> list[str]:
    """Return the lines of a text, each with its newline; what else ends a line for Unicode ends none here."""
    rows = text.split("\n")
    last = rows.pop()
    return [row + "\n" for row in rows] + ([last] if last else [])


def either(base: str, ours: str, theirs: str) -> str | None:
    """Return what one side changed, or both alike; None when they differ."""
    if theirs in (ours, base):
        return ours
    return theirs if ours == base else None


def longest(base: str, ours: str, theirs: str) -> str:
    """Return what one side changed, the longer where both did: for blank lines and the like, which say nothing."""
    chosen = either(base, ours, theirs)
    return max(ours, theirs, key=lambda text: (len(text), text)) if chosen is None else chosen


def merge_lines(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], path: tuple[str, ...]) -> list[Piece]:
    """Return the lines with both edits; edits that touch or overlap are a conflict unless they are the same."""
    left, right = _hunks(base, ours), _hunks(base, theirs)
    pieces: list[Piece] = []
    at = 0
    while left or right:
        start, end, mine, yours = _cluster(left, right)
        pieces.append("".join(base[at:start]))
        one, other = _applied(base, start, end, mine), _applied(base, start, end, yours)
        if not mine or not yours or one == other:
            pieces.append("".join(one if mine else other))
        else:
            pieces += _disagreement(one, other, path)
        at = end
    pieces.append("".join(base[at:]))
    return pieces


def matches(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence; DoubtError when too much changed places to tell."""
    shortest = min(len(one), len(other))
    first = next((at for at in range(shortest) if one[at] != other[at]), shortest)
    same = next((at for at in range(shortest - first) if one[-1 - at] != other[-1 - at]), shortest - first)
    end, other_end = len(one) - same, len(other) - same
    known, other_known = set(one[first:end]), set(other[first:other_end])
    left = [at for at in range(first, end) if one[at] in other_known]
    right = [at for at in range(first, other_end) if other[at] in known]
    found = [(at, at) for at in range(first)]
    found += [(left[x], right[y]) for x, y in _myers([one[at] for at in left], [other[at] for at in right])]
    return found + [(end + at, other_end + at) for at in range(same)]


def _hunks(base: Sequence[str], text: Sequence[str]) -> list[Hunk]:
    found = []
    at = place = 0
    for start, first in [*matches(base, text), (len(base), len(text))]:
        if at < start or place < first:
            found.append(Hunk(at, start, tuple(text[place:first])))
        at, place = start + 1, first + 1
    return found


def _cluster(left: list[Hunk], right: list[Hunk]) -> tuple[int, int, list[Hunk], list[Hunk]]:
    """Take the first edits that touch each other from both sides; return the span of the base they change."""
    start, end, _ = min(left[:1] + right[:1])
    mine: list[Hunk] = []
    yours: list[Hunk] = []
    while True:
        for side, taken in ((left, mine), (right, yours)):
            if side and side[0].start <= end:
                taken.append(side.pop(0))
                end = max(end, taken[-1].end)
                break
        else:
            return start, end, mine, yours


def _applied(base: Sequence[str], start: int, end: int, hunks: list[Hunk]) -> list[str]:
    rows: list[str] = []
    for hunk in hunks:
        rows += [*base[start : hunk.start], *hunk.rows]
        start = hunk.end
    return [*rows, *base[start:end]]


def _disagreement(ours: list[str], theirs: list[str], path: tuple[str, ...]) -> list[Piece]:
    """Return the lines that both sides begin and end with, and what lies between as a conflict."""
    shortest = min(len(ours), len(theirs))
    first = next((at for at in range(shortest) if ours[at] != theirs[at]), shortest)
    last = next((at for at in range(shortest - first) if ours[-1 - at] != theirs[-1 - at]), shortest - first)
    between = Conflict(path, *("".join(side[first : len(side) - last]) for side in (ours, theirs)))
    return ["".join(ours[:first]), between, "".join(ours[len(ours) - last :])]


def _myers(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence, by Myers' greedy algorithm."""
    furthest = {1: 0}
    trail = []
    for moves in range(MOST_MOVES):
        trail.append(furthest.copy())
        for diagonal in range(-moves, moves + 1, 2):
            x, _ = _enter(furthest, diagonal, moves)
            while x < len(one) and x - diagonal < len(other) and one[x] == other[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(one) and x - diagonal >= len(other):
                return _way_back(trail, x, x - diagonal)
    raise DoubtError("too many lines changed places")


def _enter(furthest: dict[int, int], diagonal: int, moves: int) -> tuple[int, bool]:
    """Return where a diagonal is entered, and whether that is from above."""
    above = diagonal == -moves or (diagonal != moves and furthest[diagonal - 1] < furthest[diagonal + 1])
    return (furthest[diagonal + 1], True) if above else (furthest[diagonal - 1] + 1, False)


def _way_back(trail: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    found = []
    for moves in range(len(trail) - 1, -1, -1):
        start, above = _enter(trail[moves], x - y, moves)
        while x > start:
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = (x, y - 1) if above else (x - 1, y)
    return found[::-1]
