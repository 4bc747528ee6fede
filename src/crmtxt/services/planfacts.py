"""What a plan is made of, gathered once: the customer, its head with places, its measures, as of a day."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.line import without_tokens
from crmtxt.model.plans import REVIEW
from crmtxt.model.plans import Statement
from crmtxt.services.detail import read_page
from crmtxt.services.detail import told
from crmtxt.services.keeping import promises_kept
from crmtxt.services.mapping import UNCOVERED
from crmtxt.services.mapping import mapped
from crmtxt.services.measuring import healths
from crmtxt.services.moods import moods_of
from crmtxt.services.planpast import as_it_was
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import BookSettings
from crmtxt.store.cadence import cadence_of
from crmtxt.store.terms import terms_of
from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.node import Node

if TYPE_CHECKING:
    from crmtxt.measure.health import Terms
    from crmtxt.model.figures import Gap
    from crmtxt.model.figures import Health
    from crmtxt.model.figures import Mood
    from crmtxt.model.figures import Promises
    from crmtxt.model.views import LogEntry
    from crmtxt.store import reads
    from crmtxt.store.book import Book
    from crmtxt.text.document import Document

REVIEWED = f"{REVIEW}:"


class Head:
    """The values of a head, or of crmtxt.yaml, and the places they stand in."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self._path = path
        self._text = text
        self._first = first_line
        try:
            self._root = read_head(text)
        except HeadError:
            self._root = Node("map", 0, 0, {})

    def text(self, *keys: str) -> str:
        """Return the text under some keys, the items of a list joined by commas, "" when there is none."""
        node = self._node(keys)
        if node is None:
            return ""
        items = node.value if isinstance(node.value, list) else [node]
        return ", ".join(" ".join(each.value.split()) for each in items if isinstance(each.value, str))

    def keys(self, *keys: str) -> tuple[str, ...]:
        """Return the keys of the map under some keys."""
        node = self._node(keys)
        return tuple(node.value) if node and isinstance(node.value, dict) else ()

    def place(self, *keys: str) -> str:
        """Return where the value of some keys stands, path:line; of a key that is not there, the map it is not in."""
        at = max((node.key_start for node in self._along(keys)), default=0)
        return f"{self._path}:{self._first + self._text.count(chr(10), 0, max(at, 0))}"

    def _node(self, keys: tuple[str, ...]) -> Node | None:
        found = self._along(keys)
        return found[-1] if len(found) == len(keys) else None

    def _along(self, keys: tuple[str, ...]) -> list[Node]:
        found: list[Node] = []
        children: Any = self._root.value
        for key in keys:
            if not isinstance(children, dict) or key not in children:
                break
            found.append(children[key])
            children = children[key].value
        return found


class Facts:
    """Everything known of one customer as of a day; `past` says that it is before today."""

    def __init__(self, book: Book, found: reads.Found, as_of: date, since: date | None, *, past: bool) -> None:
        self.index = book.index
        self.found = found
        self.as_of = as_of
        self.past = past
        self.path = found.path
        page = read_page(book, found, as_of)
        now = told(page, book.index)
        self.detail = as_it_was(page, now, book.index, found.id) if past else now
        self.history = page.kept.history
        self._page = page
        self.head = _head_of(page.document, found.path)
        self.book = Head(BOOK_FILE, book.text(BOOK_FILE), 1)
        self.since = since or self.reviewed

    @property
    def settings(self) -> BookSettings:
        """Return the book's settings."""
        return self.index.settings

    @property
    def day(self) -> int:
        """Return the day as a number."""
        return self.as_of.toordinal()

    @cached_property
    def reviewed(self) -> date | None:
        """Return when the plan was last reviewed, as the log has it."""
        entry = next((each for each in self.detail.log if _is_review(each)), None)
        return date.fromisoformat(entry.date) if entry and entry.date else None

    @cached_property
    def health(self) -> Health:
        """Return the index with everything behind it."""
        return healths(self.index, [self.found.handle], self.as_of)[0]

    @cached_property
    def moods(self) -> list[Mood]:
        """Return what was felt: by all of them, then by each person."""
        return moods_of(self.detail.log, self.index, self.found, self.as_of)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what the map of the people lacks."""
        return mapped(self._page, self.detail, self.index).gaps

    @cached_property
    def uncovered(self) -> dict[str, Gap]:
        """Return the people of influence nobody talks to, by handle."""
        return {gap.person: gap for gap in self.gaps if gap.kind == UNCOVERED and gap.person}

    @cached_property
    def promises(self) -> list[Promises]:
        """Return how promises are kept: ours, then theirs."""
        return promises_kept(self.index, self.as_of, self.found, past=self.past)

    @property
    def cadence(self) -> str | None:
        """Return how often we are in touch with this customer: its own, or that of a tag."""
        values = {"cadence": self.head.text("cadence"), "stage": self.detail.stage or ""}
        return cadence_of(values, self.detail.tags, self.settings)

    @property
    def terms(self) -> Terms:
        """Return what was agreed: cadence and time to answer, in days."""
        return terms_of(self.settings, self.cadence, self.detail.type)

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the names of the contacts by handle."""
        return {each.handle: each.name for each in self.detail.contacts}

    def who(self, people: tuple[str, ...]) -> str:
        """Return people of theirs by name."""
        return ", ".join(self.names.get(each, each) for each in people)

    def on_contact(self, entry: LogEntry) -> bool:
        """Say whether a line is a contact: on a channel of some weight."""
        return self.settings.channels.get(entry.kind, 0) > 0

    def place(self, *keys: str) -> tuple[str, ...]:
        """Return where a value of the head stands."""
        return (self.head.place(*keys),)


def of_entry(entry: LogEntry, tone: str = "", text: str = "") -> Statement:
    """Return a line of the log as a statement."""
    return Statement(entry.date or "", text or without_tokens(entry.text), tone, (place_of(entry),))


def place_of(item: Any) -> str:  # noqa: ANN401  # whatever has a path and a line
    """Return where an item stands, path:line."""
    return f"{item.path}:{item.line}"


def joined(*parts: str | None) -> str:
    """Return the parts that say something, one after the other."""
    return " · ".join(part for part in parts if part)


def _head_of(document: Document, path: str) -> Head:
    start, end = document.head
    return Head(path, document.text[start:end], document.text.count("\n", 0, start) + 1)


def _is_review(entry: LogEntry) -> bool:
    return entry.kind == "note" and any(word.startswith(REVIEWED) for word in entry.text.split())
