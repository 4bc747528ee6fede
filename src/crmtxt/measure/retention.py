"""What came again of what was won before (S11).

Gross and net revenue retention as the SaaS Metrics Standards Board defines them: of the value at the start, the share
that is left after churn and contraction; and with the expansion of the same customers.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Collection
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Retained(NamedTuple):
    """What `customers` were worth at the start, and what became of it; `stayed` are those still worth something."""

    customers: int
    stayed: int
    start: Decimal
    churn: Decimal
    contraction: Decimal
    expansion: Decimal

    @property
    def gross(self) -> float | None:
        """Return (start − churn − contraction) / start, None where there was nothing at the start."""
        return float((self.start - self.churn - self.contraction) / self.start) if self.start else None

    @property
    def net(self) -> float | None:
        """Return the same with expansion."""
        return float(self.end / self.start) if self.start else None

    @property
    def end(self) -> Decimal:
        """Return what the customers of the start are worth at the end."""
        return self.start - self.churn - self.contraction + self.expansion


def retained(
    before: Mapping[int, Decimal], after: Mapping[int, Decimal], left: Collection[int] = frozenset()
) -> Retained:
    """Return what became of the customers who were worth something before; those who left are worth nothing after."""
    start = {customer: worth for customer, worth in before.items() if worth}
    now = {customer: ZERO if customer in left else after.get(customer, ZERO) for customer in start}
    changes = [(worth, now[customer] - worth) for customer, worth in start.items()]
    return Retained(
        len(start),
        sum(1 for worth in now.values() if worth),
        sum(start.values(), ZERO),
        sum((worth for worth, change in changes if change == -worth), ZERO),
        sum((-change for worth, change in changes if -worth < change < 0), ZERO),
        sum((change for _, change in changes if change > 0), ZERO),
    )
