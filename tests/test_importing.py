"""Import and export: what rows become, that twice is once, that what comes out goes in, and the real sales data."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections import Counter
from datetime import date
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.model.cells import UndeclaredError
from crmtxt.model.cells import day_of
from crmtxt.model.cells import money_of
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.text import edit
from crmtxt.text.emit import HIDDEN
from crmtxt.text.spreadsheet import read_spreadsheet
from generators import AWKWARD
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

SHARED = Path(__file__).parents[2] / "shared"
SALES = SHARED / "data" / "crm-sales-opportunities"
BOOK = "crmtxt: 1\ntimezone: UTC\ncurrency: USD\npipeline: {prospecting: 0.1, engaging: 0.4, won: 1, lost: 0}\n"
MAPPING = """\
columns:
  opportunity_id: id
  sales_agent: owner
  product: title
  account: customer
  deal_stage: stage
  engage_date: on.engaging
  close_date: closed
  close_value: value
fill: {customer: Unknown}
dates: dmy
"""
QUICKLY = [phase for phase in Phase if phase is not Phase.shrink]  # each example is two books: shrinking takes minutes
SEEN = st.text(st.characters(codec="utf-8"), max_size=12).filter(lambda text: not HIDDEN.search(text))
TEXT = st.one_of(
    SEEN, st.lists(st.sampled_from([*AWKWARD, "=1+1", "@SUM(A1)", '"', ";", "\n"]), max_size=3).map("".join)
)
DAY = st.dates(date(2019, 1, 1), date(2026, 11, 20)).map(date.isoformat)
HEADING = ("account", "id", "title", "stage", "opened", "closed", "value", "owner", "because", "Region", "note")
DAYS = st.one_of(
    st.tuples(st.sampled_from(["prospecting", "Engaging"]), st.one_of(st.just(""), DAY), st.just("")),
    st.tuples(st.sampled_from(["won", "Lost"]), st.just(""), DAY),
    st.tuples(st.sampled_from(["won", "Lost"]), DAY, DAY).map(lambda each: (each[0], *sorted(each[1:]))),
)
ROW = st.tuples(
    st.one_of(TEXT, st.sampled_from(["Acme Ltd", "Globex"])),
    st.one_of(TEXT, st.just("")),
    TEXT,
    DAYS,
    st.sampled_from(["", "0", "12", "12.50", "7 EUR"]),
    st.one_of(st.just(""), TEXT),
    TEXT,
    TEXT,
    TEXT,
).map(lambda row: (*row[:3], *row[3], *row[4:]))


def written(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def book_in(folder: Path) -> Path:
    """Return a new book without customers, under no git."""
    (folder / "customers").mkdir(parents=True)
    (folder / "crmtxt.yaml").write_text(BOOK, encoding="utf-8")
    return folder


def changes(answer: str) -> Counter[str]:
    return Counter(each["change"] for each in json.loads(answer)["items"])


def files(book: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in book.glob("customers/*.md")}


@settings(max_examples=10, deadline=None, phases=QUICKLY)
@given(st.lists(ROW, min_size=1, max_size=5))
def test_what_is_exported_goes_in_again_and_comes_out_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    run, folder = Prompt(), tmp_path_factory.mktemp("books")
    one, other = book_in(folder / "one"), book_in(folder / "other")
    given_ = written([HEADING, *rows])
    crm = ["-C", str(one), "import", "opportunities", "-", "--map", "account=customer"]
    assert run.words([*crm, "--apply"], given_).code in {0, 4}
    before = files(one)
    again = run.words([*crm, "--json"], given_)
    assert set(changes(again.stdout)) <= {"same"}
    exported = run.words(["-C", str(one), "export", "opportunities"]).stdout
    back = run.words(["-C", str(one), "import", "opportunities", "-", "--apply"], exported)
    assert (back.code, files(one)) == (0, before), back.stderr
    assert run.words(["-C", str(other), "import", "opportunities", "-", "--apply"], exported).code == 0
    assert run.words(["-C", str(other), "export", "opportunities"]).stdout == exported
    assert json.loads(run.words(["-C", str(one), "list", "--json"]).stdout)["problems"] == []


@settings(max_examples=8, deadline=None, phases=QUICKLY)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT, st.sampled_from(["", "Lead", "lost"]), TEXT), min_size=1, max_size=5))
def test_customers_too(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    run, folder = Prompt(), tmp_path_factory.mktemp("books")
    one, other = book_in(folder / "one"), book_in(folder / "other")
    given_ = written([("name", "contact", "owner", "stage", "Sector 2"), *rows])
    crm = ["-C", str(one), "import", "customers", "-"]
    assert run.words([*crm, "--apply"], given_).code in {0, 4}
    before = files(one)
    assert set(changes(run.words([*crm, "--json"], given_).stdout)) <= {"same"}
    exported = run.words(["-C", str(one), "export", "customers"]).stdout
    back = run.words([*crm, "--apply"], exported)
    assert (back.code, files(one)) == (0, before), back.stderr
    assert run.words(["-C", str(other), "import", "customers", "-", "--apply"], exported).code == 0
    assert run.words(["-C", str(other), "export", "customers"]).stdout == exported


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2026-11-03", "", "2026-11-03"),
        ("2026/1/3", "mdy", "2026-01-03"),
        ("2026-11-03T10:00:00Z", "", "2026-11-03"),
        ("3.11.2026", "dmy", "2026-11-03"),
        ("11/3/2026 09:30", "mdy", "2026-11-03"),
    ],
)
def test_a_date_is_read_as_it_stands_or_as_was_declared(cell: str, order: str, day: str) -> None:
    assert day_of(cell, order) == day


@pytest.mark.parametrize("cell", ["03-11-2026", "25-11-2026", "1/2/2026"])
def test_a_year_that_stands_last_is_never_guessed_at(cell: str) -> None:
    with pytest.raises(UndeclaredError, match="the day may stand first"):
        day_of(cell)


@pytest.mark.parametrize(
    ("cell", "order"), [("31-02-2026", "dmy"), ("25-11-2026", "mdy"), ("soon", ""), ("3-4-26", "dmy")]
)
def test_what_is_no_day_is_said(cell: str, order: str) -> None:
    with pytest.raises(ValueError, match=r"no day|no date"):
        day_of(cell, order)


@pytest.mark.parametrize(
    ("cell", "decimal", "money"),
    [
        ("12000", "", "12000 USD"),
        ("12.5", "", "12.5 USD"),
        ("12 EUR", "", "12 EUR"),
        ("1,234.50", "point", "1234.50 USD"),
        ("1.234", "point", "1.234 USD"),
        ("1.234", "comma", "1234 USD"),
        ("1.234.567,8", "comma", "1234567.8 USD"),
        ("1 234,50 EUR", "comma", "1234.50 EUR"),
        ("1'234", "point", "1234 USD"),
    ],
)
def test_an_amount_is_read_as_it_stands_or_as_was_declared(cell: str, decimal: str, money: str) -> None:
    assert money_of(cell, "USD", decimal) == money


@pytest.mark.parametrize("cell", ["1,5", "1.234", "1,234.50", "1 234"])
def test_an_amount_that_means_two_things_is_never_guessed_at(cell: str) -> None:
    with pytest.raises(UndeclaredError, match="two ways"):
        money_of(cell, "USD")


@pytest.mark.parametrize(
    ("cell", "decimal"), [("-5", ""), ("$5", ""), ("1,23,4", "point"), ("five", ""), ("1,5", "point")]
)
def test_what_is_no_amount_is_said(cell: str, decimal: str) -> None:
    with pytest.raises(ValueError, match=r"not negative|cannot read|no amount"):
        money_of(cell, "USD", decimal)


def test_a_row_knows_its_line_even_below_cells_of_several_lines() -> None:
    sheet = read_spreadsheet('\ufeffa,b\r\n"x\ny", 1 \r\n\r\n2,"say ""so"""\r\n', "x.csv")
    assert (sheet.columns, sheet.rows) == (("a", "b"), ((2, ("x y", "1")), (5, ("2", 'say "so"'))))


