"""Undo brings back the exact bytes, after any commands, with git and without, and refuses what it cannot do so."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from prompt import Answer
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

ACME = """---
name: Acme Ltd  # as registered
stage:   'lead'
tags: [ vip ]
contacts:
  jane:
    name: Jane Doe
---
Notes.

## Next

- [ ] 2026-11-20 promise to @jane: the quote
- [ ] 2026-11-24 call to @jane: terms every:2w

## Log

- 2026-11-03 email from @jane: hello #pricing
  > Their words.
"""
GLOBEX = "---\nname: Globex\n---\n\n## Log\n\n- 2026-11-03 call with @acme/jane: about Acme"
SHAPES: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: ("\ufeff" + text).encode(),
    "CRLF, BOM, no last newline": lambda text: ("\ufeff" + text.rstrip("\n").replace("\n", "\r\n")).encode(),
    "mixed": lambda text: text.replace("\n", "\r\n").replace("\r\n", "\n", 3).encode(),
}
COMMANDS = [
    "log acme call from jane: worried +onboarding feel:-1 // fri call jane: again",
    "note acme a note",
    "next globex fri call: ask",
    "promise acme +3d to jane: the drawing",
    "done {ref} it is done",
    "snooze {ref} +1w",
    "cancel {ref}",
    "stage acme customer",
    "set acme tags+=new owner=sam",
    "set acme tags-=vip",
    "set globex x.y=1",
    "contact add globex bob --name Bob",
    "contact remove acme jane",
    "rename acme zebra --yes",
    "rename zebra acme --yes",
    "remove globex",
    "add Initech --contact Bill",
    "stage acme nonsense",
    "merge acme globex --yes",
    "merge globex acme --yes",
    "contact set acme jane --person globex --until today",
]


class Shelf:
    """A book of two customers with a home of its own, and the prompt in it."""

    def __init__(self, folder: str, shape: str, *, with_git: bool) -> None:
        self.root = Path(folder, "book")
        self.env = {
            "HOME": folder,
            "XDG_CACHE_HOME": f"{folder}/c",
            "XDG_STATE_HOME": f"{folder}/s",
            "XDG_CONFIG_HOME": f"{folder}/x",
        }
        (self.root / "customers").mkdir(parents=True)
        self.put("crmtxt.yaml", b"crmtxt: 1\nstages: [lead, customer]\n")
        self.put("customers/acme.md", SHAPES[shape](ACME))
        self.put("customers/globex.md", SHAPES[shape](GLOBEX))
        if with_git:
            Path(folder, ".gitconfig").write_text("[user]\nname = Sam\nemail = sam@x.example\n", encoding="utf-8")
            for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
                self.git(*words)

    def put(self, path: str, data: bytes) -> None:
        (self.root / path).write_bytes(data)

    def git(self, *words: str) -> str:
        env = {"PATH": os.environ["PATH"], **self.env}
        return subprocess.run(
            ["git", "-C", self.root, *words], check=True, env=env, capture_output=True, text=True
        ).stdout

    def contents(self) -> dict[str, bytes]:
        found = (place for place in self.root.rglob("*") if place.is_file() and ".git" not in place.parts)
        return {str(place.relative_to(self.root)): place.read_bytes() for place in found}

    def run(self, line: str) -> Answer:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.env.items():
                patch.setenv(name, value)
            if "{ref}" in line:
                items = json.loads(self.words("due", "--until", "eoy", "--json").stdout)["items"]
                line = line.replace("{ref}", items[0]["ref"] if items else "none")
            return self.words(*line.split(" "))

    def words(self, *words: str) -> Answer:
        return Prompt().words(["-C", str(self.root), *words])


def take_back_everything(shelf: Shelf, lines: list[str]) -> None:
    """Run commands, undo each that wrote, and compare every byte on the way back."""
    before: list[dict[str, bytes]] = []
    for line in lines:
        now = shelf.contents()
        answer = shelf.run(line)
        assert answer.code in {0, 2, 3, 4, 5}, (line, answer)
        if answer.code:
            assert shelf.contents() == now, (line, answer)
        elif shelf.contents() != now:
            before.append(now)
    for expected in reversed(before):
        answer = shelf.run("undo")
        assert answer.code == 0, answer
        assert shelf.contents() == expected
    assert shelf.run("undo").code == 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(COMMANDS), max_size=7), st.sampled_from(sorted(SHAPES)))
def test_undo_after_any_commands_restores_every_byte_without_git(lines: list[str], shape: str) -> None:
    with TemporaryDirectory() as folder:
        take_back_everything(Shelf(folder, shape, with_git=False), lines)


@pytest.mark.parametrize("shape", SHAPES)
def test_undo_restores_every_byte_with_git_by_commits_of_its_own(tmp_path: Path, shape: str) -> None:
    shelf = Shelf(str(tmp_path), shape, with_git=True)
    take_back_everything(
        shelf, [COMMANDS[0], COMMANDS[4], COMMANDS[7], "rename acme zebra --yes", "remove globex", "add Initech"]
    )
    assert shelf.git("status", "--porcelain") == ""
    assert shelf.git("diff", "HEAD", shelf.git("rev-list", "--max-parents=0", "HEAD").strip()) == ""
    assert shelf.git("log", "--format=%s").count("undo: ") == 6


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("line", ["merge acme globex --yes", "merge globex acme --yes"])
def test_undo_parts_two_customers_that_were_made_one(tmp_path: Path, shape: str, line: str) -> None:
    shelf = Shelf(str(tmp_path), shape, with_git=True)
    before = shelf.contents()
    assert shelf.run(line).code == 0
    assert len(shelf.contents()) == len(before) - 1
    assert shelf.git("status", "--porcelain") == ""
    assert shelf.run("undo").code == 0
    assert shelf.contents() == before
    assert shelf.git("status", "--porcelain") == ""


@pytest.mark.parametrize("with_git", [True, False])
@pytest.mark.parametrize("change", [b" ", b"\n- 2026-11-21 note: by hand\n"])
def test_undo_refuses_when_the_file_was_changed_since(tmp_path: Path, *, with_git: bool, change: bytes) -> None:
    shelf = Shelf(str(tmp_path), "plain", with_git=with_git)
    shelf.run("log acme call: x")
    place = shelf.root / "customers" / "acme.md"
    place.write_bytes(place.read_bytes() + change)
    now = shelf.contents()
    answer = shelf.run("undo")
    assert answer.code == 5
    assert "was changed since" in answer.stderr
    assert shelf.contents() == now


def test_undo_refuses_when_one_of_several_files_was_changed_since(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path), "plain", with_git=False)
    assert shelf.run("rename acme zebra --yes").code == 0
    place = shelf.root / "customers" / "globex.md"
    place.write_bytes(place.read_bytes() + b"\n")
    now = shelf.contents()
    assert shelf.run("undo").code == 5
    assert shelf.contents() == now


def test_undo_refuses_when_the_file_is_gone_or_another_stands_in_its_place(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path), "plain", with_git=False)
    shelf.run("remove globex")
    shelf.put("customers/globex.md", b"---\nname: Another\n---\n")
    assert shelf.run("undo").code == 5
    assert shelf.contents()["customers/globex.md"] == b"---\nname: Another\n---\n"


def test_what_was_undone_is_not_undone_again_but_what_stood_before_it_is(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path), "plain", with_git=True)
    start = shelf.contents()
    shelf.run("log acme call: one")
    first = shelf.contents()
    shelf.run("log acme call: two")
    assert shelf.run("undo").code == 0
    assert shelf.contents() == first
    shelf.run("log acme call: three")
    assert shelf.run("undo").code == 0
    assert shelf.contents() == first
    assert shelf.run("undo").code == 0
    assert shelf.contents() == start


def test_undo_that_is_only_tried_changes_nothing(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path), "CRLF, BOM, no last newline", with_git=True)
    shelf.run("log acme call: one")
    now = shelf.contents()
    answer = shelf.run("undo --dry-run")
    assert answer.code == 0
    assert "-- 2026-11-21 call: one" in answer.stdout
    assert shelf.contents() == now
    assert shelf.run("undo").code == 0


@pytest.mark.parametrize("damage", [b"", b"torn", b"\0\xff" * 50])
def test_a_damaged_journal_makes_undo_refuse_and_nothing_else(tmp_path: Path, damage: bytes) -> None:
    shelf = Shelf(str(tmp_path), "plain", with_git=False)
    shelf.run("log acme call: one")
    for blob in (tmp_path / "s").rglob("blobs/*"):
        blob.write_bytes(damage)
    now = shelf.contents()
    answer = shelf.run("undo")
    assert answer.code == 3
    assert "no longer has the content" in answer.stderr
    assert shelf.contents() == now
    assert shelf.run("log acme call: two").code == 0
    assert shelf.run("undo").code == 0
    assert shelf.contents() == now
