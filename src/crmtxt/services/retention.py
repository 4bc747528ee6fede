"""Whether customers come again, as of a day: what was won again, what is to be renewed, who left."""

from __future__ import annotations

from collections import Counter
from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from crmtxt.measure.retention import retained
from crmtxt.model.money import Money
from crmtxt.model.money import converted
from crmtxt.model.money import one_currency
from crmtxt.model.opportunity import LOST
from crmtxt.model.opportunity import WON
from crmtxt.model.returns import Departure
from crmtxt.model.returns import Renewal
from crmtxt.model.returns import Retention
from crmtxt.services.detail import iso
from crmtxt.services.detail import rounded
from crmtxt.services.pipeline import Pipeline
from crmtxt.store import returns
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from crmtxt.measure.deals import Deal
    from crmtxt.store.index import Index

YEAR = 365
DORMANT = "dormant"
BOUGHT = frozenset({"customer", "advocate"})  # stages of those who are customers, whatever is known of what they bought
GONE = frozenset({LOST, DORMANT})
NOTHING_WON = "nothing won"
Worth = dict[int, list[Money | None]]  # what was won of each customer, None for a win without a value


class Returns:
    """The customers a query selects, from a day to that of the selection, held against as many days before."""

    def __init__(self, index: Index, selection: Selection, today: date, since: str = "") -> None:
        self.pipeline = Pipeline(index, selection, today)
        self.settings = index.settings
        self.until = selection.today
        self.since = date.fromisoformat(since) if since else self.until - timedelta(YEAR - 1)
        self.before = self.since - timedelta((self.until - self.since).days + 1)
        self.customers = returns.customers(index, Selection(None, selection.today))
        self.turns = returns.turns(index)

    @cached_property
    def is_known(self) -> bool:
        """Say whether the book reaches back to the first of the days that are compared with."""
        return bool(self.first) and self.first <= self.before.isoformat()

    @cached_property
    def first(self) -> str:
        """Return the day of the first opportunity of the book, "" without any."""
        days = [deal.opened or deal.since for deal in self.pipeline.book]
        return date.fromordinal(min(filter(None, days))).isoformat() if any(days) else ""

    def rows(self) -> list[Retention]:
        """Return what was won again, a row for each currency."""
        currencies = sorted({*self._currencies.values()} - {""}) or [self.settings.currency]
        return [self._row(currency) for currency in currencies]

    def renewals(self) -> list[Renewal]:
        """Return what is open with customers who have bought before, what closes first first."""
        won = [deal for deal in self.pipeline.deals if deal.outcome == WON]
        times = Counter(self.pipeline.owners[deal.customer].handle for deal in won)
        last = {self.pipeline.owners[deal.customer].handle: deal.since for deal in sorted(won, key=_end)}
        found = [
            Renewal(
                each.customer,
                each.name,
                each.handle,
                each.title,
                each.stage,
                each.value,
                each.currency,
                each.close,
                (date.fromisoformat(each.close) - self.until).days if each.close else None,
                each.owner,
                times[each.customer],
                iso(last[each.customer]),
                each.next,
            )
            for each in self.pipeline.opportunities()
            if each.customer in times
        ]
        return sorted(found, key=lambda each: (each.close is None, each.close or "", each.customer, each.handle))

    def departures(self) -> list[Departure]:
        """Return who left since, or bought before and nothing since, what was worth most first."""
        gone = dict.fromkeys([*self._left(), *self._silent()])
        found = [self._departure(customer) for customer in gone]
        return sorted(found, key=lambda each: (-(each.value or 0), each.customer))

    @cached_property
    def _bought(self) -> tuple[Worth, Worth]:
        """Return what was won of each customer in the days before, and since."""
        first, since, until = (day.toordinal() for day in (self.before, self.since, self.until))
        found: tuple[Worth, Worth] = ({}, {})
        for deal in self.pipeline.deals:
            if deal.outcome == WON and deal.since is not None and first <= deal.since <= until:
                found[deal.since >= since].setdefault(deal.customer, []).append(self._converted(deal.worth))
        return found

    @cached_property
    def _currencies(self) -> dict[int, str]:
        """Return the currency of each customer of before, "" where values are missing or no rate is declared."""
        before, after = self._bought
        return {customer: one_currency([*worths, *after.get(customer, ())]) for customer, worths in before.items()}

    def _row(self, currency: str) -> Retention:
        left = {number for number, each in self.customers.items() if each.stage == LOST}
        before, after = (self._sums(found, currency) for found in self._bought)
        found = retained(before, after, left)
        return Retention(
            self.since.isoformat(),
            self.until.isoformat(),
            currency,
            found.customers,
            found.stayed,
            float(found.start),
            float(found.churn),
            float(found.contraction),
            float(found.expansion),
            float(found.end),
            rounded(found.gross) if self.is_known else None,
            rounded(found.net) if self.is_known else None,
            sum(not each for each in self._currencies.values()),
        )

    def _sums(self, found: Worth, currency: str) -> dict[int, Decimal]:
        return {
            customer: sum((each.amount for each in worths if each), Decimal(0))
            for customer, worths in found.items()
            if self._currencies.get(customer) == currency
        }

    def _left(self) -> Iterator[int]:
        """Yield the customers who came to lost or dormant since, and are there."""
        won = {deal.customer for deal in self.pipeline.deals if deal.outcome == WON}
        for number in self.pipeline.owners:
            turn = self.turns.get(number)
            here = self.customers[number].stage
            lately = turn and here in GONE and turn.after == here and self.since.isoformat() <= turn.date
            if turn and lately and (number in won or turn.before in BOUGHT):
                yield number

    def _silent(self) -> Iterator[int]:
        """Yield the customers of before of whom nothing was won since."""
        before, after = self._bought
        return (customer for customer in before if customer not in after)

    def _departure(self, number: int) -> Departure:
        customer, turn, worth = self.customers[number], self.turns.get(number), self._bought[0].get(number)
        currency = self._currencies.get(number)
        gone = customer.stage in GONE
        said = self._lessons.get(number, {})
        return Departure(
            customer.handle,
            customer.name,
            customer.stage if gone else NOTHING_WON,
            turn.date if gone and turn and turn.after == customer.stage else None,
            float(sum(each.amount for each in worth if each)) if worth and currency else None,
            currency or None,
            *(said.get(key) for key in ("because", "to", "learned", "again")),
        )

    @cached_property
    def _lessons(self) -> dict[int, Mapping[str, str]]:
        """Return what was said of the last loss of each customer in all the days that are compared."""
        lost = sorted((deal for deal in self.pipeline.deals if deal.outcome == LOST), key=_end)
        return {deal.customer: deal.said for deal in lost if _end(deal) >= self.before.toordinal()}

    def _converted(self, worth: Money | None) -> Money | None:
        return worth and converted(worth, self.settings.rates, self.settings.currency)


def _end(deal: Deal) -> int:
    return deal.since or 0
