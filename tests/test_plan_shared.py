"""What a customer is shown of a plan holds nothing that is not meant for them, in no format."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from crmtxt.model.plans import PlanReport
from crmtxt.render.answer import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prompt import Prompt

MARK = "canary"
ALL_FORMATS = [*(name for name in FORMATS if name != "mermaid"), *(f"{{{name}}}" for name in PlanReport._fields)]
SETTINGS = """crmtxt: 1
name: Harbour Tools
team:
  sam: {name: Sam Okafor, email: CANARY@harbour.example, role: CANARY}
strategy:
  promise: We answer within a day.
  types:
    partner: {purpose: CANARY, audience: CANARY, they_need: CANARY, they_get: CANARY, we_get: CANARY,
      cost_to_serve: CANARY, cadence: 2w, answer_within: 1d, experience: [CANARY], roles: [CANARY], becomes: CANARY}
views:
  hot: CANARY
"""
CUSTOMER = """---
name: Acme Ltd
aliases: [CANARY]
stage: CANARY
type: partner
owner: CANARY
since: 2024-01-01
source: CANARY
tags: [CANARY]
own: CANARY
contacts:
  jane:
    name: Jane Doe
    title: CANARY
    email: CANARY@acme.example
    phone: CANARY
    role: CANARY
    influence: 5
    stance: -2
    cares_about: CANARY
    ours: CANARY
    consent: {CANARY: 2026-01-01}
    own: CANARY
opportunities:
  CANARY: {title: CANARY, stage: CANARY, value: 12000 EUR, close: 2027-01-01, owner: CANARY}
plan:
  aim: CANARY
  review: 2027-01-01
  own: CANARY
  goals:
    shared: {whose: theirs, goal: Fewer faults, measure: CANARY, from: 10 CANARY, to: 2 CANARY, by: 2027-06-30,
      agreed: 2026-01-01, own: CANARY}
    CANARY-a: {whose: ours, goal: CANARY, from: 10, to: 2, by: 2027-06-30}
    CANARY-b: {whose: ours, goal: CANARY, measure: mood, from: -1, to: 2, by: 2027-06-30, agreed: 2026-01-01}
    CANARY-c: {whose: ours, goal: CANARY, measure: health, to: 80, by: 2027-06-30, agreed: 2026-01-01}
  initiatives:
    review: {what: Joint review, for: shared, owner: sam, due: 2026-12-15, status: CANARY, own: CANARY}
    CANARY-d: {what: CANARY, owner: sam, due: 2026-12-15, status: doing}
    CANARY-e: {what: CANARY, for: CANARY-b, owner: sam, due: 2026-12-15, status: doing}
---
CANARY

## CANARY

## Next

- [ ] 2026-11-24 promise to @jane by @sam: the quote #CANARY key:CANARY feel:-1/CANARY @other/CANARY
  CANARY
  > CANARY
- [ ] 2026-11-25 promise from @jane: the contract #CANARY key:CANARY
- [ ] 2026-11-25 promise to @other/ivy by @sam: CANARY
- [ ] 2026-11-25 promise to CANARY by @sam: CANARY
- [ ] 2026-11-25 promise to @jane by @sam: as good as for CANARY Works
- [ ] 2026-11-25 promise to @jane by @sam: as good as for canary-works!
- [ ] 2026-11-25 promise to @jane by @sam: as Ivy CANARY had it
- [ ] 2026-11-26 task by @sam: CANARY
- [ ] 2026-11-26 CANARY with @jane by @sam: CANARY
- [ ] 2026-11-27 call to @jane by @sam: CANARY
- [ ] 2026-11-28 visit to @jane by @sam: the badge reader for:shared #CANARY
- [ ] 2026-11-28 call with @jane by @CANARY: CANARY for:CANARY-b
- [x] 2026-11-28 promise to @jane by @sam: CANARY
- [-] 2026-11-28 promise to @jane by @sam: CANARY

## Log

- 2026-10-01 call from @jane by @sam: CANARY #CANARY feel:-2/CANARY moment nps:3
  > CANARY
  - feedback competitor/CANARY #CANARY: CANARY
- 2026-10-02 note by @sam: CANARY
- 2026-10-03 kept to @jane by @sam: CANARY due:2026-10-02
- 2026-10-04 goal shared by @sam: 7 CANARY
- 2026-10-05 goal shared by @sam: CANARY
- 2026-10-06 goal shared by @sam: 5
- 2026-10-07 goal gone by @sam: reached whose:theirs agreed:2026-01-01 own:CANARY "Old goal"
- 2026-10-08 initiative gone by @sam: CANARY -> done for:shared own:CANARY "Old work"
- 2026-10-09 broken to @jane by @sam: CANARY
"""
OTHER = """---
name: CANARY Works
aliases: [CANARY Tools]
contacts:
  ivy:
    name: Ivy CANARY
---
"""


def numbered(text: str, numbers: Iterator[int]) -> str:
    """Return the text with every canary told from every other, but for those of the other customer's names."""
    names = ("CANARY Works", "Ivy CANARY", "CANARY Tools")
    for at, name in enumerate(names):
        text = text.replace(name, f"<{at}>")
    parts = text.split("CANARY")
    text = parts[0] + "".join(f"{MARK}{next(numbers)}x{part}" for part in parts[1:])
    for at, name in enumerate(names):
        text = text.replace(f"<{at}>", name.replace("CANARY", MARK.capitalize()))
    return text


@pytest.fixture
def caged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book with a canary in every place that is not for the customer."""
    numbers = count(1)
    for name, text in (
        ("crmtxt.yaml", SETTINGS),
        ("customers/acme.md", CUSTOMER),
        ("customers/canary-works.md", OTHER),
    ):
        path = tmp_path / "caged" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(numbered(text, numbers), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "caged")
    return tmp_path / "caged"


@pytest.mark.usefixtures("caged")
@pytest.mark.parametrize("form", ALL_FORMATS)
@pytest.mark.parametrize("words", ["", "--full", "--as-of 2026-10-05", "--since 2026-01-01"])
def test_what_is_shared_holds_no_canary(form: str, words: str, crmtxt: Prompt) -> None:
    answer = crmtxt(f"crmtxt plan acme --share {words} --format '{form}'")
    assert answer.code == 0
    assert answer.stdout
    assert MARK not in answer.stdout.lower()


@pytest.mark.usefixtures("caged")
def test_the_whole_plan_would_have_let_them_out(crmtxt: Prompt) -> None:
    assert crmtxt("crmtxt plan acme --json").stdout.lower().count(MARK) > 30


@pytest.mark.usefixtures("caged")
def test_what_is_shared_is_what_was_agreed(crmtxt: Prompt) -> None:
    answer = crmtxt("crmtxt plan acme --share --format md")
    assert answer.stdout.splitlines()[4:] == [
        "## What we promised you",
        "",
        "- **always**: We answer within a day.",
        "- **2026-11-24**: the quote · Jane Doe with Sam Okafor",
        "",
        "## Our shared goals",
        "",
        "- **your goal**: Fewer faults · 10 → 2 · by 2027-06-30 · now 5: on track",
        "",
        "## Next steps",
        "",
        "- **2026-12-15**: Joint review · Sam Okafor",
        "- **2026-11-25**: you promised: the contract · Jane Doe",
        "- **2026-11-27**: call · Jane Doe with Sam Okafor",
        "- **2026-11-28**: visit: the badge reader · Jane Doe with Sam Okafor",
        "- **2026-11-28**: call · Jane Doe with Harbour Tools",
    ]
    assert answer.stderr.count("customers/acme.md:") == 3
