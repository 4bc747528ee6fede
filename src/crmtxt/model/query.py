"""The query language: text to a tree of terms, or a refusal that points at the place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import TypeAlias

from crmtxt.errors import UsageError
from crmtxt.model.place import Place
from crmtxt.model.place import refuse
from crmtxt.model.when import leading_date

if TYPE_CHECKING:
    from datetime import date

LONGEST_QUERY = 10_000
MOST_TERMS = 250
MOST_VALUES = 1_000
DEEPEST = 50

IS = ":"
EXACTLY = "="
RANGE = ".."
PRESENT = "*"
COMPARISONS = ("<=", ">=", "<", ">")

_SPACE = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_KEYWORD = re.compile(r'(or|and|not)(?=[\s()"]|$)', re.IGNORECASE)
_WORD = re.compile(r'[^\s()":=<>]*')
_RUN = re.compile(r'[^\s()"]*')
_ITEM = re.compile(r'(?:(?!\.\.)[^\s()",])*')
_OPERATOR = re.compile(r"<=|>=|[:=<>]")
_TOPIC_NAME = re.compile(r"\w[\w/-]*")


class Text(NamedTuple):
    """Free text: a word, which also stands for longer words that begin with it, or a phrase as it is."""

    words: str
    phrase: bool
    place: Place


class Topic(NamedTuple):
    """A `#topic`; `name` is without the sign and in lower case."""

    name: str
    place: Place


class Person(NamedTuple):
    """A `@person`; `name` is without the sign."""

    name: str
    place: Place


class Value(NamedTuple):
    """What a field is compared with: `text` as written, and the ISO date it reads as, "" when it is no date."""

    text: str
    day: str
    place: Place


class Field(NamedTuple):
    """A field and what it must be.

    `op`: `:` (any of `values`), `=`, `<`, `<=`, `>`, `>=` (one), `..` (two, one may be empty), `*` (none: it is there).
    """

    name: str
    op: str
    values: tuple[Value, ...]
    place: Place


class Not(NamedTuple):
    """What must not hold."""

    term: Expr


class And(NamedTuple):
    """Terms that must all hold; none at all always holds."""

    terms: tuple[Expr, ...]


class Or(NamedTuple):
    """Terms of which one must hold."""

    terms: tuple[Expr, ...]


Expr: TypeAlias = Text | Topic | Person | Field | Not | And | Or


def parse(text: str, today: date) -> Expr:
    """Read a query; dates in words count from `today`.

    An empty query is an `And` of nothing. Raises UsageError with an excerpt for everything that cannot be read.
    """
    if len(text) > LONGEST_QUERY:
        raise UsageError(f"the query has {len(text)} characters", f"at most {LONGEST_QUERY} are read")
    odd = next((at for at, sign in enumerate(text) if sign == "\0" or "\ud800" <= sign <= "\udfff"), -1)
    if odd >= 0:
        raise refuse(Place(text, odd), "the query holds a character that is no text", "leave it out")
    reader = _Reader(text, today)
    expr = reader.alternatives(0) if reader.rest() else And(())
    if reader.rest():
        raise refuse(reader.here(), "this ')' closes nothing", "take it away, or open it with '(' before")
    return expr


class _Reader:
    """A place in the query that moves on as terms are read."""

    def __init__(self, query: str, today: date) -> None:
        self.query = query
        self.today = today
        self.at = 0
        self.terms = 0

    def here(self, width: int = 1) -> Place:
        return Place(self.query, self.at, width)

    def since(self, start: int) -> Place:
        return Place(self.query, start, self.at - start)

    def rest(self) -> bool:
        self.take(_SPACE)
        return self.at < len(self.query)

    def next_is(self, signs: str) -> bool:
        return self.at < len(self.query) and self.query[self.at] in signs

    def at_range(self) -> bool:
        return self.query.startswith(RANGE, self.at)

    def keyword(self) -> str:
        match = _KEYWORD.match(self.query, self.at)
        return match[1].lower() if match else ""

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.query, self.at)
        self.at = match.end() if match else self.at
        return match[0] if match else ""

    def alternatives(self, depth: int) -> Expr:
        """Read terms joined by `or`, up to a closing parenthesis or the end."""
        found = [self.together(depth)]
        while self.rest() and self.keyword() == "or":
            self.take(_KEYWORD)
            found.append(self.together(depth))
        return found[0] if len(found) == 1 else Or(tuple(found))

    def together(self, depth: int) -> Expr:
        """Read the terms that must all hold, up to `or`, a closing parenthesis or the end."""
        found = [self.operand(depth)]
        while self.rest() and not self.next_is(")") and self.keyword() != "or":
            if self.keyword() == "and":
                self.take(_KEYWORD)
            found.append(self.operand(depth))
        return found[0] if len(found) == 1 else And(tuple(found))

    def operand(self, depth: int) -> Expr:
        """Read one term with what stands before it: `-`, `not` or a parenthesis."""
        if depth > DEEPEST:
            raise refuse(self.here(), "the query is nested too deeply", f"at most {DEEPEST} levels are read")
        if not self.rest() or self.next_is(")") or self.keyword() in ("or", "and"):
            raise self.missing()
        if self.keyword() == "not":
            self.take(_KEYWORD)
            return Not(self.operand(depth + 1))
        if self.next_is("-"):
            self.at += 1
            if not self.query[self.at : self.at + 1].strip():
                place = Place(self.query, self.at - 1)
                raise refuse(place, "a term is missing after '-'", '-term; to search for the sign itself, write "-"')
            return Not(self.operand(depth + 1))
        return self.group(depth) if self.next_is("(") else self.term()

    def missing(self) -> UsageError:
        word, hint = self.keyword(), "a word, #topic, @person or FIELD:VALUE"
        if not word:
            return refuse(self.here(), "a term is missing here", hint)
        hint = f'{hint}; to search for the word itself, write "{word}"'
        return refuse(self.here(len(word)), f"a term is missing before '{word}'", hint)

    def group(self, depth: int) -> Expr:
        """Read what stands in parentheses."""
        opening = self.here()
        self.at += 1
        found = self.alternatives(depth + 1)
        if not self.next_is(")"):
            raise refuse(opening, "this parenthesis is never closed", "write ')' where it ends")
        self.at += 1
        return found

    def term(self) -> Expr:
        """Read free text, a topic, a person or a field."""
        self.terms += 1
        if self.terms > MOST_TERMS:
            hint = f"at most {MOST_TERMS}; several values of one field are one term: handle:acme,globex"
            raise refuse(self.here(), "the query has too many terms", hint)
        start = self.at
        if self.next_is("#+"):
            return self.topic()
        if self.next_is("@"):
            return self.person()
        phrase = self.next_is('"')
        words = self.quoted() if phrase else self.take(_WORD)
        if self.next_is(":=<>"):
            return self.field(words, start)
        if not words:
            raise refuse(
                self.since(start), "nothing stands between these quotation marks", 'words to search for: "go live"'
            )
        return Text(words, phrase, self.since(start))

    def topic(self) -> Topic:
        """Read `#name` or `+name`."""
        start = self.at
        name = self.take(_RUN)[1:]
        if not _TOPIC_NAME.fullmatch(name):
            hint = f'#pricing: letters, digits, - and /; to search for text, write "{self.query[start : self.at]}"'
            raise refuse(self.since(start), "this is no topic", hint)
        return Topic(name.lower(), self.since(start))

    def person(self) -> Person:
        """Read `@name` or `@"a name"`."""
        start = self.at
        self.at += 1
        name = (self.quoted() if self.next_is('"') else self.take(_RUN)).strip()
        if not name:
            raise refuse(self.since(start), "a name is missing after '@'", '@jane or @"Jane Doe"')
        return Person(name, self.since(start))

    def quoted(self) -> str:
        """Read what stands between quotation marks; a backslash keeps a mark inside."""
        match = _QUOTED.match(self.query, self.at)
        if not match:
            place = Place(self.query, self.at, len(self.query) - self.at)
            raise refuse(place, "this quotation mark is never closed", 'write " where it ends')
        self.at = match.end()
        return _ESCAPED.sub(r"\1", match[1])

    def field(self, name: str, start: int) -> Field:
        """Read the operator and the values of a field whose name was just read."""
        op = self.take(_OPERATOR)
        if not name:
            hint = 'FIELD:VALUE without spaces, such as value>5k; to search for text, put it in quotes: "10:30"'
            raise refuse(self.since(start), f"a field is missing before '{op}'", hint)
        if self.next_is(":=<>"):
            raise refuse(self.here(), f"'{op}' is followed by another operator", ": = < <= > >= are the operators")
        place = Place(self.query, start, len(name))
        return Field(name, *(self.values(name) if op == IS else (op, (self.value(name, op, _RUN),))), place)

    def values(self, name: str) -> tuple[str, tuple[Value, ...]]:
        """Read what may stand after `:`, a list, a range or `*`, and say which."""
        start = self.at
        found = [Value("", "", self.here()) if self.at_range() else self.value(name, IS, _ITEM)]
        if self.at_range():
            return RANGE, self.range_from(found[0], name, start)
        if self.query[start : self.at] == PRESENT and not self.next_is(","):
            return PRESENT, ()
        while self.next_is(","):
            self.at += 1
            found.append(self.value(name, IS, _ITEM))
            if self.at_range() or len(found) > MOST_VALUES:
                hint = f"FIELD:A..B, or a list of at most {MOST_VALUES} values: FIELD:A,B"
                raise refuse(self.here(), "this list cannot be read", hint)
        return IS, tuple(found)

    def range_from(self, low: Value, name: str, start: int) -> tuple[Value, Value]:
        """Read the rest of a range whose lower end was just read."""
        self.at += len(RANGE)
        following = self.query[self.at : self.at + 1]
        high = self.value(name, RANGE, _ITEM) if following.strip().strip("(),") else Value("", "", self.here())
        if not (low.text or high.text) or self.next_is(",") or self.at_range():
            raise refuse(self.since(start), "this range cannot be read", f"{name}:A..B, {name}:A.. or {name}:..B")
        return low, high

    def value(self, name: str, op: str, pattern: re.Pattern[str]) -> Value:
        """Read one value, quoted or not; it may not be empty."""
        start = self.at
        text = (self.quoted() if self.next_is('"') else self.take(pattern)).strip()
        if not text:
            hint = f"{name}{op}VALUE without spaces; {name}:* finds those that have one, -{name}:* those that have none"
            raise refuse(Place(self.query, max(0, start - 1)), f"a value is missing after '{op}'", hint)
        words = text.split()
        found = leading_date(words, self.today)
        day = found[0].isoformat() if found and found[1] == len(words) else ""
        return Value(text, day, self.since(start))
