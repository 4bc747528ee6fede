"""A team on one book: whatever a few people do in their clones, and whenever they sync, all end with the same bytes.

One run takes two seconds of processor time, most of it git's. Two hundred are made each time, always the same ones, in
parts that run beside one another; and two hundred others with `-m long`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import seed
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.stateful import initialize
from hypothesis.stateful import rule
from hypothesis.stateful import run_state_machine_as_test

from crmtxt.text import conflict
from prompt import Answer
from prompt import Prompt

PARTS, RUNS, MANY, STEPS = 10, 20, 200, 30
PEOPLE = ["ana", "ben", "cleo", "dan", "eve"]
CUSTOMERS = ["acme", "globex", "initech"]
NEWCOMERS = ["Umbra", "Vandelay"]
VALUES = {"owner": PEOPLE, "source": ["fair", "web"], "employees": ["10", "200"]}
STAGES = ["lead", "prospect", "customer", "lost"]
TAGS = ["vip", "emea", "plant", "slow"]
DAYS = ["2026-11-23", "2026-12-01", "2027-01-15"]
TOKEN = re.compile(r"\bt[0-9]+t\b")
SETTINGS = "crmtxt: 1\nname: Team\nteam:\n" + "".join(f"  {name}: {{email: {name}@team.example}}\n" for name in PEOPLE)
FILE = """---
name: {name}  # as registered
stage: lead
tags: [old]
contacts:
  jane:
    name: Jane Doe
opportunities:
  renewal:
    title: Renewal
    stage: qualify
    value: 100 EUR
---
A note above.
{about}
## Next

- [ ] 2026-11-25 call to @jane: t{number}t the first

## Log

