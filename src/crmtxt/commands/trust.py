"""crmtxt trust: what this repository could run, and whether it may."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Out
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.upkeep import Danger
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.session import Session

DANGERS = (
    Column("kind", "What", keep=4),
    Column("name", "Name", keep=6),
    Column("value", "Value", least=12, keep=5),
    Column("path", "File", least=12, keep=3, style=lambda _: "dim"),
)


def trust(
    session: Session,
    *,
    yes: Annotated[bool, Opt(("--yes",), "Agree to what is listed.")] = False,
    revoke: Annotated[bool, Opt(("--revoke",), "Forget what was agreed to.")] = False,
    out: Out = Out(),
) -> ExitCode:
    """List what git could be made to run here, and agree to it; 7 while nobody did."""
    book = session.book
    if revoke:
        book.revoke()
    found = book.dangers
    agreed = book.is_agreed
    footer = "agreed to" if agreed else "" if found else "nothing: git is called without a question"
    session.output.give(View("trust", found, DANGERS, footer, Danger._fields), out)
    if not found or agreed:
        return ExitCode.DONE
    if not revoke and (yes or session.terminal.confirm("Do you know them, and may they run?")):
        book.trust(found)
        session.terminal.say("  agreed: git is called here until one of them changes")
        return ExitCode.DONE
    session.terminal.say("  not agreed: changes are saved, and not committed; to agree: crmtxt trust --yes")
    return ExitCode.OUTSIDE
