from __future__ import annotations

import errno
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import NotFoundError
from crmtxt.errors import OutsideError
from crmtxt.store import files
from crmtxt.store import journal
from faults import every_death
from faults import every_failure

WHEN = "2026-11-21T10:00:00"
ACME = "customers/acme.md"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "state" / "book")


def record(folder: str, summary: str = "log acme", before: bytes | None = b"old", after: bytes | None = b"new") -> int:
    return journal.record(folder, WHEN, summary, "acme", [(ACME, before, after)])


def states(folder: str) -> list[tuple[int, str, str]]:
    return [(entry.number, entry.state, entry.commit) for entry in journal.entries(folder)]


def test_a_new_journal_is_empty(folder: str) -> None:
    assert journal.entries(folder) == []
    assert journal.last(folder) == []
    assert journal.pending(folder) == []


def test_a_write_is_kept_with_the_contents_before_and_after_it(folder: str) -> None:
    assert record(folder) == 1
    (entry,) = journal.entries(folder)
    assert entry[:4] == (1, WHEN, "log acme", "acme")
    assert entry.files == ((ACME, files.digest(b"old").hex(), files.digest(b"new").hex()),)
    assert (entry.commit, entry.state) == ("", journal.INTENDED)
    assert journal.blob(folder, entry.files[0].before) == b"old"
    assert journal.blob(folder, entry.files[0].after) == b"new"


def test_a_content_is_known_by_whatever_file_had_it(folder: str) -> None:
    assert not journal.knows(folder, b"old")
    record(folder)
    assert journal.knows(folder, b"old")
    assert journal.knows(folder, b"new", "customers/other.md")
    assert not journal.knows(folder, b"by hand", ACME)
    assert journal.knows(folder, b"by hand", "customers/other.md")


def test_a_created_and_a_removed_file_have_no_content_before_and_after(folder: str) -> None:
    journal.record(folder, WHEN, "rename acme", "acme", [(ACME, b"old", None), ("customers/new.md", None, b"old")])
    name = files.digest(b"old").hex()
    assert journal.last(folder)[0].files == ((ACME, name, ""), ("customers/new.md", "", name))


def test_what_became_of_writes_is_noted(folder: str) -> None:
    for _ in range(5):
        record(folder)
    journal.committed(folder, [1, 2], "abc1234")
    journal.committed(folder, [3], "")
    journal.undone(folder, 2)
    journal.withdrawn(folder, 4)
    assert states(folder) == [
        (1, "committed", "abc1234"),
        (2, "undone", "abc1234"),
        (3, "left", ""),
        (5, "intended", ""),
    ]
    assert [entry.number for entry in journal.last(folder, 9)] == [5, 3, 1]
    assert [entry.number for entry in journal.last(folder)] == [5]
    assert [entry.number for entry in journal.pending(folder)] == [5]
    assert record(folder) == 6


def test_what_is_undone_before_it_is_committed_still_waits_for_a_commit(folder: str) -> None:
    record(folder)
    journal.undone(folder, 1)
    assert record(folder, "undo: log acme") == 2
    journal.undone(folder, 2)
    assert journal.last(folder) == []
    assert [entry.number for entry in journal.pending(folder)] == [1, 2]
    journal.committed(folder, [1, 2], "abc1234")
    assert journal.pending(folder) == []
    assert states(folder) == [(1, "undone", "abc1234"), (2, "undone", "abc1234")]


