"""What the difference of two versions of a customer's file means, whoever made it and by whatever means."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from crmtxt.model import meaning as kinds
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import Line
from crmtxt.model.meaning import Meaning
from crmtxt.text.acts import Acts
from crmtxt.text.head import HeadError
from crmtxt.text.head import flatten
from crmtxt.text.head import read_head
from crmtxt.text.headdifference import head_meanings
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from crmtxt.text.document import Document
    from crmtxt.text.node import Node

LOG_HEADING = "\n## Log\n"
STRUCTURE = ("\n#", "\n`", "\n~", "\n---", "\n<<<<<<< ")  # what could make a log something else than lines
FENCES = ("```", "~~~")
MOST_ROWS = 2000  # beyond it lines are counted, not compared
TELLS_OF_ENTRY = frozenset({kinds.OPENED, kinds.CLOSED})


def meanings(before: str, after: str) -> tuple[Meaning, ...]:
    """Return what was done between two texts of one customer's file: nothing for the same text, else one at the least.

    A change of layout alone (spaces, order, comments, blank lines) is one meaning of that kind.
    """
    if before == after:
        return ()
    short = _without_common_log(before, after)
    old, new = (parse(text, "") for text in short)
    acts = [*Acts(*_lines_apart(old, new)).read()]
    head = _head_apart(_head_text(before, old), _head_text(after, new))
    found = [*acts, *(each for each in head if not _is_told(each, acts)), *_text_apart(old, new)]
    return tuple(found) or (Meaning(kinds.LAYOUT, rows=rows_apart(*short)),)


def settings_meanings(before: str, after: str) -> tuple[Meaning, ...]:
    """Return what was done between two texts of crmtxt.yaml."""
    if before == after:
        return ()
    found = _head_apart(before.removeprefix("\ufeff"), after.removeprefix("\ufeff"))
    return tuple(found) or (Meaning(kinds.LAYOUT, rows=rows_apart(before, after)),)


def head_meanings_of_new(text: str) -> tuple[Meaning, ...]:
    """Return the values a new customer's file begins with."""
    return tuple(_head_apart("", _head_text(text, parse(text, ""))))


def text_meanings(before: str, after: str) -> tuple[Meaning, ...]:
    """Return what was done between two texts of any other file: so many lines."""
    return (Meaning(kinds.NOTES, rows=rows_apart(before, after)),) if before != after else ()


def first_names(text: str) -> dict[str, str]:
    """Return the first names of the contacts of a customer's file by handle; none where the head cannot be read."""
    document = parse(text[: text.find("\n---", 4) + 5] if text.startswith("---") else text, "")
    return dict(_first_names(text[slice(*document.head)]))


def rows_apart(before: str, after: str) -> int:
    """Return how many lines differ: those changed, put in or taken out."""
    old, new = before.split("\n"), after.split("\n")
    start = next((at for at, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), None)
    start = min(len(old), len(new)) if start is None else start
    while len(old) > start and len(new) > start and old[-1] == new[-1]:
        old.pop()
        new.pop()
    old, new = old[start:], new[start:]
    if len(old) + len(new) > MOST_ROWS or not old or not new:
        return max(len(old), len(new))
    from difflib import SequenceMatcher

    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(end - begin, last - first) for tag, begin, end, first, last in codes if tag != "equal")


def _lines_apart(old: Document, new: Document) -> tuple[dict[str, list[Line]], dict[str, list[Line]]]:
    """Return the lines of each section that went and those that came, in their order."""
    gone, come = {}, {}
    for section in (LOG, NEXT):
        before, after = ([entry.line for entry in getattr(document, section)] for document in (old, new))
        gone[section], come[section] = _only_in_first(before, after), _only_in_first(after, before)
    return gone, come


def _only_in_first(lines: list[Line], others: list[Line]) -> list[Line]:
    left = Counter(lines) - Counter(others)
    found = []
    for line in reversed(lines):  # of lines that say the same, the last ones
        if left[line] > 0:
            left[line] -= 1
            found.append(line)
    return found[::-1]


def _head_text(text: str, document: Document) -> str:
    start, end = document.head
    return text[start:end]


def _head_apart(before: str, after: str) -> list[Meaning]:
    if before == after:
        return []
    old, new = _head(before), _head(after)
    if old is None or new is None:
        return [Meaning(kinds.UNREADABLE, ("head",), rows=rows_apart(before, after))]
    return head_meanings(old, new)


@lru_cache(maxsize=64)
def _head(text: str) -> Node | None:
    try:
        return read_head(text)
    except HeadError:
        return None


@lru_cache(maxsize=64)
def _first_names(head: str) -> tuple[tuple[str, str], ...]:
    root = _head(head)
    keys = [(key.split("."), value) for key, value in flatten(root)] if root else []
    return tuple(
        (key[1], value.split()[0])
        for key, value in keys
        if len(key) == len(("contacts", "handle", "name")) and (key[0], key[2]) == ("contacts", "name") and value
        if value.split()
    )


def _is_told(each: Meaning, acts: list[Meaning]) -> bool:
    """Say whether a line of the log tells of this change of the head already."""
    for act in acts:
        if (act.path, act.before, act.after) == (each.path, each.before, each.after):
            return True
        if act.kind == each.kind == kinds.ADDED and act.path == each.path:
            return True
        if act.kind in TELLS_OF_ENTRY and each.kind in {kinds.ADDED, kinds.REMOVED} and each.path == act.path[:-1]:
            return True
    return False


def _text_apart(old: Document, new: Document) -> list[Meaning]:
    found = []
    if old.notes != new.notes:
        found.append(Meaning(kinds.NOTES, ("notes",), rows=rows_apart(old.notes, new.notes)))
    unread = [Counter(problem.source for problem in document.problems if problem.line) for document in (old, new)]
    if count := max((unread[0] - unread[1]).total(), (unread[1] - unread[0]).total()):
        found.append(Meaning(kinds.UNREADABLE, rows=count))
    return found


def _without_common_log(before: str, after: str) -> tuple[str, str]:
    """Return both texts without the whole entries at the beginning and the end of their logs that are the same.

    A log of thousands of lines grows by one line a change; only what differs is worth reading.
    """
    at, to = _plain_log(before), _plain_log(after)
    if at < 0 or to < 0:
        return before, after
    old, new = before[at:], after[to:]
    begin = max(old.rfind("\n- ", 0, common_start(old, new)), 0)
    old, new = old[begin:], new[begin:]
    entry = old.find("\n- ", len(old) - common_start(old[::-1], new[::-1]))
    end = len(old) - entry - 1 if entry >= 0 else 0
    return before[:at] + old[: len(old) - end], after[:to] + new[: len(new) - end]


@lru_cache(maxsize=4)
def _plain_log(text: str) -> int:
    """Return where the lines of the log begin, -1 unless the rest of the file is nothing but lines of the log."""
    at = text.find(LOG_HEADING) + len(LOG_HEADING) - 1
    if at < len(LOG_HEADING) - 1 or any(text.find(fence, 0, at) >= 0 for fence in FENCES):
        return -1
    return -1 if any(text.find(sign, at) >= 0 for sign in STRUCTURE) else at


def common_start(one: str, two: str) -> int:
    """Return how many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
