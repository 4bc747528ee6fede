"""Queries over a small index: who is found, and which lines."""

from __future__ import annotations

from datetime import date

import pytest

from small_index import customers
from small_index import lines


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abge"),
        ("handle:acme", "a"),
        ("handle:ACME,globex", "ag"),
        ("stage:customer", "a"),
        ("stage:prospect", "b"),
        ("stage=prospect", ""),
        ("stage=Prospect", "b"),
        ("stage:customer,PROSPECT", "ab"),
        ("-stage:lost", "abe"),
        ("not stage:lost", "abe"),
        ("stage:*", "abg"),
        ("-stage:*", "e"),
        ("owner:sam or owner:ana", "abg"),
        ("-(owner:sam or owner:ana)", "e"),
        ("-(owner:sam stage:lost)", "abe"),
        ("name:globex", "g"),
        ('name:"acme industries"', "a"),
        ('name:"BRUCKE & sohne"', "b"),
        ('name="Acme Ltd"', "a"),
        ('name="acme ltd"', ""),
        ('name="ACME Industries"', "a"),
        ("tag:emea", "ab"),
        ("tags:vip,emea", "ab"),
        ("tags=EMEA", "a"),
        ("tags:*", "abg"),
        ("tags:STRASSE", "g"),
        ("-tag:vip", "bge"),
        ('source:"referral @brightside"', "a"),
        ("city:koln", "bg"),
        ("city=Köln", "b"),
        ("langs:en", "a"),
        ("langs:fr,de", "a"),
        ("since>2025-01-01", ""),
        ("since>=2025", "b"),
        ("since:2024", "a"),
        ("since:2024,2025", "ab"),
        ("since:2024-03", "a"),
        ("since<2025", "a"),
        ("since<=2025", "ab"),
        ("since:2024-03-01..2024-12-31", "a"),
        ("since:..2024", "a"),
        ("since:*", "ab"),
        ("-since:2024", "bge"),
        ("cadence:2w", "a"),
        ("cadence>30d", "g"),
        ("cadence:14", "a"),
        ("cadence:*", "ag"),
    ],
)
def test_heads_are_asked(query: str, expected: str) -> None:
    assert customers(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("employees>200", "a"),
        ("employees:250", "a"),
        ("employees<0", "g"),
        ("employees:many", "b"),
        ("employees:-10..300", "ag"),
        ("employees:*", "abg"),
        ("budget>1k", "a"),
        ("budget:12k", "a"),
        ("budget:800.5", "b"),
        ("budget:..1k", "b"),
        ("budget:1.2.3", "g"),
        ("phone>5", ""),
        ("plan.review<eom", ""),
        ("plan.review<=eom", "a"),
        ("plan.review:eom", "a"),
        ("plan.review:eom..", "ab"),
        ("plan.review:2026-11,2027-02", "ab"),
        ("plan:*", "ab"),
        ("-plan:*", "ge"),
        ("answer>2d", "b"),
        ("answer<=36h", "a"),
        ("note:*", ""),
        ("contacts.jane.title:cto", "a"),
    ],
)
def test_custom_keys_are_compared_as_what_their_values_are(query: str, expected: str) -> None:
    assert customers(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("quiet:10", "a"),
        ("quiet>30d", "b"),
        ("quiet:0..10d", "a"),
        ("quiet>=10d", "ab"),
        ("-quiet<1y", "ge"),
        ("last:2026-11-11", "a"),
        ("last<2026-11", "b"),
        ("due<=eow", "a"),
        ("due:2026-12", "b"),
        ("due:*", "ab"),
        ("overdue>7d", "a"),
        ("overdue:11", "a"),
        ("overdue:*", "a"),
        ("value>5k", "a"),
        ("value<1000EUR", "b"),
        ("weighted<=80", "b"),
        ("-value:*", "ge"),
        ("mood<0", "a"),
        ("mood:1", "b"),
        ("mood:*", "ab"),
        ("trend:falling", "a"),
        ("trend:Steady", "b"),
        ("trend=falling", "a"),
        ("promises:1", "a"),
        ("promises:*", "a"),
        ("promises:0", "bge"),
        ("kept:0.25", ""),
        ("kept<40%", "a"),
        ("kept:*", "a"),
        ("health<70", "a"),
        ("health>=62.5", "ab"),
        ("-health:*", "ge"),
        ("contacts:2", "a"),
        ("contacts:*", "ab"),
        ("threads:1", "ab"),
        ("touches:1", "a"),
        ("touches<1", "bge"),
        ("topics:PRICING", "a"),
        ("topics:later", ""),
        ("topics:renewal", ""),
        ("feedback:2", "a"),
        ("opportunities:1", "ab"),
        ("close:2026-12", "b"),
        ("close<2026", ""),
    ],
)
def test_computed_fields_are_asked(query: str, expected: str) -> None:
    assert customers(query) == expected


