"""Where things are: the book, and the folders of the user. Nothing is read but whether a file is there."""
# ruff: noqa: PTH109, PTH111, PTH118, PTH120  # os.path, at a third of pathlib's import time

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from crmtxt.errors import NotFoundError
from crmtxt.settings import BOOK_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping


def book(given: str, env: Mapping[str, str], configured: Callable[[], str], config_path: str) -> str:
    """Return the real path of the book: as given, else of $CRMTXT_BOOK, this folder or one above it, or as configured.

    NotFoundError names the four places that were looked at.
    """
    if place := given or env.get("CRMTXT_BOOK", ""):
        return _at(place)
    here = os.getcwd()
    folder = here
    while not os.path.lexists(f"{folder}/{BOOK_FILE}"):
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    else:
        return os.path.realpath(folder)
    if place := configured():
        return _at(os.path.expanduser(place))
    raise NotFoundError(
        "no book found",
        f"-C DIR: not given\n$CRMTXT_BOOK: not set\n{here} and the folders above it: no {BOOK_FILE}\n"
        f"book: in {config_path}: not set\nmake one with crmtxt init, or try one with crmtxt demo",
    )


def folder(env: Mapping[str, str], variable: str, default: str) -> str:
    """Return a folder of the user: the variable's when it is a full path, else the default below the home folder."""
    given = env.get(variable, "")
    return given if given.startswith("/") else os.path.join(env.get("HOME") or os.path.expanduser("~"), default)


def _at(place: str) -> str:
    if not os.path.lexists(f"{place}/{BOOK_FILE}"):
        raise NotFoundError(
            f"no book in {place}", f"a book's folder holds {BOOK_FILE}; make one with: crmtxt init {place}"
        )
    return os.path.realpath(place)
