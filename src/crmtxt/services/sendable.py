"""What of a book may be committed and sent, and what keeps a file from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import InvalidError
from crmtxt.errors import Problem
from crmtxt.settings import BOOK_FILE
from crmtxt.store.files import CUSTOMERS
from crmtxt.store.rows import customer_rows
from crmtxt.store.rows import handle_of
from crmtxt.store.rows import settings_rows
from crmtxt.store.setup import ATTRIBUTES
from crmtxt.text.conflict import regions
from crmtxt.text.disagreement import conflict_problems
from crmtxt.text.document import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtxt.settings import BookSettings

OWN = (CUSTOMERS, "campaigns", "themes", BOOK_FILE, ATTRIBUTES)
FEW, MANY_OF_ALL = 10, 0.3
_FILE = re.compile(r"(?:customers|campaigns|themes)/(?:[^./][^/]*/)*[^./][^/]*\.md|crmtxt\.yaml|\.gitattributes")


def is_own(path: str) -> bool:
    """Say whether a file is the book's: what editors and systems leave beside its files is not."""
    return _FILE.fullmatch(path) is not None


def faults(data: bytes, path: str, settings: BookSettings) -> list[Problem]:
    """Return what keeps a file of the book from being sent: it cannot be read, or has conflict markers.

    A line that cannot be read costs only itself and keeps nothing.
    """
    try:
        if path == BOOK_FILE:
            return list(settings_rows(data, path).problems)
        if not path.startswith(f"{CUSTOMERS}/"):
            text = decode(data, path)
            return conflict_problems(text, regions(text), path)
        rows = customer_rows(data, path, settings)
    except InvalidError as error:
        return [error.problem or Problem(path, 0, 0, "unreadable", error.message, error.hint)]
    return [each for each in rows.problems if rows.document is None or each.code in {"conflict", "marker"}]


def vanishing(before: Iterable[str], after: Iterable[str]) -> tuple[int, int] | None:
    """Return how many customers of how many would be gone, when they are so many that somebody should be asked.

    Both are paths; a file that moves to another folder stays.
    """
    old, new = ({handle_of(path) for path in paths if is_own(path)} for paths in (before, after))
    gone = len(old - new)
    return (gone, len(old)) if gone > FEW and gone > MANY_OF_ALL * len(old) else None
