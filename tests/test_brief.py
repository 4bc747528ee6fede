"""The brief before a call: what it picks to talk about, and in which order; the day is Saturday 2026-11-21."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

HEAD = """---
name: Acme
contacts:
  jane:
    name: Jane Doe
    cares_about: uptime
  tom:
    name: Tom Rees
    influence: 5
{head}---
"""
PROMISE = "- [ ] 2026-11-28 promise to @jane: the quote"
THEIR_PROMISE = "- [ ] 2026-11-20 promise from @tom: the numbers"
ASKED = "- 2026-11-18 call from @jane: where is it?"
SAD = "- 2026-11-08 call with @jane: not good feel:-1"
MOMENT = "- 2026-11-10 call with @jane: go-live moment"
TOPIC = "- 2026-11-09 email with @jane: what does it cost? #pricing"
PLAN = "plan:\n  review: 2026-12-21\n"
DEAL = "opportunities:\n  new:\n    title: New\n    stage: demo\n    close: 2027-01-20\n"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book, and customers to be written into it."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(book: Path, lines: tuple[str, ...] = (), head: str = "") -> None:
    """Write the customer Acme with these lines of Next and Log."""
    following = "".join(f"{line}\n" for line in lines if line.startswith("- ["))
    log = "".join(f"{line}\n" for line in sorted(lines) if not line.startswith("- ["))
    text = f"{HEAD.format(head=head)}\n## Next\n\n{following}\n## Log\n\n{log}"
    (book / "customers" / "acme.md").write_text(text, encoding="utf-8")


def briefed(crmtxt: Prompt, more: str = "") -> dict[str, Any]:
    answer = crmtxt(f"crmtxt brief acme --json {more}")
    assert answer.code == 0, answer.stderr
    item: dict[str, Any] = json.loads(answer.stdout)["items"][0]
    return item


def reasons(crmtxt: Prompt, more: str = "") -> list[str]:
    return [each["reason"] for each in briefed(crmtxt, more)["points"]]


def test_what_is_worth_talking_about_comes_in_the_order_of_its_weight(book: Path, crmtxt: Prompt) -> None:
    everything = [
        ("promise", PROMISE, ""),
        ("answer", ASKED, ""),
        ("mood", SAD, ""),
        ("moment", MOMENT, ""),
        ("plan", "", PLAN),
        ("opportunity", "", DEAL),
        ("their promise", THEIR_PROMISE, ""),
        ("topic", TOPIC, ""),
        ("gap", "", ""),
        ("interest", "", ""),
    ]
    for at in range(len(everything) - 1):
        rest = everything[at:]
        write(book, tuple(line for _, line, _ in rest if line), "".join(head for _, _, head in rest))
        assert reasons(crmtxt) == [reason for reason, _, _ in rest][:3]


@pytest.mark.parametrize(
    ("line", "head", "reason"),
    [
        (PROMISE.replace("11-28", "11-29"), "", "promise"),
        (THEIR_PROMISE.replace("11-20", "11-29"), "", "their promise"),
        ("- 2026-08-22 call from @jane: hello", "", "answer"),
        ("- 2026-08-22 call with @jane: bad feel:-1", "", "mood"),
        (MOMENT.replace("11-10", "08-22"), "", "moment"),
        ("", PLAN.replace("12-21", "12-22"), "plan"),
        ("", DEAL.replace("01-20", "01-21"), "opportunity"),
    ],
)
def test_what_is_too_far_away_is_left_for_another_day(
    book: Path, crmtxt: Prompt, line: str, head: str, reason: str
) -> None:
    write(book, (line,) if line else (), head)
    assert reason not in reasons(crmtxt)


def test_a_line_is_talked_about_once(book: Path, crmtxt: Prompt) -> None:
    write(book, (f"{ASKED} #pricing feel:-2",))
    assert reasons(crmtxt) == ["answer", "gap", "interest"]
    assert briefed(crmtxt)["points"][0]["lines"] == ["customers/acme.md:17"]


@pytest.mark.parametrize("line", ["call to @tom: hello", "meeting with @jane: hello"])
def test_any_later_contact_of_ours_is_an_answer_and_a_follow_up(book: Path, crmtxt: Prompt, line: str) -> None:
    write(book, (ASKED, MOMENT, f"- 2026-11-19 {line}"))
    assert briefed(crmtxt)["unanswered"] == []
    assert not {"answer", "moment"} & set(reasons(crmtxt))


def test_five_points_that_fall_are_a_falling_mood(book: Path, crmtxt: Prompt) -> None:
    write(
        book, tuple(f"- 2026-11-0{day} call with @jane: x feel:{feel}" for day, feel in enumerate((2, 2, 1, 1, 0), 1))
    )
    item = briefed(crmtxt)
    assert item["trend"] == "falling"
    assert item["points"][0]["why"].startswith("the mood is falling")


def test_with_one_person_only_what_concerns_them_is_told(book: Path, crmtxt: Prompt) -> None:
    write(book, (PROMISE, THEIR_PROMISE, ASKED, SAD, "- 2026-11-02 call with Tom Rees: fine feel:+1"))
    item = briefed(crmtxt, "--with tom")
    assert [each["handle"] for each in item["people"]] == ["tom"]
    assert [each["text"] for each in item["contacts"]] == ["fine feel:+1"]
    assert ([each["text"] for each in item["theirs"]], item["ours"], item["unanswered"]) == (["the numbers"], [], [])
    assert (item["person"], item["mood"]) == ("tom", 1)


def test_the_last_three_contacts_are_told_the_newest_first(book: Path, crmtxt: Prompt) -> None:
    write(book, (*(f"- 2026-11-0{day} call with @jane: {day}" for day in range(1, 6)), "- 2026-11-06 note: no contact"))
    assert [each["text"] for each in briefed(crmtxt)["contacts"]] == ["5", "4", "3"]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(("width", "lines"), [(80, 24), (40, 40)])
def test_a_brief_fits_one_screen(width: int, lines: int, crmtxt: Prompt) -> None:
    for customer in crmtxt("crmtxt list --format '{handle}'").stdout.split():
        shown = crmtxt(f"COLUMNS={width} crmtxt brief {customer} --format table").stdout.splitlines()
        assert len(shown) < lines, customer
        assert max(map(cell_len, shown)) <= width


@pytest.mark.usefixtures("book")
def test_a_brief_with_room_is_told_whole(crmtxt: Prompt) -> None:
    assert "…" not in crmtxt("COLUMNS=140 crmtxt brief acme --format table").stdout
