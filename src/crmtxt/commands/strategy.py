"""crmtxt strategy: the relationships we want, and the book held against them."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Out
from crmtxt.commands.wanted import FINDINGS
from crmtxt.commands.wanted import NONE_YET
from crmtxt.commands.wanted import TYPES
from crmtxt.commands.wanted import sheet
from crmtxt.errors import ExitCode
from crmtxt.model.strategy import RelationshipType
from crmtxt.model.strategy import StrategyFinding
from crmtxt.render.columns import View
from crmtxt.services import strategy as strategies
from crmtxt.session import Session


def strategy(session: Session, *, out: Out = Out()) -> ExitCode:
    """Show the relationships this book wants: why, for whom, what each side gives and gets, and the standards."""
    items = strategies.types(session.reader)
    empty = "" if items else NONE_YET
    if session.output.for_people(out):
        return session.answer(sheet(items, session.settings.text("strategy.promise"), empty), out)
    return session.answer(View("strategy", items, TYPES, empty, RelationshipType._fields), out)


def check(session: Session, *, out: Out = Out()) -> ExitCode:
    """Hold the book against its strategy; 10 when something is not as it says."""
    items = strategies.check(session.reader)
    empty = "" if items else "everything is as the strategy says" if session.settings.types else NONE_YET
    code = session.answer(View("strategy-check", items, FINDINGS, empty, StrategyFinding._fields), out)
    return ExitCode.FOUND if items and code == ExitCode.DONE else code
