"""What comes by itself, however far ahead: words to have, birthdays, renewals, dates of plans; said for any day."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from crmtxt.model.birthday import birthday_near
from crmtxt.model.calendar import BIRTHDAY
from crmtxt.model.calendar import PLAN
from crmtxt.model.calendar import RENEWAL
from crmtxt.model.calendar import WORD
from crmtxt.model.when import LAST_YEAR
from crmtxt.services import reviews
from crmtxt.services import rhythm
from crmtxt.services.standards import day_of
from crmtxt.services.standards import lapsed
from crmtxt.services.standards import resting
from crmtxt.services.writer import Writer
from crmtxt.store import dates

EVER = date(LAST_YEAR, 12, 31)
LEAP_YEAR = date(2000, 1, 1)  # in it birthdays begin: nobody's year of birth is told
YEARLY = "FREQ=YEARLY"
LEAP_DAY = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"


class Coming(NamedTuple):
    """One thing that comes: `key` tells it from others of its kind and customer, `action` is what settles it.

    `rule` is an RFC 5545 rule, `lead` how many days before it is named.
    """

    kind: str
    customer: str
    key: str
    said: str
    action: str
    day: date
    why: str = ""
    rule: str = ""
    lead: int = 0


def coming(writer: Writer) -> Iterator[Coming]:
    """Yield everything that comes by itself."""
    yield from _words(writer)
    yield from _birthdays(writer)
    yield from _renewals(writer)
    yield from _plans(writer)


def _words(writer: Writer) -> Iterator[Coming]:
    """Yield the last day agreed for a word with each customer, or that until which the customer rests."""
    rests = resting(writer, date.min)
    for each in lapsed(writer, EVER):
        day = max(date.fromisoformat(each.due), day_of(rests.get(each.handle)) or date.min)
        why = f"{rhythm.agreed(each)}; {f'last contact {each.last}' if each.last else 'no contact logged'}"
        yield Coming(WORD, each.handle, "", "time for a word", f"crmtxt log {each.handle} call: …", day, why)


def _birthdays(writer: Writer) -> Iterator[Coming]:
    ahead = rhythm.lead(writer, "birthday").days
    for each in dates.birthdays(writer.index, writer.today):
        if day := birthday_near(each.written, LEAP_YEAR):
            said, action = f"birthday of {each.person}", rhythm.wish(each)
            rule = LEAP_DAY if (day.month, day.day) == (2, 29) else YEARLY
            yield Coming(BIRTHDAY, each.customer, each.contact, said, action, day, rule=rule, lead=ahead)


def _renewals(writer: Writer) -> Iterator[Coming]:
    ahead = rhythm.lead(writer, "renewal").days
    for each in dates.renewals(writer.index, writer.today, EVER):
        if day := day_of(each.close):
            said, action = f"{each.title or each.handle} closes", f"crmtxt opp won {each.customer} {each.handle}"
            yield Coming(RENEWAL, each.customer, each.handle, said, action, day, lead=ahead)


def _plans(writer: Writer) -> Iterator[Coming]:
    for each in reviews.planned(writer, EVER.isoformat()):
        if day := day_of(each.day):
            yield Coming(PLAN, each.handle, each.why, each.why, f"crmtxt plan {each.handle}", day)
