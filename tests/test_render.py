from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import StringIO
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from rich.cells import cell_len

from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.render.answer import FORMATS
from crmtxt.render.answer import format_for
from crmtxt.render.answer import in_parts
from crmtxt.render.answer import render_view
from crmtxt.render.columns import Column
from crmtxt.render.columns import View
from crmtxt.render.mermaid import Diagram
from crmtxt.render.mermaid import Edge
from crmtxt.render.mermaid import Group
from crmtxt.render.mermaid import Node
from crmtxt.render.mermaid import to_mermaid

COLOUR = re.compile(r"\x1b\[[\d;]*m")
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
TEMPLATE = "{handle} {name|-} {value} {next.text}"


class Step(NamedTuple):
    date: str
    text: str


class Customer(NamedTuple):
    handle: str
    name: str
    value: Decimal | float | None
    quiet_days: int | None
    tags: tuple[str, ...]
    next: Step | None


def money(item: Customer) -> str:
    return "–" if item.value is None else f"{item.value:,} EUR"


def warmth(item: Customer) -> str:
    return "late" if (item.quiet_days or 0) > 30 else "good"


COLUMNS = (
    Column("handle", "Handle", keep=2),
    Column("name", "Name", least=8, keep=1),
    Column("value", "Value", money, align="right"),
    Column("quiet_days", "Quiet", align="right", style=warmth),
    Column("next.text", "Next", least=6),
)
BRIGHTSIDE = Customer("brightside", "Brightside plc", Decimal(18000), 41, ("vip", "emea"), None)
INITECH = Customer("initech", "Initech", Decimal("7500.50"), 16, (), Step("2026-11-23", "walk\tthrough\nit"))
DIAGRAM = Diagram((Group("us", [Node("sam", ("Sam",))]), Group("them", [])), [])
LIST = View(
    "customers",
    (BRIGHTSIDE, INITECH),
    COLUMNS,
    "2 customers, 25,500.50 EUR",
    drawn={"mermaid": lambda *_: to_mermaid(DIAGRAM)},
)
EMPTY = View("customers", (), COLUMNS, "0 customers", Customer._fields)


def with_name(name: str) -> View:
    return View("customers", [BRIGHTSIDE._replace(name=name)], COLUMNS)


ANY_TEXT = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x9b\x07\x85\u202e\u2066\u2028\ud800\r\n\t[]/|{}<&\"',;=\\"))
)


def test_a_table_is_aligned_columns_under_capitals() -> None:
    assert render_view(LIST, "table", width=80) == (
        "HANDLE      NAME                   VALUE  QUIET  NEXT\n"
        "brightside  Brightside plc    18,000 EUR     41  –\n"
        "initech     Initech         7,500.50 EUR     16  walk through it\n"
    )


def test_plain_text_is_values_between_tabs() -> None:
    assert render_view(LIST, "plain") == (
        "brightside\tBrightside plc\t18000\t41\t\ninitech\tInitech\t7500.5\t16\twalk through it\n"
    )


def test_json_is_the_published_envelope() -> None:
    problem = Problem("customers/acme.md", 4, 8, "unknown-stage", "unknown stage 'x'", "did you mean", "stage: x", 1)
    text = render_view(LIST, "json", [problem])
    assert json.loads(text) == {
        "crmtxt": 1,
        "kind": "customers",
        "items": [
            {
                "handle": "brightside",
                "name": "Brightside plc",
                "value": 18000,
                "quiet_days": 41,
                "tags": ["vip", "emea"],
                "next": None,
            },
            {
                "handle": "initech",
                "name": "Initech",
                "value": 7500.5,
                "quiet_days": 16,
                "tags": [],
                "next": {"date": "2026-11-23", "text": "walk\tthrough\nit"},
            },
        ],
        "problems": [
            {
                "path": "customers/acme.md",
                "line": 4,
                "column": 8,
                "code": "unknown-stage",
                "message": "unknown stage 'x'",
                "hint": "did you mean",
            }
        ],
    }
    assert '"value": 18000,' in text


def test_json_lines_are_the_items_alone() -> None:
    items = [json.loads(line) for line in render_view(LIST, "jsonl").splitlines()]
    assert items == json.loads(render_view(LIST, "json"))["items"]


