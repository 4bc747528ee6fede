"""Goals and initiatives alike: how each is added, set, read and closed."""
# annotations are read when the command runs (spec.py): no `from __future__ import annotations`

from typing import Annotated
from typing import NamedTuple
from typing import Protocol

from crmtxt.commands.options import Write
from crmtxt.commands.spec import Arg
from crmtxt.commands.spec import Opt
from crmtxt.errors import ExitCode
from crmtxt.model.past import past_date
from crmtxt.services import planning
from crmtxt.session import Session

Value = Annotated[str, Arg("VALUE", "What was read, such as 12h or 40%.")]
ReadOn = Annotated[str, Opt(("--on",), "The day it was read, today without it.", "DATE")]
AHEAD, BEHIND = ("by", "due"), ("agreed",)  # values that are dates


class Facts(Protocol):
    """What was given of a goal or an initiative, by option."""

    def _asdict(self) -> dict[str, str]: ...


class Planned(NamedTuple):
    """A goal or an initiative of a customer, as it was named."""

    kind: str
    customer: str
    handle: str

    def add(self, session: Session, facts: Facts, write: Write) -> ExitCode:
        """Add it to the plan."""
        return session.write(planning.add(session.writer, self._which(session), _given(session, facts)), write)

    def set(self, session: Session, facts: Facts, write: Write) -> ExitCode:
        """Change what is known of it."""
        return session.write(planning.set_values(session.writer, self._which(session), _given(session, facts)), write)

    def read(self, session: Session, value: str, on: str, write: Write) -> ExitCode:
        """Log where it stands."""
        day = past_date(on, session.today) if on else session.today
        return session.write(planning.read(session.writer, self._which(session), value, day), write)

    def close(self, session: Session, outcome: str, write: Write) -> ExitCode:
        """Take it out of the plan."""
        return session.write(planning.close(session.writer, self._which(session), outcome), write)

    def _which(self, session: Session) -> planning.Which:
        return planning.Which(session.customer(self.customer), self.kind, self.handle)


def _given(session: Session, facts: Facts) -> dict[str, str]:
    """Return what was given, dates in full."""
    given = {key.rstrip("_"): value for key, value in facts._asdict().items() if value}
    ahead = {key: session.day(given[key], key).isoformat() for key in AHEAD if key in given}
    behind = {key: past_date(given[key], session.today).isoformat() for key in BEHIND if key in given}
    return {**given, **ahead, **behind}
