"""Answers for programs: JSON, one JSON object a line, CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmtxt.render.clean import UNSAFE
from crmtxt.render.clean import clean_line
from crmtxt.render.columns import number
from crmtxt.render.columns import texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from crmtxt.errors import Problem
    from crmtxt.render.columns import View

VERSION = 1
PROBLEM_KEYS = ("path", "line", "column", "code", "message", "hint")


def to_json(view: View, problems: Sequence[Problem] = ()) -> str:
    r"""Return one JSON object with the version, the kind, the items and the problems, an item a line.

    Letters stay readable; characters a terminal would obey are written as `\uXXXX`, so that nothing is lost.
    """
    items = _array(view.items)
    named = _array([{key: getattr(problem, key) for key in PROBLEM_KEYS} for problem in problems])
    return f'{{"crmtxt": {VERSION}, "kind": {_json(view.kind)}, "items": {items}, "problems": {named}}}\n'


def to_jsonl(view: View) -> str:
    """Return each item as a JSON object on a line of its own."""
    return "".join(f"{_json(item)}\n" for item in view.items)


def to_csv(view: View) -> str:
    """Return a heading of the JSON keys and a row an item, quoted as RFC 4180 says, lines ended by a newline alone.

    None is an empty cell, a list is joined by `;`, a newline inside a cell is shown as ` / `: a row is always one line.
    """
    import csv
    from io import StringIO

    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(view.names)
    writer.writerows([clean_line(text, " / ") for text in row] for row in texts(view, view.names, ";"))
    return file.getvalue()


def as_data(value: object) -> object:
    """Return a value as JSON knows it: nested items as objects, dates as ISO text, whole numbers as int."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): as_data(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        names = getattr(value, "_fields", None)
        parts = [as_data(each) for each in value]
        return parts if names is None else dict(zip(names, parts, strict=True))
    return value.isoformat() if hasattr(value, "isoformat") else number(value)


def _array(values: Iterable[object]) -> str:
    rows = ",\n  ".join(_json(value) for value in values)
    return f"[\n  {rows}\n]" if rows else "[]"


def _json(value: object) -> str:
    import json

    text = json.dumps(as_data(value), ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else re.sub(UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", text)
