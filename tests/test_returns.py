"""A thousand random histories in one book: sources and retention are what counting by hand gives, on any day."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

SETTINGS = "crmtxt: 1\ncurrency: EUR\nrates: {USD: 0.5}\n"
FIRST = date(2023, 6, 1)
SOURCES = ("fair", "website", "referral")
DAYS = (date(2026, 11, 21), date(2026, 3, 1), date(2026, 1, 31))
RATES = {"EUR": Fraction(1), "USD": Fraction(1, 2)}


class History(NamedTuple):
    """A customer: where it came from, what touched it when, what was won when, and the day it left, if it did."""

    since: date
    source: str
    touches: list[tuple[date, str]]
    wins: list[tuple[date, Fraction]]
    left: date | None


def write(book: Path, number: int, chance: random.Random) -> History:
    """Write one customer at random."""
    day = FIRST + timedelta(chance.randrange(900))
    since, source, lines = day, chance.choice(["", *SOURCES]), []
    touches, wins, left = [], [], None
    for at in range(chance.randrange(6)):
        day += timedelta(1 + chance.randrange(200))
        if chance.random() < 0.5:
            touched = chance.choice(SOURCES)
            touches.append((day, touched))
            lines.append(f"- {day} call: hello source:{touched}")
        else:
            amount, currency = chance.randrange(1, 1000), chance.choice([*RATES])
            wins.append((day, amount * RATES[currency]))
            lines.append(f'- {day} opportunity o{at}: opened at proposal {amount} {currency} "O"')
            lines.append(f'- {day} opportunity o{at}: proposal -> won {amount} {currency} "O"')
    if chance.random() < 0.2:
        left = day + timedelta(1)
        lines.append(f"- {left} stage: customer -> lost")
    head = [f"name: C{number}", f"stage: {'lost' if left else 'customer'}", f"since: {since}"]
    head += [f"source: {source}"] if source else []
    text = "\n".join(["---", *head, "---", "", "## Log", "", *lines, ""])
    (book / "customers" / f"c{number}.md").write_text(text, encoding="utf-8")
    return History(since, source, touches, wins, left)


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[History]]:
    """Return a book of a thousand customers, and what was written into it."""
    book = tmp_path_factory.mktemp("thousand")
    (book / "customers").mkdir()
    (book / "crmtxt.yaml").write_text(SETTINGS, encoding="utf-8")
    chance = random.Random(7)
    return book, [write(book, number, chance) for number in range(1000)]


def touched(each: History, until: date) -> list[str]:
    """Return the sources of a customer in their order up to a day."""
    return [name for name in [each.source, *(name for day, name in each.touches if day <= until)] if name]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_sources_of_a_thousand_histories(
    histories: tuple[Path, list[History]], today: date, crmtxt: Prompt
) -> None:
    book, known = histories
    leads: Counter[str] = Counter()
    won: Counter[str] = Counter()
    shares: dict[str, list[Fraction]] = {}
    for each in known:
        if each.since <= today:
            leads[next(iter(touched(each, today)), "")] += 1
        for day, amount in each.wins:
            if day <= today:
                first_day = [name for at, name in each.touches if at == each.touches[0][0]]
                path = touched(each, day)
                if each.source and each.touches[:1] and each.touches[0][0] <= day and each.source in first_day:
                    path.remove(each.source)
                path = path or [""]
                won[path[0]] += 1
                for place, name in enumerate(path):
                    credit = shares.setdefault(name, [Fraction(0)] * 3)
                    credit[0] += amount if place == 0 else 0
                    credit[1] += amount if place == len(path) - 1 else 0
                    credit[2] += amount / len(path)
    found = json.loads(crmtxt(f"crmtxt -C {book} sources --as-of {today} --json").stdout)["items"]
    rows = {each["source"] or "": each for each in found}
    assert {name: each["leads"] for name, each in rows.items()} == leads
    assert {name: each["won"] for name, each in rows.items() if each["won"]} == won
    for name, credit in shares.items():
        told = [rows[name][key] for key in ("value", "last", "linear")]
        assert told == pytest.approx([float(part) for part in credit], abs=1e-6)


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("days", [365, 92])
def test_the_retention_of_a_thousand_histories(
    histories: tuple[Path, list[History]], today: date, days: int, crmtxt: Prompt
) -> None:
    book, known = histories
    since = today - timedelta(days - 1)
    start = kept = end = Fraction(0)
    for each in known:
        before = sum((amount for day, amount in each.wins if since - timedelta(days) <= day < since), Fraction(0))
        after = sum((amount for day, amount in each.wins if since <= day <= today), Fraction(0))
        now = after if before and not (each.left and each.left <= today) else Fraction(0)
        start, kept, end = start + before, kept + min(before, now), end + now
    (row,) = json.loads(crmtxt(f"crmtxt -C {book} retention --as-of {today} --since {since} --json").stdout)["items"]
    assert (row["start"], row["end"]) == (pytest.approx(float(start)), pytest.approx(float(end)))
    assert row["gross"] == pytest.approx(float(kept / start), abs=1e-6)
    assert row["net"] == pytest.approx(float(end / start), abs=1e-6)
