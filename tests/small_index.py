"""An index of four customers, made without files, and questions to it."""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import lru_cache

from crmtxt.model.query import parse
from crmtxt.store import search
from crmtxt.store.measures import MEASURED
from crmtxt.store.schema import INDEXES
from crmtxt.store.schema import TABLES

TODAY = date(2026, 11, 21)

# id, handle, name, stage, type, owner, since, cadence, value, currency, weighted
CUSTOMERS = [
    (1, "acme", "Acme Ltd", "customer", "partner", "sam", "2024-03-01", "2w", 12000.0, "EUR", 6000.0),
    (2, "bruecke", "Brücke & Söhne", "Prospect", None, "ana", "2025", None, 800.0, "EUR", 80.0),
    (3, "globex", "Globex", "lost", "standard", "sam", None, "3m", None, None, None),
    (4, "empty", "Empty", None, None, None, None, None, None, None, None),
]
ALIASES = [
    (1, "acme"),
    (1, "acme ltd"),
    (1, "acme industries"),
    (2, "bruecke"),
    (2, "brucke & sohne"),
    (3, "globex"),
    (4, "empty"),
]
FIELDS = [
    (0, "currency", "EUR"),
    (1, "name", "Acme Ltd"),
    (1, "aliases", "ACME Industries"),
    (1, "source", "Referral @brightside"),
    (1, "employees", "250"),
    (1, "budget", "12000 EUR"),
    (1, "plan.review", "2026-11-30"),
    (1, "contacts.jane.title", "CTO"),
    (1, "answer", "36h"),
    (1, "langs", "de"),
    (1, "langs", "en"),
    (2, "employees", "many"),
    (2, "budget", "800.50"),
    (2, "plan.review", "2027-02-01"),
    (2, "answer", "5d"),
    (2, "city", "Köln"),
    (3, "employees", "-5"),
    (3, "budget", "1.2.3"),
    (3, "phone", "+44 20 7946 0000"),
    (3, "city", "KÖLN"),
    (3, "note", None),
    (4, "name", "Empty"),
    (4, "note", ""),
]
TAGS = [(1, "vip"), (1, "EMEA"), (2, "emea"), (3, "straße")]
# customer, handle, name, folded, person, since, until
CONTACTS = [
    (1, "jane", "Jane Doe", "jane doe", None, None, None, None),
    (1, "tom", "Tom Ash", "tom ash", None, None, None, None),
    (2, "uwe", "Uwe Groß", "uwe gross", None, None, None, None),
]
OPPORTUNITIES = [
    (1, "renewal", "Renewal", "sam", "proposal", "12000", "EUR", "2027-01-31", "739000 proposal", ""),
    (1, "old", "Old", "sam", "won", "1", "EUR", "2025-01-31", "738000 won", ""),
    (2, "first", "First", "", "", "800", "EUR", "2026-12-15", " ", ""),
]
# customer, section, box, date, time, kind, direction, who, by, text, more, touch, feel
LINES = [
    (1, "name", "", "", "", "", "", "", "", "acme Acme Ltd Jane Doe", "", 0, None),
    (1, "notes", "", "", "", "", "", "", "", "Met at the Hannover fair. 新価格表", "", 0, None),
    (1, "next", " ", "2026-11-10", "", "promise", "to", "@jane", "@sam", "send the revised quote", "", 0, None),
    (1, "next", " ", "2026-11-22", "09:30", "call", "to", "@tom", "@sam, @ana", "renewal terms", "", 0, None),
    (1, "next", "x", "2026-10-01", "", "task", "", "", "", "long done", "", 0, None),
    (1, "log", "", "2026-01-05", "", "call", "from", "@jane", "@sam", "first #pricing", "", 1, 2),
    (1, "log", "", "2026-03-05", "", "call", "from", "@jane", "@sam", "second", "", 1, 1),
    (1, "log", "", "2026-05-05", "", "call", "with", "@tom", "@ana", "third feel:0", "", 1, 0),
    (1, "log", "", "2026-07-05", "", "email", "from", "@jane", "@sam", "fourth", "", 1, -1),
    (
        1,
        "log",
        "",
        "2026-11-11",
        "14:30",
        "call",
        "",
        "@jane",
        "@sam",
        "Worried about go-live 🎉",
        "- feedback product #export: slow\n- feedback price: dear",
        1,
        -2,
    ),
    (1, "log", "", "2026-11-12", "", "email", "to", "@jane", "@sam", "answer", "", 0, None),
    (1, "log", "", "2026-09-01", "", "kept", "to", "@jane", "@sam", "sent it due:2026-09-02", "", 0, None),
    (1, "log", "", "2026-09-05", "", "kept", "to", "@jane", "@sam", "sent it late due:2026-09-02", "", 0, None),
    (1, "log", "", "2026-09-06", "", "broken", "to", "@jane", "@sam", "never sent due:2026-09-02", "", 0, None),
    (1, "log", "", "2026-09-07", "", "kept", "from", "@jane", "@sam", "theirs due:2026-09-08", "", 0, None),
    (
        1,
        "log",
        "",
        "2027-01-01",
        "",
        "call",
        "from",
        "@jane",
        "@sam",
        "from the future #later",
        "- feedback x: y",
        1,
        2,
    ),
    (2, "next", " ", "2026-12-24", "", "promise", "from", "@uwe", "", "signed agreement", "", 0, None),
    (
        2,
        "log",
        "",
        "2026-06-01",
        "",
        "visit",
        "with",
        "@uwe, someone",
        "@ana",
        "Besuch in Köln o'brien renewals",
        "",
        1,
        1,
    ),
    (3, "log", "", "2025-11-21", "", "note", "", "", "", "quiet since", "", 0, None),
]
TOPICS = [(6, 1, "pricing"), (16, 1, "later"), (4, 1, "renewal")]
PEOPLE = [
    (3, 1, "jane"),
    (3, 1, "jane doe"),
    (4, 1, "tom"),
    (4, 1, "tom ash"),
    (6, 1, "jane"),
    (18, 2, "uwe"),
    (18, 2, "someone"),
]
# customer, health, kept
FIGURES = [(1, 62.5, 1 / 3), (2, 81.0, None), (3, None, None), (4, None, None)]
KEYS = search.Catalogue(frozenset(key for file, key, _ in FIELDS if file))


