"""crmtxt doctor: the surroundings of the book."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.columns import SURROUNDINGS
from crmtxt.commands.options import Out
from crmtxt.commands.timing import standing
from crmtxt.errors import ExitCode
from crmtxt.model.upkeep import Surrounding
from crmtxt.render.columns import View
from crmtxt.services import doctor as doctoring
from crmtxt.session import Session


def doctor(session: Session, *, out: Out = Out()) -> ExitCode:
    """Look at git, index, settings and folders, and say what would help; 7 when something is in the way."""
    facts = doctoring.Facts(session.me, session.author, session.config_path, session.env)
    items = [*doctoring.surroundings(session.book, facts), *standing(session, wanted=False)]
    session.output.give(View("doctor", items, SURROUNDINGS, keys=Surrounding._fields), out)
    return ExitCode.DONE if all(item.ok for item in items) else ExitCode.OUTSIDE
