"""Tell whether an editor that had loaded a file before we wrote it saved over what we wrote."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from crmtxt.text.lines import HEADER

ALIKE = 0.85  # how much of its text an entry keeps when somebody corrects it


class Written(NamedTuple):
    """A write of ours: the text before and after; `restored` when it put lines back, and people have seen them."""

    before: str
    after: str
    restored: bool = False


class SavedOver(NamedTuple):
    """What an editor saved over: the version it had loaded, our last one, and the lines of ours that are gone."""

    base: str
    ours: str
    lines: tuple[str, ...]


Lines = Counter[str]


def saved_over(now: str, writes: Iterable[Written]) -> SavedOver | None:
    """Return what was saved over, None when nothing was, or when somebody may have meant it; `writes` latest first.

    The version loaded is the one closest to `now`. Whoever has anything of what we added since has loaded a later one.
    What is exactly an earlier version was put back by somebody. Lines that were put back once and are gone again were
    taken out by somebody, unless others, never put back, went with them.
    """
    here = _lines(now)
    versions: list[tuple[str, Lines]] = []
    restored: set[str] = set()
    for write in writes:
        before, after = _lines(write.before), _lines(write.after)
        versions += [(write.after, after), (write.before, before)]
        added = after - before
        if write.restored:
            restored |= added.keys()
        elif _has_any(here, added, before):
            versions.pop()
            break
    if not versions:
        return None
    ours, last = versions[0]
    base, loaded = min(versions, key=lambda version: _distance(version[1], here))
    gone = last - loaded
    if loaded in (here, last) or not gone or gone.keys() <= restored or _has_any(here, gone, loaded):
        return None
    if any(_corrects(line, old) for line in here - loaded for old in gone):
        return None
    return SavedOver(base, ours, tuple(gone.elements()))


def _lines(text: str) -> Lines:
    """Return what each line says, but for blank ones and headings, which everybody writes alike."""
    rows = (row.rstrip() for row in text.split("\n"))
    return Counter(row for row in rows if row and not row.startswith("## "))


def _distance(one: Lines, two: Lines) -> int:
    return (one - two).total() + (two - one).total()


def _has_any(here: Lines, added: Lines, before: Lines) -> bool:
    return any(here[line] > before[line] for line in added)


def _corrects(line: str, old: str) -> bool:
    """Say whether a line is an entry of ours that somebody went on with or corrected."""
    from difflib import SequenceMatcher

    new, was = HEADER.match(line), HEADER.match(old)
    if not new or not was or new["kind"] != was["kind"]:
        return False
    one, two = new["text"], was["text"]
    same = line[: new.start("text")].rstrip() == old[: was.start("text")].rstrip()
    if same and (one.startswith(two) or two.startswith(one)):
        return True
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE
