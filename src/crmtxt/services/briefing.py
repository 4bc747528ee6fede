"""One customer before a call: who they are, what was said and felt, what is owed, and what to talk about."""

from __future__ import annotations

from datetime import date
from itertools import islice
from itertools import takewhile
from typing import TYPE_CHECKING

from crmtxt.measure import feeling
from crmtxt.measure.feeling import Point
from crmtxt.model.briefs import Brief
from crmtxt.model.briefs import PlanItem
from crmtxt.model.briefs import TalkingPoint
from crmtxt.model.line import PROMISE
from crmtxt.model.names import fold
from crmtxt.model.when import describe
from crmtxt.services.detail import day_of
from crmtxt.services.detail import read_page
from crmtxt.services.detail import rounded
from crmtxt.services.detail import told
from crmtxt.services.mapping import by_name
from crmtxt.services.mapping import mapped
from crmtxt.services.moods import MARK
from crmtxt.services.moods import is_ours
from crmtxt.services.standards import OWED_FOR_DAYS
from crmtxt.services.standards import days

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from crmtxt.model.details import CustomerDetail
    from crmtxt.model.figures import RelationshipMap
    from crmtxt.model.views import FollowUp
    from crmtxt.model.views import LogEntry
    from crmtxt.settings import BookSettings
    from crmtxt.store import reads
    from crmtxt.store.book import Book

LAST_CONTACTS = 3
MOST_POINTS = 3
SOON_DAYS = 7
PLAN_DAYS = 30
CLOSING_DAYS = 60
RECENT_DAYS = 90
GOAL, INITIATIVE, REVIEW = "goal", "initiative", "review"


def brief(book: Book, found: reads.Found, today: date, person: str | None = None) -> Brief:
    """Return what to know before talking to a customer, or to one of their people (a handle)."""
    page = read_page(book, found, today)
    item = told(page, book.index)
    about = _About(item, mapped(page, item, book.index), page.settings, today, person)
    return Brief(
        customer=item.handle,
        name=item.name,
        stage=item.stage,
        type=item.type,
        owner=item.owner,
        health=item.health,
        person=person,
        mood=rounded(feeling.mood(about.felt, today.toordinal())),
        trend=feeling.trend(about.felt) if len(about.felt) >= feeling.FEWEST_FOR_A_TREND else None,
        people=tuple(each for each in about.map.people if person in {None, each.handle}),
        contacts=tuple(about.contacts[:LAST_CONTACTS]),
        unanswered=tuple(about.unanswered),
        ours=tuple(about.promises("to")),
        theirs=tuple(about.promises("from")),
        opportunities=item.opportunities,
        plan=tuple(each for each in about.plan if -each.overdue_days <= PLAN_DAYS),
        points=tuple(islice(_points(about), MOST_POINTS)),
    )


class _About:
    """What a brief is made of: all there is of a customer, of one person where one is asked about."""

    def __init__(
        self, item: CustomerDetail, people: RelationshipMap, settings: BookSettings, today: date, person: str | None
    ) -> None:
        self.item = item
        self.map = people
        self.today = today
        self.person = person
        self.channels = settings.channels
        self.known = by_name(item)
        self.names = {each.handle: each.name for each in item.contacts}
        self.log = [entry for entry in item.log if self.is_theirs(entry.who)]
        self.contacts = [entry for entry in self.log if self.channels.get(entry.kind, 0) > 0]
        self.felt = [Point(day_of(entry), entry.feel) for entry in self.log if entry.feel is not None]
        self.plan = sorted(_plan(item, today), key=lambda each: each.due)

    def is_theirs(self, who: Sequence[str]) -> bool:
        """Say whether a line is about the person asked about, or nobody is."""
        return self.person is None or self.person in {self.known.get(fold(each)) for each in who}

    @property
    def unanswered(self) -> list[LogEntry]:
        """Return what they began since we last were in touch, the newest first."""
        touches = (entry for entry in self.item.log if self.channels.get(entry.kind, 0) > 0)
        theirs = takewhile(lambda entry: entry.direction == "from", touches)
        return [each for each in theirs if self.is_theirs(each.who) and self.ago(each) <= OWED_FOR_DAYS]

    def promises(self, direction: str) -> list[FollowUp]:
        """Return the open promises of theirs (from), or of ours, the earliest first."""
        return [
            each
            for each in self.item.next
            if each.kind == PROMISE and (each.direction == "from") == (direction == "from") and self.is_theirs(each.who)
        ]

    def ago(self, entry: LogEntry) -> int:
        """Return how many days ago something was."""
        return self.today.toordinal() - day_of(entry)

    def who(self, entry: LogEntry) -> str:
        """Return the people of a line by name."""
        people = (self.known.get(fold(each), each) for each in entry.who)
        return ", ".join(self.names.get(each, each) for each in people) or "they"

    def point(self, reason: str, why: str, *lines: LogEntry | FollowUp) -> TalkingPoint:
        """Return a talking point with the lines it comes from."""
        return TalkingPoint(reason, why, tuple(f"{line.path}:{line.line}" for line in lines))


