"""Lost and dormant relationships that are worth a word now, as of a day, ranked, each with why."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from crmtxt.measure import rhythm
from crmtxt.measure import warm
from crmtxt.measure.history import Interaction
from crmtxt.measure.history import meaningful
from crmtxt.measure.warm import Different
from crmtxt.model.line import TOPIC
from crmtxt.model.line import without_tokens
from crmtxt.model.opportunity import LOST
from crmtxt.model.returns import Warm
from crmtxt.model.returns import WarmReason
from crmtxt.services.detail import iso
from crmtxt.services.detail import rounded
from crmtxt.services.pipeline import Pipeline
from crmtxt.services.standards import days
from crmtxt.store import ended
from crmtxt.store import returns
from crmtxt.store.cadence import in_words
from crmtxt.store.cadence import span
from crmtxt.store.packing import unpack_interactions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from crmtxt.measure.deals import Deal
    from crmtxt.store.ended import Ended
    from crmtxt.store.index import Index
    from crmtxt.store.selecting import Selection

ASLEEP = (LOST, "dormant")


class WarmLost:
    """The customers a query selects whose relationship, or last opportunity, was lost or sleeps."""

    def __init__(self, index: Index, selection: Selection, today: date) -> None:
        self.index = index
        self.selection = selection
        self.settings = index.settings
        self.today = selection.today
        self.day = selection.today.toordinal()
        self.losses = _open_losses(Pipeline(index, selection, today).deals)
        self.customers = ended.ended(index, selection, ASLEEP, self.losses)
        self.turns = returns.turns(index)

    def items(self) -> list[Warm]:
        """Return those with a reason to be spoken to now, the most promising first unless sorted otherwise."""
        found = [item for each in self.customers if (item := self._warm(each))]
        if not self.selection.sort:
            found.sort(key=lambda each: (-each.score, each.customer))
        return [each._replace(rank=rank) for rank, each in enumerate(found, 1)]

    @property
    def asleep(self) -> int:
        """Return how many are lost or dormant, whether there is a reason or not."""
        return sum(each.stage in ASLEEP for each in self.customers)

    def _warm(self, each: Ended) -> Warm | None:
        loss, met = self.losses.get(each.number), unpack_interactions(each.interactions)
        end, said = self._end(each, loss), loss.said if loss else {}
        reasons = tuple(self._reasons(each, loss, end, met))
        if not reasons:
            return None
        strength = None if end is None else warm.strength_at(met, end)
        last = max((one.day for one in meaningful(met, self.day)), default=None)
        return Warm(
            0,
            each.handle,
            each.name,
            each.stage,
            iso(end),
            said.get("because"),
            said.get("learned"),
            said.get("again"),
            reasons,
            rounded(strength),
            None if end is None else warm.talks_since(met, end, self.day),
            iso(last),
            round(warm.score([one.kind for one in reasons], strength), 6),
            self._next.get(each.number),
        )

    def _end(self, each: Ended, loss: Deal | None) -> int | None:
        """Return the day it ended: that of its stage, else that of the loss."""
        turn = self.turns.get(each.number)
        if turn and turn.after == each.stage and each.stage in ASLEEP:
            return date.fromisoformat(turn.date).toordinal()
        return loss.since if loss else None

    def _reasons(
        self, each: Ended, loss: Deal | None, end: int | None, met: Sequence[Interaction]
    ) -> Iterator[WarmReason]:
        again = _day(loss.said.get("again", "")) if loss else 0
        if loss and 0 < again <= self.day and not warm.spoken_since(met, again, self.day):
            yield WarmReason(warm.AGAIN, f"{loss.title}: to look again on {iso(again)}, {self._ago(again)}", None)
        for change in warm.unheard(self._obstacles(each, loss), self._different, met, self.day):
            lost = loss is not None and change.word == loss.said.get("because", "").casefold()
            what = f"lost for {change.word}" if lost else f"they spoke of {change.word}"
            told = f"{what}, different since {iso(change.day)}: {change.said}"
            yield WarmReason(warm.CHANGED, told.removesuffix(": "), change.line)
        if each.stage not in ASLEEP:
            return
        if end is not None and (wrote := warm.unanswered(met, end, self.day)):
            yield WarmReason(warm.WROTE, f"they came back to us on {iso(wrote)}, and nobody has answered", None)
        yield from self._quiet(each, met)

    def _quiet(self, each: Ended, met: Sequence[Interaction]) -> Iterator[WarmReason]:
        """Yield that it is quiet for longer than agreed: who is lost has a cadence of its own, or none."""
        agreed = each.cadence or ("" if each.stage == LOST else self.settings.type_setting(each.type, "cadence"))
        quiet = rhythm.quiet(met, self.day)
        if quiet is not None and span(agreed) and quiet > span(agreed):
            yield WarmReason(warm.QUIET, f"quiet for {days(quiet)}, every {in_words(agreed)} agreed", None)

    def _obstacles(self, each: Ended, loss: Deal | None) -> dict[str, int]:
        """Return what stood in the way: the reason of the loss, and what they gave feedback on; each with its day."""
        found = dict(self._feedback.get(each.number, {}))
        if loss and loss.since and (because := loss.said.get("because")):
            found[because.casefold()] = loss.since
        return found

    @cached_property
    def _different(self) -> list[Different]:
        return [
            Different(date.fromisoformat(day).toordinal(), word.casefold(), _plain(text), place)
            for day, words, text, place in ended.different(self.index)
            for word in words.split(",")
        ]

    @cached_property
    def _feedback(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        for each in ended.feedback(self.index, self._numbers) if self._different else ():
            found.setdefault(each.customer, {})[each.word] = date.fromisoformat(each.date).toordinal()
        return found

    @cached_property
    def _next(self) -> dict[int, str]:
        return ended.first_steps(self.index, self._numbers)

    @property
    def _numbers(self) -> list[int]:
        return [each.number for each in self.customers]

    def _ago(self, day: int) -> str:
        return "today" if day == self.day else f"{days(self.day - day)} ago"


def _open_losses(deals: Sequence[Deal]) -> dict[int, Deal]:
    """Return the last loss of each customer with whom nothing is open and nothing was won since."""
    last = {deal.customer: deal for deal in sorted(deals, key=lambda deal: deal.since or 0) if deal.outcome}
    still_open = {deal.customer for deal in deals if not deal.outcome}
    return {number: deal for number, deal in last.items() if deal.outcome == LOST and number not in still_open}


def _plain(text: str) -> str:
    """Return what a line says in words, without its tokens and topics."""
    return " ".join(TOPIC.sub("", without_tokens(text)).split())


def _day(text: str) -> int:
    """Return a day, 0 for what is none: check names it."""
    try:
        return date.fromisoformat(text).toordinal() if text else 0
    except ValueError:
        return 0
