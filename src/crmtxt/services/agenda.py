"""What to do today: late promises, owed answers, what is due, quiet or cooling relationships; each with why."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from crmtxt.model.line import PROMISE
from crmtxt.model.views import TodayItem
from crmtxt.model.when import describe
from crmtxt.services import reviews
from crmtxt.services.rhythm import words
from crmtxt.services.standards import days
from crmtxt.services.standards import owed
from crmtxt.store import reads
from crmtxt.store.selecting import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from datetime import date

    from crmtxt.model.views import FollowUp
    from crmtxt.model.views import Sign
    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings


def today(writer: Writer) -> list[TodayItem]:
    """Return what to do, ranked: our late promises, owed answers, vetoes, what is due, lapsed cadences, other signs."""
    from crmtxt.services import signs

    due = _Due(writer)
    items = chain(
        due.promises(),
        _owed_answers(writer),
        _signs(signs.champions_gone(writer), "champion", "crmtxt map {}"),
        due.others(),
        _words(writer),
        _signs(signs.falling(writer), "mood", "crmtxt brief {}"),
        _signs(chain(reviews.due(writer), reviews.neglected(writer)), "plan", "crmtxt plan {}"),
        _signs(signs.off_track(writer), "goal", "crmtxt plan {}"),
        _signs(signs.single_threads(writer), "thread", "crmtxt map {}"),
    )
    return [TodayItem(number, *item[1:]) for number, item in enumerate(items, 1)]


def due_for(writer: Writer, who: str) -> list[TodayItem]:
    """Return what has come due for one of us, ranked as today is; for nobody in particular ("") what has for anybody.

    A line is for those it names after `by`, else for the customer's owner; what nobody of the team has is for
    everybody. What shows without a day of its own (a falling mood, a single thread) is left to today.
    """
    due, answers = _Due(writer, who), list(_owed_answers(writer, who))
    found = [*due.promises(), *answers, *due.others(), *_words(writer, who), *_plan_dates(writer, who)]
    return [item._replace(rank=rank) for rank, item in enumerate(found, 1)]


class _Due:
    """The open lines of Next that are due, with their short references and the first names of their people."""

    def __init__(self, writer: Writer, who: str = "") -> None:
        self.writer = writer
        selection, today = Selection(None, writer.today), writer.today.isoformat()
        self.items = reads.followups(writer.index, selection, today, whose=who)

    @cached_property
    def refs(self) -> dict[str, str]:
        """Return the short reference of each line."""
        return reads.shortest(self.writer.index, [item.ref for item in self.items])

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """Return the first names of the people of these customers."""
        return reads.first_names(self.writer.index, (item.customer for item in self.items))

    def promises(self) -> Iterator[TodayItem]:
        """Yield our own promises that are late, first those that were put off before when they were late."""
        late = [item for item in self.items if _is_late_promise(item)]
        if not late:
            return
        from crmtxt.services.keeping import overdue_twice

        again = overdue_twice(self.writer.index, self.writer.today)
        for item in sorted(late, key=lambda item: (item.customer, item.line) not in again):
            to = f" to {self._who(item)}" if item.who else ""
            before = ", and put off before" if (item.customer, item.line) in again else ""
            yield self._item(item, "promise", f"promised{to}: {item.text}, {days(item.overdue_days)} late{before}")

    def others(self) -> Iterator[TodayItem]:
        """Yield everything else that is due."""
        for item in self.items:
            if not _is_late_promise(item):
                said = " ".join(word for word in (item.kind, item.direction, self._who(item)) if word)
                late = f"{days(item.overdue_days)} late" if item.overdue_days else f"today {item.time or ''}".rstrip()
                yield self._item(item, "due", f"{said}{f': {item.text}' if item.text else ''}, {late}")

    def _who(self, item: FollowUp) -> str:
        return ", ".join(self.names.get((item.customer, who), who) for who in item.who)

    def _item(self, item: FollowUp, reason: str, why: str) -> TodayItem:
        action = f"crmtxt done {self.refs[item.ref]}"
        return TodayItem(0, item.customer, item.name, reason, why, action, item.date, item.ref)


def _is_late_promise(item: FollowUp) -> bool:
    return item.kind == PROMISE and item.direction != "from" and item.overdue_days > 0


def _owed_answers(writer: Writer, owner: str = "") -> Iterator[TodayItem]:
    """Yield customers who wrote or called, and have not heard from us since, past the time of their type (R7)."""
    for each in owed(writer, owner):
        why = f"{each.kind} from {each.who} on {describe(each.day, writer.today)}, and nobody has answered"
        action = f"crmtxt log {each.handle} call to {each.first}: …"
        yield TodayItem(0, each.handle, each.name, "answer", why, action, each.day.isoformat(), None)


def _words(writer: Writer, who: str = "") -> Iterator[TodayItem]:
    """Yield whom it is time for a word with, of the customers of one owner."""
    for each in words(writer, whose=who):
        yield TodayItem(0, each.customer, each.name, each.reason, each.why, each.action, each.due, None)


def _plan_dates(writer: Writer, who: str) -> Iterator[TodayItem]:
    """Yield what of plans has a day that has come, at the customers of one owner."""
    found = list(reviews.due(writer))
    owners = reads.owners(writer.index) if found else {}
    return _signs((each for each in found if who in {"", owners.get(each.handle, who)}), "plan", "crmtxt plan {}")


def _signs(found: Iterable[Sign], reason: str, action: str) -> Iterator[TodayItem]:
    for each in found:
        yield TodayItem(
            0, each.handle, each.name, reason, each.why, each.action or action.format(each.handle), each.day, None
        )


def header(settings: BookSettings, day: date, me: str) -> str:
    """Return the line above today's list."""
    weekday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[day.weekday()]
    return " · ".join(part for part in (f"{weekday} {day.isoformat()}", settings.name, me) if part)