def _plan(item: CustomerDetail, today: date) -> Iterator[PlanItem]:
    """Yield what of the plan has a date that can be read."""
    for key, (value, *_) in item.fields.items():
        path = key.split(".")
        day = _date(value)
        if day is None or path[0] != "plan":
            continue
        late = (today - day).days
        if path[1:] == ["review"]:
            yield PlanItem(REVIEW, None, "review of the plan", day.isoformat(), late)
        elif path[1] == "goals" and path[3:] == ["by"]:
            yield PlanItem(GOAL, path[2], _told(item, f"plan.goals.{path[2]}.goal"), day.isoformat(), late)
        elif path[1] == "initiatives" and path[3:] == ["due"]:
            yield PlanItem(INITIATIVE, path[2], _told(item, f"plan.initiatives.{path[2]}.what"), day.isoformat(), late)


def _points(about: _About) -> Iterator[TalkingPoint]:
    """Yield the first thing to talk about of each kind; a line is talked about once."""
    told: set[str] = set()
    for rule in RULES:
        found = next((each for each in rule(about) if told.isdisjoint(each.lines)), None)
        if found:
            told.update(found.lines)
            yield found


def _promised(about: _About) -> Iterator[TalkingPoint]:
    for each in about.promises("to"):
        if each.overdue_days >= -SOON_DAYS:
            yield about.point(PROMISE, f"we promised: {each.text}, {_when(each.overdue_days)}", each)


def _unanswered(about: _About) -> Iterator[TalkingPoint]:
    for each in about.unanswered[-1:]:
        on = describe(date.fromordinal(day_of(each)), about.today)
        yield about.point("answer", f"{each.kind} from {about.who(each)} on {on} has no answer: {each.text}", each)


def _falling(about: _About) -> Iterator[TalkingPoint]:
    """Yield that the mood falls, or that what was felt last was not good."""
    felt = [entry for entry in about.log if entry.feel is not None]
    for each in felt[:1]:
        if feeling.trend(about.felt) == feeling.FALLING:
            yield about.point("mood", f"the mood is falling; the last was {each.feel:+d}: {each.text}", each)
        elif (each.feel or 0) < 0 and about.ago(each) <= RECENT_DAYS:
            yield about.point("mood", f"{about.who(each)} felt {each.feel:+d} on {each.date}: {each.text}", each)


def _moments(about: _About) -> Iterator[TalkingPoint]:
    """Yield a moment of truth nobody came back to."""
    ours = [day_of(entry) for entry in reversed(about.item.log) if is_ours(entry, about.channels)]
    for each in about.log:
        if about.ago(each) > RECENT_DAYS or not feeling.is_moment(each.feel, marked=MARK in each.text.split()):
            continue
        if feeling.followed_up(day_of(each), ours, about.today.toordinal()) is None:
            yield about.point("moment", f"a moment of truth on {each.date}, not followed up: {each.text}", each)


def _goals(about: _About) -> Iterator[TalkingPoint]:
    for each in about.plan:
        if -each.overdue_days <= PLAN_DAYS:
            what = f"{each.kind} {each.handle}: {each.text}" if each.handle else each.text
            yield about.point("plan", f"{what}, {_when(each.overdue_days)}")


def _closing(about: _About) -> Iterator[TalkingPoint]:
    for each in about.item.opportunities:
        day = _date(each.close or "")
        if day is not None and (day - about.today).days <= CLOSING_DAYS:
            closes = "closes" if day >= about.today else "was to close"
            yield about.point("opportunity", f"{each.title} {closes} {describe(day, about.today)}")


def _their_promises(about: _About) -> Iterator[TalkingPoint]:
    for each in about.promises("from"):
        if each.overdue_days >= -SOON_DAYS:
            yield about.point("their promise", f"they promised: {each.text}, {_when(each.overdue_days)}", each)


def _raised(about: _About) -> Iterator[TalkingPoint]:
    for each in about.contacts:
        if each.direction != "to" and (each.topics or each.feedback):
            topics = " ".join(f"#{topic}" for topic in each.topics) or each.feedback[0].text
            yield about.point("topic", f"{about.who(each)} raised {topics} on {each.date}: {each.text}", each)


def _lacking(about: _About) -> Iterator[TalkingPoint]:
    for gap in about.map.gaps:
        if gap.person is not None and about.person in {None, gap.person}:
            yield about.point("gap", f"{about.names.get(gap.person, gap.person)}, {gap.kind}: {gap.why}")


def _cares(about: _About) -> Iterator[TalkingPoint]:
    for each in about.map.people:
        if each.cares_about and about.person in {None, each.handle}:
            yield about.point("interest", f"{each.name} cares about {', '.join(each.cares_about)}")


# what is worth talking about, the weightiest first: the first of each kind, until there are three
RULES: tuple[Callable[[_About], Iterator[TalkingPoint]], ...] = (
    _promised, _unanswered, _falling, _moments, _goals, _closing, _their_promises, _raised, _lacking, _cares,
)  # fmt: skip


def _when(overdue: int) -> str:
    return f"{days(overdue)} late" if overdue > 0 else f"due in {days(-overdue)}" if overdue else "due today"


def _told(item: CustomerDetail, key: str) -> str:
    return ", ".join(item.fields.get(key, ()))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
