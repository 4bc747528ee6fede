"""Sync between real clones of a real server: what is sent, what is not, and every refusal leaves things safe."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest

from crmtxt.services import syncing
from crmtxt.store import gitcall
from crmtxt.store import remote

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Answer
    from prompt import Prompt

ACME, GLOBEX = "customers/acme.md", "customers/globex.md"


class Team(NamedTuple):
    """A server with two clones of the example book, Sam's and Ana's, each synced once."""

    crmtxt: Prompt
    server: Path
    sam: Path
    ana: Path

    def sync(self, who: Path, *words: str) -> Answer:
        answer = self.crmtxt.words(["-C", str(who), "sync", *words])
        assert "this is a bug" not in answer.stderr
        return answer

    def log(self, who: Path, customer: str, text: str) -> None:
        assert self.crmtxt.words(["-C", str(who), "log", customer, *text.split()]).code == 0


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True)
    return done.stdout


def state(clone: Path) -> tuple[str, str, str, dict[str, str]]:
    """Return commit, branch, status and every file of the book: what a refused sync must not change."""
    names = git(clone, "ls-files", "-z", "--cached", "--others").split("\0")[:-1]
    texts = {name: (clone / name).read_text(encoding="utf-8") for name in names if (clone / name).is_file()}
    return git(clone, "rev-parse", "HEAD"), git(clone, "branch", "--show-current"), git(clone, "status", "-s"), texts


def heads(server: Path) -> str:
    return git(server, "for-each-ref")


def append(clone: Path, path: str, text: str) -> None:
    with (clone / path).open("a", encoding="utf-8") as file:
        file.write(text)


def change(clone: Path, path: str, old: str, new: str) -> None:
    text = (clone / path).read_text(encoding="utf-8")
    assert old in text
    (clone / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def hook(folder: Path, name: str, script: str) -> None:
    (folder / "hooks").mkdir(exist_ok=True)
    (folder / "hooks" / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / "hooks" / name).chmod(0o755)


@pytest.fixture
def team(book: Path, crmtxt: Prompt, tmp_path: Path) -> Team:
    server, ana = tmp_path / "server.git", tmp_path / "ana"
    git(tmp_path, "init", "--quiet", "--bare", "server.git")
    git(book, "remote", "add", "origin", str(server))
    made = Team(crmtxt, server, book, ana)
    assert made.sync(book).code == 0
    git(tmp_path, "clone", "--quiet", str(server), "ana")
    git(ana, "config", "user.name", "Ana Reis")
    git(ana, "config", "user.email", "ana@harbour.example")
    assert made.sync(ana).code == 0
    return made


def test_the_first_sync_fills_an_empty_server_and_sets_up_the_branch(team: Team) -> None:
    assert git(team.sam, "rev-parse", "HEAD") == git(team.server, "rev-parse", "main")
    assert git(team.sam, "rev-parse", "--abbrev-ref", "@{upstream}").strip() == "origin/main"


def test_what_both_wrote_reaches_both(team: Team) -> None:
    team.log(team.sam, "acme", "call from jane: from sam")
    team.log(team.ana, "globex", "call from tom: from ana")
    assert [team.sync(each).code for each in (team.sam, team.ana, team.sam)] == [0, 0, 0]
    assert state(team.sam) == state(team.ana)
    text = "".join((team.sam / path).read_text(encoding="utf-8") for path in (ACME, GLOBEX))
    assert "from sam" in text
    assert "from ana" in text


def test_only_files_of_the_book_are_committed_and_staged_work_stays_staged(team: Team) -> None:
    append(team.sam, ACME, "\n")
    for name in ("note.txt", "customers/.draft.md", "customers/list.csv", "staged.txt", "customers/h/acme.md~"):
        (team.sam / name).write_text("x", encoding="utf-8")
    git(team.sam, "add", "staged.txt")
    assert team.sync(team.sam).code == 0
    assert git(team.sam, "show", "--format=", "--name-only", "HEAD").split() == [ACME]
    assert git(team.sam, "diff", "--cached", "--name-only").split() == ["staged.txt"]


def test_a_write_whose_commit_failed_goes_along_under_its_own_name(team: Team) -> None:
    (team.sam / ".git/index.lock").touch()
    assert team.crmtxt("crmtxt log acme call from jane: waits").code == 6
    (team.sam / ".git/index.lock").unlink()
    assert "acme: call from jane" in team.sync(team.sam).stderr
    assert team.crmtxt("crmtxt doctor --format '{name}: {value}'").stdout.count("0 changes") == 1


def test_somebody_quicker_is_met_by_trying_again(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAUSES", (0.0, 0.0))
    team.log(team.ana, "globex", "call from tom: quicker")
    hook(team.sam / ".git", "pre-push", f"git -C {team.ana} push --quiet 2>&1 || true")
    assert team.crmtxt("crmtxt trust --yes").code == 0
    team.log(team.sam, "acme", "call from jane: slower")
    answer = team.sync(team.sam)
    assert (answer.code, "sent 1, received 1 change of ana" in answer.stderr) == (0, True), answer.stderr
    assert git(team.server, "rev-parse", "main") == git(team.sam, "rev-parse", "HEAD")


def test_who_is_always_quicker_is_told_and_nothing_is_lost(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAUSES", (0.0,))
    again = f"cd {team.ana} && git pull --quiet --no-edit; git commit --quiet --allow-empty -m more && git push --quiet"
    hook(team.sam / ".git", "pre-push", f"unset $(git rev-parse --local-env-vars); ({again}) >/dev/null 2>&1; true")
    team.crmtxt("crmtxt trust --yes")
    team.log(team.sam, "acme", "call from jane: slower")
    answer = team.sync(team.sam)
    assert answer.code == 7
    assert "each time we tried" in answer.stderr
    (team.sam / ".git/hooks/pre-push").unlink()
    assert team.sync(team.sam).code == 0


def test_a_disagreement_waits_in_the_merge_and_sync_goes_on_once_it_is_settled(team: Team) -> None:
    change(team.sam, ACME, "stage: customer", "stage: advocate")
    change(team.ana, ACME, "stage: customer", "stage: dormant")
    assert team.sync(team.sam).code == 0
    before = heads(team.server)
    for _ in range(2):
        answer = team.sync(team.ana)
        assert answer.code == 4
        assert "crmtxt resolve" in answer.stderr
        assert ACME in answer.stderr
        assert heads(team.server) == before
    text = (team.ana / ACME).read_text(encoding="utf-8")
    start, end = text.index("<<<<<<<"), text.index("\n", text.index(">>>>>>>")) + 1
    (team.ana / ACME).write_text(f"{text[:start]}stage: dormant\n{text[end:]}", encoding="utf-8")
    assert team.sync(team.ana).code == 0
    assert team.sync(team.sam).code == 0
    assert state(team.sam) == state(team.ana)


def test_a_file_one_side_removed_and_the_other_changed_is_a_disagreement(team: Team) -> None:
    (team.sam / ACME).unlink()
    append(team.ana, ACME, "- 2026-11-21 call: late\n")
    assert team.sync(team.sam).code == 0
    answer = team.sync(team.ana)
    assert answer.code == 4
    assert ACME in answer.stderr


def test_a_new_customer_is_never_taken_for_one_that_was_removed(team: Team) -> None:
    """Their files are alike, so that git alone would write what was told of the one into the other's."""
    team.crmtxt("crmtxt add Umbra")
    assert [team.sync(each).code for each in (team.sam, team.ana)] == [0, 0]
    assert team.crmtxt("crmtxt remove umbra --yes").code == 0
    team.crmtxt("crmtxt add Vandelay")
    assert team.sync(team.sam).code == 0
    team.log(team.ana, "umbra", "call: they want the big one")
    answer = team.sync(team.ana)
    assert (answer.code, "customers/umbra.md" in answer.stderr) == (4, True), answer
    assert "the big one" in (team.ana / "customers/umbra.md").read_text(encoding="utf-8")
    assert "the big one" not in (team.ana / "customers/vandelay.md").read_text(encoding="utf-8")


