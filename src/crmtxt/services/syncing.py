"""Sync: commit what is saved, fetch, merge, look at what came, push what can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import LockedError
from crmtxt.errors import NotCommittedError
from crmtxt.errors import OutsideError
from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.names import counted
from crmtxt.model.upkeep import SyncEntry
from crmtxt.services import founding
from crmtxt.services import renames
from crmtxt.services import saving
from crmtxt.services import sendable
from crmtxt.store import files
from crmtxt.store import past
from crmtxt.store import remote
from crmtxt.store import repository
from crmtxt.store import setup
from crmtxt.store.driver import driver_line
from crmtxt.store.gitcall import Patience
from crmtxt.store.gitcall import Result
from crmtxt.store.gitcall import first_words
from crmtxt.store.lock import locked
from crmtxt.store.rows import handle_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from datetime import datetime

    from crmtxt.store.book import Book

PATIENCE, AT_A_TERMINAL = 120.0, 600.0  # seconds for one call to the server; a person may have to type a password
SENT, RECEIVED = "sent", "received"
MERGE = "a merge"
SHALLOW = "shallow"
_REMOVED = "one side removed this file, the other changed it"


class Person(NamedTuple):
    """Who is told what is done; whether they sit at a terminal, where git may ask too; and how they are asked."""

    told: Callable[[str], None]
    present: bool = False
    agrees: Callable[[str], bool] = lambda _: False


class Synced(NamedTuple):
    """What came of it: changes sent and received, and the files that are in the way.

    `finished` is False when it waits for people to settle what both sides changed.
    """

    items: tuple[SyncEntry, ...]
    problems: tuple[Problem, ...]
    finished: bool = True


class Sync:
    """One run of sync in one book; `yes` answers the question about customers that vanish."""

    def __init__(self, book: Book, person: Person, *, yes: bool) -> None:
        if not book.has_git:
            hint = "make it a repository with git init and give it a remote, or clone the book from where it is shared"
            raise OutsideError("this book is not under git: there is nothing to sync with", hint)
        self.book = book
        self.person = person
        self.yes = yes
        self.remote = remote.Remote(book.root, book.env, _patience(person))

    def run(self, when: datetime) -> Synced:
        """Do it all; what was committed or merged before a refusal stays, and nothing is half done."""
        with locked(f"{self.book.state}/sync"):
            open_ = self._go_on()
            if open_:
                return self._waiting(open_)
            branch = self._free()
            self._set_up(when)
            left = self._save(when)
            shared = self._share(self.remote.place(branch))
        return shared._replace(problems=tuple(dict.fromkeys((*left, *shared.problems))))

    def look(self) -> Synced:
        """Say what would be committed, sent and received: it fetches, and changes nothing of the book or its branch."""
        branch = self._free()
        unsaved = saving.collect(self.book, self.remote)
        place = self.remote.place(branch)
        self.remote.fetch(place)
        there, here = self.remote.commit_of(place.known), self.remote.commit_of("HEAD")
        for path in unsaved.paths:
            self.person.told(f"would commit {path}")
        return Synced(self._moved(here, there, here), unsaved.problems)

    def _free(self) -> str:
        """Return the branch one is on; LockedError when git is in the midst of something."""
        if busy := repository.in_progress(self.book.root):
            raise LockedError(f"git is in the midst of {busy}; nothing was done", f"{_end(busy)}, then: crmtxt sync")
        branch = self.remote.branch()
        if not branch:
            hint = "go back to your branch, such as: git switch main"
            raise LockedError("git is on no branch (detached HEAD); nothing was done", hint)
        return branch

    def _go_on(self) -> tuple[Problem, ...]:
        """Finish a merge of ours that waited for decisions; return those that are still open."""
        if repository.in_progress(self.book.root) != MERGE or not self.remote.own_merge():
            return ()
        with locked(f"{self.book.state}/lock"):
            paths, others = self.remote.conflicts()
            open_ = self._undecided(paths)
            if open_ or others:
                return open_
            result = self.remote.finish_merge(list(paths))
        if result.code:
            raise NotCommittedError(f"the merge is not committed: git says: {first_words(result)}", "see: git status")
        self.person.told("finished the merge")
        return ()

    def _waiting(self, open_: tuple[Problem, ...]) -> Synced:
        """Return what came of a sync that has to wait for people."""
        self.person.told(f"nothing was sent: {counted(len(open_), 'disagreement')} to settle, with: crmtxt resolve")
        return Synced((), open_, finished=False)

    def _set_up(self, when: datetime) -> None:
        """Tell git how to merge, where a fresh clone does not know, and the book, where its line was lost."""
        known = setup.look(self.book.root)
        if known and not known.driver:
            setup.tell(self.book.root, self.book.env)
            self.person.told("told git how to merge customer files")
        if known and not known.attributes:
            change = Change("book: how git merges it", "", (founding.attributes(self.book.root),))
            self.book.commit(change, when)
            self.person.told(f"wrote the line about merging into {setup.ATTRIBUTES}")

    def _save(self, when: datetime) -> tuple[Problem, ...]:
        """Commit what is saved, what an editor saved over put back; return what keeps other files from it."""
        with locked(f"{self.book.state}/lock"):
            remarks = saving.put_back(self.book, when)
        for remark in remarks:
            self.person.told(remark)
        unsaved = saving.collect(self.book, self.remote)
        self._ask(unsaved.vanishing, "are gone from the folder and would be removed for everybody")
        if unsaved.paths:
            with locked(f"{self.book.state}/lock"):
                made = saving.commit(self.book, unsaved)
            if made:
                self.person.told(f"committed {counted(len(unsaved.paths), 'file')} ({made})")
        return unsaved.problems

    def _share(self, place: remote.Place) -> Synced:
        """Fetch, merge and push, again while somebody is quicker."""
        here = before = self.remote.commit_of("HEAD")
        for pause in (*remote.PAUSES, None):
            self.remote.fetch(place)
            there = self.remote.commit_of(place.known)
            base = self._base(place, here, there)
            self._ask(self._vanishing(base, there), f"are removed by what comes from {place.remote}")
            if base != there:
                with locked(f"{self.book.state}/lock"):
                    open_ = self._merge(place, base, (here, there))
                if open_:
                    return self._waiting(open_)
                here = self.remote.commit_of("HEAD")
            faults = self._faults(there, here)
            if faults or here == there:
                break
            try:
                self.remote.push(place, here)
                break
            except remote.QuickerError:
                if pause is None:
                    raise
                remote.wait(pause)
        if faults:
            self.person.told("nothing was sent: what cannot be read stays here")
        items = self._moved(before, there, here)
        received = self._faults(before, here) if before != here else []
        kept = [each for each in items if each.direction == RECEIVED or not faults]
        return Synced(tuple(kept), (*faults, *received))

    def _base(self, place: remote.Place, here: str, there: str) -> str:
        """Return the commit from which here and there went apart, "" while one of them has none."""
        if not here or not there:
            return ""
        base = self.remote.base(here, there)
        if not base:
            found = repository.find(self.book.root)
            raise remote.unrelated(place, shallow=found is not None and files.exists(f"{found.common}/{SHALLOW}"))
        return base

    def _merge(self, place: remote.Place, base: str, sides: tuple[str, str]) -> tuple[Problem, ...]:
        """Merge what is there; return what people have to decide, the merge waiting for it."""
        likeness = renames.strategy(self.remote, base, sides if base else ())
        message = f"{remote.OURS}merge {place.name} of {place.remote}"
        try:
            result = self.remote.merge(sides[1], message, driver_line(setup.program()), likeness)
        except BaseException:
            if repository.in_progress(self.book.root) == MERGE:
                self.remote.abort_merge()
            raise
        return self._unfinished(result) if result.code else ()

    def _unfinished(self, result: Result) -> tuple[Problem, ...]:
        """Return what a merge that did not end by itself waits for; a refusal leaves everything as before."""
        if repository.in_progress(self.book.root) != MERGE:
            raise remote.not_merged(result)
        paths, others = self.remote.conflicts()
        if paths and not others:
            return self._undecided(paths)
        self.remote.abort_merge()
        if others:
            message = f"not merged: {counted(others, 'file')} that is not the book's was changed on both sides"
            raise LockedError(message, "merge it with git: git pull")
        raise NotCommittedError(
            f"not merged: a hook refuses: {first_words(result)}", "see the hooks of this repository"
        )

    def _undecided(self, paths: dict[str, bool]) -> tuple[Problem, ...]:
        """Return what is to be decided in files both sides changed, nothing once they can be read without markers."""
        found: list[Problem] = []
        for path, on_both in paths.items():
            if on_both:
                found += saving.faults(self.book, path)
            else:
                found.append(Problem(path, 0, 0, "conflict", _REMOVED, f"crmtxt resolve {handle_of(path)}"))
        return tuple(found)

    def _vanishing(self, base: str, there: str) -> tuple[int, int] | None:
        """Return how many customers what is there would take away, when they are many."""
        if base in {"", there}:
            return None
        listed = (self.remote.files_of(commit, files.CUSTOMERS) for commit in (base, there))
        return sendable.vanishing(*listed)

    def _ask(self, vanishing: tuple[int, int] | None, how: str) -> None:
        """Ask a person about customers that vanish; UsageError when nobody says yes."""
        if vanishing is None or self.yes:
            return
        gone, total = vanishing
        said = f"{gone} of {total} customers {how}"
        if not self.person.agrees(f"{said}. Is that meant?"):
            hint = "if it is meant: crmtxt sync --yes; if not, git restore customers brings back what is gone here"
            raise UsageError(f"{said}; nothing was sent", hint)

    def _faults(self, old: str, new: str) -> list[Problem]:
        """Return what cannot be read of the files in which two commits differ, as the newer one has them."""
        changed = self.remote.differing(old, new, sendable.OWN) if new else {}
        settings = self.book.index.settings
        own = (path for path in changed if sendable.is_own(path))
        return [problem for path in own for problem in sendable.faults(changed[path], path, settings)]

    def _moved(self, before: str, there: str, here: str) -> tuple[SyncEntry, ...]:
        """Return what went out and what came in, the oldest first."""
        out = self._entries(SENT, [here, *_without(there)]) if here not in {"", there} else ()
        back = self._entries(RECEIVED, [there, *_without(before)]) if there not in {"", before} else ()
        return (*out, *back)

    def _entries(self, direction: str, commits: list[str]) -> Iterator[SyncEntry]:
        settings = self.book.index.settings
        names = {settings.text(f"team.{key}.name"): key for key in settings.team}
        for each in reversed(list(past.commits(self.book.root, self.book.env, past.Asked(of=tuple(commits))))):
            if len(each.parents) > 1:
                continue
            paths = tuple(altered.path for altered in each.files)
            handles = {handle_of(path) for path in paths if path.endswith(".md")}
            customer = next(iter(handles)) if len(handles) == 1 else None
            who = names.get(each.author, each.author)
            yield SyncEntry(direction, each.date, who, each.subject, customer, paths, each.hash[: past.SHORT])


def _patience(person: Person) -> Patience:
    slow = (lambda: person.told("waiting for the server …")) if person.present else None
    return Patience(AT_A_TERMINAL if person.present else PATIENCE, person.present, server=True, slow=slow)


def _end(busy: str) -> str:
    """Return how one gets out of what git is in the midst of."""
    name = busy.split()[1]
    if name == "bisect":
        return "end it with git bisect reset"
    finish = "crmtxt resolve" if busy == MERGE else f"git {name} --continue"
    return f"finish it ({finish}) or drop it (git {name} --abort)"


def _without(commit: str) -> Iterable[str]:
    return [f"^{commit}"] if commit else []
