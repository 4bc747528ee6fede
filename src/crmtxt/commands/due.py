"""crmtxt due: follow-ups and promises that are due."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from datetime import date
from typing import Annotated

from crmtxt.commands.columns import kind
from crmtxt.commands.columns import late
from crmtxt.commands.columns import moment
from crmtxt.commands.columns import said
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.views import FollowUp
from crmtxt.model.views import Word
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.session import Session
from crmtxt.store import reads
from crmtxt.store.selecting import Selection

FOLLOWUPS = (
    Column("date", "Due", moment, keep=5, style=lambda item: "late" if item.overdue_days > 0 else ""),
    Column("name", "Customer", least=10, keep=4),
    Column("kind", "What", kind, least=10, keep=3),
    Column("text", "Text", lambda item: said(item.text), least=14, keep=4),
    Column("overdue_days", "", lambda item: late(item.overdue_days), extra=True, style=lambda _: "late"),
    Column("ref", "Ref", keep=3, style=lambda _: "dim"),
)
WORDS = (
    Column("name", "Customer", least=10, keep=6),
    Column("why", "", least=24, keep=7, wrap=True, style=lambda item: "late" if item.overdue_days > 0 else ""),
    Column("action", "", keep=4, style=lambda _: "dim"),
)
PLAIN = ("ref", "date", "time", "customer", "name", "kind", "direction", "who", "by", "text", "overdue_days")


def due(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    until: Annotated[str, Opt(("--until",), "What is due up to that day; without it, up to today.", "DATE")] = "",
    rhythm: Annotated[bool, Opt(("--rhythm",), "Whom it is time for a word with, though nothing is planned.")] = False,
    exit_code: Annotated[bool, Opt(("--exit-code",), "Exit with 10 when something is due.")] = False,
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """List open follow-ups and promises that are due, the earliest first."""
    selection = session.selection(query, select, open_lines=not rhythm)
    last = session.day(until, "until") if until else selection.today
    view = _words(session, selection, last) if rhythm else _open(session, selection, last, out)
    code = session.answer(view, out)
    return ExitCode.FOUND if exit_code and view.items and code == ExitCode.DONE else code


def _open(session: Session, selection: Selection, last: date, out: Out) -> View:
    items = reads.followups(session.index, selection, last.isoformat())
    if session.output.for_people(out):
        refs = reads.shortest(session.index, [item.ref for item in items])
        items = [item._replace(ref=refs[item.ref]) for item in items]
    return View("due", items, FOLLOWUPS, "" if items else "nothing is due", FollowUp._fields, PLAIN)


def _words(session: Session, selection: Selection, last: date) -> View:
    from crmtxt.services.rhythm import selected

    items = selected(session.reader, selection, last)
    return View("rhythm", items, WORDS, "" if items else "nobody waits for a word", Word._fields, Word._fields)
