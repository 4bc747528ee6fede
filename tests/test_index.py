"""The index is never believed over a file: whatever happened to the folder, it equals one made from nothing."""

from __future__ import annotations

import gc
import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.store import disk
from crmtxt.store import files
from crmtxt.store.index import Index
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

MS, SECOND = 1_000_000, 1_000_000_000
START = 1_790_000_000 * SECOND + 123_456_789
GRAINS = {"4 ms": 4 * MS, "1 s": SECOND, "2 s": 2 * SECOND}
PATHS = ["customers/acme.md", "customers/a/globex.md", "customers/b.md"]
ACME = """---
name: Acme
tags: [a, b]
---
## Next
- [ ] 2026-12-01 call to @jane: {}
## Log
- 2026-11-01 call: x #a feel:1
"""
BETA = """---
name: Beta
stage: {}
contacts:
  jane:
    name: Jane
---
Notes.
## Log
- 2026-11-01 call from @jane: y
"""
CONTENTS = [
    ACME,
    BETA,
    "---\nopportunities:\n  big:\n    value: 5 {}UR\n    stage: proposal\n---\n",
    "---\nname: [broken {}\n---\n## Log\n- 2026-11-01 call: z\n",
    "no head {}\n",
]
SETTINGS = [
    "crmtxt: 1\ncurrency: EUR\nchannels: {call: 1}\n",
    "crmtxt: 1\ncurrency: GBP\nchannels: {call: 0}\n",
    "crmtxt: 1\npipeline: {proposal: 0.25}\nrates: {EUR: 2}\n",
    "crmtxt: [1\n",
]
LETTERS = "abcde"
PAGE = 4096


class Seen(NamedTuple):
    """What a coarse disk says of a file: what the program reads of os.stat_result."""

    st_mode: int
    st_ino: int
    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int
    st_uid: int
    st_gid: int

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401  # as os.stat_result does
        return (self.st_mode, self.st_ino, 0, 1, self.st_uid, self.st_gid, self.st_size)[at]


class Entry:
    """What scandir yields, with the times of a coarse disk."""

    def __init__(self, world: World, entry: os.DirEntry[str]) -> None:
        self.name = entry.name
        self.is_dir = entry.is_dir
        self.is_symlink = entry.is_symlink
        self.stat = lambda *, follow_symlinks: world.seen(entry.stat(follow_symlinks=follow_symlinks))


class World:
    """Stands for os: a disk whose clock moves only when told to, and whose file times are as coarse as `grain`."""

    def __init__(self, root: Path, grain: int) -> None:
        self.root = root
        self.grain = grain
        self.now = START
        self.times: dict[int, tuple[int, int]] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # it stands for a whole module
        return getattr(os, name)

    def seen(self, real: os.stat_result) -> Seen:
        modified, changed = self.times.get(real.st_ino, (START, START))
        return Seen(real.st_mode, real.st_ino, real.st_size, modified, changed, real.st_uid, real.st_gid)

    def lstat(self, path: str) -> Seen:
        return self.seen(os.lstat(path))

    def scandir(self, place: int) -> Any:  # noqa: ANN401  # a context with entries
        with os.scandir(place) as entries:
            return closing(_Entries([Entry(self, entry) for entry in entries]))

    def touched(self, place: Path, modified: int | None = None) -> None:
        now = self.now - self.now % self.grain
        self.times[place.lstat().st_ino] = (now if modified is None else modified, now)

    def modified(self, place: Path) -> int:
        return self.seen(place.lstat()).st_mtime_ns


class _Entries(list[Entry]):
    def close(self) -> None:
        self.clear()


class Step(NamedTuple):
    """One thing that happens to the folder between two commands, or to the clock; `which` and `how` choose of what."""

    act: str
    which: int
    how: int
    wait: int


def happen(world: World, step: Step) -> None:
    """Let one step happen as an editor, a pull or an accident would do it."""
    if step.act == "clock back":
        world.now -= 50 * SECOND
        return
    place = world.root / (PATHS[step.which] if step.act != "settings" else "crmtxt.yaml")
    if place.is_dir():
        place.rmdir()
    place.parent.mkdir(parents=True, exist_ok=True)
    letter = LETTERS[step.how]
    text = SETTINGS[step.how % 4] if step.act == "settings" else CONTENTS[(step.how + step.which) % 5].format(letter)
    if step.act in {"write", "settings"} or not place.exists():
        place.write_text(text, encoding="utf-8")
        world.touched(place)
    elif step.act == "replace":
        fresh = place.with_name("fresh.tmp")
        fresh.write_text(text, encoding="utf-8")
        world.touched(fresh)
        fresh.replace(place)
    else:
        ACTS[step.act](world, place, step)


