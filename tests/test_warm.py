"""The warm lost: who is worth a word now, each with a reason; nobody without one, nobody who has had it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.measure import warm
from crmtxt.measure.history import NEVER
from crmtxt.measure.history import OURS
from crmtxt.measure.history import THEIRS
from crmtxt.measure.history import Interaction
from crmtxt.measure.warm import Different

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

BOOK = """crmtxt: 1
strategy:
  types:
    friend: {cadence: 6m}
"""


def met(day: int, way: int = THEIRS, answered: int = NEVER, weight: float = 1.0) -> Interaction:
    return Interaction(day, day, way, 0, weight, answered)


def test_the_strength_is_that_of_the_day_it_ended() -> None:
    lines = [met(0, weight=0.3), met(80, weight=0.6), met(110), met(130)]
    assert warm.strength_at(lines, 120) == pytest.approx(52.427964, abs=1e-6)
    assert warm.strength_at([], 120) == 0


@pytest.mark.parametrize(
    ("kinds", "strength", "points"),
    [
        (["again"], None, 4),
        (["changed", "wrote"], 50, 5.5),
        (["again", "changed", "wrote", "quiet"], 100, 11),
        (["quiet"], 0, 1),
    ],
)
def test_reasons_count_and_then_how_strong_it_was(kinds: list[str], strength: float | None, points: float) -> None:
    assert warm.score(kinds, strength) == points


LINES = st.lists(st.tuples(st.integers(0, 30), st.sampled_from([THEIRS, OURS]), st.sampled_from([0, 3, NEVER])))


@settings(max_examples=1000, deadline=None)
@given(
    LINES,
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 30)),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from("abcd"))),
    st.integers(0, 30),
)
def test_what_is_unheard_is_what_looking_at_each_change_gives(
    lines: list[tuple[int, int, int]], obstacles: dict[str, int], changed: list[tuple[int, str]], as_of: int
) -> None:
    history = [met(day, way, answered) for day, way, answered in sorted(lines)]
    changes = [Different(day, word, "", "") for day, word in changed]
    by_hand: dict[str, int] = {}
    for day, word in changed:
        later = [at for at, _, _ in lines if day <= at <= as_of]
        if word in obstacles and obstacles[word] <= day <= as_of and not later:
            by_hand[word] = max(day, by_hand.get(word, 0))
    assert {each.word: each.day for each in warm.unheard(obstacles, changes, history, as_of)} == by_hand


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty book, to be filled line by line."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text(BOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(book: Path, handle: str, *lines: str, head: str = "stage: lost") -> None:
    text = "\n".join(["---", f"name: {handle.title()}", head, "---", "", "## Log", "", *lines, ""])
    (book / "customers" / f"{handle}.md").write_text(text, encoding="utf-8")


def found(crmtxt: Prompt, options: str = "") -> dict[str, list[str]]:
    """Return the kinds of reasons by customer, in their rank."""
    items: list[dict[str, Any]] = json.loads(crmtxt(f"crmtxt warm {options} --json").stdout)["items"]
    assert [each["rank"] for each in items] == list(range(1, len(items) + 1))
    return {each["customer"]: [reason["kind"] for reason in each["reasons"]] for each in items}


LOSS = (
    '- 2026-05-01 opportunity x by @sam: quote -> lost 100 EUR because:price learned:"ask first" again:2026-11-01 "X"'
)


def test_the_day_to_look_again_holds_until_somebody_spoke(ours: Path, crmtxt: Prompt) -> None:
    fill(ours, "due", LOSS)
    fill(ours, "told", LOSS, "- 2026-11-02 email to @kim: hello")
    fill(ours, "early", LOSS.replace("again:2026-11-01", "again:2026-11-22"))
    fill(ours, "odd", LOSS.replace("again:2026-11-01", "again:soon"))
    assert found(crmtxt) == {"due": ["again"]}
    assert found(crmtxt, "--as-of 2026-10-31") == {}
    assert set(found(crmtxt, "--as-of 2026-11-22")) == {"due", "early"}


def test_a_loss_is_over_when_something_is_open_or_won_since(ours: Path, crmtxt: Prompt) -> None:
    fill(ours, "stays", LOSS, head="stage: customer")
    fill(ours, "won", LOSS, '- 2026-06-01 opportunity y: quote -> won 5 EUR "Y"', head="stage: customer")
    fill(ours, "open", LOSS, '- 2026-06-01 opportunity y: opened at quote "Y"',
         head="stage: customer\nopportunities:\n  y:\n    stage: quote")  # fmt: skip
    assert found(crmtxt) == {"stays": ["again"]}


def test_what_they_were_lost_for_or_spoke_of_may_be_different_now(ours: Path, crmtxt: Prompt) -> None:
    loss = LOSS.replace(" again:2026-11-01", "")
    fill(ours, "price", loss)
    fill(
        ours,
        "theme",
        "- 2026-03-01 call from @kim: slow\n  - feedback product #export: takes an hour",
        "- 2026-03-02 email to @kim: sorry",
        "- 2026-04-01 stage: customer -> dormant",
        head="stage: dormant",
    )
    fill(ours, "spoken", loss, "- 2026-10-02 call with @kim: told them")
    fill(ours, "before", loss.replace("2026-05-01", "2026-10-15"))
    told = ("- 2026-10-01 note by @sam: by the term changed:Price", "- 2026-10-02 note: a second solved:export,x")
    fill(ours, "teller", *told, head="stage: customer")
    assert found(crmtxt) == {"price": ["changed"], "theme": ["changed"]}
    text = crmtxt("crmtxt warm handle:price --format '{reasons.text} {reasons.line}'").stdout
    assert text == "lost for price, different since 2026-10-01: by the term customers/teller.md:8\n"
    assert found(crmtxt, "--as-of 2026-09-30") == {}


def test_who_came_back_and_who_is_quiet_are_named(ours: Path, crmtxt: Prompt) -> None:
    gone = ("- 2026-01-01 call with @kim: bye", "- 2026-02-01 stage: customer -> lost")
    fill(ours, "wrote", *gone, "- 2026-09-01 email from @kim: are you still there")
    fill(
        ours, "answered", *gone, "- 2026-09-01 email from @kim: are you still there", "- 2026-09-02 email to @kim: yes"
    )
    fill(ours, "own", *gone, head="stage: lost\ncadence: 3m")
    fill(ours, "none", *gone, head="stage: lost\ntype: friend")
    fill(ours, "asleep", *gone[:1], head="stage: dormant\ntype: friend")
    assert found(crmtxt) == {"wrote": ["wrote"], "own": ["quiet"], "asleep": ["quiet"]}


def test_today_keeps_the_lost_and_dormant_in_their_own_rhythm(ours: Path, crmtxt: Prompt) -> None:
    gone = "- 2026-01-01 call with @kim: bye"
    fill(ours, "own", gone, head="stage: lost\ncadence: 3m")
    fill(ours, "none", gone, head="stage: lost\ntype: friend")
    fill(ours, "asleep", gone, head="stage: dormant\ntype: friend")
    items = json.loads(crmtxt("crmtxt today --json").stdout)["items"]
    assert {each["customer"] for each in items if each["reason"] == "cadence"} == {"own", "asleep"}


def test_an_empty_book_has_nobody(ours: Path, crmtxt: Prompt) -> None:
    assert ours.exists()
    answer = crmtxt("crmtxt warm --format table")
    assert (answer.code, answer.stdout, answer.stderr) == (0, "", "nobody is worth a word now\n")
