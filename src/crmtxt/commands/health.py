"""crmtxt health: how relationships stand."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.measured import HEALTHS
from crmtxt.commands.measured import why
from crmtxt.commands.options import Out
from crmtxt.commands.options import Query
from crmtxt.commands.options import Select
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.model.figures import Health
from crmtxt.model.figures import HealthRow
from crmtxt.model.names import counted
from crmtxt.render.columns import View
from crmtxt.services.measuring import healths
from crmtxt.session import Session
from crmtxt.store.healthrows import health_rows
from crmtxt.store.selecting import Selection


def health(
    session: Session,
    *,
    query: Query = [],  # read only: each call gets its own list
    why_: Annotated[
        bool, Opt(("--why",), "Of one CUSTOMER: each part, what it weighs and where it comes from.")
    ] = False,
    select: Select = Select(),
    out: Out = Out(),
) -> ExitCode:
    """Show the index of each relationship, the weakest first, or of one customer with everything behind it."""
    selection = _one(session, query, select) if why_ else session.selection(query, select)
    rows = health_rows(session.index, selection)
    in_words = session.output.in_words(out)
    if why_ and in_words:
        if not rows:
            raise NotFoundError(f"no customer '{' '.join(query)}' on {selection.today}", "it was added later")
        return session.answer(why(healths(session.index, [row.customer for row in rows], selection.today)[0]), out)
    if in_words:
        return session.answer(View("health", rows, HEALTHS, _summed(rows), HealthRow._fields), out)
    items = healths(session.index, [row.customer for row in rows], selection.today)
    return session.answer(View("health", items, (), keys=Health._fields), out)


def _one(session: Session, words: list[str], select: Select) -> Selection:
    """Return the selection of the one customer that is asked about."""
    if not words:
        raise UsageError("--why is asked of one customer", "crmtxt health CUSTOMER --why")
    found = session.customer(" ".join(words))
    return session.selection([f'handle="{found.handle}"'], select)


def _summed(rows: list[HealthRow]) -> str:
    known = [row.index for row in rows if row.index is not None]
    count = counted(len(rows), "customer")
    return f"{count}, {len(rows) - len(known)} of them never in touch" if len(known) < len(rows) else count
