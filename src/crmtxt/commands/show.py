"""crmtxt show: everything about one customer."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Out
from crmtxt.commands.options import Select
from crmtxt.commands.sheet import sheet
from crmtxt.errors import ExitCode
from crmtxt.model.details import CustomerDetail
from crmtxt.render.columns import View
from crmtxt.services.detail import detail
from crmtxt.session import Session
from crmtxt.store import reads


def show(session: Session, *, customer: Customer, select: Select = Select(), out: Out = Out()) -> ExitCode:
    """Show a customer: people, opportunities, what is next, what happened lately, notes."""
    selection = session.selection((), select)
    item = detail(session.book, session.customer(customer), selection.today)
    if session.output.in_words(out):
        people = session.output.for_people(out)
        refs = reads.shortest(session.index, [each.ref for each in item.next]) if people else {}
        whole = session.output.format(out) != "table"
        return session.answer(sheet(item, refs, selection.today, whole=whole), out)
    return session.answer(View("customer", [item], (), keys=CustomerDetail._fields), out)
