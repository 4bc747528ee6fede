"""What today names, in which order, and what takes a line off it; the day is Saturday 2026-11-21."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

SETTINGS = """crmtxt: 1
strategy:
  types:
    partner: {purpose: Build together, cost_to_serve: high}
    account: {purpose: Serve well, cost_to_serve: low, cadence: 6w}
"""
FELT = [f"2026-{month}-02 call with @jo: x feel:{feel}" for month, feel in (
    ("06", 2), ("07", 1), ("08", 1), ("09", 0), ("10", -1),
)]  # fmt: skip
JO = "contacts:\n  jo:\n    name: Jo\n    role: Champion\n"
DEAL = "opportunities:\n  deal:\n    title: The deal\n    stage: demo\n    close: 2027-01-20\n"
PLAN = "plan:\n  goals:\n    g:\n      goal: Less\n      by: 2027-05-01\n"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book, and customers to be written into it."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(
    book: Path, head: str = "", log: tuple[str, ...] | list[str] = (), following: str = "", name: str = "a"
) -> None:
    """Write a customer with what its head, log and Next hold."""
    lines = "".join(f"- {line}\n" for line in log)
    text = f"---\nname: {name.title()}\n{head}---\n\n## Next\n\n{following}\n## Log\n\n{lines}"
    (book / "customers" / f"{name}.md").write_text(text, encoding="utf-8")


def whys(crmtxt: Prompt, reason: str) -> list[str]:
    rows = crmtxt("crmtxt today --format '{reason}|{why}'").stdout.splitlines()
    return [row.partition("|")[2] for row in rows if row.startswith(f"{reason}|")]


def test_a_mood_that_falls_is_named_until_somebody_was_in_touch(book: Path, crmtxt: Prompt) -> None:
    write(book, JO, FELT)
    assert whys(crmtxt, "mood") == ["mood falling: -2.1 in 90 days (5 talks, p = 0.04), -1 on 2026-10-02"]
    assert crmtxt("crmtxt log a call to jo: what is the matter?").code == 0
    assert whys(crmtxt, "mood") == []


@pytest.mark.parametrize(
    "log",
    [
        FELT[:4],
        [line.replace("feel:-1", "feel:+2") for line in FELT],
        [line.replace("2026-", "2025-") for line in FELT],
        [*FELT[:4], "2026-12-24 call with @jo: not yet feel:-2"],
    ],
    ids=["too few", "no trend", "long ago", "still to come"],
)
def test_a_mood_that_does_not_really_fall_is_not_named(book: Path, crmtxt: Prompt, log: list[str]) -> None:
    write(book, JO, log)
    assert whys(crmtxt, "mood") == []


def test_what_they_say_afterwards_does_not_settle_a_falling_mood(book: Path, crmtxt: Prompt) -> None:
    write(book, JO, [*FELT, "2026-11-20 call from @jo: hello?"])
    assert len(whys(crmtxt, "mood")) == 1


def test_a_champion_who_left_is_named_while_there_is_no_other(book: Path, crmtxt: Prompt) -> None:
    gone = f"{JO}    until: 2026-11-20\n"
    write(book, gone)
    assert whys(crmtxt, "champion") == ["their champion left on 2026-11-20, and there is no other"]
    write(book, f"{gone}  al:\n    role: champion\n")
    assert whys(crmtxt, "champion") == []
    write(book, gone.replace("11-20", "11-21"))
    assert whys(crmtxt, "champion") == []
    write(book, f"stage: lost\n{gone}")
    assert whys(crmtxt, "champion") == []


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("review: 2026-11-20", "review of the plan, 1 day late"),
        ("review: 2026-11-21", "review of the plan, today"),
        ("review: 2026-11-22\n  goals:\n    fast:\n      by: 2026-11-19", "goal fast, 2 days late"),
        ("review: 2027-01-01\n  initiatives:\n    joint:\n      due: 2026-11-21", "initiative joint, today"),
        ("review: soon\n  goals:\n    fast:\n      by: 2026-11-22", None),
        ("review: 2026-02-31\n  goals:\n    fast:\n      by: 2026-02-30", None),
    ],
)
def test_what_is_due_in_a_plan_is_named(book: Path, crmtxt: Prompt, entry: str, why: str | None) -> None:
    write(book, f"plan:\n  aim: Go on.\n  {entry}\n")
    assert whys(crmtxt, "plan") == ([why] if why else [])


def test_a_plan_without_a_day_of_review_is_named_when_nothing_happens_in_it(book: Path, crmtxt: Prompt) -> None:
    write(book, PLAN, ["2026-09-21 goal g: 12h"])
    assert whys(crmtxt, "plan") == ["no day of review is set, and nothing has happened in the plan since 2026-09-21"]
    write(book, PLAN, ["2026-09-22 goal g: 12h"])
    assert whys(crmtxt, "plan") == []
    write(book, PLAN)
    assert whys(crmtxt, "plan") == ["no day of review is set, and nothing has happened in the plan yet"]


@pytest.mark.parametrize(
    ("head", "end"),
    [("type: partner\n", "a partner"), (f"type: account\n{DEAL}", "The deal closes Wed 2027-01-20 (in 60 days)")],
)
def test_a_single_thread_is_named_where_it_matters(book: Path, crmtxt: Prompt, head: str, end: str) -> None:
    write(book, f"{head}{JO}", ["2026-11-01 call with @jo: x", "2026-11-02 call with @jo: y"])
    assert whys(crmtxt, "thread") == [f"100% of the talks in 180 days (2) are with one person; {end}"]
    assert crmtxt("crmtxt log a call with Al: hello").code == 0
    assert whys(crmtxt, "thread") == []


@pytest.mark.parametrize(
    "head",
    [
        "type: account\n",
        f"type: account\n{DEAL.replace('01-20', '01-21')}",
        f"type: account\n{DEAL.replace('demo', 'won')}",
        "type: partner\nperson: true\n",
    ],
    ids=["nothing is at stake", "it closes later", "it is closed", "a person"],
)
def test_a_single_thread_is_not_named_where_it_does_not(book: Path, crmtxt: Prompt, head: str) -> None:
    write(book, f"{head}{JO}", ["2026-11-01 call with @jo: x"])
    assert whys(crmtxt, "thread") == []


def test_a_single_thread_of_ours_is_named_where_several_of_us_could_talk_to_them(book: Path, crmtxt: Prompt) -> None:
    (book / "crmtxt.yaml").write_text(f"{SETTINGS}team: {{sam: {{name: Sam}}, lee: {{name: Lee}}}}\n", encoding="utf-8")
    two = ["2026-11-01 call with @jo by @sam: x", "2026-11-02 call with @al by @sam: y", "2026-11-03 call with @al: z"]
    write(book, f"type: partner\n{JO}", two)
    assert whys(crmtxt, "thread") == ["of us only sam talks to them, in 180 days (3); a partner"]
    write(book, f"type: partner\n{JO}", [*two, "2026-05-20 call with @jo by @lee: too long ago"])
    assert len(whys(crmtxt, "thread")) == 1
    write(book, f"type: partner\n{JO}", [*two, "2026-11-05 email from @jo by @sam, @lee: both"])
    assert whys(crmtxt, "thread") == []


GOALS = """plan:
  review: 2027-01-01
  goals:
    faults: {goal: Fewer faults, measure: text, from: 10, to: 0, agreed: 2026-10-02, by: 2027-01-10}
    answers: {goal: Soon, measure: answer_time, from: 36h, to: 8h, agreed: 2026-10-02, by: 2027-01-10}
    mood: {goal: Happy, measure: mood, from: -1, to: 1, agreed: 2026-10-02, by: 2027-01-10}
    over: {goal: Over, measure: mood, from: -1, to: 1, agreed: 2026-10-02, by: 2026-11-21}
    endless: {goal: Endless, measure: mood, from: -1, to: 1}
