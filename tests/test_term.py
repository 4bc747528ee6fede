from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt.errors import OutsideError
from crmtxt.errors import UsageError
from crmtxt.outside.term import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

PATH = os.environ["PATH"]
TEN_LINES = "line\n" * 10


class Stream(TextIOWrapper):
    """A stream that says whether it is a terminal."""

    def __init__(self, raw: BinaryIO | None = None, *, tty: bool = False, encoding: str = "utf-8") -> None:
        self.bytes = raw or BytesIO()
        super().__init__(self.bytes, encoding=encoding, newline="")
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty

    @property
    def text(self) -> str:
        self.flush()
        self.bytes.seek(0)
        return self.bytes.read().decode(self.encoding)


class Desk(Terminal):
    """A terminal whose streams a test can look into."""

    def __init__(
        self,
        typed: str = "",
        environ: Mapping[str, str] | None = None,
        *,
        tty: bool = True,
        color: str = "auto",
        stdout: Stream | None = None,
    ) -> None:
        self.stdin = Stream(BytesIO(typed.encode()), tty=tty)
        self.stdout = stdout or Stream(tty=tty)
        self.stderr = Stream(tty=tty)
        super().__init__(self.stdin, self.stdout, self.stderr, environ or {}, color)


def run(program: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    start = "import sys, os\nfrom crmtxt.outside.term import Terminal\n"
    made = "terminal = Terminal(sys.stdin, sys.stdout, sys.stderr, os.environ)\n"
    return subprocess.run(
        [sys.executable, "-c", start + made + program], capture_output=True, env={**os.environ, **environ}, check=False
    )


def script(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("environ", "color", "tty", "expected"),
    [
        ({}, "auto", True, True),
        ({}, "auto", False, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": ""}, "auto", True, True),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"FORCE_COLOR": "0"}, "auto", True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", True, False),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, "auto", True, True),
        ({"NO_COLOR": "1", "TERM": "dumb"}, "always", False, True),
        ({"FORCE_COLOR": "1"}, "never", True, False),
    ],
)
def test_color_comes_before_no_color_before_force_color_before_the_terminal(
    environ: dict[str, str], color: str, *, tty: bool, expected: bool
) -> None:
    assert Desk(environ=environ, color=color, tty=tty).colour is expected


def test_a_color_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="--color takes auto, always, never; not 'red'"):
        Desk(color="red")


@pytest.mark.parametrize(
    ("columns", "tty", "expected"),
    [("100", True, 100), ("100", False, 100), ("", True, 80), ("", False, 0), ("0", True, 80), ("wide", False, 0)],
)
def test_columns_is_obeyed_and_a_pipe_has_no_width(columns: str, *, tty: bool, expected: int) -> None:
    assert Desk(environ={"COLUMNS": columns}, tty=tty).width == expected


def test_data_goes_out_as_it_is_and_messages_beside_it_cleaned() -> None:
    desk = Desk()
    desk.out("a\tb")
    desk.out("c\n")
    desk.out("")
    desk.say("due \x1b[31mFri\nhint \u202e")
    desk.fail("customers/acme.md:4:8: unknown stage '\x9b'\n  4 | stage")
    assert desk.stdout.text == "a\tb\nc\n"
    assert desk.stderr.text == (
        "due \\x1b[31mFri\nhint \\u202e\ncrmtxt: customers/acme.md:4:8: unknown stage '\\x9b'\n  4 | stage\n"
    )


def test_what_the_encoding_cannot_hold_is_written_as_json_writes_it() -> None:
    desk = Desk(stdout=Stream(encoding="ascii"))
    desk.out('"Müller 🚀"')
    assert desk.stdout.text == '"M\\u00fcller \\ud83d\\ude80"\n'
    assert json.loads(desk.stdout.text) == "Müller 🚀"


def test_a_lone_surrogate_never_stops_the_answer() -> None:
    desk = Desk()
    desk.out("caf\udce9.md")
    assert desk.stdout.text == "caf\\udce9.md\n"


def test_an_ascii_locale_prints_everything() -> None:
    done = run("terminal.out('Müller'); terminal.say('für')", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"M\\u00fcller\n", b"f\\u00fcr\n")


