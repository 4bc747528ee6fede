"""Whether a merge says what the three versions say it should: all read anew, in a way that shares nothing with it."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.text.mergelines import DoubtError

if TYPE_CHECKING:
    from crmtxt.text.node import Node

Fact = tuple[str, ...]

_SECTION = re.compile(r"##[ \t]+(Next|Log)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_WHEN = re.compile(r"- +(\[.\] +)?[0-9-]{10} +([0-9]{2}:[0-9]{2} +)?")
_TICKED = ("- [x] ", "- [X] ")


class Facts(NamedTuple):
    """What a file says, and how often: `exact` values and entries, `loose` lines of text, which a merge may repeat."""

    exact: Counter[Fact]
    loose: Counter[Fact]


def check(texts: Sequence[str], results: Sequence[str]) -> None:
    """Compare a merge with the `texts` of base, ours and theirs; DoubtError for what is missing, or too much.

    `results` are the merged text with ours, and with theirs, in the place of each conflict.
    """
    heads = [_head(text) for text in texts]
    deep = len(set(heads)) == len(heads)
    before, mine, yours = (_facts(text, deep=deep) for text in texts)
    found = [_facts(text, deep=deep) for text in results]
    exact, loose = found[0].exact | found[-1].exact, found[0].loose | found[-1].loose
    for fact in {**before.exact, **mine.exact, **yours.exact, **exact}:
        wanted = _expected(before.exact[fact], mine.exact[fact], yours.exact[fact])
        # a conflict holds the whole of a side: also what the other took out beside it
        most = wanted if found[0].exact[fact] == found[-1].exact[fact] else max(mine.exact[fact], yours.exact[fact])
        if not wanted <= exact[fact] <= most and not (
            exact[fact] < wanted and _only_put_off(fact, before, mine, yours)
        ):
            raise DoubtError(f"the merge would have {exact[fact]} instead of {wanted}: {fact[-1][:60]!r}")
    for fact in {**before.loose, **mine.loose, **yours.loose, **loose}:
        least, most = _between(before.loose[fact], mine.loose[fact], yours.loose[fact])
        if found[0].loose[fact] != found[-1].loose[fact]:
            most = max(most, mine.loose[fact], yours.loose[fact])
        if not least <= loose[fact] <= most:
            raise DoubtError(f"the merge would have {loose[fact]} instead of {least} to {most}: {fact[-1][:60]!r}")


def _expected(base: int, ours: int, theirs: int) -> int:
    """Return how often something is there after a merge: what both put in is put in once."""
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    if (ours > base) != (theirs > base):
        return max(0, ours + theirs - base)
    return max(ours, theirs) if ours > base else min(ours, theirs)


def _between(base: int, ours: int, theirs: int) -> tuple[int, int]:
    """Return how often a line of text may be there: two that are alike may be the same one, or not."""
    together = max(0, ours + theirs - base)
    once = _expected(base, ours, theirs)
    return min(once, together), max(once, together)


def _only_put_off(fact: Fact, base: Facts, ours: Facts, theirs: Facts) -> bool:
    """Say whether a line is a follow-up of the base with another date that the other side has done."""
    bare = _WHEN.sub("", fact[-1], count=1)
    if fact[0] != "next" or not any(
        each[0] == "next" and _WHEN.sub("", each[-1], count=1) == bare for each in base.exact
    ):
        return False
    other = ours if theirs.exact[fact] else theirs
    return any(
        each[0] == "log" or (each[0] == "next" and each[-1].startswith(_TICKED) and each[-1].endswith(bare))
        for each in other.exact
        if each not in base.exact
    )


def _head(text: str) -> str:
    return re.split(r"^---[ \t\r]*\n", text, maxsplit=2, flags=re.MULTILINE)[1] if text else ""


def _facts(text: str, *, deep: bool) -> Facts:
    """Return what a text says; `deep` reads its head, else it is one fact."""
    facts = Facts(Counter(), Counter())
    if not text:
        return facts
    _, head, body = re.split(r"^---[ \t\r]*\n", text, maxsplit=2, flags=re.MULTILINE)
    facts.loose.update(("comment", row.strip()) for row in head.split("\n") if row.lstrip().startswith("#"))
    if deep:
        from crmtxt.text.head import HeadError
        from crmtxt.text.head import read_head

        try:
            _add_values(facts, ("head",), read_head(head))
        except HeadError as error:
            raise DoubtError(f"the merged head could not be read: {error.message}") from None
    else:
        facts.exact["head", head] += 1
    _add_body(facts, body.split("\n"))
    return facts


def _add_values(facts: Facts, path: Fact, node: "Node") -> None:
    from crmtxt.text.head import resolved

    if isinstance(node.value, dict):
        for key, child in node.value.items():
            _add_values(facts, (*path, key), child)
    elif isinstance(node.value, list):
        scalars = all(child.kind == "scalar" for child in node.value)
        for number, child in enumerate(node.value):
            _add_values(facts, path if scalars else (*path, str(number)), child)
    elif "\n" in node.value:
        facts.loose.update((*path, row) for row in node.value.split("\n"))
    else:
        facts.exact[(*path, type(resolved(node)).__name__, node.value)] += 1


def _add_body(facts: Facts, rows: Sequence[str]) -> None:
    section, fence = "notes", ""
    entries: list[tuple[str, list[str]]] = []
    entry: list[str] = []  # the one that indented lines belong to
    for row in (row.rstrip("\r") for row in rows):
        mark = _FENCE.match(row) if section == "notes" else None
        heading = None if fence else _SECTION.fullmatch(row)
        if fence or mark:
            facts.loose["notes", row] += 1
            if mark and not (fence and row[mark.end() :].strip()):
                fence = mark[1] if not fence else "" if mark[1].startswith(fence) else fence
        elif heading or (section != "notes" and row.startswith(("## ", "##\t", "# "))):
            section, entry = heading[1].lower() if heading else "notes", []
            facts.loose.update([("notes", row)] * (not heading))
        elif section != "notes" and row.startswith("-"):
            entry = [row]
            entries.append((section, entry))
        elif entry and (not row.strip() or row.startswith(("  ", "\t"))):
            entry.append(row)
        elif row.strip():
            facts.loose[section, row] += 1
            entry = []
    facts.exact.update((section, "\n".join(rows).rstrip()) for section, rows in entries)
