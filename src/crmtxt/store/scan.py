"""What the folder of a book holds: every customer file and crmtxt.yaml, and what is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.settings import BOOK_FILE
from crmtxt.store import disk
from crmtxt.store import refusals
from crmtxt.store.disk import ENDING
from crmtxt.store.disk import FILE
from crmtxt.store.disk import FOLDER
from crmtxt.store.disk import KIND
from crmtxt.store.files import CUSTOMERS

if TYPE_CHECKING:
    from crmtxt.errors import Problem
    from crmtxt.store.disk import Stat


def scan(root: str) -> tuple[dict[str, Stat], list[Problem]]:
    """Look at every customer file and crmtxt.yaml, following no link.

    Returns (size, mtime_ns, ctime_ns, inode) of each by path, and what is in the way in the order of paths: links,
    pipes, devices, unreadable folders and names that are not UTF-8 (left out), and files that share a handle (kept).
    """
    found: dict[str, Stat] = {}
    problems: list[Problem] = []
    folders = _look_at_root(root, found, problems)
    for folder in folders:
        try:
            others = disk.look_into(root, folder, found)
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(refusals.unread(folder, error))
            continue
        odd = {path: problem for path, mode in others if (problem := _problem(path, mode))}
        problems += odd.values()
        folders += (path for path, _ in others if path not in odd)
    if len(folders) > 1:
        problems.extend(_twins(found))
    return found, sorted(problems)


def _look_at_root(root: str, found: dict[str, Stat], problems: list[Problem]) -> list[str]:
    """Look at crmtxt.yaml; return the folders to begin with."""
    folders: list[str] = []
    for path, kind in ((BOOK_FILE, FILE), (CUSTOMERS, FOLDER)):
        try:
            status = disk.look(f"{root}/{path}")
        except OSError as error:
            problems.append(refusals.unread(path, error))
            continue
        if status is None:
            continue
        if status.st_mode & KIND != kind:
            problems.append(refusals.odd(path, status.st_mode, kind))
        elif kind == FOLDER:
            folders.append(path)
        else:
            found[path] = disk.stat_of(status)
    return folders


def _problem(path: str, mode: int) -> Problem | None:
    """Return what is wrong with something that is no good customer file; None for a good folder."""
    wanted = FILE if path.endswith(ENDING) else FOLDER
    if mode & KIND != wanted:
        return refusals.odd(path, mode, wanted)
    return None if disk.is_utf8(path) else refusals.bad_name(path)


def _twins(found: dict[str, Stat]) -> list[Problem]:
    """Return a problem for each file whose handle a file in another folder has already."""
    if len({path.rpartition("/")[2] for path in found}) == len(found):
        return []
    first: dict[str, str] = {}
    for path in sorted(found):
        first.setdefault(path.rpartition("/")[2], path)
    return [refusals.same_handle(path, owner) for path in found if (owner := first[path.rpartition("/")[2]]) != path]
