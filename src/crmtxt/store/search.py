"""Queries as SQL: a condition over customers or lines, or what to sort by, and the values of its question marks."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
import sqlite3
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import UsageError
from crmtxt.model.names import fold
from crmtxt.model.names import nearest
from crmtxt.model.place import refuse
from crmtxt.model.query import EXACTLY
from crmtxt.model.query import PRESENT
from crmtxt.model.query import And
from crmtxt.model.query import Expr
from crmtxt.model.query import Field
from crmtxt.model.query import Not
from crmtxt.model.query import Or
from crmtxt.model.query import Person
from crmtxt.model.query import Text
from crmtxt.model.query import Topic
from crmtxt.store import comparisons
from crmtxt.store import fields
from crmtxt.store.fields import Catalogue
from crmtxt.store.fields import Scope
from crmtxt.store.fields import Sql

if TYPE_CHECKING:
    from crmtxt.measure.feeling import Point

__all__ = ["Catalogue", "Scope", "compile_query", "register", "sort_key"]

# scripts written without spaces, where the index knows only whole runs of letters
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
# people with a file of their own, by its handle, name or aliases: where they are contacts, and lines that name these
_OWN = "SELECT own.handle FROM alias JOIN customer own ON own.id = alias.customer WHERE"
_TIED = f"SELECT t.customer FROM contact t WHERE t.person IN ({_OWN} {{known}})"  # noqa: S608
_TIED_LINES = f"""
SELECT p.line FROM contact t JOIN person p ON p.customer = t.customer AND p.folded = fold(t.handle)
WHERE t.person IN ({_OWN} {{known}})
UNION SELECT p.line FROM contact t JOIN customer at ON at.id = t.customer
JOIN person p ON p.folded = fold(at.handle || '/' || t.handle) WHERE t.person IN ({_OWN} {{known}})"""  # noqa: S608


class _Context(NamedTuple):
    scope: Scope
    catalogue: Catalogue
    as_of: date


class _Part(NamedTuple):
    """A condition; `depth` counts the parentheses within each other, `loosest` is the operator outside of them."""

    text: str
    values: tuple[object, ...]
    depth: int = 0
    loosest: str = ""


def compile_query(expr: Expr, scope: Scope, catalogue: Catalogue, today: date) -> tuple[str, list[object]]:
    """Return the SQL condition of a query and its values, as things stood on `today`.

    The condition is over `c`, a row of table customer; in scope `line` also over `l`, a row of table line joined with
    its customer. The connection must have been given to `register`. Raises UsageError for what no book could answer.
    """
    part = _condition(expr, _Context(scope, catalogue, today), negated=False)
    return part.text, list(part.values)


def sort_key(field: str, scope: Scope, catalogue: Catalogue, today: date) -> tuple[str, list[object]]:
    """Return what to ORDER BY for a field, or for -FIELD the other way round, and its values; nothing comes last."""
    name = field.removeprefix("-")
    attribute = fields.find(name, scope, catalogue, today)
    if not attribute:
        raise UsageError(*_unknown(name, scope, catalogue))
    order = attribute.order
    return f"{order.text}{' DESC' if field != name else ''} NULLS LAST", [*order.values]


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that queries call: fold, mood and trend."""
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.create_aggregate("mood", 3, _Mood)  # type: ignore[arg-type]  # the stub allows one argument
    connection.create_aggregate("trend", 3, _Trend)  # type: ignore[arg-type]  # the same


def _condition(expr: Expr, context: _Context, *, negated: bool) -> _Part:
    """Return the condition of an expression, or of its opposite; `not` reaches down to single terms."""
    if isinstance(expr, Not):
        return _condition(expr.term, context, negated=not negated)
    if isinstance(expr, And | Or):
        parts = [_condition(term, context, negated=negated) for term in expr.terms]
        return _joined(parts, "AND" if isinstance(expr, And) != negated else "OR")
    found = _term(expr, context)
    return _Part(f"NOT coalesce(({found.text}), 0)" if negated else found.text, found.values)


def _joined(parts: list[_Part], operator: str) -> _Part:
    """Join conditions, the deepest first: SQLite reads parentheses nested far deeper when nothing stands before."""
    if not parts:
        return _Part("1", ())
    ordered = sorted(parts, key=lambda part: -part.depth)
    texts = [f"({part.text})" if part.loosest == "OR" and operator == "AND" else part.text for part in ordered]
    deeper = max(part.depth + (part.loosest == "OR" and operator == "AND") for part in ordered)
    loosest = operator if len(parts) > 1 else ordered[0].loosest
    return _Part(
        f" {operator} ".join(texts), tuple(value for part in ordered for value in part.values), deeper, loosest
    )


