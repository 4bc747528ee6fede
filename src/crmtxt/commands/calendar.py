"""crmtxt calendar: what has a day, for phones, calendar programs and task programs."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.delivering import For
from crmtxt.commands.delivering import acting_for
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.session import Session


def export(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    for_: For = "",
    as_: Annotated[
        str,
        Opt(
            ("--as",),
            "What has no time of its own: event (for phones) or todo (for task programs).",
            "FORM",
            "calendar forms",
        ),
    ] = "event",
    only: Annotated[
        list[str],
        Opt(
            ("--only",),
            "follow-up, promise, word, renewal, birthday or plan; may be repeated.",
            "KIND",
            "calendar kinds",
        ),
    ] = [],
    output: Annotated[str, Opt(("--output", "-o"), "Write to a file.", "FILE")] = "",
) -> ExitCode:
    """Give everything with a day as iCalendar: follow-ups, promises, words to have, renewals, birthdays, plan dates."""
    from crmtxt.outside.target import write_answer
    from crmtxt.render.calendar import to_ics
    from crmtxt.services import calendar
    from crmtxt.services import reminders
    from crmtxt.services.recent import recent

    writer = acting_for(session, for_)
    who = reminders.person(writer)
    alarms = calendar.alarms(session.config)
    todos = calendar.is_todo(as_)
    selection = session.selection(query, Select())
    text = to_ics(calendar.calendar(writer, recent(session.book), who, selection, only), alarms, todos=todos)
    if output:
        write_answer(output, text)
    else:
        session.terminal.out(text)
    return session.output.complain(session.index.problems())
