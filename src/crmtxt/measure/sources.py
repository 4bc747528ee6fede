"""Where customers came from, and what came of it (S10).

A win is credited to the first source that touched the customer, to the last one before it was won, or to all alike:
single-touch and linear attribution, after Shao & Li, Data-driven multi-touch attribution models (KDD 2011), section 2.
"""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

BEHIND = re.compile(r"\s*@|:\s")  # who is behind a source: referral @acme, referral: a friend
WHO = re.compile(r"(?:^|\s)@([^\s/,;]+)")
REFERRAL = "referral"
ZERO = Decimal(0)
Key = tuple[str, str]  # source and currency


class Touch(NamedTuple):
    """A day on which a source touched a customer."""

    day: str
    source: str


class Win(NamedTuple):
    """What was won of a customer whom these sources had touched by then, in their order; `days` it took."""

    sources: Sequence[str]
    amount: Decimal
    currency: str
    days: int | None


class Earned(NamedTuple):
    """What a source is credited with: wins by first touch with the days each took, and the value by each rule."""

    won: int = 0
    first: Decimal = ZERO
    last: Decimal = ZERO
    linear: Decimal = ZERO
    days: Sequence[int] = ()


def source_name(text: str) -> str:
    """Return the name of a source without who is behind it: `referral @acme` is referral, and so is `@acme`."""
    name = " ".join(BEHIND.split(text.strip(), maxsplit=1)[0].split())
    return name or (REFERRAL if text.strip() else "")


def referrers(text: str) -> list[str]:
    """Return the customers a source names: of `referral @acme/jane`, acme."""
    return WHO.findall(text)


def path(origin: str, logged: Iterable[Touch], until: str) -> list[str]:
    """Return the sources that touched a customer up to a day, in order: where it came from, then those of the log.

    Twice on one day counts once, and the first day of the log does not tell a second time where it came from.
    """
    later = sorted({each for each in logged if each.day <= until})
    if not origin:
        return [each.source for each in later]
    return [origin, *(each.source for each in later if each != (later[0].day, origin))]


def earned(wins: Iterable[Win]) -> dict[Key, Earned]:
    """Return what each source is credited with, by source and currency; "" where nobody wrote down a source.

    By each of the three rules the credits of a currency sum to the value won in it.
    """
    won: dict[Key, list[Win]] = {}
    last: dict[Key, Decimal] = {}
    linear: dict[Key, Decimal] = {}
    for win in wins:
        sources = win.sources or ("",)
        part = win.amount / len(sources)
        for source in sources:
            key = source, win.currency
            linear[key] = linear.get(key, ZERO) + part
        won.setdefault((sources[0], win.currency), []).append(win)
        key = sources[-1], win.currency
        last[key] = last.get(key, ZERO) + win.amount
    return {key: _earned(won.get(key, ()), last.get(key, ZERO), shared) for key, shared in linear.items()}


def _earned(won: Sequence[Win], last: Decimal, linear: Decimal) -> Earned:
    days = [win.days for win in won if win.days is not None]
    return Earned(len(won), sum((win.amount for win in won), ZERO), last, linear, days)