anything = st.text(max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(anything, anything, anything, anything), min_size=1, max_size=4))
def test_any_text_and_any_path_survive(writes: list[tuple[str, str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        for when, summary, customer, path in writes:
            journal.record(folder, when, summary, customer, [(path, None, b""), ("caf\udce9\t\\n", None, None)])
        kept = [(e.when, e.summary, e.customer, e.files[0].path) for e in journal.entries(folder)]
        assert kept == writes
        assert all(entry.files[1].path == "caf\udce9\t\\n" for entry in journal.entries(folder))


def test_a_torn_last_line_is_ignored_and_then_cut_off(folder: str) -> None:
    record(folder)
    record(folder)
    place = Path(folder, "journal.tsv")
    whole = place.read_bytes()
    second = whole.index(b"\n") + 1
    for cut in range(second + 1, len(whole)):
        place.write_bytes(whole[:cut])
        assert [entry.number for entry in journal.entries(folder)] == [1]
        assert record(folder, "again") == 2
        assert [entry.summary for entry in journal.entries(folder)] == ["log acme", "again"]


def test_lines_that_are_not_ours_are_passed_over(folder: str) -> None:
    record(folder)
    with Path(folder, "journal.tsv").open("ab") as file:
        file.write(b"\xff\xfe\nwrite\tx\nwrite\nfate\tcommitted\tabc\tnine\nfate\tundone\t\t77\nhello\n\n")
    assert states(folder) == [(1, "intended", "")]
    assert record(folder) == 2


def test_a_content_that_is_gone_or_damaged_is_refused(folder: str) -> None:
    record(folder)
    name = journal.last(folder)[0].files[0].before
    place = Path(folder, "blobs", name)
    place.write_bytes(b"damaged")
    with pytest.raises(NotFoundError, match=name[:12]):
        journal.blob(folder, name)
    assert record(folder) == 2
    assert journal.blob(folder, name) == b"old"
    place.unlink()
    with pytest.raises(NotFoundError):
        journal.blob(folder, name)


def test_the_journal_is_private(folder: str) -> None:
    record(folder)
    modes = {place.name: place.stat().st_mode & 0o777 for place in Path(folder).rglob("*")}
    assert modes.pop("blobs") == 0o700
    assert set(modes.values()) == {0o600}
    assert Path(folder).stat().st_mode & 0o777 == 0o700


def test_a_long_journal_keeps_the_latest_writes_and_their_contents(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "KEPT_ENTRIES", 10)
    monkeypatch.setattr(journal, "SLACK", 5)
    for number in range(1, 41):
        assert record(folder, before=b"%d" % number) == number
        journal.committed(folder, [number], "abc1234")
        kept = journal.entries(folder)
        assert not journal.pending(folder)
        assert 10 <= len(kept) <= 15 or number < 10
        assert [entry.number for entry in kept] == list(range(number - len(kept) + 1, number + 1))
        assert all(journal.blob(folder, entry.files[0].before) == b"%d" % entry.number for entry in kept)
    assert len(list(Path(folder, "blobs").iterdir())) <= 15


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_failing_disk_is_named_and_the_journal_stays_whole(
    folder: str, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    record(folder, "first")
    for faulty, raised in every_failure(monkeypatch, error, lambda: record(folder, "second", b"%d" % error)):
        if raised is not None:
            assert isinstance(raised, OutsideError), faulty.calls
            assert raised.hint
        kept = journal.entries(folder)
        assert kept[0].summary == "first"
        assert {entry.summary for entry in kept[1:]} <= {"second"}
        journal.undone(folder, 1)
        assert all(journal.blob(folder, entry.files[0].before) for entry in journal.entries(folder))


def test_a_kill_at_any_call_leaves_a_journal_that_reads_and_goes_on(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "KEPT_ENTRIES", 4)
    monkeypatch.setattr(journal, "SLACK", 2)
    for _ in range(5):
        record(folder)

    def act() -> None:
        for before in (b"1", b"2"):
            number = record(folder, "killed", before)
            journal.committed(folder, [number], "abc1234")

    deaths, highest = 0, 5
    for _ in every_death(act):
        deaths += 1
        kept = journal.entries(folder)
        assert all(journal.blob(folder, entry.files[0].before) for entry in kept)
        assert [entry.number for entry in kept] == list(range(kept[0].number, kept[-1].number + 1))
        assert kept[-1].number >= highest
        highest = record(folder, "next")
        assert highest == kept[-1].number + 1
    assert deaths > 20
    for _ in range(9):
        record(folder, before=b"another %d" % deaths)
    names = {name for entry in journal.entries(folder) for name in entry.files[0][1:]}
    assert {place.name for place in Path(folder).rglob("*")} <= names | {"journal.tsv", "blobs"} | {
        files.digest(b"another %d" % deaths).hex()
    }
