"""What a word at the prompt can be completed with: live from the book."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.model import calendar
from crmtxt.model.opportunity import open_stages
from crmtxt.settings import SETTINGS
from crmtxt.store import deals
from crmtxt.store import fields
from crmtxt.store import reads
from crmtxt.store.selecting import Selection
from crmtxt.store.selecting import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date

    from crmtxt.store.index import Index

Candidate = tuple[str, str]


class Prompt(NamedTuple):
    """Where a word is to be completed: the book's index, the words before it, the day it is."""

    index: Index  # type: ignore[assignment]  # tuple.index is not missed
    typed: Sequence[str]
    today: date


def candidates(kind: str, prompt: Prompt) -> list[Candidate]:
    """Return words with a description for a kind of parameter; none for one that is free text."""
    found = KINDS.get(kind)
    return found(prompt) if found else []


def _words(words: Iterable[str]) -> list[Candidate]:
    return [(word, "") for word in words]


def _asked(prompt: Prompt, sql: str) -> list[Candidate]:
    return [(str(word), str(about)) for word, about in prompt.index.query(sql)]


def _refs(prompt: Prompt) -> list[Candidate]:
    due = reads.followups(prompt.index, Selection(None, prompt.today))
    short = reads.shortest(prompt.index, [item.ref for item in due])
    return [(short[item.ref], f"{item.date} {item.name}: {item.text}") for item in due]


def _contacts(prompt: Prompt) -> list[Candidate]:
    return list(reads.resolve(prompt.index, prompt.typed[0]).contacts) if prompt.typed else []


def _opportunities(prompt: Prompt) -> list[Candidate]:
    known = deals.in_heads(prompt.index, reads.resolve(prompt.index, prompt.typed[0]).id) if prompt.typed else {}
    return [(handle, facts.get("title", "")) for (_, handle), facts in known.items()]


def _query(prompt: Prompt) -> list[Candidate]:
    settings = prompt.index.settings
    tags, topics = _asked(prompt, TAGS), _asked(prompt, TOPICS)
    found = [*settings.views.items(), *_words(f"stage:{stage}" for stage in settings.stages)]
    return [*found, *_words(f"tag:{tag}" for tag, _ in tags), *_words(f"#{topic}" for topic, _ in topics)]


CUSTOMERS = "SELECT handle, name FROM customer ORDER BY handle"
TAGS = "SELECT DISTINCT name, '' FROM tag ORDER BY name"
TOPICS = "SELECT DISTINCT name, '' FROM topic ORDER BY name"
KINDS: dict[str, Callable[[Prompt], list[Candidate]]] = {
    "shells": lambda _: _words(("bash", "zsh", "fish")),
    "formats": lambda _: _words(("table", "plain", "json", "jsonl", "csv", "md", "html")),
    "calendar kinds": lambda _: _words(calendar.KINDS),
    "calendar forms": lambda _: _words(calendar.FORMS),
    "settings": lambda _: _words(setting.name for setting in SETTINGS),
    "customers": lambda prompt: _asked(prompt, CUSTOMERS),
    "tags": lambda prompt: _asked(prompt, TAGS),
    "stages": lambda prompt: _words(prompt.index.settings.stages),
    "types": lambda prompt: _words(prompt.index.settings.types),
    "team": lambda prompt: _words(prompt.index.settings.team),
    "fields": lambda prompt: _words(fields.names("customer", catalogue(prompt.index))),
    "opportunities": _opportunities,
    "steps": lambda prompt: _words(open_stages(prompt.index.settings.pipeline)),
    "pipelines": lambda prompt: _words(prompt.index.settings.pipelines),
    "refs": _refs,
    "contacts": _contacts,
    "query": _query,
}
