"""Read every file again and collect what is wrong or odd, each with its place, cause and remedy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmtxt.errors import CrmError
from crmtxt.errors import Problem
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.services import twins
from crmtxt.services.headcheck import book_findings
from crmtxt.services.headcheck import head_findings
from crmtxt.services.linecheck import line_findings
from crmtxt.settings import BOOK_FILE
from crmtxt.store import files
from crmtxt.store import overwritten
from crmtxt.store import setup
from crmtxt.store.rows import customer_rows
from crmtxt.store.rows import handle_of
from crmtxt.text.conflict import readable
from crmtxt.text.document import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from datetime import datetime

    from crmtxt.store.book import Book


def collect(book: Book, today: date, moment: datetime) -> list[Problem]:
    """Return every finding, by place; `moment` is now."""
    found = [*book.index.problems(), *_settings(book)]
    paths = [
        str(path)
        for (path,) in book.index.query("SELECT path FROM file JOIN customer ON customer.id = file.id ORDER BY path")
    ]
    named = {(problem.path, problem.line, problem.column) for problem in found}
    for path in paths:
        found += (each for each in of_file(book, path, today) if each.code != "value" or each[:3] not in named)
    found += twins.pairs(book.index, book.index.settings)
    found += _setup(book)
    found += _saved_over(book, moment)
    return sorted(set(found))


def _settings(book: Book) -> Iterator[Problem]:
    try:
        text = readable(decode(files.read(book.root, BOOK_FILE), BOOK_FILE).removeprefix("\ufeff"))
    except CrmError:
        return
    yield from book_findings(text)


def of_file(book: Book, path: str, today: date) -> list[Problem]:
    """Return the findings in one customer's file, those that keep it from being read left out."""
    return list(_customer(book, path, today))


def _customer(book: Book, path: str, today: date) -> Iterator[Problem]:
    settings = book.index.settings
    try:
        data = files.read(book.root, path)
        document = customer_rows(data, path, settings).document
    except CrmError:
        return
    if document is None:
        return
    handle = handle_of(path)
    if not is_handle(handle):
        hint = f"a handle is lower-case letters, digits and hyphens: crmtxt rename '{handle}' {handle_from(handle)}"
        yield Problem(path, 0, 0, "handle", f"'{handle}' is no handle", hint)
    head = document.text[slice(*document.head)]
    yield from head_findings(head, document, path, settings, partial(_is_known, book))
    yield from line_findings(document, path, settings, today)


def _setup(book: Book) -> Iterator[Problem]:
    """Yield what a shared book lacks so that git merges its files by meaning; git is not asked."""
    known = setup.look(book.root)
    if known is None or not known.shared:
        return
    if not known.attributes:
        message = "git is not told that customer files are merged by meaning: it merges them line by line"
        yield Problem(setup.ATTRIBUTES, 0, 0, "attributes", message, "crmtxt sync writes the line")
    if not known.driver:
        message = "this clone does not know how to merge customer files: git merges them line by line"
        yield Problem(".git/config", 0, 0, "driver", message, "crmtxt doctor or crmtxt sync tells git")


def _is_known(book: Book, handle: str) -> bool:
    return bool(book.index.query("SELECT 1 FROM customer WHERE handle = ?", (handle,)))


def _saved_over(book: Book, moment: datetime) -> Iterator[Problem]:
    """Yield a warning for each file an editor saved over since it was written."""
    for each in overwritten.everywhere(book.root, book.state, moment):
        hint = f"the next command that writes it puts back: {each.lines[0]}" if each.text else each.remedy
        yield Problem(each.path, 0, 0, "saved-over", each.message, hint)
