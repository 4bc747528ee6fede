"""The JSON of every read command, and of receipts, is what the schemas in docs/schema/ say."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest

from crmtxt.commands.options import Out
from crmtxt.commands.spec import bundles
from crmtxt.commands.table import COMMANDS
from crmtxt.commands.table import load
from crmtxt.reference import KINDS
from crmtxt.reference import schema_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt import Prompt

ROOT = Path(__file__).parent.parent
SCHEMAS = {
    kind: json.loads((ROOT / "docs" / "schema" / schema_file(kind)).read_text(encoding="utf-8")) for kind in KINDS
}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float),
    "array": (list,), "object": (dict,), "null": (type(None),),
}  # fmt: skip
READS = {
    "today": ["crmtxt today --json", "crmtxt today --limit 1 --json"],
    "due": ["crmtxt due --json", "crmtxt due --until +1y --json", "crmtxt due handle:nobody --json"],
    "remind": ["crmtxt remind --json", "crmtxt remind --for sam --json"],
    "rhythm": ["crmtxt due --rhythm --json", "crmtxt due --rhythm --until eoy --json"],
    "customers": ["crmtxt list --json", "crmtxt list --as-of 2026-01-01 --json", "crmtxt list name:nobody --json"],
    "customer": [f"crmtxt show {name} --json" for name in ("acme", "hatoba-seiki", "northgate", "nell-harker")],
    "contacts": ["crmtxt contact list acme --json"],
    "mood": [f"crmtxt mood {name} --json" for name in ("acme", "initech", "nell-harker", "northgate")],
    "brief": ["crmtxt brief acme --json", "crmtxt brief acme --with jane --json", "crmtxt brief northgate --json"],
    "map": [f"crmtxt map {name} --json" for name in ("acme", "initech", "nell-harker", "northgate")],
    "promises": [
        "crmtxt promises --json",
        "crmtxt promises acme --json",
        "crmtxt promises --per customer --json",
        "crmtxt promises --per colleague --json",
    ],
    "health": ["crmtxt health --json", "crmtxt health acme --why --json", "crmtxt health name:nobody --json"],
    "opportunities": ["crmtxt opp list --json", "crmtxt opp list name:nobody --json"],
    "opportunity": ["crmtxt opp show acme --json"],
    "leads": ["crmtxt leads --json"],
    "pipeline": ["crmtxt pipeline --json", "crmtxt pipeline --as-of 2026-09-01 --json"],
    "pipeline shares": [f"crmtxt pipeline --per {per} --json" for per in ("owner", "type", "source", "tag")],
    "forecast": ["crmtxt forecast --json", "crmtxt forecast --as-of 2026-09-01 --json"],
    "funnel": ["crmtxt funnel --json", "crmtxt funnel name:nobody --json"],
    "won": ["crmtxt won --json", "crmtxt won --since 2025-01-01 --json"],
    "lost": ["crmtxt lost --json"],
    "win rate": ["crmtxt won --summary --json"],
    "sources": ["crmtxt sources --json", "crmtxt sources name:nobody --json"],
    "retention": ["crmtxt retention --json", "crmtxt retention --since 2026-01-01 --json"],
    "renewals": ["crmtxt retention --renewals --json", "crmtxt retention --renewals --as-of 2026-10-20 --json"],
    "churn": ["crmtxt retention --churn --json"],
    "referrals": ["crmtxt retention --referrals --json"],
    "addresses": ["crmtxt addr --json", "crmtxt addr jane --json"],
    "warm": ["crmtxt warm --json", "crmtxt warm --as-of 2026-11-01 --json"],
    "exported opportunities": ["crmtxt export opportunities --json", "crmtxt export opportunities acme --json"],
    "exported customers": ["crmtxt export customers --json", "crmtxt export customers name:nobody --json"],
    "plan": [f"crmtxt plan {words} --json" for words in ("acme", "acme --share", "initech --as-of 2026-09-01")],
    "log entries": ["crmtxt find '*' --json", "crmtxt find jane --json", "crmtxt find pricing --json"],
    "history": ["crmtxt history --json", "crmtxt history acme --json"],
    "conflicts": ["crmtxt resolve --json"],
    "check": ["crmtxt check --json"],
    "strategy": ["crmtxt strategy --json"],
    "strategy-check": ["crmtxt strategy check --json"],
    "doctor": ["crmtxt doctor --json"],
    "cron": ["crmtxt cron status --json"],
    "config": ["crmtxt config --json", "crmtxt config currency --json"],
}
WRITES = (
    "crmtxt log acme call from jane: hello --json",
    "crmtxt add 'Quill & Co' --json",
    "crmtxt stage acme lost --json",
    "crmtxt next acme fri call to jane: again --json --no-commit",
    "crmtxt undo --json",
)
TORN = "---\nname: Torn\n<<<<<<< HEAD\nstage: lead\n=======\nstage: lost\n>>>>>>> ana\n---\n"
MINIMUM = {
    "conflicts": "customer path line field ours theirs ours_by ours_when theirs_by theirs_when",
    "customers": "handle name stage type owner tags last quiet_days next_due value currency health",
    "customer": "handle name stage type owner tags last quiet_days next_due value currency health "
    "contacts opportunities next log notes path",
    "due": "ref customer name date time kind direction who by text overdue_days every",
    "mood": "customer person n level slope_90d p_value changing peak_end moments quotes",
    "promises": "customer by n kept keep_rate shrunk lower_5 median_late_days open overdue",
    "health": "customer index velocity_90d calibrated components missing vetoes history",
    "pipeline": "stage count value weighted currency opportunities",
    "forecast": "month currency count value weighted sd probability",
    "funnel": "stage entered passed rate median_days",
    "sources": "source leads won value currency median_cycle_days cost",
    "win rate": "won lost open value currency win_rate low high",
    "plan": "customer name as_of since shared sections goals initiatives charts",
    "log entries": "customer date time kind direction who by text topics feel quote feedback path line",
    "today": "rank customer action why due ref",
    "receipt": "customer change path line ref commit understood",
}


def faults(value: object, schema: dict[str, Any], root: dict[str, Any], place: str = "answer") -> Iterator[str]:
    """Yield where a value is not what its schema says; every key is to be in the schema, and every word of it known."""
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, place)
        return
    unknown = schema.keys() - {"$schema", "$defs", "description", "type", "const", "anyOf", "items"}
    assert unknown <= {"properties", "required", "additionalProperties"}, unknown
    if "anyOf" in schema and all(list(faults(value, each, root, place)) for each in schema["anyOf"]):
        yield f"{place}: {value!r} is none of {schema['anyOf']}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r}, not {schema['const']!r}"
    kind = schema.get("type", "")
    if kind and type(value) not in TYPES[kind]:
        yield f"{place}: {value!r} is no {kind}"
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from faults(each, schema["items"], root, f"{place}[{at}]")
    elif isinstance(value, dict):
        yield from _of_object(value, schema, root, place)


def _of_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], place: str) -> Iterator[str]:
    others = schema.get("additionalProperties")
    for key in set(schema.get("required", ())) - value.keys():
        yield f"{place}: no {key}"
    for key, each in value.items():
        known = schema.get("properties", {}).get(key, others)
        if known is None:
            yield f"{place}: {key} is not in the schema"
        else:
            yield from faults(each, known, root, f"{place}.{key}")


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in READS.items() for line in lines])
def test_the_json_of_a_read_command_is_what_its_schema_says(kind: str, line: str, book: Path, crmtxt: Prompt) -> None:
    (book / "customers" / "torn.md").write_text(TORN, encoding="utf-8")
    answer = crmtxt(line)
    data = json.loads(answer.stdout)
    assert data["kind"] == kind
    assert data["items"] or "nobody" in line
    assert list(faults(data, SCHEMAS[kind], SCHEMAS[kind])) == []


def test_every_kind_of_customer_and_entry_is_what_its_schema_says(book: Path, crmtxt: Prompt) -> None:
    for path in (book / "customers").rglob("*.md"):
        data = json.loads(crmtxt(f"crmtxt show {path.stem} --json").stdout)
        assert list(faults(data, SCHEMAS["customer"], SCHEMAS["customer"])) == []


def test_problems_are_what_the_schema_says(book: Path, crmtxt: Prompt) -> None:
    (book / "customers" / "broken.md").write_text("---\nname: [\n---\n", encoding="utf-8")
    (book / "customers" / "acme.md").write_bytes(b"---\nname: Acme\n---\n\n## Log\n\n- nonsense\n")
    for kind in ("due", "customers", "log entries", "today", "history"):
        answer = crmtxt(READS[kind][0])
        data = json.loads(answer.stdout)
        assert answer.code == 4
        assert {problem["path"] for problem in data["problems"]} == {"customers/acme.md", "customers/broken.md"}
        assert list(faults(data, SCHEMAS[kind], SCHEMAS[kind])) == []


@pytest.mark.usefixtures("book")
def test_receipts_are_what_their_schema_says(crmtxt: Prompt) -> None:
    for line in WRITES:
        data = json.loads(crmtxt(line).stdout)
        assert data["kind"] == "receipt"
        assert list(faults(data, SCHEMAS["receipt"], SCHEMAS["receipt"])) == []


def test_what_sync_answers_is_what_its_schema_says(crmtxt: Prompt, book: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "server.git"], check=True)
    subprocess.run(["git", "-C", book, "remote", "add", "origin", tmp_path / "server.git"], check=True)
    data = json.loads(crmtxt("crmtxt sync --json").stdout)
    assert [item["direction"] for item in data["items"]] == ["sent"]
    assert list(faults(data, SCHEMAS["sync"], SCHEMAS["sync"])) == []


def test_what_could_run_is_what_its_schema_says(crmtxt: Prompt, book: Path) -> None:
    (book / ".git/hooks/pre-push").write_text("true\n", encoding="utf-8")
    data = json.loads(crmtxt("crmtxt trust --json").stdout)
    assert [item["name"] for item in data["items"]] == ["pre-push"]
    assert list(faults(data, SCHEMAS["trust"], SCHEMAS["trust"])) == []


@pytest.mark.usefixtures("book")
def test_what_an_import_would_do_is_what_its_schema_says(crmtxt: Prompt) -> None:
    for noun, rows in (
        ("meetings", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261120\nATTENDEE:a@b\nEND:VEVENT\nEND:VCALENDAR\n"),
        ("opportunities", "customer,title,stage\nacme,X,demo\n,Y,demo\n"),
        ("customers", "name\nNew\n\n"),
        ("mail", "From: jane@acme.example\nDate: Fri, 20 Nov 2026 10:30:00 +0000\n\nhello\n"),
    ):
        command = "calendar import" if noun == "meetings" else f"import {noun}"
        data = json.loads(crmtxt(f"crmtxt {command} - --json", rows).stdout)
        assert (data["kind"], len(data["items"])) == (f"imported {noun}", 1)
        assert list(faults(data, SCHEMAS[data["kind"]], SCHEMAS[data["kind"]])) == []


@pytest.mark.usefixtures("book")
def test_each_line_of_jsonl_is_an_item(crmtxt: Prompt) -> None:
    for kind, lines in READS.items():
        for row in crmtxt(lines[0].replace("--json", "--format jsonl")).stdout.splitlines():
            assert list(faults(json.loads(row), SCHEMAS[kind]["properties"]["items"]["items"], SCHEMAS[kind])) == []


def test_the_validator_sees_what_is_wrong() -> None:
    schema = SCHEMAS["today"]
    item = dict.fromkeys(schema["$defs"]["TodayItem"]["properties"], "x") | {"rank": True, "due": None, "more": 1}
    data = {"crmtxt": 2, "kind": "today", "items": [item, {}], "problems": None}
    found = "\n".join(faults(data, schema, schema))
    for wrong in ("answer.crmtxt: 2", "[0].rank: True is no integer", "more is not in the schema", "[1]: no rank"):
        assert wrong in found
    assert "answer.problems: None is no array" in found
    assert "items[0].due" not in found


def test_every_command_that_answers_has_its_kind_and_schema() -> None:
    answering = {name for name in COMMANDS if Out in bundles(load(name)).values()}
    told = {"receipt", "sync"}  # what commands that write say, with a --json of their own
    assert answering == {kind.command for name, kind in KINDS.items() if name not in told}
    imports = {f"imported {noun}" for noun in ("opportunities", "customers", "mail", "meetings")}
    assert READS.keys() | told | {"trust"} | imports == KINDS.keys()


def test_every_kind_in_the_code_has_a_schema() -> None:
    kinds = set()
    for path in (ROOT / "src" / "crmtxt").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "View":
                assert isinstance(node.args[0], ast.Constant), path
                kinds.add(node.args[0].value)
    assert kinds == KINDS.keys()


@pytest.mark.parametrize("kind", MINIMUM)
def test_no_key_of_version_1_is_missing(kind: str) -> None:
    schema = SCHEMAS[kind]
    name = schema["properties"]["items"]["items"]["$ref"].rpartition("/")[2]
    assert set(MINIMUM[kind].split()) <= set(schema["$defs"][name]["required"])
    assert set(schema["$defs"]["Finding"]["required"]) == {"path", "line", "column", "code", "message", "hint"}
