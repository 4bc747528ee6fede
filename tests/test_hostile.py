"""Bad input never stops the good, and nothing from a book is obeyed by a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

from prompt import Answer
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = """---
name: {name}
stage: lead
contacts:
  jane:
    name: Jane Doe
---
Notes on marzipan.

## Next

- [ ] 2026-11-20 call to @jane: marzipan terms

## Log

- 2026-11-03 email from @jane: marzipan #a
"""
MEBIBYTE = 1024 * 1024
MOST_MEMORY = 200 * MEBIBYTE


def _sparse(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(100 * MEBIBYTE)


def _elsewhere(place: Path) -> Path:
    """Return a folder outside the book with a customer in it."""
    folder = next(each for each in place.parents if each.name == "book").parent / "elsewhere"
    folder.mkdir(exist_ok=True)
    (folder / "secret.md").write_text(
        "---\nname: Secret\n---\n## Log\n- 2026-11-01 call: marzipan secret\n", encoding="utf-8"
    )
    return folder


class Case(NamedTuple):
    """Something odd in a book: its path, how it comes there, where it is named, and what is said about it."""

    path: str
    make: Callable[[Path], object]
    place: str
    words: str
    remedy: str


def text(content: str) -> Callable[[Path], object]:
    return lambda place: place.write_text(content, encoding="utf-8", newline="")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
CASES = {
    "broken head": Case(
        "bad/head.md", text("---\nname: X\ntags: [a\n---\n"), ":3:", "this [ is not closed", "write a list as"
    ),
    "no head": Case("bad/none.md", text("just text\n"), ":1:1", "no head", "begins with a line ---"),
    "open head": Case("bad/open.md", text("---\nname: X\n"), ":1:1", "not closed", "end it with a line ---"),
    "empty file": Case("bad/empty.md", text(""), ":1:1", "no head", "begins with a line ---"),
    "unreadable line": Case(
        "bad/line.md", text("---\nname: X\n---\n## Log\n- soon call: x\n"), ":5:3", "'soon' is not a date", "YYYY-MM-DD"
    ),
    "latin-1": Case(
        "bad/latin.md", lambda place: place.write_bytes(b"---\nname: M\xfcller\n---\n"), ":2:8", "not UTF-8", "iconv"
    ),
    "NUL": Case("bad/nul.md", text("---\nname: X\n---\na\0b\n"), ":4:2", "NUL", "restore"),
    "100 MB": Case("bad/huge.md", _sparse, "bad/huge.md", "larger than 5 MiB", "shorten"),
    "100,000 brackets": Case(
        "bad/deep.md", text("---\nx: " + "[" * 100_000 + "\n---\n"), ":2:", "more than 32 levels", "flatten"
    ),
    "100,000 braces": Case(
        "bad/braces.md", text("---\nx: " + "{a: " * 100_000 + "\n---\n"), ":2:", "more than 32 levels", "flatten"
    ),
    "alias bomb": Case("bad/bomb.md", text(f"---\n{BOMB}---\n"), ":2:4", "anchors", "write the value out"),
    "duplicate keys": Case(
        "bad/twice.md", text("---\nname: X\nname: Y\n---\n"), ":3:1", "key 'name' again", "keep one"
    ),
    "tag": Case(
        "bad/tag.md", text("---\nname: !!python/object:os.system x\n---\n"), ":2:7", "tags (!)", "remove the tag"
    ),
    "conflict": Case(
        "bad/conflict.md",
        text("---\nname: X\n---\n## Log\n<<<<<<< HEAD\n- 2026-11-21 call: a\n=======\n>>>>>>> b\n"),
        ":5",
        "conflict in log",
        "crmtxt resolve conflict",
    ),
    "two documents": Case("bad/two.md", text("---\nname: X\n...\n---\n"), ":3:", "document", ""),
    "head above 1 MiB": Case(
        "bad/long.md", text("---\nx: " + "y" * 2 * MEBIBYTE + "\n---\n"), ":2:1", "1 MiB", "move long texts"
    ),
    "pipe": Case("bad/pipe.md", os.mkfifo, "bad/pipe.md", "not a regular file", "move it away"),
    "link out of the book": Case(
        "bad/link.md",
        lambda place: place.symlink_to(_elsewhere(place) / "secret.md"),
        "bad/link.md",
        "symbolic link",
        "not followed",
    ),
    "dangling link": Case(
        "bad/dangling.md", lambda place: place.symlink_to("nowhere"), "bad/dangling.md", "symbolic link", "not followed"
    ),
    "folder out of the book": Case(
        "bad/folder", lambda place: place.symlink_to(_elsewhere(place)), "bad/folder", "symbolic link", "not followed"
    ),
    "folder into itself": Case(
        "bad/loop", lambda place: place.symlink_to("."), "bad/loop", "symbolic link", "not followed"
    ),
    "folder named x.md": Case("bad/dir.md", Path.mkdir, "bad/dir.md", "not a regular file", "move it away"),
    "name that is not UTF-8": Case(
        "bad/caf\udce9.md", text("---\nname: X\n---\n"), "bad/caf\ufffd.md", "the name is not UTF-8", "rename it"
    ),
    "same handle": Case("bad/acme.md", text("---\nname: X\n---\n"), "acme.md", "handle 'acme' is also", "rename one"),
}
HARMLESS = {
    "10,000 letters in a line": text(
        f"---\nname: Long\n---\n{'n' * 10_000}\n## Log\n- 2026-11-01 call: {'x' * 10_000}\n"
    ),
    "3,000 lines": text("---\nname: Many\n---\n## Log\n" + "- 2026-11-01 call: x\n" * 3_000),
    "3,000 open lines": text("---\nname: Open\n---\n## Next\n" + "- [ ] 2026-11-01 call: x\n" * 3_000),
}
READS = [
    ["list"],
    ["due"],
    ["find", "marzipan"],
    ["today"],
    ["check", "--format", "table"],
    ["list", "stage:lead", "--json"],
    ["show", "globex", "--json"],
]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Return a small book with two good customers."""
    root = tmp_path / "book"
    (root / "customers" / "bad").mkdir(parents=True)
    (root / "crmtxt.yaml").write_text("crmtxt: 1\nstages: [lead, customer]\n", encoding="utf-8")
    for handle in ("acme", "globex"):
        (root / "customers" / f"{handle}.md").write_text(GOOD.format(name=handle.title()), encoding="utf-8")
    return root


