"""The opportunities in a head: a row for each, what they are worth together, and what is no money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.text.head import HeadError

if TYPE_CHECKING:
    from decimal import Decimal

    from crmtxt.settings import BookSettings
    from crmtxt.text.node import Node

CLOSED = ("won", "lost")

Sums = tuple[float | None, str | None, float | None]


def opportunity_rows(
    root: Node,
    values: dict[str, str],
    settings: BookSettings,
) -> tuple[list[tuple[object, ...]], Sums, list[HeadError]]:
    """Return the opportunities; the open value, its currency and the weighted value; and what is no money."""
    keys = list(root.keys("opportunities"))
    if not keys:
        return [], (None, None, None), []
    from crmtxt.model.money import parse_money

    rows: list[tuple[object, ...]] = []
    amounts: list[tuple[Decimal, str, float]] = []
    faults: list[HeadError] = []
    for key in keys:
        prefix = f"opportunities.{key}."
        stage, written = values.get(prefix + "stage"), values.get(prefix + "value")
        amount, currency = None, None
        if written:
            try:
                amount, currency = parse_money(written, settings.currency)
            except ValueError as error:
                node = root.under("opportunities", key, "value")
                width = max(1, node.end - node.start)
                message, hint = f"{prefix}value: {error}", "write it as 12000 EUR"
                faults.append(HeadError(message, node.start, width, "money", hint))
        rows.append(
            (
                key,
                values.get(prefix + "title"),
                stage,
                None if amount is None else float(amount),
                currency,
                values.get(prefix + "close"),
            )
        )
        if amount is not None and currency is not None and stage not in CLOSED:
            amounts.append((amount, currency, settings.pipeline.get(stage or "", 0.0)))
    return rows, _sum(amounts, settings), faults


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
