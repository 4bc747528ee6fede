"""The plan of a relationship: golden plans of the example book, and what has to hold for every plan."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest

from crmtxt.model.course import values_of
from crmtxt.model.course import whole
from crmtxt.services import reviews
from crmtxt.services.writer import Writer
from crmtxt.store.index import Index

if TYPE_CHECKING:
    from prompt import Prompt

GOLDEN = Path(__file__).parent / "plans"
FORMS = {
    "acme.md": "crmtxt plan acme --full --format md",
    "acme.html": "crmtxt plan acme --full --format html",
    "acme.json": "crmtxt plan acme --json",
    "acme-share.html": "crmtxt plan acme --share --format html",
}
CUSTOMERS = ("acme", "initech", "nell-harker", "hatoba-seiki", "northgate", "globex", "tidewell")
HOSTILE = """---
name: "<script>alert(1)</script> [x](javascript:y) \\x1b[31m"
stage: customer
contacts:
  eve:
    name: "<img src=x onerror=y>"
    cares_about: "`code` | *stars*"
plan:
  aim: "{{ 7 * 7 }} {% raw %}"
  goals:
    g:
      whose: theirs
      goal: "</style><script>"
      agreed: 2026-01-01
---

## Log

- 2026-11-01 call from @eve: <b>bold</b> {{ config }} feel:-1
  > </q><script>