"""
OFF_TRACK = {
    "faults": "off track: Fewer faults, now 8, 0 wanted by 2027-01-10",
    "answers": "off track: Soon, now 48h, 8h wanted by 2027-01-10",
    "mood": "off track: Happy, now -1, 1 wanted by 2027-01-10",
}


@pytest.mark.parametrize(
    ("log", "off_track"),
    [
        (["2026-11-01 goal faults: 8", "2026-11-22 goal faults: 1"], ["faults"]),
        (["2026-11-01 goal faults: 8", "2026-11-20 goal faults: 1"], []),
        (["2026-11-01 goal faults: 8", "2026-11-02 goal faults: to 1 -> 0"], ["faults"]),
        (["2026-11-01 call from @jo: x", "2026-11-03 call to @jo: y"], ["answers"]),
        (["2026-11-01 call from @jo: x", "2026-11-01 call to @jo: y"], []),
        (["2026-11-01 call with @jo: x feel:-1"], ["mood"]),
    ],
)
def test_a_goal_that_is_off_track_is_named(book: Path, crmtxt: Prompt, log: list[str], off_track: list[str]) -> None:
    write(book, GOALS, log)
    assert whys(crmtxt, "goal") == [OFF_TRACK[each] for each in off_track]
    named = json.loads(crmtxt("crmtxt plan a --json").stdout)["items"][0]["goals"]
    assert [each["handle"] for each in named if each["on_track"] is False and each["handle"] in OFF_TRACK] == off_track


def test_what_settles_a_goal_read_by_hand_is_another_reading(book: Path, crmtxt: Prompt) -> None:
    write(book, GOALS, ["2026-11-01 goal faults: 8"])
    (action,) = crmtxt("crmtxt today --format '{reason} {action}'").stdout.splitlines()[-1:]
    assert action == "goal crmtxt goal read a faults …"
    crmtxt("crmtxt goal read a faults 1")
    assert whys(crmtxt, "goal") == []


def test_a_promise_that_was_put_off_too_late_and_is_late_again_comes_first(book: Path, crmtxt: Prompt) -> None:
    write(book, JO, following="- [ ] 2026-11-01 promise to @jo: the old one\n")
    moved = ["2026-11-11 promise to @jo: the list due:2026-11-10 -> 2026-11-19"]
    write(book, JO, moved, "- [ ] 2026-11-19 promise to @jo: the list\n", name="b")
    assert whys(crmtxt, "promise") == [
        "promised to Jo: the list, 2 days late, and put off before",
        "promised to Jo: the old one, 20 days late",
    ]


def test_what_weighs_more_comes_first(book: Path, crmtxt: Prompt) -> None:
    head = f"type: partner\nsince: 2024-01-01\n{JO}"
    write(
        book,
        f"{head}    until: 2026-11-01\n",
        FELT,
        "- [ ] 2026-11-20 promise to @jo: x\n- [ ] 2026-11-21 task: y\n",
        "a",
    )
    write(book, f"type: account\nsince: 2024-01-01\ncadence: 1w\n{PLAN}", ["2026-11-09 call from Al: hello?"], name="b")
    reasons = crmtxt("crmtxt today --format '{reason}'").stdout.split()
    assert reasons == ["promise", "answer", "champion", "due", "cadence", "mood", "plan", "thread"]
    assert crmtxt("crmtxt today --limit 2 --format '{rank} {reason}'").stdout.splitlines() == ["1 promise", "2 answer"]
