"""What became of opportunities, out of the moves the log tells and of what the heads say now."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from crmtxt.model.line import tokens
from crmtxt.model.money import Money
from crmtxt.model.money import parse_money
from crmtxt.model.opportunity import CALLED
from crmtxt.model.opportunity import CLOSE
from crmtxt.model.opportunity import CLOSING
from crmtxt.model.opportunity import OWNER
from crmtxt.model.opportunity import STAGE
from crmtxt.model.opportunity import VALUE
from crmtxt.model.opportunity import read_move

Key = tuple[int, str]
SLOTS = {VALUE: "worth", CLOSE: "close", OWNER: "owner", CALLED: "title"}


class Logged(NamedTuple):
    """One line of the log about an opportunity: whose, which, when, by whom, in what words."""

    customer: int
    handle: str
    date: str
    by: str
    text: str


class Step(NamedTuple):
    """A stage an opportunity came to; `day` is None when nobody wrote down when."""

    stage: str
    day: int | None


class Course(NamedTuple):
    """The stages a customer came to."""

    steps: tuple[Step, ...]

    @property
    def opened(self) -> int | None:
        """Return the day it began."""
        return self.steps[0].day


class Deal(NamedTuple):
    """An opportunity as of a day: what is known of it, the stages it came to, and the words behind its last move."""

    customer: int
    handle: str
    title: str
    owner: str
    worth: Money | None
    close: str
    steps: tuple[Step, ...]
    words: str

    @property
    def said(self) -> dict[str, str]:
        """Return what was said of its end: because, to, learned, again."""
        return tokens(self.words)

    @property
    def stage(self) -> str:
        """Return the stage it is at."""
        return self.steps[-1].stage

    @property
    def outcome(self) -> str:
        """Return won or lost, "" while it is open."""
        return self.stage if self.stage in CLOSING else ""

    @property
    def opened(self) -> int | None:
        """Return the day it began."""
        return self.steps[0].day

    @property
    def since(self) -> int | None:
        """Return the day it came to where it is: of one that is closed, the day it was closed."""
        return self.steps[-1].day

    @property
    def cycle(self) -> int | None:
        """Return the days from its beginning to its end, None while it is open or where a day is not known."""
        if not self.outcome or self.opened is None or self.since is None:
            return None
        return self.since - self.opened


class _Course:
    """One opportunity while its lines are read."""

    __slots__ = ("close", "owner", "steps", "title", "words", "worth")

    def __init__(self) -> None:
        self.title = self.owner = self.worth = self.close = self.words = ""
        self.steps: list[Step] = []

    @property
    def is_closed(self) -> bool:
        return bool(self.steps) and self.steps[-1].stage in CLOSING

    def take(self, line: Logged) -> None:
        """Take in one line; words that tell no move are passed over."""
        move = read_move(line.text)
        if move is None:
            return
        if move.field != STAGE:
            setattr(self, SLOTS[move.field], move.after)
        else:
            if not self.steps and move.before:
                self.steps.append(Step(move.before, None))
            self.steps.append(Step(move.after, _day(line.date)))
            if self.is_closed or not self.owner:  # others may help it on
                self.owner = line.by or self.owner
            if move.rest:
                said = move.tokens
                self.worth, self.title, self.words = move.value or self.worth, move.title or self.title, move.rest
                self.close, self.owner = said.get(CLOSE, self.close), said.get(OWNER, self.owner)

    def stand(self, facts: Mapping[str, str]) -> None:
        """Take in what the head says now: it is right where the log says otherwise."""
        self.title, self.worth = facts.get("title", ""), facts.get(VALUE, "")
        self.close, self.owner = facts.get(CLOSE, ""), facts.get(OWNER, self.owner)
        stage = " ".join(facts.get(STAGE, "").split())
        if not self.steps or self.steps[-1].stage != stage:
            self.steps.append(Step(stage, None))

    def deal(self, key: Key, currency: str) -> Deal:
        """Return what was read."""
        title, owner = self.title or key[1], self.owner.removeprefix("@")
        worth, close = _money(self.worth, currency), _readable_date(self.close)
        return Deal(*key, title, owner, worth, close, tuple(self.steps), self.words)


def read_deals(lines: Iterable[Logged], heads: Mapping[Key, Mapping[str, str]] | None, currency: str) -> list[Deal]:
    """Return every opportunity the lines, in the order of time, tell of; `heads` are what stands in the heads now.

    Without heads it is a past day: what the lines left open was open. With them, open is what stands in a head; one the
    lines left open that stands in none is gone, nobody knows how. A line that opens one that is closed begins another.
    """
    courses: dict[Key, list[_Course]] = {}
    for line in lines:
        known = courses.setdefault(line[:2], [])
        if not known or (known[-1].is_closed and line.text.startswith("opened")):
            known.append(_Course())
        known[-1].take(line)
    if heads is not None:
        _stand(courses, heads)
    return [each.deal(key, currency) for key, known in courses.items() for each in known if each.steps]


def _stand(courses: dict[Key, list[_Course]], heads: Mapping[Key, Mapping[str, str]]) -> None:
    for key, known in courses.items():
        if key not in heads and not known[-1].is_closed:
            known.pop()
    for key, facts in heads.items():
        known = courses.setdefault(key, [])
        if known and known[-1].is_closed:
            if facts.get(STAGE) in CLOSING:
                continue
            known.append(_Course())
        elif not known:
            known.append(_Course())
        known[-1].stand(facts)


@lru_cache(maxsize=4096)
def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@lru_cache(maxsize=4096)
def _money(text: str, currency: str) -> Money | None:
    """Return the money of a text, None for what is none: check names it."""
    try:
        return parse_money(text, currency) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _readable_date(text: str) -> str:
    """Return an ISO date, "" for what is none: check names it."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        return ""
