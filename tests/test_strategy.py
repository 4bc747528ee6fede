"""The strategy held against a book: every standard that is not met is named, with the lines it comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest

from crmtxt.errors import UsageError
from crmtxt.services import wanted
from crmtxt.settings import DEFAULT_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

BOOK = """crmtxt: 1
strategy:
  types:
    partner: {purpose: Build together, cost_to_serve: high, cadence: 2w, answer_within: 1d, roles: [Champion, buyer]}
    account: {purpose: Keep them, cost_to_serve: low, cadence: 3m}
    maker: {purpose: Nobody yet}
"""
FILES = {
    "untyped": "name: Untyped",
    "mistyped": "name: Mistyped\ntype: parter",
    "jane-doe": "name: Jane Doe\nperson: true",
    "quiet": "name: Quiet\ntype: account\n---\n\n## Log\n\n- 2026-01-10 call from @x: long ago",
    "owed": "name: Owed\ntype: account\ncontacts:\n  tom: {name: Tom Rees}\n---\n\n## Log\n\n"
    "- 2026-11-10 call to @tom: ours\n- 2026-11-18 call from @tom: call me back",
    "roles": "name: Roles\ntype: partner\ncontacts:\n  jane: {name: Jane, role: champion}\n---\n\n## Log\n\n"
    "- 2026-11-20 meeting with @jane: hello",
    "busy": "name: Busy\ntype: account\n---\n\n## Log\n\n"
    + "\n".join(f"- 2026-11-{day:02} call to @x: again" for day in range(10, 16))
    + "\n- 2026-11-16 call from @x: enough\n- 2026-11-17 call to @x: sorry",
}


@pytest.fixture
def findings(tmp_path: Path, crmtxt: Prompt) -> dict[tuple[str, str | None], dict[str, Any]]:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text(BOOK, encoding="utf-8")
    for handle, text in FILES.items():
        whole = f"---\n{text}\n" if "\n---\n" in text else f"---\n{text}\n---\n"
        (tmp_path / f"customers/{handle}.md").write_text(whole, encoding="utf-8")
    answer = crmtxt(f"crmtxt -C {tmp_path} strategy check --json")
    assert answer.code == 10
    items = json.loads(answer.stdout)["items"]
    assert len({(each["standard"], each["customer"]) for each in items}) == len(items)
    return {(each["standard"], each["customer"]): each for each in items}


Findings = dict[tuple[str, str | None], dict[str, Any]]


def test_exactly_what_is_not_as_the_strategy_says_is_found(findings: Findings) -> None:
    assert set(findings) == {
        ("type", "untyped"), ("type", "mistyped"), ("cadence", "quiet"), ("answer", "owed"),
        ("role", "roles"), ("effort", "busy"), ("unused", None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("standard", "customer", "why", "lines"),
    [
        ("type", "untyped", "no relationship type", ["customers/untyped.md"]),
        ("type", "mistyped", "its type 'parter' is none of the book's", ["customers/mistyped.md"]),
        ("cadence", "quiet", "quiet for 315 days, every 3m agreed", ["customers/quiet.md:8"]),
        ("answer", "owed", "call from Tom on 2026-11-18 has no answer, 2d agreed", ["customers/owed.md:11"]),
        ("role", "roles", "no buyer among its contacts", ["customers/roles.md"]),
        ("unused", None, "no customer is of this type", ["crmtxt.yaml"]),
    ],
)
def test_a_finding_says_why_and_where(
    findings: Findings, standard: str, customer: str | None, why: str, lines: list[str]
) -> None:
    found = findings[standard, customer]
    assert (found["why"], found["lines"]) == (why, lines)
    assert found["hint"]


def test_effort_counts_what_we_did_and_names_each_line(findings: Findings) -> None:
    found = findings["effort", "busy"]
    assert found["why"] == "7 touches of ours in 90 days, 1.0 agreed (every 3m)"
    assert found["lines"] == [f"customers/busy.md:{number}" for number in (8, 9, 10, 11, 12, 13, 15)]


def test_check_counts_a_customer_without_a_type_only_where_the_book_has_types(tmp_path: Path, crmtxt: Prompt) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\n", encoding="utf-8")
    (tmp_path / "customers/acme.md").write_text("---\nname: Acme\n---\n", encoding="utf-8")
    assert crmtxt(f"crmtxt -C {tmp_path} check").code == 0
    (tmp_path / "crmtxt.yaml").write_text(BOOK, encoding="utf-8")
    answer = crmtxt(f"crmtxt -C {tmp_path} check --json")
    assert [each["code"] for each in json.loads(answer.stdout)["items"]] == ["untyped"]
    assert answer.code == 4


def test_a_book_that_is_as_its_strategy_says_finds_nothing(tmp_path: Path, crmtxt: Prompt) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\nstrategy: {types: {account: {cadence: 3m}}}\n", encoding="utf-8")
    text = "---\nname: Acme\ntype: account\n---\n\n## Log\n\n- 2026-11-20 meeting with @x: hello\n"
    (tmp_path / "customers/acme.md").write_text(text, encoding="utf-8")
    answer = crmtxt(f"crmtxt -C {tmp_path} strategy check")
    assert (answer.stdout, answer.code) == ("", 0)


def test_types_are_typed_in_one_word_or_with_values() -> None:
    assert wanted.typed(["partner"]) == {"partner": DEFAULT_TYPES["partner"]}
    assert wanted.typed(["reseller purpose=sell it, and well cadence=1m roles=buyer, champion"]) == {
        "reseller": {"purpose": "sell it, and well", "cadence": "1m", "roles": ("buyer", "champion")}
    }
    assert wanted.typed(["partner cadence=1w"])["partner"]["cadence"] == "1w"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("reseller", "no type 'reseller' is shipped"),
        ("Big Ones cadence=1m", "'Big Ones' is no name of a type"),
        ("account cadense=1m", "a type has no 'cadense'"),
    ],
)
def test_a_type_that_cannot_be_read_is_refused(words: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        wanted.typed([words])


def test_a_person_is_asked_for_each_value_and_may_keep_what_is_shipped() -> None:
    answers = iter(["account, retainer", "no"])
    asked = []

    def ask(question: str, default: str) -> str:
        asked.append(question)
        return next(answers, "1m" if question == "retainer: in touch every?" else default)

    types = wanted.asked(ask)
    assert types["account"] == DEFAULT_TYPES["account"]
    assert types["retainer"] == {"cadence": "1m"}
    assert len(asked) == 2 + 2 * len(wanted.QUESTIONS)


def test_a_time_that_cannot_be_read_is_asked_for_again() -> None:
    answers = {
        "Which relationships do you want?": "retainer",
        "retainer: in touch every?": "soon",
        "retainer: 'soon' is no time such as 3d or 6w; in touch every?": "4w..8w",
    }
    types = wanted.asked(lambda question, default: answers.get(question, "no" if "defaults" in question else default))
    assert types == {"retainer": {"cadence": "4w..8w"}}
