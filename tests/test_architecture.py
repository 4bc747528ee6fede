"""The house is as docs/architecture.md says: its two tables are read here and compared with the code."""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt.commands.table import COMMANDS as TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "crmtxt"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
COMMANDS = [path for path in FILES if path.startswith("commands/")]
SHARED = {
    "spec", "options", "columns", "sheet", "imported", "measured", "network", "briefed", "board", "returning",
    "planned", "ended", "conflicts", "wanted", "delivering", "timing", "table",
}  # fmt: skip
OPTIONS = "commands/options.py"
PURE = {"errors", "model", "settings", "text", "measure", "render"}
EFFECTS = {"os", "sys", "time", "pathlib", "shutil", "tempfile", "subprocess", "socket", "sqlite3", "logging", "random"}
LONGEST_FILE, LONGEST_COMMAND, LONGEST_FUNCTION = 300, 80, 45
BANNED = {"manager", "handler", "helper", "helpers", "util", "utils"}


def table(heading: str) -> list[list[list[str]]]:
    """Return the names in backticks of each cell of each row of the table below a heading."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in rows[2:]]


BUILDS_ON = {row[0][0]: set(row[2]) for row in table("Who builds on whom")}
OWNERS = {name: set(row[1]) for row in table("Who alone may do what") for name in row[0]}


def below(room: str) -> set[str]:
    """Return everything a room may import: what it builds on, and what that builds on."""
    return BUILDS_ON[room] | {each for base in BUILDS_ON[room] for each in below(base)}


def room_of(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((SOURCE / path).read_text(encoding="utf-8"))


def imports(path: str, *, types: bool = True) -> Iterator[tuple[str, int]]:
    """Yield each module a file imports (`crmtxt.x.y`) with its line; without `types` only those of run time."""
    for_types = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree(path)):
        if id(node) in for_types and not types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}:{node.lineno}: a relative import"
            whole = node.module == "crmtxt" or node.module.removeprefix("crmtxt.") in BUILDS_ON
            names = [f".{alias.name}" for alias in node.names] if whole else [""]
            yield from ((f"{node.module}{name}", node.lineno) for name in names)


def own_imports(path: str, *, types: bool) -> Iterator[tuple[str, str, int]]:
    """Yield room, module below it and line of each import of our own."""
    for module, line in imports(path, types=types):
        parts = module.split(".")
        if parts[0] == "crmtxt" and parts[1:] != ["__version__"]:
            yield parts[1], parts[2] if len(parts) > 2 else "", line


@cache
def used_names(path: str) -> set[str]:
    """Return what a file imports or uses, as it stands in the table of owners: `os.environ`, `print`, `typer`."""
    used = set()
    for module, _ in imports(path):
        used.add(module.partition(".")[0])
        if module.startswith(("os.", "sys.", "time.")):
            used.add(module)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            used.add(node.func.id)
    return used


def functions(path: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def names(path: str) -> Iterator[str]:
    """Yield every name a file gives to something, its own among them."""
    yield from Path(path).with_suffix("").parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the public functions and classes of a body, and those of its public classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def test_the_table_names_every_room_and_no_other() -> None:
    assert set(BUILDS_ON) == {room_of(path) for path in FILES} - {"__init__"}
    assert {base for bases in BUILDS_ON.values() for base in bases} <= set(BUILDS_ON)


def test_no_room_builds_on_itself() -> None:
    assert [room for room in BUILDS_ON if room in below(room)] == []


@pytest.mark.parametrize("path", FILES)
def test_imports_follow_the_arrows(path: str) -> None:
    room = room_of(path)
    allowed = below(room) | {room} if room in BUILDS_ON else set()
    assert [
        f"{path}:{line} imports {other}" for other, _, line in own_imports(path, types=False) if other not in allowed
    ] == []


@pytest.mark.parametrize("path", FILES)
def test_annotations_follow_the_arrows_but_for_the_bundles_of_options(path: str) -> None:
    room = room_of(path)
    allowed = below(room) | {room} if room in BUILDS_ON else set()
    excepted = {("commands", "options")} if path in {"session.py", "output.py"} else set()
    found = [
        f"{path}:{line} names {other}.{module}"
        for other, module, line in own_imports(path, types=True)
        if other not in allowed and (other, module) not in excepted
    ]
    assert found == []


def test_render_and_store_never_meet() -> None:
    assert "store" not in below("render")
    assert "render" not in below("store")
    assert not {"store", "text"} & below("outside")
    assert not {"render", "outside"} & below("services")


def test_no_files_need_each_other_in_a_circle_but_the_book_and_what_writes_it() -> None:
    needs = {
        path: {f"{room}/{module}".rstrip("/") + ".py" for room, module, _ in own_imports(path, types=True)}
        for path in FILES
    }
    for writer in ("store/settling.py", "store/writing.py"):
        needs[writer].remove("store/book.py")
    TopologicalSorter(needs).prepare()  # a CycleError names the circle


@pytest.mark.parametrize("path", FILES)
def test_no_command_imports_another(path: str) -> None:
    found = [module for other, module, _ in own_imports(path, types=True) if other == "commands"]
    assert set(found) <= SHARED, path


@pytest.mark.parametrize("path", [path for path in FILES if room_of(path) in PURE])
def test_pure_rooms_touch_nothing(path: str) -> None:
    assert [(module, line) for module, line in imports(path) if module.partition(".")[0] in EFFECTS] == []


@pytest.mark.parametrize("name", OWNERS)
def test_what_has_an_owner_is_done_by_its_owner_alone(name: str) -> None:
    users = {path for path in FILES if name in used_names(path)}
    assert {path for path in users if not path.startswith(tuple(OWNERS[name]))} == set()
    assert {owner for owner in OWNERS[name] if not any(path.startswith(owner) for path in users)} == set()


def test_nobody_takes_the_system_apart_by_importing_from_it() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module in {"os", "os.path", "sys", "time", "builtins"}
    ]
    assert found == []


@pytest.mark.parametrize("path", FILES)
def test_files_and_functions_are_short(path: str) -> None:
    lines = len((SOURCE / path).read_text(encoding="utf-8").splitlines())
    is_command = path in COMMANDS and Path(path).stem not in SHARED
    assert lines <= (LONGEST_COMMAND if is_command else LONGEST_FILE)
    sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(path)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def test_most_functions_are_under_fifteen_lines() -> None:
    sizes = [(node.end_lineno or 0) - node.lineno + 1 for path in FILES for node in functions(path)]
    assert sum(size < 15 for size in sizes) > len(sizes) / 2


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith("/__init__.py")])
def test_package_files_are_empty(path: str) -> None:
    assert (SOURCE / path).read_bytes() == b""


@pytest.mark.parametrize("path", FILES)
def test_names_are_words_of_the_domain(path: str) -> None:
    words = {word.lower() for name in names(path) for word in re.findall(r"[A-Za-z][a-z]*", name)}
    assert words & BANNED == set()


@pytest.mark.parametrize("path", FILES)
def test_what_is_public_says_what_it_does(path: str) -> None:
    assert [node.name for node in public(tree(path).body) if not ast.get_docstring(node)] == []
    assert ast.get_docstring(tree(path)) or not (SOURCE / path).read_bytes()


def test_each_file_of_commands_is_in_the_table_of_commands() -> None:
    modules = {entry.module for entry in TABLE.values()}
    assert {Path(path).stem for path in COMMANDS} == modules | SHARED | {"__init__"}
