"""Where customers came from as of a day, what came of it, and what it cost."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from crmtxt.measure.pipeline import percentile
from crmtxt.measure.sources import Earned
from crmtxt.measure.sources import Touch
from crmtxt.measure.sources import Win
from crmtxt.measure.sources import earned
from crmtxt.measure.sources import path
from crmtxt.measure.sources import source_name
from crmtxt.model.money import Money
from crmtxt.model.money import converted
from crmtxt.model.money import parse_money
from crmtxt.model.opportunity import WON
from crmtxt.model.returns import Source
from crmtxt.services.detail import rounded
from crmtxt.services.pipeline import Pipeline
from crmtxt.store import returns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.settings import BookSettings
    from crmtxt.store.index import Index
    from crmtxt.store.selecting import Selection

COSTS = "costs."
Row = tuple[str, str]  # source and currency


class Sources:
    """The sources of the customers a query selects, as of its day; `since` is the first day that counts, "" for all."""

    def __init__(self, index: Index, selection: Selection, today: date, since: str = "") -> None:
        self.pipeline = Pipeline(index, selection, today)
        self.settings = index.settings
        self.is_whole = selection.expr is None
        self.since, self.until = since, selection.today.isoformat()
        self.spelled: dict[str, str] = {}
        self.customers = returns.customers(index, selection)
        self.origins = {number: self._name(each.source) for number, each in self.customers.items()}
        self.touches: dict[int, list[Touch]] = {}
        for number, day, text in returns.touches(index):
            if name := self._name(text):
                self.touches.setdefault(number, []).append(Touch(day, name))

    def rows(self) -> list[Source]:
        """Return what came of each source, by currency, the most valuable first."""
        leads, won, costs = self._leads(), earned(self._wins()), self._costs()
        keys = {*leads, *won, *costs}
        found = [self._row(key, leads[key], won.get(key, Earned()), costs.get(key)) for key in keys]
        return sorted(
            found, key=lambda row: (-row.value, -row.leads, row.source is None, row.source or "", row.currency)
        )

    def _row(self, key: Row, leads: int, credit: Earned, cost: Decimal | None) -> Source:
        source, currency = key
        return Source(
            self.spelled.get(source),
            leads,
            credit.won,
            float(credit.first),
            currency,
            float(credit.last),
            round(float(credit.linear), 6),
            percentile(credit.days, 0.5) if credit.days else None,
            None if cost is None else float(cost),
            rounded(float(cost / credit.won)) if cost is not None and credit.won else None,
        )

    def _name(self, text: str) -> str:
        """Return what a source is counted as, however it is spelled."""
        name = source_name(text)
        key = name.casefold()
        if key:
            self.spelled.setdefault(key, name)
        return key

    def _path(self, customer: int, until: str) -> list[str]:
        return path(self.origins[customer], self.touches.get(customer, ()), until)

    def _leads(self) -> Counter[Row]:
        """Return how many customers each source brought; they are told with the currency of the book."""
        begun = (number for number, each in self.customers.items() if self.since <= (each.since or self.since))
        return Counter(((self._path(number, self.until) or [""])[0], self.settings.currency) for number in begun)

    def _wins(self) -> Iterator[Win]:
        first = date.fromisoformat(self.since).toordinal() if self.since else 0
        for deal in self.pipeline.deals:
            if deal.outcome == WON and (deal.since or 0) >= first:
                day = date.fromordinal(deal.since).isoformat() if deal.since else self.until
                worth = self._converted(deal.worth or Money(Decimal(0), self.settings.currency))
                yield Win(self._path(deal.customer, day), worth.amount, worth.currency, deal.cycle)

    def _costs(self) -> dict[Row, Decimal]:
        """Return what each source cost; what was spent on all customers is not told of some of them."""
        found: dict[Row, Decimal] = {}
        for day, source, cost in declared(self.settings) if self.is_whole else ():
            if self.since <= day <= self.until:
                worth = self._converted(cost)
                key = (self._name(source), worth.currency)
                found[key] = found.get(key, Decimal(0)) + worth.amount
        return found

    def _converted(self, money: Money) -> Money:
        return converted(money, self.settings.rates, self.settings.currency)


def declared(settings: BookSettings) -> Iterator[tuple[str, str, Money]]:
    """Yield what the book says a source cost: the first day of the time it is dated, the source, the money.

    What is no day or no money is passed over: check names it.
    """
    for key, values in settings.raw.items():
        if key.startswith(COSTS):
            source, _, when = key.removeprefix(COSTS).rpartition(".")
            try:
                day = date.fromisoformat(f"{when}-01-01"[:10] if "-" not in when else f"{when}-01"[:10])
                yield day.isoformat(), source, parse_money(values[-1], settings.currency)
            except ValueError:
                continue