@pytest.mark.parametrize("lines", [1, 200_000])
def test_a_closed_pipe_ends_silently(lines: int) -> None:
    program = f"""
import os, sys
from crmtxt.outside.term import Terminal
with Terminal(sys.stdin, sys.stdout, sys.stderr, os.environ) as terminal:
    sys.stdin.readline()
    terminal.out("line\\n" * {lines})
    terminal.say("still here")
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(b"go\n")
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_any_other_error_passes_the_context() -> None:
    with pytest.raises(ZeroDivisionError), Desk():
        raise ZeroDivisionError


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_an_error_of_the_world_outside() -> None:
    with Stream(Path("/dev/full").open("r+b", buffering=0)) as stdout:
        desk = Desk(tty=False, stdout=stdout)
        with pytest.raises(OutsideError, match="could not be written: No space left"):
            desk.out("x")


@pytest.fixture
def paged(tmp_path: Path) -> tuple[Stream, Path]:
    path = tmp_path / "out"
    return Stream(path.open("w+b"), tty=True), path


def test_the_pager_is_used_for_what_is_longer_than_the_screen(paged: tuple[Stream, Path], tmp_path: Path) -> None:
    stdout, path = paged
    pager = script(tmp_path, "my pager", 'echo "$1 LESS=$LESS"; cat')
    desk = Desk(environ={"PAGER": f"'{pager}' -x", "LINES": "10", "PATH": PATH}, stdout=stdout)
    desk.page(TEN_LINES)
    desk.page("short")
    stdout.close()
    assert path.read_text(encoding="utf-8") == f"-x LESS=FRX\n{TEN_LINES}short\n"


@pytest.mark.parametrize("pager", ["no-such-pager-here", "", " ", "'", "sh -c 'exit 127'"])
def test_without_a_working_pager_the_text_is_printed(paged: tuple[Stream, Path], pager: str) -> None:
    stdout, path = paged
    Desk(environ={"PAGER": pager, "LINES": "5", "PATH": PATH}, stdout=stdout).page(TEN_LINES)
    stdout.close()
    assert path.read_text(encoding="utf-8") == TEN_LINES


def test_a_pager_left_early_is_no_error(paged: tuple[Stream, Path]) -> None:
    stdout, path = paged
    Desk(environ={"PAGER": "head -n 1", "LINES": "5", "PATH": PATH}, stdout=stdout).page("x\n" * 200_000)
    stdout.close()
    assert path.read_text(encoding="utf-8") == "x\n"


def test_a_pipe_never_sees_the_pager() -> None:
    desk = Desk(environ={"PAGER": "false", "LINES": "5", "PATH": PATH}, tty=False)
    desk.page(TEN_LINES)
    assert desk.stdout.text == TEN_LINES


@pytest.mark.parametrize(
    ("typed", "expected"), [("2\n", 1), ("0\nx\n3\n", 2), ("\n", None), ("", None), ("9\n" * 9, None)]
)
def test_a_choice_is_a_number(typed: str, expected: int | None) -> None:
    desk = Desk(typed)
    assert desk.ask("Which?", ["Acme Ltd", "Acme \x1b[2J\nInc", "Acne"]) == expected
    assert desk.stderr.text.startswith("  1  Acme Ltd\n  2  Acme \\x1b[2J Inc\n  3  Acne\nWhich? [1-3] ")
    assert desk.stdout.text == ""


def test_nobody_is_asked_where_nobody_can_answer() -> None:
    desk = Desk("1\ny\n", tty=False)
    assert desk.ask("Which?", ["a", "b"]) is None
    assert desk.line("What?") is None
    assert desk.confirm("Sure?") is False
    assert desk.stderr.text == ""


@pytest.mark.parametrize(
    ("body", "expected"), [("tail -n 1", 1), ("exit 130", None), ("echo nonsense", None), ("printf '7\\tx\\n'", None)]
)
def test_fzf_is_used_when_it_is_there(tmp_path: Path, body: str, expected: int | None) -> None:
    script(tmp_path, "fzf", body)
    desk = Desk(environ={"PATH": f"{tmp_path}:{PATH}"})
    assert desk.ask("Which?", ["Acme\nLtd", "Acne"]) == expected
    assert desk.stderr.text == ""


@pytest.mark.parametrize(
    ("typed", "default", "expected"),
    [("y\n", False, True), ("No\n", True, False), ("\n", True, True), ("", False, False), ("eh\nYES\n", False, True)],
)
def test_a_question_takes_yes_or_no_or_the_default(typed: str, *, default: bool, expected: bool) -> None:
    desk = Desk(typed)
    assert desk.confirm("Change 3 files?", default=default) is expected
    assert desk.stderr.text.startswith(f"Change 3 files? {'[Y/n]' if default else '[y/N]'} ")


def test_standard_input_is_read_whole_and_must_be_utf8() -> None:
    assert Desk("a\nb", tty=False).read() == "a\nb"
    desk = Desk(tty=False)
    desk.stdin.bytes.write(b"caf\xe9")
    desk.stdin.bytes.seek(0)
    with pytest.raises(UsageError, match="not UTF-8"):
        desk.read()


def test_saying_something_loads_nothing_heavy() -> None:
    done = run(
        "terminal.say('x\\x1b'); terminal.page('y')\n"
        "heavy = {'rich', 'subprocess', 'shutil', 'shlex', 'json', 'crmtxt.render.answer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert (done.stdout, done.stderr) == (b"y\n[]\n", b"x\\x1b\n")