def test_log_lines_after_the_day_never_count() -> None:
    before = date(2026, 6, 15)
    assert customers("last:2026-05-05", before) == "a"
    assert customers("quiet:14", before) == "b"
    assert customers("touches:1", before) == "ab"
    assert customers("mood>0", before) == "ab"
    assert customers("feedback:0", before) == "abge"
    assert customers("worried", before) == ""
    assert customers("#later") == ""
    assert customers("#later", date(2027, 1, 1)) == "a"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("renew", "ab"),
        ('"renew"', ""),
        ('"revised quote"', "a"),
        ('"quote revised"', ""),
        ("kol", "b"),
        ("o'brien", "b"),
        ("hannover agreement", ""),
        ("hannover quote", "a"),
        ("hannover or agreement", "ab"),
        ("-renew", "ge"),
        ("quot*", "a"),
        ("🎉", "a"),
        ("価格", "a"),
        ('"."', "a"),
        ("!!!", ""),
        ("#pricing", "a"),
        ("+renewal", "a"),
        ("@jane", "a"),
        ('@"jane doe"', "a"),
        ("@uwe", "b"),
        ("@someone", "b"),
        ("@doe", ""),
        ("-@jane", "bge"),
    ],
)
def test_customers_are_found_by_words_topics_and_people(query: str, expected: str) -> None:
    assert customers(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("renew", [4, 18]),
        ('"revised quote"', [3]),
        ("#renewal", [4]),
        ("@jane", [3, 6]),
        ("@tom", [4]),
        ("kind:visit", [18]),
        ("kind:visit,NOTE", [18, 19]),
        ("section:next box", []),
        ("section:notes", [2]),
        ("date:2025", [19]),
        ("date>=2026-12", [16, 17]),
        ("-date:*", [1, 2]),
        ("time>9:00", [4, 10]),
        ("time:14:30", [10]),
        ("time:..12:00", [4]),
        ("direction:with", [8, 18]),
        ("by:ana", [4, 8, 18]),
        ("by:@ana,kim", [4, 8, 18]),
        ("by:an", []),
        ('by="@sam, @ana"', [4]),
        ("-by:* section:log", [19]),
        ("feel<0", [9, 10]),
        ("feel:0", [8]),
        ("text:worr", [10]),
        ("text:KOLN", [18]),
        ("text=second", [7]),
        ("section:next due<=eow", [3, 4, 5]),
        ("section:next owner:ana", [17]),
        ("section:next overdue>7d", [3]),
        ("section:log overdue>7d feel:2", [6, 16]),
        ("section:log due:2026-12", [18]),
        ("stage:lost", [19]),
        ("quiet>30d section:next", [17]),
        ("mood<0 feel>1", [6, 16]),
        ("-mood:* kind:*", [19]),
    ],
)
def test_lines_are_found_by_what_they_say_and_by_their_customer(query: str, expected: list[int]) -> None:
    assert lines(query) == expected
