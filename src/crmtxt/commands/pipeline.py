"""crmtxt pipeline: what is open."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.board import CARD
from crmtxt.commands.board import board
from crmtxt.commands.board import cards
from crmtxt.commands.board import opened
from crmtxt.commands.columns import money
from crmtxt.commands.columns import worth
from crmtxt.commands.options import InPipeline
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.options import Since
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.pipeline import PipelineShare
from crmtxt.model.pipeline import PipelineStage
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import asking
from crmtxt.services.pipeline import Pipeline
from crmtxt.session import Session

PER = ("owner", "type", "source", "tag")


SHARES = (
    Column("name", "Whose", lambda row: row.name or "–", least=8, keep=9),
    Column("count", "Open", align="right", keep=7),
    Column("value", "Value", worth, "right", keep=8),
    Column("weighted", "Weighted", lambda row: money(row.weighted, row.currency), "right", keep=6),
    Column("stalled", "Stalled", align="right", keep=4, style=lambda row: "cool" if row.stalled else ""),
    Column("without_next", "No next", align="right", keep=5, style=lambda row: "late" if row.without_next else ""),
)


def pipeline(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    per: Annotated[str, Opt(("--per",), "By owner, type, source or tag in the place of stages.", "WHAT")] = "",
    since: Since = "",
    in_pipeline: InPipeline = "",
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show what is open stage by stage: value, weighted value, age, what stands still and what comes next."""
    selection, first = session.selection(query, select._replace(sort="")), asking.since(since, session.today)
    found = Pipeline(session.index, selection, session.today, in_pipeline, first)
    if per:
        return _shares(session, found, asking.one_of(per, PER), select, out)
    stages = asking.ordered(found.stages(), PipelineStage._fields, select.sort, select.limit)
    if session.output.format(out) == "table" and len(stages) * CARD <= session.terminal.width:
        return session.answer(cards(stages, session.today), out)
    if session.output.for_people(out):
        return session.answer(board(stages, session.today), out)
    return session.answer(View("pipeline", stages, (), "", PipelineStage._fields, PipelineStage._fields[:-1]), out)


def _shares(session: Session, found: Pipeline, per: str, select: Select, out: Out) -> ExitCode:
    """Answer what is open by owner, type, source or tag."""
    items = asking.ordered(found.shares(per), PipelineShare._fields, select.sort, select.limit)
    idle = sum(each.next is None for each in found.opportunities()) if not found.past else 0
    footer = opened(len(found.open), idle)
    keys = PipelineShare._fields
    return session.answer(View("pipeline shares", items, SHARES, footer, keys, keys[1:]), out)
