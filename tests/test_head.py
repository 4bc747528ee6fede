"""Reading a head: what it means, where it stands, and what is refused with its place."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.text import emit
from crmtxt.text.head import HeadError
from crmtxt.text.head import flatten
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.head import resolve

if TYPE_CHECKING:
    from crmtxt.text.node import Node

ACME = """\
name: Acme Ltd
since: 2024-03-01
tags: [vip, 'e, mea']
employees: 120
contacts:
  jane:
    phone: "+44 20 7946 0000"   # direct
    stance: +2
    influence: 4
  tom:
plan:
  aim: |
    Become the partner

    they bring new plants to.

  goals:
  - first
  - {goal: answer, by: 2027-03-31}
"""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
AWKWARD_TEXTS = st.one_of(
    TEXTS,
    st.text(
        st.sampled_from(list(" #:-?,[]{}&*!|>'\"%@`\\\t\n\r\0\x1b\x85\u2028\ufeff\u202e~<=.0128eantrufls")), max_size=8
    ),
    st.sampled_from(
        ["", "---", "...", "null", "~", "true", "12", "-0", "1.50", "<<", "=", "# ", "a: b", " x", "x ", "\ufeff"]
    ),
)


def refusal(text: str) -> HeadError:
    with pytest.raises(HeadError) as caught:
        read_head(text)
    return caught.value


def at(root: Node, *path: str) -> Node:
    node = root
    for name in path:
        assert isinstance(node.value, dict)
        node = node.value[name]
    return node


def test_a_head_becomes_a_tree_of_values() -> None:
    assert plain_value(read_head(ACME)) == {
        "name": "Acme Ltd",
        "since": "2024-03-01",
        "tags": ["vip", "e, mea"],
        "employees": 120,
        "contacts": {"jane": {"phone": "+44 20 7946 0000", "stance": "+2", "influence": 4}, "tom": None},
        "plan": {
            "aim": "Become the partner\n\nthey bring new plants to.\n",
            "goals": ["first", {"goal": "answer", "by": "2027-03-31"}],
        },
    }


def test_flatten_gives_every_scalar_as_written_under_its_dotted_key() -> None:
    assert flatten(read_head(ACME)) == [
        ("name", "Acme Ltd"),
        ("since", "2024-03-01"),
        ("tags", "vip"),
        ("tags", "e, mea"),
        ("employees", "120"),
        ("contacts.jane.phone", "+44 20 7946 0000"),
        ("contacts.jane.stance", "+2"),
        ("contacts.jane.influence", "4"),
        ("contacts.tom", None),
        ("plan.aim", "Become the partner\n\nthey bring new plants to.\n"),
        ("plan.goals", "first"),
        ("plan.goals.1.goal", "answer"),
        ("plan.goals.1.by", "2027-03-31"),
    ]


def test_a_null_is_not_an_empty_text_in_the_flat_rows() -> None:
    head = "a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: [~, '~']\ng: [[x], []]\nh: {}\n"
    assert flatten(read_head(head)) == [
        ("a", None),
        ("b", None),
        ("c", None),
        ("d", ""),
        ("e", "null"),
        ("f", None),
        ("f", "~"),
        ("g.0", "x"),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_value_knows_where_it_stands_whatever_the_newline_and_the_script(newline: str) -> None:
    text = ("name: 𝒜cme 😀 # é\nblock: |+\n  x\n\n" + ACME.partition("\n")[2]).replace("\n", newline)
    root = read_head(text)
    assert text[slice(*at(root, "name")[1:3])] == "𝒜cme 😀"
    assert text[slice(*at(root, "block")[1:3])] == f"|+{newline}  x{newline}"
    assert text[slice(*at(root, "tags")[1:3])] == "[vip, 'e, mea']"
    phone = at(root, "contacts", "jane", "phone")
    assert text[phone.start : phone.end] == '"+44 20 7946 0000"'
    assert text[phone.key_start : phone.key_end] == "phone"
    tom = at(root, "contacts", "tom")
    assert (text[tom.key_start : tom.end], tom.start) == ("tom:", tom.end)
    contacts = at(root, "contacts")
    assert text[contacts.start : contacts.end].startswith("jane:")
    assert contacts.end == tom.end
    aim = at(root, "plan", "aim")
    assert text[aim.start : aim.end].endswith("they bring new plants to.")
    goals = at(root, "plan", "goals")
    assert text[goals.start : goals.end].endswith("by: 2027-03-31}")


def test_a_value_says_how_it_is_written() -> None:
    root = read_head("a: x\nb: 'x'\nc: \"x\"\nd: |\n  x\ne: >-\n  x\nf: [x]\ng: {}\nh:\n  - x\n")
    assert isinstance(root.value, dict)
    assert [(node.kind, node.plain, node.style, node.flow) for node in root.value.values()] == [
        ("scalar", True, "", False),
        ("scalar", False, "'", False),
        ("scalar", False, '"', False),
        ("scalar", False, "|", False),
        ("scalar", False, ">", False),
        ("list", False, "", True),
        ("map", False, "", True),
        ("list", False, "", False),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-12", -12),
        ("1.50", Decimal("1.50")),
        ("-0.5", Decimal("-0.5")),
    ],
)
def test_only_null_truth_integers_and_decimals_are_not_text(text: str, value: Any) -> None:  # noqa: ANN401
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "no",
            "yes",
            "on",
            "True",
            "NULL",
            "007",
            "-07",
            "+44",
            "+1",
            "1_000",
            "1e5",
            "1.5e3",
            "0x1F",
            "0o17",
            "1.",
            ".5",
        ),
        *("2024-03-01", "12:30", ".inf", ".nan", "1,5", "٣", "12 EUR", "--1", "9" * 4301, "1." + "0" * 4300),
    ],
)
def test_everything_else_is_the_text_that_was_written(text: str) -> None:
    assert resolve(text) == text
    assert plain_value(read_head(f"a: {text}\n")) == {"a": text}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "{}\n", "\r\n\r\n"])
def test_an_empty_head_is_an_empty_map(text: str) -> None:
    assert plain_value(read_head(text)) == {}
    assert flatten(read_head(text)) == []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: &b c\n", "anchor", "&"),
        ("a: &b [c]\n", "anchor", "&"),
        ("a: &b\n  c: d\n", "anchor", "&"),
        ("&k a: b\n", "anchor", "&"),
        ("a: *b\n", "anchor", "*b"),
        ("*b : a\n", "anchor", "*b"),
        ("a: & b\n", "anchor", "&"),
        ("a: !!str b\n", "tag", "!"),
        ("a: ! b\n", "tag", "!"),
        ("a: !x [b]\n", "tag", "!"),
        ("a: !<b c\n", "tag", "!"),
        ("é: 1\n<<: {a: 1}\n", "merge", "<<"),
        ("---\na: b\n", "document", "---"),
        ("a: b\n---\nc: d\n", "document", "---"),
        ("a: b\n...\n", "document", "..."),
        ("...\n", "document", "."),
        ("%YAML 1.2\na: b\n", "document", "%YAML 1.2"),
        ("? a\n: b\n", "key", "?"),
        ("? [a]\n: b\n", "key", "["),
        ("x: {? a : b}\n", "key", "?"),
        ("[a]: b\n", "key", "["),
        ("{a: b}: c\n", "key", "{"),
        (": b\n", "key", ":"),
        ("- a\n- b\n", "root", "- a"),
        ("just words\n", "root", "just words"),
        ("null\n", "root", "null"),
        ("\tname: x\n", "tab", "\t"),
        ("a:\n\tb: c\n", "tab", "\t"),
        ("a: |\n\tx\n", "tab", "\t"),
        ("é: 'x\nb: c\n", "quote", "'"),
        ('a: "x\n', "quote", '"'),
        ("a: 'x\n---\n'\n", "quote", "'"),
        ('a: "\\q"\n', "quote", "\\"),
        ('a: "\\u12"\n', "quote", "1"),
        ("a: [b, c\nd: e\n", "bracket", "["),
        ("a: {b: c\n", "bracket", "{"),
        ("a: @b\n", "value", "@"),
        ("a: `b`\n", "value", "`"),
        ("a: %b\n", "value", "%"),
        ("a: ]\n", "value", "]"),
        ("a: 'b' c\n", "value", "c"),
        ("a: |x\n  b\n", "value", "x"),
        ("a: b: c\n", "colon", ":"),
        ("a: b\n  c: d\n", "colon", ":"),
        ("a: b\r\nwords\r\nc: d\r\n", "colon", "w"),
        ("a: b\nc:d\n", "colon", "c"),
        ("a: - b\n", "list", "-"),
        ("a:\n  - b\n  c: d\n", "list", "c"),
        ("a:\n  b: c\n d: e\n", "key", "d"),
        ("  a: b\nc: d\n", "key", "c"),
        ("a: b\0\n", "character", "\0"),
        ("é😀: \x1b[31m\n", "character", "\x1b"),
        ("a: \x9b\n", "character", "\x9b"),
        ("a: \ufffe\n", "character", "\ufffe"),
        ("\ufeffa: b\n", "character", "\ufeff"),
    ],
)
def test_what_is_not_read_is_refused_at_its_place_with_a_remedy(text: str, code: str, place: str) -> None:
    error = refusal(text)
    assert error.code == code
    assert text[error.offset : error.offset + error.width] == place
    assert error.hint
    assert not error.message.endswith(".")


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "=======", ">>>>>>> 1a2b3c (their work)"])
def test_a_marker_of_a_git_conflict_is_recognised_before_anything_else(marker: str) -> None:
    text = f"name: é\r\n{marker}\r\n\tstage: x\r\n"
    error = refusal(text)
    assert (error.code, text[error.offset : error.offset + error.width]) == ("marker", marker)


@pytest.mark.parametrize(
    "text", ["a: <<<<<<< x\n", "a: |\n  =======\n  >>>>>>> x\n", "# ======= \n", "a: b ======= c\n"]
)
def test_what_only_resembles_a_conflict_marker_is_text(text: str) -> None:
    assert read_head(text).kind == "map"


def test_a_key_given_twice_names_both_places() -> None:
    text = "name: x\nstage: lead\n'stage': lost\n"
    error = refusal(text)
    assert (error.code, error.message) == ("duplicate", "key 'stage' again; first on line 3")
    assert text[error.offset : error.offset + error.width] == "'stage'"
    with pytest.raises(HeadError, match="first on line 1"):
        read_head("a: {x: 1, y: 2, x: 3}\n", first_line=1)


def test_the_same_key_in_two_maps_is_no_duplicate() -> None:
    assert plain_value(read_head("a: {x: 1}\nb: {x: 1}\nx: 1\n")) == {"a": {"x": 1}, "b": {"x": 1}, "x": 1}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 50_000,
        "a:\n" + "".join(" " * level + "- \n" for level in range(1, 400)),
        "a: " + "- " * 50_000,
        "\n".join("  " * level + "a:" for level in range(500)),
        "a: &a [x]\nb: &b [" + ", ".join(["*a"] * 9) + "]\nc: [" + ", ".join(["*b"] * 9) + "]\n",
        "a: " + "'" * 99_999,
        "?" * 50_000 + " ",
        "a: " + "x" * (1024 * 1024),
        "é" * (512 * 1024 + 1),
    ],
)
def test_hostile_heads_are_refused_quickly(text: str) -> None:
    begin = time.perf_counter()
    refusal(text)
    assert time.perf_counter() - begin < 2


def test_thirty_two_levels_are_read_and_one_more_is_not() -> None:
    assert plain_value(read_head("{a: " * 32 + "x" + "}" * 32))
    assert refusal("{a: " * 33 + "x" + "}" * 33).code == "depth"


def test_nel_and_the_unicode_line_separators_are_characters_like_others() -> None:
    text = 'a: b\x85c # \u2028d: e\nf\u2029: "\u2028\\N"\n'
    root = read_head(text)
    assert plain_value(root) == {"a": "b\x85c", "f\u2029": "\u2028\x85"}
    assert text[slice(*at(root, "f\u2029")[1:3])] == '"\u2028\\N"'
    with pytest.raises(HeadError) as caught:
        read_head("a: \u2028\nb: @\n")
    assert caught.value.offset == 8


@given(AWKWARD_TEXTS, st.booleans())
@settings(max_examples=400)
def test_any_text_is_written_so_that_it_reads_back_the_same(text: str, as_text: bool) -> None:  # noqa: FBT001
    meaning = emit.meaning(text, as_text=as_text)
    written = emit.scalar(text, as_text=as_text)
    inside = emit.scalar(text, as_text=as_text, flow=True)
    assert not set("\r\n") & set(written + inside)
    for head in (f"a: {written}\n", f"a: {inside}\n"):
        value = plain_value(read_head(head))["a"]
        assert (value, type(value)) == (meaning, type(meaning))
    tree = plain_value(read_head(f"a: {{k: {inside}, l: [{inside}]}}\nb:\n  - {written}\n"))
    assert tree == {"a": {"k": meaning, "l": [meaning]}, "b": [meaning]}
    if as_text:
        assert meaning == text


@given(AWKWARD_TEXTS)
def test_any_text_can_be_a_key(text: str) -> None:
    tree = {text: {"in": {text: "x"}}}
    assert plain_value(read_head(f"{emit.key(text)}: {{in: {{{emit.key(text)}: x}}}}\n")) == tree
    assert plain_value(read_head(emit.mapping(tree, 0))) == tree


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Acme Ltd", "Acme Ltd"),
        ("12", "12"),
        ("true", "true"),
        ("2026-11-03", "2026-11-03"),
        ("12000 EUR", "12000 EUR"),
        ("+44 20 7946", "+44 20 7946"),
        ("no", "no"),
        ("Müller & Söhne", "Müller & Söhne"),
        ("https://acme.example/?a=b", "https://acme.example/?a=b"),
        ("one, two", "one, two"),
        ("", '""'),
        ("null", '"null"'),
        ("~", '"~"'),
        ("a: b", '"a: b"'),
        ("#vip", '"#vip"'),
        ("@sam", '"@sam"'),
        (" x", '" x"'),
        ("one\ntwo", '"one\\ntwo"'),
        ('say "no": now', "'say \"no\": now'"),
        ("\u202eabc\x1b", '"\\u202Eabc\\x1B"'),
    ],
)
def test_a_text_is_plain_where_it_can_be_and_on_one_line_always(text: str, written: str) -> None:
    assert emit.scalar(text) == written


def test_a_number_is_quoted_when_it_is_meant_as_text() -> None:
    assert [emit.scalar(text, as_text=True) for text in ("12", "true", "1.5", "x")] == ['"12"', '"true"', '"1.5"', "x"]


def test_a_comma_is_quoted_inside_brackets_only() -> None:
    assert (emit.scalar("a, b"), emit.scalar("a, b", flow=True)) == ("a, b", '"a, b"')


def test_a_new_entry_is_written_in_block_style_with_short_lists_in_brackets() -> None:
    entry: dict[str, emit.Value] = {
        "jane": {"name": "Jane Doe", "phone": "+44 20", "tags": ["a", "b, c"], "consent": {"news: x": "2026-01-04"}}
    }
    lines = emit.mapping(entry, 2, step=4)
    assert lines.splitlines() == [
        "  jane:",
        "      name: Jane Doe",
        "      phone: +44 20",
        '      tags: [a, "b, c"]',
        "      consent:",
        '          "news: x": 2026-01-04',
    ]
    assert plain_value(read_head(lines)) == entry
