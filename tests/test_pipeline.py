"""The pipeline: the vectors of the measures, random histories counted by hand, and 8,800 real opportunities."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.measure import pipeline
from crmtxt.measure.deals import Course as Stages
from crmtxt.measure.deals import Deal
from crmtxt.measure.deals import Logged
from crmtxt.measure.deals import Step
from crmtxt.measure.deals import read_deals
from crmtxt.store import deals
from crmtxt.store.index import Index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prompt import Prompt

SHARED = Path(__file__).parents[2] / "shared"
EXPECTED = [(Decimal(10000), 0.2), (Decimal(20000), 0.4), (Decimal(5000), 0.9)]
SPREAD = pipeline.forecast(EXPECTED)
RATE = pipeline.win_rate(8, 10 - 8)
ENDS = [(30, "won"), (45, "lost"), (60, "won"), (60, ""), (90, "lost"), (120, "won"), (120, "")]
STAGES = ("qualify", "demo", "proposal")
PIPELINE = {"qualify": 0.1, "demo": 0.25, "proposal": 0.5, "won": 1.0, "lost": 0.0}
START = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (SPREAD.weighted, 14500),
        (SPREAD.sd, 10688.779163),
        (pipeline.learned(3, 5, 0.4), 0.466667),
        (pipeline.velocity(40, 25000, 0.25, 90), 2777.777778),
        (RATE and RATE.share, 0.8),
        (RATE and RATE.low, 0.490162),
        (RATE and RATE.high, 0.943318),
        (pipeline.incidence(ENDS, 29), 0),
        (pipeline.incidence(ENDS, 30), 0.142857),
        (pipeline.incidence(ENDS, 60), 0.285714),
        (pipeline.incidence(ENDS, 120), 0.476190),
        (pipeline.percentile([1, 2, 3, 4, 5], 0.75), 4),
        (pipeline.percentile([1, 2], 0.5), 1.5),
    ],
)
def test_the_vectors(found: float | Decimal, expected: float) -> None:
    assert float(found) == pytest.approx(expected, abs=1e-6)


def test_a_probability_of_zero_is_zero_and_not_missing() -> None:
    assert tuple(pipeline.forecast([(Decimal(100), 0.0)])) == (0, 0)
    assert pipeline.learned(0, 0, 0.0) == 0
    assert pipeline.win_rate(0, 3) is not None
    assert pipeline.win_rate(0, 0) is None


Course = list[tuple[str, int]]
COURSES = st.lists(
    st.lists(st.tuples(st.sampled_from([*STAGES, "won", "lost"]), st.integers(0, 40)), min_size=1, max_size=6),
    max_size=12,
)


def lines(courses: list[Course]) -> list[Logged]:
    """Return a log in which every opportunity goes through stages, so many days after another, up to its end."""
    found = []
    for at, course in enumerate(courses):
        day, before = START.toordinal(), ""
        for stage, days in course:
            day += days
            text = f"{before} -> {stage}" if before else f"opened at {stage} 100 EUR"
            found.append(Logged(1, f"o{at}", date.fromordinal(day).isoformat(), "@sam", text))
            if stage in {"won", "lost"}:
                break
            before = stage
    return found


def stages_of(log: Sequence[Logged], handle: str) -> list[str]:
    return [
        line.text.split()[-1] if "->" in line.text else line.text.split()[2] for line in log if line.handle == handle
    ]


@settings(max_examples=1000, deadline=None)
@given(COURSES)
def test_the_funnel_is_what_counting_by_hand_gives(courses: list[Course]) -> None:
    log = lines(courses)
    found = read_deals(log, None, "EUR")
    order = [*STAGES, "won"]
    furthest = [
        max((order.index(stage) for stage in stages_of(log, f"o{at}") if stage in order), default=-1)
        for at in range(len(courses))
    ]
    for at, passage in enumerate(pipeline.funnel(found, STAGES)):
        assert passage.entered == sum(each >= at for each in furthest)
        assert passage.passed == sum(each > at for each in furthest)


PATH, AWAY = ("lead", "prospect", "customer"), ("dormant", "lost")
RELATIONSHIPS = st.lists(st.lists(st.sampled_from([*PATH, *AWAY]), min_size=1, max_size=7), max_size=8)


@settings(max_examples=1000, deadline=None)
@given(RELATIONSHIPS)
def test_customers_on_the_path_away_and_back_are_what_counting_by_hand_gives(relationships: list[list[str]]) -> None:
    courses = [Stages(tuple(Step(stage, day) for day, stage in enumerate(each))) for each in relationships]
    for at, passage in enumerate(pipeline.funnel(courses, PATH)):
        beyond = [set(PATH[at + 1 :]) & set(each) for each in relationships]
        assert passage.passed == sum(map(bool, beyond))
        assert passage.entered == sum(bool(set(PATH[at:]) & set(each)) for each in relationships)
    for passage in pipeline.returns(courses, AWAY):
        gone = [each[each.index(passage.stage) :] for each in relationships if passage.stage in each]
        assert passage.entered == len(gone)
        assert passage.passed == sum(bool(set(each) & set(PATH)) for each in gone)


@settings(max_examples=1000, deadline=None)
@given(COURSES)
def test_what_is_learned_is_what_counting_by_hand_gives(courses: list[Course]) -> None:
    log = lines(courses)
    ends = [stages_of(log, f"o{at}") for at in range(len(courses))]
    for stage, chance in pipeline.chances(read_deals(log, None, "EUR"), PIPELINE).items():
        closed = [course for course in ends if stage in course and course[-1] in {"won", "lost"}]
        won = sum(course[-1] == "won" for course in closed)
        assert chance.n == len(closed)
        assert chance.learned == pytest.approx((won + 10 * PIPELINE[stage]) / (len(closed) + 10))


@settings(max_examples=1000, deadline=None)
@given(COURSES, st.integers(0, 120))
def test_a_past_day_reads_as_if_nothing_later_had_been_written(courses: list[Course], days: int) -> None:
    day = date.fromordinal(START.toordinal() + days).isoformat()
    log = lines(courses)
    before = [line for line in log if line.date <= day]
    known = {deal.handle: deal for deal in read_deals(before, None, "EUR")}
    for handle in {line.handle for line in before}:
        mine = [line for line in before if line.handle == handle]
        assert known[handle].stage == stages_of(mine, handle)[-1]
        assert known[handle].opened == date.fromisoformat(mine[0].date).toordinal()


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["won", "lost", ""])), min_size=1, max_size=8))
def test_the_share_won_follows_from_what_was_at_risk_each_day(ends: list[tuple[int, str]]) -> None:
    share, alive = 0.0, 1.0
    for day in range(10):
        at_risk = sum(at >= day for at, _ in ends)
        won, lost = (sum((at, how) == (day, outcome) for at, how in ends) for outcome in ("won", "lost"))
        if at_risk:
            share, alive = share + alive * won / at_risk, alive * (1 - (won + lost) / at_risk)
        assert pipeline.incidence(ends, day) == pytest.approx(share)


TOLD = st.sampled_from(
    [
        'opened at qualify 10 EUR close:2026-09-01 "One"',
        "opened",
        "qualify -> demo",
        "value 10 EUR -> 12.50 EUR",
        "value -> nothing at all",
        "close 2026-09-01 -> 2026-10-01",
        "-> proposal 7",
        'proposal -> won 12 JPY "Won it"',
        'demo -> lost because:"a > b" skipped:learned,again',
        "called about it",
    ]
)
LOG = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from("abc"), st.sampled_from(["", " by @sam"]), TOLD), max_size=8
)
ENTRY = st.sampled_from(
    [
        " plain words",
        "",
        "\n    stage: demo\n    value: 99 EUR",
        "\n    stage: won\n    title: Closed in the head",
        '\n    stage: "two  words\\nand more"\n    owner: ana',
        "\n    title: No stage\n    value: none\n    close: 20260901",
        "\n    own:\n      deeper: 1",
    ]
)
HEADS = st.dictionaries(st.sampled_from("abcd"), ENTRY, max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), HEADS, LOG), min_size=1, max_size=4))
def test_what_the_index_keeps_is_what_the_files_tell_however_they_were_edited(
    edits: list[tuple[str, dict[str, str], list[tuple[int, str, str, str]]]],
) -> None:
    with TemporaryDirectory() as folder:
        (customers := Path(folder) / "book" / "customers").mkdir(parents=True)
        (customers.parent / "crmtxt.yaml").write_text("crmtxt: 1\ncurrency: EUR\n", encoding="utf-8")
        for name, heads, log in edits:
            head = "".join(f"  {handle}:{entry}\n" for handle, entry in heads.items())
            told = "".join(f"- 2026-08-0{day} opportunity {of}{by}: {text}\n" for day, of, by, text in log)
            text = f"---\nname: {name}\n{'opportunities:' if head else ''}\n{head}---\n## Log\n{told}"
            (customers / f"{name}.md").write_text(text, encoding="utf-8")
            index = Index(str(customers.parent), f"{folder}/cache/index")
            replayed = read_deals(deals.moves(index), deals.in_heads(index), "EUR")
            assert deals.known(index) == sorted(replayed, key=lambda each: each.customer)
            index.connection.close()


def deal(stage: str, *days: int) -> Deal:
    steps = [Step("demo", 0), *(Step(stage, day) for day in days)]
    return Deal(1, "x", "X", "", None, "", tuple(steps), "")


def test_what_stands_still_is_learned_from_five_that_were_won() -> None:
    assert pipeline.slowest([deal("won", day) for day in (10, 20, 30, 40)], 30) == {"demo": 30}
    assert pipeline.slowest([deal("won", day) for day in (10, 20, 30, 40, 50)], 30) == {"demo": 40}


def test_the_head_is_right_where_the_log_says_otherwise() -> None:
    log = [
        Logged(1, "a", "2026-01-01", "", 'opened at qualify 10 EUR "A"'),
        Logged(1, "gone", "2026-01-01", "", "opened at qualify"),
        Logged(1, "b", "2026-01-01", "", 'opened at qualify 5 EUR "B"'),
        Logged(1, "b", "2026-01-02", "", 'qualify -> won 5 EUR "B"'),
    ]
    heads = {
        (1, "a"): {"stage": "proposal", "value": "12 EUR", "title": "Apples", "owner": "ana"},
        (1, "new"): {"stage": "demo"},
        (1, "b"): {"stage": "demo"},
    }
    found = [(each.handle, each.title, each.stage, each.opened is None) for each in read_deals(log, heads, "EUR")]
    assert found == [
        ("a", "Apples", "proposal", False),
        ("b", "B", "won", False),
        ("b", "b", "demo", True),
        ("new", "new", "demo", True),
    ]
    then = [(each.handle, each.stage) for each in read_deals(log, None, "EUR")]
    assert then == [("a", "qualify"), ("gone", "qualify"), ("b", "won")]


@pytest.mark.usefixtures("book")
def test_money_without_a_rate_stays_in_its_currency(crmtxt: Prompt) -> None:
    for value in ("1000 GBP", "500 JPY"):
        crmtxt(f"crmtxt opp add tidewell 'A {value}' {value} --close 2027-05-02")
    items = json.loads(crmtxt("crmtxt forecast handle:tidewell --json").stdout)["items"]
    assert [(each["currency"], each["value"], each["weighted"]) for each in items] == [
        ("GBP", 1000, 100),
        ("JPY", 500, 50),
    ]


def test_a_date_to_close_that_is_none_is_left_out_and_named(book: Path, crmtxt: Prompt) -> None:
    file = book / "customers" / "acme.md"
    file.write_text(file.read_text(encoding="utf-8").replace("close: 2027-01-31", "close: soon"), encoding="utf-8")
    answer = crmtxt("crmtxt pipeline acme --format md")
    assert answer.code == 0
    assert "Renewal 2027" in answer.stdout
    (month,) = json.loads(crmtxt("crmtxt forecast acme --json").stdout)["items"]
    assert month["month"] is None
    assert "'soon' is no day" in crmtxt("crmtxt check").stdout


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]]]:
    """Return the real sales data as a book, and its rows."""
    tool = SHARED / "tools" / "sales_book.py"
    if not tool.exists():
        pytest.skip("the real sales data are not there: ../shared/tools/sales_book.py")
    book = tmp_path_factory.mktemp("sales") / "book"
    subprocess.run([sys.executable, str(tool), str(book)], check=True)
    with (SHARED / "data" / "crm-sales-opportunities" / "sales_pipeline.csv").open(encoding="utf-8-sig") as file:
        return book, list(csv.DictReader(file))


def one(answer: str) -> dict[str, Any]:
    (item,) = json.loads(answer)["items"]
    return dict(item)


def day_of(text: str) -> date:
    return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007  # a day has no zone


def test_the_real_sales_come_out_as_their_table_says(sales: tuple[Path, list[dict[str, str]]], crmtxt: Prompt) -> None:
    book, rows = sales
    found = one(crmtxt(f"crmtxt -C {book} won --summary --json").stdout)
    assert (found["won"], found["lost"], found["open"], found["value"]) == (4238, 2473, 2089, 10005534)
    assert found["win_rate"] == 0.631501
    begun = Counter(str(day_of(row["engage_date"]))[:7] for row in rows if row["engage_date"])
    cohorts = json.loads(crmtxt(f"crmtxt -C {book} won --cohort --since 2016-01-01 --json").stdout)["items"]
    assert {each["cohort"]: each["won"] + each["lost"] + each["open"] for each in cohorts} == begun
    stages = json.loads(crmtxt(f"crmtxt -C {book} pipeline --json").stdout)["items"]
    open_ = Counter(row["deal_stage"].lower() for row in rows if not row["close_date"])
    assert {each["stage"]: each["count"] for each in stages} == open_


def test_a_past_day_of_the_real_sales_is_what_the_table_says(
    sales: tuple[Path, list[dict[str, str]]], crmtxt: Prompt
) -> None:
    book, rows = sales
    day = date(2017, 6, 30)
    begun = [row for row in rows if row["engage_date"] and day_of(row["engage_date"]) <= day]
    closed = [row for row in begun if row["close_date"] and day_of(row["close_date"]) <= day]
    won = [row for row in closed if row["deal_stage"] == "Won"]
    found = one(crmtxt(f"crmtxt -C {book} won --summary --as-of {day} --json").stdout)
    assert (found["won"], found["lost"], found["open"]) == (len(won), len(closed) - len(won), len(begun) - len(closed))
    assert found["value"] == sum(int(row["close_value"]) for row in won)
    funnel = json.loads(crmtxt(f"crmtxt -C {book} funnel --as-of {day} --json").stdout)["items"]
    assert [(each["entered"], each["passed"]) for each in funnel] == [(len(begun), len(begun)), (len(begun), len(won))]


def test_lost_and_back_keeps_everything_in_the_same_file(crmtxt: Prompt, book: Path) -> None:
    file = book / "customers" / "acme.md"
    before = file.read_text(encoding="utf-8").splitlines()
    for stage in ("lost", "lead", "prospect", "customer"):
        assert crmtxt(f"crmtxt stage acme {stage}").code == 0
    after = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == [
        "- 2026-11-21 stage by @sam: customer -> lost",
        "- 2026-11-21 stage by @sam: lost -> lead",
        "- 2026-11-21 stage by @sam: lead -> prospect",
        "- 2026-11-21 stage by @sam: prospect -> customer",
    ]
    assert [line for line in after if line in before] == before
