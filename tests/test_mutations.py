"""Damaged copies of the example book: each is read and written, or refused with a line, and stays whole."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC
from datetime import date
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

from crmtxt.commands.list_ import CUSTOMERS
from crmtxt.errors import CrmError
from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.render.answer import render_view
from crmtxt.render.columns import View
from crmtxt.services import agenda
from crmtxt.services import customers
from crmtxt.services import findings
from crmtxt.services import followups
from crmtxt.services import identity
from crmtxt.services import journal
from crmtxt.services.detail import detail
from crmtxt.services.writer import Writer
from crmtxt.store import files
from crmtxt.store import reads
from crmtxt.store.book import Book
from crmtxt.store.selecting import Selection
from crmtxt.text import edit
from crmtxt.text.document import decode
from crmtxt.text.mentions import Moved
from crmtxt.text.mentions import readdress
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtxt.model.change import Change

HARBOUR = Path(__file__).parent.parent / "examples" / "harbour-tools"
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
AT_ONCE = 100
INSERTED = [
    b"\0", b"\r", b"\r\n", b"\n", b"\xff", b"\xc3", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\x1b[31m", b"[", b"]", b"{",
    b"}", b"[" * 2000, b"{a: " * 50, b"- " * 40, b"'", b'"', b"#", b": ", b":", b"---\n", b"...\n", b"```\n", b"~~~",
    b"## Log\n", b"## Next\n", b"- [ ] ", b"- 2026-11-21 call: new\n", b"<<<<<<< ours\n", b"=======\n",
    b">>>>>>> theirs\n", b"&a ", b"*a ", b"!t ", b"<<: ", b"? ", b"| ", b"> ", b"\t", b"  ", b"name: again\n",
    b"every:2w ", b"every:x ", b"every:FREQ=SECONDLY;COUNT=9 ", b"feel:-2 ", b"9999-12-31", b"0000-01-01", b"99:99",
    b"1e999", b"9" * 5000, b"\xf0\x9f\x8e\x89",
]  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a copy with one to four accidents: flips, cuts, insertions, swapped, doubled and lost lines."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(ACCIDENTS)(data, chance)
    return data


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([(data[at] if data else 0) ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start, length = chance.randrange(len(data) + 1), chance.choice((1, 2, 10, 200, 10**6))
    return data[:start] + data[start + length :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    starts = [0, *(match.end() for match in re.finditer(b"\n", data))]
    at = chance.choice((chance.choice(starts), chance.randrange(len(data) + 1)))
    return data[:at] + chance.choice(INSERTED) + data[at:]


def _swap(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


def _double(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return b"".join(lines)


def _lose(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _indent(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((b" ", b"\t", b"  ")) + lines[at] if chance.random() < 0.5 else lines[at].lstrip()
    return b"".join(lines)


ACCIDENTS: list[Callable[[bytes, random.Random], bytes]] = [
    _flip,
    _cut,
    _insert,
    _insert,
    _swap,
    _double,
    _lose,
    _indent,
]


class Tally(NamedTuple):
    """What became of the mutated files: how many were read, refused, written, and not written."""

    counts: Counter[str]

    def add(self, what: str) -> None:
        self.counts[what] += 1


def sound(problem: Problem, data: bytes) -> None:
    """Assert that a problem names a line of its file, and says what is wrong and what would help."""
    assert problem.line >= 1 or problem.code in WHOLE_FILE, problem
    assert problem.line <= data.count(b"\n") + 1, problem
    assert problem.column >= 0
    assert problem.message
    assert problem.hint, problem
    assert problem.text().startswith(f"{problem.path}:")


WHOLE_FILE = {"handle", "same-handle", "duplicate"}


def told(error: CrmError, what: str, tally: Tally) -> None:
    """Count a refusal, which must say something."""
    assert error.text()
    tally.add(what)


def pure(data: bytes, path: str, chance: random.Random, tally: Tally) -> None:
    """Read a file and edit its text in two of eight ways, without a disk."""
    try:
        text = decode(data, path)
    except InvalidError as error:
        told(error, "not text", tally)
        sound(error.problem or Problem(path, 0, 0, "", "", ""), data)
        return
    document = parse(text, path)
    for problem in document.problems:
        sound(problem, data)
    head = {*rows(text[slice(*document.head)])}
    line = Line("2026-11-21", "call", "x", direction="with", who=("@jane",), by=("@sam",))
    edits: list[Callable[[], str]] = [
        lambda: edit.insert(text, LOG, line),
        lambda: edit.insert(text, NEXT, line._replace(box=" ", date="2027-01-01")),
        lambda: edit.set_value(text, ("stage",), "customer"),
        lambda: edit.set_value(text, ("contacts", "jane", "title"), "CTO"),
        lambda: edit.add_to_list(text, ("tags",), "new"),
        lambda: edit.remove_from_list(text, ("tags",), "vip"),
        lambda: edit.remove_value(text, ("owner",)),
        lambda: readdress(text, Moved("acme", "zebra")),
    ]
    for act in chance.sample(edits, 2):
        try:
            after = act()
        except CrmError as error:
            told(error, "edit refused", tally)
        else:
            lost = Counter(rows(text)) - Counter(rows(after))
            assert all(row in head or "@acme/" in row for row in lost), lost
            tally.add("edited")


def rows(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def read_all(book: Book, contents: dict[str, bytes], tally: Tally) -> None:
    """Answer every kind of question from a book of mutated files."""
    selection = Selection(None, TODAY)
    for problem in book.index.problems():
        sound(problem, contents[problem.path])
    listed = reads.customers(book.index, selection)
    for name in ("json", "csv", "plain", "md", "html", "table"):
        render_view(View("customers", listed, CUSTOMERS), name, book.index.problems(), 80)
    reads.followups(book.index, selection, "2030-01-01")
    reads.entries(book.index, selection, sections=("log", "next", "notes", "name"))
    agenda.today(Writer(book.index, TODAY, "sam"))
    for problem in findings.collect(book, TODAY, NOW):
        if problem.path in contents:
            sound(problem, contents[problem.path])
    for item in listed:
        try:
            detail(book, reads.resolve(book.index, item.handle), TODAY)
        except CrmError as error:
            told(error, "not shown", tally)
        else:
            tally.add("shown")


def commands(writer: Writer, found: reads.Found, ref: str) -> list[Callable[[], Change]]:
    """Return ways to change one customer."""
    return [
        lambda: journal.log(writer, found, "call from jane: worried +go // fri call jane: again"),
        lambda: journal.note(writer, found, "a note\n\nof two paragraphs"),
        lambda: customers.move_stage(writer, found, "dormant"),
        lambda: customers.set_values(writer, found, ["contacts.jane.title=CTO", "tags+=new"]),
        lambda: customers.set_values(writer, found, ["owner=", "tags-=vip"]),
        lambda: identity.rename(writer, found, f"new-{found.handle}"[:60]),
        lambda: followups.done(writer, ref, "it is done", "+1w call: again"),
        lambda: followups.done(writer, ref),
        lambda: followups.snooze(writer, ref, date(2027, 5, 5)),
        lambda: followups.drop(writer, ref, "void"),
    ]


def write_all(book: Book, contents: dict[str, bytes], chance: random.Random, tally: Tally) -> None:
    """Try one command on each customer, and undo it; a command that fails leaves every byte."""
    writer = Writer(book.index, TODAY, "sam")
    for item in reads.customers(book.index, Selection(None, TODAY)):
        found = reads.resolve(book.index, item.handle)
        refs = [each.ref for each in reads.followups(book.index, Selection(None, TODAY), customer=found.id)]
        act = chance.choice(commands(writer, found, chance.choice(refs) if refs else "none"))
        try:
            change = act()
            receipt, _ = book.commit(change, NOW)
        except CrmError as error:
            told(error, "not written", tally)
            assert files.read(book.root, found.path) == contents[found.path]
            continue
        tally.add("written")
        if receipt.path:
            book.undo(NOW)
        assert files.read(book.root, found.path) == contents[found.path]


def run(count: int, seed: int) -> Counter[str]:
    """Take `count` mutated files, a hundred in a book, through reading and writing; return what became of them."""
    chance = random.Random(seed)
    originals = sorted((HARBOUR / "customers").rglob("*.md"))
    config = (HARBOUR / "crmtxt.yaml").read_bytes()
    tally = Tally(Counter())
    for round_ in range(count // AT_ONCE):
        with TemporaryDirectory() as folder:
            contents = {}
            for number in range(AT_ONCE):
                path = f"customers/c{number}.md"
                contents[path] = mutated(chance.choice(originals).read_bytes(), chance)
                pure(contents[path], path, chance, tally)
            contents["crmtxt.yaml"] = mutated(config, chance) if round_ % 2 else config
            for path, data in contents.items():
                place = Path(folder, "book", path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            book = Book(f"{folder}/book", f"{folder}/cache", f"{folder}/state", {})
            try:
                read_all(book, contents, tally)
                write_all(book, contents, chance, tally)
            finally:
                book.index.connection.close()
    return tally.counts


def without_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the waiting for the disk, which the fault tests look after."""
    monkeypatch.setattr("os.fsync", lambda _: None)


def test_five_thousand_damaged_files_are_read_and_written_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    without_flushing(monkeypatch)
    counts = run(5000, seed=20261121)
    assert counts["shown"] > 2000
    assert counts["written"] > 1500
    assert counts["not written"] > 100
    assert counts["edited"] > 5000
    assert counts["edit refused"] > 500
    assert counts["not text"] > 100


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_thousand_damaged_files_are_read_and_written_or_refused(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, seed: int
) -> None:
    if "long" not in str(request.config.getoption("-m")):
        pytest.skip("runs for minutes: ask for it with -m long")
    without_flushing(monkeypatch)
    assert run(5000, seed)["written"] > 1500


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_an_accident_changes_something_even_in_an_empty_file(accident: Callable[[bytes, random.Random], bytes]) -> None:
    assert isinstance(accident(b"", random.Random(1)), bytes)
    assert any(accident(b"one\ntwo\n  three\n", random.Random(seed)) != b"one\ntwo\n  three\n" for seed in range(20))
