"""From typed words to lines: `call from jane: worried +onboarding // fri promise: send the quote`."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crmtxt.errors import AmbiguousError
from crmtxt.errors import UsageError
from crmtxt.model.line import FEEL
from crmtxt.model.line import OPEN
from crmtxt.model.line import PROMISE
from crmtxt.model.line import TASK
from crmtxt.model.line import TOKEN
from crmtxt.model.line import Line
from crmtxt.model.names import fold
from crmtxt.model.names import nearest
from crmtxt.model.past import leading_past_date
from crmtxt.model.repeat import first_day
from crmtxt.model.repeat import next_date
from crmtxt.model.repeat import repeat_in
from crmtxt.model.when import leading_date
from crmtxt.text.edit import tidy

CUT = re.compile(r"(?:^|(?<=\s))//(?=\s|$)")
COLON = re.compile(r":(?=\s|$)")
ANY_COLON = re.compile(r":(?!\d)")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
TIME_LIKE = re.compile(r"\d{1,2}:\d\d")
PEOPLE = re.compile(
    r"(?:(?P<direction>from|to|with)(?:\s+|$))?(?P<who>.*?)(?:(?:^|\s+)by\s+(?P<by>\S.*))?", re.IGNORECASE | re.DOTALL
)
PLUS_TOPIC = re.compile(r"(?:(?<=\s)|^)\+(?=[^\W\d_])")
SMILEYS = {
    ":)": "feel:+1",
    ":-)": "feel:+1",
    ":D": "feel:+1",
    ":-D": "feel:+1",
    ":(": "feel:-1",
    ":-(": "feel:-1",
    ":/": "feel:-1",
    ":-/": "feel:-1",
}
SMILEY = re.compile(r"(?:(?<=\s)|^)(?:" + "|".join(map(re.escape, SMILEYS)) + r")(?=\s|$)")
SCALES = {"feel": (-2, 2), "effort": (1, 7), "nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
DIRECTIONS = {"from", "to", "with", "by"}
Leading = Callable[[Sequence[str], date], tuple[date, int] | None]
EXAMPLE = "such as: call from jane: worried about go-live +onboarding"


class Setting(NamedTuple):
    """What typed words are read against: the customer's contacts, our side, and the book's words.

    `elsewhere` returns `customer/contact` of everybody in the book with exactly that name; `mapped` says whether there
    is such a `customer/contact`.
    """

    today: date
    contacts: tuple[tuple[str, str], ...]
    elsewhere: Callable[[str], list[str]]
    mapped: Callable[[str], bool]
    channels: tuple[str, ...]
    team: tuple[str, ...]
    me: str


class Captured(NamedTuple):
    """What was understood: the log line, the Next lines, and remarks."""

    entry: Line
    follow_ups: tuple[Line, ...]
    remarks: tuple[str, ...]


def capture(text: str, setting: Setting, on: date | None = None) -> Captured:
    """Read what was typed after the customer: one log line, then Next lines after each ` // `."""
    first, more = tidy(text)
    entry, *rest = (part.strip() for part in CUT.split(first))
    if not entry:
        raise UsageError("nothing to log", EXAMPLE)
    remarks: list[str] = []
    line = log_line(entry, setting, remarks, on)._replace(more=more)
    follow_ups = [next_line(part, setting, remarks) for part in rest if part]
    return Captured(line, tuple(follow_ups), tuple(remarks))


def log_line(typed: str, setting: Setting, remarks: list[str], on: date | None = None) -> Line:
    """Read `[DATE] [TIME] KIND [from|to|with WHO] [by US]: TEXT` as something that happened."""
    header, text = _split(typed)
    if header is None:
        word = typed.split(maxsplit=1)[0]
        hint = f"say what happened, a colon and the text, {EXAMPLE}\nor without a kind: crmtxt note"
        raise UsageError(f"no colon after '{word}'", hint)
    day, time, words = _moment(header.split(), setting.today, leading_past_date)
    if on and day and on != day:
        raise UsageError(f"two days: {on} and {day}", "leave --on or the date at the beginning away")
    day = happened(on or day or setting.today, setting.today)
    kind = _kind(words, setting.channels)
    direction, who, by = _people(" ".join(words[1:]), setting, remarks)
    by = by or ((f"@{setting.me}",) if setting.me else ())
    return Line(day.isoformat(), kind, stored(text), time, "", direction or ("with" if who else ""), who, by)


def happened(day: date, today: date) -> date:
    """Return the day of something that happened; UsageError for one to come."""
    if day > today:
        hint = "the log holds what happened, as of yesterday, last fri or 2026-11-03; plan with: crmtxt next"
        raise UsageError(f"{day} is in the future", hint)
    return day


def next_line(typed: str, setting: Setting, remarks: list[str], kind: str = "") -> Line:
    """Read `DATE KIND [to|from|with WHO]: TEXT` as an open line; `kind` when it is already known."""
    day, time, rest = _moment(typed.split(), setting.today, leading_date)
    if day is None:
        hint = "begin with a date such as fri, tomorrow, 3 dec, +2w, 2026-12-24"
        raise UsageError(f"no date at the beginning of '{typed}'", hint)
    chosen, people, text = _next_header(rest, setting, kind)
    direction, who, by = _people(people, setting, remarks)
    direction = direction or ("to" if who else "")
    by = by or ((f"@{setting.me}",) if setting.me and not (chosen == PROMISE and direction == "from") else ())
    line = Line(day.isoformat(), chosen, stored(text), time, "", direction, who, by, "", OPEN)
    if not line.text and chosen in {TASK, PROMISE}:
        raise UsageError(
            f"nothing after '{chosen}'", "say what is to be done, such as: crmtxt next acme fri: send the quote"
        )
    if every := repeat_in(line.text):
        next_date(every, day, setting.today, first_day(line.tokens.get("due") or line.date))
    return line


def stored(text: str) -> str:
    """Return typed text as it is stored: +topic as #topic, the first smiley as a feel; scales are checked."""
    text = PLUS_TOPIC.sub("#", text.strip())
    if "feel:" not in text:
        text = SMILEY.sub(lambda match: SMILEYS[match[0]], text, count=1)
    for token, message in off_scale(text):
        raise UsageError(f"{token} is not on its scale", message)
    return text


