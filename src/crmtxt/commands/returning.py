"""What people see of what comes back: retention, renewals, who left, who brought whom, and the warm lost."""

from __future__ import annotations

from crmtxt.commands.columns import NEXT_STEP
from crmtxt.commands.columns import money
from crmtxt.commands.columns import share
from crmtxt.commands.columns import worth
from crmtxt.model.names import counted
from crmtxt.model.returns import Departure
from crmtxt.model.returns import Referral
from crmtxt.model.returns import Renewal
from crmtxt.model.returns import Retention
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services.referrals import Referrals
from crmtxt.services.retention import Returns

SOON = 90  # days

RETENTION = (
    Column("since", "Since", keep=5),
    Column("customers", "Bought", align="right", keep=6),
    Column("stayed", "Stayed", align="right", keep=7),
    Column("start", "Before", lambda row: money(row.start, row.currency), "right", keep=8),
    Column("churn", "Churn", lambda row: money(row.churn, row.currency), "right", keep=4),
    Column("contraction", "Less", lambda row: money(row.contraction, row.currency), "right", keep=3),
    Column("expansion", "More", lambda row: money(row.expansion, row.currency), "right", keep=3),
    Column("end", "Now", lambda row: money(row.end, row.currency), "right", keep=8),
    Column("gross", "Gross", lambda row: share(row.gross), "right", keep=9),
    Column("net", "Net", lambda row: share(row.net), "right", keep=9),
    Column("gross", "", keep=2, style=lambda _: "dim", share=lambda row: row.gross),
)
RENEWALS = (
    Column("close", "Closes", lambda row: row.close or "no date", keep=8),
    Column("due_days", "In", lambda row: "–" if row.due_days is None else f"{row.due_days}d", "right", keep=4,
           style=lambda row: _urgency(row.due_days)),
    Column("name", "Customer", least=10, keep=9),
    Column("title", "Title", least=10, keep=5),
    Column("stage", "Stage", keep=6),
    Column("value", "Value", worth, "right", keep=8),
    Column("won_before", "Won", align="right", keep=3),
    Column("last_won", "Last", lambda row: row.last_won or "–", keep=3),
    NEXT_STEP,
)  # fmt: skip
CHURN = (
    Column("name", "Customer", least=10, keep=9),
    Column("how", "How", keep=8),
    Column("date", "When", lambda row: row.date or "–", keep=6),
    Column("value", "Worth", worth, "right", keep=7),
    Column("because", "Because", lambda row: row.because or "–", least=8, keep=8),
    Column("to", "To", keep=3),
    Column("learned", "Learned", least=14, keep=5, wrap=True),
    Column("again", "Look again", keep=4),
)
REFERRALS = (
    Column("by", "Who", lambda row: row.by_name or row.by, least=10, keep=9),
    Column("by_stage", "Is", keep=3),
    Column("customer", "Brought", lambda row: row.name or "nobody yet", least=10, keep=8),
    Column("stage", "Became", keep=7),
    Column("since", "Since", keep=4),
    Column("won", "Won", align="right", keep=5),
    Column("value", "Value", worth, "right", keep=6),
)


def retained(found: Returns) -> View:
    """Return how much was won again, by currency; its footer says what it takes where there are not enough data."""
    rows = found.rows()
    said = []
    if not found.is_known:
        known = f"the first opportunity is of {found.first}, " if found.first else "there is no opportunity, "
        said.append(f"not enough data: {known}one of {found.before} or before is needed")
    elif any(row.gross is None for row in rows):
        said.append(f"not enough data: nothing was won from {found.before} up to {found.since}")
    if rows[0].left_out:
        said.append(f"{counted(rows[0].left_out, 'customer')} left out, whose values cannot be compared")
    said.append("crmtxt retention --renewals, --churn, --referrals say more")
    return View("retention", rows, RETENTION, "; ".join(said), Retention._fields, Retention._fields)


def renewals(found: Returns) -> View:
    """Return what is to be renewed."""
    items = found.renewals()
    soon = sum(each.due_days is not None and each.due_days <= SOON for each in items)
    said = f"{counted(len(items), 'renewal')}, {soon} of them due within {SOON} days" if items else "nothing to renew"
    return View("renewals", items, RENEWALS, said, Renewal._fields, Renewal._fields)


def departures(found: Returns) -> View:
    """Return who left."""
    items = found.departures()
    told = f"{len(items)} left or bought nothing since {found.since}" if items else f"nobody left since {found.since}"
    unsaid = sum(not each.because for each in items)
    said = f"{told}, {unsaid} without a reason" if unsaid else told
    return View("churn", items, CHURN, said, Departure._fields, Departure._fields)


def referrals(found: Referrals) -> View:
    """Return who brought whom."""
    items = found.items()
    brought = sum(each.customer is not None for each in items)
    won = sum(each.won > 0 for each in items)
    said = f"{counted(brought, 'customer')} brought by others, {won} of them bought" if items else "nobody was brought"
    return View("referrals", items, REFERRALS, said, Referral._fields, Referral._fields)


def _urgency(days: int | None) -> str:
    return "" if days is None or days > SOON else "late" if days < 0 else "cool"
