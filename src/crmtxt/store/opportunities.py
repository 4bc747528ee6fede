"""The opportunities of a file: those open and closed, and what the open ones are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.model.opportunity import CLOSING
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import KIND
from crmtxt.text.head import HeadError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from crmtxt.measure.deals import Deal
    from crmtxt.settings import BookSettings
    from crmtxt.text.document import Entry
    from crmtxt.text.node import Node

Facts = dict[str, str]
Sums = tuple[float | None, str | None, float | None]


def opportunities_of(
    log: Iterable[Entry], fields: Iterable[tuple[str, str | None]], settings: BookSettings
) -> list[Deal]:
    """Return every opportunity of a file, open and closed, as its log and its head tell them."""
    lines = [
        (entry.line.date, entry.number, entry.line.subject, ", ".join(entry.line.by), entry.line.text)
        for entry in log
        if entry.line.kind == KIND
    ]
    heads = {(0, handle): facts for handle, facts in facts_of(fields).items()}
    if not lines and not heads:
        return []
    from crmtxt.measure.deals import Logged
    from crmtxt.measure.deals import read_deals

    told = (Logged(0, handle, day, by, text) for day, _, handle, by, text in sorted(lines))
    return read_deals(told, heads, settings.currency)


def facts_of(fields: Iterable[tuple[str, str | None]]) -> dict[str, Facts]:
    """Return what the flattened fields of a head say of each opportunity, by handle; under "" an entry that is text."""
    found: dict[str, Facts] = {}
    for key, value in fields:
        if key.startswith(f"{HEAD}."):
            _, handle, *names = key.split(".")
            facts = found.setdefault(handle, {})
            name = ".".join(names)
            if value is not None:
                facts[name] = f"{facts[name]}, {value}" if name in facts else value
    return found


def worth_of(root: Node, values: dict[str, str], settings: BookSettings) -> tuple[Sums, list[HeadError]]:
    """Return the open value of a head, its currency and the weighted value; and what is no money."""
    keys = list(root.keys(HEAD))
    if not keys:
        return (None, None, None), []
    from crmtxt.model.money import parse_money

    amounts: list[tuple[Decimal, str, float]] = []
    faults: list[HeadError] = []
    for key in keys:
        prefix = f"{HEAD}.{key}."
        stage, written = values.get(prefix + "stage"), values.get(prefix + "value")
        if not written:
            continue
        try:
            amount, currency = parse_money(written, settings.currency)
        except ValueError as error:
            node = root.under(HEAD, key, "value")
            width = max(1, node.end - node.start)
            message, hint = f"{prefix}value: {error}", "write it as 12000 EUR"
            faults.append(HeadError(message, node.start, width, "money", hint))
            continue
        if stage not in CLOSING:
            amounts.append((amount, currency, settings.pipeline.get(stage or "", 0.0)))
    return _sum(amounts, settings), faults


def opportunity_row(deal: Deal) -> tuple[object, ...]:
    """Return what the index holds of an opportunity, but for whose it is."""
    amount, currency = (f"{deal.worth.amount:f}", deal.worth.currency) if deal.worth else (None, None)
    steps = "\n".join(f"{'' if step.day is None else step.day} {step.stage}" for step in deal.steps)
    return (deal.handle, deal.title, deal.owner, deal.stage, amount, currency, deal.close, steps, deal.words)


def _sum(amounts: list[tuple[Decimal, str, float]], settings: BookSettings) -> Sums:
    """Return value, currency and weighted value: through declared rates, else only when all are of one currency."""
    currencies = {currency for _, currency, _ in amounts}
    if not amounts:
        return None, None, None
    if currencies <= {settings.currency, *settings.rates}:
        rates, into = {**settings.rates, settings.currency: 1.0}, settings.currency
    elif len(currencies) == 1:
        rates, into = dict.fromkeys(currencies, 1.0), next(iter(currencies))
    else:
        return None, None, None
    worth = [(float(amount) * rates[currency], chance) for amount, currency, chance in amounts]
    return sum(each for each, _ in worth), into, sum(each * chance for each, chance in worth)
