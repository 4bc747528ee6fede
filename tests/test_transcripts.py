"""Every command as a person meets it, written down in transcripts/ and played again (`pytest --update` writes anew)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt.commands.table import COMMANDS
from transcript import sections

if TYPE_CHECKING:
    from transcript import Stage

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.md"))
ERRORS = sorted(FOLDER.parent.glob("errors/*/*.md"))
SECTIONS = [
    pytest.param(path, section.title, id=f"{path.stem}: {section.title}")
    for path in FILES
    for section in sections(path.read_text(encoding="utf-8"))
]
NO_BOOK = "(in an empty folder)"
NO_GIT = "(without git)"


@pytest.mark.parametrize(("path", "title"), SECTIONS)
def test_a_transcript_reads_as_it_stands(path: Path, title: str, book: Path, stage: Stage, *, update: bool) -> None:
    if NO_BOOK in title:
        shutil.rmtree(book)
        book.mkdir()
        os.chdir(book)
    elif NO_GIT in title:
        shutil.rmtree(book / ".git")
    text = path.read_text(encoding="utf-8")
    section = next(each for each in sections(text) if each.title == title)
    written, played = "\n".join(section.lines), stage.play(section)
    if update and written != played:
        path.write_text(text.replace(written, played, 1), encoding="utf-8")
    else:
        assert played == written


def test_every_command_has_a_transcript() -> None:
    assert {path.stem for path in FILES} >= {name.split()[0] for name in COMMANDS}


@pytest.mark.parametrize("path", [*FILES, *ERRORS], ids=lambda path: path.stem)
def test_no_bug_is_written_down_as_right(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "this is a bug" not in text
    assert "Traceback" not in text


def test_no_two_sections_of_a_transcript_have_one_title() -> None:
    names = [param.id for param in SECTIONS]
    assert len(names) == len(set(names))
