"""crmtxt find: log entries, follow-ups and notes."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import PLACE
from crmtxt.commands.columns import feel
from crmtxt.commands.columns import kind
from crmtxt.commands.columns import mood
from crmtxt.commands.columns import said
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.views import LogEntry
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.session import Session
from crmtxt.store import reads

ENTRIES = (
    Column("date", "Date", keep=3),
    Column("name", "Customer", least=10, keep=4),
    Column("kind", "What", kind, least=10, keep=3),
    Column("text", "Text", lambda item: said(item.text), least=16, keep=5),
    Column("feel", "", lambda item: feel(item.feel), "right", keep=2, style=mood),
    PLACE,
)
PLAIN = ("date", "time", "customer", "name", "kind", "direction", "who", "by", "text", "path", "line")
SECTIONS = ("log", "next", "notes", "name")


def find(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Find lines of the log and of Next, notes and names, the newest first."""
    if not any(word.strip() for word in query):
        raise UsageError(
            "find what?", "such as: crmtxt find pricing, crmtxt find '#onboarding feel<0', crmtxt find @jane"
        )
    items = reads.entries(session.index, session.selection(query, select), sections=SECTIONS)
    footer = "nothing found" if not items else f"{len(items)} found"
    return session.answer(View("log entries", items, ENTRIES, footer, LogEntry._fields, PLAIN), out)
