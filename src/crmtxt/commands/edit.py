"""crmtxt edit: a customer's file in your editor."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.errors import ExitCode
from crmtxt.errors import InvalidError
from crmtxt.services import editing
from crmtxt.services import findings
from crmtxt.session import Session


def edit(session: Session, *, customer: Customer, write: Write = Write()) -> ExitCode:
    """Edit a copy; it is checked, merged with what changed meanwhile, and saved as one change."""
    found = session.customer(customer)
    draft = editing.open_draft(session.book, found)
    if draft.resumed:
        session.terminal.say(f"going on with your text of last time (to begin afresh, delete {draft.path})")
    while True:
        session.open_editor(draft.path)
        wrong = editing.problems(session.book, draft, found)
        if not wrong:
            break
        session.output.complain(wrong)
        if not session.terminal.confirm("Edit it again?", default=True) or not session.terminal.interactive:
            raise InvalidError(
                "nothing was written", f"your text is kept in {draft.path}; go on with: crmtxt edit {found.handle}"
            )
    change = editing.change(draft, found)
    if change is None:
        session.terminal.say("nothing was changed")
    code = session.write(change, write) if change else ExitCode.DONE
    if change and not write.dry_run:
        session.output.complain(findings.of_file(session.book, found.path, session.today))
    editing.drop_draft(draft)
    return code
