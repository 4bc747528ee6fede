"""crmtxt promises: whether promises are kept."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.columns import share
from crmtxt.commands.columns import span
from crmtxt.commands.options import Out
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.figures import Promises
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.services import keeping
from crmtxt.session import Session

PER = ("", keeping.CUSTOMER, keeping.COLLEAGUE)
PROMISES = (
    Column("customer", "Customer", keep=8),
    Column("colleague", "Colleague", keep=7),
    Column("by", "Whose", keep=9),
    Column("kept", "Kept", lambda row: f"{row.kept} of {row.n}" if row.n else "–", "right", keep=9),
    Column("keep_rate", "Rate", lambda row: share(row.keep_rate), "right", keep=8),
    Column("lower_5", "At least", lambda row: share(row.lower_5), "right", keep=5),
    Column("median_late_days", "Late by", lambda row: span(row.median_late_days), "right", keep=4),
    Column("open", "Open", align="right", keep=6),
    Column("overdue", "Overdue", align="right", keep=7, style=lambda row: "late" if row.overdue else ""),
    Column("oldest_overdue_days", "Oldest", lambda row: span(row.oldest_overdue_days), "right", keep=3),
)


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
