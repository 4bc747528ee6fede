"""A place in a text that was typed, and the refusal that shows it."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.errors import UsageError

EXCERPT = 90


class Place(NamedTuple):
    """Where something stands: `column` counts from 0 in `query`, `width` is the length of the part that is meant."""

    query: str
    column: int
    width: int = 1


def refuse(place: Place, message: str, hint: str) -> UsageError:
    """Return the refusal that shows the query, marks the place in it and says beside the mark what would work."""
    start = max(0, place.column - EXCERPT * 2 // 3)
    shown = place.query[start : start + EXCERPT]
    line = "".join(letter if letter.isprintable() else " " if letter.isspace() else "\ufffd" for letter in shown)
    under = place.column - start
    mark = "^" * max(1, min(place.width, len(shown) - under))
    return UsageError(message, f"{line}\n{' ' * under}{mark} {hint}")
