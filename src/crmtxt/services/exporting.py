"""Opportunities and customers as rows that an import reads again, what has no field under its own key."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from crmtxt.model.imported import CUSTOMER
from crmtxt.model.imported import DAYS
from crmtxt.model.imported import LESSONS
from crmtxt.model.imported import ON
from crmtxt.model.imported import OPPORTUNITY
from crmtxt.model.imported import STRUCTURED
from crmtxt.model.imported import is_key
from crmtxt.model.imported import opportunity_fields
from crmtxt.model.opportunity import own_values
from crmtxt.services.pipeline import Pipeline
from crmtxt.store import deals
from crmtxt.store import people

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence
    from decimal import Decimal

    from crmtxt.measure.deals import Deal
    from crmtxt.store.index import Index
    from crmtxt.store.selecting import Selection

    Cells = Mapping[str, str | Decimal | None]


def opportunities(index: Index, selection: Selection) -> tuple[list[Cells], tuple[str, ...]]:
    """Return a row for each opportunity of the customers a query selects, open and closed, and the columns."""
    found = Pipeline(index, selection, selection.today)
    heads, more = deals.in_heads(index), deals.continued(index)
    rows = []
    for deal in found.deals:
        key = (deal.customer, deal.handle)
        own = own_values(more.get(key, "")) if deal.outcome else heads.get(key, {})
        rows.append(_opportunity(deal, found.owners[deal.customer], own))
    fields = opportunity_fields([*index.settings.pipeline])
    return _table(rows, [field for field in fields if field != "opened"])


def customers(index: Index, selection: Selection) -> tuple[list[Cells], tuple[str, ...]]:
    """Return a row for each person of the customers a query selects, one for a customer of nobody, and the columns."""
    facts = people.facts(index)
    rows = []
    for number, owner in deals.owners(index, selection).items():
        known = facts.get(number, people.NOTHING)
        values = {
            key: value for key, value in known.values.items() if key not in {"handle", "contact", "email", "phone"}
        }
        head = {"handle": owner.handle, **values, "name": owner.name, "tags": ";".join(known.tags)}
        persons = [each for each in known.people.values() if each.get("name") or each.get("email")]
        for person in persons or [{}]:
            met = {"contact": person.get("name", ""), "email": person.get("email"), "phone": person.get("phone")}
            rows.append({**head, **met})
    return _table(rows, CUSTOMER)


def _opportunity(deal: Deal, customer: deals.Owner, own: Mapping[str, str]) -> Cells:
    """Return the cells of one opportunity that are not empty, and its own keys."""
    days: dict[str, dict[str, None]] = {}
    for step in deal.steps:
        if step.day is not None:
            days.setdefault(f"{ON}{step.stage}", {})[_iso(step.day)] = None
    title = deal.title if deal.outcome and deal.title != deal.handle else own.get("title", "")
    return {
        **{key: value for key, value in own.items() if key not in OPPORTUNITY},
        **{field: DAYS.join(each) for field, each in days.items()},
        "handle": customer.handle,
        "customer": customer.name,
        "id": deal.handle,
        "title": title,
        "stage": deal.stage,
        "value": deal.worth.amount if deal.worth else None,
        "currency": deal.worth.currency if deal.worth else None,
        "owner": deal.owner if deal.outcome else own.get("owner"),
        "close": deal.close,
        "closed": _iso(deal.since) if deal.outcome and deal.since else None,
        **{key: deal.said.get(key) for key in LESSONS if deal.outcome},
    }


def _table(
    rows: Sequence[Mapping[str, str | Decimal | None]], fields: Sequence[str]
) -> tuple[list[Cells], tuple[str, ...]]:
    """Return the rows with the same cells each: the fields, then every key that has a value somewhere."""
    own = dict.fromkeys(key for row in rows for key, value in row.items() if _cell(value) and key not in fields)
    columns = (*fields, *(key for key in own if is_key(key) and key not in STRUCTURED))
    return [{key: _cell(row.get(key)) for key in columns} for row in rows], columns


def _cell(value: str | Decimal | None) -> str | Decimal | None:
    """Return what a cell says; what has several lines has no place in one, and an empty one changes nothing."""
    return None if isinstance(value, str) and (not value or "\n" in value) else value


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
