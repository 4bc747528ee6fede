"""Who brought whom, as of a day, and what it became; and the advocates who brought nobody yet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtxt.measure.sources import referrers
from crmtxt.model.money import Money
from crmtxt.model.money import converted
from crmtxt.model.money import one_currency
from crmtxt.model.opportunity import WON
from crmtxt.model.returns import Referral
from crmtxt.services.pipeline import Pipeline
from crmtxt.store import returns
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from crmtxt.store.index import Index

ADVOCATE = "advocate"


class Referrals:
    """The customers whose source names another; one of the two is among those a query selects."""

    def __init__(self, index: Index, selection: Selection, today: date) -> None:
        pipeline = Pipeline(index, selection, today)
        self.selected = pipeline.owners.keys()
        self.customers = returns.customers(index, Selection(None, selection.today))
        self.numbers = {each.handle: number for number, each in self.customers.items()}
        self.won: dict[int, list[Money | None]] = {}
        for deal in pipeline.book:
            if deal.outcome == WON:
                worth = deal.worth and converted(deal.worth, index.settings.rates, index.settings.currency)
                self.won.setdefault(deal.customer, []).append(worth)

    def items(self) -> list[Referral]:
        """Return who brought whom, those who brought most first, then the advocates who brought nobody."""
        found = list(self._brought())
        count = Counter(each.by for each in found)
        found.sort(key=lambda each: (-count[each.by], each.by, each.since or "", each.customer or ""))
        alone = [
            self._referral(each.handle, None)
            for number, each in self.customers.items()
            if each.stage == ADVOCATE and number in self.selected and not count[each.handle]
        ]
        return [*found, *alone]

    def _brought(self) -> Iterator[Referral]:
        for number, each in self.customers.items():
            for by in dict.fromkeys(referrers(each.source)):
                if number in self.selected or self.numbers.get(by) in self.selected:
                    yield self._referral(by, number)

    def _referral(self, by: str, brought: int | None) -> Referral:
        bringer = self.customers.get(self.numbers.get(by, 0))
        each = self.customers[brought] if brought else None
        won = self.won.get(brought or 0, [])
        currency = one_currency(won)
        return Referral(
            by,
            bringer and bringer.name,
            (bringer and bringer.stage) or None,
            each and each.handle,
            each and each.name,
            (each and each.stage) or None,
            (each and each.since) or None,
            len(won),
            float(sum(worth.amount for worth in won if worth)) if currency else None,
            currency or None,
        )
