"""Three versions of a sequence of things made one: entries of Next and Log, keys of a map, items of a list."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple
from typing import Protocol
from typing import TypeVar

from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import matches

Order = tuple[str, ...]
Identity = tuple[str, int]


class Named(Protocol):
    """What can be woven: its name tells it from others, its order says what goes first at one place."""

    @property
    def name(self) -> str:
        """Return what it is called by; things of one name are alike."""

    @property
    def order(self) -> Order:
        """Return what is compared where both sides put in something."""


T = TypeVar("T", bound=Named)
Settle = Callable[[T | None, T | None, T | None], list[Piece]]


class Pairs(NamedTuple):
    """Which things of the base a side still has: places in the base and in the side.

    Those that `stay` are in the same order in both, the others have `moved`.
    """

    stay: dict[int, int]
    moved: dict[int, int]


def by_name(base: Sequence[Named], side: Sequence[Named]) -> Pairs:
    """Return what is still there under the same name."""
    stay = dict(matches([item.name for item in base], [item.name for item in side]))
    taken = set(stay.values())
    elsewhere: dict[str, list[int]] = {}
    for place, item in enumerate(side):
        if place not in taken:
            elsewhere.setdefault(item.name, []).append(place)
    missing = (place for place in range(len(base)) if place not in stay)
    moved = {place: places.pop(0) for place in missing if (places := elsewhere.get(base[place].name))}
    return Pairs(stay, moved)


def weave(
    base: Sequence[T], ours: Sequence[T], theirs: Sequence[T], pairs: tuple[Pairs, Pairs], settle: Settle[T]
) -> list[Piece]:
    """Return both sides' things in one sequence, each side's in its own order.

    `settle` says what becomes of one thing, given as it is in base, ours and theirs, None where it is missing: nothing
    when it is gone. What both sides put in under the same name is one thing. `pairs` are those of ours and of theirs.
    """
    mine, yours = _identities(base, ours, pairs[0]), _identities(base, theirs, pairs[1])
    before = {_old(base, place): item for place, item in enumerate(base)}
    left, right = dict(zip(mine, ours, strict=True)), dict(zip(yours, theirs, strict=True))
    settled = {
        name: pieces
        for name in {**left, **right}
        if (pieces := settle(before.get(name), left.get(name), right.get(name)))
    }
    moved = [{_old(base, place) for place in each.moved} for each in pairs]
    order = interleave(
        {name: left[name].order for name in mine if name in settled and (name in moved[0] or name not in moved[1])},
        {name: right[name].order for name in yours if name in settled and (name in moved[1] or name not in moved[0])},
    )
    return [piece for name in order for piece in settled[name]]


def interleave(one: dict[Identity, Order], other: dict[Identity, Order]) -> list[Identity]:
    """Return two sequences as one, the same whichever is given first; between what is in both, by order."""
    first, second = sorted((list(one.items()), list(other.items())))
    names, others = [name for name, _ in first], [name for name, _ in second]
    found: list[Identity] = []
    at = place = 0
    for end, other_end in [*matches(names, others), (len(names), len(others))]:
        found += _by_order(first[at:end], second[place:other_end])
        found += names[end : end + 1]
        at, place = end + 1, other_end + 1
    return list(dict.fromkeys(found))


def _by_order(one: list[tuple[Identity, Order]], other: list[tuple[Identity, Order]]) -> list[Identity]:
    """Return two sequences as one: each in its own order, the smaller of their first ones next."""
    found = []
    while one and other:
        side = one if (one[0][1], one[0][0]) < (other[0][1], other[0][0]) else other
        found.append(side.pop(0)[0])
    return [*found, *(name for name, _ in one + other)]


def _identities(base: Sequence[Named], side: Sequence[Named], pairs: Pairs) -> list[Identity]:
    """Return what tells the things of a side apart: which one of the base they are, or their name and a count."""
    origins = {place: at for at, place in (*pairs.stay.items(), *pairs.moved.items())}
    counts: dict[str, int] = {}
    found = []
    for place, item in enumerate(side):
        if place in origins:
            found.append(_old(base, origins[place]))
        else:
            counts[item.name] = count = counts.get(item.name, 0) + 1
            found.append((item.name, count))
    return found


def _old(base: Sequence[Named], place: int) -> Identity:
    return base[place].name, -1 - place