def test_a_renamed_customer_is_followed_however_much_both_wrote(team: Team) -> None:
    team.crmtxt("crmtxt add Umbra")
    assert [team.sync(each).code for each in (team.sam, team.ana)] == [0, 0]
    assert team.crmtxt("crmtxt rename umbra umbra-uk").code == 0
    for number in range(5):
        team.log(team.sam, "umbra-uk", f"call: a long talk about the cabinet, number {number}")
        team.log(team.ana, "umbra", f"call: another long talk about the plant, number {number}")
    assert [team.sync(each).code for each in (team.sam, team.ana, team.sam)] == [0, 0, 0]
    assert state(team.sam) == state(team.ana)
    assert (team.sam / "customers/umbra-uk.md").read_text(encoding="utf-8").count(" long talk ") == 10
    assert not (team.sam / "customers/umbra.md").exists()


def test_a_merge_somebody_else_began_is_left_to_them(team: Team) -> None:
    git(team.sam, "switch", "--quiet", "-c", "side")
    append(team.sam, ACME, "- 2026-11-21 call: side\n")
    git(team.sam, "commit", "--quiet", "--all", "--message=side")
    git(team.sam, "switch", "--quiet", "main")
    git(team.sam, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    before = state(team.sam)
    assert team.sync(team.sam).code == 5
    assert state(team.sam) == before


@pytest.mark.parametrize("name", ["pre-merge-commit", "pre-commit", "commit-msg"])
def test_a_hook_that_refuses_leaves_things_as_they_were(team: Team, name: str) -> None:
    team.log(team.ana, "globex", "call from tom: hello")
    team.log(team.sam, "acme", "call from jane: hello")
    assert team.sync(team.ana).code == 0
    append(team.sam, GLOBEX, "")
    hook(team.sam / ".git", name, "echo not today >&2; exit 1")
    team.crmtxt("crmtxt trust --yes")
    before, there = state(team.sam), heads(team.server)
    answer = team.sync(team.sam)
    if name == "pre-commit":  # nothing was to be committed, and a merge runs pre-merge-commit
        assert answer.code == 0
        return
    assert answer.code == 6
    assert "not today" in answer.stderr
    assert state(team.sam) == before
    assert heads(team.server) == there


def test_changes_in_the_way_of_a_merge_stop_it_before_it_begins(team: Team) -> None:
    append(team.ana, ACME, "- 2026-11-21 call: from ana\n")
    team.sync(team.ana)
    change(team.sam, ACME, "name: Acme Ltd", "name: [Acme Ltd")
    before = state(team.sam)
    answer = team.sync(team.sam)
    assert answer.code == 5
    assert ACME in answer.stderr
    assert state(team.sam) == before


def test_a_customer_file_nobody_can_read_is_never_sent(team: Team) -> None:
    change(team.sam, ACME, "name: Acme Ltd", "name: [Acme Ltd")
    git(team.sam, "commit", "--quiet", "--all", "--message=by hand")
    before = heads(team.server)
    answer = team.sync(team.sam)
    assert answer.code == 4
    assert ACME in answer.stderr
    assert heads(team.server) == before


def test_an_unreadable_file_that_came_from_others_is_named_and_does_not_stop_ours(team: Team) -> None:
    change(team.ana, ACME, "name: Acme Ltd", "name: [Acme Ltd")
    git(team.ana, "commit", "--quiet", "--all", "--message=by hand")
    git(team.ana, "push", "--quiet")
    team.log(team.sam, "globex", "call from tom: hello")
    answer = team.sync(team.sam)
    assert answer.code == 4
    assert ACME in answer.stderr
    assert git(team.server, "rev-parse", "main") == git(team.sam, "rev-parse", "HEAD")


def test_customers_that_vanish_from_the_server_are_asked_about(team: Team) -> None:
    for number in range(30):
        text = f"---\nname: Shop {number}\n---\n"
        (team.ana / f"customers/shop-{number}.md").write_text(text, encoding="utf-8")
    assert team.sync(team.ana).code == 0
    assert team.sync(team.sam).code == 0
    git(team.ana, "rm", "--quiet", *[f"customers/shop-{number}.md" for number in range(30)])
    git(team.ana, "commit", "--quiet", "--message=gone")
    git(team.ana, "push", "--quiet")
    before = state(team.sam)
    assert team.sync(team.sam).code == 2
    assert state(team.sam) == before
    assert team.sync(team.sam, "--yes").code == 0


def test_customers_that_move_to_letter_folders_do_not_vanish(team: Team) -> None:
    for number in range(30):
        text = f"---\nname: Shop {number}\n---\n"
        (team.ana / f"customers/shop-{number}.md").write_text(text, encoding="utf-8")
    team.sync(team.ana)
    team.sync(team.sam)
    (team.ana / "customers/s").mkdir()
    for number in range(30):
        (team.ana / f"customers/shop-{number}.md").rename(team.ana / f"customers/s/shop-{number}.md")
    assert team.sync(team.ana).code == 0
    assert team.sync(team.sam).code == 0


def test_a_dry_run_fetches_and_changes_nothing_else(team: Team) -> None:
    team.log(team.ana, "globex", "call from tom: hello")
    team.sync(team.ana)
    append(team.sam, ACME, "\n")
    before, there = state(team.sam), heads(team.server)
    answer = team.sync(team.sam, "--dry-run")
    assert answer.code == 0
    assert f"would commit {ACME}" in answer.stderr
    assert "would receive 1 change of ana" in answer.stderr
    assert state(team.sam) == before
    assert heads(team.server) == there


@pytest.mark.parametrize(
    ("script", "words"),
    [("exec sleep 60", "does not answer"), ("echo 'Permission denied (publickey).' >&2; exit 255", "let us in"),
     ("echo 'ssh: Could not resolve hostname x' >&2; exit 255", "cannot be reached"),
     ("read answer </dev/tty && exit 0; echo 'Host key verification failed.' >&2; exit 255", "let us in")],
)  # fmt: skip
def test_a_server_that_does_not_answer_leaves_the_commit_and_says_why(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.setattr(syncing, "PATIENCE", 2.0)
    git(team.sam, "remote", "set-url", "origin", "ssh://git.example/book")
    append(team.sam, ACME, "\n")
    answer = team.sync(team.sam)
    assert answer.code == 7
    assert words in answer.stderr
    assert git(team.sam, "status", "--short") == ""
    git(team.sam, "remote", "set-url", "origin", str(team.server))
    assert team.sync(team.sam).code == 0


def test_waiting_for_a_server_is_told_to_a_person_only(
    tmp_path: Path, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\nsleep 0.6; exit 255\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    git(team.sam, "remote", "set-url", "origin", "ssh://git.example/book")
    assert "waiting" not in team.crmtxt("crmtxt sync").stderr
    assert "waiting for the server" in team.crmtxt("crmtxt sync", screen=True).stderr


def test_without_a_terminal_nothing_below_git_is_told_to_ask() -> None:
    env = {"GIT_ASKPASS": "x", "SSH_ASKPASS": "x", "GIT_SSH_COMMAND": "ssh -i key", "GIT_DIR": "x", "HOME": "/home/sam"}
    alone = gitcall._environment(env, gitcall.Patience(server=True))  # noqa: SLF001  # what git is given cannot be seen otherwise
    assert (alone["GIT_ASKPASS"], alone["SSH_ASKPASS"], alone["GIT_TERMINAL_PROMPT"]) == ("", "", "0")
    assert (alone["GIT_SSH_COMMAND"], "GIT_DIR" in alone) == ("ssh -i key", False)
    asked = gitcall._environment(env, gitcall.Patience(server=True, prompts=True))  # noqa: SLF001  # the same
    assert (asked["GIT_ASKPASS"], "GIT_TERMINAL_PROMPT" in asked) == ("x", False)


def test_a_shallow_clone_syncs(team: Team, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{team.server}", "shallow")
    team.log(team.sam, "acme", "call from jane: hello")
    team.sync(team.sam)
    team.log(tmp_path / "shallow", "globex", "call from tom: hello")
    assert team.sync(tmp_path / "shallow").code == 0


def test_a_book_below_the_top_of_a_repository_leaves_the_rest_alone(team: Team, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    git(tmp_path, "init", "--quiet", "outer")
    git(outer, "remote", "add", "origin", str(tmp_path / "outer.git"))
    git(tmp_path, "init", "--quiet", "--bare", "outer.git")
    assert team.crmtxt.words(["init", str(outer / "crm"), "--yes"]).code == 0
    assert team.crmtxt.words(["-C", str(outer / "crm"), "add", "Acme"]).code == 0
    (outer / "other.md").write_text("x", encoding="utf-8")
    append(outer, "crm/customers/acme.md", "- 2026-11-21 call: by hand\n")
    assert team.sync(outer / "crm").code == 0
    assert git(outer, "status", "--short") == "?? other.md\n"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "outer.git"), "inner")
    append(tmp_path / "inner", "crm/customers/acme.md", "- 2026-11-21 call: again\n")
    assert team.sync(tmp_path / "inner/crm").code == 0
    assert team.sync(outer / "crm").code == 0
    assert "again" in (outer / "crm/customers/acme.md").read_text(encoding="utf-8")


def test_names_of_branches_and_files_are_never_taken_for_anything_else(team: Team) -> None:
    git(team.sam, "switch", "--quiet", "-c", "$(touch${IFS}pwned);`x`")
    (team.sam / "customers/--force.md").write_text("---\nname: Force\n---\n", encoding="utf-8")
    assert team.sync(team.sam).code == 0
    assert "refs/heads/$(touch${IFS}pwned);`x`" in heads(team.server)
    assert not (team.sam / "pwned").exists()


def test_a_conflict_stash_left_in_a_file_is_not_committed(team: Team) -> None:
    change(team.sam, ACME, "stage: customer", "stage: advocate")
    git(team.sam, "stash", "--quiet")
    change(team.sam, ACME, "stage: customer", "stage: lost")
    git(team.sam, "commit", "--quiet", "--all", "--message=lost")
    subprocess.run(["git", "-C", team.sam, "stash", "pop"], capture_output=True, check=False)
    answer = team.sync(team.sam)
    assert answer.code == 4
    assert ACME in answer.stderr
    assert "<<<<<<<" not in git(team.server, "show", f"main:{ACME}")


def test_a_fresh_clone_learns_to_merge_and_check_says_when_it_does_not(team: Team) -> None:
    git(team.ana, "config", "--unset", "merge.crmtxt.driver")
    assert "this clone does not know" in team.crmtxt.words(["-C", str(team.ana), "check"]).stdout
    assert "told git how to merge" in team.sync(team.ana).stderr
    assert "this clone does not know" not in team.crmtxt.words(["-C", str(team.ana), "check"]).stdout


def test_what_an_editor_saved_over_is_put_back_before_it_is_sent(team: Team) -> None:
    before = (team.sam / ACME).read_text(encoding="utf-8")
    team.log(team.sam, "acme", "call: said by us")
    (team.sam / ACME).write_text(before + "- 2026-11-21 call: said by hand\n", encoding="utf-8")
    answer = team.sync(team.sam)
    assert answer.code == 0
    assert "an editor saved over 1 line" in answer.stderr
    sent = git(team.server, "show", f"main:{ACME}")
    assert "call by @sam: said by us" in sent
    assert "call: said by hand" in sent
