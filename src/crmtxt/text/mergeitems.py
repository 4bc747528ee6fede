"""Three versions of a sequence of things made one: entries of Next and Log, keys of a map, items of a list."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Callable
from collections.abc import Sequence
from typing import Protocol
from typing import TypeVar

from crmtxt.text.mergelines import Piece
from crmtxt.text.mergelines import matches

Order = tuple[str, ...]
Identity = tuple[str, int]
Pairs = dict[int, int]  # places in the base and where the same thing stands in a side


class Named(Protocol):
    """What can be woven: its name tells it from others, its order says what goes first at one place."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the class says it

    @property
    def order(self) -> Order: ...  # noqa: D102 - the class says it


T = TypeVar("T", bound=Named)
Settle = Callable[[T | None, T | None, T | None], list[Piece]]


def by_name(base: Sequence[Named], side: Sequence[Named]) -> Pairs:
    """Return which things of the base are still there, those that changed places left out."""
    return dict(matches([item.name for item in base], [item.name for item in side]))


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
    settled = {name: settle(before.get(name), left.get(name), right.get(name)) for name in {**left, **right}}
    orders = {name: item.order for name, item in {**left, **right}.items()}
    order = interleave([name for name in mine if settled[name]], [name for name in yours if settled[name]], orders)
    return [piece for name in order for piece in settled[name]]


def interleave(one: list[Identity], other: list[Identity], orders: dict[Identity, Order]) -> list[Identity]:
    """Return two sequences as one, the same whichever is given first; between what is in both, by order."""
    one, other = sorted((one, other))
    found: list[Identity] = []
    at = place = 0
    for end, other_end in [*matches(one, other), (len(one), len(other))]:
        found += _by_order(one[at:end], other[place:other_end], orders)
        found += one[end : end + 1]
        at, place = end + 1, other_end + 1
    return list(dict.fromkeys(found))


def _by_order(one: list[Identity], other: list[Identity], orders: dict[Identity, Order]) -> list[Identity]:
    """Return two sequences as one: each in its own order, the smaller of their first ones next."""
    found = []
    at = place = 0
    while at < len(one) and place < len(other):
        if (orders[one[at]], one[at]) < (orders[other[place]], other[place]):
            found.append(one[at])
            at += 1
        else:
            found.append(other[place])
            place += 1
    return found + one[at:] + other[place:]


def _identities(base: Sequence[Named], side: Sequence[Named], pairs: Pairs) -> list[Identity]:
    """Return what tells the things of a side apart: which one of the base they are, or their name and a count."""
    origins = {place: at for at, place in pairs.items()}
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
