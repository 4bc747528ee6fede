from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from crmtxt.errors import InvalidError
from crmtxt.store import files
from crmtxt.store.scan import scan
from faults import ERRORS
from faults import every_failure
from faults import put

OLD = b"---\nname: Acme\n---\n"
NEW = b"---\nname: Acme Ltd\n---\n"
ACME = "customers/acme.md"


@pytest.fixture
def root(tmp_path: Path) -> str:
    (tmp_path / "customers").mkdir()
    return str(tmp_path)


def codes(root: str) -> dict[str, str]:
    return {problem.path: problem.code for problem in scan(root)[1]}


def test_scan_finds_customers_at_any_depth_and_the_settings_and_nothing_else(root: str) -> None:
    for path in (ACME, "customers/a/b/c/deep.md", "crmtxt.yaml"):
        put(root, path, OLD)
    for path in ("customers/.hidden.md", "customers/.git/x.md", "customers/notes.txt", "themes/x.md", "other.yaml"):
        put(root, path, OLD)
    found, problems = scan(root)
    assert found.keys() == {ACME, "customers/a/b/c/deep.md", "crmtxt.yaml"}
    assert problems == []
    status = Path(root, ACME).stat()
    assert found[ACME] == (len(OLD), status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def test_scan_of_a_folder_without_customers_is_empty(tmp_path: Path) -> None:
    assert scan(str(tmp_path)) == ({}, [])


def test_scan_names_what_is_no_file_and_answers_for_the_rest(root: str) -> None:
    put(root, ACME)
    outside = put(root, "elsewhere/secret.md")
    customers = Path(root, "customers")
    os.mkfifo(customers / "pipe.md")
    (customers / "link.md").symlink_to(outside)
    (customers / "dangling.md").symlink_to("nowhere")
    (customers / "folder").symlink_to(outside.parent)
    (customers / "readme").symlink_to(outside)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(customers / "socket.md"))
        found, problems = scan(root)
    assert found.keys() == {ACME}
    assert [(problem.path, problem.code) for problem in problems] == [
        ("customers/dangling.md", "symlink"),
        ("customers/folder", "symlink"),
        ("customers/link.md", "symlink"),
        ("customers/pipe.md", "not-a-file"),
        ("customers/socket.md", "not-a-file"),
    ]
    assert all(problem.message and problem.hint for problem in problems)


def test_scan_does_not_follow_customers_or_settings_that_are_links(tmp_path: Path) -> None:
    put(str(tmp_path), "elsewhere/acme.md")
    (tmp_path / "customers").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "crmtxt.yaml").symlink_to(tmp_path / "elsewhere" / "acme.md")
    assert scan(str(tmp_path))[0] == {}
    assert codes(str(tmp_path)) == {"customers": "symlink", "crmtxt.yaml": "symlink"}


def test_scan_names_customers_that_is_a_file(tmp_path: Path) -> None:
    put(str(tmp_path), "customers")
    assert codes(str(tmp_path)) == {"customers": "not-a-file"}


def test_scan_shows_a_name_that_is_not_utf8_with_replacement(root: str) -> None:
    put(root, ACME)
    os.mkdir(os.fsencode(root) + b"/customers/fo\xfflder")  # noqa: PTH102  # Path takes no bytes
    Path(os.fsdecode(os.fsencode(root) + b"/customers/caf\xe9.md")).write_bytes(OLD)
    assert scan(root)[0].keys() == {ACME}
    assert codes(root) == {"customers/caf\ufffd.md": "bad-name", "customers/fo\ufffdlder": "bad-name"}


def test_two_files_with_one_handle_are_a_problem_of_the_second_that_names_the_first(root: str) -> None:
    for path in ("customers/b/acme.md", "customers/a/acme.md", "customers/other.md"):
        put(root, path, OLD)
    found, problems = scan(root)
    assert found.keys() == {"customers/b/acme.md", "customers/a/acme.md", "customers/other.md"}
    assert [(problem.path, problem.code) for problem in problems] == [("customers/b/acme.md", "same-handle")]
    assert "'acme'" in problems[0].message
    assert "customers/a/acme.md" in problems[0].message


def test_a_folder_that_cannot_be_listed_costs_only_itself(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, ACME)
    put(root, "customers/z/zeta.md")
    seen = []
    for faulty, raised in every_failure(monkeypatch, errno.EACCES, lambda: seen.append(scan(root))):
        assert raised is None, faulty.struck
        found, problems = seen[-1]
        assert [problem.code for problem in problems] == ["unreadable"]
        assert problems[0].hint
        assert found.keys() <= {ACME, "customers/z/zeta.md"}
    assert seen[-1][0].keys() == {ACME, "customers/z/zeta.md"}


# -- read


def test_read_returns_the_bytes_as_they_are(root: str) -> None:
    put(root, ACME, b"\xef\xbb\xbfa\r\nb\0\xff")
    assert files.read(root, ACME) == b"\xef\xbb\xbfa\r\nb\0\xff"


def refused(root: str, path: str) -> str:
    with pytest.raises(InvalidError) as caught:
        files.read(root, path)
    assert caught.value.problem
    assert caught.value.problem.hint
    return caught.value.problem.code


def test_read_refuses_by_name_what_is_no_readable_file(root: str) -> None:
    outside = put(root, "elsewhere/secret.md")
    customers = Path(root, "customers")
    os.mkfifo(customers / "pipe.md")
    (customers / "link.md").symlink_to(outside)
    (customers / "folder").symlink_to(outside.parent)
    (customers / "sub.md").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(customers / "socket.md"))
        assert refused(root, "customers/socket.md") == "not-a-file"
    assert refused(root, "customers/pipe.md") == "not-a-file"
    assert refused(root, "customers/sub.md") == "not-a-file"
    assert refused(root, "customers/link.md") == "symlink"
    assert refused(root, "customers/folder/secret.md") == "symlink"
    assert refused(root, "customers/none.md") == "missing"
    assert refused(root, "customers/none/none.md") == "missing"


def test_read_takes_a_file_of_the_largest_size_and_refuses_one_byte_more(root: str) -> None:
    place = put(root, ACME, b"x" * files.LARGEST_FILE)
    assert len(files.read(root, ACME)) == files.LARGEST_FILE
    with place.open("ab") as file:
        file.write(b"x")
    assert refused(root, ACME) == "too-large"
    os.truncate(place, 1 << 40)
    assert refused(root, ACME) == "too-large"


@pytest.mark.parametrize(
    "path", ["../x.md", "customers/../../x.md", "/etc/passwd", "", "customers//x.md", "a\0b", "./x"]
)
def test_no_path_leaves_the_book(root: str, path: str) -> None:
    assert refused(root, path) == "outside"
    with pytest.raises(InvalidError):
        files.write(root, path, NEW, None)


@pytest.mark.parametrize("error", ERRORS)
def test_a_disk_that_fails_while_reading_is_a_named_problem(
    root: str, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    put(root, ACME)
    for faulty, raised in every_failure(monkeypatch, error, lambda: files.read(root, ACME)):
        assert isinstance(raised, InvalidError), faulty.struck
        assert raised.problem
        assert raised.problem.code == "unreadable"
        assert raised.problem.path == ACME