@lru_cache(maxsize=1)
def book() -> sqlite3.Connection:
    """Return an index of four customers; as the tables are never changed, one is enough."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(TABLES + INDEXES)
    for table, rows in (
        ("customer", CUSTOMERS),
        ("alias", ALIASES),
        ("field", FIELDS),
        ("tag", TAGS),
        ("contact", CONTACTS),
        ("opportunity", OPPORTUNITIES),
        ("topic", TOPICS),
        ("person", PEOPLE),
    ):
        connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)  # noqa: S608
    for number, line in enumerate(LINES, 1):
        customer, section, box, day, time, kind, direction, who, by, text, more, touch, feel = line
        row = (
            number,
            customer,
            section,
            number,
            box,
            day,
            time,
            kind,
            "",
            direction,
            who,
            by,
            text,
            more,
            None,
            touch,
            feel,
        )
        connection.execute(f"INSERT INTO line VALUES ({','.join('?' * len(row))})", row)  # noqa: S608
        connection.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", (number, f"{who} {text}\n{more}"))
    connection.execute(MEASURED)
    connection.executemany("INSERT INTO measured(customer, health, kept) VALUES (?, ?, ?)", FIGURES)
    search.register(connection)
    return connection


def customers(query: str, today: date = TODAY) -> str:
    """Return the handles of the customers a query finds, by their first letters."""
    condition, values = search.compile_query(parse(query, today), "customer", KEYS, today)
    rows = book().execute(f"SELECT substr(c.handle, 1, 1) FROM customer c WHERE {condition} ORDER BY c.id", values)  # noqa: S608
    return "".join(first for (first,) in rows)


def lines(query: str, today: date = TODAY) -> list[int]:
    """Return the numbers of the lines a query finds."""
    condition, values = search.compile_query(parse(query, today), "line", KEYS, today)
    sql = f"SELECT l.id FROM line l JOIN customer c ON c.id = l.customer WHERE {condition} ORDER BY l.id"  # noqa: S608
    return [number for (number,) in book().execute(sql, values)]