def off_scale(text: str) -> Iterator[tuple[str, str]]:
    """Yield each token whose number is not on its scale, and what the scale is."""
    for key, value in TOKEN.findall(text):
        if key in SCALES:
            low, high = SCALES[key]
            number = value.split("/")[0] if key == "feel" and FEEL.fullmatch(value) else value
            if not re.fullmatch(r"[+-]?[0-9]{1,2}", number) or not low <= int(number) <= high:
                yield f"{key}:{value}", f"{key} goes from {low} to {high}"


def _split(typed: str) -> tuple[str | None, str]:
    """Return what stands before and after the colon of the header; None before when there is no colon."""
    match = COLON.search(typed) or ANY_COLON.search(typed)
    if match is None:
        return None, typed
    return typed[: match.start()], typed[match.end() :].strip()


def _next_header(words: list[str], setting: Setting, kind: str) -> tuple[str, str, str]:
    """Return kind, people and text of a follow-up; a header without direction must name people we know."""
    typed = " ".join(words)
    header, text = _split(typed)
    head = (typed if header is None else header).split()
    known = (*setting.channels, TASK, PROMISE)
    if kind:
        chosen = kind
    elif head and head[0].lower() in known:
        chosen, head = head[0].lower(), head[1:]
        typed = typed.split(None, 1)[1] if " " in typed else ""
    elif header is not None and head and (near := nearest(head[0], known)):
        raise UsageError(f"no kind '{head[0]}'", f"did you mean '{near}'? kinds: {', '.join(known)}")
    else:
        chosen = TASK
    people = " ".join(head)
    if not head or (head[0].lower() in DIRECTIONS and header is not None):
        return chosen, people, text if header is not None else ""
    if head[0].lower() in DIRECTIONS:
        raise UsageError(f"no colon after '{people}'", "write: DATE KIND to WHO: TEXT")
    if _all_known(people, setting) or (header is not None and chosen in setting.channels):
        return chosen, people, text if header is not None else ""
    return chosen, "", typed


def _all_known(people: str, setting: Setting) -> bool:
    return all(_contact(name.strip(), setting) for name in people.split(","))


