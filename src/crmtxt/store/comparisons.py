"""One field of a query against its values, as SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NoReturn

from crmtxt.errors import UsageError
from crmtxt.model.names import fold
from crmtxt.model.place import refuse
from crmtxt.model.query import COMPARISONS
from crmtxt.model.query import EXACTLY
from crmtxt.model.query import IS
from crmtxt.model.query import PRESENT
from crmtxt.model.query import RANGE
from crmtxt.model.query import Field
from crmtxt.model.query import Value
from crmtxt.model.when import duration_days
from crmtxt.model.when import parse_date
from crmtxt.store import fields
from crmtxt.store.fields import Attribute
from crmtxt.store.fields import Sql

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence
    from datetime import date

_CURRENCY = "[A-Z]{3}|[$€£¥]"
_NUMBER = f"(?:(?:{_CURRENCY}) ?)?([+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+))([kKmM%]?)(?: ?(?:{_CURRENCY}))?"
_TIMES = {"": 1.0, "k": 1e3, "m": 1e6, "%": 0.01}
_PERIOD = "[0-9]{4}(-(0[1-9]|1[0-2]))?"
_TIME = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
_DAYS = "[0-9]+[hdwmyHDWMY]"
_LAST_DAY = {4: "-12-31", 7: "-31"}


def compare(attribute: Attribute, field: Field, today: date) -> Sql:
    """Return the condition that a field is as asked; UsageError, with the place, for a value of another kind."""
    if not attribute.rows:
        return _condition(attribute, field, today)
    among = rows_of(attribute, attribute.rows, field, today)
    return Sql(f"c.id IN ({among.text})", among.values)


def rows_of(attribute: Attribute, rows: Sql, field: Field, today: date) -> Sql:
    """Return the subquery of the rows in which a field is as asked."""
    found = _condition(attribute, field, today)
    return Sql(f"{rows.text} ({found.text})", (*rows.values, *found.values))


def _condition(attribute: Attribute, field: Field, today: date) -> Sql:
    if field.op == PRESENT:
        return _present(attribute)
    if attribute.kind == fields.ANY:
        return _any(field, today)
    return _of_kind(attribute.kind, attribute.column, field, today)


def exact_name(field: Field) -> Sql:
    """Return the condition that a customer's name, or another name it has, is written exactly so."""
    other = "SELECT file FROM field WHERE key IN ('alias', 'aliases') AND value = ?"
    return Sql(f"(c.name = ? OR c.id IN ({other}))", (field.values[0].text, field.values[0].text))


def _present(attribute: Attribute) -> Sql:
    column, values = attribute.column
    if attribute.kind == fields.COUNT:
        return Sql(f"{column} > 0", values)
    if attribute.kind in (fields.TEXT, fields.FOLDED, fields.WORDS, fields.NAMES, fields.ANY):
        return Sql(f"{column} <> ''", values)
    return Sql(f"{column} IS NOT NULL", values)


def _of_kind(kind: str, column: Sql, field: Field, today: date) -> Sql:
    if kind == fields.DATE:
        return _dates(column, field, today)
    if kind in (fields.TEXT, fields.FOLDED, fields.NAMES, fields.WORDS):
        return _texts(kind, column, field)
    readers: dict[str, Callable[[Value], object]] = {fields.DAYS: _days, fields.TIME: _time}
    return _ordered(column, field, readers.get(kind, _number))


def _any(field: Field, today: date) -> Sql:
    """Return the condition for a key of heads, whose values tell what they are: number, date, duration, text."""
    found = []
    if field.op in (IS, EXACTLY):
        found.append(_texts(fields.TEXT, Sql("value"), field))
    if field.op != EXACTLY:
        given = [value for value in field.values if value.text]
        if all(re.fullmatch(_NUMBER, value.text) for value in given):
            found.append(_ordered(Sql(fields.AS_NUMBER), field, _number))
        if all(_day(value) for value in given):
            found.append(_dates(Sql(fields.AS_DATE), field, today))
        if all(re.fullmatch(_DAYS, value.text) for value in given):
            found.append(_ordered(Sql(fields.AS_DAYS), field, _days))
    if not found:
        odd = next(value for value in field.values if value.text)
        hint = f"a number (5k), a date (eow) or a duration (30d); {field.name}:{odd.text} finds text"
        raise refuse(odd.place, f"'{odd.text}' cannot be compared with '{field.op}'", hint)
    return Sql(" OR ".join(each.text for each in found), tuple(value for each in found for value in each.values))


