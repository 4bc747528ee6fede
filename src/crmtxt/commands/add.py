"""crmtxt add: a new customer."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.services import customers
from crmtxt.session import Session


def add(
    session: Session,
    *,
    name: Annotated[list[str], Arg("NAME...", "The customer's name.")],
    person: Annotated[bool, Opt(("--person",), "The customer is a person.")] = False,
    stage: Annotated[str, Opt(("--stage",), "Stage; without it, the first of the book.", "STAGE", "stages")] = "",
    type: Annotated[str, Opt(("--type",), "Relationship type.", "TYPE", "types")] = "",  # noqa: A002
    owner: Annotated[str, Opt(("--owner",), "Who of us holds the relationship.", "US", "team")] = "",
    source: Annotated[str, Opt(("--source",), "Where they came from.", "TEXT")] = "",
    tag: Annotated[list[str], Opt(("--tag",), "A tag; may be repeated.", "TAG", "tags")] = [],
    contact: Annotated[
        list[str], Opt(("--contact",), "A person, 'Jane Doe <jane@acme.example>'; may be repeated.", "PERSON")
    ] = [],
    write: Write = Write(),
) -> ExitCode:
    """Add a customer: one new file. Prints its handle."""
    new = customers.NewCustomer(" ".join(name), person, stage, type, owner, source, tuple(tag), tuple(contact))
    change = customers.add(session.writer, new)
    code = session.write(change, write)
    if not write.dry_run and not write.json:
        session.terminal.out(change.customer)
    return code