def make(shelf: Path, case: Case) -> None:
    case.make(shelf / "customers" / case.path)


@pytest.mark.parametrize("name", CASES)
def test_what_is_bad_is_named_with_place_cause_and_remedy_and_the_good_is_answered(shelf: Path, name: str) -> None:
    case = CASES[name]
    make(shelf, case)
    for _ in ("cold", "warm"):
        for words in READS:
            answer = Prompt().words(["-C", str(shelf), *words])
            said = answer.stdout + answer.stderr if words[0] == "check" else answer.stderr
            assert answer.code == 4, (words, answer)
            assert "Traceback" not in said
            assert "bug" not in said
            place = next(line for line in said.splitlines() if case.path.partition("/")[2][:3] in line)
            assert case.place in place
            assert case.words in place
            assert case.remedy in said
            if words[0] != "check":
                assert "lobex" in answer.stdout, words
                assert "Secret" not in answer.stdout + answer.stderr


@pytest.mark.parametrize("name", CASES)
def test_what_is_bad_does_not_keep_the_good_from_being_written(shelf: Path, name: str) -> None:
    make(shelf, CASES[name])
    before = {place: place.read_bytes() for place in (shelf / "customers").glob("*.md")}
    for words in (["log", "globex", "call: x"], ["stage", "globex", "customer"], ["undo"], ["undo"]):
        answer = Prompt().words(["-C", str(shelf), *words])
        assert answer.code == 0, (words, answer)
    assert {place: place.read_bytes() for place in (shelf / "customers").glob("*.md")} == before


