"""Moves a log has to tell, so that it ends with the stage the head has."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.line import Line
from crmtxt.model.opportunity import step
from crmtxt.text.head import HeadError
from crmtxt.text.head import plain_value
from crmtxt.text.parse import parse
from crmtxt.text.stages import stages_told
from crmtxt.text.unitekeys import head_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping

    from crmtxt.services.writer import Writer

STAGE = ("stage",)
Keys = tuple[str, ...]


def is_stage(keys: Keys) -> bool:
    """Say whether a key of the head is the stage of a customer or of an opportunity."""
    return keys == STAGE or (keys[:1] == ("opportunities",) and keys[2:] == STAGE)


def leading_back(writer: Writer, text: str, stages: Iterable[Keys] = (STAGE,)) -> Iterator[Line]:
    """Yield the lines that lead the log of a file back to these stages of its head, where it leads away from them.

    A head that cannot be read leads nowhere.
    """
    try:
        head = plain_value(head_of(text))
    except HeadError:
        return
    told = stages_told(parse(text, "").log)
    for keys in stages:
        kind, handle = ("stage", "") if keys == STAGE else ("opportunity", keys[1])
        stage, last = _held(head, keys[:-1]).get("stage"), told.get((kind, handle), ())
        if stage and last and stage not in {each.stage for each in last}:
            yield Line(writer.today.isoformat(), kind, step(last[-1].stage, stage), subject=handle, by=writer.by)


def _held(head: Mapping[str, Any], keys: Keys) -> Mapping[str, Any]:
    """Return the map under some keys of a head, an empty one where there is none."""
    for key in keys:
        within = head.get(key)
        head = within if isinstance(within, dict) else {}
    return head
