"""One person at several companies: a file of their own, named by contacts, with the dates of each tie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

JANE = """---
name: Jane Doe
person: true
phone: '1'
aliases: [JD]
contacts:
  own:
    name: jane doe
    email: j@doe.example
---
"""
ACME = """---
name: Acme
contacts:
  j:
    person: '@jane-doe'
    title: CTO
    since: 2026-01-01
  tom:
    name: Tom
---
## Log

- 2026-11-01 call from @j: x
- 2026-11-02 call from @tom: y
"""
GLOBEX = """---
name: Globex
contacts:
  jane:
    name: J. Doe
    email: jane@globex.example
    person: jane-doe
    until: 2026-10-31
  al:
    name: Al
---
## Log

- 2025-11-01 call from @jane: z
"""
OTHER = "---\nname: Other\n---\n## Log\n\n- 2026-11-03 call with @globex/jane, @acme/tom: w\n"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book in which Jane has been at two companies."""
    (tmp_path / "customers").mkdir()
    (tmp_path / "crmtxt.yaml").write_text("crmtxt: 1\n")
    for handle, text in (("jane-doe", JANE), ("acme", ACME), ("globex", GLOBEX), ("other", OTHER)):
        (tmp_path / f"customers/{handle}.md").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def items(crmtxt: Prompt, line: str) -> list[dict[str, Any]]:
    answer = crmtxt(f"{line} --json")
    assert answer.code == 0
    return list(json.loads(answer.stdout)["items"])


@pytest.mark.usefixtures("book")
def test_what_an_entry_does_not_tell_is_told_by_the_file_of_the_person(crmtxt: Prompt) -> None:
    jane = items(crmtxt, "crmtxt contact list acme")[0]
    assert (jane["name"], jane["title"], jane["email"], jane["phone"]) == ("Jane Doe", "CTO", "j@doe.example", "1")
    jane = items(crmtxt, "crmtxt contact list globex")[1]
    assert (jane["name"], jane["title"], jane["email"], jane["phone"]) == ("J. Doe", None, "jane@globex.example", "1")


def test_a_change_of_that_file_is_seen_at_once(book: Path, crmtxt: Prompt) -> None:
    items(crmtxt, "crmtxt contact list acme")
    (book / "customers/jane-doe.md").write_text(JANE.replace("Jane Doe", "Jane Roe").replace("'1'", "'2'"))
    jane = items(crmtxt, "crmtxt contact list acme")[0]
    assert (jane["name"], jane["phone"]) == ("Jane Roe", "2")
    assert "call from Jane Roe" in crmtxt("crmtxt log acme --dry-run call from jane: hello").stderr


@pytest.mark.usefixtures("book")
def test_who_has_left_comes_last_and_does_not_count(crmtxt: Prompt) -> None:
    assert [(each["handle"], each["former"]) for each in items(crmtxt, "crmtxt contact list globex")] == [
        ("al", False),
        ("jane", True),
    ]
    assert [each["handle"] for each in items(crmtxt, "crmtxt list contacts=2")] == ["acme"]
    assert [each["handle"] for each in items(crmtxt, "crmtxt list contacts=2 --as-of 2026-10-31")] == ["acme", "globex"]


@pytest.mark.usefixtures("book")
def test_a_person_shows_the_companies_the_present_ones_first(crmtxt: Prompt) -> None:
    ties = items(crmtxt, "crmtxt show jane-doe")[0]["ties"]
    assert [(each["customer"], each["contact"], each["since"], each["until"]) for each in ties] == [
        ("acme", "j", "2026-01-01", None),
        ("globex", "jane", None, "2026-10-31"),
    ]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("name", ["@jane-doe", '@"Jane Doe"', "@jd"])
def test_lines_that_name_them_are_found_whatever_the_contact_is_called(crmtxt: Prompt, name: str) -> None:
    found = [(each["customer"], each["text"]) for each in items(crmtxt, f"crmtxt find '{name}'")]
    assert found == [("other", "w"), ("acme", "x"), ("globex", "z")]
    assert {each["handle"] for each in items(crmtxt, f"crmtxt list '{name}'")} >= {"acme", "globex", "other"}
    assert [each["text"] for each in items(crmtxt, f"crmtxt find '-{name} kind:call'")] == ["y"]


def test_merging_two_files_of_a_person_keeps_their_ties(book: Path, crmtxt: Prompt) -> None:
    (book / "customers/j-doe.md").write_text("---\nname: J. Doe\nperson: true\n---\n")
    (book / "customers/other.md").write_text("---\nname: Other\ncontacts:\n  x:\n    person: j-doe\n---\n")
    assert crmtxt("crmtxt merge jane-doe j-doe --yes").code == 0
    assert [each["customer"] for each in items(crmtxt, "crmtxt show jane-doe")[0]["ties"]] == [
        "acme",
        "other",
        "globex",
    ]


@pytest.mark.usefixtures("book")
def test_a_contact_with_a_file_needs_no_name(crmtxt: Prompt) -> None:
    assert crmtxt("crmtxt contact add other j --person JD --until '3 dec'").code == 0
    jane = items(crmtxt, "crmtxt contact list other")[0]
    assert (jane["name"], jane["person"], jane["until"], jane["former"]) == (
        "Jane Doe",
        "jane-doe",
        "2026-12-03",
        False,
    )