def test_json_writes_iso_dates_and_no_number_json_does_not_know() -> None:
    class Odd(NamedTuple):
        day: date
        ratio: float
        huge: Decimal
        more: dict[str, tuple[str, ...]]

    view = View("odd", [Odd(date(2026, 11, 21), float("nan"), Decimal("1E+999999"), {"x": ("y",)})], ())
    assert json.loads(render_view(view, "jsonl")) == {
        "day": "2026-11-21",
        "ratio": None,
        "huge": None,
        "more": {"x": ["y"]},
    }


def test_json_keeps_letters_readable() -> None:
    assert "Müller & Söhne 株式会社 👩\u200d🚀" in render_view(with_name("Müller & Söhne 株式会社 👩\u200d🚀"), "json")


def test_csv_has_a_heading_of_the_keys_and_a_line_an_item() -> None:
    assert render_view(LIST, "csv") == (
        "handle,name,value,quiet_days,tags,next\n"
        "brightside,Brightside plc,18000,41,vip;emea,\n"
        "initech,Initech,7500.5,16,,2026-11-23 walk through / it\n"
    )


def test_markdown_is_a_table_whose_text_is_no_markup() -> None:
    name = r"a|b \| *x* [y](z) <i> &amp; R&D"
    assert render_view(View("customers", [INITECH._replace(name=name)], COLUMNS[:3], "1 customer"), "md") == (
        "| Handle | Name | Value |\n"
        "| --- | --- | ---: |\n"
        r"| initech | a\|b \\\| \*x\* \[y\](z) \<i\> \&amp; R&D | 7,500.50 EUR |" + "\n"
        "\n"
        "1 customer\n"
    )


SAID = (Column("handle", ""), Column("name", ""), Column("tags", "", lambda item: " ".join(item.tags)))
PARTED = LIST._replace(
    title="Who *they* are",
    drawn=in_parts(
        lambda _: [
            View("customers", [BRIGHTSIDE], SAID),
            View("customers", (), SAID, title="Empty"),
            View("customers", [INITECH], COLUMNS[:3], title="Talks"),
        ]
    ),
)


def test_what_has_parts_is_headings_in_markdown_and_columns_without_titles_are_a_list() -> None:
    assert render_view(PARTED, "md") == (
        "# Who \\*they\\* are\n"
        "\n"
        "- **brightside**: Brightside plc · vip emea\n"
        "\n"
        "## Talks\n"
        "\n"
        "| Handle | Name | Value |\n"
        "| --- | --- | ---: |\n"
        "| initech | Initech | 7,500.50 EUR |\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("“well”", "“well”"),
        ("# no heading", "\\# no heading"),
        ("- no item", "\\- no item"),
        ("12. no number", "12\\. no number"),
        ("2026-11-01 a day", "2026-11-01 a day"),
        ("", ""),
    ],
)
def test_a_text_about_nothing_new_goes_on_below_and_begins_no_block(text: str, line: str) -> None:
    items = [BRIGHTSIDE._replace(tags=()), BRIGHTSIDE._replace(handle="", name=text, tags=())]
    assert render_view(View("customers", items, SAID), "md") == (
        f"- **brightside**: Brightside plc\n{f'  {line}'.rstrip()}\n"
    )