def _moment(words: Sequence[str], today: date, leading: Leading) -> tuple[date | None, str, list[str]]:
    """Return date and time at the beginning, and the words after them; `leading` reads a date that comes first."""
    ends = next((at for at, word in enumerate(words) if word.endswith(":")), None)
    if ends is not None:
        alone = [*words[:ends], words[ends][:-1]]
        found = leading(alone, today)
        if found and found[1] == len(alone):
            return found[0], "", [":", *words[ends + 1 :]]
    found = leading(words, today)
    day, used = found or (None, 0)
    rest = list(words[used:])
    match = CLOCK.fullmatch(rest[0]) if rest else None
    if match is None:
        if rest and TIME_LIKE.fullmatch(rest[0]):
            raise UsageError(f"there is no such time as '{rest[0]}'", "a time is HH:MM, from 00:00 to 23:59")
        return day, "", rest
    return day, f"{int(match[1]):02}:{match[2]}", rest[1:]


def _kind(words: Sequence[str], known: Sequence[str]) -> str:
    word = words[0].lower() if words else ""
    if word in known:
        return word
    near = nearest(word, known)
    hint = f"did you mean '{near}'? " if near else ""
    raise UsageError(f"no kind '{word}'" if word else "no kind before the colon", f"{hint}kinds: {', '.join(known)}")


def _people(words: str, setting: Setting, remarks: list[str]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return direction, who of theirs, who of ours."""
    match = PEOPLE.fullmatch(words.strip())
    if match is None or not words.strip():
        return "", (), ()
    names = [name.strip() for name in match["who"].split(",") if name.strip()]
    if match["direction"] and not names:
        raise UsageError(f"nobody after '{match['direction']}'", f"name somebody, {EXAMPLE}")
    who = tuple(dict.fromkeys(_who(name, setting, remarks) for name in names))
    by = tuple(
        _colleague(name.strip(), setting.team, remarks) for name in (match["by"] or "").split(",") if name.strip()
    )
    return (match["direction"] or "").lower(), who, by


def _who(typed: str, setting: Setting, remarks: list[str]) -> str:
    """Return @contact, @customer/contact, or the name as it was typed, with a remark."""
    mine = _contact(typed, setting)
    if len(mine) > 1:
        raise AmbiguousError(f"'{typed}' could be several people", tuple(f"{key}  {name}" for key, name in mine))
    if mine:
        return "@" + mine[0][0]
    plain = typed.removeprefix("@").strip()
    if ":" in plain or not plain:
        raise UsageError(f"'{typed}' is no name", f"name somebody, without a colon, {EXAMPLE}")
    if "/" in plain:
        if not setting.mapped(plain):
            remarks.append(f"'{plain}' is in no contact map: kept as typed")
        return "@" + plain
    others = setting.elsewhere(plain) if " " in plain else []
    if len(others) == 1:
        remarks.append(f"{plain} is a contact of another customer: @{others[0]}")
        return "@" + others[0]
    several = f" (in several: {', '.join(others[:3])})" if others else ""
    remarks.append(f"'{plain}' is in no contact map{several}: kept as typed; crmtxt contact add maps people")
    return plain


def _contact(typed: str, setting: Setting) -> list[tuple[str, str]]:
    """Return the customer's contacts a typed name means: its handle, else its full name, else one of its words."""
    folded = fold(typed.removeprefix("@"))
    for means in (
        lambda key, _: fold(key) == folded,
        lambda _, name: fold(name) == folded,
        lambda _, name: folded in fold(name).split(),
    ):
        found = [(key, name) for key, name in setting.contacts if means(key, name)]
        if found:
            return found
    return []


def _colleague(typed: str, team: Sequence[str], remarks: list[str]) -> str:
    key = typed.removeprefix("@").lower()
    if team and key not in team:
        near = nearest(key, team)
        remarks.append(f"'{key}' is not in team{f', did you mean {near}?' if near else ''}: kept as typed")
    if not re.fullmatch(r"[^\s:,]+", key):
        raise UsageError(f"'{typed}' is no colleague", f"by takes keys of team: {', '.join(team)}")
    return "@" + key
