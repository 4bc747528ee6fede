"""crmtxt contact: the people of a customer."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple

from crmtxt.commands.options import Customer
from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.errors import UsageError
from crmtxt.model.past import past_date
from crmtxt.services import customers
from crmtxt.session import Session

Handle = Annotated[str, Arg("HANDLE", "The person's handle among the contacts.", "contacts")]


class Facts(NamedTuple):
    """What is known of a person."""

    name: Annotated[str, Opt(("--name",), "Full name.", "NAME")] = ""
    title: Annotated[str, Opt(("--title",), "Position, such as CTO.", "TITLE")] = ""
    email: Annotated[str, Opt(("--email",), "E-mail address.", "ADDRESS")] = ""
    phone: Annotated[str, Opt(("--phone",), "Telephone number.", "NUMBER")] = ""
    role: Annotated[str, Opt(("--role",), "Role for us: champion, sponsor, decision maker …", "ROLE")] = ""
    influence: Annotated[str, Opt(("--influence",), "1 (little) to 5 (decides).", "1-5")] = ""
    stance: Annotated[str, Opt(("--stance",), "-2 (against us) to 2 (for us).", "-2..2")] = ""
    ours: Annotated[str, Opt(("--ours",), "Who of us holds them: a key of team.", "COLLEAGUE")] = ""
    wanted: Annotated[str, Opt(("--wanted",), "How close we want to be: known, 'in touch', regular.", "LEVEL")] = ""
    person: Annotated[str, Opt(("--person",), "The file they have of their own.", "CUSTOMER", "customers")] = ""
    since: Annotated[str, Opt(("--since",), "The day they came.", "DATE")] = ""
    until: Annotated[str, Opt(("--until",), "The day they left or will leave.", "DATE")] = ""

    def given(self, session: Session) -> dict[str, str]:
        """Return what was given, dates in full; UsageError for what cannot be."""
        since = past_date(self.since, session.today).isoformat() if self.since else ""
        until = session.day(self.until, "until").isoformat() if self.until else ""
        if since and until and until < since:
            raise UsageError(f"{until} is before {since}", "--until is when they left, --since when they came")
        given = self._replace(person=self.person and session.customer(self.person).handle, since=since, until=until)
        return {key: value for key, value in given._asdict().items() if value}


def add(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Add a person to a customer's contacts."""
    if not (facts.name or facts.person):
        raise UsageError(
            "no --name", "say who it is: --name 'Jane Doe', or --person and the file they have of their own"
        )
    found = session.customer(customer)
    return session.write(customers.add_contact(session.writer, found, handle, facts.given(session)), write)


def set_(
    session: Session, *, customer: Customer, handle: Handle, facts: Facts = Facts(), write: Write = Write()
) -> ExitCode:
    """Change what is known of a person."""
    found = session.customer(customer)
    return session.write(customers.set_contact(session.writer, found, handle, facts.given(session)), write)


def remove(session: Session, *, customer: Customer, handle: Handle, write: Write = Write()) -> ExitCode:
    """Remove a person from a customer's contacts."""
    return session.write(customers.remove_contact(session.customer(customer), handle), write)
