"""An editor that had loaded a file before others wrote it, and saves it whole afterwards, costs nobody a line."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from collections import deque
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import NOW
from crmtxt.errors import CrmError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.services.journal import inserting
from crmtxt.store.book import Book
from crmtxt.store.exchange import exchange
from killing import all_at_once
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable

    from prompt import Answer

HEAD = "---\nname: {}\nstage: lead\n---\nNotes.\n\n## Log\n\n- 2026-11-01 call: the first\n"
HANDLES = [f"c{number}" for number in range(6)]
BY_HAND = "- 2026-11-21 note: typed by hand\n"
WRITERS, EACH = 4, 200
LONGEST_THOUGHT = 0.04
LOADED_AFTER = 3  # saves of other files


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Return a book of six customers, without git."""
    root = tmp_path / "book"
    (root / "customers").mkdir(parents=True)
    (root / "crmtxt.yaml").write_text("crmtxt: 1\n", encoding="utf-8")
    for handle in HANDLES:
        (root / "customers" / f"{handle}.md").write_text(HEAD.format(handle), encoding="utf-8")
    return Book(str(root), str(tmp_path / "cache"), str(tmp_path / "state"), {})


@pytest.fixture
def _busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for the disk: more happens at once."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def place(book: Book, handle: str) -> Path:
    return Path(book.root, "customers", f"{handle}.md")


def log(book: Book, handle: str, text: str) -> None:
    edit = inserting([(LOG, Line("2026-11-21", "call", text))])
    book.commit(Change(f"{handle}: call", handle, (FileEdit(f"customers/{handle}.md", edit),)), NOW)


def writing(book: Book, number: int, kept: Path) -> None:
    """Log lines, and keep those that were acknowledged; who is refused tries again, as a person would."""
    chance = random.Random(number)
    for each in range(EACH):
        text = f"writer {number} line {each}"
        while not acknowledged(book, chance.choice(HANDLES), text):
            time.sleep(0.001)
        with kept.open("a", encoding="utf-8") as lines:
            lines.write(f"{text}\n")


def acknowledged(book: Book, handle: str, text: str) -> bool:
    try:
        log(book, handle, text)
    except CrmError:
        return False
    return True


def editing(book: Book, seed: int) -> None:
    """Keep all files open; think, add a line to one of them, save it whole, and only sometimes load it again.

    Nobody loads in the very moment of saving: then two programs hold the file for less than a millisecond each.
    """
    chance = random.Random(seed)
    texts = {handle: place(book, handle).read_bytes() for handle in HANDLES}
    saved: deque[str] = deque(maxlen=LOADED_AFTER + 1)
    for each in range(EACH):
        time.sleep(chance.random() * LONGEST_THOUGHT)
        handle = chance.choice(HANDLES)
        texts[handle] += b"- 2026-11-21 note: typed by hand, number %d\n" % each
        save(place(book, handle), texts[handle], in_place=chance.random() < 0.5)
        saved.append(handle)
        if len(saved) > LOADED_AFTER and saved.count(saved[0]) == 1 and chance.random() < 0.7:
            texts[saved[0]] = place(book, saved[0]).read_bytes()


def save(file: Path, data: bytes, *, in_place: bool) -> None:
    if in_place:
        file.write_bytes(data)
    else:
        beside = file.with_suffix(".md~")
        beside.write_bytes(data)
        beside.replace(file)


def counted(book: Book, texts: Iterable[str]) -> dict[str, int]:
    """Return how often each of these texts is in the book."""
    rows = [row for handle in HANDLES for row in place(book, handle).read_text(encoding="utf-8").splitlines()]
    there = Counter(row.rpartition(": ")[2] for row in rows)
    return {text: there[text] for text in texts}


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize("seed", range(5))
def test_four_writers_and_a_careless_editor_lose_no_line(book: Book, tmp_path: Path, seed: int) -> None:
    acts = [partial(writing, book, number, tmp_path / f"kept{number}") for number in range(WRITERS)]
    all_at_once(*acts, partial(editing, book, seed))
    for handle in HANDLES:
        log(book, handle, "the last")
    kept = [line for number in range(WRITERS) for line in (tmp_path / f"kept{number}").read_text().splitlines()]
    assert len(kept) == WRITERS * EACH
    wanted = [*kept, *(f"typed by hand, number {each}" for each in range(EACH))]
    assert {text: count for text, count in counted(book, wanted).items() if count != 1} == {}


