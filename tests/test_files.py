from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt.errors import InvalidError
from crmtxt.errors import LockedError
from crmtxt.errors import OutsideError
from crmtxt.store import disk
from crmtxt.store import files
from crmtxt.store import state
from crmtxt.store.exchange import exchange
from faults import FOREVER
from faults import FaultyDisk
from faults import contents
from faults import put

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = b"---\nname: Acme\n---\n"
NEW = b"---\nname: Acme Ltd\n---\n"
ACME = "customers/acme.md"
MOVED = "customers/a/acme-ltd.md"


@pytest.fixture
def root(tmp_path: Path) -> str:
    (tmp_path / "customers").mkdir()
    return str(tmp_path)


def test_write_replaces_a_file_and_keeps_its_permissions(root: str) -> None:
    place = put(root, ACME)
    place.chmod(0o640)
    files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {ACME: NEW}
    assert place.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_permissions_the_user_wants_for_new_files(root: str) -> None:
    before = os.umask(0o027)
    try:
        files.write(root, "customers/a/b/acme.md", NEW, None)
    finally:
        os.umask(before)
    assert Path(root, "customers/a/b/acme.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_write_keeps_the_owner(root: str) -> None:
    os.chown(put(root, ACME), 12345, 23456)
    files.write(root, ACME, NEW, files.digest(OLD))
    status = Path(root, ACME).stat()
    assert (status.st_uid, status.st_gid) == (12345, 23456)


def test_write_refuses_a_file_that_is_not_as_expected(root: str) -> None:
    put(root, ACME, b"by hand")
    with pytest.raises(LockedError, match="changed outside meanwhile; nothing was written") as caught:
        files.write(root, ACME, NEW, files.digest(OLD))
    assert caught.value.hint
    assert contents(root) == {ACME: b"by hand"}


def test_write_refuses_a_file_that_is_gone(root: str) -> None:
    with pytest.raises(LockedError, match="moved or removed outside"):
        files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {}


def test_write_never_replaces_what_it_was_to_create(root: str) -> None:
    put(root, ACME)
    with pytest.raises(LockedError, match="is there already"):
        files.write(root, ACME, NEW, None)
    assert contents(root) == {ACME: OLD}


def test_write_refuses_a_link_in_place_of_the_file(root: str) -> None:
    secret = put(root, "elsewhere/secret.md")
    Path(root, ACME).symlink_to(secret)
    Path(root, "customers/folder").symlink_to(secret.parent)
    with pytest.raises(LockedError):
        files.write(root, ACME, NEW, files.digest(OLD))
    with pytest.raises(InvalidError):
        files.write(root, "customers/folder/secret.md", NEW, files.digest(OLD))
    assert secret.read_bytes() == OLD


def test_write_refuses_a_write_protected_file(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, ACME)
    monkeypatch.setattr(disk, "may_write", lambda _: False)
    with pytest.raises(OutsideError, match="write-protected"):
        files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {ACME: OLD}


class Meanwhile(FaultyDisk):
    """Lets somebody else act at the moment our temporary is flushed."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(FOREVER)
        self.act = act

    def fsync(self, place: int) -> None:
        act, self.act = self.act, lambda: None
        act()
        os.fsync(place)


@pytest.mark.parametrize("expected", [files.digest(OLD), None])
def test_an_edit_while_we_write_is_kept_and_ours_refused(
    root: str, monkeypatch: pytest.MonkeyPatch, expected: bytes | None
) -> None:
    if expected:
        put(root, ACME)
    monkeypatch.setattr(disk, "os", Meanwhile(lambda: put(root, ACME, b"by hand")))
    with pytest.raises(LockedError):
        files.write(root, ACME, NEW, expected)
    assert contents(root) == {ACME: b"by hand"}


class SavingEditor:
    """Swaps two files, and before the first, the second … time an editor saves, in place or by renaming."""

    def __init__(self, *saves: Callable[[], object]) -> None:
        self.saves = list(saves)

    def __call__(self, one: str, two: str) -> bool:
        if self.saves:
            self.saves.pop(0)()
        return exchange(one, two)


def by_renaming(root: str, path: str, data: bytes) -> None:
    put(root, f"{path}~", data).rename(Path(root, path))


@pytest.mark.parametrize("save", [put, by_renaming])
def test_what_an_editor_saves_in_the_very_moment_of_the_exchange_stays(
    root: str, monkeypatch: pytest.MonkeyPatch, save: Callable[[str, str, bytes], object]
) -> None:
    put(root, ACME)
    monkeypatch.setattr(disk, "exchange", SavingEditor(lambda: save(root, ACME, b"by hand")))
    with pytest.raises(LockedError, match="changed outside meanwhile"):
        files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {ACME: b"by hand"}


def test_of_two_saves_in_the_very_moment_the_later_stays(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, ACME)
    saves = [lambda: put(root, ACME, b"by hand"), lambda: by_renaming(root, ACME, b"and again")]
    monkeypatch.setattr(disk, "exchange", SavingEditor(*saves))
    with pytest.raises(LockedError):
        files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {ACME: b"and again"}


def test_what_is_added_to_the_old_file_after_the_exchange_is_seen(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell opened it for `>>` just before, and writes just after."""
    added = [b"- 2026-11-21 note: added\n"]
    with put(root, ACME).open("ab", buffering=0) as end:

        def swap(one: str, two: str) -> bool:
            done = exchange(one, two)
            end.write(added.pop() if added else b"")
            return done

        monkeypatch.setattr(disk, "exchange", swap)
        with pytest.raises(LockedError):
            files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {ACME: OLD + b"- 2026-11-21 note: added\n"}


def test_an_exchange_the_system_cannot_do_is_not_done(root: str) -> None:
    put(root, ACME)
    assert not exchange(f"{root}/{ACME}", f"{root}/customers")
    with pytest.raises(FileNotFoundError):
        exchange(f"{root}/{ACME}", f"{root}/nowhere")
    assert contents(root) == {ACME: OLD}


class AtTheLastMoment(FaultyDisk):
    """Lets somebody else make the file between our last look and the moment ours gets its name."""

    def __init__(self, root: str) -> None:
        super().__init__(FOREVER)
        self.root = root

    def link(self, old: str, new: str) -> None:
        put(self.root, ACME, b"by hand")
        os.link(old, new)

    def replace(self, old: str, new: str) -> None:
        put(self.root, ACME, b"by hand")
        Path(old).replace(new)


def test_a_file_made_by_somebody_else_at_the_last_moment_is_not_replaced(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "os", AtTheLastMoment(root))
    with pytest.raises(LockedError, match="is there already"):
        files.write(root, ACME, NEW, None)
    assert contents(root) == {ACME: b"by hand"}


def test_control_c_while_we_write_leaves_the_old_file_and_no_temporary(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, ACME)

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(disk, "os", Meanwhile(interrupt))
    with pytest.raises(KeyboardInterrupt):
        files.write(root, ACME, NEW, files.digest(OLD))
    assert contents(root) == {ACME: OLD}


class NoHardLinks(FaultyDisk):
    """A file system without hard links."""

    def link(self, _from: str, _to: str) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_new_file_needs_no_hard_links(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "os", NoHardLinks(FOREVER))
    files.write(root, ACME, NEW, None)
    assert contents(root) == {ACME: NEW}
    with pytest.raises(LockedError):
        files.write(root, ACME, OLD, None)
    assert contents(root) == {ACME: NEW}


# -- remove and move


def test_remove_takes_away_only_what_is_as_expected(root: str) -> None:
    put(root, ACME, b"by hand")
    with pytest.raises(LockedError):
        files.remove(root, ACME, files.digest(OLD))
    assert contents(root) == {ACME: b"by hand"}
    files.remove(root, ACME, files.digest(b"by hand"))
    assert contents(root) == {}
    with pytest.raises(LockedError, match="removed outside"):
        files.remove(root, ACME, files.digest(OLD))


def test_move_may_change_the_content_and_keeps_the_permissions(root: str) -> None:
    put(root, ACME).chmod(0o604)
    files.move(root, ACME, MOVED, NEW, files.digest(OLD))
    assert contents(root) == {MOVED: NEW}
    assert Path(root, MOVED).stat().st_mode & 0o777 == 0o604


def test_move_never_replaces_and_never_moves_what_changed(root: str) -> None:
    put(root, ACME)
    put(root, MOVED, b"another")
    with pytest.raises(LockedError, match=r"acme-ltd\.md is there already"):
        files.move(root, ACME, MOVED, NEW, files.digest(OLD))
    with pytest.raises(LockedError, match=r"acme\.md was changed outside"):
        files.move(root, ACME, "customers/new.md", NEW, files.digest(NEW))
    assert contents(root) == {ACME: OLD, MOVED: b"another"}


def test_an_edit_of_the_old_file_while_it_moves_takes_the_move_back(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, ACME)
    monkeypatch.setattr(disk, "os", Meanwhile(lambda: put(root, ACME, b"by hand")))
    with pytest.raises(LockedError, match="nothing was written"):
        files.move(root, ACME, "customers/new.md", NEW, files.digest(OLD))
    assert contents(root) == {ACME: b"by hand"}


class InterruptedUnlink(FaultyDisk):
    """Control-C that arrives when the old file has just been removed."""

    def unlink(self, path: str) -> None:
        Path(path).unlink()
        if path.endswith(ACME):
            raise KeyboardInterrupt


def test_control_c_at_the_end_of_a_move_does_not_take_the_only_copy_back(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, ACME)
    monkeypatch.setattr(disk, "os", InterruptedUnlink(FOREVER))
    with pytest.raises(KeyboardInterrupt):
        files.move(root, ACME, MOVED, NEW, files.digest(OLD))
    assert contents(root) == {MOVED: NEW}


def test_a_file_of_ours_that_is_a_link_is_read_and_written_where_it_points(tmp_path: Path) -> None:
    place = put(str(tmp_path), "dotfiles/config.yaml", OLD)
    place.chmod(0o644)
    link = tmp_path / "config.yaml"
    link.symlink_to(place)
    assert state.read(str(link)) == OLD
    state.write(str(link), NEW)
    assert link.is_symlink()
    assert place.read_bytes() == NEW
    assert place.stat().st_mode & 0o777 == 0o644
    assert state.read(str(tmp_path / "none")) is None
    state.remove(str(link))
    state.remove(str(link))
    assert [found.name for found in tmp_path.iterdir()] == ["dotfiles"]


def test_discard_removes_a_database_with_what_is_beside_it_and_never_complains(tmp_path: Path) -> None:
    for name in ("index.db", "index.db-wal", "index.db-shm", "other.db"):
        (tmp_path / name).touch()
    files.discard(str(tmp_path / "index.db"))
    files.discard(str(tmp_path / "missing.db"))
    assert [place.name for place in tmp_path.iterdir()] == ["other.db"]


def test_nearest_finds_the_folder_above_that_holds_a_name(tmp_path: Path) -> None:
    put(str(tmp_path), "crmtxt.yaml")
    deep = tmp_path / "customers" / "a"
    deep.mkdir(parents=True)
    assert files.nearest(str(deep), "crmtxt.yaml") == str(tmp_path.resolve())
    assert files.nearest(str(deep), "no such name anywhere") is None
    assert files.nearest("/", "etc") == "/"


def test_a_private_folder_is_its_owners_alone(tmp_path: Path) -> None:
    files.make_private_folder(str(tmp_path / "state" / "book"))
    files.make_private_folder(str(tmp_path / "state" / "book"))
    assert (tmp_path / "state" / "book").stat().st_mode & 0o777 == 0o700


def test_where_no_folder_can_be_made_the_system_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("crmtxt.store.disk.os.mkdir", refuse)
    with pytest.raises(FileNotFoundError):
        files.make_private_folder(str(tmp_path / "state" / "book"))
