"""The query language: what text means, and what a refusal points at."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.errors import UsageError
from crmtxt.model.query import And
from crmtxt.model.query import Expr
from crmtxt.model.query import Field
from crmtxt.model.query import Not
from crmtxt.model.query import Or
from crmtxt.model.query import Person
from crmtxt.model.query import Text
from crmtxt.model.query import Topic
from crmtxt.model.query import parse

TODAY = date(2026, 11, 21)


def outline(expr: Expr) -> str:
    """Return the tree in prefix notation, without places."""
    match expr:
        case And(terms) | Or(terms):
            return f"({' '.join([type(expr).__name__.lower(), *map(outline, terms)])})"
        case Not(term):
            return f"(not {outline(term)})"
        case Text(words, phrase, _):
            return f'"{words}"' if phrase else words
        case Topic(name, _):
            return f"#{name}"
        case Person(name, _):
            return f"@{name}"
        case Field(name, op, values, _):
            return f"{name}{op}{'|'.join(value.text for value in values)}"
    raise AssertionError(expr)


def refusal(query: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        parse(query, TODAY)
    return caught.value


def marked(query: str) -> str:
    """Return the part of the query that a refusal marks, with how much of its end lies beyond the text."""
    line, mark = refusal(query).hint.splitlines()
    start = mark.index("^")
    return line[start : start + mark.count("^")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "(and)"),
        ("  \t\n", "(and)"),
        ("renewal", "renewal"),
        ("go live", "(and go live)"),
        ('"go live"', '"go live"'),
        ("go and live", "(and go live)"),
        ("a or b c", "(or a (and b c))"),
        ("a b or c d or e", "(or (and a b) (and c d) e)"),
        ("(a or b) c", "(and (or a b) c)"),
        ("-a b", "(and (not a) b)"),
        ("not a b", "(and (not a) b)"),
        ("NOT a OR b", "(or (not a) b)"),
        ("-(a or b)", "(not (or a b))"),
        ("not (a b)", "(not (and a b))"),
        ("--a", "(not (not a))"),
        ("((a))", "a"),
        ("#Pricing +go-live", "(and #pricing #go-live)"),
        ('@jane @"Jane Doe"', "(and @jane @Jane Doe)"),
        ("-#pricing -@jane", "(and (not #pricing) (not @jane))"),
        ("o'brien", "o'brien"),
        ("follow-up", "follow-up"),
        ("order ornate nothing", "(and order ornate nothing)"),
        ('"or"', '"or"'),
        ("stage:lead", "stage:lead"),
        ("stage:lead,prospect", "stage:lead|prospect"),
        ('stage:"a, b",c', "stage:a, b|c"),
        ("-stage:lost", "(not stage:lost)"),
        ("name=Acme", "name=Acme"),
        ('name="Acme Ltd"', "name=Acme Ltd"),
        ("name=a,b", "name=a,b"),
        ("value>5k", "value>5k"),
        ("value>=5k", "value>=5k"),
        ("value<5k", "value<5k"),
        ("due<=eow", "due<=eow"),
        ("due:today..eow", "due..today|eow"),
        ("due:..eow", "due..|eow"),
        ("due:today.. x", "(and due..today| x)"),
        ('due:"next tue".."3 dec"', "due..next tue|3 dec"),
        ("(due:today..)", "due..today|"),
        ('name:"a..b"', "name:a..b"),
        ("value:1.5..2.5", "value..1.5|2.5"),
        ("tags:*", "tags*"),
        ('tags:"*"', "tags:*"),
        ("tags:*,b", "tags:*|b"),
        ("contacts.jane.title:CTO", "contacts.jane.title:CTO"),
        ("plan.review<eom", "plan.review<eom"),
        ('"annual revenue">5m', "annual revenue>5m"),
        (r'name:"Jim \"Bo\" Ltd"', 'name:Jim "Bo" Ltd'),
        ("or:x", "or:x"),
        ("(owner:sam or owner:ana) -tag:vip", "(and (or owner:sam owner:ana) (not tag:vip))"),
    ],
)
def test_a_query_means(query: str, expected: str) -> None:
    assert outline(parse(query, TODAY)) == expected


@pytest.mark.parametrize(
    ("query", "message", "mark"),
    [
        ('stage:lead "acme', "this quotation mark is never closed", '"acme'),
        ("(a or b", "this parenthesis is never closed", "("),
        ("a )", "this ')' closes nothing", ")"),
        ("()", "a term is missing here", ")"),
        ("or", "a term is missing before 'or'", "or"),
        ("a or", "a term is missing here", ""),
        ("a or or b", "a term is missing before 'or'", "or"),
        ("and a", "a term is missing before 'and'", "and"),
        ("a and", "a term is missing here", ""),
        ("not", "a term is missing here", ""),
        ("not or b", "a term is missing before 'or'", "or"),
        ("a - b", "a term is missing after '-'", "-"),
        ("stage:", "a value is missing after ':'", ":"),
        ("stage: lead", "a value is missing after ':'", ":"),
        ('stage:""', "a value is missing after ':'", ":"),
        ("stage:a,", "a value is missing after ':'", ","),
        ("value>", "a value is missing after '>'", ">"),
        ("value > 5", "a field is missing before '>'", ">"),
        (":)", "a field is missing before ':'", ":"),
        ("value==5", "'=' is followed by another operator", "="),
        ("value=>5", "'=' is followed by another operator", ">"),
        ("due:..", "this range cannot be read", ".."),
        ("due:a..b..c", "this range cannot be read", "a..b"),
        ("due:a,b..c", "this list cannot be read", "."),
        ("#", "this is no topic", "#"),
        ("#a,b", "this is no topic", "#a,b"),
        ("@", "a name is missing after '@'", "@"),
        ('""', "nothing stands between these quotation marks", '""'),
        ("a\0b", "the query holds a character that is no text", "\ufffd"),
        ("a\udcffb", "the query holds a character that is no text", "\ufffd"),
    ],
)
def test_a_refusal_names_the_fault_and_marks_its_place(query: str, message: str, mark: str) -> None:
    assert refusal(query).message == message
    assert marked(query) == mark


def test_a_refusal_shows_the_query_and_the_remedy() -> None:
    assert refusal("stage:lead (a or b").text().splitlines() == [
        "this parenthesis is never closed",
        "  stage:lead (a or b",
        "             ^ write ')' where it ends",
    ]


def test_a_refusal_shows_of_a_long_query_what_stands_around_the_place() -> None:
    query = "word " * 100 + "value> " + "word " * 100
    line, mark = refusal(query).hint.splitlines()
    assert len(line) <= 90
    assert line[mark.index("^")] == ">"
    assert line[mark.index("^") - 5 : mark.index("^")] == "value"


def test_a_refusal_shows_no_control_characters() -> None:
    assert refusal("a\x1b[31m\n\u202eb or").hint.splitlines()[0] == "a\ufffd[31m \ufffdb or"


def test_values_that_read_as_dates_carry_the_day() -> None:
    expr = parse('due:today,"next tue",2026-12-01,soon', TODAY)
    assert isinstance(expr, Field)
    assert [value.day for value in expr.values] == ["2026-11-21", "2026-11-24", "2026-12-01", ""]


def test_fifty_levels_are_read_and_more_are_refused() -> None:
    assert outline(parse("(" * 50 + "a" + ")" * 50, TODAY)) == "a"
    assert refusal("(" * 51 + "a" + ")" * 51).message == "the query is nested too deeply"
    assert refusal("-" * 5000 + "a").message == "the query is nested too deeply"
    assert refusal("not " * 2000 + "a").message == "the query is nested too deeply"


def test_lengths_are_limited() -> None:
    assert refusal("a" * 10_001).message == "the query has 10001 characters"
    assert refusal("a " * 300).message == "the query has too many terms"
    assert refusal("a:" + ",".join("b" * 1001)).message == "this list cannot be read"


SIGNS = ["(", ")", "-", '"', ":", "=", "<", "<=", ">", ">=", "..", ",", "*", "#", "+", "@", "\\", "\t", "\0"]
WORDS = ["not", "or", "and", "a", "stage", "due:today", "value>5k", "#x", "@j", '"p', 'q"', "name:", "tags:*"]
PIECES = st.sampled_from([*SIGNS, *WORDS])
QUERIES = st.one_of(
    st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=14).map(" ".join)
)


@settings(max_examples=400)
@given(QUERIES)
def test_any_text_is_read_or_refused(query: str) -> None:
    try:
        expr = parse(query, TODAY)
    except UsageError as error:
        line, mark = error.hint.splitlines()
        assert line.isprintable()
        assert mark.index("^") <= len(line)
    else:
        assert outline(expr)


@settings(max_examples=200)
@given(QUERIES, QUERIES)
def test_parentheses_and_signs_compose(one: str, other: str) -> None:
    try:
        left, right = parse(one, TODAY), parse(other, TODAY)
    except UsageError:
        return
    if left == And(()) or right == And(()):
        return
    assert outline(parse(f"({one}) or ({other})", TODAY)) == outline(Or((left, right)))
    assert outline(parse(f"-({one}) ({other})", TODAY)) == outline(And((Not(left), right)))
