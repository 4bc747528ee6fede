"""The work of a cold index done bare: bare.py BOOK DATABASE [--plain], where --plain leaves out the indexes.

Reads every file, runs libyaml's events over the heads and one regular expression over the lines, and puts the same rows
into the same tables of SQLite with FTS5. No check, no place, no message: what is left when everything is left out.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

from yaml._yaml import CParser

from crmtxt.store.schema import INDEXES
from crmtxt.store.schema import TABLES

LINE = re.compile(
    r"^- (?:\[(.)\] )?(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))? ([\w-]+)(?: (?!(?:from|to|with|by) )([^\s:]+))?"
    r"(?: (from|to|with) ([^:]*?))?(?: by (@[^:]*?))?:[ \t]*(.*)((?:\n  .*)*)",
    re.MULTILINE,
)
TOPIC = re.compile(r"(?:(?<=\s)|^)#([\w/-]+)")
FEEL = re.compile(r"(?:^|\s)feel:(-?\d)")
Row = tuple[object, ...]


def main(book: Path, database: str, *, plain: bool) -> None:
    """Read the book and fill the database."""
    rows: dict[str, list[Row]] = {}
    paths = sorted((book / "customers").rglob("*.md"))
    for number, path in enumerate(paths, 1):
        _customer(number, path.read_bytes(), path, rows)
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("BEGIN")
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    for table, found in rows.items():
        name = "words(rowid, text)" if table == "words" else table
        marks = ",".join("?" * len(found[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", found)  # noqa: S608  # literals
    for statement in () if plain else INDEXES.split(";\n"):
        connection.execute(statement)
    connection.execute("COMMIT")


def _customer(number: int, data: bytes, path: Path, rows: dict[str, list[Row]]) -> None:
    rows.setdefault("file", []).append((number, str(path), b""))
    text = data.decode()
    _, head, body = text.split("---\n", 2)
    fields = _events(CParser(head).get_event)
    rows.setdefault("field", []).extend((number, *field) for field in fields)
    values = dict(fields)
    name, handle = values["name"], path.stem
    known = tuple(values.get(key) for key in ("stage", "type", "owner", "since", "cadence"))
    rows.setdefault("customer", []).append((number, handle, name, *known, None, None, None))
    rows.setdefault("alias", []).extend((number, alias) for alias in dict.fromkeys((handle, name.lower())))
    rows.setdefault("tag", []).extend((number, value) for key, value in fields if key == "tags")
    people = {key[9:-5]: value for key, value in fields if key.startswith("contacts.") and key.endswith(".name")}
    rows.setdefault("contact", []).extend(
        (number, key, value, value.lower(), None, None, None, None) for key, value in people.items()
    )
    deals = dict.fromkeys(key.split(".")[1] for key, _ in fields if key.startswith("opportunities."))
    for deal in deals:
        title, stage, close = (values.get(f"opportunities.{deal}.{key}") for key in ("title", "stage", "close"))
        rows.setdefault("opportunity", []).append((number, deal, title, "", stage, "0", "EUR", close, "", ""))
    _body(number, body, f"{handle} {name} {' '.join(people.values())}", people, rows)


def _events(get: Any) -> list[tuple[str, str]]:  # noqa: ANN401  # a method of libyaml's parser
    """Return the scalars of a head under their dotted keys."""
    found: list[tuple[str, str]] = []
    around: list[tuple[str, bool]] = []
    prefix, mapping, key = "", False, None
    while (event := get()) is not None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            if mapping and key is None:
                key = event.value
                continue
            found.append((f"{prefix}{key}" if mapping else prefix[:-1], event.value))
            key = None
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            around.append((prefix, mapping))
            prefix, mapping, key = f"{prefix}{key}." if key else prefix, kind[0] == "M", None
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            prefix, mapping = around.pop()
            key = None
    return found


def _body(number: int, body: str, about: str, people: dict[str, str], rows: dict[str, list[Row]]) -> None:
    lines, words = rows.setdefault("line", []), rows.setdefault("words", [])
    topics, persons = rows.setdefault("topic", []), rows.setdefault("person", [])
    notes, _, rest = body.partition("## Next\n")
    upcoming, _, log = rest.partition("## Log\n")
    for section, text in (("name", about), ("notes", notes.strip())):
        at = len(lines) + 1
        lines.append((at, number, section, 1, "", "", "", "", "", "", "", "", text, "", None, 0, None))
        words.append((at, text))
    for section, part in (("log", log), ("next", upcoming)):
        for match in LINE.finditer(part):
            box, day, time, kind, subject, direction, who, by, text, more = match.groups()
            at, feel = len(lines) + 1, FEEL.search(text)
            lines.append(
                (at, number, section, 1, box or "", day, time or "", kind, subject or "", direction or "", who or "",
                 by or "", text, more, str(at), 1, int(feel[1]) if feel else None)
            )  # fmt: skip
            words.append((at, f"{who} {text}\n{more}"))
            topics.extend((at, number, topic) for topic in TOPIC.findall(text))
            plain = (who or "").removeprefix("@")
            persons.extend((at, number, name) for name in dict.fromkeys((plain, people.get(plain, plain).lower())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], plain="--plain" in sys.argv)
