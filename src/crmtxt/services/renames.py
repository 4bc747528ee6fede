"""Which files of two versions of a book are one customer that was renamed: git tells by likeness alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import CrmError
from crmtxt.model.names import fold
from crmtxt.store.files import CUSTOMERS
from crmtxt.store.rows import handle_of
from crmtxt.text.document import decode
from crmtxt.text.head import HeadError
from crmtxt.text.head import plain_value
from crmtxt.text.parse import parse
from crmtxt.text.unitekeys import head_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmtxt.store.remote import Remote

ALIKE = (5, 20, 50, 80)  # percent; 50 is git's own
RENAMED = "renamed"


class Renamed(NamedTuple):
    """A file that git takes for another one renamed, with the contents of both."""

    old: str
    new: str
    before: bytes
    after: bytes


def strategy(remote: Remote, base: str, sides: Sequence[str]) -> str:
    """Return the option a merge is made with: how alike files must be for git to take them for one renamed.

    It is the least likeness at which no customer is taken for another: the files of new customers resemble each other,
    and what one side wrote about one that is gone would end in the file of another.
    """
    for percent in ALIKE:
        pairs = (Renamed(*each) for side in sides for each in remote.renamed(base, side, percent, CUSTOMERS))
        if all(map(is_one_customer, pairs)):
            return f"find-renames={percent}%"
    return "no-renames"


def is_one_customer(pair: Renamed) -> bool:
    """Say whether both are one customer: they have one name, or the log of the later one tells of the renaming."""
    try:
        texts = [decode(data, path) for data, path in ((pair.before, pair.old), (pair.after, pair.new))]
        old, new = (fold(str(plain_value(head_of(text)).get("name", ""))) for text in texts)
    except (CrmError, HeadError):
        return False
    told = (entry.line.text for entry in parse(texts[1], pair.new).log if entry.line.kind == RENAMED)
    return (old == new != "") or any(text.split(" ")[0] == handle_of(pair.old) for text in told)