def test_what_has_parts_is_headings_in_html_and_what_a_row_of_a_list_is_about_heads_it() -> None:
    page = render_view(PARTED, "html")
    assert re.findall(r"<(h[12])>([^<]*)</h[12]>", page) == [("h1", "Who *they* are"), ("h2", "Talks")]
    assert re.findall(r'aria-label="([^"]*)"', page) == ["Who *they* are", "Talks"]
    assert '<th scope="row">brightside</th><td>Brightside plc</td>' in page
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page) == ["Handle", "Name", "Value"]
    assert re.search(r"<th[^>]*></th>", page) is None


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]
        self.tags.add(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


def test_html_is_one_page_that_runs_and_loads_nothing() -> None:
    page = render_view(with_name("<script>alert(1)</script>\"'&amp;"), "html")
    seen = Seen()
    seen.feed(page)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "Content-Security-Policy\" content=\"default-src 'none'" in page
    assert "<title>crmtxt customers</title>" in page
    assert '<td class="right late">41</td>' in page
    assert seen.cells[1] == "<script>alert(1)</script>\"'&amp;"
    assert seen.tags == {
        *("html", "head", "meta", "title", "style", "body", "main", "h1"),
        *("div", "table", "thead", "tbody", "tr", "th", "td"),
    }


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{handle} {value}", "brightside 18000\ninitech 7500.5\n"),
        ("{next.text|nothing}", "nothing\nwalk through it\n"),
        (r"{handle}\t{tags|-}\\n", "brightside\tvip, emea\\n\ninitech\t-\\n\n"),
        ("{{{handle}}}", "{brightside}\n{initech}\n"),
        ("{ handle }!", "brightside!\ninitech!\n"),
        (r"{handle}\n  {value}.", "brightside\n  18000.\ninitech\n  7500.5.\n"),
    ],
)
def test_a_template_fills_in_fields_and_fallbacks(template: str, expected: str) -> None:
    assert render_view(LIST, template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{handle.__class__}",
        "{handle.upper}",
        "{__class__}",
        "{_fields}",
        "{next._asdict}",
        "{tags.count}",
        "{handle!r}",
        "{value:>9}",
        "{handle} {",
        "}{handle}",
        "{}",
        "{0}",
    ],
)
def test_a_template_reaches_fields_and_nothing_else(template: str) -> None:
    with pytest.raises(UsageError):
        render_view(LIST, template)


def test_an_unknown_field_is_named_with_what_was_meant_and_what_there_is() -> None:
    with pytest.raises(UsageError) as refusal:
        render_view(EMPTY, "{handel}")
    assert refusal.value.text() == (
        "unknown field 'handel' in the template\n"
        "  did you mean 'handle'? fields: handle, name, value, quiet_days, tags, next"
    )


def test_an_unknown_format_is_named_with_what_was_meant_and_what_there_is() -> None:
    with pytest.raises(UsageError) as refusal:
        render_view(LIST, "jsno")
    assert refusal.value.message == "unknown format 'jsno'"
    assert refusal.value.hint.startswith(f"did you mean 'json'? formats: {', '.join(FORMATS)}, or a template")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.json", "json"),
        ("a.b/c.JSONL", "jsonl"),
        ("a.csv", "csv"),
        ("a.md", "md"),
        ("a.html", "html"),
        ("a.txt", "plain"),
        ("a.tsv", "plain"),
    ],
)
def test_the_ending_of_a_file_names_the_format(path: str, expected: str) -> None:
    assert format_for(path) == expected


@pytest.mark.parametrize("path", ["report", "a.csv/report", "a.pdf", ""])
def test_any_other_ending_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="does not name a format"):
        format_for(path)


def test_an_empty_answer_is_empty_or_a_heading() -> None:
    assert [render_view(EMPTY, name) for name in ("table", "plain", "jsonl", "{handle}")] == [""] * 4
    assert render_view(EMPTY, "csv") == "handle,name,value,quiet_days,tags,next\n"
    assert json.loads(render_view(EMPTY, "json"))["items"] == []
    assert render_view(EMPTY, "md").count("\n") == 4
    assert "<tbody>\n</tbody>" in render_view(EMPTY, "html")


def test_colour_is_there_only_where_it_means_something() -> None:
    text = render_view(LIST, "table", width=80, colour=True)
    assert COLOUR.sub("", text) == render_view(LIST, "table", width=80)
    assert re.findall(r"\x1b\[31m(\w+)\x1b\[0m", text) == ["41"]
    assert re.findall(r"\x1b\[32m(\w+)\x1b\[0m", text) == ["16"]
    assert all("\x1b" not in render_view(LIST, name, colour=True) for name in FORMATS if name != "table")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_narrow_terminal_loses_columns_from_the_right_and_no_line_wraps(width: int) -> None:
    names = ("Brightside Shipping and Storage of Northumberland plc", "株式会社ブライトサイド" * 3, "Ann")
    long = View("customers", [BRIGHTSIDE._replace(name=name, next=Step("", "a word " * 9)) for name in names], COLUMNS)
    lines = render_view(long, "table", width=width).splitlines()
    assert len(lines) == 4
    assert max(cell_len(line) for line in lines) <= width
    assert all(line.startswith("brightside  ") for line in lines[1:])
    assert lines[0].split() == ["HANDLE", "NAME", "VALUE", "QUIET", "NEXT"][: {40: 4, 60: 5, 80: 5}[width]]
    assert "…" in lines[1]
    assert "Ann" in lines[3]


