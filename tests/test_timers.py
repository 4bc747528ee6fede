"""Reminders that run by themselves: a timer of systemd, and an agent of launchd."""

from __future__ import annotations

import os
import plistlib
import shutil
from typing import TYPE_CHECKING

import pytest

from conftest import configure
from crmtxt.model.schedule import Schedule

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt


@pytest.mark.parametrize("told", ["daemon-reload", "enable"])
def test_a_timer_that_systemd_does_not_take_leaves_nothing_behind(
    book: Path, crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    units = systemctl(home, monkeypatch, told)
    configure(home, mailer="true")
    answer = crmtxt("crmtxt cron install --systemd --mail --yes")
    assert answer.code == 7
    assert "crmtxt: nothing was installed: systemctl ended with 1: Failed to connect to bus\n" in answer.stderr
    assert "  without systemd: crmtxt cron install\n" in answer.stderr
    assert [path for path in units.rglob("*") if not path.is_dir()] == []
    status = crmtxt("crmtxt cron status")
    assert (status.code, "reminders\tfalse\tdo not run by themselves" in status.stdout) == (7, True)
    assert crmtxt("crmtxt cron install --yes").code == 0
    before = (home / "crontab").read_bytes()
    assert crmtxt("crmtxt cron install --systemd --mail --yes").code == 7
    assert (home / "crontab").read_bytes() == before
    systemctl(home, monkeypatch, "nothing")
    assert crmtxt("crmtxt cron install --systemd --mail --yes").code == 0
    kept = {path: path.read_bytes() for path in units.glob("*.*") if path.is_file()}
    systemctl(home, monkeypatch, told)
    assert crmtxt("crmtxt cron install --systemd --mail --at 9:00 --yes").code == 7
    assert {path: path.read_bytes() for path in units.glob("*.*") if path.is_file()} == kept
    assert len(kept) == len(["timer", "service"])
    assert book.exists()


@pytest.mark.usefixtures("book")
def test_remove_takes_the_timer_and_the_line_away_though_systemd_cannot_be_told(
    crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = systemctl(home, monkeypatch, "nothing")
    assert crmtxt("crmtxt cron install --yes").code == 0
    crontab = (home / "crontab").read_bytes()
    assert crmtxt("crmtxt cron install --systemd --mail --yes").code == 0
    (home / "crontab").write_bytes(crontab)
    (timer,) = units.glob("*.timer")
    (units / "timers.target.wants").mkdir()
    (units / "timers.target.wants" / timer.name).symlink_to(timer)
    systemctl(home, monkeypatch, "disable")
    told = "systemctl ended with 1: Failed to connect to bus; a timer that it runs ends when you log out"
    assert crmtxt("crmtxt cron remove") == ("", f"  systemd was not told: {told}\n  removed\n", 0)
    assert [path for path in units.rglob("*") if not path.is_dir()] == []
    assert (home / "crontab").read_bytes() == b""


@pytest.mark.usefixtures("book")
def test_what_cannot_be_taken_away_does_not_keep_the_rest(
    crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = systemctl(home, monkeypatch, "nothing")
    assert crmtxt("crmtxt cron install --yes").code == 0
    crontab = (home / "crontab").read_bytes()
    assert crmtxt("crmtxt cron install --systemd --mail --yes").code == 0
    (home / "crontab").write_bytes(crontab)
    (timer,) = units.glob("*.timer")
    (units / "timers.target.wants" / timer.name).mkdir(parents=True)
    answer = crmtxt("crmtxt cron remove")
    assert (answer.code, timer.name in answer.stderr) == (7, True)
    assert (home / "crontab").read_bytes() == b""


def systemctl(home: Path, monkeypatch: pytest.MonkeyPatch, fails_at: str) -> Path:
    """Put a systemctl in place that has no bus when it is told that; return where units lie."""
    program = home / "bin/systemctl"
    program.parent.mkdir(exist_ok=True)
    script = f'#!/bin/sh\n[ "$2" != {fails_at} ] || {{ echo "Failed to connect to bus" >&2; exit 1; }}\n'
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return home / ".config/systemd/user"


def test_an_agent_of_launchd_is_of_its_book_and_holds_hostile_paths() -> None:
    words = ("/a b/<py>", "/x&y", "-C", '/\u00fc "it\'s" $HOME %h ]]> \\n', "remind", "--mail")
    agents = [
        plistlib.loads(Schedule("/b", name, words, (("XDG_STATE_HOME", "/<a> & b"),), 6, 5).launchd.encode())
        for name in ("crmtxt-a-1", "crmtxt-a-2")
    ]
    assert [agent.pop("Label") for agent in agents] == ["crmtxt-a-1", "crmtxt-a-2"]
    rest = {
        "ProgramArguments": list(words),
        "EnvironmentVariables": {"XDG_STATE_HOME": "/<a> & b"},
        "StartCalendarInterval": {"Hour": 6, "Minute": 5},
    }
    assert agents == [rest, rest]


def test_on_macos_the_agent_of_each_book_has_a_name_of_its_own(
    book: Path, crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmtxt.outside.cron.is_macos", lambda: True)
    configure(home, mailer="true")
    other = book.with_name("other") / book.name
    shutil.copytree(book, other)
    labels = set()
    for root in (book, other):
        answer = crmtxt.words(["-C", str(root), "cron", "install", "--mail", "--at", "6:05", "--yes"])
        agent = plistlib.loads(answer.stdout.encode())
        assert answer.stderr == f"  put this in ~/Library/LaunchAgents/{agent['Label']}.plist\n"
        assert agent["ProgramArguments"][-6:] == ["-C", str(root), "remind", "--for", "@sam", "--mail"]
        assert agent["StartCalendarInterval"] == {"Hour": 6, "Minute": 5}
        labels.add(agent["Label"])
        place = home / f"Library/LaunchAgents/{agent['Label']}.plist"
        place.parent.mkdir(parents=True, exist_ok=True)
        assert crmtxt(f"crmtxt -C '{root}' cron status").code == 7
        place.write_text(answer.stdout, encoding="utf-8")
        status = crmtxt(f"crmtxt -C '{root}' cron status")
        assert (status.code, f"reminders\ttrue\t{place}\t\n" in status.stdout) == (0, True)
        place.write_text("<plist>", encoding="utf-8")
        status = crmtxt(f"crmtxt -C '{root}' cron status")
        assert (status.code, f"{place} is no agent of launchd" in status.stdout) == (7, True)
    assert len(labels) == len([book, other])


def test_a_timer_of_systemd_is_persistent_and_goes_without_a_trace(
    book: Path, crmtxt: Prompt, home: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = home / "bin/systemctl"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$*" >> {home}/told\n', encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}:{tools}:{os.environ['PATH']}")
    configure(home, mailer="true")
    assert crmtxt("crmtxt cron install --yes").code == 0
    assert crmtxt("crmtxt cron install --systemd --mail --yes").code == 0
    assert (home / "crontab").read_bytes() == b""
    (timer,) = (home / ".config/systemd/user").glob("crmtxt-*.timer")
    assert "Persistent=true\n" in timer.read_text(encoding="utf-8")
    assert f'"-C" "{book}" "remind" "--for" "@sam" "--mail"' in timer.with_suffix(".service").read_text(
        encoding="utf-8"
    )
    assert crmtxt("crmtxt cron status").code == 0
    assert crmtxt("crmtxt cron install --yes").code == 0
    assert list(timer.parent.iterdir()) == []
    assert crmtxt("crmtxt cron remove").stderr == "  removed\n"
    assert (home / "crontab").read_bytes() == b""
    assert crmtxt("crmtxt cron remove").stderr == "  nothing to remove\n"
    told = (home / "told").read_text(encoding="utf-8").splitlines()
    assert told == [
        "--user daemon-reload",
        f"--user enable --now {timer.name}",
        f"--user disable --now {timer.name}",
    ]
