"""The meetings a book holds: those logged from a calendar, and what is planned."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING
from typing import Any

from crmtxt.model.meeting import MEETING
from crmtxt.model.meeting import UID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

    from crmtxt.store.index import Index

LOGGED = """
SELECT t.customer, t.value, l.date, l.time FROM token t CROSS JOIN line l ON l.id = t.line
WHERE t.key = ? AND l.section = 'log'"""
PLANNED = "SELECT customer, date, time FROM line WHERE section = 'next' AND box = ' '"
BY_HAND = """
SELECT date, time FROM line WHERE customer = ? AND section = 'log' AND kind = ? AND ' ' || text NOT LIKE ?"""
LONELY = 14  # days from a meeting without a neighbour to the next, as it were

Moment = tuple[str, str]  # day and time, "" for none


class Held:
    """What a book holds of meetings, by customer."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_hand: dict[int, Counter[Moment]] = {}
        self._logged: dict[tuple[int, str], dict[str, Moment]] = {}
        rows: list[Any] = index.query(LOGGED, (UID,))
        for customer, value, day, time in rows:
            of = self._logged.setdefault((customer, value.partition("/")[0]), {})
            of[f"{UID}:{value}"] = (day, time or "")
        planned: list[Any] = index.query(PLANNED)
        self.planned = {(customer, day, time or "") for customer, day, time in planned}

    def is_by_hand(self, customer: int, moment: Moment) -> bool:
        """Say whether somebody logged a meeting of that day themselves, of that time or of none; each counts once."""
        if customer not in self._by_hand:
            rows: list[Any] = self._index.query(BY_HAND, (customer, MEETING, f"% {UID}:%"))
            self._by_hand[customer] = Counter((day, time or "") for day, time in rows)
        waiting = self._by_hand[customer]
        found = next((each for each in (moment, (moment[0], "")) if waiting[each]), None)
        waiting.subtract([found] if found else [])
        return found is not None

    def at(self, customer: int, token: str) -> Moment | None:
        """Return when a meeting was logged."""
        return self._logged.get((customer, _uid(token)), {}).get(token)

    def logged(self, customer: int, meetings: Mapping[str, Moment], *, is_series: bool) -> dict[str, Moment]:
        """Return when those meetings of one UID were logged, by token; of a series `meetings` are all that are over.

        An occurrence of a series that is logged and is none any more was moved to the nearest that is not logged, if
        that is nearer than its neighbours: whoever moves a series gives new names to its occurrences.
        """
        there = self._logged.get((customer, _uid(next(iter(meetings)))), {})
        found = {each: there[each] for each in meetings if each in there}
        free = {each: _day(moment) for each, moment in meetings.items() if is_series and each not in there}
        nearest = _gap([_day(moment) for moment in meetings.values()]) / 2
        for moment in sorted(moment for each, moment in there.items() if each not in meetings):
            if not free:
                break
            day = _day(moment)
            each = min(free, key=lambda each: abs(free[each] - day))  # called at once
            if abs(free[each] - day) < nearest:
                found[each] = moment
                del free[each]
        return found


def _uid(token: str) -> str:
    return token.removeprefix(f"{UID}:").partition("/")[0]


def _day(moment: Moment) -> int:
    return date.fromisoformat(moment[0]).toordinal()


def _gap(days: Sequence[int]) -> int:
    """Return the fewest days between two of them, at least one."""
    ordered = sorted(set(days))
    return min((later - day for day, later in pairwise(ordered)), default=LONELY)
