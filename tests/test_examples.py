"""The books that come with the program follow the format, and tell the stories the documentation relies on.

The reading here is deliberately a second, small one: it shares nothing with the program's own.
"""

from __future__ import annotations

import re
from datetime import date
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from crmtxt.services.demo import TRY_NEXT
from crmtxt.services.demo import demo_files

HARBOUR = Path(__file__).parent.parent / "examples" / "harbour-tools"
TODAY = date(2026, 11, 21)
LEAP_DAY = date(2028, 2, 29)
GHOST = "Doug Penn"

HANDLE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PART = re.compile(r"## (Next|Log)")
ENTRY = re.compile(
    r"- (?:\[(?P<box>[ x-])\] )?(?P<date>\d{4}-\d\d-\d\d)(?: (?P<time>\d\d:\d\d))? (?P<kind>[a-z]+)"
    r"(?: (?!(?:from|to|with|by) )(?P<subject>[a-z0-9-]+))?"
    r"(?: (?P<direction>from|to|with) (?P<who>[^:]+?))?"
    r"(?: by (?P<by>@[a-z]+(?:, @[a-z]+)*))?: (?P<text>\S.*)",
)
WITH_SUBJECT = {"opportunity", "goal", "initiative", "campaign"}
OF_A_CHANGE = {*WITH_SUBJECT, "stage", "kept", "broken", "void", "promise", "consent", "merged", "renamed"}
OUTCOME = re.compile(r'(?:(?P<old>[a-z]+) -> )?(?P<new>won|lost)(?: \d+ [A-Z]{3})?(?: .*)? "[^"]+"')
OPENED = re.compile(r'opened at (?P<stage>[a-z]+) (?P<value>\d+ [A-Z]{3}) "[^"]+"')
VALUED = re.compile(r"value (?P<old>\d+ [A-Z]{3}) -> (?P<value>\d+ [A-Z]{3})")
MOVED = re.compile(r"(?P<old>[a-z]+) -> (?P<stage>[a-z]+)")


class Entry(NamedTuple):
    part: str
    written: str
    box: str
    day: date
    time: str
    kind: str
    subject: str
    direction: str
    who: tuple[str, ...]
    by: tuple[str, ...]
    text: str


class Customer(NamedTuple):
    handle: str
    head: str
    notes: str
    entries: tuple[Entry, ...]

    def key(self, name: str) -> str:
        match = re.search(rf"^{name}: *(.*?)(?: +#.*)?$", self.head, re.MULTILINE)
        return match[1].strip("'\"") if match else ""

    def mapped(self, name: str) -> dict[str, str]:
        """Return the entries of a map of the head, each with the text below it."""
        block = re.search(rf"^{name}:\n((?: +.*\n|\n)+)", self.head + "\n", re.MULTILINE)
        if not block:
            return {}
        indent = re.match(" +", block[1])
        assert indent
        pieces = re.split(rf"^{indent[0]}([a-z0-9-]+):\n", block[1], flags=re.MULTILINE)[1:]
        return dict(zip(pieces[::2], pieces[1::2], strict=True))

    def part(self, name: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.part == name]


class Book(NamedTuple):
    settings: str
    customers: dict[str, Customer]

    def listed(self, name: str) -> set[str]:
        match = re.search(rf"^{name}: [\[{{](.*)[\]}}]$", self.settings, re.MULTILINE)
        assert match, name
        return {item.split(":")[0].strip() for item in match[1].split(",")}

    def team(self) -> set[str]:
        block = re.search(r"^team:\n((?:  .*\n)+)", self.settings, re.MULTILINE)
        assert block
        return set(re.findall(r"^  ([a-z]+):", block[1], re.MULTILINE))


def an_entry(part: str, line: str) -> Entry:
    match = ENTRY.fullmatch(line)
    assert match, line
    box, day, clock, kind, subject, direction, *names, text = (value or "" for value in match.groups())
    who, by = (tuple(several.split(", ")) if several else () for several in names)
    return Entry(part, line, box, date.fromisoformat(day), clock, kind, subject, direction, who, by, text)


def a_customer(path: str, text: str) -> Customer:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    assert lines[0] == "---", path
    end = lines.index("---", 1)
    part, fenced, notes, entries = "Notes", False, [], []
    for line in lines[end + 1 :]:
        fenced ^= line.startswith("```")
        if not fenced and PART.fullmatch(line):
            part = line[3:]
        elif part == "Notes":
            notes.append(line)
        elif line and not line.startswith("  "):
            entries.append(an_entry(part, line))
    return Customer(Path(path).stem, "\n".join(lines[1:end]) + "\n", "\n".join(notes), tuple(entries))


