"""What queries refuse, the order they sort in, and that no text leads to an SQL error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import UsageError
from crmtxt.model.query import parse
from crmtxt.store import fields
from crmtxt.store import search
from small_index import KEYS
from small_index import LINES
from small_index import TODAY
from small_index import book
from small_index import customers
from small_index import lines


def refusal(query: str, scope: search.Scope = "customer") -> UsageError:
    expr = parse(query, TODAY)
    with pytest.raises(UsageError) as caught:
        search.compile_query(expr, scope, KEYS, TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("query", "message", "remedy"),
    [
        ("stgae:lead", "unknown field 'stgae'", "did you mean 'stage'?"),
        ("employes>5", "unknown field 'employes'", "did you mean 'employees'?"),
        ("http://example.com", "unknown field 'http'", 'put it in quotes: "10:30"'),
        ("helth>50", "unknown field 'helth'", "did you mean 'health'?"),
        ("kind:call", "'kind' is a field of lines, not of customers", "it works with find and due"),
        ("xyzzy:*", "unknown field 'xyzzy'", "fields: "),
        ("value>lots", "'lots' is no number", "5k"),
        ("quiet>often", "cannot read 'often' as a duration", "36h, 5d"),
        ("due<3/12", "cannot read '3/12' as a date", "3 dec"),
        ("due:today,soon", "cannot read 'soon' as a date", "eow"),
        ("stage>lead", "stage is text and has no order: '>' cannot be used", "stage:VALUE"),
        ("tags:a..b", "tags is text and has no order: '..' cannot be used", "tags:VALUE"),
        ("employees>lots", "'lots' cannot be compared with '>'", "employees:lots finds text"),
    ],
)
def test_what_no_book_could_answer_is_refused_with_a_remedy(query: str, message: str, remedy: str) -> None:
    refused = refusal(query)
    assert refused.message == message
    assert refused.hint.splitlines()[0] == query
    assert remedy in refused.hint


def test_a_time_that_is_none_is_refused() -> None:
    assert refusal("time>noon", "line").message == "'noon' is no time"


def test_a_refusal_marks_the_value_that_is_meant() -> None:
    assert refusal("stage:lead due:today,soon").hint.splitlines()[1].startswith(" " * 21 + "^^^^ ")


def order(field: str, scope: search.Scope = "customer") -> str:
    expression, values = search.sort_key(field, scope, KEYS, TODAY)
    sql = f"SELECT substr(c.handle, 1, 1) FROM customer c ORDER BY {expression}, c.id"  # noqa: S608
    return "".join(first for (first,) in book().execute(sql, values))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("handle", "abeg"),
        ("-name", "geba"),
        ("stage", "agbe"),
        ("last", "bage"),
        ("-last", "abge"),
        ("quiet", "abge"),
        ("due", "abge"),
        ("-value", "abge"),
        ("value", "bage"),
        ("mood", "abge"),
        ("trend", "abge"),
        ("employees", "gabe"),
        ("answer", "abge"),
        ("city", "bgae"),
        ("tags", "abge"),
        ("cadence", "agbe"),
        ("close", "bage"),
        ("topics", "abge"),
        ("source", "abge"),
        ("kept", "abge"),
        ("-health", "bage"),
    ],
)
def test_customers_are_sorted_with_what_is_missing_at_the_end(field: str, expected: str) -> None:
    assert order(field) == expected


def test_every_field_can_be_asked_for_and_sorted_by() -> None:
    scopes: tuple[search.Scope, ...] = ("customer", "line")
    for scope in scopes:
        for name in fields.names(scope, KEYS):
            condition, values = search.compile_query(parse(f"{name}:* or -{name}:*", TODAY), scope, KEYS, TODAY)
            key, more = search.sort_key(f"-{name}", scope, KEYS, TODAY)
            sql = f"SELECT l.id FROM line l JOIN customer c ON c.id = l.customer WHERE {condition} ORDER BY {key}"  # noqa: S608
            assert len(book().execute(sql, [*values, *more]).fetchall()) == len(LINES), name


def test_sorting_by_an_unknown_field_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown field 'lsat'") as caught:
        search.sort_key("-lsat", "customer", KEYS, TODAY)
    assert caught.value.hint == "did you mean 'last'?"


def test_what_is_computed_for_every_customer_goes_through_an_index() -> None:
    for query, index in (
        ("quiet>30d", "line_touch"),
        ("touches>3", "line_touch"),
        ("threads>1", "line_touch"),
        ("due<=eow", "line_customer (customer=? AND section=?"),
        ("promises>0", "line_customer (customer=? AND section=?"),
        ("kept<50%", "SEARCH measured USING INTEGER PRIMARY KEY"),
        ("feedback>0", "line_customer (customer=? AND section=? AND date<?"),
        ("mood<0", "line_customer (customer=? AND section=? AND date<?"),
        ("contacts>1", "contact_customer"),
        ("employees>5", "field_key"),
        ("name:acme", "alias_folded"),
        ("renewal", "VIRTUAL TABLE INDEX"),
    ):
        condition, values = search.compile_query(parse(query, TODAY), "customer", KEYS, TODAY)
        plan = book().execute(f"EXPLAIN QUERY PLAN SELECT c.id FROM customer c WHERE {condition}", values)  # noqa: S608
        assert index in "\n".join(str(row[3]) for row in plan), query


def nested(levels: int) -> tuple[str, str]:
    """Return a query of so many levels, and who it finds."""
    query, found = "renewal", set("ab")
    for level in range(levels):
        if level % 2:
            query, found = f"stage:lost or -({query}) or #a", set("g") | (set("abge") - found)
        else:
            query, found = f"-tag:vip ({query}) -#a", set("bge") & found
    return query, "".join(each for each in "abge" if each in found)


def test_the_deepest_and_the_longest_query_are_answered() -> None:
    for levels in (1, 2, 3, 32, 33):
        query, found = nested(levels)
        assert customers(query) == found
    assert customers(" or ".join(["stage:lost"] * 250)) == "g"
    assert customers(" ".join(["-(a or b)"] * 120)) == customers("-a -b")
    assert customers("handle:" + ",".join(["acme"] * 1000)) == "a"
    assert customers("employees:" + ",".join(["250"] * 1000)) == "a"
    assert lines("by:" + ",".join(["kim"] * 1000)) == []


NAMES = st.sampled_from(
    ["stage", "name", "tags", "quiet", "due", "value", "mood", "employees", "by", "text", "time", "plan", "x", "kept"]
)
VALUES = st.one_of(
    st.sampled_from(
        [
            "lead",
            "today",
            "eow",
            "30d",
            "5k",
            "*",
            "..",
            "today..eow",
            "1..2",
            "a,b",
            '"o\'b;--"',
            "09:30",
            "2026",
            "80%",
        ]
    ),
    st.text(max_size=6),
)
FIELD_TERMS = st.builds("{}{}{}".format, NAMES, st.sampled_from([":", "=", "<", "<=", ">", ">="]), VALUES)
TERMS = st.one_of(
    FIELD_TERMS, st.text(max_size=8), st.sampled_from(["or", "-", "not", "(", ")", "#a", "@b", '"', "'", "*", "acme"])
)


@settings(max_examples=400)
@given(st.lists(TERMS, max_size=8).map(" ".join), st.sampled_from(["customer", "line"]))
def test_any_query_is_answered_or_refused(query: str, scope: search.Scope) -> None:
    try:
        condition, values = search.compile_query(parse(query, TODAY), scope, KEYS, TODAY)
    except UsageError:
        return
    sql = f"SELECT count(*) FROM line l JOIN customer c ON c.id = l.customer WHERE ({condition})"  # noqa: S608
    assert 0 <= book().execute(sql, values).fetchone()[0] <= len(LINES)


@settings(max_examples=200)
@given(FIELD_TERMS)
def test_a_term_and_its_opposite_share_nobody_and_miss_nobody(term: str) -> None:
    try:
        found = customers(f"({term})")
    except UsageError:
        return
    assert sorted(found + customers(f"-({term})")) == sorted("abge")
