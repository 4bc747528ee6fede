"""Sixty days of a clock: everything due is told on its day or with the first run after, once a day, and nothing else.

Sam has two computers, Ana has one; each runs its reminders by mail at half past eleven at night, UTC. Some nights they
are off, on some the mail server refuses, and on many they run twice. The clocks change, and the book moves on.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from killing import killed_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from prompt import Answer
    from prompt import Prompt

DAYS = 60
STARTS = {
    "into summer": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    "out of it": datetime(2026, 9, 27, 23, 30, tzinfo=UTC),
}
DUE_AFTER = (0, 3, 27, 28, 29, 39, 40, 50)  # the clocks of London change on the 28th day, one way and the other
STAYS = 2  # nights until what was told is settled
REFUSED = (28, 51)
LEFT = 40  # the day on which the book moves from London
AWAY = {"sam": {3, 4, 5, 30}, "sam-too": {3, 5, *range(20, 28)}, "ana": {3, 4, 30}}
SENDMAIL = """#!/bin/sh
[ -e '{0}/down' ] && exit 75
exec cat > "$(mktemp '{0}/letters/XXXXXX')"
"""
SETTINGS = "crmtxt: 1\ntimezone: {}\nteam:\n  sam: {{}}\n  ana: {{}}\n"


class Machine(NamedTuple):
    """A computer with folders of its own, whose mail lies in a folder; `run` is what its cron does."""

    home: Path
    who: str
    crmtxt: Prompt

    @classmethod
    def new(cls, home: Path, crmtxt: Prompt) -> Machine:
        (home / "letters").mkdir(parents=True)
        (home / "sendmail").write_text(SENDMAIL.format(home), encoding="utf-8")
        (home / "sendmail").chmod(0o755)
        (home / "crmtxt").mkdir()
        (home / "crmtxt/config.yaml").write_text(f"mailer: {home}/sendmail\n", encoding="utf-8")
        return cls(home, home.name.removesuffix("-too"), crmtxt)

    def run(self) -> Answer:
        places = " ".join(f"XDG_{name}_HOME={self.home}" for name in ("CONFIG", "STATE", "CACHE"))
        return self.crmtxt(f"{places} crmtxt remind --for {self.who} --mail")

    def has_told(self, day: date) -> bool:
        """Say whether it told something on that day already: an evening may have two nights."""
        return any(name.startswith(day.isoformat()) for name, _ in self.letters())

    def letters(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the id of each letter that came, and the things it tells."""
        for path in (self.home / "letters").iterdir():
            text = path.read_text(encoding="utf-8")
            (name,) = re.findall("^Message-ID: <(.*)>$", text, re.MULTILINE)
            yield name, frozenset(re.findall(r"^  \* .*?(thing-\d+)", text, re.MULTILINE))


class Nights:
    """The book and its computers, night after night; `told` is what is to be told to whom on which day of the book."""

    def __init__(self, folder: Path, start: datetime, crmtxt: Prompt) -> None:
        self.book, self.start, self.crmtxt = folder / "book", start, crmtxt
        self.machines = [Machine.new(folder / name, crmtxt) for name in AWAY]
        self.told: dict[tuple[date, str], frozenset[str]] = {}
        self.nights = Counter[tuple[str, str]]()
        self.killed = 0
        self.usual = 0.1  # seconds, of a night with something to tell
        first = start.astimezone(ZoneInfo("Europe/London")).date()
        self.open = {(who, f"thing-{after}"): first + timedelta(after) for after in DUE_AFTER for who in ("sam", "ana")}
        self.moves_to("Europe/London")
        self.write()

    def moves_to(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        (self.book / "customers").mkdir(parents=True, exist_ok=True)
        (self.book / "crmtxt.yaml").write_text(SETTINGS.format(zone), encoding="utf-8")

    def write(self) -> None:
        lines = "".join(f"- [ ] {day} call by @{who}: {thing}\n" for (who, thing), day in self.open.items())
        (self.book / "customers/acme.md").write_text(f"---\nname: Acme\n---\n\n## Next\n\n{lines}", encoding="utf-8")

    def night(self, number: int, chance: random.Random, kills: int) -> None:
        """Let every computer that is on remind; on some nights twice, and killed on the way so often."""
        today = (self.start + timedelta(number)).astimezone(self.zone).date()
        for machine in self.machines:
            if number in AWAY[machine.home.name]:
                continue
            waiting = frozenset(thing for (who, thing), day in self.open.items() if who == machine.who and day <= today)
            if waiting:
                self.told[today, machine.who] = waiting | self.told.get((today, machine.who), frozenset())
            if number in REFUSED:
                self.refused(machine, frozenset() if machine.has_told(today) else waiting)
            for _ in range(kills if waiting or kills > 1 else 0):
                self.killed += killed_after(chance.random() * self.usual, machine.run)
            begun = time.monotonic()
            assert machine.run() == ("", "", 0)
            self.usual = time.monotonic() - begun if waiting else self.usual
            if waiting or not chance.randrange(7):
                assert machine.run() == ("", "", 0)
        self.settle(today)

    def refused(self, machine: Machine, fresh: frozenset[str]) -> None:
        """Let a computer remind while the mail server refuses: all is told on standard output, where cron finds it."""
        (machine.home / "down").touch()
        answer = machine.run()
        assert answer.code == (7 if fresh else 0)
        assert frozenset(re.findall(r"thing-\d+", answer.stdout)) == fresh
        (machine.home / "down").unlink()

    def settle(self, today: date) -> None:
        """Do what was told often enough."""
        for who in ("sam", "ana"):
            for thing in self.told.get((today, who), ()):
                self.nights[who, thing] += 1
                if self.nights[who, thing] == STAYS:
                    del self.open[who, thing]
        self.write()


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize(
    "kills",
    [0, 1, pytest.param(3, marks=pytest.mark.long)],
    ids=["undisturbed", "killed", "killed some three hundred times"],
)
def test_in_sixty_days_everything_due_is_told_on_its_day_or_with_the_first_run_after(
    start: datetime, kills: int, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crmtxt: Prompt,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    if kills > 1 and "long" not in str(request.config.getoption("-m")):
        pytest.skip("runs for a minute: ask for it with -m long")
    nights = Nights(tmp_path, start, crmtxt)
    monkeypatch.chdir(nights.book)
    chance = random.Random(20261122)
    for number in range(DAYS):
        now = start + timedelta(number)
        monkeypatch.setattr("crmtxt.session.clock", lambda now=now: now)
        if number == LEFT:
            nights.moves_to("Pacific/Honolulu")  # the evening before, once more
        nights.night(number, chance, kills)
    assert nights.open == {}
    assert nights.killed >= {0: 0, 1: 10, 3: 200}[kills]
    for machine in nights.machines:
        came = Counter(machine.letters())
        assert kills or set(came.values()) == {1}
        assert not kills or len({name for name, _ in came}) == len(came)
    found: dict[tuple[date, str], Counter[str]] = {}
    for name, who, things in {(name, each.who, things) for each in nights.machines for name, things in each.letters()}:
        found.setdefault((date.fromisoformat(name[:10]), who), Counter()).update(things)
    assert {about: frozenset(things) for about, things in found.items()} == nights.told
    assert all(set(things.values()) == {1} for things in found.values())
