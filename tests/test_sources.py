"""Sources: each win is credited by three rules, held against random histories counted by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.measure.sources import Touch
from crmtxt.measure.sources import Win
from crmtxt.measure.sources import earned
from crmtxt.measure.sources import path
from crmtxt.measure.sources import referrers
from crmtxt.measure.sources import source_name

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

NAMES = ("fair", "website", "referral")
LOGGED = st.lists(
    st.builds(Touch, st.sampled_from([f"2026-01-0{day}" for day in range(1, 10)]), st.sampled_from(NAMES)),
    max_size=5,
)
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["", *NAMES]),
        LOGGED,
        st.sampled_from([f"2026-01-0{day}" for day in range(1, 10)]),
        st.integers(0, 10**6),
        st.sampled_from(["EUR", "JPY"]),
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    ("text", "name", "who"),
    [
        ("fair", "fair", []),
        ("referral @acme", "referral", ["acme"]),
        ("referral @acme/jane", "referral", ["acme"]),
        ("@acme", "referral", ["acme"]),
        ("referral: a captain who would not give his name", "referral", []),
        ("campaign  spring-toolroom", "campaign spring-toolroom", []),
        ("https://harbour.example/tools", "https://harbour.example/tools", []),
        (" ", "", []),
    ],
)
def test_a_source_is_counted_without_who_is_behind_it(text: str, name: str, who: list[str]) -> None:
    assert source_name(text) == name
    assert referrers(text) == who


def test_first_last_and_linear_of_three_touches() -> None:
    logged = [Touch("2026-03-01", "website"), Touch("2026-05-01", "campaign"), Touch("2026-09-01", "late")]
    touched = path("fair", logged, "2026-06-01")
    assert touched == ["fair", "website", "campaign"]
    found = earned([Win(touched, Decimal(900), "EUR", 30)])
    assert {source: tuple(map(float, credit[1:4])) for (source, _), credit in found.items()} == {
        "fair": (900, 0, 300),
        "website": (0, 0, 300),
        "campaign": (0, 900, 300),
    }


def test_where_a_customer_came_from_is_not_told_twice() -> None:
    logged = [Touch("2026-01-01", "fair"), Touch("2026-01-01", "fair"), Touch("2026-02-01", "fair")]
    assert path("fair", logged, "2026-12-31") == ["fair", "fair"]
    assert path("", logged, "2026-01-31") == ["fair"]
    assert path("website", logged, "2026-01-31") == ["website", "fair"]


@settings(max_examples=1000, deadline=None)
@given(HISTORIES)
def test_the_credits_are_what_counting_by_hand_gives(histories: list[tuple[str, list[Touch], str, int, str]]) -> None:
    by_hand: dict[tuple[str, str], list[Fraction]] = {}
    totals: Counter[str] = Counter()
    for origin, logged, until, amount, currency in histories:
        days = sorted({each.day for each in logged if each.day <= until})
        order = [origin] if origin else []
        for day in days:
            here = {each.source for each in logged if each.day == day}
            order += sorted(here - {origin} if day == days[0] else here)
        order = order or [""]
        totals[currency] += amount
        for place, source in enumerate(order):
            credit = by_hand.setdefault((source, currency), [Fraction(0)] * 3)
            credit[0] += amount if place == 0 else 0
            credit[1] += amount if place == len(order) - 1 else 0
            credit[2] += Fraction(amount, len(order))
    found = earned(
        Win(path(origin, logged, until), Decimal(amount), currency, None)
        for origin, logged, until, amount, currency in histories
    )
    assert found.keys() == by_hand.keys()
    for key, given_ in found.items():
        assert [float(each) for each in given_[1:4]] == pytest.approx([float(each) for each in by_hand[key]], abs=1e-6)
    for rule in ("first", "last", "linear"):
        for currency, total in totals.items():
            credited = sum(getattr(credit, rule) for (_, own), credit in found.items() if own == currency)
            assert float(credited) == pytest.approx(total, abs=1e-6)


def items(answer: str) -> dict[str, dict[str, Any]]:
    return {each["source"]: each for each in json.loads(answer)["items"]}


def append(book: Path, customer: str, *lines: str) -> None:
    file = book / "customers" / f"{customer}.md"
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def settings_of(book: Path, cost: str) -> None:
    """Put one more cost into crmtxt.yaml."""
    file = book / "crmtxt.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub("(?m)^costs:.*$", lambda match: f"{match[0]}\n{cost}", text), encoding="utf-8")


def test_a_later_touch_is_credited_with_what_was_won_after_it(book: Path, crmtxt: Prompt) -> None:
    append(
        book,
        "globex",
        "- 2026-11-18 event with @tom by @ana: came to our stand source:fair",
        '- 2026-11-19 opportunity more by @ana: opened at proposal 1000 GBP "More"',
        '- 2026-11-20 opportunity more by @ana: proposal -> won 1000 GBP "More"',
    )
    found = items(crmtxt("crmtxt sources handle:globex --json").stdout)
    assert [found["website"][key] for key in ("won", "value", "last", "linear")] == [2, 3600, 2600, 3100]
    assert [found["fair"][key] for key in ("won", "value", "last", "linear")] == [0, 0, 1000, 500]
    then = items(crmtxt("crmtxt sources handle:globex --as-of 2026-11-01 --json").stdout)
    assert [then["website"][key] for key in ("won", "value", "last", "linear")] == [1, 2600, 2600, 2600]
    assert set(then) == {"website"}


def test_a_cost_counts_in_the_time_it_is_dated(book: Path, crmtxt: Prompt) -> None:
    settings_of(book, "  Website: {2024: 500 GBP, 2025-06: 100 EUR, 2026-11-30: 7 GBP, 2026-02: 9 JPY}")

    def cost(options: str) -> list[tuple[str, float | None, float | None]]:
        found = json.loads(crmtxt(f"crmtxt sources {options} --json").stdout)["items"]
        return [(each["currency"], each["cost"], each["cost_per_won"]) for each in found if each["source"] == "website"]

    assert cost("") == [("GBP", 586, 195.333333), ("JPY", 9, None)]
    assert cost("--since 2025-01-01 --as-of 2025-12-31") == [("GBP", 86, 86)]
    assert "costs" not in crmtxt("crmtxt check").stdout


def test_a_cost_without_a_day_is_named_by_check_and_left_out(book: Path, crmtxt: Prompt) -> None:
    settings_of(book, "  Website: {soon: 500 GBP, 2026: much}")
    answer = crmtxt("crmtxt sources --json")
    assert [each["cost"] for each in json.loads(answer.stdout)["items"] if each["source"] == "website"] == [None]
    said = crmtxt("crmtxt check").stdout
    assert "'soon' is no year, month or day" in said
    assert "much" in said
    file = book / "crmtxt.yaml"
    file.write_text(
        re.sub("(?ms)^costs:.*", "costs: {fair: 900 EUR}\n", file.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert "'900 EUR' has no date; write {2026-04: 900 EUR}" in crmtxt("crmtxt check").stdout


def test_leads_and_wins_are_counted_from_a_day_on(book: Path, crmtxt: Prompt) -> None:
    whole, since = (items(crmtxt(f"crmtxt sources {words} --json").stdout) for words in ("", "--since 2025-01-01"))
    assert book.exists()
    assert (whole["website"]["leads"], whole["website"]["won"]) == (3, 3)
    assert (since["website"]["leads"], since["website"]["won"]) == (2, 2)


def test_who_has_no_source_is_told_apart(book: Path, crmtxt: Prompt) -> None:
    file = book / "customers" / "tidewell.md"
    file.write_text(file.read_text(encoding="utf-8").replace("source: website\n", ""), encoding="utf-8")
    (found,) = json.loads(crmtxt("crmtxt sources handle:tidewell --json").stdout)["items"]
    assert [found[key] for key in ("source", "leads", "won", "value")] == [None, 1, 2, 3100]
    assert "not written down" in crmtxt("crmtxt sources handle:tidewell --format table").stdout


def test_a_bar_is_drawn_where_html_is_asked_for(book: Path, crmtxt: Prompt) -> None:
    page = crmtxt("crmtxt sources --format html").stdout
    assert book.exists()
    assert '<rect width="100" height="10"/>' in page
    assert "█" not in page
