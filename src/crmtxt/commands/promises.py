"""crmtxt promises: whether promises are kept."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import PROMISES
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.figures import Promises
from crmtxt.render.columns import View
from crmtxt.services import keeping
from crmtxt.session import Session

PER = ("", keeping.CUSTOMER, keeping.COLLEAGUE)


def promises(
    session: Session,
    *,
    customer: Annotated[str, Arg("[CUSTOMER]", "Only this customer's promises.", "customers")] = "",
    per: Annotated[str, Opt(("--per",), "A row for each customer, or for each colleague.", "customer|colleague")] = "",
    as_of: Annotated[str, Opt(("--as-of",), "As things stood on that day.", "DATE")] = "",
    out: Out = Out(),
) -> ExitCode:
    """Show whether promises are kept, ours and theirs: of the book, a customer, or each colleague."""
    if per not in PER:
        raise UsageError(f"--per {per}", "--per customer, or --per colleague")
    day = session.day(as_of, "as of") if as_of else session.today
    found = session.customer(customer) if customer else None
    items = keeping.promises_kept(session.index, day, found, per, past=day < session.today)
    footer = "" if items else "nobody has promised anything yet"
    return session.answer(View("promises", items, PROMISES, footer, Promises._fields, Promises._fields), out)
