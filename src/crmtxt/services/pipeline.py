"""The pipeline of a book as of a day: what is open, what to expect, how it went."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from crmtxt.measure import pipeline
from crmtxt.measure.deals import Deal
from crmtxt.measure.deals import Logged
from crmtxt.measure.deals import read_deals
from crmtxt.measure.pipeline import Chance
from crmtxt.model.money import Money
from crmtxt.model.money import converted
from crmtxt.model.opportunity import OWNER
from crmtxt.model.opportunity import open_stages
from crmtxt.model.pipeline import ForecastMonth
from crmtxt.model.pipeline import FunnelStage
from crmtxt.model.pipeline import OpenOpportunity
from crmtxt.model.pipeline import PipelineShare
from crmtxt.model.pipeline import PipelineStage
from crmtxt.model.pipeline import Probability
from crmtxt.model.pipeline import StageChance
from crmtxt.services.asking import one_of
from crmtxt.services.detail import iso
from crmtxt.services.detail import rounded
from crmtxt.settings import MAIN
from crmtxt.settings import default
from crmtxt.store import deals
from crmtxt.store.cadence import span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

    from crmtxt.store.index import Index
    from crmtxt.store.selecting import Selection

Row = tuple[str, str]  # stage or month, and currency
Sums = tuple[int, float | None, float | None, str, int, int | None]
Expected = tuple[Decimal, Chance, str]  # amount, and the probability of its stage


class Pipeline:
    """The opportunities of the customers a query selects, as of its day; what is learned comes from all of them.

    With a `name` those of one pipeline; UsageError when there is none of that name. With `since`, what is open is what
    was opened from that day on.
    """

    def __init__(self, index: Index, selection: Selection, today: date, name: str = "", since: str = "") -> None:
        self.index = index
        self.settings = index.settings
        self.name = name and one_of(name, tuple(self.settings.pipelines))
        self.day, self.since = selection.today, date.fromisoformat(since).toordinal() if since else 0
        self.past = selection.today < today
        self.owners = deals.owners(index, selection)

    @cached_property
    def book(self) -> list[Deal]:
        """Return every opportunity of the book."""
        if self.past:
            return self._replayed(deals.moves(self.index, self.day.isoformat()))
        later = deals.ahead(self.index, self.day)  # a later line never counts
        known = (deal for deal in deals.known(self.index) if (deal.customer, deal.handle) not in later)
        moves = deals.moves(self.index, self.day.isoformat()) if later else []
        return [*known, *self._replayed(move for move in moves if (move.customer, move.handle) in later)]

    def _replayed(self, moves: Iterable[Logged]) -> list[Deal]:
        return read_deals(moves, None, self.settings.currency)

    @cached_property
    def deals(self) -> list[Deal]:
        """Return those of the customers selected, in their order."""
        place = {number: at for at, number in enumerate(self.owners)}
        some = (deal for deal in self.book if deal.customer in place and self._is_of(deal, self.name))
        return sorted(some, key=lambda deal: place[deal.customer])

    @cached_property
    def open(self) -> list[Deal]:
        """Return those that are open, opened since the day asked for."""
        return [deal for deal in self.deals if not deal.outcome and (deal.opened or 0) >= self.since]

    @cached_property
    def chances(self) -> dict[str, Chance]:
        """Return the probability of each stage."""
        return pipeline.chances(self.book, self.settings.pipeline)

    def stages(self) -> list[PipelineStage]:
        """Return what is open by stage, in the order of the pipeline, and by currency where rates are missing."""
        found: dict[Row, list[tuple[Deal, OpenOpportunity]]] = {}
        for deal, item in zip(self.open, self.opportunities(), strict=True):
            found.setdefault((deal.stage, self.currency_of(deal)), []).append((deal, item))
        order = {stage: at for at, stage in enumerate(self.settings.pipeline)}
        rows = sorted(found, key=lambda row: (order.get(row[0], len(order)), row))
        return [self._stage(row, found[row]) for row in rows]

    def shares(self, per: str) -> list[PipelineShare]:
        """Return what is open by owner, type, source or tag, the most valuable first."""
        marks = {} if per == OWNER else deals.marks(self.index, per)
        found: dict[tuple[str, str], list[tuple[Deal, OpenOpportunity]]] = {}
        for deal, item in zip(self.open, self.opportunities(), strict=True):
            for name in (deal.owner,) if per == OWNER else marks.get(deal.customer, ("",)):
                found.setdefault((name, self.currency_of(deal)), []).append((deal, item))
        shares = [PipelineShare(per, name or None, *self._sums(some, of)) for (name, of), some in found.items()]
        return sorted(shares, key=lambda each: (-(each.value or 0), -each.count, each.name or ""))

    def opportunities(self) -> list[OpenOpportunity]:
        """Return each open opportunity, by customer."""
        slow = pipeline.slowest(self.book, self._patience)
        steps = {} if self.past else deals.next_steps(self.index)
        return [self._open(deal, slow, steps.get((deal.customer, deal.handle))) for deal in self.open]

    def months(self) -> list[ForecastMonth]:
        """Return what should close by month, those without a date last; only what has a value can be expected."""
        found: dict[Row, list[Expected]] = {}
        for deal in self.open:
            if worth := self.worth(deal):
                chance = self.chances.get(deal.stage, Chance(None, None, 0))
                found.setdefault((deal.close[:7] or "~", worth.currency), []).append((worth.amount, chance, deal.stage))
        return [self._month(row, found[row]) for row in sorted(found)]

    def funnel(self, since: str = "", until: str = "") -> list[FunnelStage]:
        """Return the funnel of those that were opened between two days."""
        first, last = (date.fromisoformat(each).toordinal() if each else None for each in (since, until))
        cohort = [
            deal
            for deal in self.deals
            if (first is None or (deal.opened or 0) >= first) and (last is None or (deal.opened or last + 1) <= last)
        ]
        return [
            FunnelStage(each.stage, each.entered, each.passed, _share(each.passed, each.entered), each.days)
            for name, stages in self.settings.pipelines.items()
            if name == (self.name or name)
            for each in pipeline.funnel([deal for deal in cohort if self._is_of(deal, name)], open_stages(stages))
        ]

    def _is_of(self, deal: Deal, name: str) -> bool:
        """Say whether an opportunity is in a pipeline ("": any): the one of its latest stage that is in one."""
        if not name or len(self.settings.pipelines) == 1:
            return True
        return name == next((found for step in reversed(deal.steps) if (found := self._places.get(step.stage))), MAIN)

    @cached_property
    def _places(self) -> dict[str, str]:
        """Return the pipeline of each stage, the first of those that have it."""
        pipelines = reversed(self.settings.pipelines.items())
        return {stage: name for name, stages in pipelines for stage in open_stages(stages)}

    @property
    def _patience(self) -> float:
        return span(self.settings.text("stalled_after") or default("stalled_after"))

    def worth(self, deal: Deal) -> Money | None:
        """Return the value of an opportunity in the currency of the book, where there is a rate."""
        return deal.worth and converted(deal.worth, self.settings.rates, self.settings.currency)

    def currency_of(self, deal: Deal) -> str:
        """Return the currency an opportunity is counted in."""
        worth = self.worth(deal)
        return worth.currency if worth else self.settings.currency

    def _open(self, deal: Deal, slow: Mapping[str, float], step: str | None) -> OpenOpportunity:
        customer, worth = self.owners[deal.customer], deal.worth
        chance = self.settings.pipeline.get(deal.stage)
        days = None if deal.since is None else self.day.toordinal() - deal.since
        return OpenOpportunity(
            customer.handle,
            customer.name,
            deal.handle,
            deal.title,
            deal.stage,
            float(worth.amount) if worth else None,
            worth.currency if worth else None,
            chance,
            float(pipeline.forecast([(worth.amount, chance)]).weighted) if worth and chance is not None else None,
            deal.close or None,
            deal.owner or None,
            iso(deal.opened),
            days,
            days is not None and days > slow.get(deal.stage, self._patience),
            step,
        )

    def _stage(self, row: Row, some: list[tuple[Deal, OpenOpportunity]]) -> PipelineStage:
        stage, currency = row
        return PipelineStage(stage, *self._sums(some, currency), tuple(item for _, item in some))

    def _sums(self, some: list[tuple[Deal, OpenOpportunity]], currency: str) -> Sums:
        """Return what open ones of one currency come to, from their count to those without a next step."""
        chances = self.settings.pipeline
        amounts = [(worth.amount, chances.get(deal.stage)) for deal, _ in some if (worth := self.worth(deal))]
        expected = [(amount, chance) for amount, chance in amounts if chance is not None]
        return (
            len(some),
            float(sum(amount for amount, _ in amounts)) if amounts else None,
            float(pipeline.forecast(expected).weighted) if expected else None,
            currency,
            sum(item.stalled for _, item in some),
            None if self.past else sum(item.next is None for _, item in some),
        )

    def _month(self, row: Row, some: list[Expected]) -> ForecastMonth:
        month, currency = row
        value = sum((amount for amount, _, _ in some), Decimal(0))
        declared = pipeline.forecast((amount, chance.declared or 0.0) for amount, chance, _ in some)
        learned = pipeline.forecast((amount, chance.learned or 0.0) for amount, chance, _ in some)
        stages = dict.fromkeys(
            StageChance(stage, chance.declared, rounded(chance.learned), chance.n) for _, chance, stage in some
        )
        shares = [float(spread.weighted / value) if value else None for spread in (declared, learned)]
        return ForecastMonth(
            None if month == "~" else month,
            currency,
            len(some),
            float(value),
            float(declared.weighted),
            round(declared.sd, 6),
            round(float(learned.weighted), 6),
            round(learned.sd, 6),
            Probability(rounded(shares[0]), rounded(shares[1]), tuple(stages)),
        )


def _share(part: int, whole: int) -> float | None:
    return rounded(part / whole) if whole else None