def _term(expr: Text | Topic | Person | Field, context: _Context) -> Sql:
    if isinstance(expr, Text):
        return _words(expr, context)
    if isinstance(expr, Topic):
        return _of_lines(Sql("SELECT line FROM topic WHERE name = ?", (expr.name,)), context)
    if isinstance(expr, Person):
        return _person(expr, context)
    return _field(expr, context)


def _of_lines(lines: Sql, context: _Context) -> Sql:
    """Return the condition for the lines of a subquery: the line itself, or a customer with one of them by then."""
    if context.scope == "line":
        return Sql(f"l.id IN ({lines.text})", lines.values)
    text = f"c.id IN (SELECT customer FROM line WHERE id IN ({lines.text}) AND (section <> 'log' OR date <= ?))"  # noqa: S608
    return Sql(text, (*lines.values, context.as_of.isoformat()))


def _words(expr: Text, context: _Context) -> Sql:
    """Return the condition for free text: by the full-text index, or as written where that knows no words."""
    words = expr.words if expr.phrase else expr.words.rstrip("*") or expr.words
    unspaced = not words.isascii() and re.search(_UNSPACED, words)
    if any(letter.isalnum() for letter in words) and not unspaced:
        match = '"' + words.replace('"', '""') + ('"' if expr.phrase else '"*')
        return _of_lines(Sql("SELECT rowid FROM words WHERE words MATCH ?", (match,)), context)
    return _of_lines(Sql("SELECT rowid FROM words WHERE instr(text, ?)", (words,)), context)


def _person(expr: Person, context: _Context) -> Sql:
    """Return the condition for a person: the whole name or handle, or the first words of the name."""
    name = fold(expr.name)
    known = "folded = ? OR folded >= ? AND folded < ?"
    values = (name, f"{name} ", f"{name}!")
    named = f"SELECT line FROM person WHERE {known} UNION {_TIED_LINES.format(known=known)}"  # noqa: S608
    lines = _of_lines(Sql(named, (*values, *values, *values)), context)
    if context.scope == "line":
        return lines
    mapped = f"SELECT customer FROM contact WHERE handle = ? OR {known} UNION {_TIED.format(known=known)}"  # noqa: S608
    return Sql(f"(c.id IN ({mapped}) OR {lines.text})", (name, *values, *values, *lines.values))


def _field(expr: Field, context: _Context) -> Sql:
    attribute = fields.find(expr.name, *context)
    if attribute:
        if expr.name == "name" and expr.op == EXACTLY:
            return comparisons.exact_name(expr)
        return comparisons.compare(attribute, expr, context.as_of)
    if expr.op == PRESENT:
        part = fields.part_of_heads(expr.name, context.catalogue)
        if part:
            return part
    if expr.name in context.catalogue.tokens:
        token = fields.token(expr.name)
        if token.rows:
            return _of_lines(comparisons.rows_of(token, token.rows, expr, context.as_of), context)
    raise refuse(expr.place, *_unknown(expr.name, context.scope, context.catalogue))


def _unknown(name: str, scope: Scope, catalogue: Catalogue) -> tuple[str, str]:
    """Return the message and the hint about a field that there is not."""
    if scope == "customer" and name in fields.ONLY_OF_LINES:
        return f"'{name}' is a field of lines, not of customers", "it works with find and due"
    known = fields.names(scope, catalogue)
    near = nearest(name, known)
    if near:
        return f"unknown field '{name}'", f"did you mean '{near}'?"
    some = ", ".join(each for each in known if "." not in each)
    return f"unknown field '{name}'", f'fields: {some}; to search for text with a sign in it, put it in quotes: "10:30"'


class _Feelings:
    """An SQL aggregate over (date, feel, as of): without what is no day, no feeling, or later."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int]] = []
        self.as_of = ""

    def step(self, day: str, feel: int, as_of: str) -> None:
        """Take one line."""
        self.rows.append((day, feel))
        self.as_of = as_of

    def points(self) -> "list[Point]":
        from crmtxt.measure.feeling import Point

        return [Point(day, feel) for text, feel in self.rows if text <= self.as_of and (day := _day(text))]


class _Mood(_Feelings):
    def finalize(self) -> float | None:
        """Return the level, None without a feeling."""
        from crmtxt.measure.feeling import mood

        return mood(self.points(), date.fromisoformat(self.as_of).toordinal()) if self.rows else None


class _Trend(_Feelings):
    def finalize(self) -> str | None:
        """Return rising, falling or steady, None without a feeling."""
        from crmtxt.measure.feeling import trend

        points = self.points()
        return trend(points) if points else None


@lru_cache(maxsize=4096)
def _day(text: str) -> int | None:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None