def _same_size(world: World, place: Path, step: Step) -> None:
    old, data = world.modified(place), place.read_bytes()
    at = data.find(b"2026-1") + 5 if b"2026-1" in data else len(data) // 2
    place.write_bytes(data[:at] + str(step.how).encode() + data[at + 1 :])
    world.touched(place, old if step.act.endswith("old time") else None)


def _rename(world: World, place: Path, step: Step) -> None:
    to = world.root / PATHS[(step.which + 1) % 3]
    if not to.is_dir():
        to.parent.mkdir(parents=True, exist_ok=True)
        place.replace(to)
        world.touched(to, world.modified(to))


def _swap(world: World, place: Path, step: Step) -> None:
    other = world.root / PATHS[(step.which + 1) % 3]
    if other.is_file():
        place.replace(place.with_name("swap.tmp"))
        other.replace(place)
        place.with_name("swap.tmp").replace(other)
        for each in (place, other):
            world.touched(each, world.modified(each))


def _folder(_: World, place: Path, __: Step) -> None:
    place.unlink()
    place.mkdir()


def _chmod(world: World, place: Path, step: Step) -> None:
    place.chmod(stat.S_IRUSR if step.how % 2 else stat.S_IRUSR | stat.S_IWUSR)
    world.touched(place, world.modified(place))


