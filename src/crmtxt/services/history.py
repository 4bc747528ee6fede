"""What was changed, when and by whom, in words: from git where the book is under git, else from the journal."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.model import meaning as kinds
from crmtxt.model.names import is_handle
from crmtxt.model.saying import sentence
from crmtxt.model.upkeep import Alteration
from crmtxt.model.upkeep import HistoryEntry
from crmtxt.services.trail import Trail
from crmtxt.services.trail import places
from crmtxt.services.versions import Versions
from crmtxt.store import past
from crmtxt.store.rows import handle_of
from crmtxt.store.selecting import catalogue
from crmtxt.store.writing import UNDO

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from crmtxt.model.meaning import Meaning
    from crmtxt.settings import BookSettings
    from crmtxt.store.book import Book
    from crmtxt.store.index import Index
    from crmtxt.store.past import Altered
    from crmtxt.store.past import Commit

SHORTEST_HASH = 7
MANY_FILES = 5
KEYS = frozenset(
    {
        *("name", "stage", "type", "owner", "since", "source", "tags", "aliases", "cadence"),
        *("contacts", "opportunities", "plan"),
    }
)
_MERGE = re.compile("(?:sync: )?[Mm]erge ")
_HASH = re.compile("[0-9a-f]{7,64}|[1-9][0-9]{0,6}")
_WHOLE = frozenset({kinds.CREATED, kinds.GONE})
_ENTRIES = frozenset({kinds.ADDED, kinds.REMOVED})
_OPPORTUNITIES = frozenset({kinds.OPENED, kinds.CLOSED})


class About(NamedTuple):
    """What is asked for: one customer's file, one field (its keys), since an ISO day, so many (0: all)."""

    path: str = ""
    field: tuple[str, ...] = ()
    since: str = ""
    limit: int = 0


def history(book: Book, settings: BookSettings, about: About) -> list[HistoryEntry]:
    """Return the changes of the book, of one customer or of one field, the latest first; of a field, one a customer."""
    with Versions(book) as versions:
        entries = list(islice(_History(settings, about, versions).entries(), about.limit or None))
    return _with_references(entries) if book.has_git else entries


def told(versions: Versions, settings: BookSettings, about: About, commit: Commit) -> HistoryEntry:
    """Return what is told of one commit about one file."""
    own = [each for each in versions.moves(commit.files) if about.path in {each.path, each.was}]
    return _History(settings, about, versions).entry(commit, own, undone=False)


def concerns(meaning: Meaning, field: tuple[str, ...]) -> bool:
    """Say whether a change is one of a field: this key or one below; what is no key of a head, wherever it stands."""
    path, size = meaning.path, len(field)
    if meaning.kind in _OPPORTUNITIES:
        path = path[:-1]
    if path[:size] == field or (meaning.kind in _ENTRIES | _OPPORTUNITIES and field[: len(path)] == path):
        return True
    return field[0] not in KEYS and any(meaning.path[at : at + size] == field for at in range(len(meaning.path)))


def is_field(index: Index, word: str) -> bool:
    """Say whether a word is a key of a head, or the name of one anywhere below."""
    first = word.partition(".")[0]
    return first in KEYS or any(first in key.split(".") for key in catalogue(index).keys)


def former(book: Book, handle: str) -> str:
    """Return where the file of a customer lay that is gone, "" when there was none."""
    with Versions(book) as versions:
        for path in sorted(places("", handle)) if is_handle(handle) else ():
            if any(versions.commits(past.Asked((path,), limit=1))):
                return path
    return ""