- 2026-11-02 call from @eve: again feel:+1
"""


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("name", FORMS)
def test_a_plan_of_the_example_book_is_as_it_stands(name: str, crmtxt: Prompt, *, update: bool) -> None:
    answer, path = crmtxt(FORMS[name]).stdout, GOLDEN / name
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(answer, encoding="utf-8")
    assert answer == path.read_text(encoding="utf-8")


def plan(crmtxt: Prompt, words: str) -> dict[str, Any]:
    (item,) = json.loads(crmtxt(f"crmtxt plan {words} --json").stdout)["items"]
    return dict(item)


def said(item: dict[str, Any], section: str) -> list[str]:
    """Return the statements of a section, what each is about before it."""
    (found,) = (each for each in item["sections"] if each["name"] == section)
    return [f"{each['about']}: {each['text']}" for each in found["statements"]]


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_every_statement_cites_lines_there_are(customer: str, book: Path, crmtxt: Prompt) -> None:
    for section in plan(crmtxt, customer)["sections"]:
        for statement in section["statements"]:
            assert statement["lines"], statement
            for place in statement["lines"]:
                path, _, number = place.rpartition(":")
                assert int(number) <= len((book / path).read_text(encoding="utf-8").splitlines())


@pytest.mark.usefixtures("book")
def test_a_plan_asked_for_twice_is_the_same_to_the_byte(crmtxt: Prompt) -> None:
    for words in ("--format html", "--json", "--full --format md"):
        assert crmtxt(f"crmtxt plan acme {words}").stdout == crmtxt(f"crmtxt plan acme {words}").stdout


def test_the_order_of_lines_does_not_matter(book: Path, crmtxt: Prompt) -> None:
    path = book / "customers" / "initech.md"
    before = plan(crmtxt, "initech")
    head, _, log = path.read_text(encoding="utf-8").partition("## Log\n\n")
    entries = re.split(r"(?m)^(?=- )", log.rstrip("\n") + "\n")[1:]
    path.write_text(f"{head}## Log\n\n{''.join(reversed(entries))}", encoding="utf-8")
    after = plan(crmtxt, "initech")
    for name in ("why", "wants", "today", "people", "goals", "promises", "risks", "rules", "gaps"):
        assert said(after, name) == said(before, name)


def test_a_line_of_a_later_day_does_not_count(book: Path, crmtxt: Prompt) -> None:
    before = plan(crmtxt, "acme --as-of 2026-11-21")
    with (book / "customers" / "acme.md").open("a", encoding="utf-8") as file:
        file.write("- 2026-12-24 call from @tom by @lee: Furious. feel:-2\n- 2026-12-25 goal first-answer: 99h\n")
    assert plan(crmtxt, "acme --as-of 2026-11-21") == before


def test_a_plan_as_of_a_past_day_has_the_goals_and_initiatives_of_that_day(book: Path, crmtxt: Prompt) -> None:
    with (book / "customers" / "acme.md").open("a", encoding="utf-8") as file:
        file.write("- 2026-10-02 initiative joint-review by @sam: planned -> doing\n")
    before = plan(crmtxt, "acme --as-of yesterday")
    assert [each["handle"] for each in before["initiatives"]] == ["joint-review"]
    crmtxt("crmtxt goal close acme second-plant dropped")
    crmtxt("crmtxt initiative set acme joint-review --status waiting")
    crmtxt("crmtxt initiative close acme joint-review")
    after = plan(crmtxt, "acme --as-of yesterday")
    today = plan(crmtxt, "acme")
    without = {"lines": ()}
    assert [each | without for each in after["goals"]] == [each | without for each in before["goals"]]
    assert [each | without for each in after["initiatives"]] == [each | without for each in before["initiatives"]]
    assert [each["handle"] for each in today["goals"]] == ["first-answer"]
    assert today["initiatives"] == []
    assert plan(crmtxt, "acme --as-of 2026-09-30")["goals"] == []


@pytest.mark.usefixtures("book")
def test_a_talk_is_a_real_contact_of_180_days_as_on_the_map(crmtxt: Prompt) -> None:
    drawn = json.loads(crmtxt("crmtxt map acme --json").stdout)["items"][0]["talks"]
    told = {each.partition(" in 180 days")[0] for each in said(plan(crmtxt, "acme"), "talks") if " in 180 days" in each}
    assert told == {
        f"{each['ours']} – {each['name']}: {each['count']} talk{'s' if each['count'] > 1 else ''}" for each in drawn
    }


@pytest.mark.usefixtures("book")
def test_what_is_done_is_told_as_delivered(crmtxt: Prompt) -> None:
    crmtxt("crmtxt initiative close acme joint-review")
    crmtxt("crmtxt goal close acme second-plant reached")
    assert said(plan(crmtxt, "acme"), "delivered")[:2] == [
        "2026-11-21: A cabinet in the Avonmouth plant: reached",
        "2026-11-21: Quarterly joint review with both teams: done",
    ]


@pytest.mark.usefixtures("book")
def test_a_goal_read_by_hand_is_on_track_when_as_much_of_the_way_is_done_as_of_the_time(crmtxt: Prompt) -> None:
    words = "--whose theirs --goal Faults --from 10 --to 0 --by 2027-06-30 --agreed 2026-05-01"
    crmtxt(f"crmtxt goal add globex faults {words}")
    for value, on_track, progress in (("10", False, 0), ("4", True, 0.6), ("0", True, 1), ("none", None, None)):
        crmtxt(f"crmtxt goal read globex faults {value}")
        (goal,) = plan(crmtxt, "globex")["goals"]
        assert (goal["now"], goal["on_track"], goal["progress"]) == (value, on_track, progress)
        assert goal["readings"][-1]["value"] == value


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("words", ["' '", "'reached half of it'"])
def test_neither_nothing_nor_an_end_is_a_reading(words: str, crmtxt: Prompt) -> None:
    answer = crmtxt(f"crmtxt goal read acme second-plant {words}")
    assert answer.code == 2
    assert "a reading is one value" in answer.stderr


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("words", ["add acme visit --what Visit", "set acme joint-review"])
def test_an_initiative_that_is_over_has_no_place_in_the_plan(words: str, crmtxt: Prompt) -> None:
    answer = crmtxt(f"crmtxt initiative {words} --status 'done at last'")
    assert answer.code == 2
    assert "an initiative that is done leaves the plan" in answer.stderr


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("measure", ["answer_time", "keep_rate", "health", "mood", "contacts", "quiet"])
def test_a_goal_with_a_measure_is_worked_out(measure: str, crmtxt: Prompt) -> None:
    words = f"--whose ours --goal Better --measure {measure} --from 1 --to 2 --by eoy --agreed 2026-06-01"
    crmtxt(f"crmtxt goal add acme better {words}")
    (goal,) = (each for each in plan(crmtxt, "acme")["goals"] if each["handle"] == "better")
    assert goal["by_hand"] is False
    assert goal["now"] == goal["readings"][-1]["value"]
    assert all(each["number"] is not None for each in goal["readings"])
    assert goal["readings"][-1]["date"] == "2026-11-21"


@pytest.mark.usefixtures("book")
def test_a_review_is_what_changes_are_told_since(crmtxt: Prompt) -> None:
    assert plan(crmtxt, "acme")["since"] is None
    crmtxt("crmtxt plan review acme +3m")
    item = plan(crmtxt, "acme")
    assert item["since"] == "2026-11-21"
    assert not [each for each in said(item, "changed") if "since" in each]


@pytest.mark.usefixtures("book")
def test_a_day_that_was_asked_for_is_not_called_a_review(crmtxt: Prompt) -> None:
    for form in ("md", "plain", "html"):
        answer = crmtxt(f"crmtxt plan acme --since 2026-11-01 --full --format {form}").stdout
        assert "changes since 2026-11-01" in answer
        assert "last reviewed" not in answer
    assert "What changed since 2026-11-01" in answer


@pytest.mark.usefixtures("book")
def test_one_page_leaves_out_and_says_so_and_a_pipe_is_told_everything(crmtxt: Prompt) -> None:
    short, whole = (crmtxt(f"crmtxt plan acme {full} --format md").stdout for full in ("", "--full"))
    assert "more: crmtxt plan acme --full" in short
    assert "more: crmtxt" not in whole
    assert "more: crmtxt" not in crmtxt("crmtxt plan acme").stdout


def read_page(page: str) -> tuple[set[str], set[str]]:
    """Return the names of all tags and of all attributes."""
    tags: set[str] = set()
    attributes: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            attributes.update(name for name, _ in attrs)

    Reader().feed(page)
    return tags, attributes


def test_nothing_of_a_book_is_run_or_loaded_by_its_page(book: Path, crmtxt: Prompt) -> None:
    (book / "customers" / "eve.md").write_text(HOSTILE, encoding="utf-8")
    page = crmtxt("crmtxt plan eve --full --format html").stdout
    assert "<script" not in page
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    assert "\x1b" not in page
    tags, attributes = read_page(page)
    assert tags & {"script", "img", "link", "iframe", "object", "form", "base"} == set()
    assert {name for name in attributes if name in {"src", "href", "style"} or name.startswith("on")} == set()
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "\x1b" not in crmtxt("crmtxt plan eve --format table").stdout


@pytest.mark.usefixtures("book")
def test_the_style_of_a_page_is_the_one_its_policy_allows(crmtxt: Prompt) -> None:
    page = crmtxt("crmtxt plan acme --format html").stdout
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in page


@pytest.mark.usefixtures("book")
def test_a_page_has_headings_in_order_and_table_headers(crmtxt: Prompt) -> None:
    page = crmtxt("crmtxt plan acme --format html").stdout
    assert page.count("<h1>") == 1
    assert page.count("<table>") == page.count("<caption>") == page.count("<thead>")
    assert page.count('scope="row"') > page.count("<table>")
    assert page.count("<svg") == page.count('role="img"') > 0


@pytest.mark.parametrize(
    "values",
    [
        {"goal": "Say 'yes' \\ twice -> done", "from": "36h", "to": "about 8 h", "by": "2027-01-01"},
        {"goal": "plain"},
        {"for": "first-answer", "goal": "from a:b to c:d"},
        {"from": "a:b", "note": "x y:z"},
        {},
    ],
)
def test_what_is_closed_can_be_read_back_from_its_line(values: dict[str, str]) -> None:
    text = whole("reached", values, "goal")
    assert values_of(text.removeprefix("reached"), "goal") == values
    assert "\n" not in text


def test_a_plan_without_a_day_of_review_is_stale_when_nothing_happens_in_it_for_60_days(
    book: Path, crmtxt: Prompt
) -> None:
    crmtxt("crmtxt goal add initech fleet --whose theirs --goal Fleet --agreed 2026-09-01")

    def on(day: str) -> list[str]:
        index = Index(str(book), str(book.parent / "cache" / "index.sqlite"))
        found = [each.handle for each in reviews.neglected(Writer(index, date.fromisoformat(day), "sam"))]
        index.connection.close()
        return found

    assert on("2026-10-31") == []
    assert on("2026-11-01") == ["initech"]
