"""What people see of the relationships we want, and of what is not as we want it."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from typing import NamedTuple

from crmtxt.model.names import counted
from crmtxt.model.strategy import RelationshipType
from crmtxt.render.answer import in_parts
from crmtxt.render.columns import Column
from crmtxt.render.columns import View

NONE_YET = "no relationship types yet: say which you want under strategy: in crmtxt.yaml"
WANTED = "The relationships we want"
LABELS = {"audience": "who it is for", "cadence": "in touch every"}

TYPES = (
    Column("type", "Type", keep=9),
    Column("customers", "Customers", align="right", keep=8),
    Column("cadence", "Every", keep=7),
    Column("answer_within", "Answer", keep=6),
    Column("purpose", "Purpose", least=20, keep=5),
)
FINDINGS = (
    Column("customer", "Customer", lambda item: item.customer or "–", keep=6),
    Column("type", "Type", lambda item: item.type or "–", keep=4),
    Column("why", "What", least=24, keep=8, wrap=True),
    Column("hint", "", least=16, keep=5, style=lambda _: "dim"),
    Column("lines", "", lambda item: " ".join(item.lines[:3]), extra=True, style=lambda _: "dim"),
)


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


def sheet(items: list[RelationshipType], promise: str, empty: str) -> View:
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
