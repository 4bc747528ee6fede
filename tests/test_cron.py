"""Reminders that run by themselves: the crontab of the user."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crmtxt.model.schedule import Schedule
from crmtxt.model.schedule import installed
from crmtxt.model.schedule import with_block
from crmtxt.model.schedule import without_block

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

OTHERS = b"MAILTO=me\r\n# \xff odd \\% bytes\n\n  5 4 * * * /bin/true # crmtxt\n"


def schedule(book: str = "/b", **changes: object) -> Schedule:
    return Schedule(book, "crmtxt-b", ("/python", "/crmtxt", "-C", book, "remind"), (), 7, 0)._replace(**changes)  # type: ignore[arg-type]  # fields


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
