"""Histories as chance makes them, and what the measures say of them by brute force, from the definitions alone."""

from __future__ import annotations

import math
from datetime import date
from datetime import timedelta
from itertools import combinations
from random import Random
from statistics import median
from typing import NamedTuple

from crmtxt.measure.history import NEVER
from crmtxt.measure.history import Contacts
from crmtxt.measure.history import History
from crmtxt.measure.history import Person
from crmtxt.measure.history import read_history
from crmtxt.model.line import Line

TODAY = date(2026, 11, 21)
CHANNELS = {"call": 0.8, "email": 0.4, "meeting": 1.0, "note": 0.0}
PEOPLE = ("@jane", "@tom", "@helen", "Doug Penn", "@other/ivy")
Numbered = list[tuple[int, Line]]


class Book(NamedTuple):
    """What a customer's file says: log, open lines of Next, contact map."""

    log: Numbered
    following: Numbered
    contacts: Contacts

    @property
    def history(self) -> History:
        return read_history(self.log, self.following, self.contacts, CHANNELS)


def book(seed: int) -> Book:
    """Return a book made by chance, the same for the same seed."""
    rng = Random(seed)
    log = [_log_line(rng) for _ in range(rng.choice([0, 1, 2, 5, 12, 25]))]
    following = [_promise(rng)._replace(box=rng.choice(" x-")) for _ in range(rng.randint(0, 3))]
    handles = PEOPLE[: rng.randint(0, 3)]
    people = [
        Person(rng.randint(0, 5), rng.random() < 0.4, _day(rng) if rng.random() < 0.2 else NEVER) for _ in handles
    ]
    names = [handle.removeprefix("@") for handle in handles]
    numbers = rng.sample(range(1, 200), len(log) + len(following))
    return Book(
        list(zip(numbers, log, strict=False)),
        list(zip(numbers[len(log) :], following, strict=True)),
        Contacts(names, [name.title() for name in names], people),
    )


def shuffled(one: Book, seed: int) -> Book:
    """Return the same lines in another order, with other numbers."""
    rng = Random(seed)
    log = rng.sample(one.log, len(one.log))
    return one._replace(log=[(number, line) for number, (_, line) in enumerate(log, 500)])


def _day(rng: Random) -> int:
    return TODAY.toordinal() - rng.choice([rng.randint(-40, 40), rng.randint(0, 400)])


def _log_line(rng: Random) -> Line:
    if rng.random() < 0.25:
        return _settled(rng)
    direction = rng.choice(["from", "to", "with", ""])
    who = tuple(rng.sample(PEOPLE, rng.randint(1, 2))) if direction and rng.random() < 0.9 else ()
    feel = f" feel:{rng.randint(-2, 2)}" if rng.random() < 0.4 else ""
    text = rng.choice(["talked", "about #pricing", ""]) + feel
    time = rng.choice(["", "", "09:00", "15:30"])
    return Line(_iso(_day(rng)), rng.choice(list(CHANNELS)), text, time, "", direction, who)


def _settled(rng: Random) -> Line:
    promise = _promise(rng)
    day = _day(rng)
    due = _iso(day + rng.randint(-20, 20))
    kind = rng.choice(["kept", "broken", "void", "promise"])
    tail = f" due:{due}" + (f" -> {promise.date}" if kind == "promise" else "")
    tail = "" if kind == "kept" and rng.random() < 0.2 else tail
    return promise._replace(date=_iso(day), kind=kind, text=promise.text + tail, box="")


def _promise(rng: Random) -> Line:
    direction = rng.choice(["to", "to", "from", ""])
    who = (rng.choice(PEOPLE[:2]),) if direction else ()
    return Line(_iso(_day(rng)), "promise", rng.choice(["the quote", "a visit"]), "", "", direction, who, (), "", " ")


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


# ── the definitions, word by word ──


def known(one: Book, as_of: date) -> list[Line]:
    """Return the lines of the log up to a day."""
    return [line for _, line in one.log if line.date <= as_of.isoformat()]


def touches(one: Book, as_of: date) -> list[Line]:
    return [line for line in known(one, as_of) if CHANNELS.get(line.kind, 0) > 0]


def is_after(later: Line, earlier: Line) -> bool:
    """Say whether a line may have come after another: a later day, or the same without times that say otherwise."""
    if later.date != earlier.date:
        return later.date > earlier.date
    return not (later.time and earlier.time) or later.time >= earlier.time


def days_between(one: str, other: str) -> int:
    return (date.fromisoformat(other) - date.fromisoformat(one)).days


def meetings(one: Book, as_of: date) -> list[tuple[str, str, str]]:
    """Return every real contact as (person, channel, day), once each; the person is "" when nobody is named."""
    lines = touches(one, as_of)
    found = set()
    for line in lines:
        for person in line.who or ("",):
            answered = line.direction != "to" or any(
                reply.direction != "to"
                and (not person or not reply.who or person in reply.who)
                and is_after(reply, line)
                and days_between(line.date, reply.date) <= 14
                for reply in lines
            )
            if answered:
                found.add((person, line.kind, line.date))
    return sorted(found)


def strength(one: Book, as_of: date) -> float:
    total = sum(
        CHANNELS[kind] * 2 ** (-days_between(day, as_of.isoformat()) / 90) for _, kind, day in meetings(one, as_of)
    )
    return 100 * (1 - math.exp(-total / 2))


