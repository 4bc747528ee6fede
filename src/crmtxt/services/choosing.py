"""Which open opportunity is meant: by its handle, its title, or because there is no other."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import AmbiguousError
from crmtxt.errors import InvalidError
from crmtxt.errors import NotFoundError
from crmtxt.model.names import fold
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import STAGE
from crmtxt.store import deals

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtxt.measure.deals import Deal
    from crmtxt.services.writer import Writer
    from crmtxt.store import reads
    from crmtxt.store.opportunities import Facts

TITLE = "title"


class Open(NamedTuple):
    """An open opportunity of a customer: its handle, and what the head says of it."""

    customer: reads.Found
    handle: str
    facts: Facts

    @property
    def title(self) -> str:
        """Return what it is called."""
        return self.facts.get(TITLE) or self.handle

    @property
    def stage(self) -> str:
        """Return the stage it is at, "" when the head does not say."""
        return self.facts.get(STAGE, "")


def choose(writer: Writer, found: reads.Found, name: str = "") -> Open:
    """Return the open opportunity of that handle, title or unique beginning of a handle; without a name the only one.

    Raises NotFoundError or AmbiguousError.
    """
    known = {handle: facts for (_, handle), facts in deals.in_heads(writer.index, found.id).items()}
    folded = fold(name)
    exact = [key for key in known if fold(key) == folded]
    called = [key for key, facts in known.items() if name and fold(facts.get(TITLE, "")) == folded]
    if name and not exact:
        _refuse_closed(writer, found, lambda deal: deal.handle == name)
    fitting = exact or called or [key for key in known if key.startswith(folded)]
    if len(fitting) == 1:
        return _readable(Open(found, fitting[0], known[fitting[0]]))
    if fitting:
        candidates = tuple(f"{key}  {known[key].get(TITLE, '')}".rstrip() for key in fitting)
        what = f"'{name}' could be" if name else f"{found.handle} has"
        raise AmbiguousError(f"{what} {len(fitting)} open opportunities", candidates)
    if name:
        _refuse_closed(writer, found, lambda deal: deal.handle.startswith(folded) or folded == fold(deal.title))
    if not known:
        raise NotFoundError(
            f"{found.handle} has no open opportunity", f"add one: crmtxt opp add {found.handle} TITLE 12000 EUR"
        )
    raise NotFoundError(f"{found.handle} has no open opportunity '{name}'", f"open: {', '.join(known)}")


def _readable(which: Open) -> Open:
    """Return an opportunity whose entry is a map; a text there would be lost when it is closed."""
    if "" in which.facts:
        raise InvalidError(
            f"{HEAD}.{which.handle} of {which.customer.handle} is a text where title: and stage: belong",
            f"write them below it: crmtxt edit {which.customer.handle}",
        )
    return which


def _refuse_closed(writer: Writer, found: reads.Found, is_meant: Callable[[Deal], bool]) -> None:
    """Refuse one that is meant and closed, with when and how."""
    for deal in reversed(deals.known(writer.index, found.id)):
        if deal.outcome and is_meant(deal):
            when = f" on {date.fromordinal(deal.since)}" if deal.since else ""
            how = f", because {because}" if (because := deal.said.get("because")) else ""
            raise NotFoundError(
                f"'{deal.handle}' of {found.handle} is closed: {deal.outcome}{when}{how}",
                f"a new one: crmtxt opp add {found.handle} 'TITLE'; if it was closed by mistake: crmtxt undo",
            )
