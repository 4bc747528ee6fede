"""crmtxt strategy: the relationships we want, and the book held against them."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from collections.abc import Iterator
from typing import NamedTuple

from crmtxt.commands.columns import STRATEGY_FINDINGS
from crmtxt.commands.columns import TYPES
from crmtxt.commands.columns import counted
from crmtxt.commands.options import Out
from crmtxt.errors import ExitCode
from crmtxt.model.strategy import RelationshipType
from crmtxt.model.strategy import StrategyFinding
from crmtxt.render.answer import in_parts
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import strategy as strategies
from crmtxt.session import Session

NONE_YET = "no relationship types yet: say which you want under strategy: in crmtxt.yaml"
WANTED = "The relationships we want"
LABELS = {"audience": "who it is for", "cadence": "in touch every"}


class Row(NamedTuple):
    """One line: the type, what is said of it, and whether that is a default nobody has changed."""

    type: str
    what: str
    text: str
    mark: str


SHEET = (
    Column("type", "Type", keep=6),
    Column("what", "", least=10, keep=5, style=lambda _: "dim"),
    Column("text", "", least=20, keep=7, wrap=True),
    Column("mark", "", keep=2, style=lambda _: "dim"),
)


def strategy(session: Session, *, out: Out = Out()) -> ExitCode:
    """Show the relationships this book wants: why, for whom, what each side gives and gets, and the standards."""
    items = strategies.types(session.reader)
    empty = "" if items else NONE_YET
    if session.output.for_people(out):
        return session.answer(_sheet(items, session.settings.text("strategy.promise"), empty), out)
    return session.answer(View("strategy", items, TYPES, empty, RelationshipType._fields), out)


def check(session: Session, *, out: Out = Out()) -> ExitCode:
    """Hold the book against its strategy; 10 when something is not as it says."""
    items = strategies.check(session.reader)
    empty = "" if items else "everything is as the strategy says" if session.settings.types else NONE_YET
    code = session.answer(View("strategy-check", items, STRATEGY_FINDINGS, empty, StrategyFinding._fields), out)
    return ExitCode.FOUND if items and code == ExitCode.DONE else code


def _sheet(items: list[RelationshipType], promise: str, empty: str) -> View:
    """Return the types as a view, what everybody is promised above them."""
    sheets = [(item.type, list(_rows(item))) for item in items]
    if promise:
        sheets.insert(0, ("everybody", [Row("everybody", "promise", promise, "")]))
    parts = [View("strategy", rows, SHEET[1:], title=name) for name, rows in sheets]
    rows = [row for _, some in sheets for row in some]
    return View("strategy", rows, SHEET, empty, Row._fields, title=WANTED, drawn=in_parts(lambda _: parts))


def _rows(item: RelationshipType) -> Iterator[Row]:
    yield Row(item.type, "customers", counted(item.customers, "customer"), "")
    for key in RelationshipType._fields[2:-1]:
        value = getattr(item, key)
        if value:
            text = value if isinstance(value, str) else ", ".join(value)
            yield Row("", LABELS.get(key, key.replace("_", " ")), text, "default" if key in item.defaults else "")
