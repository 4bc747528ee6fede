"""What git has to be told so that it merges customer files by meaning: a line in the book, two settings in each clone.

The line in .gitattributes travels with the book. Settings do not: git takes no program from what it clones.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import sys
from collections.abc import Mapping
from typing import NamedTuple

from crmtxt.errors import InvalidError
from crmtxt.errors import OutsideError
from crmtxt.store import disk
from crmtxt.store import files
from crmtxt.store import repository
from crmtxt.store.driver import DRIVER_NAME
from crmtxt.store.driver import DRIVER_TITLE
from crmtxt.store.driver import PROGRAM
from crmtxt.store.driver import driver_line

ATTRIBUTES = ".gitattributes"
LINE = f"customers/**/*.md  text eol=lf merge={DRIVER_NAME}\n"
DRIVER, TITLE = f"merge.{DRIVER_NAME}.driver", f"merge.{DRIVER_NAME}.name"


class Setup(NamedTuple):
    """What git knows of the merge of customer files here: by the book, by this clone; `shared`: it has a remote."""

    attributes: bool
    driver: bool
    shared: bool


def look(root: str) -> Setup | None:
    """Return what git knows, read without calling it; None where there is no repository."""
    found = repository.find(root)
    if found is None:
        return None
    settings = [each for _, read in repository.settings(found) for each in read or ()]
    return Setup(
        attributes=has_line(_attributes(root)),
        driver=dict(settings).get(DRIVER) == driver_line(program()),
        shared=bool(repository.remotes(settings)),
    )


def tell(root: str, env: Mapping[str, str]) -> None:
    """Write the two settings into the repository's configuration; raises OutsideError."""
    from crmtxt.store.gitcall import first_words
    from crmtxt.store.gitcall import run

    for name, value in ((TITLE, DRIVER_TITLE), (DRIVER, driver_line(program()))):
        result = run(root, env, ("config", "--local", "--replace-all", name, value))
        if result.code:
            raise OutsideError(f"git cannot be told how to merge: {first_words(result)}", "see crmtxt doctor")


def _attributes(root: str) -> str:
    try:
        return files.read(root, ATTRIBUTES).decode("utf-8", "replace")
    except InvalidError:
        return ""


def has_line(text: str) -> bool:
    """Say whether attributes name our driver for customer files."""
    pattern, *_, name = LINE.split()
    return any(words[:1] == [pattern] and name in words for words in map(str.split, text.split("\n")))


def with_line(text: str) -> str:
    """Return the text of a .gitattributes with our line."""
    if has_line(text):
        return text
    return text + ("\n" if text and not text.endswith("\n") else "") + LINE


def program() -> str:
    """Return the full path of the crmtxt-merge that stands beside the running Python, else its bare name."""
    beside = f"{disk.folder_of(sys.executable or '')}/{PROGRAM}"
    return beside if files.exists(beside) else PROGRAM


def is_ours(line: str, top: str) -> bool:
    """Say whether a line of a configuration starts a crmtxt-merge, one that does not lie in the folder `top` itself."""
    from shlex import split

    try:
        words = split(line.partition(" %O ")[0].replace("%%", "%"))
    except ValueError:
        return False
    if len(words) != 1 or line != driver_line(words[0]):
        return False
    full = words[0].startswith("/") and words[0].endswith(f"/{PROGRAM}")
    return words[0] == PROGRAM or (full and not f"{disk.real_path(words[0])}".startswith(f"{top.rstrip('/')}/"))
