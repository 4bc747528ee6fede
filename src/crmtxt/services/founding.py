"""Found a book: its settings, its git repository, its first commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import Edit
from crmtxt.model.change import FileEdit
from crmtxt.services.configuring import refuse_new
from crmtxt.services.wanted import section
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import VERSION
from crmtxt.store import files
from crmtxt.store import git
from crmtxt.store import repository
from crmtxt.store import setup
from crmtxt.store import state
from crmtxt.text.emit import Value
from crmtxt.text.emit import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtxt.services.wanted import Types

IDENTITY = {
    "GIT_AUTHOR_NAME": "crmtxt demo", "GIT_AUTHOR_EMAIL": "demo@crmtxt.example",
    "GIT_COMMITTER_NAME": "crmtxt demo", "GIT_COMMITTER_EMAIL": "demo@crmtxt.example",
}  # fmt: skip


def new_root(folder: str) -> str:
    """Return the real path of a folder that may not be there yet."""
    return state.real_path(folder)


def free_name(name: str) -> str:
    """Return a name that nothing has in this folder: the name itself, or with a number."""
    free, number = name, 2
    while files.exists(free):
        free, number = f"{name}-{number}", number + 1
    return free


def found_folder(folder: str, env: Mapping[str, str], *, own_git: bool = False) -> bool:
    """Make the folder of a new book, and a git repository unless it lies in one (`own_git`: even then).

    Returns whether a repository was made.
    """
    if files.exists(f"{folder}/{BOOK_FILE}"):
        raise UsageError(f"{folder} is a book already", f"look at it with: crmtxt -C {folder}")
    if files.exists(folder) and not files.exists(f"{folder}/."):
        raise UsageError(f"{folder} is a file", "give the name of a folder, new or there already")
    if own_git and state.names(folder):
        raise UsageError(f"there is something in {folder} already", "give the name of a new folder")
    fresh = own_git or repository.find(folder) is None
    if fresh:
        git.init(folder, env)
    files.make_folder(f"{folder}/customers")
    return fresh


def first_files(folder: str, facts: Mapping[str, str], me: tuple[str, str, str] | None, types: Types) -> Change:
    """Return the change that writes the settings of a new book; `me` is key, name and e-mail address of its founder."""
    head: dict[str, Value] = {"crmtxt": VERSION, **{key: value for key, value in facts.items() if value}}
    if me:
        head["team"] = {me[0]: {key: value for key, value in (("name", me[1]), ("email", me[2])) if value}}
    text = mapping(head, 0) + section(types)
    refuse_new("", text)
    return Change(
        f"init: {facts.get('name', 'book')}",
        "",
        (FileEdit(BOOK_FILE, lambda _: text, creates=True), attributes(folder)),
    )


def attributes(folder: str) -> FileEdit:
    """Return the edit that tells git how customer files are merged, in a book's .gitattributes."""
    return FileEdit(setup.ATTRIBUTES, setup.with_line, creates=not files.exists(f"{folder}/{setup.ATTRIBUTES}"))


def demo_change(contents: Mapping[str, str]) -> Change:
    """Return the change that writes the demo book."""
    return Change(
        "demo: a dozen customers",
        "",
        tuple(FileEdit(path, _constant(text), creates=True) for path, text in contents.items()),
    )


def identity(env: Mapping[str, str], email: str) -> dict[str, str]:
    """Return the environment with an author for the demo's commit when git knows none."""
    return dict(env) if email else {**env, **IDENTITY}


def _constant(text: str) -> Edit:
    return lambda _: text
