"""crmtxt init: a new book."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.names import handle_from
from crmtxt.services import founding
from crmtxt.services import wanted
from crmtxt.session import Session
from crmtxt.settings import default


def init(
    session: Session,
    *,
    folder: Annotated[str, Arg("[DIR]", "The folder of the book; without it, this one.")] = ".",
    name: Annotated[str, Opt(("--name",), "Name of the book; without it, the folder's.", "NAME")] = "",
    currency: Annotated[str, Opt(("--currency",), "Currency of sums.", "CUR")] = "",
    timezone: Annotated[str, Opt(("--timezone",), "Time zone, such as Europe/London.", "ZONE")] = "",
    me: Annotated[str, Opt(("--me",), "Your name.", "NAME")] = "",
    type_: Annotated[
        list[str],
        Opt(("--type",), "A relationship type: partner, account, occasional, or 'NAME KEY=VALUE …'.", "TYPE"),
    ] = [],
    write: Write = Write(),
) -> ExitCode:
    """Make a new book: settings, a git repository, its first commit."""
    root = founding.new_root(folder)
    ask = (lambda _, value: value) if write.yes else session.asked
    facts = {
        "name": name or ask("Name of the book?", root.rsplit("/", 1)[-1]),
        "timezone": timezone or ask("Time zone (such as Europe/London; empty: the computer's)?", ""),
        "currency": currency or ask("Currency?", default("currency")),
    }
    founder = me or ask("Your name?", "")
    team = (handle_from(founder.split()[0]), founder, session.git_email()) if founder.strip() else None
    types = wanted.typed(type_) if type_ else wanted.asked(ask)
    change = founding.first_files(root, facts, team, types)
    fresh = not write.dry_run and founding.found_folder(root, session.env)
    code = session.found(root, change, write, fresh=fresh)
    if not write.dry_run:
        session.terminal.say(f"  a book in {root}: crmtxt -C {folder} add 'Acme Ltd'")
    return code
