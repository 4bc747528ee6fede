"""Reminders that run by themselves: the crontab of the user, and a timer of systemd."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from conftest import NOW
from crmtxt.model.schedule import Schedule
from crmtxt.model.schedule import installed
from crmtxt.model.schedule import with_block
from crmtxt.model.schedule import without_block

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

OTHERS = b"MAILTO=me\r\n# \xff odd \\% bytes\n\n  5 4 * * * /bin/true # crmtxt\n"


def schedule(book: str = "/b", **changes: object) -> Schedule:
    return Schedule(book, ("/python", "/crmtxt", "-C", book, "remind"), (), 7, 0)._replace(**changes)  # type: ignore[arg-type]  # fields


def configure(home: Path, **settings: str) -> None:
    path = home / ".config/crmtxt/config.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name}: {value}\n" for name, value in settings.items()), encoding="utf-8")


@pytest.mark.parametrize("crontab", [b"", OTHERS, OTHERS.rstrip(b"\n"), schedule("/other").block + OTHERS])
def test_every_other_line_of_a_crontab_stays_byte_for_byte(crontab: bytes) -> None:
    once = with_block(crontab, schedule())
    assert with_block(once, schedule()) == once
    later = with_block(once + b"# after\n", schedule(hour=9))
    assert later.startswith(crontab)
    assert later.endswith(b"# after\n")
    assert installed(later, "/b").count(b"\n0 9 * * * /python ") == 1
    assert without_block(once, "/b") in {crontab, crontab + b"\n"}
    assert without_block(crontab, "/b") == crontab


def test_a_block_that_an_editor_of_windows_saved_is_one() -> None:
    saved = with_block(OTHERS, schedule()).replace(b"\n", b"\r\n")
    assert with_block(saved, schedule(hour=9)) == OTHERS.replace(b"\n", b"\r\n") + schedule(hour=9).block


def test_several_books_stand_side_by_side() -> None:
    both = with_block(with_block(OTHERS, schedule("/a")), schedule("/a b"))
    assert without_block(both, "/a") == with_block(OTHERS, schedule("/a b"))
    assert without_block(without_block(both, "/a b"), "/a") == OTHERS


def test_what_cron_and_a_shell_read_in_a_path_is_quoted(tmp_path: Path) -> None:
    program = tmp_path / "a 100%'s $HOME;x\\%"
    program.write_text('#!/bin/sh\nprintf "%s|" "$XDG_STATE_HOME" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    line = schedule(words=(str(program), "\\% \\\\% 50% 'of' \"it\" $(x)"), env=(("XDG_STATE_HOME", "/a %b"),)).line
    assert r"\\" not in line
    command = re.sub(r"\\(.)|%.*", as_cron, line.split(" ", 5)[5])
    assert subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout == (
        "/a %b|\\% \\\\% 50% 'of' \"it\" $(x)|"
    )


def as_cron(found: re.Match[str]) -> str:
    """Return what cron makes of a backslash and what follows it, or of a bare percent sign: the end of the command."""
    return "%" if found[1] == "%" else found[0] if found[1] else ""


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


def test_half_a_block_is_left_alone(book: Path, crmtxt: Prompt, home: Path) -> None:
    half = f"# >>> crmtxt {book}\n0 7 * * * x\n".encode()
    (home / "crontab").write_bytes(half)
    for words in ("install --yes", "remove"):
        answer = crmtxt(f"crmtxt cron {words}")
        assert answer.code == 4
        assert "one whole block" in answer.stderr
    for words in ("cron status", "doctor"):
        answer = crmtxt(f"crmtxt {words}")
        assert answer.code == 7
        assert "last reminded\ttrue" in answer.stdout
        assert "one whole block" in answer.stdout
    assert (home / "crontab").read_bytes() == half


@pytest.mark.parametrize(
    ("edit", "says", "code"),
    [
        ((b"\n0 7 ", b"\n# 0 7 "), "do not run by themselves", 7),
        ((b"\n0 7 ", b"\n\n30 6 "), "\t30 6 * * * ", 0),
        ((b" -C ", b" 'x -C "), "a quotation is not closed: crmtxt cron install", 7),
    ],
)
@pytest.mark.usefixtures("book")
def test_a_block_somebody_has_edited_is_read_as_cron_reads_it(
    crmtxt: Prompt, home: Path, edit: tuple[bytes, bytes], says: str, code: int
) -> None:
    assert crmtxt("crmtxt cron install --for @sam --yes").code == 0
    (home / "crontab").write_bytes((home / "crontab").read_bytes().replace(*edit))
    status = crmtxt("crmtxt cron status")
    assert (status.code, says in status.stdout) == (code, True)


def test_a_crontab_that_cannot_be_read_is_told_and_not_taken_for_none(
    book: Path, crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "crontab").write_text("#!/bin/sh\necho 'crontab: not allowed' >&2\nexit 1\n", encoding="utf-8")
    (home / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:{os.environ['PATH']}")
    assert book.exists()
    for words in ("cron status", "doctor"):
        answer = crmtxt(f"crmtxt {words}")
        assert (answer.code, "not allowed" in answer.stdout) == (7, True)


def test_what_is_installed_runs_where_there_is_nothing_around_it(book: Path, crmtxt: Prompt, home: Path) -> None:
    (home / "crontab").write_bytes(OTHERS)
    for _ in range(2):
        assert crmtxt("crmtxt cron install --for @sam --at 6:05 --yes").code == 0
    crontab = (home / "crontab").read_bytes()
    assert crontab.startswith(OTHERS)
    (line,) = installed(crontab, str(book)).decode().splitlines()[1:2]
    minute, hour, *_, command = line.split(" ", 5)
    assert (minute, hour) == ("5", "6")
    assert sys.executable in command
    done = subprocess.run(["env", "-i", "sh", "-c", command], capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Acme Ltd" in done.stdout
    status = crmtxt("crmtxt cron status")
    assert status.code == 0
    assert "never" not in status.stdout
    (home / "crontab").write_bytes((home / "crontab").read_bytes().replace(b"/crmtxt -C", b"/gone -C"))
    broken = crmtxt("crmtxt cron status")
    assert broken.code == 7
    assert "/gone is not there: crmtxt cron install" in broken.stdout
    assert crmtxt("crmtxt doctor").code == 7
    assert crmtxt("crmtxt cron install --for @sam --yes").code == 0
    assert crmtxt("crmtxt cron status").code == 0
    shutil.move(book, book.with_name("moved"))
    moved = crmtxt(f"crmtxt -C {book.with_name('moved')} cron status")
    assert "do not run by themselves" in moved.stdout
    shutil.move(book.with_name("moved"), book)
    assert crmtxt(f"crmtxt -C {book} cron remove").code == 0
    assert (home / "crontab").read_bytes() == OTHERS


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