def _texts(kind: str, column: Sql, field: Field) -> Sql:
    if field.op in (*COMPARISONS, RANGE):
        hint = f"{field.name}:VALUE, {field.name}:A,B or {field.name}=VALUE"
        raise refuse(field.place, f"{field.name} is text and has no order: '{field.op}' cannot be used", hint)
    if field.op == EXACTLY:
        return Sql(f"{column.text} = ?", (*column.values, field.values[0].text))
    if kind == fields.FOLDED:
        return Sql(
            f"{column.text} IN ({_marks(field.values)})",
            (*column.values, *(fold(value.text) for value in field.values)),
        )
    if kind == fields.TEXT:
        wanted = dict.fromkeys(form for value in field.values for form in (fold(value.text), value.text.lower()))
        return Sql(f"{fields.folded(column.text)} IN ({_marks(wanted)})", tuple(wanted))
    return _within(kind, column, field)


def _within(kind: str, column: Sql, field: Field) -> Sql:
    """Return the condition that a list in one text has an item, or that a text has a word in it."""
    whole, around = column.text, "{}"
    if kind == fields.NAMES:
        whole, around = f"', ' || replace({column.text}, '@', '') || ', '", ", {}, "
    wanted = dict.fromkeys(around.format(fold(value.text.removeprefix("@"))) for value in field.values)
    if len(wanted) == 1:
        return Sql(f"instr({fields.folded(whole)}, ?) > 0", tuple(wanted))
    rows = ", ".join(["(?)"] * len(wanted))
    text = f"EXISTS (SELECT 1 FROM (VALUES {rows}) WHERE instr({fields.folded(whole)}, column1))"  # noqa: S608
    return Sql(text, tuple(wanted))


def _ordered(column: Sql, field: Field, read: Callable[[Value], object]) -> Sql:
    """Return the condition for what has an order: numbers, days, times."""
    if field.op == IS:
        wanted = [read(value) for value in field.values]
        return Sql(f"{column.text} IN ({_marks(wanted)})", (*column.values, *wanted))
    if field.op == RANGE:
        low, high = field.values
        return _between(column, read(low) if low.text else None, read(high) if high.text else None)
    return Sql(f"{column.text} {field.op} ?", (*column.values, read(field.values[0])))


def _between(column: Sql, low: object, high: object) -> Sql:
    if low is None or high is None:
        sign, end = ("<=", high) if low is None else (">=", low)
        return Sql(f"{column.text} {sign} ?", (*column.values, end))
    return Sql(f"{column.text} BETWEEN ? AND ?", (*column.values, low, high))


def _dates(column: Sql, field: Field, today: date) -> Sql:
    """Return the condition for dates; a year or a month stands for all of its days."""
    days = [_day(value) or _refused_date(value, today) if value.text else "" for value in field.values]
    if field.op in (IS, EXACTLY):
        return _on(column, days)
    if field.op == RANGE:
        return _between(column, days[0] or None, _end(days[1]) or None)
    day = _end(days[0]) if field.op in ("<=", ">") else days[0]
    return Sql(f"{column.text} {field.op} ?", (*column.values, day))


def _on(column: Sql, days: list[str]) -> Sql:
    """Return the condition for any of some days, months and years."""
    texts, values = [], []
    for size in sorted({len(day) for day in days}):
        some = [day for day in days if len(day) == size]
        start = f"substr({column.text}, 1, {size})" if size in _LAST_DAY else column.text
        texts.append(f"{start} IN ({_marks(some)})")
        values += [*column.values, *some]
    return Sql(f"({' OR '.join(texts)})", tuple(values))


def _marks(values: Sequence[object] | dict[str, None]) -> str:
    return ", ".join("?" * len(values))


def _day(value: Value) -> str:
    return value.day or (value.text if re.fullmatch(_PERIOD, value.text) else "")


def _end(day: str) -> str:
    return day + _LAST_DAY.get(len(day), "")


def _refused_date(value: Value, today: date) -> NoReturn:
    try:
        parse_date(value.text, today)
    except UsageError as error:
        raise refuse(value.place, error.message, error.hint) from None
    raise refuse(value.place, f"cannot read '{value.text}' as a date", "2026-12-03, 2026-12, 2026, today or eow")


def _number(value: Value) -> float:
    match = re.fullmatch(_NUMBER, value.text)
    if not match:
        raise refuse(value.place, f"'{value.text}' is no number", "5000, 5k, 1.5m, -0.5 or 80%")
    return float(match[1]) * _TIMES[match[2].lower()]


def _days(value: Value) -> float:
    plain = re.fullmatch(_NUMBER, value.text)
    if plain and not plain[2]:
        return float(plain[1])
    try:
        return duration_days(value.text)
    except UsageError as error:
        raise refuse(value.place, error.message, error.hint) from None


def _time(value: Value) -> str:
    match = re.fullmatch(_TIME, value.text)
    if not match:
        raise refuse(value.place, f"'{value.text}' is no time", "a time is HH:MM: 09:30")
    return f"{match[1]:0>2}:{match[2]}"