class _History:
    """The telling of one history."""

    def __init__(self, settings: BookSettings, about: About, versions: Versions) -> None:
        self.by_hash = versions.book.has_git
        self.about = about
        self.versions = versions
        self.team = {settings.text(f"team.{key}.email").lower(): key for key in reversed(settings.team)}
        self.trail = Trail(versions, about.path) if about.path else None
        self.taken_back: list[str] = []

    def entries(self) -> Iterator[HistoryEntry]:
        """Yield what is asked for, the latest first."""
        for commit, files in self._commits():
            undone = any(map(self._is_of(commit), self.taken_back))
            if not undone:
                self.taken_back += [each for each in commit.undoes if _HASH.fullmatch(each)]
            for part in [[each] for each in files] if self.about.field and files else [files]:
                entry = self.entry(commit, part, undone=undone)
                if entry.values or self._settled(commit) or not (self.about.path or self.about.field):
                    yield entry

    def _is_of(self, commit: Commit) -> Callable[[str], bool]:
        """Return the test whether a reference is one of this commit: the beginning of its hash, or its number."""
        return commit.hash.startswith if self.by_hash else commit.hash.__eq__

    def _commits(self) -> Iterator[tuple[Commit, list[Altered]]]:
        if self.trail:
            yield from self.trail.commits(self.about.since)
            return
        limit = 0 if self.about.field else self.about.limit
        for commit in self.versions.commits(past.Asked(since=self.about.since, limit=limit)):
            yield commit, self.versions.moves(commit.files)

    def _meanings(self, each: Altered) -> list[Meaning]:
        field = self.about.field
        if field and handle_of(each.path) == each.path:
            return []
        found = self.versions.meanings(each, whole=not field)
        return [meaning for meaning in found if concerns(meaning, field)] if field else found

    def entry(self, commit: Commit, files: list[Altered], *, undone: bool) -> HistoryEntry:
        """Return what is told of one commit."""
        pairs = [(each, meaning) for each in files for meaning in self._meanings(each)]
        paths = tuple(dict.fromkeys(path for each in files for path in (each.was, each.path)))
        key = self.team.get(commit.email.lower()) if commit.email else None
        return HistoryEntry(
            when=commit.date,
            who=commit.author,
            change=commit.subject,
            customer=_customer([each for each in files if each.path.endswith(".md")]),
            files=paths,
            commit=commit.hash if self.by_hash else None,
            undone=undone,
            by=key,
            ref=commit.hash,
            meaning=tuple(self._sentences(commit, pairs, key or commit.author)),
            values=tuple(_alteration(each, meaning) for each, meaning in pairs),
        )

    def _settled(self, commit: Commit) -> list[str]:
        """Return what a person chose in a merge, as far as it is asked for."""
        about, told = self.about, [each.partition(" · ") for each in commit.settled]
        names = {handle_of(path) for path in self.trail.names | {about.path}} if self.trail else set()
        return [
            said if names else f"{name} · {said}"
            for name, _, said in told
            if (not names or name in names) and _is_about(said.partition(":")[0], about.field)
        ]

    def _sentences(self, commit: Commit, pairs: list[tuple[Altered, Meaning]], who: str) -> Iterator[str]:
        start = f"{who} " if who else ""
        if commit.undoes and commit.subject.startswith(UNDO) and not self.about.field:
            yield f"{start}took back “{commit.subject.removeprefix(UNDO)}”"
            return
        settled = self._settled(commit)
        if len(commit.parents) > 1 and not pairs and not settled:
            yield f"{start}merged {_MERGE.sub('', commit.subject)}"
        several = len({each.path for each, _ in pairs}) > 1
        for kind, verb in ((kinds.CREATED, "added"), (kinds.GONE, "removed")):
            count = sum(meaning.kind == kind for _, meaning in pairs)
            if count > MANY_FILES:
                pairs = [(each, meaning) for each, meaning in pairs if meaning.kind != kind]
                yield f"{start}{verb} {count} files"
        merging = ", in a merge" if len(commit.parents) > 1 else ""
        yield from (f"{start}settled {each}" for each in settled)
        for each, meaning in pairs:
            name = handle_of(each.path)
            said = sentence(meaning, who, name, self.versions.names(each))
            prefix = f"{name}: " if several and meaning.kind not in _WHOLE else ""
            yield f"{prefix}{said}{merging}"


def _is_about(key: str, field: tuple[str, ...]) -> bool:
    """Say whether the dotted key of what was settled is a field, lies below it, or has its name anywhere."""
    parts = tuple(key.split("."))
    return parts[: len(field)] == field or (len(field) == 1 and field[0] in parts)


def _customer(files: list[Altered]) -> str | None:
    """Return the one customer some files belong to, None when there are several or none."""
    handles = {handle_of(each.path) for each in files}
    return next(iter(handles)) if len(handles) == 1 else None


def _alteration(each: Altered, meaning: Meaning) -> Alteration:
    customer = handle_of(each.path) if each.path.endswith(".md") else None
    return Alteration(customer, meaning.kind, meaning.field or None, meaning.before or None, meaning.after or None)


def _with_references(entries: list[HistoryEntry]) -> list[HistoryEntry]:
    """Shorten the hashes of commits, as long as no two are the same."""
    length, hashes = SHORTEST_HASH, {each.ref for each in entries}
    while len({each[:length] for each in hashes}) < len(hashes):
        length += 1
    return [each._replace(commit=each.ref[:length], ref=each.ref[:length]) for each in entries]