def a_book(files: dict[str, str]) -> Book:
    read = [a_customer(path, text) for path, text in files.items() if path.startswith("customers/")]
    customers = {customer.handle: customer for customer in read}
    assert len(customers) == len(read), "a handle is there twice"
    return Book(files["crmtxt.yaml"], customers)


def harbour_files() -> dict[str, str]:
    paths = [path for path in sorted(HARBOUR.rglob("*")) if path.is_file()]
    return {path.relative_to(HARBOUR).as_posix(): path.read_bytes().decode("utf-8") for path in paths}


BOOKS = {
    "harbour-tools": (a_book(harbour_files()), TODAY),
    "demo": (a_book(demo_files(TODAY)), TODAY),
    "demo of a leap day": (a_book(demo_files(LEAP_DAY)), LEAP_DAY),
}
each_book = pytest.mark.parametrize("book", [book for book, _ in BOOKS.values()], ids=BOOKS.keys())
each_book_and_day = pytest.mark.parametrize(("book", "today"), BOOKS.values(), ids=BOOKS.keys())


@each_book_and_day
def test_every_customer_has_a_handle_a_name_and_a_known_stage_type_and_owner(book: Book, today: date) -> None:
    types = set(re.findall(r"^    ([a-z]+):$", book.settings.partition("strategy:")[2], re.MULTILINE))
    assert len(types) == 3
    for customer in book.customers.values():
        assert HANDLE.fullmatch(customer.handle)
        assert len(customer.handle) <= 60
        assert customer.key("name")
        assert customer.key("stage") in book.listed("stages")
        assert customer.key("type") in types
        assert customer.key("owner") in book.team()
        assert customer.key("since") <= today.isoformat()


@each_book
def test_kinds_are_channels_or_changes_and_only_those_with_a_subject_have_one(book: Book) -> None:
    kinds = {"next": book.listed("channels") | {"promise", "task"}, "log": book.listed("channels") | OF_A_CHANGE}
    for entry in (entry for customer in book.customers.values() for entry in customer.entries):
        assert entry.kind in kinds[entry.part.lower()], entry.written
        assert bool(entry.subject) == (entry.kind in WITH_SUBJECT), entry.written
        assert bool(entry.box) == (entry.part == "Next"), entry.written
        assert not entry.time or time.fromisoformat(entry.time) < time.max


@each_book_and_day
def test_logs_are_oldest_first_and_hold_nothing_from_the_future(book: Book, today: date) -> None:
    for customer in book.customers.values():
        days = [entry.day for entry in customer.part("Log")]
        assert days == sorted(days), customer.handle
        assert 2 <= len(days) <= 14
        assert days[-1] < today


@each_book
def test_everybody_named_is_mapped_but_one_ghost_of_the_example(book: Book) -> None:
    ghosts = []
    for customer in book.customers.values():
        for entry in customer.entries:
            assert {name[1:] for name in entry.by} <= book.team(), entry.written
            for name in entry.who:
                other, _, contact = name.removeprefix("@").rpartition("/")
                people = book.customers[other or customer.handle].mapped("contacts")
                assert contact in people or not name.startswith("@"), entry.written
                ghosts += [] if name.startswith("@") else [name]
    assert set(ghosts) == ({GHOST} if "acme" in book.customers else set())


@each_book
def test_the_stage_of_the_head_is_the_last_one_of_the_log(book: Book) -> None:
    for customer in book.customers.values():
        moves = [entry.text.split(" -> ") for entry in customer.part("Log") if entry.kind == "stage"]
        assert all(before[1] == after[0] for before, after in pairwise(moves)), customer.handle
        assert not moves or moves[-1][1] == customer.key("stage"), customer.handle


def opportunities_of_the_log(customer: Customer) -> dict[str, tuple[str, str]]:
    """Return what the log says is open: handle -> stage and value."""
    now: dict[str, tuple[str, str]] = {}
    for entry in (entry for entry in customer.part("Log") if entry.kind == "opportunity"):
        stage, value = now.pop(entry.subject, ("", ""))
        if opened := OPENED.fullmatch(entry.text):
            assert not stage, entry.written
            now[entry.subject] = (opened["stage"], opened["value"])
        elif valued := VALUED.fullmatch(entry.text):
            assert value == valued["old"], entry.written
            now[entry.subject] = (stage, valued["value"])
        elif outcome := OUTCOME.fullmatch(entry.text):
            assert outcome["old"] == stage, entry.written
        else:
            moved = MOVED.fullmatch(entry.text)
            assert moved, entry.written
            assert moved["old"] == stage, entry.written
            now[entry.subject] = (moved["stage"], value)
    return now


