"""The map: how close each person is, who talks to whom about what, what is lacking; and its diagram."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from typing import Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

TEAM = "crmtxt: 1\nteam:\n  sam: {name: Sam}\n  ana: {name: Ana}\n"
PEOPLE = {
    "jo": "influence: 5",
    "kim": "role: champion",
    "lu": "role: Executive Sponsor\n    wanted: regular",
    "max": "role: decider",
}
DAYS = {"none": [], "known": ["2026-05-25"], "in touch": ["2026-05-26", "2026-11-21", "2026-11-21"]}
REGULAR = ["2026-06-01", "2026-07-01", "2026-08-01", "2026-11-21"]
SPREAD = [f"2026-11-{day:02} call with @{who} by @{us}: x" for day, who, us in (
    (1, "jo", "sam"), (2, "kim", "ana"), (3, "lu", "sam"), (4, "max", "sam"),
)]  # fmt: skip


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book with two of us, and customers to be written into it."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text(TEAM, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(book: Path, lines: list[str], people: dict[str, str] = PEOPLE, more: str = "") -> None:
    """Write the customer Acme with these people and log lines."""
    contacts = "".join(f"  {who}:\n    name: {who.title()} Doe\n    {facts}\n" for who, facts in people.items())
    log = "".join(f"- {line}\n" for line in lines)
    text = f"---\nname: Acme\n{more}contacts:\n{contacts}---\n\n## Log\n\n{log}"
    (book / "customers" / "acme.md").write_text(text, encoding="utf-8")


def drawn(crmtxt: Prompt, more: str = "") -> dict[str, Any]:
    answer = crmtxt(f"crmtxt map acme --json {more}")
    assert answer.code == 0, answer.stderr
    item: dict[str, Any] = json.loads(answer.stdout)["items"][0]
    return item


def gaps(crmtxt: Prompt, more: str = "") -> set[tuple[str, str | None]]:
    return {(gap["kind"], gap["person"]) for gap in drawn(crmtxt, more)["gaps"]}


@pytest.mark.parametrize(("level", "days"), [*DAYS.items(), ("regular", REGULAR)])
def test_the_level_is_counted_in_days_of_real_contact(book: Path, crmtxt: Prompt, level: str, days: list[str]) -> None:
    write(book, [f"{day} call with @jo: x" for day in days])
    jo = drawn(crmtxt)["people"][0]
    assert (jo["handle"], jo["level"], jo["last"]) == ("jo", level, max(days, default=None))
    assert jo["coverage"] == sum(day > "2026-05-25" for day in days)


def test_what_nobody_answered_and_what_is_still_to_come_is_no_contact(book: Path, crmtxt: Prompt) -> None:
    write(book, ["2026-11-02 email to @jo: x", "2026-11-20 note with @jo: x", "2026-12-24 call with @jo: x"])
    assert [each["level"] for each in drawn(crmtxt)["people"]] == ["none"] * 4
    assert drawn(crmtxt)["talks"] == []


def test_ours_and_theirs_are_paired_with_their_topics_by_how_often(book: Path, crmtxt: Prompt) -> None:
    write(book, [
        "2026-11-01 call with @jo, @kim by @sam, @ana: x #price",
        "2026-11-02 call from Jo Doe by @sam: y #Export #price",
        "2026-11-03 call from @kim: z",
        "2025-11-03 call from @max by @sam: long ago",
    ])  # fmt: skip
    pairs = {(each["ours"], each["theirs"]): (each["count"], each["topics"]) for each in drawn(crmtxt)["talks"]}
    assert pairs == {
        ("sam", "jo"): (2, ["price", "export"]),
        ("ana", "jo"): (1, ["price"]),
        ("sam", "kim"): (1, ["price"]),
        ("ana", "kim"): (1, ["price"]),
        (None, "kim"): (1, []),
    }


def test_the_order_of_lines_does_not_matter(book: Path, crmtxt: Prompt) -> None:
    write(book, SPREAD)
    before = drawn(crmtxt)
    write(book, SPREAD[::-1])
    assert drawn(crmtxt) == before


def test_a_customer_where_all_is_well_has_no_gap_but_what_is_wanted(book: Path, crmtxt: Prompt) -> None:
    write(book, SPREAD)
    assert gaps(crmtxt) == {("below wanted", "lu")}


@pytest.mark.parametrize(
    ("lines", "kind", "person"),
    [
        (SPREAD[1:], "uncovered", "jo"),
        (["2026-05-25 call with @jo by @sam: x", *SPREAD[1:]], "uncovered", "jo"),
        (["2026-05-25 call with @kim by @sam: x", *SPREAD[:1], *SPREAD[2:]], "gone quiet", "kim"),
        ([*SPREAD, *(f"2026-10-{day} call with @jo by @sam: x" for day in range(10, 17))], "single thread", None),
        ([line.replace("@ana", "@sam") for line in SPREAD], "single thread", None),
        ([*SPREAD, "2026-11-05 call from Old Tom by @sam: x"], "ghost", "Old Tom"),
    ],
)
def test_a_gap_is_named(book: Path, crmtxt: Prompt, lines: list[str], kind: str, person: str | None) -> None:
    write(book, lines)
    assert (kind, person) in gaps(crmtxt)


@pytest.mark.parametrize(("handle", "role"), [("kim", "champion"), ("lu", "sponsor"), ("max", "decision maker")])
def test_a_role_nobody_has_any_more_is_lacking(book: Path, crmtxt: Prompt, handle: str, role: str) -> None:
    write(book, SPREAD, PEOPLE | {handle: f"{PEOPLE[handle]}\n    until: 2026-11-20"})
    assert (f"no {role}", None) in gaps(crmtxt)
    assert (f"no {role}", None) not in gaps(crmtxt, "--as-of 2026-11-20")
    assert handle not in [each["handle"] for each in drawn(crmtxt)["people"]]


ALONE = ["2026-11-01 call with @jo by @sam: x", "2026-11-02 call with @kim by @sam: y"]
THREADS = [
    ([*ALONE, "2026-11-03 call with @jo by @sam: z"], "of us only sam talks to them"),
    (ALONE[:1], "100% of the talks in 180 days are with Jo Doe; of us only sam talks to them"),
    ([*ALONE, "2026-05-20 call with @jo by @ana: too long ago"], "of us only sam talks to them"),
    ([*ALONE, "2026-11-03 note by @ana: no contact"], "of us only sam talks to them"),
    ([*ALONE, "2026-11-03 call by @ana: nobody is named"], None),
]


@pytest.mark.parametrize(("lines", "why"), THREADS)
def test_plan_map_and_today_tell_the_same_single_threads(
    book: Path, crmtxt: Prompt, lines: list[str], why: str | None
) -> None:
    settings = "strategy:\n  types:\n    dear: {purpose: x, cost_to_serve: high}\n"
    with (book / "crmtxt.yaml").open("a", encoding="utf-8") as file:
        file.write(settings)
    write(book, lines, more="type: dear\n")
    plan = json.loads(crmtxt("crmtxt plan acme --json").stdout)["items"][0]["sections"]
    risks = [each for section in plan if section["name"] == "risks" for each in section["statements"]]
    assert [each["text"] for each in risks if each["about"] == "single thread"] == ([why] if why else [])
    assert [each["why"] for each in drawn(crmtxt)["gaps"] if each["kind"] == "single thread"] == ([why] if why else [])
    today = crmtxt("crmtxt today --format '{reason}'").stdout.split()
    assert ("thread" in today) == bool(why)


def test_a_person_who_is_a_customer_lacks_no_roles_and_is_no_single_thread(book: Path, crmtxt: Prompt) -> None:
    write(book, ["2026-11-01 call with @jo by @sam: x"], {"jo": "influence: 5"}, "person: true\n")
    assert gaps(crmtxt) == set()


def test_somebody_of_another_map_is_no_ghost(book: Path, crmtxt: Prompt) -> None:
    write(book, [*SPREAD, "2026-11-05 call from @other/pat by @sam: x", "2026-11-05 call from @other/nobody: x"])
    other = "---\nname: Other\ncontacts:\n  pat:\n    name: Pat\n---\n"
    (book / "customers" / "other.md").write_text(other, encoding="utf-8")
    assert {person for kind, person in gaps(crmtxt) if kind == "ghost"} == {"other/nobody"}


def test_a_person_with_a_file_of_their_own_has_the_name_told_there(book: Path, crmtxt: Prompt) -> None:
    write(book, ["2026-11-01 call from Rosa Quill by @sam: x"], {"rq": "person: rosa"})
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8").replace("    name: Rq Doe\n", "")
    (book / "customers" / "acme.md").write_text(text, encoding="utf-8")
    (book / "customers" / "rosa.md").write_text("---\nname: Rosa Quill\nperson: true\n---\n", encoding="utf-8")
    rosa = drawn(crmtxt)["people"][0]
    assert (rosa["name"], rosa["coverage"]) == ("Rosa Quill", 1)
    assert "ghost" not in dict(gaps(crmtxt))


def test_only_the_four_words_can_be_wanted(book: Path, crmtxt: Prompt) -> None:
    write(book, SPREAD)
    assert crmtxt("crmtxt contact set acme jo --wanted regular --ours ana").code == 0
    assert ("below wanted", "jo") in gaps(crmtxt)
    refused = crmtxt("crmtxt contact set acme jo --wanted often")
    assert (refused.code, "no level 'often'" in refused.stderr) == (2, True)


def test_a_diagram_has_a_box_for_everybody_and_an_edge_for_each_pair(book: Path, crmtxt: Prompt) -> None:
    write(book, SPREAD[1:])
    rows = crmtxt("crmtxt map acme --format mermaid").stdout.splitlines()
    assert rows[0] == "flowchart LR"
    boxes = dict(re.findall(r'^    (n\d+)\["(\w+)', "\n".join(rows), re.MULTILINE))
    assert sorted(boxes.values()) == ["Ana", "Jo", "Kim", "Lu", "Max", "Sam"]
    edges = re.findall(r"(n\d+) -->.* (n\d+)$", "\n".join(rows), re.MULTILINE)
    assert {(boxes[one], boxes[other]) for one, other in edges} == {("Ana", "Kim"), ("Sam", "Lu"), ("Sam", "Max")}
    assert next(row for row in rows if '"Jo' in row).endswith(":::faint")


def test_no_text_of_a_book_breaks_out_of_a_diagram(book: Path, crmtxt: Prompt) -> None:
    hostile = '"]; click n0 href "javascript:x" %%{init: {}}%% ```\u202e<img src=x> `*end*` #quot; |x| -->'
    people = {"jo": f"name: '{hostile}'\n    role: '{hostile}\\e[31m'"}
    by = hostile.replace(",", "")
    write(book, [f"2026-11-01 call with @jo by {by}: x #a", "2026-11-02 call from @jo: y"], people)
    path = book / "customers" / "acme.md"
    text = path.read_text(encoding="utf-8").replace("    name: Jo Doe\n", "")
    path.write_text(text.replace("name: Acme", f"name: 'Acme {hostile}'"), encoding="utf-8")
    shape = re.compile(r"""
        flowchart\ LR | \ \ end | \ \ classDef\ faint\ stroke-dasharray:\ 4\ 3
        | \ \ subgraph\ g\d\["LABEL"\] | \ {4}n\d+\["LABEL(<br/>LABEL)*"\](:::faint)?
        | \ \ n\d+\ -->\|"LABEL"\|\ n\d+
    """.replace("LABEL", r"([\w\ .,:+–·-]|\#\d+;)*"), re.VERBOSE)  # fmt: skip
    rows = crmtxt("crmtxt map acme --format mermaid").stdout.splitlines()
    assert len(rows) > 6
    assert [row for row in rows if not shape.fullmatch(row)] == []


def test_what_has_no_diagram_says_so(book: Path, crmtxt: Prompt) -> None:
    write(book, SPREAD)
    refused = crmtxt("crmtxt list --format mermaid")
    assert (refused.code, refused.stdout) == (2, "")
    assert "no diagram of customers" in refused.stderr
