"""What every test stands on: no home, network or clock of this computer; and a book, and a prompt, for those who ask.

The day is Saturday 2026-11-21, ten in the morning, UTC. `home` and `tools` are made anew for each test run.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prompt import Prompt
from transcript import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

HARBOUR = Path(__file__).parent.parent / "examples" / "harbour-tools"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OURS = ("CRMTXT_", "GIT_", "XDG_")
THEIRS = ("COLUMNS", "EDITOR", "FORCE_COLOR", "LESS", "LINES", "NO_COLOR", "PAGER", "VISUAL")
GITCONFIG = """[user]
\tname = Sam Okafor
\temail = sam@harbour.example
[init]
\tdefaultBranch = main
"""
CRONTAB = """#!/bin/sh
case $1 in
-l) cat "$HOME/crontab" 2>/dev/null || { echo "no crontab for you" >&2; exit 1; } ;;
-) cat > "$HOME/crontab.new" && mv "$HOME/crontab.new" "$HOME/crontab" ;;
esac
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write what the program says now into the golden files")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Say whether golden files are to be written anew."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(autouse=True, scope="session")
def _zone() -> Iterator[None]:
    """Put the computer into UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home of its own, where git knows Sam."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".gitconfig").write_text(GITCONFIG, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Make the home folder, the settings, the network and the clock of this computer impossible to touch."""
    for name in os.environ:
        if name.startswith(OURS) or name in THEIRS:
            monkeypatch.delenv(name)
    settings = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(socket.socket, "connect", _no_network)
    monkeypatch.setattr("crmtxt.session.clock", lambda: NOW)


def _no_network(_: socket.socket, address: object) -> None:
    raise AssertionError(f"a test reached for the network: {address}")


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of programs for whom it is always the same moment: git and crmtxt, to stand first on PATH."""
    folder = tmp_path_factory.mktemp("tools")
    moment = NOW.isoformat()
    scripts = {
        "git": f'#!/bin/sh\nGIT_AUTHOR_DATE={moment} GIT_COMMITTER_DATE={moment} exec {shutil.which("git")} "$@"\n',
        "crmtxt": f"#!{sys.executable}\nimport sys\nfrom datetime import datetime\n\nimport crmtxt.session\n"
        f"from crmtxt.entry import main\n\n"
        f"crmtxt.session.clock = lambda: datetime.fromisoformat({moment!r})\nsys.exit(main())\n",
    }
    scripts["crontab"] = CRONTAB
    for name, script in scripts.items():
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def crmtxt(monkeypatch: pytest.MonkeyPatch, tools: Path) -> Prompt:
    """Return the prompt: `crmtxt("crmtxt log acme call: hello")` gives stdout, stderr and code."""
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return Prompt()


def configure(home: Path, **settings: str) -> None:
    """Write the user's configuration anew, each value as YAML has it."""
    path = home / ".config/crmtxt/config.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name}: {value}\n" for name, value in settings.items()), encoding="utf-8")


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory, tools: Path) -> Path:
    """Return the example book as a git repository with one commit, to be copied and never written."""
    root = tmp_path_factory.mktemp("example") / "harbour-tools"
    shutil.copytree(HARBOUR, root)
    home = tmp_path_factory.mktemp("founder")
    (home / ".gitconfig").write_text(GITCONFIG, encoding="utf-8")
    environ = {"HOME": str(home), "PATH": f"{tools}:{os.environ['PATH']}", "GIT_CONFIG_NOSYSTEM": "1"}
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=start")):
        subprocess.run(["git", "-C", root, *words], check=True, env=environ)
    return root


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harbour: Path, crmtxt: Prompt) -> Path:  # noqa: ARG001  # PATH
    """Return a copy of the example book, a git repository with one commit, with the working folder in it."""
    root = tmp_path / "harbour-tools"
    shutil.copytree(harbour, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def stage(crmtxt: Prompt, home: Path, book: Path) -> Stage:
    """Return the stage on which transcripts about the example book are played."""
    return Stage(crmtxt, {str(home): "HOME", str(book): "BOOK", str(book.parent): "TMP"})
