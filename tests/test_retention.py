"""Retention: the vector of the measures, random histories counted by hand, and what a book tells of who came again."""

from __future__ import annotations

import json
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.measure.retention import Retained
from crmtxt.measure.retention import retained

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

BOOK = "crmtxt: 1\ncurrency: EUR\nrates: {USD: 0.5}\n"
SUMS = st.dictionaries(st.integers(1, 9), st.decimals(0, 1000, places=2))
UNTIL = date(2026, 11, 21)
SINCE = UNTIL - timedelta(364)
BEFORE = SINCE - timedelta(365)


VECTOR = Retained(5, 4, Decimal(100), Decimal(10), Decimal(5), Decimal(20))
TOLD = retained(
    {1: Decimal(10), 2: Decimal(20), 3: Decimal(70)}, {2: Decimal(15), 3: Decimal(90)}
)  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (VECTOR.gross, 0.85),
        (VECTOR.net, 1.05),
        (VECTOR.end, 105),
        (TOLD.gross, 0.85),
        (TOLD.net, 1.05),
        (TOLD.churn, 10),
        (TOLD.contraction, 5),
        (TOLD.expansion, 20),
    ],
)
def test_the_vectors(found: float | Decimal | None, expected: float) -> None:
    assert found is not None
    assert float(found) == pytest.approx(expected, abs=1e-6)


def test_without_anything_at_the_start_there_is_no_rate() -> None:
    for found in (retained({}, {1: Decimal(5)}), retained({1: Decimal(0)}, {})):
        assert (found.customers, found.gross, found.net) == (0, None, None)


@settings(max_examples=1000, deadline=None)
@given(SUMS, SUMS, st.sets(st.integers(1, 9)))
def test_retention_is_what_counting_by_hand_gives(
    before: dict[int, Decimal], after: dict[int, Decimal], left: set[int]
) -> None:
    start = kept = end = Decimal(0)
    for customer in range(1, 10):
        was = before.get(customer, Decimal(0))
        now = Decimal(0) if customer in left or not was else after.get(customer, Decimal(0))
        start, kept, end = start + was, kept + min(was, now), end + now
    found = retained(before, after, left)
    assert (found.start, found.end) == (start, end)
    assert found.start - found.churn - found.contraction == kept
    assert found.gross == (pytest.approx(float(kept / start), abs=1e-6) if start else None)
    assert found.net == (pytest.approx(float(end / start), abs=1e-6) if start else None)


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty book, to be filled line by line."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text(BOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(book: Path, handle: str, *lines: str, head: str = "stage: customer") -> None:
    text = "\n".join(["---", f"name: {handle.title()}", head, "---", "", "## Log", "", *lines, ""])
    (book / "customers" / f"{handle}.md").write_text(text, encoding="utf-8")


def won(day: date, value: str, handle: str = "x") -> str:
    return f"- {day} opportunity {handle} by @sam: proposal -> won {value}".rstrip() + ' "X"'