ACTS: dict[str, Callable[[World, Path, Step], None]] = {
    "same size": _same_size,
    "same size, old time": _same_size,
    "rename": _rename,
    "swap": _swap,
    "delete": lambda _, place, __: place.unlink(),
    "folder": _folder,
    "chmod": _chmod,
    "touch": lambda world, place, _: world.touched(place),
}
steps = st.builds(
    Step,
    st.sampled_from([*ACTS, "write", "write", "replace", "settings", "clock back", "look", "look"]),
    st.integers(0, 2),
    st.integers(0, 4),
    st.sampled_from([0, 1, MS, 3 * MS, 5 * MS, SECOND // 2, SECOND, 3 * SECOND, 100 * SECOND]),
)


def _by_file(table: str, columns: str, key: str = "customer") -> str:
    """Return the query for the rows of a table with the paths of their files."""
    return f"SELECT f.path, {columns} FROM {table} x JOIN file f ON f.id = x.{key}"  # noqa: S608  # literals of ours


BY_FILE = {
    "problem": _by_file("problem", "line, column, code, message, hint, source, width", "file"),
    "field": _by_file("field", "key, value", "file"),
    "order": _by_file("field", "x.rowid - (SELECT min(rowid) FROM field WHERE file = x.file), key", "file"),
    "customer": _by_file(
        "customer", "handle, name, stage, type, owner, since, cadence, value, currency, weighted", "id"
    ),
    "alias": _by_file("alias", "folded"),
    "tag": _by_file("tag", "name"),
    "contact": _by_file("contact", "handle, name, folded"),
    "opportunity": _by_file("opportunity", "handle, title, stage, amount, currency, close"),
    "line": _by_file(
        "line", "section, number, box, date, time, kind, subject, direction, who, by, text, more, ref, touch, feel"
    ),
    "topic": _by_file("topic", "(SELECT number FROM line WHERE id = x.line), name"),
    "person": _by_file("person", "(SELECT number FROM line WHERE id = x.line), folded"),
    "words": "SELECT f.path, l.number, w.text FROM words w LEFT JOIN line l ON l.id = w.rowid "
    "LEFT JOIN file f ON f.id = l.customer",
    "hits": "SELECT f.path, l.number FROM words w JOIN line l ON l.id = w.rowid JOIN file f ON f.id = l.customer "
    "WHERE words MATCH 'x OR y OR broken'",
}
TABLES = ["problem", "field", "customer", "alias", "tag", "contact", "opportunity", "line", "topic", "person", "words"]


def contents(index: Index) -> dict[str, Any]:
    """Return everything an index holds, by the paths of files instead of its own numbers."""
    found: dict[str, Any] = {name: sorted(index.query(sql), key=repr) for name, sql in BY_FILE.items()}
    found["rows"] = {table: index.query(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608  # ours
    return found | {"problems": index.problems(), "settings": index.settings}


def look(root: Path, path: Path) -> dict[str, Any]:
    """Open an index as a command does, and return what it answers from."""
    index = Index(str(root), str(path))
    try:
        return contents(index)
    finally:
        index.connection.close()


def from_nothing(root: Path) -> dict[str, Any]:
    """Return what an index of the book holds that was made a moment ago."""
    with TemporaryDirectory() as cache:
        return look(root, Path(cache, "index.sqlite"))


@pytest.mark.parametrize("grain", GRAINS)
def test_after_any_sequence_of_edits_the_index_equals_one_made_from_nothing(grain: str) -> None:
    @settings(max_examples=30, deadline=None)
    @given(st.lists(steps, max_size=12))
    @example(
        [
            Step("write", 0, 0, 0),
            Step("look", 0, 0, 0),
            Step("same size, old time", 0, 4, 0),
            Step("look", 0, 0, 9 * SECOND),
        ]
    )
    @example(
        [
            Step("write", 0, 0, 9 * SECOND),
            Step("look", 0, 0, 0),
            Step("clock back", 0, 0, 0),
            Step("same size, old time", 0, 4, 0),
        ]
    )
    @example([Step("write", 0, 0, 0), Step("write", 1, 1, 0), Step("look", 0, 0, 9 * SECOND), Step("swap", 0, 0, 0)])
    def holds(sequence: list[Step]) -> None:
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            root, cache = Path(folder, "book"), Path(folder, "cache", "index.sqlite")
            root.mkdir()
            world = World(root, GRAINS[grain])
            patch.setattr(disk, "os", world)
            patch.setattr(files, "now_ns", lambda: world.now)
            for step in [Step("settings", 0, 0, 0), *sequence, Step("look", 0, 0, 0)]:
                world.now += step.wait
                if step.act != "look":
                    happen(world, step)
                if step.act in {"look", "clock back"}:
                    assert look(root, cache) == from_nothing(root)

    holds()


def test_a_disk_that_is_read_once_too_few_would_be_found_out() -> None:
    """The property above is worth something: without the rule of fresh files it fails."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root, cache = Path(folder, "book"), Path(folder, "cache", "index.sqlite")
        root.mkdir()
        world = World(root, SECOND)
        patch.setattr(disk, "os", world)
        patch.setattr(files, "now_ns", lambda: world.now)
        patch.setattr("crmtxt.store.changes.GRAIN_NS", 0)
        happen(world, Step("write", 0, 0, 0))
        look(root, cache)
        happen(world, Step("same size, old time", 0, 4, 0))
        assert look(root, cache) != from_nothing(root)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Return a small book of three customers."""
    root = tmp_path / "book"
    for path, text in zip(["crmtxt.yaml", *PATHS], [SETTINGS[0], *CONTENTS[:3]], strict=True):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.format("a") if path != "crmtxt.yaml" else text, encoding="utf-8")
    return root


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"this is no database\n" * 500),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "header only": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "zeroed middle": lambda path: path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "another program's": lambda path: _foreign(path, "CREATE TABLE meta(key TEXT, value TEXT)", anew=True),
    "another program's without meta": lambda path: _foreign(path, "CREATE TABLE notes(text)", anew=True),
    "another version's": lambda path: _foreign(path, "UPDATE meta SET value = 'older' WHERE key = 'schema'"),
    "a table gone": lambda path: _foreign(path, "DROP TABLE topic"),
    "an index of other columns": lambda path: _foreign(path, "ALTER TABLE customer RENAME COLUMN stage TO phase"),
    "a dangling link": lambda path: (path.unlink(), path.symlink_to("nowhere/at/all")),
}


def _foreign(path: Path, statement: str, *, anew: bool = False) -> None:
    if anew:
        path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_foreign_index_is_replaced_or_bypassed(shelf: Path, tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache" / "index.sqlite"
    expected = look(shelf, cache)
    DAMAGES[damage](cache)  # type: ignore[no-untyped-call]
    assert look(shelf, cache) == expected
    assert look(shelf, cache) == expected


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_an_index_locked_by_another_process_is_bypassed(
    shelf: Path, tmp_path: Path, lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *words, **named: real(*words, **(named | {"timeout": 0.1})))
    cache = tmp_path / "cache" / "index.sqlite"
    look(shelf, cache)
    (shelf / PATHS[0]).write_text("---\nname: New\n---\n", encoding="utf-8")
    with closing(real(cache, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        other.execute("DELETE FROM customer")
        assert look(shelf, cache) == from_nothing(shelf)
    assert look(shelf, cache) == from_nothing(shelf)


def test_an_index_that_cannot_be_written_is_bypassed(shelf: Path, tmp_path: Path) -> None:
    """As another user than root, who may write everywhere: in a child that gives its rights up."""
    cache = tmp_path / "cache" / "index.sqlite"
    look(shelf, cache)
    (shelf / PATHS[0]).write_text("---\nname: New\n---\n", encoding="utf-8")
    expected = from_nothing(shelf)
    cache.chmod(0o444)
    cache.parent.chmod(0o555)
    assert in_a_child_without_rights(lambda: look(shelf, cache) == expected, tmp_path)
    cache.parent.chmod(0o755)
    cache.chmod(0o000)
    assert look(shelf, cache) == expected


def in_a_child_without_rights(act: Any, folder: Path) -> bool:  # noqa: ANN401  # a function without values
    """Run `act` as nobody when we are root, else as we are; say whether it was true."""
    while folder != Path("/tmp") and folder != folder.parent and os.geteuid() == 0:  # noqa: S108  # where pytest's folders are
        folder.chmod(folder.stat().st_mode | 0o055)
        folder = folder.parent
    child = os.fork()
    if not child:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            code = 0 if act() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_cache_folder_that_is_a_file_is_bypassed(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    assert look(shelf, tmp_path / "cache" / "index.sqlite") == from_nothing(shelf)
    assert (tmp_path / "cache").read_text(encoding="utf-8") == "in the way"


READS = [
    ["list", "--json"], ["list", "mood<0", "or", "name:a", "--json"], ["find", "x", "--json"],
    ["due", "--until", "eoy", "--json"], ["show", "acme", "--json"], ["today", "--json"], ["check", "--json"],
    ["list", "--as-of", "2026-11-10", "--json"], ["list", "tags:a", "--sort", "-name", "--json"],
]  # fmt: skip


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_an_index_damaged_below_its_first_page_gives_the_same_answer(shelf: Path, home: Path, words: list[str]) -> None:
    """What is found out only while a question is asked: the index is made anew, and the question asked again."""
    prompt = Prompt()
    expected = prompt.words(["-C", str(shelf), *words])
    cache, whole = at_rest(home)
    for page in range(READS.index(words) % 3, len(whole) // PAGE, 3):
        put(cache, whole[: page * PAGE] + b"\xa5" * PAGE + whole[(page + 1) * PAGE :])
        assert prompt.words(["-C", str(shelf), *words]) == expected, page


def at_rest(home: Path) -> tuple[Path, bytes]:
    """Return where the one index below a home is, and its content, when no connection of ours is open any more."""
    gc.collect()
    (cache,) = (home / ".cache").rglob("index.sqlite")
    assert not cache.with_name("index.sqlite-wal").exists()
    return cache, cache.read_bytes()


def put(cache: Path, data: bytes) -> None:
    gc.collect()
    files.discard(str(cache))
    cache.write_bytes(data)


def flipped(data: bytes, chance: random.Random, count: int) -> bytes:
    found = bytearray(data)
    for _ in range(count):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def test_flipped_bits_of_the_index_never_reach_a_file_and_never_stop_a_command(shelf: Path, home: Path) -> None:
    """A flipped bit can change a figure of a list without anybody noticing; it cannot change what is written."""
    prompt, chance = Prompt(), random.Random(20261121)
    prompt.words(["-C", str(shelf), "list"])
    cache, whole = at_rest(home)
    before = {path: (shelf / path).read_bytes() for path in PATHS}
    for number in range(40):
        put(cache, flipped(whole, chance, 8))
        words = READS[number % len(READS)]
        answer = prompt.words(["-C", str(shelf), *words])
        assert answer.code != 1, (number, words, answer.stderr)
        put(cache, flipped(whole, chance, 8))
        answer = prompt.words(["-C", str(shelf), "log", "acme", "call: entry"])
        assert answer.code != 1, (number, answer.stderr)
        for path in PATHS:
            now = (shelf / path).read_bytes()
            if now != before[path]:
                assert path == PATHS[0], (number, answer)
                assert answer.code == 0
                assert now == before[path].rstrip(b"\n") + b"\n- 2026-11-21 call: entry\n"
                (shelf / path).write_bytes(before[path])
    shutil.rmtree(cache.parent)


def test_a_handle_that_is_not_that_of_its_file_is_a_damaged_index(shelf: Path, home: Path) -> None:
    prompt = Prompt()
    prompt.words(["-C", str(shelf), "list"])
    cache, _ = at_rest(home)
    before = {path: (shelf / path).read_bytes() for path in PATHS}
    with closing(sqlite3.connect(cache)) as connection, connection:
        (other,) = connection.execute("SELECT id FROM customer WHERE handle <> 'acme' LIMIT 1").fetchone()
        connection.execute("UPDATE customer SET handle = 'was' WHERE handle = 'acme'")
        connection.execute("UPDATE customer SET handle = 'acme' WHERE id = ?", (other,))
    assert prompt.words(["-C", str(shelf), "note", "acme", "entry"]).code == 0
    changed = [path for path in PATHS if (shelf / path).read_bytes() != before[path]]
    assert changed == ["customers/acme.md"]


@pytest.fixture(autouse=True)
def _writable(tmp_path: Path) -> Iterator[None]:
    yield
    for folder in tmp_path.rglob("cache"):
        folder.chmod(0o755)