@pytest.mark.parametrize("name", [name for name in CASES if name not in {"unreadable line", "conflict", "same handle"}])
def test_what_is_bad_is_refused_for_a_write_with_its_cause(shelf: Path, name: str) -> None:
    case = CASES[name]
    if case.path.endswith(".md") and case.path.isascii():
        make(shelf, case)
        place = shelf / "customers" / case.path
        before = place.read_bytes() if place.is_file() else None
        for words in (
            ["log", place.stem, "call: x"],
            ["set", place.stem, "x=1"],
            ["show", place.stem],
            ["remove", place.stem],
        ):
            answer = Prompt().words(["-C", str(shelf), *words])
            assert answer.code in {3, 4}, (words, answer)
            assert answer.stderr.startswith("crmtxt: ")
        assert (place.read_bytes() if place.is_file() else None) == before


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_only_large_is_answered(shelf: Path, name: str) -> None:
    HARMLESS[name](shelf / "customers" / "large.md")
    for words in (*READS, ["show", "large"], ["log", "large", "call: y"], ["undo"]):
        if words[0] != "check":
            answer = Prompt().words(["-C", str(shelf), *words])
            assert answer.code == 0, (words, answer.stderr)


def test_folders_are_read_as_deep_as_a_person_nests_them(shelf: Path) -> None:
    folder = shelf / "customers" / "/".join("abcdefghij" * 5)
    folder.mkdir(parents=True)
    (folder / "deep.md").write_text(GOOD.format(name="Deep"), encoding="utf-8")
    assert "deep\tDeep" in Prompt().words(["-C", str(shelf), "list"]).stdout
    assert Prompt().words(["-C", str(shelf), "log", "deep", "call: x"]).code == 0


class Child(NamedTuple):
    """What became of a child: its exit code, output, and the most memory it held, in bytes."""

    code: int
    stdout: str
    stderr: str
    memory: int


MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "crmtxt", *sys.argv[1:]], timeout=100)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def child(words: list[str], cwd: Path) -> Child:
    """Run the program as a process of its own, measured from a small one, whose size it begins with."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *words], cwd=cwd, capture_output=True, text=True, timeout=120, check=True
    )
    *said, last = done.stderr.splitlines(keepends=True)
    code, memory = map(int, last.split())
    return Child(code, done.stdout, "".join(said), memory * (1 if sys.platform == "darwin" else 1024))


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of whatever lies below a folder, links not followed."""
    found = (Path(above, name) for above, folders, names in os.walk(folder) for name in (*folders, *names))
    return {str(place): (place.lstat().st_size, place.lstat().st_mtime_ns) for place in found}


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_all_that_is_bad_at_once_costs_little_memory_and_writes_nothing_elsewhere(
    shelf: Path, home: Path, words: list[str]
) -> None:
    for case in CASES.values():
        make(shelf, case)
    for name, act in HARMLESS.items():
        act(shelf / "customers" / f"{name.replace(' ', '-').replace(',', '')}.md")
    before = everything(shelf.parent), everything(home)
    answer = child(["-C", str(shelf), *words], shelf.parent)
    assert answer.code == 4, answer.stderr[:2000]
    assert "Traceback" not in answer.stderr
    assert answer.memory < MOST_MEMORY
    assert everything(shelf.parent) == before[0]
    new = everything(home).keys() - before[1].keys()
    assert all(place.startswith((f"{home}/.cache", f"{home}/.local")) for place in new)


def test_a_file_without_permission_is_named_and_the_others_are_answered(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shelf / "customers" / "bad" / "closed.md").write_text(GOOD.format(name="Closed"), encoding="utf-8")
    (shelf / "customers" / "bad" / "closed.md").chmod(0)
    (shelf / "customers" / "shut").mkdir(mode=0)
    answer = as_nobody(["-C", str(shelf), "list"], tmp_path, monkeypatch)
    (shelf / "customers" / "shut").chmod(0o700)
    assert answer.code == 4
    assert "customers/bad/closed.md: cannot be read: permission denied" in answer.stderr
    assert "customers/shut: cannot be read: permission denied" in answer.stderr
    assert "check who owns the file" in answer.stderr
    assert "acme\tAcme" in answer.stdout


def test_a_book_that_cannot_be_written_is_left_as_it_is_and_says_why(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shelf / "customers").chmod(0o555)
    (shelf / "customers" / "acme.md").chmod(0o444)
    before = (shelf / "customers" / "acme.md").read_bytes()
    answer = as_nobody(["-C", str(shelf), "log", "acme", "call: x"], tmp_path, monkeypatch)
    (shelf / "customers").chmod(0o755)
    assert answer.code == 7
    assert "customers/acme.md cannot be written: it is write-protected; nothing was changed" in answer.stderr
    assert (shelf / "customers" / "acme.md").read_bytes() == before