@given(st.lists(DAY, max_size=6), st.lists(DAY, max_size=8), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_many_lines_go_in_as_they_would_one_by_one(there: list[str], new: list[str], ended: bool, end: str) -> None:  # noqa: FBT001
    text = "---\nname: Acme\n---\nNotes.\n\n## Log\n\n" + "".join(f"- {day} call: before\n" for day in there)
    text = (text if ended else text.removesuffix("\n")).replace("\n", end)
    lines = [Line(day, "note", str(number)) for number, day in enumerate(new)]
    one_by_one = text
    for line in sorted(lines, key=lambda line: line.date):
        one_by_one = edit.insert(one_by_one, LOG, line)
    assert edit.insert_all(text, LOG, lines) == one_by_one


ONE = "customer,id,title,stage,value,opened,closed,Region\n"


def test_an_id_that_is_a_word_of_the_line_grammar_is_given_a_number(crmtxt: Prompt, book: Path) -> None:
    assert (
        crmtxt(
            "crmtxt import opportunities - --fill owner=sam --apply", ONE + "acme,to,A,qualify,1,2026-10-01,,\n"
        ).code
        == 0
    )
    assert "opportunity to-1 by @sam: opened" in (book / "customers" / "acme.md").read_text(encoding="utf-8")


def test_a_row_leaves_the_lines_the_commands_would_have_left(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "tidewell.md"
    before = file.read_bytes()
    crmtxt("crmtxt opp add tidewell Annex 2400 --on 2026-10-01")
    crmtxt("crmtxt opp add tidewell Gate --on 2026-10-02")
    crmtxt("crmtxt opp won tidewell gate --value 900 --on 2026-11-01")
    by_hand = (
        file.read_text(encoding="utf-8")
        .replace(" by @sam: opened", ": opened")
        .replace(" by @sam: qualify -> won", ": qualify -> won")
    )
    by_hand = by_hand.replace("    value: 2400 GBP\n    owner: sam\n", "    value: 2400 GBP\n")
    for _ in range(3):
        crmtxt("crmtxt undo")
    assert file.read_bytes() == before
    rows = "tidewell,,Annex,qualify,2400,2026-10-01,,\ntidewell,,Gate,won,900,2026-10-02,2026-11-01,\n"
    assert crmtxt("crmtxt import opportunities - --apply", ONE + rows).code == 0
    assert file.read_text(encoding="utf-8") == by_hand


def test_an_import_is_one_commit_and_one_undo(crmtxt: Prompt, book: Path) -> None:
    before = files(book)
    rows = "".join(
        f"{name},x-{at},Thing,qualify,{at},2026-10-0{at},,North\n"
        for at, name in enumerate(["acme", "globex", "New"], 1)
    )
    assert crmtxt("crmtxt import opportunities -", ONE + rows).code == 0
    assert files(book) == before
    assert crmtxt("crmtxt import opportunities - --apply", ONE + rows).code == 0
    log = subprocess.run(["git", "log", "--oneline"], capture_output=True, text=True, check=True).stdout
    assert log.count("\n") == 2
    assert files(book).keys() - before.keys() == {"new.md"}
    assert "nothing to change" in crmtxt("crmtxt import opportunities - --apply", ONE + rows).stderr
    assert crmtxt("crmtxt undo").code == 0
    assert files(book) == before


def test_one_that_was_moved_back_comes_back_with_its_whole_course(
    crmtxt: Prompt, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crmtxt("crmtxt opp add tidewell Tower 10 EUR --on 2026-11-01")
    for stage, day in (("demo", "02"), ("qualify", "03"), ("demo", "05"), ("qualify", "05")):
        crmtxt(f"crmtxt opp move tidewell tower {stage} --on 2026-11-{day}")
    exported = crmtxt("crmtxt export opportunities tidewell").stdout
    assert "2026-11-01;2026-11-03;2026-11-05,2026-11-02;2026-11-05" in exported
    lines = [line for line in (book / "customers" / "tidewell.md").read_text().splitlines() if "tower" in line]
    other = book_in(tmp_path / "other")
    settings_ = (book / "crmtxt.yaml").read_text(encoding="utf-8")
    (other / "crmtxt.yaml").write_text(settings_, encoding="utf-8")
    monkeypatch.chdir(other)
    assert Prompt().words(["import", "opportunities", "-", "--apply"], exported).code == 0
    assert crmtxt("crmtxt export opportunities tidewell").stdout == exported
    told = (other / "customers" / "tidewell.md").read_text(encoding="utf-8")
    assert [line.partition(": ")[2] for line in lines if "->" in line] == [
        line.partition(": ")[2] for line in told.splitlines() if "opportunity tower" in line and "->" in line
    ]


def test_another_owner_and_title_are_logged_as_opp_set_would(crmtxt: Prompt, book: Path) -> None:
    row = "handle,id,title,stage,owner\nacme,renewal-2027,Three years,proposal,ana\n"
    assert Prompt().words(["import", "opportunities", "-", "--apply"], row).code == 0
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    assert ': title "Renewal 2027" -> "Three years"\n' in text
    assert ": owner sam -> ana\n" in text
    assert crmtxt("crmtxt opp list acme --as-of 2026-11-20 --format '{title} {owner}'").stdout == "Renewal 2027 sam\n"


def test_what_an_earlier_end_had_below_its_line_is_not_told_of_a_later_one(crmtxt: Prompt, book: Path) -> None:
    crmtxt("crmtxt opp add tidewell Tower 10 EUR --on 2026-11-01")
    crmtxt("crmtxt opp set tidewell tower region=North")
    crmtxt("crmtxt opp lost tidewell tower --skip")
    assert ",North\n" in crmtxt("crmtxt export opportunities tidewell").stdout
    file = book / "customers" / "tidewell.md"
    again = '- 2026-11-21 opportunity tower by @sam: lost -> won 12 EUR "Tower"\n'
    file.write_text(file.read_text(encoding="utf-8") + again, encoding="utf-8")
    assert "North" not in crmtxt("crmtxt export opportunities tidewell").stdout


def test_a_customer_since_nobody_knows_when_comes_back_the_same(
    crmtxt: Prompt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(book_in(tmp_path / "other"))
    rows = "handle,name,stage,since,contact\na,A,lead,,Jane\na,A,lead,,Tom\nb,B,lead,2026-01-02,\n"
    assert Prompt().words(["import", "customers", "-", "--apply"], rows).code == 0
    shown = crmtxt("crmtxt export customers --format '{handle} {since} {contact}'").stdout
    assert shown == "a  Jane\na  Tom\nb 2026-01-02 \n"


def test_a_later_file_takes_an_opportunity_on_to_its_end(crmtxt: Prompt, book: Path) -> None:
    lines = (
        "acme,a7,Press,qualify,100,2026-09-01,,North",
        "acme,a7,Press,proposal,120,2026-09-01,,South",
        "acme,a7,Press,won,130,2026-09-01,2026-11-21,East",
    )
    for line in lines:
        assert crmtxt("crmtxt import opportunities - --apply", ONE + line).code == 0
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    assert [line.partition("a7: ")[2] for line in text.split("\n") if " a7: " in line] == [
        'opened at qualify 100 GBP "Press"',
        "qualify -> proposal",
        "value 100 GBP -> 120 GBP",
        'proposal -> won 130 GBP "Press"',
    ]
    assert "  - Region: East" in text
    assert "  a7:" not in text
    assert "drift" not in crmtxt("crmtxt check --json").stdout
    answer = crmtxt("crmtxt import opportunities - --apply", ONE + "acme,a7,Press,lost,130,2026-09-01,2026-11-21,East")
    assert answer.code == 4
    assert "standard input:2: lost 2026-11-21, in this book won on 2026-11-21" in answer.stderr


def test_a_row_that_cannot_be_read_costs_only_itself(crmtxt: Prompt, book: Path) -> None:
    rows = "acme,,A,qualify,1,,,\nacme,,B,won,1,,,\nacme,,C,qualify,1,2027-01-01,,\n"
    rows += ",,D,qualify,1,,,\nacme,,E,qualify\n\nacme,,F,demo,1,,,\n"
    answer = crmtxt("crmtxt import opportunities - --apply", ONE + rows)
    assert answer.code == 4
    named = [line.split(":")[2] for line in answer.stderr.splitlines() if line.startswith("crmtxt: standard input:")]
    assert named == ["3", "4", "5", "6"]
    text = (book / "customers" / "acme.md").read_text(encoding="utf-8")
    assert ("title: A\n" in text, "title: F\n" in text, "title: B\n" in text) == (True, True, False)


def test_of_many_rows_that_cannot_be_read_all_are_to_be_had(crmtxt: Prompt, book: Path) -> None:
    (book.parent / "x.csv").write_text(ONE + "acme,,A,nosuch,1,,,\n" * 50, encoding="utf-8")
    said = crmtxt("crmtxt import opportunities ../x.csv --apply").stderr
    assert "… and 30 more: the same with --json, and without --apply" in said
    problems = json.loads(crmtxt("crmtxt import opportunities ../x.csv --json").stdout)["problems"]
    assert [each["line"] for each in problems] == [*range(2, 52)]


def test_a_file_that_cannot_be_written_costs_only_its_rows(crmtxt: Prompt, book: Path) -> None:
    (book / "customers" / "broken.md").write_text("---\nname: [\n---\n", encoding="utf-8")
    torn = "---\nname: Torn\n<<<<<<< HEAD\nstage: lead\n=======\nstage: lost\n>>>>>>> ana\n---\n"
    (book / "customers" / "torn.md").write_text(torn, encoding="utf-8")
    rows = "Broken,,A,qualify,1,,,\ntorn,,B,qualify,1,,,\nacme,,C,qualify,1,,,\n"
    answer = crmtxt("crmtxt import opportunities - --apply", ONE + rows)
    assert answer.code == 4
    assert "standard input:2: customers/broken.md cannot be read" in answer.stderr
    assert "standard input:3: customers/torn.md is in conflict" in answer.stderr
    assert "title: C" in (book / "customers" / "acme.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("apply", ["", " --apply"])
def test_a_customer_that_cannot_be_read_is_named_beside_what_is_imported(
    apply: str, crmtxt: Prompt, book: Path
) -> None:
    (book / "customers" / "broken.md").write_text("---\nname: [x\n---\n")
    answer = crmtxt(f"crmtxt import customers -{apply}", "name\nOther\n")
    assert (answer.code, "customers/broken.md:2" in answer.stderr) == (4, True)
    assert (book / "customers" / "other.md").exists() == bool(apply)


@pytest.mark.parametrize("handle", ["../../x", "A B", ".md", "con/x", "nobody"])
def test_a_handle_from_a_file_leads_nowhere_else(handle: str, crmtxt: Prompt, book: Path) -> None:
    before = sorted(book.parent.rglob("*.md"))
    rows = f"handle,customer,title,stage\n{handle},,T,demo\n{handle.replace('nobody', 'no body')},New,T,demo\n"
    answer = crmtxt("crmtxt import opportunities - --apply", rows)
    assert (answer.code, answer.stderr.count("standard input:")) == (4, 2)
    answer = crmtxt("crmtxt import customers - --apply", rows.replace("customer,title", "name,title"))
    assert (answer.code, answer.stderr.count("standard input:")) == (4, 2)
    assert sorted(book.parent.rglob("*.md")) == before


def test_whose_it_is_is_never_guessed(crmtxt: Prompt, book: Path) -> None:
    (book / "customers" / "acme-two.md").write_text("---\nname: Acme Ltd\nstage: lead\n---\n", encoding="utf-8")
    answer = crmtxt("crmtxt import opportunities - --apply", ONE + "Acme Ltd,,A,qualify,1,,,\n")
    assert answer.code == 4
    assert "'Acme Ltd' could be acme or acme-two" in answer.stderr
    known = next(
        each for each in json.loads(crmtxt("crmtxt show acme --json").stdout)["items"][0]["contacts"] if each["email"]
    )
    at = known["email"].partition("@")[2]
    answer = crmtxt("crmtxt import customers -", f"name,email\nAcme Other,zed@{at}\n")
    assert answer.code == 4
    assert "'Acme Other' is not known, but acme (Acme Ltd) has people at" in answer.stderr
    answer = crmtxt("crmtxt import customers - --json", f"email,contact\nzed@{at},Zed\n")
    assert [(each["customer"], each["what"]) for each in json.loads(answer.stdout)["items"]] == [
        ("acme", "contact zed")
    ]


def test_a_bar_is_shown_on_a_terminal_alone(crmtxt: Prompt, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmtxt.outside.progress.PATIENCE", 0)
    (book.parent / "x.csv").write_text(ONE + "acme,,A,qualify,1,,,\n", encoding="utf-8")
    assert "reading" in crmtxt("crmtxt import opportunities ../x.csv", screen=True).stderr
    assert "reading" not in crmtxt("crmtxt import opportunities ../x.csv").stderr
    assert "reading" not in crmtxt("TERM=dumb crmtxt import opportunities ../x.csv", screen=True).stderr


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crmtxt: Prompt) -> list[dict[str, str]]:
    """Return the rows of the real sales data, imported into a book that is the working folder."""
    if not (SALES / "sales_pipeline.csv").exists():
        pytest.skip("the real sales data are not there: ../shared/data/crm-sales-opportunities")
    monkeypatch.chdir(book_in(tmp_path / "book"))
    subprocess.run(["git", "init", "--quiet"], check=True)
    Path("map.yaml").write_text(MAPPING, encoding="utf-8")
    answer = crmtxt(f"crmtxt import opportunities {SALES}/sales_pipeline.csv --mapping map.yaml --apply")
    assert answer.code == 0
    assert "8,800 new opportunities, 86 new customers" in answer.stderr
    with (SALES / "sales_pipeline.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day_in(text: str) -> date:
    return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007  # a day has no zone


def only(answer: str) -> dict[str, Any]:
    (item,) = json.loads(answer)["items"]
    return dict(item)


def test_the_real_sales_go_in_at_once_and_come_out_right(sales: list[dict[str, str]], crmtxt: Prompt) -> None:
    found = only(crmtxt("crmtxt won --summary --json").stdout)
    assert (found["won"], found["lost"], found["open"], found["value"]) == (4238, 2473, 2089, 10005534)
    assert found["win_rate"] == 0.631501
    stages = json.loads(crmtxt("crmtxt pipeline --json").stdout)["items"]
    assert {each["stage"]: each["count"] for each in stages} == Counter(
        row["deal_stage"].lower() for row in sales if not row["close_date"]
    )
    day = date(2017, 6, 30)
    begun = [row for row in sales if row["engage_date"] and day_in(row["engage_date"]) <= day]
    closed = [row for row in begun if row["close_date"] and day_in(row["close_date"]) <= day]
    won = [row for row in closed if row["deal_stage"] == "Won"]
    past = only(crmtxt(f"crmtxt won --summary --as-of {day} --json").stdout)
    assert (past["won"], past["lost"], past["open"]) == (len(won), len(closed) - len(won), len(begun) - len(closed))
    assert past["value"] == sum(int(row["close_value"]) for row in won)
    funnel = json.loads(crmtxt(f"crmtxt funnel --as-of {day} --json").stdout)["items"]
    assert [(each["entered"], each["passed"]) for each in funnel] == [(len(begun), len(begun)), (len(begun), len(won))]
    exported = list(csv.DictReader(io.StringIO(crmtxt("crmtxt export opportunities").stdout)))
    assert Counter((each["id"], each["customer"], each["title"], each["closed"]) for each in exported) == Counter(
        (row["opportunity_id"].lower(), row["account"] or "Unknown", row["product"],
         day_in(row["close_date"]).isoformat() if row["close_date"] else "")
        for row in sales
    )  # fmt: skip
    Path("again.csv").write_text(crmtxt("crmtxt export opportunities").stdout, encoding="utf-8")
    answer = crmtxt("crmtxt import opportunities again.csv --apply")
    assert "8,800 as they are" in answer.stderr
    assert "nothing to change" in answer.stderr
    assert os.listdir("customers")  # noqa: PTH208  # a name is enough
