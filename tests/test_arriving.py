"""Whether reminders would arrive, and whether they did: what `cron status` and `doctor` say."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from conftest import NOW
from conftest import configure

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt


@pytest.fixture
def no_sendmail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no program of this computer be found where sendmail may lie."""
    monkeypatch.setattr("crmtxt.outside.mail.PLACES", ())


@pytest.mark.parametrize(
    ("way", "settings", "says"),
    [
        ("mail", {}, "there is no program that sends mail"),
        ("mail", {"mailer": "/gone/msmtp"}, "there is no program /gone/msmtp; see that it sends mail"),
        ("mail", {"smtp": "{host: x, port: twenty}"}, "smtp.port is 'twenty'"),
        ("mail", {"smtp": "{host: x, port: 25, security: safe}"}, "smtp.security is 'safe'"),
        ("mail", {"smtp": "{host: x, user: me}"}, "no password_command is set"),
        ("mail", {"mail": "{to: 'a, b'}"}, "is no e-mail address"),
        ("exec", {}, "no exec is set"),
        ("exec", {"exec": "/gone"}, "there is no program /gone; see: crmtxt config"),
        ("notify", {"notifier": "/gone"}, "there is no program /gone; see: crmtxt config"),
    ],
)
@pytest.mark.usefixtures("book", "no_sendmail")
def test_what_would_not_reach_anybody_is_told_and_nothing_is_sent(
    crmtxt: Prompt, home: Path, way: str, settings: dict[str, str], says: str
) -> None:
    configure(home, **settings)
    assert crmtxt(f"crmtxt cron install --{way} --yes").code == 0
    for words in ("cron status", "doctor"):
        answer = crmtxt(f"crmtxt {words}")
        (row,) = (each for each in answer.stdout.splitlines() if each.startswith("reminders\t"))
        assert (answer.code, row.split("\t")[1], says in row) == (7, "false", True)
    for remedy in ({"mailer": "true"}, {"smtp": "{host: mail.example, port: 25}"}):
        configure(home, exec="sh -c 'exit 1'", notifier="true", **remedy)
        for words in ("cron status", "doctor"):
            assert crmtxt(f"crmtxt {words}").code == 0
    assert "sending" not in ledger(home)


def test_programs_are_looked_for_where_cron_looks(
    book: Path, crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = home / "our own/tell"
    tell.parent.mkdir()
    tell.write_text("#!/bin/sh\n", encoding="utf-8")
    tell.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tell.parent}:{os.environ['PATH']}")
    configure(home, exec="tell")
    assert book.exists()
    assert crmtxt("crmtxt cron install --exec --yes").code == 0
    assert "there is no program tell" in crmtxt("crmtxt cron status").stdout
    (home / "crontab").write_bytes(f'PATH="{tell.parent}:/bin"\n'.encode() + (home / "crontab").read_bytes())
    assert crmtxt("crmtxt cron status").code == 0
    (home / "crontab").write_bytes((home / "crontab").read_bytes() + b"PATH=/nowhere\n")
    assert crmtxt("crmtxt cron status").code == 0


@pytest.mark.usefixtures("book")
def test_silence_of_more_than_two_days_is_told_once_something_is_installed(
    crmtxt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(days: int) -> None:
        monkeypatch.setattr("crmtxt.session.clock", lambda: NOW + timedelta(days))

    assert crmtxt("crmtxt remind --for priya").code == 0
    later(3)
    assert crmtxt("crmtxt doctor").code == 0
    assert crmtxt("crmtxt cron install --for priya --yes").code == 0
    for day in (3, 5):
        later(day)
        assert crmtxt("crmtxt cron status").code == 0
    for day in (6, 30):
        later(day)
        for words in ("cron status", "doctor"):
            answer = crmtxt(f"crmtxt {words}")
            assert (answer.code, "nothing since 2026-11-24: see that cron is running" in answer.stdout) == (7, True)
    assert "2026-11-21T10:00:00" in crmtxt("crmtxt cron status").stdout
    assert crmtxt("crmtxt remind --for priya").code == 0
    assert crmtxt("crmtxt cron status").code == 0


@pytest.mark.usefixtures("book")
def test_what_did_not_go_does_not_count_as_reminded(
    crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(home, mailer="false")
    assert crmtxt("crmtxt cron install --for lee --mail --yes").code == 0
    assert crmtxt("crmtxt remind --for lee --mail").code == 7
    for words in ("cron status", "doctor"):
        answer = crmtxt(f"crmtxt {words}")
        told = "last reminded\tfalse\tnever\tby mail it did not go on 2026-11-21; see why: crmtxt remind --mail\n"
        assert (answer.code, told in answer.stdout) == (7, True)
    assert crmtxt("crmtxt remind --for lee").code == 0
    assert crmtxt("crmtxt cron status").code == 7
    configure(home, mailer="true")
    assert crmtxt("crmtxt remind --for lee --mail").code == 0
    assert crmtxt("crmtxt cron status").code == 0
    monkeypatch.setattr("crmtxt.session.clock", lambda: NOW + timedelta(20))
    configure(home, mailer="false")
    assert crmtxt("crmtxt remind --for lee --mail").code == 7
    answer = crmtxt("crmtxt cron status")
    assert (answer.code, "2026-11-21T10:00:00+00:00\tby mail it did not go on 2026-12-11" in answer.stdout) == (7, True)
    monkeypatch.setattr("crmtxt.session.clock", lambda: NOW + timedelta(21))
    configure(home, mailer="true")
    assert crmtxt("crmtxt remind --for lee --mail").code == 0
    assert crmtxt("crmtxt cron status").stdout.startswith("last reminded\ttrue\t2026-12-12T")


def ledger(home: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (home / ".local").rglob("ledger"))


@pytest.mark.usefixtures("book", "no_sendmail")
@pytest.mark.parametrize("width", [60, 80, 120])
def test_on_a_terminal_the_remedy_stands_whole(crmtxt: Prompt, width: int) -> None:
    assert crmtxt("crmtxt cron install --mail --yes").code == 0
    shown = crmtxt(f"COLUMNS={width} NO_COLOR=1 crmtxt cron status", screen=True).stdout
    assert all(len(line) <= width for line in shown.splitlines())
    assert {"mailer", "COMMAND;", "smtp.host"} <= set(shown.split())