def reciprocity(one: Book, as_of: date) -> float | None:
    lines = [line for line in touches(one, as_of) if days_between(line.date, as_of.isoformat()) < 180]
    if not lines:
        return None
    theirs = sum({"from": 1.0, "to": 0.0}.get(line.direction, 0.5) for line in lines)
    ours = len(lines) - theirs
    return 100 * (1 - abs(theirs - ours) / (theirs + ours))


def breadth(one: Book, as_of: date) -> float | None:
    here = {
        f"@{handle}": person.influence
        for handle, person in zip(one.contacts.handles, one.contacts.people, strict=True)
        if person.until >= as_of.toordinal()
    }
    if not here:
        return None
    met = {person for person, _, day in meetings(one, as_of) if days_between(day, as_of.isoformat()) < 180}
    share = len(met & set(here)) / len(here)
    if not sum(here.values()):
        return 100 * share
    return 100 * (share + sum(here[person] for person in met & set(here)) / sum(here.values())) / 2


def mood(one: Book, as_of: date) -> float | None:
    felt = [(days_between(line.date, as_of.isoformat()), line.feel) for line in known(one, as_of)]
    weights = [(2 ** (-age / 90), feel) for age, feel in felt if feel is not None]
    if not weights:
        return None
    level = sum(weight * feel for weight, feel in weights) / sum(weight for weight, _ in weights)
    return min(100.0, (level + 2) / 3 * 100)


def promises(one: Book, as_of: date, *, ours: bool) -> tuple[int, int, float | None]:
    """Return how many promises were due, how many of them were kept, and the median lateness of the late."""
    kept, late, n = 0, [], 0
    for line in known(one, as_of):
        if (line.direction != "from") != ours:
            continue
        due = line.tokens.get("due")
        if line.kind == "broken" or (line.kind == "promise" and due and line.date > due):
            n += 1
        elif line.kind == "kept":
            n += 1
            delay = days_between(due, line.date) if due else 0
            kept += delay <= 0
            late += [delay] if delay > 0 else []
    n += sum(
        line.box == " " and line.date < as_of.isoformat() and (line.direction != "from") == ours
        for _, line in one.following
    )
    return n, kept, float(median(late)) if late else None


def rhythm(one: Book, as_of: date, cadence: float) -> float | None:
    days = [day for _, _, day in meetings(one, as_of)]
    if not days or not cadence:
        return None
    quiet = days_between(max(days), as_of.isoformat())
    return max(0.0, 100 - 50 * max(0.0, (quiet - cadence) / cadence))


def owes_an_answer(one: Book, as_of: date, within: float) -> bool:
    lines = touches(one, as_of)
    return any(
        line.direction == "from"
        and within < days_between(line.date, as_of.isoformat()) <= 90
        and not any(reply.direction != "from" and is_after(reply, line) for reply in lines)
        for line in lines
    )


def late_again(one: Book, as_of: date) -> bool:
    """Say whether a promise of ours that is overdue had been moved before, when it was overdue already."""
    moved = [
        line for line in known(one, as_of) if line.kind == "promise" and line.date > line.tokens.get("due", "9999")
    ]
    return any(
        line.box == " "
        and line.date < as_of.isoformat()
        and line.direction != "from"
        and any(
            (old.direction == "from", old.who, old.text.split(" due:")[0]) == (False, line.who, line.text)
            for old in moved
        )
        for _, line in one.following
    )


def champion_gone(one: Book, as_of: date) -> bool:
    left = [person.until < as_of.toordinal() for person in one.contacts.people if person.champion]
    return bool(left) and all(left)


def index(one: Book, as_of: date, cadence: float, within: float) -> float | None:
    if not meetings(one, as_of):
        return None
    n, kept, _ = promises(one, as_of, ours=True)
    parts = (
        (20, rhythm(one, as_of, cadence)),
        (15, strength(one, as_of)),
        (10, reciprocity(one, as_of)),
        (20, breadth(one, as_of)),
        (20, mood(one, as_of)),
        (15, 100 * (1 + kept) / (2 + n) if n else None),
    )
    there = [(weight, value) for weight, value in parts if value is not None]
    found = sum(weight * value for weight, value in there) / sum(weight for weight, _ in there)
    capped = owes_an_answer(one, as_of, within) or late_again(one, as_of) or champion_gone(one, as_of)
    return min(found, 39.0) if capped else found


def direction(points: list[tuple[int, float]]) -> float | None:
    """Return the median of all slopes, in 90 days."""
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for earlier, later in combinations(sorted(points), 2)
        if earlier[0] != later[0]
    ]
    return 90 * median(slopes) if slopes else None


def warm(as_of: date, rng: Random) -> Line:
    """Return one more warm talk on a day: mutual, with somebody mapped, somebody else or nobody named."""
    who = tuple(rng.sample(PEOPLE, rng.randint(0, 2)))
    text = f"a good talk feel:{rng.choice([1, 2])}"
    return Line(
        as_of.isoformat(), rng.choice(["call", "meeting"]), text, rng.choice(["", "08:00", "18:00"]), "", "with", who
    )


def day(rng: Random) -> date:
    """Return a day in the last year."""
    return TODAY - timedelta(rng.choice([0, rng.randint(0, 360)]))
