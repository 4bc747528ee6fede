"""What settles a conflict: the lines that stand in its place afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import CrmError
from crmtxt.errors import InvalidError
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.text.conflict import blanked
from crmtxt.text.conflict import regions
from crmtxt.text.conflict import settled
from crmtxt.text.disagreement import ENDING
from crmtxt.text.document import newline_of
from crmtxt.text.document import parts
from crmtxt.text.headedit import set_value
from crmtxt.text.lines import Unreadable
from crmtxt.text.lines import read_line
from crmtxt.text.lines import write_line

if TYPE_CHECKING:
    from crmtxt.text.conflict import Region
    from crmtxt.text.disagreement import Disagreement

BY_HAND = "write it yourself with --edit"


def side(text: str, region: Region, name: str) -> str:
    """Return the lines of one side, `ours` or `theirs`; InvalidError when it is not sure where that ends."""
    if not region.sure:
        raise InvalidError(f"line {region.number}: more than one line ======= could part the sides", BY_HAND)
    return text[slice(*(region.ours if name == "ours" else region.theirs))]


def stated(text: str, told: Disagreement, value: str, path: str, *, as_text: bool = False) -> str:
    """Return the lines of a conflict with a third value; InvalidError when it cannot be put there alone."""
    newline = newline_of(text)
    if told.field in {NEXT, LOG}:
        first, _, more = value.partition("\n")
        line = read_line(first if first.startswith("- ") else f"- {first}", more, boxed=told.field == NEXT)
        if isinstance(line, Unreadable):
            raise InvalidError(f"{line.message}: {first}", line.hint)
        return write_line(line, newline) + newline
    if not told.keys:
        return value.replace("\n", newline) + newline
    found = regions(text)
    for theirs, mine in (((), told.ours), ((told.region,), told.theirs)):
        if mine is not None:
            span = told.region.theirs if theirs else told.region.ours
            before = blanked(text, found, theirs=theirs)
            after = _with_value(before, told.keys, value, path, as_text=as_text)
            if after == before:
                return text[slice(*span)]
            start, end = _changed(before, after)
            if span[0] <= start and end <= span[1]:
                return text[span[0] : start] + after[start : end + len(after) - len(before)] + text[end : span[1]]
    raise InvalidError(f"'{told.field}' cannot be given one value here", BY_HAND)


def _with_value(text: str, keys: tuple[str, ...], value: str, path: str, *, as_text: bool) -> str:
    """Return a text without conflicts with one value of its head set; as it is where that cannot be."""
    start, end = parts(text, path).head if path.endswith(ENDING) else (0, len(text))
    try:
        head = set_value(text[start:end], keys, value, as_text=as_text, newline=newline_of(text))
    except CrmError as error:
        raise InvalidError(error.message, BY_HAND) from error
    return text[:start] + head + text[end:]


def _changed(before: str, after: str) -> tuple[int, int]:
    """Return the stretch of `before` that is another one in `after`."""
    same = zip(before, after, strict=False)
    start = next((at for at, (one, two) in enumerate(same) if one != two), min(len(before), len(after)))
    most = min(len(before), len(after)) - start
    back = zip(before[::-1], after[::-1], strict=False)
    end = len(before) - min(most, next((at for at, (one, two) in enumerate(back) if one != two), most))
    return start, end


def untouched(text: str, base: str, ours: str, theirs: str) -> bool:
    """Say whether a text git has marked still holds each line that either version brought, and nothing else.

    Then no person has begun to settle it.
    """
    found = [region for region in regions(text) if not region.inner]
    seen = {
        row
        for name in ("ours", "theirs")
        for row in settled(text, {each: text[slice(*getattr(each, name))] for each in found}).splitlines()
    }
    old, mine, others = (set(each.splitlines()) for each in (base, ours, theirs))
    return seen <= old | mine | others and (mine | others) - old <= seen and mine & others <= seen
