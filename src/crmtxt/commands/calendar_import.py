"""crmtxt calendar import: meetings from an iCalendar file."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import MEETINGS
from crmtxt.commands.imported import content
from crmtxt.commands.imported import given
from crmtxt.commands.options import Out
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.imported import ImportedMeeting
from crmtxt.model.series import by_uid
from crmtxt.render.columns import View
from crmtxt.services import importmeetings
from crmtxt.services.correspondents import my_addresses
from crmtxt.session import Session
from crmtxt.text.meetings import LARGEST_CALENDAR
from crmtxt.text.meetings import read_calendar


def import_(
    session: Session,
    *,
    file: Annotated[str, Arg("FILE", "An iCalendar file, .ics; - reads standard input.")],
    apply: Annotated[bool, Opt(("--apply",), "Write it, as one change; without it, only look.")] = False,
    out: Out = Out(),
    write: Write = Write(),
) -> ExitCode:
    """Import meetings that are over with people of the book, each once, and propose the rest: look, then --apply."""
    data, name = content(session, file, LARGEST_CALENDAR)
    events, problems = read_calendar(data, name)
    zone = session.now.tzinfo if session.settings.timezone else None
    calendar = importmeetings.Calendar(name, session.terminal.watched(by_uid(events), "reading"), problems)
    mine = my_addresses(session.config, session.git_email())
    plan = importmeetings.plan(session.writer, calendar, session.now, zone, mine)
    view = View("imported meetings", plan.rows, MEETINGS, keys=ImportedMeeting._fields, plain=ImportedMeeting._fields)
    return given(session, plan, view, out, write if apply or write.dry_run else None)
