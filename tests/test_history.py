"""History and undo as two colleagues use them: real commands, real git, one book and its clone."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from crmtxt.services.trail import places

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

ANA = "Ana Reis <ana@harbour.example>"
ACME = "customers/acme.md"
COMMANDS = [
    "log acme call from jane: again // fri call jane: once more",
    "note acme a note",
    "stage acme dormant",
    "stage acme customer",
    "set acme owner=lee",
    "set acme tags+=new",
    "set acme contacts.jane.title=COO",
    "contact add acme bob --name Bob",
    "contact remove acme bob",
    "rename acme zebra --yes",
    "rename zebra acme --yes",
    "remove globex",
    "note globex a note",
]


@pytest.fixture
def hand(book: Path, crmtxt: Prompt) -> Hand:
    return Hand(book, crmtxt)


class Hand:
    """A hand on a book: commands, edits, commits as anybody."""

    def __init__(self, root: Path, prompt: Prompt) -> None:
        self.root = root
        self.prompt = prompt

    def run(self, line: str, code: int = 0) -> str:
        answer = self.prompt(f"crmtxt -C {self.root} {line}")
        assert answer.code == code, answer
        return answer.stdout + answer.stderr

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", "-C", self.root, *words], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def edit(self, old: str, new: str, path: str = ACME) -> None:
        place = self.root / path
        text = place.read_text(encoding="utf-8")
        assert old in text
        place.write_text(text.replace(old, new, 1), encoding="utf-8")

    def commit(self, message: str = "by hand", author: str = ANA) -> str:
        self.git("commit", "--quiet", "--all", f"--message={message}", f"--author={author}")
        return self.head()

    def head(self, back: int = 0) -> str:
        return self.git("rev-parse", f"HEAD~{back}")

    def items(self, line: str) -> list[dict[str, Any]]:
        answer = self.prompt(f"crmtxt -C {self.root} history {line} --json")
        assert answer.code == 0, answer
        items: list[dict[str, Any]] = json.loads(answer.stdout)["items"]
        return items

    def meanings(self, line: str) -> list[list[str]]:
        return [item["meaning"] for item in self.items(line)]

    def contents(self) -> dict[str, bytes]:
        found = (place for place in self.root.rglob("*") if place.is_file() and ".git" not in place.parts)
        return {str(place.relative_to(self.root)): place.read_bytes() for place in found}


def test_an_edit_by_hand_and_a_command_that_does_the_same_are_told_alike(hand: Hand) -> None:
    hand.run("set acme owner=ana")
    hand.edit("owner: ana", "owner: lee")
    hand.commit()
    assert hand.meanings("acme --limit 2") == [["ana set owner from ana to lee"], ["sam set owner from sam to ana"]]


def test_several_things_in_one_commit_are_one_entry_with_several_meanings(hand: Hand) -> None:
    hand.edit("stage: customer", "stage: dormant")
    hand.edit("title: CTO", "title: COO")
    hand.edit("name: Globex", "name: The Globex", "customers/globex.md")
    hand.commit()
    (item,) = hand.items("--limit 1")
    assert item["meaning"] == [
        "acme: ana moved acme from customer to dormant",
        "acme: ana set contacts.jane.title from CTO to COO",
        "globex: ana set name from Globex Instruments to The Globex Instruments",
    ]
    assert item["values"][1] == {
        "customer": "acme", "kind": "set", "field": "contacts.jane.title", "before": "CTO", "after": "COO",
    }  # fmt: skip
    assert item["customer"] is None


def test_an_author_who_is_not_in_the_team_has_the_name_git_has(hand: Hand) -> None:
    hand.edit("stage: customer", "stage: lost")
    hand.commit(author="Eve \x1b[31m <eve@x.example>")
    (item,) = hand.items("acme --limit 1")
    assert item["by"] is None
    assert item["meaning"] == [f"{item['who']} moved acme from customer to lost"]
    assert "\x1b" not in hand.run("history acme --limit 1 --format table")


def test_settings_and_other_files_are_told_of_too(hand: Hand) -> None:
    hand.edit("currency: GBP", "currency: EUR", "crmtxt.yaml")
    (hand.root / "campaigns").mkdir()
    (hand.root / "campaigns" / "spring.md").write_text("one\n", encoding="utf-8")
    hand.git("add", "--all")
    hand.commit()
    assert hand.meanings("--limit 1") == [["ana added spring", "crmtxt.yaml: ana set currency from GBP to EUR"]]


def test_a_field_has_its_old_and_its_new_value_over_the_whole_book(hand: Hand) -> None:
    hand.run("stage acme dormant")
    hand.run("note acme nothing to do with it")
    hand.edit("value: 12000 EUR", "value: 19000 EUR")
    hand.commit()
    values = [item["values"] for item in hand.items("value --limit 1")]
    assert [(each["field"], each["before"], each["after"]) for each in values[0]] == [
        ("opportunities.renewal-2027.value", "12000 EUR", "19000 EUR")
    ]
    (stage,) = hand.items("acme stage --limit 1")[0]["values"]
    assert (stage["before"], stage["after"]) == ("customer", "dormant")


def test_the_log_line_of_a_rename_joins_two_names_however_much_else_changed(hand: Hand) -> None:
    text = (hand.root / ACME).read_text(encoding="utf-8").partition("## Log")[0]
    hand.git("rm", "--quiet", ACME)
    new = "---\nname: New\nstage: lead\n---\n\n## Log\n\n- 2026-11-21 renamed by @ana: acme -> new\n"
    (hand.root / "customers" / "new.md").write_text(new, encoding="utf-8")
    hand.git("add", "--all")
    hand.commit()
    assert text
    assert "ana renamed acme to new" in hand.meanings("new --limit 1")[0]
    assert hand.meanings("new")[-1] == ["sam added acme"]


def test_a_customer_that_took_over_a_name_has_none_of_the_other_s_past(hand: Hand) -> None:
    hand.run("note acme of the first")
    hand.run("rename acme first --yes")
    hand.run("add Acme")
    hand.run("note acme of the second")
    assert [each[0] for each in hand.meanings("acme")] == ["sam logged a note: of the second", "sam added acme"]
    assert [each[0] for each in hand.meanings("first")] == [
        "sam renamed acme to first", "sam logged a note: of the first", "sam added acme",
    ]  # fmt: skip


def test_two_alike_of_which_one_goes_and_one_comes_are_no_rename(hand: Hand) -> None:
    for name in ("one", "two"):
        hand.run(f"add {name} --contact 'Jo {name}'")
    hand.git("rm", "--quiet", "customers/one.md")
    text = (hand.root / "customers" / "two.md").read_text(encoding="utf-8").replace("two", "three")
    (hand.root / "customers" / "three.md").write_text(f"{text}- 2026-11-21 note: {'something else ' * 6}\n")
    hand.git("add", "--all")
    hand.commit()
    assert hand.meanings("three") == [["ana added three"]]


def test_what_a_colleague_did_under_the_old_name_is_there_after_the_merge(hand: Hand) -> None:
    hand.git("checkout", "--quiet", "-b", "ana")
    hand.edit("title: CTO", "title: COO")
    hand.commit()
    hand.git("checkout", "--quiet", "-")
    hand.run("rename acme zebra --yes")
    hand.git("merge", "--quiet", "ana")
    assert ["ana set contacts.jane.title from CTO to COO"] in hand.meanings("zebra")
    assert not any(", in a merge" in each for meaning in hand.meanings("zebra") for each in meaning)
    assert hand.meanings("--limit 1") == [["sam merged branch 'ana'"]]


def test_places_are_beside_the_file_below_customers_and_in_the_folder_of_the_letter() -> None:
    assert places("customers/x/acme.md", "old") == {f"customers/{folder}old.md" for folder in ("", "x/", "o/")}


def test_undo_of_a_colleague_s_change_keeps_what_came_later_byte_for_byte(hand: Hand) -> None:
    later = (hand.root / ACME).read_bytes().replace(b"owner: sam", b"owner: sam  # for now", 1)
    hand.edit("title: CTO", "title: COO")
    made = hand.commit()
    hand.edit("owner: sam", "owner: sam  # for now")
    hand.commit()
    hand.run(f"undo {made[:8]}")
    assert (hand.root / ACME).read_bytes() == later
    assert hand.git("log", "-1", "--format=%an %s%n%b") == f"Sam Okafor undo: by hand\nUndoes: {made}"
    assert hand.git("status", "--porcelain") == ""


def test_undo_of_the_undo_brings_it_back_and_history_marks_only_what_is_undone_now(hand: Hand) -> None:
    hand.run("set acme owner=ana")
    hand.run("note acme between")
    done = hand.contents()
    hand.run(f"undo {hand.head(1)}")
    assert [item["undone"] for item in hand.items("acme --limit 3")] == [False, False, True]
    hand.run(f"undo {hand.head()}")
    assert hand.contents() == done
    assert [item["undone"] for item in hand.items("acme --limit 4")] == [False, True, False, False]


def test_undo_alone_takes_back_an_undo_of_something_earlier(hand: Hand) -> None:
    hand.run("set acme owner=ana")
    hand.run("note acme between")
    done = hand.contents()
    hand.run(f"undo {hand.head(1)}")
    assert "byte for byte" in hand.run("undo")
    assert hand.contents() == done


def test_a_clone_sees_what_was_undone_elsewhere(hand: Hand, tmp_path: Path) -> None:
    hand.run("set acme owner=ana")
    hand.run("undo")
    hand.git("clone", "--quiet", str(hand.root), str(tmp_path / "clone"))
    assert [item["undone"] for item in Hand(tmp_path / "clone", hand.prompt).items("acme --limit 2")] == [False, True]


def test_an_undo_git_refused_is_said_to_be_one_by_the_commit_that_takes_it_along(hand: Hand) -> None:
    hand.run("set acme owner=ana")
    made = hand.head()
    lock = hand.root / ".git" / "index.lock"
    lock.touch()
    hand.run(f"undo {made}", 6)
    lock.unlink()
    hand.run("note globex between")
    assert hand.git("log", "-1", "--format=%b") == f"Undoes: {made}"
    assert [item["undone"] for item in hand.items("acme --limit 2")] == [False, True]


def test_undo_keeps_the_line_ends_of_the_file_in_the_folder(hand: Hand) -> None:
    hand.run("set acme owner=ana")
    hand.run("note acme between")
    place = hand.root / ACME
    place.write_bytes(place.read_bytes().replace(b"\n", b"\r\n"))
    hand.run(f"undo {hand.head(1)}")
    assert b"owner: sam\r\n" in place.read_bytes()
    assert place.read_bytes().count(b"\n") == place.read_bytes().count(b"\r\n")


def test_undo_refuses_what_is_no_text_and_changes_nothing(hand: Hand) -> None:
    (hand.root / "customers" / "bad.md").write_bytes(b"\xff\n")
    hand.git("add", "--all")
    hand.commit()
    hand.git("rm", "--quiet", "customers/bad.md")
    hand.commit()
    before = hand.contents()
    assert "not UTF-8" in hand.run(f"undo {hand.head()}", 4)
    assert hand.contents() == before


def test_a_change_of_three_files_asks_before_it_is_taken_back(hand: Hand) -> None:
    for name in ("acme", "globex", "initech"):
        hand.edit("## Log\n", "## Log\n\n- 2026-01-01 note: bulk\n", f"customers/{name}.md")
    made = hand.commit()
    assert "3 files would change" in hand.run(f"undo {made}", 2)
    hand.run(f"undo {made} --yes")
    assert hand.git("diff", made, f"{made}~1") == hand.git("diff", made, "HEAD")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(COMMANDS), min_size=2, max_size=5), st.integers(0, 4))
def test_undo_of_any_change_is_exact_or_refused_and_can_be_undone(hand: Hand, lines: list[str], back: int) -> None:
    start = hand.head()
    for line in lines:
        hand.prompt(f"crmtxt {line}")
    made = hand.git("rev-list", f"{start}..HEAD").split()
    if made:
        before = hand.contents()
        answer = hand.prompt(f"crmtxt undo {made[back % len(made)]} --yes")
        assert answer.code in {0, 3, 5}, answer
        if answer.code:
            assert hand.contents() == before
        else:
            assert hand.git("status", "--porcelain") == ""
            hand.run(f"undo {hand.head()} --yes")
            assert hand.contents() == before
    hand.git("reset", "--quiet", "--hard", start)
