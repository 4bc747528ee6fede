"""crmtxt demo: a throw-away book."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.errors import ExitCode
from crmtxt.services import founding
from crmtxt.services.demo import TRY_NEXT
from crmtxt.services.demo import demo_files
from crmtxt.session import Session


def demo(
    session: Session,
    *,
    folder: Annotated[str, Arg("[DIR]", "A new folder; without it, crmtxt-demo here.")] = "",
    write: Write = Write(),
) -> ExitCode:
    """Make a throw-away book of a dozen customers, with a git history of its own."""
    folder = folder or founding.free_name("crmtxt-demo")
    root = founding.new_root(folder)
    change = founding.demo_change(demo_files(session.here))
    if not write.dry_run:
        founding.found_folder(root, session.env, own_git=True)
        session.env = founding.identity(session.env, session.git_email())
    code = session.found(root, change, write._replace(yes=True), fresh=True)
    if not write.dry_run:
        session.terminal.out("\n".join([f"cd {folder}", *TRY_NEXT]))
    return code
