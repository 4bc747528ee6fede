"""What is to be known before a call as frozen values: their field names are the keys of the JSON output."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import NamedTuple

from crmtxt.model.details import Opportunity
from crmtxt.model.figures import MappedPerson
from crmtxt.model.views import FollowUp
from crmtxt.model.views import LogEntry


class PlanItem(NamedTuple):
    """Something of the plan with a date: a goal, an initiative or the review (None); days are negative ahead of it."""

    kind: str
    handle: str | None
    text: str
    due: str
    overdue_days: int


class TalkingPoint(NamedTuple):
    """Something worth talking about, why, and the lines it comes from, path:line."""

    reason: str
    why: str
    lines: tuple[str, ...]


class Brief(NamedTuple):
    """One customer before a call, with all or with one `person` of theirs.

    `contacts` are the last three, `unanswered` what they began and nobody has answered, `ours` and `theirs` the open
    promises, `points` three things worth talking about.
    """

    customer: str
    name: str
    stage: str | None
    type: str | None
    owner: str | None
    health: float | None
    person: str | None
    mood: float | None
    trend: str | None
    people: tuple[MappedPerson, ...]
    contacts: tuple[LogEntry, ...]
    unanswered: tuple[LogEntry, ...]
    ours: tuple[FollowUp, ...]
    theirs: tuple[FollowUp, ...]
    opportunities: tuple[Opportunity, ...]
    plan: tuple[PlanItem, ...]
    points: tuple[TalkingPoint, ...]
