"""A thousand histories made by chance in one book: what the commands say of them, as of any day, is counted by hand."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date
from datetime import timedelta
from random import Random
from statistics import median
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from pathlib import Path

    from prompt import Prompt

STAGES = ("qualify", "demo", "proposal")
CHANCES = {"qualify": 0.1, "demo": 0.25, "proposal": 0.5}
CLOSED = {"won", "lost"}
TODAY = "2026-11-21"
DAYS = ("2025-04-15", "2025-12-24", TODAY)
CUSTOMERS, EACH = 100, 10


class Event(NamedTuple):
    """What happened to an opportunity on a day: it came to a stage, `opens` when it began there, or got a value."""

    day: str
    stage: str = ""
    value: int = 0
    opens: bool = False


class Sale(NamedTuple):
    """One opportunity as of a day, counted from its events."""

    customer: int
    steps: tuple[tuple[str, str], ...]
    value: int

    @property
    def opened(self) -> str:
        return self.steps[0][1]

    @property
    def stage(self) -> str:
        return self.steps[-1][0]

    @property
    def ended(self) -> str:
        return self.steps[-1][1]


def history(rng: Random) -> list[Event]:
    """Return a history: stages are skipped and come back to, values change, some begin anew after their end."""
    day, events = date(2025, 1, 1) + timedelta(rng.randint(0, 300)), []
    for _ in range(rng.choice([1, 1, 1, 2])):
        events.append(Event(day.isoformat(), rng.choice(STAGES), rng.randint(1, 90) * 100, opens=True))
        for _ in range(rng.randint(0, 5)):
            day += timedelta(rng.choice([0, 1, rng.randint(0, 40)]))
            others = [stage for stage in STAGES if stage != next(e.stage for e in events[::-1] if e.stage)]
            is_step = rng.random() < 0.8
            events.append(Event(day.isoformat(), rng.choice(others) if is_step else "", rng.randint(1, 90) * 100))
        if rng.random() < 0.3:
            return events
        day += timedelta(rng.randint(0, 40))
        events.append(Event(day.isoformat(), rng.choice(["won", "lost"]), rng.choice([0, rng.randint(1, 90) * 100])))
        if rng.random() < 0.1:
            day += timedelta(rng.randint(0, 9))
            events.append(Event(day.isoformat(), rng.choice(STAGES)))
            return events
        day += timedelta(rng.randint(1, 30))
    return events


def sales(histories: Iterable[tuple[int, list[Event]]], until: str) -> list[Sale]:
    """Return what there was as of a day."""
    found = []
    for customer, events in histories:
        some: list[Sale] = []
        for event in (each for each in events if each.day <= until):
            if event.opens:
                some.append(Sale(customer, ((event.stage, event.day),), event.value))
            elif event.stage:
                last = some[-1]
                worth = event.value if event.stage in CLOSED and event.value else last.value
                some[-1] = last._replace(steps=(*last.steps, (event.stage, event.day)), value=worth)
            else:
                some[-1] = some[-1]._replace(value=event.value)
        found += some
    return found


def lines(handle: str, events: list[Event]) -> list[tuple[str, str]]:
    """Return the lines of the log that tell a history, with their days."""
    found, stage, value = [], "", 0
    for event in events:
        if event.opens:
            text = f"opened at {event.stage} {event.value} EUR"
        elif event.stage:
            text = f"{stage} -> {event.stage}" + (
                f" {event.value} EUR" if event.stage in CLOSED and event.value else ""
            )
        else:
            text = f"value {value} EUR -> {event.value} EUR"
        stage, value = event.stage or stage, event.value or value
        found.append((event.day, f"- {event.day} opportunity {handle} by @sam: {text}"))
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, list[Event]]]]:
    """Return a book of a thousand histories, and the histories."""
    rng, book = Random(5), tmp_path_factory.mktemp("chance") / "book"
    (book / "customers").mkdir(parents=True)
    pipeline = ", ".join(f"{stage}: {chance}" for stage, chance in {**CHANCES, "won": 1, "lost": 0}.items())
    text = f"crmtxt: 1\ncurrency: EUR\ntimezone: UTC\npipeline: {{{pipeline}}}\n"
    (book / "crmtxt.yaml").write_text(text, encoding="utf-8")
    histories = []
    for customer in range(CUSTOMERS):
        log, heads = [], ""
        for number in range(EACH):
            events = history(rng)
            histories.append((customer, events))
            log += lines(f"o{number}", events)
            now = sales([(customer, events)], TODAY)[-1]
            if now.stage not in CLOSED:
                heads += f"  o{number}:\n    stage: {now.stage}\n    value: {now.value} EUR\n    owner: sam\n"
        head = f"name: C{customer}\nstage: lead\nsince: 2024-12-31\nsource: s{customer % 4}\n"
        head += f"opportunities:\n{heads}" if heads else ""
        body = "\n".join(line for _, line in sorted(log, key=lambda each: each[0]))
        (book / "customers" / f"c{customer}.md").write_text(f"---\n{head}---\n## Log\n\n{body}\n", encoding="utf-8")
    return book, histories


@pytest.fixture
def ask(told: tuple[Path, list[tuple[int, list[Event]]]], crmtxt: Prompt) -> Callable[..., list[dict[str, Any]]]:
    def items(words: str, day: str) -> list[dict[str, Any]]:
        answer = crmtxt(f"crmtxt -C {told[0]} {words} --as-of {day} --json")
        assert answer.code == 0, answer.stderr
        return list(json.loads(answer.stdout)["items"])

    return items


def rate(some: list[Sale]) -> dict[str, Any]:
    """Return what is to be said of the win rate of some."""
    won = [sale for sale in some if sale.stage == "won"]
    lost = sum(sale.stage == "lost" for sale in some)
    cycles = [(date.fromisoformat(sale.ended) - date.fromisoformat(sale.opened)).days for sale in won]
    return {
        "won": len(won),
        "lost": lost,
        "open": len(some) - len(won) - lost,
        "value": sum(sale.value for sale in won),
        "win_rate": pytest.approx(len(won) / (len(won) + lost), abs=1e-6) if won or lost else None,
        "median_cycle_days": median(cycles) if cycles else None,
    }


@pytest.mark.parametrize("day", DAYS)
def test_win_rates_by_end_and_by_opening(
    day: str, told: tuple[Path, list[tuple[int, list[Event]]]], ask: Callable[..., list[dict[str, Any]]]
) -> None:
    known = sales(told[1], day)
    for since in ("", "2025-03-01"):
        some = [sale for sale in known if sale.stage not in CLOSED or sale.ended >= since]
        (found,) = ask("won --summary" + (f" --since {since}" if since else ""), day)
        assert found | rate(some) == found
        assert (found["by"], found["cohort"]) == ("closed", None)
    begun: dict[str, list[Sale]] = {}
    for sale in known:
        begun.setdefault(sale.opened[:7], []).append(sale)
    cohorts = {each["cohort"]: each for each in ask("won --cohort", day)}
    assert cohorts.keys() == begun.keys()
    for month, some in begun.items():
        assert cohorts[month] | rate(some) | {"by": "opened"} == cohorts[month]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("since", "until"), [("", ""), ("2025-02-10", "2025-04-01"), ("2025-03-05", "")])
def test_the_funnel_of_those_that_began_between_two_days(
    day: str,
    since: str,
    until: str,
    told: tuple[Path, list[tuple[int, list[Event]]]],
    ask: Callable[..., list[dict[str, Any]]],
) -> None:
    known = [sale for sale in sales(told[1], day) if since <= sale.opened <= (until or "9")]
    order = [*STAGES, "won"]
    furthest = [max(order.index(stage) for stage, _ in sale.steps if stage in order) for sale in known]
    words = "".join(f" --{key} {value}" for key, value in {"since": since, "until": until}.items() if value)
    for at, found in enumerate(ask(f"funnel{words}", day)):
        assert (found["stage"], found["entered"]) == (STAGES[at], sum(each >= at for each in furthest))
        assert found["passed"] == sum(each > at for each in furthest)
        stays = []
        for sale in known:
            left = [
                (date.fromisoformat(then[1]) - date.fromisoformat(step[1])).days
                for step, then in zip(sale.steps, sale.steps[1:], strict=False)
                if step[0] == STAGES[at]
            ]
            stays += [sum(left)] if left else []
        assert found["median_days"] == median(stays)


@pytest.mark.parametrize("day", DAYS)
def test_what_is_open_and_what_to_expect(
    day: str, told: tuple[Path, list[tuple[int, list[Event]]]], ask: Callable[..., list[dict[str, Any]]]
) -> None:
    known = sales(told[1], day)
    open_ = [sale for sale in known if sale.stage not in CLOSED]
    assert {each["stage"]: each["count"] for each in ask("pipeline", day)} == Counter(sale.stage for sale in open_)
    (month,) = ask("forecast", day)
    assert (month["count"], month["value"]) == (len(open_), sum(sale.value for sale in open_))
    assert month["weighted"] == pytest.approx(sum(sale.value * CHANCES[sale.stage] for sale in open_))
    variance = sum(sale.value**2 * CHANCES[sale.stage] * (1 - CHANCES[sale.stage]) for sale in open_)
    assert month["sd"] == pytest.approx(math.sqrt(variance), abs=1e-6)
    for stage in month["probability"]["stages"]:
        closed = [s for s in known if s.stage in CLOSED and stage["stage"] in dict(s.steps)]
        won = sum(sale.stage == "won" for sale in closed)
        assert stage["n"] == len(closed)
        assert stage["learned"] == pytest.approx((won + 10 * CHANCES[stage["stage"]]) / (len(closed) + 10), abs=1e-6)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("since", ["", "2025-03-01"])
def test_each_win_is_credited_to_where_its_customer_came_from(
    day: str,
    since: str,
    told: tuple[Path, list[tuple[int, list[Event]]]],
    ask: Callable[..., list[dict[str, Any]]],
) -> None:
    wins = [sale for sale in sales(told[1], day) if sale.stage == "won" and sale.ended >= since]
    for found in ask(f"sources{f' --since {since}' if since else ''}", day):
        mine = [sale for sale in wins if f"s{sale.customer % 4}" == found["source"]]
        assert (found["won"], found["leads"]) == (len(mine), 0 if since else CUSTOMERS // 4)
        assert found["value"] == found["last"] == found["linear"] == sum(sale.value for sale in mine)