- 2026-11-01 call from @jane: t{number}1t hello
"""

# long enough that git knows a file again that was renamed on one side and changed on both: it compares lines
ABOUT = "".join(f"\n{line}. What else there is to know about them, in a line of its own.\n" for line in range(12))

people = st.integers(0, len(PEOPLE) - 1)
which = st.integers(0, 9)


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, check=True)
    return done.stdout.decode()


class Team(RuleBasedStateMachine):
    """Two to five clones of one book, and what must be in it in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="team-"))
        self.run = Prompt().words
        self.written: set[str] = set()
        self.dropped: set[str] = set()
        self.renamed: set[str] = set()
        self.count = 1000

    @initialize(count=st.integers(2, 5))
    def found(self, count: int) -> None:
        server = self.folder / "server.git"
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", server], check=True)
        first = self.folder / PEOPLE[0]
        subprocess.run(["git", "clone", "--quiet", server, first], check=True, capture_output=True)
        (first / "customers").mkdir()
        (first / "crmtxt.yaml").write_text(SETTINGS, encoding="utf-8")
        (first / ".gitattributes").write_text("customers/**/*.md  text eol=lf merge=crmtxt\n", encoding="utf-8")
        for number, handle in enumerate(CUSTOMERS, 10):
            text = FILE.format(name=handle.title(), number=number, about=ABOUT)
            (first / f"customers/{handle}.md").write_text(text, encoding="utf-8")
            self.written |= {f"t{number}t", f"t{number}1t"}
        git(first, "config", "user.email", f"{PEOPLE[0]}@team.example")
        git(first, "add", ".")
        git(first, "commit", "--quiet", "--message=start")
        git(first, "push", "--quiet", "origin", "HEAD:main")
        self.clones = [first]
        for name in PEOPLE[1:count]:
            clone = self.folder / name
            subprocess.run(["git", "clone", "--quiet", server, clone], check=True, capture_output=True)
            git(clone, "config", "user.email", f"{name}@team.example")
            self.clones.append(clone)

    def crmtxt(self, who: int, *words: str, codes: tuple[int, ...] = (0,)) -> Answer:
        answer = self.run(["-C", str(self.clones[who % len(self.clones)]), *words])
        assert answer.code in codes, (words, answer)
        return answer

    def token(self) -> str:
        self.count += 1
        self.written.add(f"t{self.count}t")
        return f"t{self.count}t"

    def customer(self, who: int, number: int) -> str:
        root = self.clones[who % len(self.clones)]
        handles = sorted(path.stem for path in (root / "customers").glob("*.md"))
        return handles[number % len(handles)]

    @rule(who=people, number=which)
    def log(self, who: int, number: int) -> None:
        self.crmtxt(who, "log", self.customer(who, number), f"call from jane: {self.token()}")

    @rule(who=people, number=which, day=st.sampled_from(DAYS), kind=st.sampled_from(["next", "promise"]))
    def plan(self, who: int, number: int, day: str, kind: str) -> None:
        to = "call to jane" if kind == "next" else "to jane"
        self.crmtxt(who, kind, self.customer(who, number), day, f"{to}: {self.token()}")

    def open_line(self, who: int, number: int) -> tuple[str, str]:
        """Return the reference and the text of a line that is open, both empty when none is."""
        items = json.loads(self.crmtxt(who, "due", "--until", "2030-01-01", "--json").stdout)["items"]
        item = items[number % len(items)] if items else {"ref": "", "text": ""}
        return item["ref"], item["text"]

    @rule(who=people, number=which, said=st.booleans())
    def settle(self, who: int, number: int, said: bool) -> None:  # noqa: FBT001  # Hypothesis names it
        ref, text = self.open_line(who, number)
        if ref:
            self.crmtxt(who, "done", ref, *([f"{text} {self.token()}"] if said else []))

    @rule(who=people, number=which, day=st.sampled_from(DAYS))
    def snooze(self, who: int, number: int, day: str) -> None:
        ref, _ = self.open_line(who, number)
        if ref:
            self.crmtxt(who, "snooze", ref, day, codes=(0, 2))  # 2: it is due that day already

    @rule(who=people, number=which, value=st.sampled_from([f"{key}={each}" for key in VALUES for each in VALUES[key]]))
    def set_value(self, who: int, number: int, value: str) -> None:
        self.crmtxt(who, "set", self.customer(who, number), value)

    @rule(who=people, number=which, tag=st.sampled_from(TAGS))
    def tag(self, who: int, number: int, tag: str) -> None:
        self.crmtxt(who, "set", self.customer(who, number), f"tags+={tag}")

    @rule(who=people, number=which, person=st.sampled_from(["tom", "lee"]))
    def contact(self, who: int, number: int, person: str) -> None:
        self.crmtxt(who, "set", self.customer(who, number), f"contacts.{person}.name={person.title()}")

    @rule(who=people, number=which, stage=st.sampled_from(STAGES))
    def stage(self, who: int, number: int, stage: str) -> None:
        self.crmtxt(who, "stage", self.customer(who, number), stage)

    @rule(who=people, number=which, stage=st.sampled_from(["demo", "proposal"]))
    def opportunity(self, who: int, number: int, stage: str) -> None:
        root = self.clones[who % len(self.clones)]
        path = next((root / "customers").rglob(f"{self.customer(who, number)}.md"))
        before = path.read_text(encoding="utf-8")
        after = re.sub(r"(?m)^    stage: .*$", f"    stage: {stage}", before, count=1)
        if after != before:
            path.write_text(after, encoding="utf-8")
            git(root, "commit", "--quiet", "--message=stage of an opportunity", "--", str(path))

    @rule(who=people, number=which)
    def rename(self, who: int, number: int) -> None:
        handle = self.customer(who, number)
        if handle in CUSTOMERS and handle not in self.renamed:
            self.renamed.add(handle)
            self.crmtxt(who, "rename", handle, f"{handle}-new")

    @rule(who=people, name=st.sampled_from(NEWCOMERS))
    def add(self, who: int, name: str) -> None:
        self.crmtxt(who, "add", name, "--contact", "Jane", codes=(0, 2))

    @rule(who=people, number=which, where=st.sampled_from(["above", "below", "entry"]))
    def edit_by_hand(self, who: int, number: int, where: str) -> None:
        path = self.clones[who % len(self.clones)] / f"customers/{self.customer(who, number)}.md"
        text, token = path.read_text(encoding="utf-8"), self.token()
        if where == "above" and "A note above.\n" in text:
            text = text.replace("A note above.\n", f"A note above.\n{token} by hand\n", 1)
        elif where == "entry" and " hello" in text:
            text = text.replace(" hello", f" hello {token}", 1)
        else:
            text += f"- 2026-11-20 call: {token}\n"
        path.write_text(text, encoding="utf-8")

    @rule(who=people)
    def sync(self, who: int) -> None:
        for _ in range(3):
            if self.crmtxt(who, "sync", codes=(0, 4)).code == 0:
                return
            self.decide(self.clones[who % len(self.clones)])
        raise AssertionError("the disagreements do not end")

    def decide(self, root: Path) -> None:
        """Assert that each conflict is one, give up what the other side says, and settle it."""
        unmerged = sorted({line.split("\t")[1] for line in git(root, "ls-files", "--unmerged").splitlines()})
        assert unmerged, git(root, "status")
        for path in unmerged:
            has_base = " 1\t" in git(root, "ls-files", "--unmerged", path)
            base = git(root, "show", f":1:{path}") if has_base else ""
            text = (root / path).read_text(encoding="utf-8")
            for region in conflict.regions(text):
                ours, theirs = text[slice(*region.ours)], text[slice(*region.theirs)]
                assert ours != theirs
                assert not ours or ours not in base, (ours, theirs)
                assert not theirs or theirs not in base, (ours, theirs)
                self.dropped |= set(TOKEN.findall(theirs)) - set(TOKEN.findall(ours))
        answer = self.run(["-C", str(root), "resolve", "--ours", "--yes"])
        assert answer.code == 0, answer

    def teardown(self) -> None:
        try:
            if hasattr(self, "clones"):
                self.agree()
        finally:
            shutil.rmtree(self.folder)

    def agree(self) -> None:
        for who in [*range(len(self.clones)), *range(len(self.clones))]:
            self.sync(who)
        trees = {git(root, "rev-parse", "HEAD^{tree}") for root in self.clones}
        assert len(trees) == 1
        assert {git(root, "status", "--porcelain") for root in self.clones} == {""}
        text = "".join(path.read_text(encoding="utf-8") for path in sorted((self.clones[0] / "customers").glob("*.md")))
        found = Counter(TOKEN.findall(text))
        assert set(found) >= self.written - self.dropped
        entries = [line for line in text.splitlines() if line.startswith("- 2")]
        assert [line for line, times in Counter(entries).items() if times > 1 and TOKEN.search(line)] == []
        self.crmtxt(0, "check")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def storm(team: type[Team], runs: int) -> None:
    run_state_machine_as_test(
        team,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_clones_that_do_anything_and_sync_anytime_end_with_the_same_bytes_and_lose_nothing(part: int) -> None:
    storm(seed(part)(type("Team", (Team,), {})), RUNS)


@pytest.mark.long
def test_two_hundred_other_teams_end_with_the_same_bytes_too(request: pytest.FixtureRequest) -> None:
    if "long" not in str(request.config.getoption("-m")):
        pytest.skip("runs for minutes: ask for it with -m long")
    storm(Team, MANY)
