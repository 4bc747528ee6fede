"""What people see of the pipeline: the board, a column for each stage, or stage by stage."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from crmtxt.commands.columns import day
from crmtxt.commands.columns import money
from crmtxt.commands.sheet import Row
from crmtxt.model.names import counted
from crmtxt.model.pipeline import OpenOpportunity
from crmtxt.model.pipeline import PipelineStage
from crmtxt.render.columns import Column
from crmtxt.render.columns import View

CARD = 26  # cells a stage needs to be a column of the board
SHOWN = 8  # opportunities of a stage on the board

BOARD = (
    Column("part", "Stage", keep=6),
    Column("what", "", least=12, keep=7),
    Column("text", "Value", least=12, keep=5, wrap=True),
    Column("mark", "", least=10, keep=4, style=lambda row: row.style),
)


class Cell(NamedTuple):
    """What stands in a column of the board, and its colour."""

    text: str = ""
    style: str = ""


class Cells(NamedTuple):
    """One row of the board: a cell for each stage."""

    cells: tuple[Cell, ...]


def cards(stages: Sequence[PipelineStage], today: date) -> View:
    """Return the pipeline as a board: a column for each stage, its opportunities below, the most valuable first."""
    decks = [_deck(stage, today) for stage in stages]
    rows = [Cells(row) for row in zip_longest(*decks, fillvalue=Cell())]
    columns = tuple(_column(stage, at) for at, stage in enumerate(stages))
    return View("pipeline", rows, columns, _counted(stages))


def _column(stage: PipelineStage, at: int) -> Column:
    def show(row: Cells) -> str:
        return row.cells[at].text

    def style(row: Cells) -> str:
        return row.cells[at].style

    return Column("cells", stage.stage or "–", show, least=CARD - 2, keep=9, style=style)


def board(stages: Sequence[PipelineStage], today: date) -> View:
    """Return the pipeline stage by stage: the sum, then each opportunity, the most valuable first."""
    rows = [row for stage in stages for row in _stage(stage, today)]
    return View("pipeline", rows, BOARD, _counted(stages))


def opened(count: int, idle: int) -> str:
    """Return how many are open, and how many of them nothing is planned for."""
    return f"{count} open" + (f", {idle} without a next step" if idle else "") if count else "nothing is open"


def _counted(stages: Sequence[PipelineStage]) -> str:
    count, idle = (sum(getattr(stage, key) or 0 for stage in stages) for key in ("count", "without_next"))
    return opened(count, idle)


def _deck(stage: PipelineStage, today: date) -> list[Cell]:
    """Return the cells of a stage: the sums, then a card of five for each opportunity."""
    value, weighted = _sums(stage)
    slow = f", {stage.stalled} stalled" if stage.stalled else ""
    cells = [Cell(f"{stage.count} open{slow}", "cool" if slow else ""), Cell(value), Cell(weighted, "dim"), Cell()]
    for each in _shown(stage):
        worth, close, age = _facts(each, today)
        cells += [
            Cell(each.name),
            Cell(each.title),
            Cell(" · ".join(part for part in (worth, close) if part)),
            Cell(age, "cool" if each.stalled else "dim"),
            Cell(each.next or _idle(stage), "" if each.next else "late"),
            Cell(),
        ]
    more = _more(stage)
    return [*cells, Cell(more, "dim")] if more else cells[:-1]


def _stage(stage: PipelineStage, today: date) -> Iterator[Row]:
    slow = f"{stage.stalled} stalled" if stage.stalled else ""
    told = " · ".join(part for part in _sums(stage) if part)
    yield Row(stage.stage or "–", f"{stage.count} open", told, slow, "cool" if slow else "")
    for each in _shown(stage):
        text = " · ".join(fact for fact in _facts(each, today) if fact)
        mark = each.next or _idle(stage)
        style = "late" if mark and not each.next else "cool" if each.stalled else ""
        yield Row("", f"{each.name}: {each.title}", text, mark, style)
    if more := _more(stage):
        yield Row("", more, "", "")


def _sums(stage: PipelineStage) -> tuple[str, str]:
    """Return what a stage comes to, and that weighted."""
    value = "" if stage.value is None else money(stage.value, stage.currency)
    return value, "" if stage.weighted is None else f"weighted {money(round(stage.weighted), stage.currency)}"


def _facts(each: OpenOpportunity, today: date) -> tuple[str, str, str]:
    """Return what an opportunity is worth, when it closes, and how long it has been there."""
    value = "" if each.value is None else money(each.value, each.currency)
    close = f"closes {day(each.close, today)[4:].strip()}" if each.close else ""
    age = "" if each.days is None else f"{counted(each.days, 'day')} there{', stalled' if each.stalled else ''}"
    return value, close, age


def _idle(stage: PipelineStage) -> str:
    return "" if stage.without_next is None else "no next step"


def _shown(stage: PipelineStage) -> list[OpenOpportunity]:
    return sorted(stage.opportunities, key=lambda each: -(each.value or 0))[:SHOWN]


def _more(stage: PipelineStage) -> str:
    hidden = len(stage.opportunities) - SHOWN
    return f"… {hidden} more: crmtxt opp list" if hidden > 0 else ""