def test_a_name_that_may_not_be_cut_costs_the_columns_on_its_right() -> None:
    columns = (Column("handle", "Handle"), Column("name", "Name"), Column("quiet_days", "Quiet", align="right", keep=1))
    view = View("customers", [BRIGHTSIDE], columns)
    assert render_view(view, "table", width=20).splitlines()[1] == "brightside     41"
    assert render_view(view, "table", width=5).splitlines()[1] == "   41"
    assert render_view(View("c", [BRIGHTSIDE], columns[:1]), "table", width=5) == "HAND…\nbrig…\n"


def test_without_a_width_nothing_is_cut() -> None:
    name = "x" * 500
    assert name in render_view(with_name(name), "table")


@pytest.mark.parametrize("markup", ["[/x]", "[red]late[/red]", "[link=file:///etc]x[/link]", ":warning:", r"\[b]"])
def test_rich_markup_is_text(markup: str) -> None:
    for name in ("table", "plain", "csv", "{name}"):
        assert markup in render_view(with_name(markup), name, width=200, colour=True)


@given(ANY_TEXT)
@settings(max_examples=60, deadline=None)
def test_no_control_or_direction_character_reaches_any_format(text: str) -> None:
    boxes = Group(text, [Node(text, (text, text))])
    diagram = Diagram((boxes, boxes), [Edge(text, text, text)])
    drawn = {"mermaid": lambda *_: to_mermaid(diagram)}
    view = View("customers", [Customer(text, text, None, 40, (text,), Step(text, text))], COLUMNS, text, drawn=drawn)
    for name in (*FORMATS, TEMPLATE, "{{" + text.replace("{", "").replace("}", "")):
        answer = COLOUR.sub("", render_view(view, name, [Problem(text, 1, 1, "c", text)], 40, colour=True))
        assert not RAW.search(answer)
        assert "\t" not in answer or name == "plain" or "\t" in name or "\\t" in name
    for name in ("plain", "jsonl", TEMPLATE):
        assert render_view(view, name).count("\n") == 1


@given(st.lists(st.tuples(ANY_TEXT, st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False))))
@settings(max_examples=60, deadline=None)
def test_json_reads_back_as_the_same_values(rows: list[tuple[str, int, float]]) -> None:
    items = [Customer(text, text[:1], ratio, n, (text[:1],), None) for text, n, ratio in rows]
    # to JSON a pair of surrogates is one letter
    items = [item for item in items if not re.search("[\ud800-\udbff][\udc00-\udfff]", item.handle)]
    read = json.loads(render_view(View("customers", items, COLUMNS), "json"))["items"]
    assert read == [{**item._asdict(), "tags": list(item.tags)} for item in items]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"])), min_size=1))
@settings(max_examples=60, deadline=None)
def test_csv_reads_back_as_the_same_text(texts: list[str]) -> None:
    view = View("customers", [Customer(text, text, None, 1, (text, "b"), None) for text in texts], COLUMNS)
    rows = list(csv.DictReader(StringIO(render_view(view, "csv"), newline="")))
    assert [row["name"] for row in rows] == texts
    assert [row["tags"] for row in rows] == [f"{text};b" for text in texts]
    assert {row["value"] for row in rows} == {""}


def test_ten_thousand_items_are_plain_text_at_once() -> None:
    view = View("customers", [INITECH] * 10_000, COLUMNS)
    start = time.process_time()
    text = render_view(view, "plain")
    assert time.process_time() - start < 1
    assert text.count("\n") == 10_000


def test_plain_text_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from crmtxt.render.answer import render_view\n"
        "from crmtxt.render.columns import Column, View\n"
        "from crmtxt.errors import Problem\n"
        "view = View('x', [Problem('a', 1, 1, 'c', 'm\\x1b')], (Column('message', 'M'),))\n"
        "render_view(view, 'plain')\n"
        "heavy = {'rich', 'json', 'csv', 'html', 'difflib', 'crmtxt.render.table', 'crmtxt.render.html'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
