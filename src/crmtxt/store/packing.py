"""Histories as they are kept in the index: four columns of numbers, so that ten thousand are read in a moment."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from crmtxt.measure.history import Felt
from crmtxt.measure.history import History
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import Person
from crmtxt.measure.promises import Promised

if TYPE_CHECKING:
    from collections.abc import Mapping

Packed = tuple[bytes, bytes, bytes, bytes]

# the fields of each value in their order, without gaps
_PEOPLE = Struct("<b?i")
_INTERACTIONS = Struct("<iibidi")
_FELT = Struct("<iib")
_PROMISES = Struct("<ii???ii")
FELT_SIZE = _FELT.size


def pack(history: History) -> Packed:
    """Return the four columns of a history."""
    return (
        b"".join(_PEOPLE.pack(*each) for each in history.people),
        b"".join(_INTERACTIONS.pack(*each) for each in history.interactions),
        b"".join(_FELT.pack(*each) for each in history.felt),
        b"".join(_PROMISES.pack(*each) for each in history.promises),
    )


def unpack(people: bytes, interactions: bytes, felt: bytes, promises: bytes) -> History:
    """Return the history of four columns."""
    return History(
        list(map(Person._make, _PEOPLE.iter_unpack(people))),
        unpack_interactions(interactions),
        unpack_felt(felt),
        list(map(Promised._make, _PROMISES.iter_unpack(promises))),
    )


def pack_ours(history: History, by: Mapping[int, tuple[str, ...]]) -> str:
    """Return who of us was in touch, a row for each interaction, of whom each line names."""
    return "\n".join(",".join(by[each.line]) for each in history.interactions)


def unpack_interactions(packed: bytes) -> list[Interaction]:
    """Return the interactions of their column."""
    return list(map(Interaction._make, _INTERACTIONS.iter_unpack(packed)))


def unpack_felt(packed: bytes) -> list[Felt]:
    """Return what was felt of its column."""
    return list(map(Felt._make, _FELT.iter_unpack(packed)))


def last_felt(packed: bytes) -> int:
    """Return the day on which something was felt last, of a column that is not empty."""
    return Felt._make(_FELT.unpack_from(packed, len(packed) - FELT_SIZE)).day