def as_nobody(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Run the program without the rights of root, whom no permission stops; as we are when we are not root.

    In a fork, because the Python of root is closed to everybody else: its modules are loaded before.
    """
    for name in ("CACHE", "STATE", "CONFIG"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name))
    for above in (folder, *folder.parents):
        if not os.geteuid() and above.stat().st_mode & 0o055 != 0o055:
            above.chmod(above.stat().st_mode | 0o055)
    Prompt().words([*words, "--help"])
    Prompt().words([*words, "--dry-run"])
    end, begin = os.pipe()
    process = os.fork()
    if not process:
        try:
            if not os.geteuid():
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(begin, json.dumps(Prompt().words(words)).encode())
        finally:
            os._exit(0)
    os.close(begin)
    os.waitpid(process, 0)
    with os.fdopen(end) as pipe:
        return Answer(*json.load(pipe))


# --- nothing is obeyed by a terminal ---

SIGNS = "\x1b]0;t\x07\x1b[2J\x9b1mZ\u202eE\u2066\u200f\x08\x7f[red]R[/red][/x]\u2028"
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
QUOTED = json.dumps(SIGNS)
EVIL = f"""---
name: {QUOTED}
stage: {QUOTED}
type: {QUOTED}
owner: {QUOTED}
since: {QUOTED}
source: {QUOTED}
aliases: [{QUOTED}]
tags: [{QUOTED}, "[bold]"]
{QUOTED}: {QUOTED}
contacts:
  {QUOTED}:
    name: {QUOTED}
    title: {QUOTED}
    email: {QUOTED}
    phone: {QUOTED}
    influence: {QUOTED}
opportunities:
  {QUOTED}:
    title: {QUOTED}
    stage: {QUOTED}
    value: {QUOTED}
    close: {QUOTED}
---
Notes {SIGNS}

## Next

- [ ] 2026-11-20 promise to {SIGNS.replace(":", "")}: the {SIGNS} #{SIGNS} every:{SIGNS}
- [ ] 2026-11-21 call to @jane by {SIGNS.replace(" ", "").replace(":", "")}: {SIGNS}
- {SIGNS}

## Log

- 2026-10-01 stage: {SIGNS} -> {SIGNS}
- 2026-11-03 email from {SIGNS.replace(":", "")}, @jane: {SIGNS} #topic{SIGNS} feel:-1/{SIGNS}
  > {SIGNS}
  - feedback {SIGNS} #{SIGNS}: {SIGNS}
- 2026-11-04 goal {SIGNS.replace(":", "")}: {SIGNS}
{SIGNS}
"""
EVIL_BOOK = f"""crmtxt: 1
name: {QUOTED}
timezone: {QUOTED}
currency: EUR
team: {{{QUOTED}: {{name: {QUOTED}, email: {QUOTED}}}}}
stages: [lead, {QUOTED}]
channels: {{email: 1, call: 1, {QUOTED}: 1}}
strategy: {{types: {{{QUOTED}: {{cadence: {QUOTED}}}}}}}
views: {{{QUOTED}: {QUOTED}, hot: "stage:lead"}}
{QUOTED}: {QUOTED}
"""
BROKEN = [
    "---\nname: {}\n---\n",
    "---\n{}: [\n---\n",
    "---\nname: X\n---\n## Log\n- 2026-99-99 {}: x\n",
    "{}\n",
    "---\n{}\n---\n",
]
FORMATS = ["plain", "table", "json", "jsonl", "csv", "md", "html", "{handle} {name} {text} {stage}"]
ANSWERS = [
    ["list"], ["list", "--sort", "name"], ["list", "--as-of", "2026-11-10"], ["due", "--until", "eoy"],
    ["find", "the"], ["find", "@jane"], ["today"], ["show", "evil"], ["show", "evil", "--as-of", "2026-11-10"],
    ["contact", "list", "evil"], ["map", "evil"], ["brief", "evil"], ["check"],
    ["doctor"], ["history"], ["history", "evil"], ["config"],
]  # fmt: skip


@pytest.fixture
def evil(shelf: Path) -> Path:
    """Return a book where everything that can hold text holds what a terminal would obey, file names included."""
    bad = shelf / "customers" / "bad"
    (shelf / "customers" / "evil.md").write_text(EVIL, encoding="utf-8", newline="")
    (shelf / "crmtxt.yaml").write_text(EVIL_BOOK, encoding="utf-8", newline="")
    for number, content in enumerate(BROKEN):
        (bad / f"b{number}.md").write_text(content.format(SIGNS), encoding="utf-8", newline="")
    name = SIGNS.replace("/", "")
    (bad / f"{name}.md").write_text(GOOD.format(name="Odd"), encoding="utf-8")
    (bad / f"{name}-link.md").symlink_to("nowhere")
    (bad / f"\udcff{name}.md").write_text("", encoding="utf-8")
    (bad / name).symlink_to("nowhere")
    for words in (["init", "-q"], ["add", "."], ["-c", f"user.name={SIGNS}", "commit", "-qm", f"evil: {SIGNS}"]):
        subprocess.run(["git", "-C", shelf, *words], check=True)
    return shelf


def harmless(answer: str) -> None:
    found = UNSAFE.search(answer)
    assert not found, repr(answer[max(0, found.start() - 60) : found.end() + 20])


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_no_answer_holds_what_a_terminal_would_obey(evil: Path, words: list[str]) -> None:
    for name in FORMATS:
        for screen in (False, True):
            prompt = Prompt()
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PAGER", "")
                answer = prompt.words(["-C", str(evil), "--color", "never", *words, "--format", name], screen=screen)
            assert answer.code in {0, 2, 4, 7}, (name, answer)
            harmless(answer.stdout)
            harmless(answer.stderr)
            if name in {"plain", "json"} and words[0] not in {"doctor", "history", "config"}:
                assert "[red]R[/red][/x]" in answer.stdout + answer.stderr


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_colours_are_ours_alone(evil: Path, words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAGER", "")
        answer = Prompt().words(["-C", str(evil), "--color", "always", *words, "--format", "table"], screen=True)
    assert answer.code in {0, 4, 7}
    harmless(re.sub(r"\x1b\[[0-9;]*m", "", answer.stdout))
    harmless(re.sub(r"\x1b\[[0-9;]*m", "", answer.stderr))


REFUSED = [
    ["show", SIGNS], ["show", "bad"], ["list", f"{SIGNS}:x"], ["list", f"stage>{SIGNS}"], ["list", SIGNS],
    ["find", f"#{SIGNS}"], ["stage", "acme", SIGNS], ["set", "acme", SIGNS], ["set", "evil", "contacts=x"],
    ["log", "acme", SIGNS], ["log", "acme", f"{SIGNS}: x"], ["log", "acme", f"call from {SIGNS}: x"],
    ["log", "evil", f"call: {SIGNS}"], ["next", "acme", SIGNS], ["done", SIGNS], ["snooze", SIGNS, "fri"],
    ["due", "--until", SIGNS], ["list", "--format", SIGNS], ["list", "--sort", SIGNS], ["rename", "acme", SIGNS],
    ["contact", "set", "evil", SIGNS], ["contact", "add", "acme", SIGNS, "--name", "x"], ["config", SIGNS], [SIGNS],
    ["list", SIGNS, "--json", "--csv"], ["edit", SIGNS], ["add", SIGNS], ["note", "evil", SIGNS], ["undo"],
    ["remove", "evil"], ["undo"], ["log", "evil", "call: x", "--dry-run"], ["set", "evil", "stage=lead", "--dry-run"],
    ["completion", SIGNS], ["init", "x", "--nonsense", SIGNS], ["history", SIGNS],
    ["complete-words", "crmtxt", "show", ""], ["set", "evil", f"name={SIGNS}", "--json"],
]  # fmt: skip


def test_no_echo_receipt_difference_or_refusal_holds_what_a_terminal_would_obey(
    evil: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "false")
    for words in REFUSED:
        answer = Prompt().words(["-C", str(evil), *words] if words[0] != "complete-words" else words)
        assert answer.code in {0, 2, 3, 4, 5, 7}, (words, answer)
        for said in (answer.stdout, answer.stderr):
            found = UNSAFE.search(said)
            assert not found, (words, said)
