"""Settling what git could not merge, with real git: every way into a conflict, every way out of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmtxt.store.driver import driver_line

if TYPE_CHECKING:
    from prompt import Prompt

ACME, GLOBEX = Path("customers/acme.md"), Path("customers/globex.md")
ANA = ("-c", "user.name=Ana Lima", "-c", "user.email=ana@harbour.example")
DRIVER = f"merge.crmtxt.driver={driver_line('crmtxt-merge')}"


def git(*words: str, fails: bool = False) -> str:
    done = subprocess.run(["git", *words], capture_output=True, check=False)
    assert bool(done.returncode) == fails, done.stderr
    return done.stdout.decode()


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def committed(*who: str, message: str) -> None:
    git(*who, "commit", "--quiet", "--all", "--message", message)


@pytest.fixture
def apart(book: Path) -> Path:
    """Return a book with two branches: on `ana` the stage of acme is lost and ana the owner, here it is dormant."""
    git("checkout", "--quiet", "-b", "ana")
    replaced(ACME, "stage: customer", "stage: lost")
    replaced(ACME, "owner: sam", "owner: ana")
    committed(*ANA, message="acme: lost")
    git("checkout", "--quiet", "main")
    replaced(ACME, "stage: customer", "stage: dormant")
    committed(message="acme: dormant")
    return book


@pytest.fixture
def merging(apart: Path) -> Path:
    """Return the book in the midst of the merge of both, by our own driver."""
    git("-c", DRIVER, "merge", "ana", fails=True)
    return apart


def listed(crmtxt: Prompt, words: str = "") -> list[dict[str, object]]:
    answer = crmtxt(f"crmtxt resolve {words} --json")
    assert answer.code in {0, 4}
    items: list[dict[str, object]] = json.loads(answer.stdout)["items"]
    assert answer.code == 4 or not items
    return items


def told(crmtxt: Prompt, words: str) -> list[list[str]]:
    return [each["meaning"] for each in json.loads(crmtxt(f"crmtxt history {words} --json").stdout)["items"]]


def test_a_conflict_is_listed_with_both_values_who_wrote_them_and_when(merging: Path, crmtxt: Prompt) -> None:
    del merging
    when = "2026-11-21T10:00:00+00:00"
    assert listed(crmtxt) == [
        {
            "customer": "acme", "number": 1, "path": "customers/acme.md", "line": 4, "field": "stage",
            "ours": "dormant", "theirs": "lost",
            "ours_by": "Sam Okafor", "ours_when": when, "theirs_by": "Ana Lima", "theirs_when": when,
        }
    ]  # fmt: skip


def test_a_list_writes_nothing(merging: Path, crmtxt: Prompt) -> None:
    before, status = ACME.read_bytes(), git("status", "--porcelain")
    listed(crmtxt)
    assert (ACME.read_bytes(), git("status", "--porcelain")) == (before, status)
    assert (merging / ".git/MERGE_HEAD").exists()


@pytest.mark.parametrize(
    ("words", "stage"), [("--ours", "dormant"), ("--theirs", "lost"), ("--value prospect", "prospect")]
)
def test_the_last_answer_finishes_the_merge(words: str, stage: str, merging: Path, crmtxt: Prompt) -> None:
    answer = crmtxt(f"crmtxt resolve acme stage {words}")
    assert answer.code == 0
    assert "committed" in answer.stderr
    text = ACME.read_text(encoding="utf-8")
    assert f"\nstage: {stage}\n" in text
    assert "\nowner: ana\n" in text
    assert "<<<<<<<" not in text
    assert not (merging / ".git/MERGE_HEAD").exists()
    assert git("status", "--porcelain") == ""
    assert len(git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert "#" not in git("log", "-1", "--format=%B")
    assert crmtxt("crmtxt check --format '{code}'").stdout.count("conflict") == 0


@pytest.mark.parametrize(("words", "said"), [("--ours", "dormant (ours)"), ("--theirs", "lost (theirs)")])
def test_the_history_tells_who_settled_what_and_what_both_sides_had_done(
    words: str, said: str, merging: Path, crmtxt: Prompt
) -> None:
    del merging
    assert crmtxt(f"crmtxt resolve acme stage {words}").code == 0
    (settled, *_), *both = told(crmtxt, "acme --limit 3")
    assert settled == f"sam settled stage: {said}"
    assert both == [
        ["sam moved acme from customer to dormant"],
        ["ana moved acme from customer to lost", "ana set owner from sam to ana"],
    ]
    assert told(crmtxt, "stage --limit 1")[0][0] == f"sam settled acme · stage: {said}"
    assert told(crmtxt, "owner --limit 1") == [["ana set owner from sam to ana"]]


def test_where_the_log_leads_away_from_the_stage_chosen_a_line_leads_back(book: Path, crmtxt: Prompt) -> None:
    del book
    git("checkout", "--quiet", "-b", "ana")
    assert crmtxt("crmtxt stage acme lost").code == 0
    git("checkout", "--quiet", "main")
    replaced(ACME, "stage: customer", "stage: dormant")
    committed(message="acme: dormant, by hand")
    git("-c", DRIVER, "merge", "ana", fails=True)
    assert crmtxt("crmtxt resolve acme stage --ours").code == 0
    stages = [line for line in ACME.read_text(encoding="utf-8").splitlines() if " stage" in line][-2:]
    assert [line.partition(": ")[2] for line in stages] == ["customer -> lost", "lost -> dormant"]
    assert "drift" not in crmtxt("crmtxt check --format '{code}'").stdout


def test_one_of_two_answers_leaves_the_merge_on_and_says_what_is_left(apart: Path, crmtxt: Prompt) -> None:
    replaced(GLOBEX, "stage: ", "stage: dormant # was ")
    committed(message="globex")
    git("checkout", "--quiet", "ana")
    replaced(GLOBEX, "stage: ", "stage: lost # was ")
    committed(*ANA, message="globex")
    git("checkout", "--quiet", "main")
    git("-c", DRIVER, "merge", "ana", fails=True)
    first = crmtxt("crmtxt resolve acme --ours")
    assert (first.code, "1 conflict left" in first.stderr) == (0, True)
    assert (apart / ".git/MERGE_HEAD").exists()
    assert git("diff", "--name-only", "--diff-filter=U").split() == [str(GLOBEX)]
    assert crmtxt("crmtxt resolve globex --theirs").code == 0
    assert not (apart / ".git/MERGE_HEAD").exists()
    settled = ["sam settled acme · stage: dormant (ours)", "sam settled globex · stage: lost (theirs)"]
    assert told(crmtxt, "--limit 1")[0][:2] == settled


def test_without_the_driver_most_of_what_git_marked_settles_itself(apart: Path, crmtxt: Prompt) -> None:
    for branch, who, line in (("main", (), "- 2026-11-20 call: ours\n"), ("ana", ANA, "- 2026-11-20 call: hers\n")):
        git("checkout", "--quiet", branch)
        ACME.write_bytes(ACME.read_bytes() + line.encode())
        committed(*who, message="acme: call")
    git("checkout", "--quiet", "main")
    git("merge", "ana", fails=True)
    assert ACME.read_text(encoding="utf-8").count("<<<<<<<") == 2
    assert [item["field"] for item in listed(crmtxt)] == ["stage"]
    answer = crmtxt("crmtxt resolve acme --theirs")
    assert "1 more settled by crmtxt's own merge" in answer.stderr
    text = ACME.read_text(encoding="utf-8")
    assert "- 2026-11-20 call: ours\n" in text
    assert "- 2026-11-20 call: hers\n" in text
    assert not (apart / ".git/MERGE_HEAD").exists()


def test_what_settles_itself_is_taken_without_an_answer_by_merge(apart: Path, crmtxt: Prompt) -> None:
    git("checkout", "--quiet", "-B", "ana", "main~1")
    ACME.write_bytes(ACME.read_bytes() + b"- 2026-11-20 call: hers\n")
    committed(*ANA, message="acme: call")
    git("checkout", "--quiet", "-B", "main", "ana~1")
    ACME.write_bytes(ACME.read_bytes() + b"- 2026-11-20 call: ours\n")
    committed(message="acme: call")
    git("merge", "ana", fails=True)
    assert listed(crmtxt) == []
    assert (
        crmtxt("crmtxt resolve").stderr
        == "1 conflict settled by crmtxt's own merge; take that: crmtxt resolve --merge\n"
    )
    assert crmtxt("crmtxt resolve --merge").code == 0
    assert not (apart / ".git/MERGE_HEAD").exists()
    assert ACME.read_text(encoding="utf-8").count("2026-11-20 call: ") == 2


def test_what_a_person_has_begun_to_settle_is_not_merged_again(apart: Path, crmtxt: Prompt) -> None:
    for branch, who, line in (("main", (), "- 2026-11-20 call: ours\n"), ("ana", ANA, "- 2026-11-20 call: hers\n")):
        git("checkout", "--quiet", branch)
        ACME.write_bytes(ACME.read_bytes() + line.encode())
        committed(*who, message="acme: call")
    git("checkout", "--quiet", "main")
    git("merge", "ana", fails=True)
    text = ACME.read_text(encoding="utf-8")
    start = text.rindex("<<<<<<<")
    ACME.write_text(f"{text[:start]}- 2026-11-20 call: by hand\n", encoding="utf-8")
    assert [item["field"] for item in listed(crmtxt)] == ["stage"]
    assert crmtxt("crmtxt resolve acme --ours").code == 0
    assert "hers" not in ACME.read_text(encoding="utf-8")
    assert not (apart / ".git/MERGE_HEAD").exists()


@pytest.mark.parametrize(("words", "there"), [("--ours", True), ("--theirs", False)])
@pytest.mark.parametrize("mine", [True, False], ids=["we changed it", "they changed it"])
def test_a_file_one_side_removed_is_kept_or_removed(
    words: str, *, there: bool, mine: bool, book: Path, crmtxt: Prompt
) -> None:
    git("checkout", "--quiet", "-b", "ana")
    if mine:
        git("rm", "--quiet", str(ACME))
    else:
        replaced(ACME, "stage: customer", "stage: lost")
    committed(*ANA, message="acme, by ana")
    git("checkout", "--quiet", "main")
    if mine:
        replaced(ACME, "stage: customer", "stage: lost")
    else:
        git("rm", "--quiet", str(ACME))
    committed(message="acme, by sam")
    git("merge", "ana", fails=True)
    (item,) = listed(crmtxt)
    values = ("changed", None) if mine else (None, "changed")
    assert (item["field"], item["ours"], item["theirs"]) == ("file", *values)
    assert (item["ours_by"], item["theirs_by"]) == ("Sam Okafor", "Ana Lima")
    assert crmtxt("crmtxt resolve --merge").code == 0
    assert (book / ".git/MERGE_HEAD").exists()
    answer = crmtxt(f"crmtxt resolve acme {words}")
    assert (answer.code, "committed" in answer.stderr) == (0, True)
    assert ACME.exists() == (there == mine)
    assert not (book / ".git/MERGE_HEAD").exists()
    assert git("status", "--porcelain") == ""


def test_a_customer_both_added_is_settled_like_any_other(book: Path, crmtxt: Prompt) -> None:
    new = Path("customers/new.md")
    for branch, who, stage in (("ana", ANA, "lead"), ("main", (), "prospect")):
        git("checkout", "--quiet", *(["-b"] if branch == "ana" else []), branch)
        new.write_text(f"---\nname: New Ltd\nstage: {stage}\n---\n", encoding="utf-8")
        git("add", str(new))
        committed(*who, message="new")
    git("merge", "ana", fails=True)
    (item,) = listed(crmtxt)
    assert (item["customer"], item["field"], item["ours"], item["theirs"]) == ("new", "stage", "prospect", "lead")
    assert crmtxt("crmtxt resolve new --theirs").code == 0
    assert new.read_text(encoding="utf-8") == "---\nname: New Ltd\nstage: lead\n---\n"
    assert not (book / ".git/MERGE_HEAD").exists()


@pytest.mark.parametrize(
    ("begin", "go_on", "side"),
    [
        (("rebase", "ana"), ("-c", "core.editor=true", "rebase", "--continue"), "Ana Lima"),
        (("cherry-pick", "ana"), ("-c", "core.editor=true", "cherry-pick", "--continue"), "Sam Okafor"),
    ],
    ids=["rebase", "cherry-pick"],
)
def test_a_rebase_is_staged_and_told_how_it_goes_on(
    begin: tuple[str, ...], go_on: tuple[str, ...], side: str, apart: Path, crmtxt: Prompt
) -> None:
    git("-c", DRIVER, *begin, fails=True)
    (item,) = listed(crmtxt)
    assert (item["field"], item["ours_by"]) == ("stage", side)
    head = git("rev-parse", "HEAD")
    answer = crmtxt("crmtxt resolve acme --theirs")
    assert answer.code == 0
    assert f"git goes on with: git {begin[0]} --continue" in answer.stderr
    assert git("rev-parse", "HEAD") == head
    assert git("diff", "--name-only", "--diff-filter=U") == ""
    git(*go_on)
    assert git("status", "--porcelain") == ""
    assert (apart / ACME).read_text(encoding="utf-8").count("stage: ") > 0


def test_a_stash_is_staged_and_told_how_it_goes_on(apart: Path, crmtxt: Prompt) -> None:
    replaced(ACME, "stage: dormant", "stage: prospect")
    git("stash", "--quiet")
    replaced(ACME, "stage: dormant", "stage: customer")
    committed(message="acme: customer")
    git("-c", DRIVER, "stash", "pop", fails=True)
    (item,) = listed(crmtxt)
    assert (item["ours"], item["theirs"], item["theirs_by"]) == ("customer", "prospect", "Sam Okafor")
    answer = crmtxt("crmtxt resolve acme --theirs")
    assert (answer.code, "git stash drop" in answer.stderr) == (0, True)
    assert git("status", "--porcelain").split() == ["M", str(ACME)]
    assert (apart / ACME).read_text(encoding="utf-8").count("\nstage: prospect\n") == 1


def test_markers_that_were_committed_are_settled_by_an_ordinary_commit(merging: Path, crmtxt: Prompt) -> None:
    git("add", str(ACME))
    git("commit", "--quiet", "--no-edit")
    (item,) = listed(crmtxt)
    assert (item["ours_by"], item["theirs_by"]) == ("Sam Okafor", "Ana Lima")
    answer = crmtxt("crmtxt resolve acme --ours")
    assert answer.code == 0
    assert git("log", "-1", "--format=%s").strip() == "acme: resolve stage"
    assert git("status", "--porcelain") == ""
    assert crmtxt("crmtxt undo").code == 0
    assert "<<<<<<<" in (merging / ACME).read_text(encoding="utf-8")


def test_markers_are_settled_without_git(merging: Path, crmtxt: Prompt) -> None:
    subprocess.run(["rm", "-rf", merging / ".git"], check=True)
    (item,) = listed(crmtxt)
    assert (item["ours_by"], item["theirs_when"]) == (None, None)
    assert crmtxt("crmtxt resolve acme --theirs").code == 0
    assert "\nstage: lost\n" in ACME.read_text(encoding="utf-8")


def test_files_outside_the_book_are_left_alone(tmp_path: Path, apart: Path, crmtxt: Prompt) -> None:
    del tmp_path
    other = apart / "other.txt"
    for branch, who in (("ana", ANA), ("main", ())):
        git("checkout", "--quiet", branch)
        other.write_text(f"of {branch}\n", encoding="utf-8")
        git("add", "other.txt")
        committed(*who, message="other")
    git("-c", DRIVER, "merge", "ana", fails=True)
    before = other.read_bytes()
    answer = crmtxt("crmtxt resolve --ours")
    assert answer.code == 0
    assert "git commit --no-edit" in answer.stderr
    assert other.read_bytes() == before
    assert git("diff", "--name-only", "--diff-filter=U").split() == ["other.txt"]
    assert (apart / ".git/MERGE_HEAD").exists()


def test_a_hook_that_refuses_leaves_the_files_settled_and_says_so(merging: Path, crmtxt: Prompt) -> None:
    hook = merging / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no commits today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    assert crmtxt("crmtxt trust --yes").code == 0
    answer = crmtxt("crmtxt resolve acme --ours")
    assert answer.code == 6
    assert "no commits today" in answer.stderr
    assert "<<<<<<<" not in ACME.read_text(encoding="utf-8")
    assert (merging / ".git/MERGE_HEAD").exists()


def test_where_git_must_not_be_called_the_files_are_settled_and_no_more(merging: Path, crmtxt: Prompt) -> None:
    hook = merging / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    hook.chmod(0o755)
    (item,) = listed(crmtxt)
    assert (item["field"], item["ours_by"]) == ("stage", None)
    answer = crmtxt("crmtxt resolve acme --ours")
    assert (answer.code, "crmtxt trust" in answer.stderr) == (6, True)
    assert "<<<<<<<" not in ACME.read_text(encoding="utf-8")
    assert not Path("ran").exists()
    assert crmtxt("crmtxt trust --yes").code == 0
    assert crmtxt("crmtxt resolve --merge").code == 0
    assert Path("ran").exists()
    assert not (merging / ".git/MERGE_HEAD").exists()


def test_a_change_of_another_person_meanwhile_is_not_overwritten(merging: Path, crmtxt: Prompt) -> None:
    del merging
    editor = Path("editor")
    editor.write_text(f"#!/bin/sh\nprintf 'stage: lead\\n' >\"$1\"\necho more >>{ACME}\n", encoding="utf-8")
    editor.chmod(0o755)
    answer = crmtxt("EDITOR=./editor crmtxt resolve acme --edit")
    assert answer.code == 5
    assert "<<<<<<<" in ACME.read_text(encoding="utf-8")


def test_an_editor_gets_the_lines_of_both_sides_and_must_leave_no_marker(merging: Path, crmtxt: Prompt) -> None:
    del merging
    refused = crmtxt("EDITOR=true crmtxt resolve acme stage --edit")
    assert (refused.code, "markers left" in refused.stderr) == (4, True)
    answer = crmtxt("EDITOR=\"sed -i -e '/^[<=>]/d' -e '/lost/d'\" crmtxt resolve acme --edit")
    assert answer.code == 0
    assert "\nstage: dormant\n" in ACME.read_text(encoding="utf-8")


def test_dry_run_shows_the_difference_and_writes_nothing(merging: Path, crmtxt: Prompt) -> None:
    before = ACME.read_bytes()
    answer = crmtxt("crmtxt resolve acme --ours --dry-run")
    assert (answer.code, ACME.read_bytes()) == (0, before)
    assert "-<<<<<<< ours\n stage: dormant\n-=======\n-stage: lost\n->>>>>>> theirs\n" in answer.stdout
    assert (merging / ".git/MERGE_HEAD").exists()


def test_a_person_at_the_terminal_is_asked_one_by_one(merging: Path, crmtxt: Prompt) -> None:
    assert crmtxt("crmtxt resolve acme", "s\n", screen=True).code == 4
    assert (merging / ".git/MERGE_HEAD").exists()
    assert crmtxt("crmtxt resolve", screen=True).code == 4
    answer = crmtxt("crmtxt resolve acme", "t\n", screen=True)
    assert answer.code == 0
    assert "conflict in stage: 'dormant' (ours) or 'lost' (theirs): [o]urs, [t]heirs, [e]dit, [s]kip?" in answer.stderr
    assert "\nstage: lost\n" in ACME.read_text(encoding="utf-8")


def test_settings_in_conflict_are_read_with_our_side_and_settled(book: Path, crmtxt: Prompt) -> None:
    settings = book / "crmtxt.yaml"
    for branch, who, zone in (("ana", ANA, "UTC"), ("main", (), "Europe/Paris")):
        git("checkout", "--quiet", *(["-b"] if branch == "ana" else []), branch)
        replaced(settings, "Europe/London", zone)
        committed(*who, message="zone")
    git("merge", "ana", fails=True)
    assert crmtxt("crmtxt list --format '{handle}'").stdout.startswith("acme")
    assert crmtxt("crmtxt log acme call: hello").code == 4
    (item,) = listed(crmtxt)
    assert (item["customer"], item["field"], item["ours"], item["theirs"]) == (
        None, "timezone", "Europe/Paris", "UTC",
    )  # fmt: skip
    assert crmtxt("crmtxt resolve crmtxt.yaml --theirs").code == 0
    assert "timezone: UTC\n" in settings.read_text(encoding="utf-8")
    assert not (book / ".git/MERGE_HEAD").exists()


def test_line_ends_of_windows_survive_a_choice_and_a_value(book: Path, crmtxt: Prompt) -> None:
    odd = book / "customers/odd.md"
    head = "---\nname: Odd\n<<<<<<< HEAD\nstage: lead\n=======\nstage: lost\n>>>>>>> ana\n---\n"
    text = f"{head}\n## Next\n\n<<<<<<< HEAD\n- [ ] 2026-12-01 call: x\n=======\n>>>>>>> ana\n"
    for words, stage in (("--theirs", "lost"), ("--value prospect", "prospect")):
        odd.write_bytes(text.replace("\n", "\r\n").encode())
        assert crmtxt(f"crmtxt resolve odd stage {words}").code == 0
        assert crmtxt("crmtxt resolve odd next --value '2026-12-02 call: y'").code == 0
        assert odd.read_bytes() == (
            f"---\r\nname: Odd\r\nstage: {stage}\r\n---\r\n\r\n## Next\r\n\r\n- [ ] 2026-12-02 call: y\r\n".encode()
        )


@pytest.mark.parametrize(
    "text",
    [
        "---\nname: Odd\nst<<<<<<< HEAD\nage: x\n=======\n>>>>>>> ana\n---\n",
        "---\nname: Odd\n<<<<<<< HEAD\nstage: lead\n=======\n---\n",
        "<<<<<<< HEAD\n---\nname: Odd\n=======\n---\nname: Other\n>>>>>>> ana\n---\n",
        "---\nname: Odd\n<<<<<<< \x1b[31m\nstage: [\n=======\n\x1b]0;title\x07: {\n>>>>>>> \u202e\n---\n",
        "---\nname: Odd\n---\n<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n=======\n>>>>>>> d\n",
    ],
    ids=["in a key", "half", "around the head", "for a terminal", "one in the other"],
)
def test_whatever_the_markers_enclose_is_listed_and_taken_without_a_bug(text: str, book: Path, crmtxt: Prompt) -> None:
    odd = book / "customers/odd.md"
    for words in ("resolve", "resolve odd --ours", "resolve odd --theirs", "resolve --json", "check", "show odd"):
        odd.write_text(text, encoding="utf-8", newline="")
        answer = crmtxt(f"crmtxt {words}")
        assert answer.code in {0, 2, 3, 4}, answer
        assert "this is a bug" not in answer.stderr
        assert "\x1b" not in answer.stdout + answer.stderr
        if answer.code or "resolve odd" not in words:
            assert odd.read_text(encoding="utf-8") == text


def test_thousands_of_conflicts_are_settled_in_one_go(book: Path, crmtxt: Prompt) -> None:
    odd = book / "customers/odd.md"
    one = "<<<<<<< HEAD\n- 2026-11-01 call: {0}\n=======\n- 2026-11-02 call: {0}\n>>>>>>> ana\n"
    odd.write_text("---\nname: Odd\n---\n\n## Log\n\n" + "".join(map(one.format, range(2_000))), encoding="utf-8")
    git("add", str(odd))
    committed(message="odd")
    assert len(listed(crmtxt, "odd")) == 2_000
    answer = crmtxt("crmtxt resolve odd --theirs")
    assert (answer.code, answer.stderr.count("\n")) == (0, 22)
    assert odd.read_text(encoding="utf-8").count("- 2026-11-02 call: ") == 2_000
    assert "<<<<<<<" not in odd.read_text(encoding="utf-8")
