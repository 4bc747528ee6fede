"""A change to the book, and what became of it, as values."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Callable
from typing import NamedTuple

from crmtxt.model.line import Line

Edit = Callable[[str], str]


class FileEdit(NamedTuple):
    """One file's part in a change: a pure function from its text to its new text.

    `path` and `to` are relative to the book; `to` is where the text goes when it moves;
    `creates` and `removes` say that the file must not exist before, or is gone after whatever the function returns.
    """

    path: str
    edit: Edit
    to: str = ""
    creates: bool = False
    removes: bool = False


class Change(NamedTuple):
    """What is to be written: `summary` is the commit message, `customer` the handle it is about.

    `entry` is the line the receipt points at, without it the first change; `planned` is the line of Next whose
    reference it tells, without it `ref`. `settles` are files git could not merge, and is told of when they are settled.
    `undoes` is the change that is taken back: a commit's hash, or a number.
    """

    summary: str
    customer: str
    files: tuple[FileEdit, ...]
    understood: tuple[str, ...] = ()
    ref: str = ""
    entry: Line | None = None
    planned: Line | None = None
    settles: tuple[str, ...] = ()
    undoes: str = ""


class Receipt(NamedTuple):
    """What was written: the first changed line of the first of `files` files; `commit` is None when there is none."""

    customer: str
    change: str
    path: str
    line: int
    ref: str | None
    commit: str | None
    understood: tuple[str, ...]
    files: int = 1
