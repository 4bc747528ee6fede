"""crmtxt sync: share the book."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.upkeep import SyncEntry
from crmtxt.render.columns import View
from crmtxt.services import syncing
from crmtxt.session import Session


def sync(
    session: Session,
    *,
    dry_run: Annotated[bool, Opt(("--dry-run",), "Fetch, and say what would be committed, sent and received.")] = False,
    yes: Annotated[bool, Opt(("--yes",), "Do not ask, even when many customers would vanish.")] = False,
    json: Annotated[bool, Opt(("--json",), "Print what was sent and received as JSON.")] = False,
) -> ExitCode:
    """Commit what is saved, fetch and merge what others sent, send what is ours; stops at any doubt."""
    terminal = session.terminal
    person = syncing.Person(lambda words: terminal.say(f"  {words}"), terminal.interactive, terminal.confirm)
    run = syncing.Sync(session.book, person, yes=yes)
    done = run.look() if dry_run else run.run(session.moment)
    if json:
        session.output.print_json(View("sync", done.items, (), keys=SyncEntry._fields), done.problems)
    elif done.finished:
        session.output.understood(_lines(done.items, dry_run=dry_run))
    return session.output.complain(done.problems)


def _lines(items: tuple[SyncEntry, ...], *, dry_run: bool) -> list[str]:
    """Return what was sent and received in words: the sum, then a line for each change."""
    sent = sum(each.direction == syncing.SENT for each in items)
    who = ", ".join(dict.fromkeys(each.who for each in items if each.direction == syncing.RECEIVED))
    received = len(items) - sent
    changes = f"{received} change{'s' * (received != 1)}{f' of {who}' * bool(who)}"
    verbs = ("would send", "would receive") if dry_run else ("sent", "received")
    rows = [
        f"{each.direction:<8}  {each.change}{f'  ({each.who})' * (each.direction != syncing.SENT)}" for each in items
    ]
    return [f"{verbs[0]} {sent}, {verbs[1]} {changes}", *rows]
