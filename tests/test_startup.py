"""What a command loads: the quick ones none of the heavy libraries. No clock is asked; loaded modules are counted."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

from crmtxt.commands.table import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"pydantic", "rich", "ruamel", "typer"}
LATER = {"dateutil", "difflib", "inspect", "json", "pathlib", "shutil", "argparse", "dataclasses"}
NOTES = """
import sys

before = set(sys.modules)
from crmtxt.entry import main

code = main(sys.argv[2:])
loaded = {part for name in set(sys.modules) - before for part in (name, name.partition(".")[0])}
open(sys.argv[1], "w").write("\\n".join(loaded))
sys.exit(code)
"""
ALONE = """
import sys

at_work = []
sys.addaudithook(lambda event, about: at_work.append((event, about)))
import crmtxt.entry

del sys.modules["crmtxt.entry"]
events = {event for event, _ in at_work}
written = [about for event, about in at_work if event == "open" and about[1] not in {"r", "rb", None}]
ours = sorted(name for name in sys.modules if name.startswith("crmtxt."))
print(repr((ours, sorted(events), written)))
"""
QUICK = {
    "--version": "--version",
    "today": "today",
    "log": "log acme call from jane: hello // fri promise to jane: the list",
    "due": "due --until eow",
    "remind": "remind --for @sam",
    "show": "show acme",
    "list": "list stage:customer quiet>2d",
    "find": "find jane",
    "pipeline": "pipeline",
    "forecast": "forecast type:partner",
    "sources": "sources",
    "retention": "retention --renewals",
    "warm": "warm",
    "addr": "addr jane",
    "completion": "completion bash",
    "Tab": "complete-words show a",
}


class Run(NamedTuple):
    """What a command line answered, and the packages and modules it loaded."""

    stdout: str
    code: int
    loaded: set[str]


def run(line: str, notes: Path) -> Run:
    words = [sys.executable, "-c", NOTES, str(notes), *line.split()]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.stdout, done.returncode, set(notes.read_text(encoding="utf-8").split()))


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "loaded"


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("line", QUICK.values(), ids=QUICK)
def test_a_quick_command_loads_nothing_heavy_with_a_cold_or_a_warm_index(line: str, notes: Path) -> None:
    cold, warm = run(line, notes), run(line, notes)
    for each in (cold, warm):
        assert each.code == 0
        assert each.loaded & (HEAVY | LATER) == set()


@pytest.mark.usefixtures("book")
def test_a_warm_read_parses_no_yaml(notes: Path) -> None:
    assert "yaml" in run("due", notes).loaded
    for line in ("due", "today", "list", "find jane"):
        assert "yaml" not in run(line, notes).loaded, line


@pytest.mark.usefixtures("book")
def test_a_list_loads_neither_measures_nor_the_answers_of_others(notes: Path) -> None:
    run("due", notes)
    others = {"crmtxt.measure.health", "crmtxt.model.details", "crmtxt.model.strategy", "crmtxt.model.upkeep"}
    for line in ("due", "list", "find jane"):
        assert run(line, notes).loaded & others == set(), line


def test_a_reminder_of_nothing_loads_nothing_that_writes_or_measures(book: Path, notes: Path) -> None:
    settings = book / "crmtxt.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("team:\n", "team:\n  nia: {name: Nia}\n"))
    for _ in range(2):
        warm = run("remind --for @nia --exit-code", notes)
    assert (warm.stdout, warm.code) == ("", 0)
    unneeded = {f"crmtxt.services.{name}" for name in ("customers", "followups", "journal", "signs", "keeping")}
    assert warm.loaded & {*unneeded, "crmtxt.text.headedit", "crmtxt.measure.strength", "email", "yaml"} == set()


def test_a_command_leaves_the_index_closed_as_one_file(book: Path, home: Path, notes: Path) -> None:
    for line in ("due", "show acme", "show nobody", "log acme call: hello"):
        run(line, notes)
        kept = [path for path in home.rglob("index.sqlite*") if book.name in path.parent.name]
        assert [path.name for path in kept] == ["index.sqlite"], line


@pytest.mark.usefixtures("book")
def test_what_the_quick_way_leaves_to_typer_is_seen_here(notes: Path) -> None:
    assert HEAVY & run("due --until", notes).loaded == {"typer"}
    assert HEAVY & run("history", notes).loaded == {"typer"}


@pytest.mark.usefixtures("book")
def test_json_and_tables_load_only_their_own(notes: Path) -> None:
    assert (HEAVY | LATER) & run("due --json", notes).loaded == {"json"}
    assert HEAVY & run("due --format table", notes).loaded == {"rich"}


def test_every_quick_command_is_looked_at() -> None:
    assert {name for name, entry in COMMANDS.items() if entry.quick} == QUICK.keys() - {"--version", "Tab"}


def test_version_loads_no_command(notes: Path) -> None:
    version = run("--version", notes)
    assert version.stdout.startswith("crmtxt ")
    assert version.loaded & {"sqlite3", "os", "datetime", "decimal", "hashlib"} == set()


def test_importing_the_program_does_no_work() -> None:
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    ours, events, written = eval(done.stdout)  # noqa: S307  # what the lines above print
    assert ours == ["crmtxt.commands", "crmtxt.commands.spec", "crmtxt.commands.table"]
    assert written == []
    assert {event.partition(".")[0] for event in events} & {"sqlite3", "subprocess", "socket", "shutil"} == set()
    assert not {"os.mkdir", "os.rename", "os.remove", "os.putenv", "os.chdir", "os.system", "os.fork"} & set(events)