@each_book
def test_the_head_holds_exactly_the_opportunities_the_log_left_open(book: Book) -> None:
    for customer in book.customers.values():
        head = {
            handle: tuple(re.findall(r"^ +(?:stage|value): (.+)$", text, re.MULTILINE))
            for handle, text in customer.mapped("opportunities").items()
        }
        assert head == opportunities_of_the_log(customer), customer.handle
        assert {stage for stage, _ in opportunities_of_the_log(customer).values()} <= book.listed("pipeline")


def test_the_example_has_every_shape_a_hand_written_file_may_take() -> None:
    files = {path: (HARBOUR / path).read_bytes() for path in harbour_files() if path.startswith("customers/")}
    assert [path for path, data in files.items() if b"\r\n" in data] == ["customers/nell-harker.md"]
    assert b"\n" not in files["customers/nell-harker.md"].replace(b"\r\n", b"")
    assert [path for path, data in files.items() if data.startswith(b"\xef\xbb\xbf")] == ["customers/de-kade.md"]
    assert [path for path, data in files.items() if not data.endswith(b"\n")] == ["customers/de-kade.md"]
    assert sum(path.count("/") == 2 for path in files) == 2
    customers = BOOKS["harbour-tools"][0].customers
    assert "## Log" in customers["tidewell"].notes
    assert "|---" in customers["mowenstein"].notes
    assert "## Next year" in customers["mowenstein"].notes
    assert sum("plan:\n" in customer.head for customer in customers.values()) == 2
    assert {customer.key("stage") for customer in customers.values()} == BOOKS["harbour-tools"][0].listed("stages")


def open_lines(book: Book, today: date, *, late: bool) -> set[tuple[str, str, str]]:
    return {
        (customer.handle, entry.kind, entry.text)
        for customer in book.customers.values()
        for entry in customer.part("Next")
        if entry.box == " " and (entry.day < today if late else entry.day == today)
    }


def owed_answers(book: Book) -> set[str]:
    """Return the customers whose last interaction is one of theirs."""
    channels = book.listed("channels")
    talks = [[e for e in customer.part("Log") if e.kind in channels] for customer in book.customers.values()]
    return {handle for handle, entries in zip(book.customers, talks, strict=True) if entries[-1].direction == "from"}


def test_the_example_book_tells_the_story_of_the_documentation() -> None:
    book, today = BOOKS["harbour-tools"]
    assert open_lines(book, today, late=True) == {
        ("acme", "promise", "send the revised quote"),
        ("globex", "email", "price list for 2027"),
    }
    assert open_lines(book, today, late=False) == {("tidewell", "event", "open day, bring the screwdrivers")}
    assert owed_answers(book) == {"acme", "globex"}
    assert {"jane", "tom"} <= set(book.customers["acme"].mapped("contacts"))


@pytest.mark.parametrize("name", ["demo", "demo of a leap day"])
def test_the_demo_has_something_late_something_owed_and_something_for_today(name: str) -> None:
    book, today = BOOKS[name]
    assert len(book.customers) == 12
    assert {(handle, kind) for handle, kind, _ in open_lines(book, today, late=True)} == {
        ("goat-hill", "promise"),
        ("nine-lives", "promise"),
    }
    assert {handle for handle, _, _ in open_lines(book, today, late=False)} == {"wobbly-wheels", "teapot-opera"}
    assert owed_answers(book) == {"far-rock"}
    assert sum(len(opportunities_of_the_log(customer)) for customer in book.customers.values()) == 2


def test_the_demo_leaves_no_date_unwritten_and_moves_along_with_today() -> None:
    early, late = demo_files(TODAY), demo_files(LEAP_DAY)
    assert early.keys() == late.keys()
    assert not re.search(r"\{[+-]", "".join(early.values()))
    assert all(early[path] != late[path] for path in early if path.startswith("customers/"))
    assert "2028-02-27 promise to @greta" in late["customers/goat-hill.md"]


def test_what_to_try_next_speaks_of_customers_and_people_of_the_demo() -> None:
    customers = BOOKS["demo"][0].customers
    assert len(TRY_NEXT) == 3
    for command in TRY_NEXT:
        assert not re.search(r"[;&|<>()$`\"'!*?\\]", command), "it is typed as it stands, in any shell"
    assert TRY_NEXT[1].split()[-1] in customers
    _, verb, handle, *words = TRY_NEXT[2].split()
    assert verb == "log"
    people = customers[handle].mapped("contacts")
    named = [after.rstrip(":") for word, after in pairwise(words) if word in {"from", "to"}]
    assert {*named} == {"greta"} <= {*people}
