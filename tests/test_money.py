from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtxt.model.money import Money
from crmtxt.model.money import parse_money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("12000 EUR", "12000", "EUR"),
        ("12000.50 EUR", "12000.50", "EUR"),
        ("\t12000  EUR \n", "12000", "EUR"),
        ("0 GBP", "0", "GBP"),
        ("0.000001 BTC", "0.000001", "BTC"),
        ("999999999999999999.999999 USD", "999999999999999999.999999", "USD"),
    ],
)
def test_an_amount_and_its_currency_are_read(text: str, amount: str, currency: str) -> None:
    money = parse_money(text)
    assert money == Money(Decimal(amount), currency)
    assert str(money) == f"{amount} {currency}"


def test_a_bare_amount_takes_the_currency_of_the_book() -> None:
    assert parse_money("12000", "GBP") == Money(Decimal(12000), "GBP")
    assert parse_money("12000 EUR", "GBP").currency == "EUR"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "write the amount and the currency"),
        ("12000", "has no currency"),
        ("EUR 12000", "write the amount and the currency"),
        ("EUR", "write the amount and the currency"),
        ("12000EUR", "write 12000 EUR"),
        ("12000 eur", "write 12000 EUR"),
        ("007 EUR", "write 7 EUR"),
        ("0.50eur", "write 0.50 EUR"),
        ("007.5 EUR", "write 7.5 EUR"),
        ("00.5 EUR", "write 0.5 EUR"),
        ("12,000.50 EUR", "leave out commas"),
        ("12.000,50 EUR", "leave out commas"),
        ("12 000 EUR", "leave out commas"),
        ("12_000 EUR", "leave out commas"),
        ("-5 EUR", "not negative"),
        ("+5 EUR", "write the amount"),
        (".5 EUR", "write the amount"),
        ("5. EUR", "write the amount"),
        ("1e3 EUR", "write the amount"),
        ("NaN EUR", "write the amount"),
        ("5k EUR", "write the amount"),
        ("12000 EURO", "write the amount"),
        ("12000 €", "write the amount"),
        ("1000000000000000000 EUR", "write the amount"),
        ("0.0000001 EUR", "write the amount"),
        ("١٢ EUR", "write the amount"),
        ("9" * 10_000, "write the amount"),
    ],
)
def test_anything_else_is_no_money(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)) as refusal:
        parse_money(text)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("default", ["", "eur", "EURO", "€"])
def test_a_default_that_is_no_currency_is_none(default: str) -> None:
    with pytest.raises(ValueError, match="has no currency"):
        parse_money("5", default)


@given(st.decimals(0, 10**17, places=3), st.from_regex("[A-Z]{3}", fullmatch=True))
def test_money_reads_back_as_it_is_written(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    again = parse_money(str(money))
    assert again == money
    assert str(again) == str(money)


@given(st.text())
def test_any_text_is_money_or_is_refused(text: str) -> None:
    try:
        money = parse_money(text, "EUR")
    except ValueError as refusal:
        reason = str(refusal)
    else:
        reason = "" if money.amount >= 0 else "negative"
    assert reason.startswith("cannot read") or not reason
