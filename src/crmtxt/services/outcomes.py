"""How the opportunities of a pipeline ended: each of them, and the share that was won."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmtxt.measure.pipeline import incidence
from crmtxt.measure.pipeline import percentile
from crmtxt.measure.pipeline import velocity
from crmtxt.measure.pipeline import win_rate
from crmtxt.model.opportunity import LOST
from crmtxt.model.opportunity import WON
from crmtxt.model.pipeline import ClosedOpportunity
from crmtxt.model.pipeline import WinRate
from crmtxt.services.detail import iso
from crmtxt.services.detail import rounded

if TYPE_CHECKING:
    from crmtxt.measure.deals import Deal
    from crmtxt.services.pipeline import Pipeline

QUARTER = 90  # days


def closed(pipeline: Pipeline, outcome: str, since: str = "") -> list[ClosedOpportunity]:
    """Return what was won, or lost, the latest first; from a day on when one is given."""
    found = [_closed(pipeline, deal) for deal in pipeline.deals if deal.outcome == outcome]
    return sorted((each for each in found if (each.date or "") >= since), key=lambda each: each.date or "")[::-1]


def win_rates(pipeline: Pipeline, since: str = "") -> list[WinRate]:
    """Return the win rate by the date of the end, with what was won, a row for each currency."""
    first = date.fromisoformat(since).toordinal() if since else 0
    ended = [deal for deal in pipeline.deals if deal.outcome and (deal.since or 0) >= first]
    found: dict[str, list[Deal]] = {}
    for deal in [*ended, *pipeline.open]:
        found.setdefault(pipeline.currency_of(deal), []).append(deal)
    return [_win_rate(pipeline, currency, found[currency]) for currency in sorted(found)]


def cohorts(pipeline: Pipeline, since: str = "") -> list[WinRate]:
    """Return the win rate by the month of the opening, of those opened from a day on, a row for each currency."""
    found: dict[tuple[str, str], list[Deal]] = {}
    for deal in pipeline.deals:
        opened = iso(deal.opened) or ""
        if opened >= since:
            found.setdefault((opened[:7], pipeline.currency_of(deal)), []).append(deal)
    rates = ((month, _win_rate(pipeline, currency, found[month, currency])) for month, currency in sorted(found))
    return [rate._replace(by="opened", cohort=month or None) for month, rate in rates]


def _closed(pipeline: Pipeline, deal: Deal) -> ClosedOpportunity:
    customer, worth = pipeline.owners[deal.customer], deal.worth
    return ClosedOpportunity(
        customer.handle,
        customer.name,
        deal.handle,
        deal.title,
        deal.outcome,
        iso(deal.since),
        float(worth.amount) if worth else None,
        worth.currency if worth else None,
        deal.owner or None,
        deal.cycle,
        *(deal.said.get(key) for key in ("because", "to", "learned", "again", "skipped")),
    )


def _win_rate(pipeline: Pipeline, currency: str, some: list[Deal]) -> WinRate:
    won, lost, open_ = ([deal for deal in some if deal.outcome == outcome] for outcome in (WON, LOST, ""))
    rate = win_rate(len(won), len(lost))
    cycles = [deal.cycle for deal in won if deal.cycle is not None]
    cycle = percentile(cycles, 0.5) if cycles else None
    worth = [each.amount for deal in open_ if (each := pipeline.worth(deal))]
    mean = float(sum(worth) / len(worth)) if worth else None
    today = pipeline.day.toordinal()
    seen = [
        ((deal.since if deal.outcome else today) - deal.opened, deal.outcome)
        for deal in some
        if deal.opened is not None and deal.since is not None
    ]
    return WinRate(
        won=len(won),
        lost=len(lost),
        open=len(open_),
        value=float(sum(each.amount for deal in won if (each := pipeline.worth(deal)))),
        currency=currency,
        win_rate=rounded(rate and rate.share),
        low=rounded(rate and rate.low),
        high=rounded(rate and rate.high),
        median_cycle_days=cycle,
        won_in_90d=rounded(incidence(seen, QUARTER)) if seen else None,
        velocity=rounded(velocity(len(open_), mean, rate.share, cycle)) if mean and rate and cycle else None,
        by="closed",
        cohort=None,
    )
