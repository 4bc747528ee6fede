"""Every quick command, run through the quick parser and through Typer, gives the same bytes and the same exit code."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt import entry
from crmtxt.cli import run_typer
from crmtxt.commands.table import COMMANDS
from prompt import Prompt

if TYPE_CHECKING:
    from prompt import Answer

QUICK = {name for name, command in COMMANDS.items() if command.quick}
LINES = Path(__file__).with_name("quick.txt").read_text(encoding="utf-8").splitlines()
LISTS = ("due", "list", "find")
FORMS = [
    form
    for line in LINES
    if line and not line.startswith("#")
    for form in ([line.replace("{}", name, 1) for name in LISTS] if line.startswith("{}") else [line])
]
PLAIN = [
    "",
    "today",
    "today --limit 1 --json",
    "due",
    "due --until fri --format='{text}'",
    "list -tag:vip --json",
    "show acme",
    "find toolroom --limit 3",
    "-C . show acme",
    "--color never list hot",
    "log acme call: hello // fri call: again",
    "log acme --dry-run --on yesterday call: hello",
    "completion bash",
]


def sweep(book: Path) -> None:
    """Remove what a command wrote beside the book: answers, and the journal."""
    for path in book.parent.iterdir():
        if path.is_dir() and path != book:
            shutil.rmtree(path)
        elif path != book:
            path.unlink()


def outcome(book: Path, answer: Answer) -> tuple[Answer, dict[str, bytes]]:
    """Return an answer and every file of the book and beside it, what git keeps for itself left out."""
    paths = (path for path in book.parent.rglob("*") if path.is_file() and ".git" not in path.parts)
    return answer, {str(path): path.read_bytes() for path in paths}


@pytest.mark.parametrize("line", FORMS)
def test_both_ways_in_give_the_same(line: str, book: Path, harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setenv("XDG_STATE_HOME", str(book.parent / "state"))
    found = []
    for way in (entry.main, run_typer):
        found.append(outcome(book, Prompt(way)(f"crmtxt {line}", "call from jane: typed\n")))
        sweep(book)
        if "log" in line.split():
            shutil.rmtree(book)
            shutil.copytree(harbour, book)
            monkeypatch.chdir(book)
    assert found[0] == found[1]


def test_every_quick_command_is_compared() -> None:
    assert {word for form in FORMS for word in form.split()} >= QUICK


@pytest.mark.parametrize("line", PLAIN)
@pytest.mark.usefixtures("book")
def test_a_plain_line_is_answered_without_typer(line: str, crmtxt: Prompt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmtxt.cli.run_typer", lambda _: pytest.fail("Typer was asked"))
    assert crmtxt(f"crmtxt {line}").code == 0