def rows(answer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(answer)["items"]
    return found


def test_a_year_is_compared_with_the_year_before(ours: Path, crmtxt: Prompt) -> None:
    edge = SINCE - timedelta(1)
    fill(ours, "old", won(BEFORE - timedelta(1), "99 EUR"))
    fill(ours, "more", won(BEFORE, "50 EUR", "a"), won(SINCE, "140 USD", "b"))
    fill(ours, "less", won(edge, "30 EUR", "a"), won(UNTIL, "20 EUR", "b"))
    fill(ours, "gone", won(edge, "20 EUR"))
    fill(ours, "fresh", won(UNTIL, "1000 EUR"))
    (found,) = rows(crmtxt("crmtxt retention --json").stdout)
    keys = ("customers", "stayed", "start", "churn", "contraction", "expansion", "end", "gross", "net", "left_out")
    assert [found[key] for key in keys] == [3, 2, 100, 20, 10, 20, 90, 0.7, 0.9, 0]
    assert (found["since"], found["until"]) == (SINCE.isoformat(), UNTIL.isoformat())


def test_who_is_lost_has_left_whatever_was_won_since(ours: Path, crmtxt: Prompt) -> None:
    fill(ours, "old", won(BEFORE - timedelta(1), "99 EUR"))
    fill(ours, "gone", won(BEFORE, "50 EUR", "a"), won(SINCE, "60 EUR", "b"), "- 2026-08-01 stage: customer -> lost",
         head="stage: lost")  # fmt: skip
    (found,) = rows(crmtxt("crmtxt retention --json").stdout)
    assert (found["churn"], found["gross"]) == (50, 0)
    (left,) = (each for each in rows(crmtxt("crmtxt retention --churn --json").stdout) if each["customer"] == "gone")
    assert (left["how"], left["date"], left["value"], left["because"]) == ("lost", "2026-08-01", 50, None)
    assert rows(crmtxt("crmtxt retention --as-of 2026-07-01 --since 2025-11-22 --churn --json").stdout) == []


def test_a_reason_is_that_of_a_loss_in_the_days_compared(ours: Path, crmtxt: Prompt) -> None:
    gone = "- 2026-08-01 stage: customer -> dormant"
    for handle, day in {"then": BEFORE, "earlier": BEFORE - timedelta(1)}.items():
        fill(ours, handle, f"- {day} opportunity y: quote -> lost because:price", gone, head="stage: dormant")
    found = rows(crmtxt("crmtxt retention --churn --json").stdout)
    assert {each["customer"]: each["because"] for each in found} == {"then": "price", "earlier": None}


def test_a_book_that_does_not_reach_back_has_not_enough_data(ours: Path, crmtxt: Prompt) -> None:
    fill(ours, "young", won(BEFORE + timedelta(1), "50 EUR", "a"), won(UNTIL, "60 EUR", "b"))
    answer = crmtxt("crmtxt retention --format table")
    assert "not enough data: the first opportunity is of" in answer.stderr
    (found,) = rows(crmtxt("crmtxt retention --json").stdout)
    assert (found["start"], found["gross"], found["net"]) == (50, None, None)


def test_values_that_cannot_be_compared_are_left_out_and_said(ours: Path, crmtxt: Prompt) -> None:
    fill(ours, "old", won(BEFORE - timedelta(1), "99 EUR"))
    fill(ours, "yen", won(BEFORE, "5000 JPY", "a"), won(SINCE, "9000 JPY", "b"))
    fill(ours, "both", won(BEFORE, "5000 JPY", "a"), won(SINCE, "90 EUR", "b"))
    fill(ours, "unsaid", won(BEFORE, "50 EUR", "a"), won(SINCE, "", "b"))
    fill(ours, "euro", won(BEFORE, "50 EUR", "a"), won(SINCE, "50 USD", "b"))
    found = rows(crmtxt("crmtxt retention --json").stdout)
    assert [(each["currency"], each["gross"], each["net"], each["left_out"]) for each in found] == [
        ("EUR", 0.5, 0.5, 2),
        ("JPY", 1, 1.8, 2),
    ]
    assert "2 customers left out" in crmtxt("crmtxt retention --format table").stderr


def test_who_brought_whom_is_told_with_what_it_became(ours: Path, crmtxt: Prompt) -> None:
    fill(ours, "fan", head="stage: advocate")
    fill(ours, "shy", head="stage: advocate")
    fill(ours, "one", won(UNTIL, "50 EUR"), head="stage: customer\nsource: referral @fan")
    fill(ours, "two", head="stage: lead\nsource: referral @fan/kim and @stranger")
    found = rows(crmtxt("crmtxt retention --referrals --json").stdout)
    assert [
        (each["by"], each["by_stage"], each["customer"], each["stage"], each["won"], each["value"]) for each in found
    ] == [
        ("fan", "advocate", "two", "lead", 0, None),
        ("fan", "advocate", "one", "customer", 1, 50),
        ("stranger", None, "two", "lead", 0, None),
        ("shy", "advocate", None, None, 0, None),
    ]
    assert [each["by"] for each in rows(crmtxt("crmtxt retention --referrals handle:one --json").stdout)] == ["fan"]
    assert len(rows(crmtxt("crmtxt retention --referrals handle:fan --json").stdout)) == 2


def test_an_empty_book_has_nothing_to_say_and_says_so(ours: Path, crmtxt: Prompt) -> None:
    assert ours.exists()
    assert "not enough data: there is no opportunity" in crmtxt("crmtxt retention --format table").stderr
    for part, said in {
        "renewals": "nothing to renew",
        "churn": "nobody left",
        "referrals": "nobody was brought",
    }.items():
        answer = crmtxt(f"crmtxt retention --{part} --format table")
        assert (answer.code, answer.stdout) == (0, "")
        assert said in answer.stderr
