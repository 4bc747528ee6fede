"""The surroundings of a book: what crmtxt leans on, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.model.names import counted
from crmtxt.model.upkeep import Surrounding
from crmtxt.store import files
from crmtxt.store import journal
from crmtxt.store import repository
from crmtxt.store import setup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping

    from crmtxt.store.book import Book

MANY_IN_A_FOLDER = 2000


class Facts(NamedTuple):
    """What the session knows: me by configuration, me by git, where the configuration is, the environment."""

    me: str
    author: str
    config_path: str
    env: Mapping[str, str]


def surroundings(book: Book, facts: Facts) -> list[Surrounding]:
    """Return what was looked at, each with its state and, where something is in the way, what would help."""
    return [*_places(book, facts), *_git(book), *_contents(book), _who(book, facts)]


def _places(book: Book, facts: Facts) -> Iterator[Surrounding]:
    yield Surrounding("book", ok=True, value=book.root, hint="")
    kept = files.exists(book.index.path)
    hint = "" if kept else "the cache folder cannot be written: every command reads the whole book"
    yield Surrounding("index", ok=kept, value=book.index.path if kept else "in memory", hint=hint)
    yield Surrounding("journal", ok=True, value=f"{book.state} ({_changes(journal.entries(book.state))})", hint="")
    there = files.exists(facts.config_path)
    yield Surrounding("configuration", ok=True, value=f"{facts.config_path}{'' if there else ' (none)'}", hint="")


def _git(book: Book) -> Iterator[Surrounding]:
    if not book.has_git:
        yield Surrounding(
            "git", ok=True, value="none", hint="changes are kept in the journal; git init keeps them for good"
        )
        return
    yield _trust(book)
    yield _merging(book)
    email = book.user_email()
    yield Surrounding(
        "git",
        ok=bool(email),
        value=email or "no user.email",
        hint="" if email else "git config --global user.email you@example.com",
    )
    busy = repository.in_progress(book.root)
    yield Surrounding(
        "git state",
        ok=not busy,
        value=f"in the midst of {busy}" if busy else "quiet",
        hint="finish it: changes are not committed meanwhile" if busy else "",
    )
    waiting = journal.pending(book.state)
    hint = "the next change commits them too" if waiting else ""
    yield Surrounding("saved, not committed", ok=not waiting, value=_changes(waiting), hint=hint)


def _trust(book: Book) -> Surrounding:
    """Look whether git may be called here."""
    could, agreed = book.dangers, not book.distrust
    names = ", ".join(f"{danger.kind} {danger.name}" for danger in could)
    value = f"{names} could run{', agreed to' * agreed}" if could else "nothing could run"
    return Surrounding("trust", ok=agreed, value=value, hint="" if agreed else "git is not called: crmtxt trust")


def _merging(book: Book) -> Surrounding:
    """Look whether git knows how to merge customer files; of what it lacks, write what belongs into its settings."""
    known = setup.look(book.root)
    lacks_line = known is not None and not known.attributes
    repaired = known is not None and not known.driver and not book.distrust
    if repaired:
        setup.tell(book.root, book.env)
    value = "repaired: told git, in .git/config" if repaired else "by meaning"
    if lacks_line or (known and not known.driver and not repaired):
        value = "line by line"
    hint = f"crmtxt sync writes the line into {setup.ATTRIBUTES}: {setup.LINE.strip()}" if lacks_line else ""
    return Surrounding("merging", ok=value != "line by line", value=value, hint=hint)


def _changes(entries: list[journal.Entry]) -> str:
    return counted(len(entries), "change")


def _contents(book: Book) -> Iterator[Surrounding]:
    problems = len(book.index.problems())
    count = int(str(book.index.query("SELECT count(*) FROM customer")[0][0]))
    hint = "crmtxt check names them" if problems else ""
    yield Surrounding("customers", ok=not problems, value=f"{count}, {problems} problems", hint=hint)
    flat = int(
        str(
            book.index.query(
                "SELECT count(*) FROM file WHERE path LIKE 'customers/%' AND path NOT LIKE 'customers/%/%'"
            )[0][0]
        )
    )
    if flat > MANY_IN_A_FOLDER:
        yield Surrounding(
            "folders",
            ok=True,
            value=f"{flat} files in customers/",
            hint="letter folders (customers/a/acme.md) keep commits small",
        )


def _who(book: Book, facts: Facts) -> Surrounding:
    known = facts.author in book.index.settings.team if book.index.settings.team else True
    hint = "" if facts.author and known else "say who you are: crmtxt config me KEY, a key of team: in crmtxt.yaml"
    return Surrounding("me", ok=known or not facts.author, value=facts.author or "not known", hint=hint)
