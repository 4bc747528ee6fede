"""The documents say what the program does: README blocks are run, pages are made again, links lead somewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import GROUPS
from crmtxt.errors import ExitCode
from crmtxt.model.when import parse_date
from crmtxt.reference import main
from crmtxt.reference import pages
from crmtxt.store import fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt import Prompt

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
ASKING = DOCS / "asking.md"
PAGES = [README, *sorted(DOCS.glob("*.md"))]
SPOKEN = [page for page in PAGES if "```sh\n" in page.read_text(encoding="utf-8")]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
SET_UP = "python3 -m venv .venv && "
COMMIT = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7}\b")
ORDER = (
    "What it is for, and what it is not", "A customer file", "The daily loop", "Commands and settings", "Exit codes",
    "The life of a line",
)  # fmt: skip


class Block(NamedTuple):
    """A fenced block: its language, its text, and where the text is."""

    language: str
    text: str
    start: int
    end: int


def blocks(page: str) -> list[Block]:
    return [Block(match[1], match[2], match.start(2), match.end(2)) for match in FENCED.finditer(page)]


def spoken(page: str) -> Iterator[tuple[Block, Block | None]]:
    """Yield each block that is typed, and the block of what it answers when it stands right below."""
    found = blocks(page)
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block.language == "sh" and not block.text.startswith(SET_UP):
            answers = after and after.language == "text" and not page[block.end + 3 : after.start - 8].strip()
            yield block, after if answers else None


def on_a_screen(lines: str) -> str:
    """Return what bash shows on a terminal of 100 columns for some lines, commits left open."""
    ours, theirs = pty.openpty()
    settings = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    with subprocess.Popen(
        ["bash", "-e", "-o", "pipefail", "-c", lines],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=settings,
    ) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: _some(ours), b""))
        os.close(ours)
    assert process.returncode == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def _some(place: int) -> bytes:
    try:
        return os.read(place, 1 << 16)
    except OSError:
        return b""


def without_commits(text: str) -> str:
    return COMMIT.sub("0123456", text)


@pytest.mark.usefixtures("crmtxt")
@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.name)
def test_a_page_reads_as_it_is_typed_in_the_demo_book(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, update: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    on_a_screen("crmtxt demo")
    monkeypatch.chdir(tmp_path / "crmtxt-demo")
    page = path.read_text(encoding="utf-8")
    changed, wrong = page, []
    for typed, answer in spoken(page):
        shown = on_a_screen(typed.text)
        if answer and without_commits(shown) != without_commits(answer.text):
            wrong.append((typed.text, answer.text, shown))
            at = answer.start + len(changed) - len(page)
            changed = changed[:at] + shown + changed[at + len(answer.text) :]
    if update:
        path.write_text(changed, encoding="utf-8")
    else:
        assert wrong == []


def test_the_table_of_dates_in_words_is_right() -> None:
    part = ASKING.read_text(encoding="utf-8").split("## Dates in words", 1)[1]
    rows = re.findall(r"^\| (`.+`) \| (\d{4}-\d\d-\d\d) \|", part, re.MULTILINE)
    assert len(rows) > 12
    for words, day in rows:
        for typed in re.findall(r"`([^`]+)`", words):
            assert (typed, parse_date(typed, date(2026, 11, 21)).isoformat()) == (typed, day)


def test_the_page_on_asking_names_every_field_that_is_worked_out() -> None:
    part = ASKING.read_text(encoding="utf-8").split("## Fields", 1)[1].split("\n## ", 1)[0]
    worked_out = {"last", "quiet", "weighted", "threads", "touches"}
    known = set(fields.names("line", fields.Catalogue(())))
    rows = [line for line in part.split("\n") if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert worked_out < told <= known


def test_the_readme_keeps_its_order() -> None:
    page = README.read_text(encoding="utf-8")
    assert tuple(re.findall(r"^## (.+)$", FENCED.sub("", page), re.MULTILINE)) == ORDER
    title, blank, sentence, *_ = page.split("\n")
    assert (title, blank, sentence.count(". "), sentence[-1]) == ("# crmtxt", "", 0, ".")
    typed, answer, *rest = blocks(page)
    assert (typed.language, answer.language) == ("sh", "text")
    assert page[: answer.end].count("\n") + 1 <= 15
    set_up = [block.text for block in rest[:2]]
    assert all(text.startswith(SET_UP) and text.count("\n") == 1 for text in set_up)
    assert set_up[0].endswith("crmtxt demo\n")
    assert "-m pytest" in set_up[1]


def test_the_test_line_is_the_one_that_is_run_for_every_landing() -> None:
    pattern = re.search(r"grep -m1 -E '([^']+)'", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert pattern
    line = next(line for line in README.read_text(encoding="utf-8").split("\n") if re.search(pattern[1], line))
    assert line == f"{blocks(README.read_text(encoding='utf-8'))[3].text}".rstrip("\n")


def test_the_readme_has_every_exit_code_and_no_other() -> None:
    part = README.read_text(encoding="utf-8").split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", part, re.MULTILINE)] == sorted(ExitCode)


def test_the_readme_names_every_command() -> None:
    part = README.read_text(encoding="utf-8").split("## Commands and settings", 1)[1].split("\n## ", 1)[0]
    rows = "\n".join(line for line in part.split("\n") if line.startswith("|"))
    assert set(re.findall(r"`([a-z ]+)`", rows)) - {"crmtxt"} == set(COMMANDS)


def test_the_generated_pages_are_what_the_program_makes_now(*, update: bool) -> None:
    if update:
        main([str(DOCS)])
    for path, text in pages().items():
        assert (DOCS / path).read_text(encoding="utf-8") == text, f"docs/{path}: python -m crmtxt.reference"
    assert {f"schema/{path.name}" for path in (DOCS / "schema").iterdir()} <= set(pages())


def test_the_pages_are_written_where_one_says(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    assert main([str(tmp_path)]) == 0
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")} == set(pages())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in LINK.findall(FENCED.sub("", text)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        if anchor:
            titles = re.findall(r"^#+ (.+)$", FENCED.sub("", target.read_text(encoding="utf-8")), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_text_are_commands(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    spans = re.findall(r"`crmtxt ([^`]+)`", FENCED.sub("", text))
    lines = [
        line[len("crmtxt ") :]
        for block in blocks(text)
        for line in block.text.split("\n")
        if line.startswith("crmtxt ")
    ]
    for words in (each.split() for each in [*spans, *lines]):
        names = {words[0], " ".join(words[:2])}
        assert words[0] in {"COMMAND", *GROUPS} or words[0].startswith("-") or names & set(COMMANDS), words


def test_each_decision_is_dated_and_says_what_why_and_what_follows() -> None:
    decisions = (DOCS / "decisions.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(decisions) >= 12
    for decision in decisions:
        assert re.match(r"\d{4}-\d\d-\d\d: \S", decision), decision[:40]
        for word in ("**Options.**", "**Reason.**", "**Consequence.**"):
            assert word in decision, (decision[:60], word)


def test_the_life_of_a_line_tells_what_happens(book: Path, crmtxt: Prompt) -> None:
    page = (DOCS / "life-of-a-line.md").read_text(encoding="utf-8")
    typed = re.search(r"^\$ (crmtxt log .+)$", page, re.MULTILINE)
    assert typed
    before = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    answer = crmtxt(f"CRMTXT_ME=sam {typed[1]}")
    after = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    told = page.split("## 6.", 1)[1].split("```\n", 1)[1].split("```", 1)[0]
    assert without_commits(answer.stderr) == without_commits(told)
    for text in (before, after):
        assert f"{len(text.encode()):,} bytes" in page
    added = [f"   +{line}" for line in after.split("\n") if line not in before.split("\n")]
    assert [line for line in page.split("\n") if line.startswith("   +")] == added
