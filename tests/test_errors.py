"""Every refusal and every problem of a file as a person reads it, one golden file each (`pytest --update`)."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import crmtxt as program
from transcript import Section
from transcript import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt import Prompt

FOLDER = Path(__file__).parent / "errors"
GOLDEN = [pytest.param(path, id=f"{path.parent.name}: {path.stem}") for path in sorted(FOLDER.glob("*/*.md"))]
SMALL_BOOK = {
    "crmtxt.yaml": "crmtxt: 1\nteam:\n  sam: {name: Sam Okafor, email: sam@harbour.example}\n",
    "customers/acme.md": """---
name: Acme Ltd
stage: customer
contacts:
  jane:
    name: Jane Doe
  jim:
    name: Jim Doe
---

## Next

- [ ] 2026-11-20 promise to @jane: send the quote
- [ ] 2026-11-27 call to @jane: renewal terms

## Log

- 2026-11-01 call with @jane: first talk
""",
}
# where a code stands among the arguments of what makes a problem
CODE_AT = {"Problem": 3, "Saying": 0, "HeadError": 3, "problem": 1, "_complain": 3}
# codes no command line can bring about: a race, a path made by a program, another account, a message of libyaml to come
UNREACHABLE = {"missing", "outside", "unreadable", "yaml"}


@pytest.fixture
def small_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crmtxt: Prompt) -> Path:  # noqa: ARG001  # PATH
    """Return a book of one customer, under git, with the working folder in it."""
    root = tmp_path / "book"
    for name, text in SMALL_BOOK.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=start")):
        subprocess.run(["git", "-C", root, *words], check=True)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("path", GOLDEN)
def test_an_error_reads_as_it_stands(path: Path, small_book: Path, home: Path, crmtxt: Prompt, *, update: bool) -> None:
    stage = Stage(crmtxt, {str(home): "HOME", os.path.realpath(small_book): "BOOK", str(small_book.parent): "TMP"})
    written = path.read_text(encoding="utf-8")
    played = stage.play(Section(path.stem, 0, tuple(written.split("\n"))))
    if update and played != written:
        path.write_text(played, encoding="utf-8")
    else:
        assert played == written


def test_every_code_of_a_problem_has_a_golden_file() -> None:
    codes = set()
    for path in Path(program.__file__).parent.rglob("*.py"):
        codes |= set(_codes(ast.parse(path.read_text(encoding="utf-8"))))
    assert {path.stem for path in FOLDER.glob("problems/*.md")} == codes - UNREACHABLE


def test_a_golden_file_of_a_problem_shows_its_code() -> None:
    for path in FOLDER.glob("problems/*.md"):
        assert path.stem in path.read_text(encoding="utf-8").split("\n")


def _codes(tree: ast.Module) -> Iterator[str]:
    """Yield the codes of problems that stand in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            at = CODE_AT.get(name, len(node.args))
            yield from _text(node.args[at : at + 1])
            if name == "unknown":
                yield from (code.rsplit(maxsplit=1)[-1] for code in _text(node.args[2:3]))
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == len("code"):
            yield from _text(node.value.elts[:1])
        elif isinstance(node, ast.arg) and node.arg == "code":
            yield "line"


def _text(nodes: list[ast.expr]) -> Iterator[str]:
    yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