# -- in words, with git and without


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Answer]:
    """Return a prompt in a git book of one customer; each command is a minute after the one before."""
    root = tmp_path / "shop"
    (root / "customers").mkdir(parents=True)
    (root / "crmtxt.yaml").write_text("crmtxt: 1\n", encoding="utf-8")
    (root / "customers" / "acme.md").write_text(HEAD.format("Acme"), encoding="utf-8")
    monkeypatch.chdir(root)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "start")
    moments = (NOW + timedelta(minutes=number) for number in count())
    monkeypatch.setattr("crmtxt.session.clock", lambda: next(moments))
    return lambda line: Prompt().words(line.split(" "))


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


def acme() -> Path:
    return Path("customers", "acme.md")


def test_what_was_saved_over_is_put_back_once_and_undo_takes_that_back(said: Callable[[str], Answer]) -> None:
    loaded = acme().read_text()
    said("log acme call: hello")
    acme().write_text(loaded + BY_HAND)
    answer = said("log acme call: again")
    assert "an editor saved over 1 line written since it had opened the file; put back" in answer.stderr
    assert acme().read_text() == f"{loaded}{entry('hello')}{BY_HAND}{entry('again')}"
    assert said("undo").code == 0
    assert said("undo").code == 0
    assert acme().read_text() == loaded + BY_HAND
    assert "put back" not in said("log acme call: more").stderr
    assert acme().read_text() == f"{loaded}{BY_HAND}{entry('more')}"


def test_what_is_taken_out_after_it_was_put_back_stays_out(said: Callable[[str], Answer]) -> None:
    loaded = acme().read_text()
    said("log acme call: hello")
    acme().write_text(loaded + BY_HAND)
    said("log acme call: again")
    acme().write_text(f"{loaded}{BY_HAND}{entry('again')}Gone for good.\n")
    assert "put back" not in said("log acme call: more").stderr
    assert "hello" not in acme().read_text()


@pytest.mark.parametrize("words", [["checkout", "-q", "side", "--", "."], ["checkout", "-q", "side"]])
def test_what_git_puts_there_is_no_careless_editor(said: Callable[[str], Answer], words: list[str]) -> None:
    git("checkout", "-qb", "side")
    acme().write_text(acme().read_text() + BY_HAND)
    git("commit", "-qam", "side")
    git("checkout", "-q", "-")
    said("log acme call: hello")
    git(*words)
    now = acme().read_text()
    assert said("check").code == 0
    assert "put back" not in said("log acme call: again").stderr
    assert acme().read_text() == now + entry("again")


def test_a_file_given_to_git_by_hand_is_meant(said: Callable[[str], Answer]) -> None:
    loaded = acme().read_text()
    said("log acme call: hello")
    acme().write_text(loaded + BY_HAND)
    assert said("check").code == 4
    git("add", ".")
    assert said("check").code == 0


def test_after_a_day_nothing_is_put_back(said: Callable[[str], Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = acme().read_text()
    said("log acme call: hello")
    acme().write_text(loaded + BY_HAND)
    monkeypatch.setattr("crmtxt.session.clock", lambda: NOW + timedelta(days=2))
    assert said("check").code == 0


def test_where_both_set_the_same_value_it_is_said_and_nothing_is_put_back(said: Callable[[str], Answer]) -> None:
    loaded = acme().read_text()
    said("set acme stage=customer")
    acme().write_text(loaded.replace("stage: lead", "stage: dormant") + BY_HAND)
    answer = said("log acme call: again")
    assert answer.code == 0
    assert "it changed the same: write again what is missing, beginning with: stage: customer" in answer.stderr
    assert "stage: dormant" in acme().read_text()


def test_an_editor_that_saves_while_we_write_is_written_on(
    said: Callable[[str], Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = acme().read_text()
    saves = [loaded + BY_HAND]

    def swap(one: str, two: str) -> bool:
        if saves:
            acme().write_text(saves.pop())
        return exchange(one, two)

    monkeypatch.setattr("crmtxt.store.disk.exchange", swap)
    assert said("log acme call: hello").code == 0
    assert acme().read_text() == f"{loaded}{BY_HAND}{entry('hello')}"


def test_one_that_saves_each_time_is_left_alone_and_what_was_typed_is_kept(
    said: Callable[[str], Answer], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    numbers = count()

    def swap(one: str, two: str) -> bool:
        acme().write_text(f"{HEAD.format('Acme')}- 2026-11-21 note: {next(numbers)}\n")
        return exchange(one, two)

    monkeypatch.setattr("crmtxt.store.disk.exchange", swap)
    assert said("log acme call: typed with care").code == 5
    assert "typed with care" not in acme().read_text()
    assert [place.read_text() for place in home.rglob("unsaved")] == ["call: typed with care"]


def entry(text: str) -> str:
    return f"- 2026-11-21 call: {text}\n"
