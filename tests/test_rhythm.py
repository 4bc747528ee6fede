"""Whom it is time for a word with: by whose cadence, from which day, until when it rests, one line a customer."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

SETTINGS = """crmtxt: 1
strategy:
  types:
    account: {cadence: 6w}
    friend: {purpose: Be friends}
  tags:
    vip: {cadence: 1w..2w}
    near: {cadence: 10d}
    vague: {cadence: often}
"""


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "crmtxt.yaml").write_text(SETTINGS)
    (tmp_path / "customers").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(book: Path, handle: str, head: str, *log: str) -> None:
    lines = "".join(f"- {line}\n" for line in log)
    (book / "customers" / f"{handle}.md").write_text(f"---\nname: {handle.title()}\n{head}\n---\n\n## Log\n\n{lines}")


def waiting(crmtxt: Prompt, words: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(crmtxt(f"crmtxt due --rhythm --json {words}").stdout)["items"]
    return found


@pytest.mark.parametrize(
    ("head", "cadence", "due", "at_most"),
    [
        ("cadence: 2w", "2w", "2026-10-15", "2026-10-29"),
        ("cadence: 2w..3w", "2w to 3w", "2026-10-15", "2026-10-22"),
        ("cadence: 2w..3w\ntags: [vip]\ntype: account", "2w to 3w", "2026-10-15", "2026-10-22"),
        ("tags: [vip]\ntype: account", "1w to 2w", "2026-10-08", "2026-10-15"),
        ("tags: [near, vip]", "1w to 2w", "2026-10-08", "2026-10-15"),
        ("tags: [near, other]", "10d", "2026-10-11", "2026-10-21"),
        ("type: account", "6w", "2026-11-12", "2026-12-24"),
        ("type: account\ntags: [other]", "6w", "2026-11-12", "2026-12-24"),
        ("cadence: often\ntags: [vague, near]\ntype: account", "10d", "2026-10-11", "2026-10-21"),
        ("cadence: often\ntags: [vague]\ntype: account", "6w", "2026-11-12", "2026-12-24"),
        ("stage: lost\ncadence: 2w\ntags: [vip]", "2w", "2026-10-15", "2026-10-29"),
    ],
)
def test_the_own_cadence_counts_then_that_of_a_tag_then_that_of_the_type(
    crmtxt: Prompt, ours: Path, *, head: str, cadence: str, due: str, at_most: str
) -> None:
    fill(ours, "a", head, "2026-10-01 call with Al: hello")
    (item,) = waiting(crmtxt)
    assert (item["due"], item["at_most"], item["last"]) == (due, at_most, "2026-10-01")
    assert item["why"].partition(", ")[0].endswith(f" every {cadence}")


def test_it_is_said_how_long_the_second_limit_is_passed(crmtxt: Prompt, ours: Path) -> None:
    for day, said in {"2026-11-07": "", "2026-10-31": "", "2026-10-30": ", 1 day too long"}.items():
        fill(ours, "a", "cadence: 1w..3w", f"{day} call with Al: hello")
        (item,) = waiting(crmtxt)
        assert item["why"].endswith(f" every 1w to 3w{said}")


@pytest.mark.parametrize(
    "head", ["type: friend", "tags: [other]", "cadence: 0d\ntype: account", "stage: lost\ntags: [vip]\ntype: account"]
)
def test_without_a_cadence_nobody_is_waited_for(crmtxt: Prompt, ours: Path, head: str) -> None:
    fill(ours, "a", head, "2026-10-01 call with Al: hello")
    assert waiting(crmtxt) == []


@pytest.mark.parametrize(
    ("log", "is_time"),
    [
        ("2026-11-07 call with Al: the last day agreed", False),
        ("2026-11-06 call with Al: a day longer", True),
        ("2026-11-06 call with Al: x\n- 2026-11-20 email to Al: only what we sent", True),
        ("2026-11-06 call with Al: x\n- 2026-11-20 note: to myself", True),
        ("2026-11-06 call with Al: x\n- 2026-11-20 email from Al: they wrote", False),
    ],
)
def test_it_counts_from_the_last_meaningful_contact(crmtxt: Prompt, ours: Path, log: str, *, is_time: bool) -> None:
    fill(ours, "a", "cadence: 2w", log)
    assert bool(waiting(crmtxt)) == is_time


def test_until_a_day_names_those_whose_time_comes(crmtxt: Prompt, ours: Path) -> None:
    fill(ours, "a", "cadence: 2w", "2026-11-10 call with Al: hello")
    assert [waiting(crmtxt, f"--until {day}") for day in ("2026-11-21", "2026-11-24")] == [[], []]
    assert [item["overdue_days"] for item in waiting(crmtxt, "--until 2026-11-25")] == [-3]


def test_who_is_furthest_beyond_what_is_too_long_comes_first(crmtxt: Prompt, ours: Path) -> None:
    fill(ours, "patient", "cadence: 2w..1y", "2026-10-01 call with Al: hello")
    fill(ours, "strict", "cadence: 4w..5w", "2026-10-10 call with Al: hello")
    assert [item["customer"] for item in waiting(crmtxt)] == ["strict", "patient"]
    assert [item["customer"] for item in waiting(crmtxt, "--sort name")] == ["patient", "strict"]
    assert [item["customer"] for item in waiting(crmtxt, "handle:patient")] == ["patient"]
    assert crmtxt("crmtxt due --rhythm --exit-code").code == 10


def test_who_is_snoozed_rests_until_that_day_and_today_says_the_same(crmtxt: Prompt, ours: Path) -> None:
    fill(ours, "a", "cadence: 2w", "2026-10-01 call with Al: hello")
    before = (ours / "customers" / "a.md").read_bytes()
    assert crmtxt("crmtxt snooze a 2026-12-01").code == 0
    assert "snoozed: 2026-12-01\n" in (ours / "customers" / "a.md").read_text()
    assert waiting(crmtxt) == waiting(crmtxt, "--until 2026-11-30") == []
    assert "cadence" not in crmtxt("crmtxt today --format {reason}").stdout
    assert [item["customer"] for item in waiting(crmtxt, "--until 2026-12-01")] == ["a"]
    assert crmtxt("crmtxt undo").code == 0
    assert (ours / "customers" / "a.md").read_bytes() == before
    assert "cadence" in crmtxt("crmtxt today --format {reason}").stdout


@pytest.mark.parametrize("day", ["soon", "2027-13-40"])
def test_a_rest_until_no_day_is_none(crmtxt: Prompt, ours: Path, day: str) -> None:
    fill(ours, "a", f"cadence: 2w\nsnoozed: {day}", "2026-10-01 call with Al: hello")
    assert [item["customer"] for item in waiting(crmtxt)] == ["a"]


def test_a_customer_whose_handle_begins_a_reference_is_not_guessed(crmtxt: Prompt, ours: Path) -> None:
    fill(ours, "plain", "cadence: 2w", "## Next", "2026-12-01 call: hello")
    file = ours / "customers" / "plain.md"
    file.write_text("---\nname: Plain\n---\n\n## Next\n\n- [ ] 2026-12-01 call: hello\n")
    ref = crmtxt("crmtxt due --until eoy --format {ref}").stdout.strip()
    fill(ours, ref[:4], "cadence: 2w")
    answer = crmtxt(f"crmtxt snooze {ref[:4]} 2026-12-24")
    assert answer.code == 2
    assert f"write {ref} for the follow-up" in answer.stderr
    assert crmtxt(f"crmtxt snooze {ref} 2026-12-24").code == 0
    assert "2026-12-24 call: hello" in file.read_text()


@pytest.mark.parametrize("cadence", ["4w..2w", "4w..4w", "4w..", "..4w", "2w..4w..6w", "often"])
def test_a_cadence_that_cannot_be_read_is_refused_and_named_by_check(crmtxt: Prompt, ours: Path, cadence: str) -> None:
    fill(ours, "a", f"cadence: {cadence}")
    assert "customers/a.md\t3\t10\tcadence: " in crmtxt("crmtxt check").stdout
    fill(ours, "a", "owner: sam")
    assert crmtxt(f"crmtxt set a cadence={cadence}").code == 2


def test_a_query_asks_for_the_first_of_two_limits(crmtxt: Prompt, ours: Path) -> None:
    fill(ours, "a", "cadence: 2w..4w")
    fill(ours, "b", "tags: [vip]")
    assert crmtxt("crmtxt list cadence:2w --format {handle}").stdout == "a\n"
    assert crmtxt("crmtxt list 'cadence<2w' --format {handle}").stdout == "b\n"


def born(book: Path, day: str, *log: str, more: str = "") -> None:
    fill(book, "a", f"contacts:\n  jo:\n    name: Jo Hill\n    birthday: {day}{more}", *log)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("1984-11-28", "2026-11-28"),
        ("11-28", "2026-11-28"),
        ("11-29", None),
        ("11-21", "2026-11-21"),
        ("11-14", "2026-11-14"),
        ("11-13", None),
        ("soon", None),
        ("13-01", None),
    ],
)
def test_a_birthday_comes_up_a_week_before_it_and_is_belated_for_one(
    crmtxt: Prompt, ours: Path, day: str, said: str | None
) -> None:
    born(ours, day)
    assert [item["due"] for item in waiting(crmtxt)] == ([said] if said else [])


@pytest.mark.parametrize(("today", "expected"), [("2027-02-26", "2027-02-28"), ("2028-02-26", "2028-02-29")])
def test_a_leap_day_is_kept_on_the_28th_and_the_turn_of_the_year_is_no_wall(
    crmtxt: Prompt, ours: Path, monkeypatch: pytest.MonkeyPatch, today: str, expected: str
) -> None:
    monkeypatch.setattr("crmtxt.session.clock", lambda: datetime.fromisoformat(f"{today}T10:00+00:00"))
    born(ours, "1984-02-29")
    assert [item["due"] for item in waiting(crmtxt)] == [expected]
    monkeypatch.setattr("crmtxt.session.clock", lambda: datetime.fromisoformat("2026-12-29T10:00+00:00"))
    born(ours, "01-03")
    assert [item["due"] for item in waiting(crmtxt)] == ["2027-01-03"]


def test_a_birthday_is_settled_by_a_word_with_that_person(crmtxt: Prompt, ours: Path) -> None:
    born(ours, "11-24", "2026-11-10 call with @jo: before its time", "2026-11-20 call with Al: with another")
    (item,) = waiting(crmtxt)
    assert item["why"] == "birthday of Jo Hill on Tue 2026-11-24 (in 3 days)"
    assert item["action"] == "crmtxt log a message to jo: …"
    assert crmtxt("crmtxt log a message to jo: many happy returns").code == 0
    assert waiting(crmtxt) == []


@pytest.mark.parametrize("more", ["\n    until: 2026-11-20", "\nstage: lost"])
def test_who_left_has_no_birthday_with_us(crmtxt: Prompt, ours: Path, more: str) -> None:
    born(ours, "11-24", more=more)
    assert waiting(crmtxt) == []


def test_a_birthday_in_a_person_s_own_file_comes_up_once_until_a_word_at_any_of_their_companies(
    crmtxt: Prompt, ours: Path
) -> None:
    (ours / "customers/rosa.md").write_text("---\nname: Rosa Quill\nperson: true\nbirthday: 1970-11-24\n---\n")
    for company in ("a", "b"):
        fill(ours, company, "contacts:\n  rq:\n    person: rosa", "2026-01-10 call with @rq: hello")
    (item,) = waiting(crmtxt)
    assert item["why"] == "birthday of Rosa Quill on Tue 2026-11-24 (in 3 days)"
    assert item["action"] == "crmtxt log rosa message: …"
    assert crmtxt("crmtxt log b message to rq: many happy returns").code == 0
    assert waiting(crmtxt) == []
    assert crmtxt("crmtxt undo").code == 0
    assert len(waiting(crmtxt)) == 1
    assert crmtxt("crmtxt log rosa message: many happy returns").code == 0
    assert waiting(crmtxt) == []
    fill(ours, "a", "contacts:\n  rq:\n    person: rosa\n    birthday: 11-25")
    assert [item["due"] for item in waiting(crmtxt)] == ["2026-11-25"]


def test_a_birthday_at_the_top_that_is_none_is_named_by_check(crmtxt: Prompt, ours: Path) -> None:
    fill(ours, "a", "birthday: 24 Nov")
    assert "customers/a.md\t3\t11\tbirthday: '24 Nov' is no birthday" in crmtxt("crmtxt check").stdout


DEAL = "opportunities:\n  again:\n    title: Once more\n    stage: proposal\n    close: {close}"
WON = '2026-01-10 opportunity first by @sam: proposal -> won 500 EUR "First"'


@pytest.mark.parametrize(
    ("close", "log", "why"),
    [
        ("2026-12-21", WON, "Once more closes Mon 2026-12-21 (in 30 days)"),
        ("2026-12-22", WON, None),
        ("2026-11-01", WON, "Once more was to close Sun 2026-11-01 (20 days ago)"),
        ("2026-12-01", "2026-01-10 call with Al: bought nothing yet", None),
        ("soon", WON, None),
    ],
)
def test_a_renewal_comes_up_a_month_before_it_closes(
    crmtxt: Prompt, ours: Path, close: str, log: str, why: str | None
) -> None:
    fill(ours, "a", DEAL.format(close=close), log)
    assert [item["why"] for item in waiting(crmtxt)] == ([why] if why else [])


def test_lead_times_are_those_of_the_book(crmtxt: Prompt, ours: Path) -> None:
    (ours / "crmtxt.yaml").write_text(f"{SETTINGS}lead: {{birthday: 1d, renewal: 1d}}\n")
    born(ours, "11-23")
    fill(ours, "b", DEAL.format(close="2026-11-23"), WON)
    assert waiting(crmtxt) == []
    assert [item["customer"] for item in waiting(crmtxt, "--until tomorrow")] == ["b", "a"]


def test_a_customer_has_one_line_with_all_its_reasons(crmtxt: Prompt, ours: Path) -> None:
    contacts = "contacts:\n  jo:\n    name: Jo\n    birthday: 11-24"
    head = f"cadence: 2w\n{contacts}\n{DEAL.format(close='2026-12-01')}"
    fill(ours, "a", head, WON, "2026-10-01 call with Al: hello")
    (item,) = waiting(crmtxt)
    assert item["reason"] == "renewal"
    assert [why.split()[0] for why in item["why"].split("; ")] == ["Once", "birthday", "quiet", "we"]
    reasons = crmtxt("crmtxt today --format {reason}").stdout.split()
    assert [each for each in reasons if each in {"renewal", "birthday", "cadence"}] == ["renewal"]
    assert crmtxt("crmtxt snooze a +2w").code == 0
    assert [item["why"].count("quiet") for item in waiting(crmtxt)] == [0]
