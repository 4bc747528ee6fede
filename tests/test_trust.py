"""What in a repository could run is found by reading; git is called where there is nothing, or a person agreed."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtxt.store import driver
from crmtxt.store import repository
from crmtxt.store import setup
from crmtxt.store import trust
from crmtxt.text.gitconfig import GitConfigError
from crmtxt.text.gitconfig import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt

TOP = "/home/sam/book"
READS = [
    "today", "due", "list", "show acme", "find jane", "check", "completion bash", "config", "contact list acme",
    "log acme --dry-run call: hello", "set acme stage=lead --dry-run", "trust", "list stage:customer --json",
    "undo --dry-run",
]  # fmt: skip
SAFE = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
[remote "origin"]
\turl = git@github.com:harbour/book.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
[user]
\temail = sam@harbour.example
[commit]
\tgpgsign = false
"""
RUNS = [
    "core.fsmonitor=./x", "core.sshCommand=./x", "core.hooksPath=.husky", "core.editor=x", "core.pager=x",
    "core.gitProxy=x", "core.askPass=x", "core.alternateRefsCommand=x", "core.worktree=/home/sam",
    "core.attributesFile=x",
    "core.protectNTFS=false", "filter.lfs.clean=x", "filter.lfs.process=x", "diff.x.command=x", "diff.x.textconv=x",
    "diff.external=x", "merge.x.driver=x", "merge.crmtxt.driver=x", "merge.crmtxt.recursive=x", "merge.tool=x",
    "gpg.program=x", "commit.gpgsign=true", "credential.helper=!x", "include.path=x", "includeIf.gitdir:/.path=x",
    "url.ext::x.insteadOf=https://", "protocol.ext.allow=always", "uploadpack.packObjectsHook=x", "alias.log=!x",
    "remote.origin.uploadpack=x", "remote.origin.receivepack=x", "remote.origin.vcs=x", "remote.origin.proxy=x",
    "remote.origin.url=ext::sh -c x", "remote.origin.url=../evil.git", "remote.origin.url=evil", "remote.origin.url=-x",
    "remote.origin.url=fd::7", "remote.origin.url=ssh://-oProxyCommand=x/y", "remote.origin.url=-oProxyCommand=x:y",
    "remote.origin.url=/home/sam/book/evil.git", "remote.origin.url=file:///home/sam/book/evil.git",
    "remote.origin.url=/home/sam/other/../book/x", "remote.origin.url=/proc/self/cwd/evil.git",
    "remote.origin.pushurl=ext::x", "branch.main.remote=evil", "branch.main.pushRemote=../evil",
    "remote.pushDefault=evil",
    "submodule.x.update=!x", "sequence.editor=x", "trailer.x.command=x", "http.proxy=x", "gc.recentObjectsHook=x",
    "post.anything=to come",
]  # fmt: skip
PLAIN = [
    "https://git.example/book.git", "http://git.example/b", "ssh://git@git.example:22/~/b", "git@github.com:a/b.git",
    "git.example:b", "git://git.example/b", "/srv/git/book.git", "file:///srv/git/book.git", "/home/sam/books",
]  # fmt: skip


def found(text: str) -> list[str]:
    settings = read_settings(text)
    return [danger.name for danger in trust.of_settings(settings, "config", TOP, repository.remotes(settings))]


def test_what_a_plain_clone_holds_can_run_nothing() -> None:
    assert found(SAFE) == []


@pytest.mark.parametrize("setting", RUNS)
def test_whatever_is_not_known_to_be_harmless_is_named(setting: str) -> None:
    name, _, value = setting.partition("=")
    section, _, key = name.rpartition(".")
    first, _, rest = section.partition(".")
    heading = f'[{first} "{rest}"]' if rest else f"[{first}]"
    assert [each.lower() for each in found(f'{SAFE}{heading}\n\t{key} = "{value}"\n')] == [name.lower()]


@pytest.mark.parametrize("address", PLAIN)
def test_servers_and_full_paths_elsewhere_are_plain_addresses(address: str) -> None:
    assert trust.is_plain_address(address, TOP)


@pytest.mark.parametrize("program", ["crmtxt-merge", "/opt/with blank/crmtxt-merge", "/opt/50%/it's/crmtxt-merge"])
def test_our_own_driver_is_known_wherever_it_stands(program: str) -> None:
    assert setup.is_ours(driver.driver_line(program), TOP)


@pytest.mark.parametrize(
    "line",
    ["", "x", "crmtxt-merge", driver.driver_line("./crmtxt-merge"), driver.driver_line(f"{TOP}/crmtxt-merge"),
     driver.driver_line("/opt/evil"), driver.driver_line("crmtxt-merge").replace("%O", "%O; evil", 1),
     f"evil; {driver.driver_line('crmtxt-merge')}", f"$(evil){driver.driver_line('crmtxt-merge')}"],
)  # fmt: skip
def test_a_driver_that_does_anything_else_is_not_ours(line: str) -> None:
    assert not setup.is_ours(line, TOP)


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("[Core]\nBare=True", [("core.bare", "True")]),
        ("[a] b = c # d\n", [("a.b", "c")]),
        ("[a]\nb\n", [("a.b", "true")]),
        ('[a "B \\"c\\" \\\\"]\nd = e', [('a.B "c" \\.d', "e")]),
        ("[a.B]\nc = d", [("a.b.c", "d")]),
        ('[a]\nb = " c ; d" e ; f', [("a.b", " c ; d e")]),
        ("[a]\nb = c \\\n  d  \n", [("a.b", "c   d")]),
        ("[a]\r\nb = c\r\n", [("a.b", "c")]),
        ("[a]\nb = x\\n\\ty\\\\\n", [("a.b", "x\n\ty\\")]),
        ("", []),
    ],
)
def test_configuration_is_read_as_git_reads_it(text: str, settings: list[tuple[str, str]]) -> None:
    assert read_settings(text) == settings


@pytest.mark.parametrize("text", ["x = y", "[a", "[a]\n= b", '[a]\nb = "c', "[a]\nb = \\q", "\0"])
def test_what_git_could_not_read_is_an_error(text: str) -> None:
    with pytest.raises(GitConfigError):
        read_settings(text)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True), st.text(st.characters(
    exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12), max_size=4))  # fmt: skip
def test_what_git_writes_is_read_back(values: dict[str, str]) -> None:
    def quoted(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'

    text = "[a]\n" + "".join(f"\t{key} = {quoted(value)}\n" for key, value in values.items())
    assert dict(read_settings(text)) == {f"a.{key}": value for key, value in values.items()}


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file in which every call to git is noted."""
    notes, tools = tmp_path / "calls", tmp_path / "noting"
    tools.mkdir()
    script = tools / "git"
    script.write_text(f'#!/bin/sh\necho "$@" >> {notes}\nexec {shutil.which("git")} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return notes


def evil(book: Path) -> Path:
    """Make every way to run something that git itself would take; return the file that shows that one was taken."""
    ran = book.parent / "ran"
    script = book / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    script.chmod(0o755)
    for name in ("pre-commit", "post-commit", "commit-msg", "post-index-change"):
        shutil.copy(script, book / ".git/hooks" / name)
    with (book / ".git/config").open("a", encoding="utf-8") as config:
        config.write('[core]\n\tfsmonitor = ./evil.sh\n\tpager = ./evil.sh\n[filter "x"]\n\tclean = ./evil.sh\n')
    (book / ".git/info/attributes").write_text("* filter=x\n", encoding="utf-8")
    return ran


@pytest.mark.parametrize("line", READS)
def test_reads_never_call_git(line: str, book: Path, calls: Path, crmtxt: Prompt) -> None:
    assert book
    assert crmtxt(f"crmtxt {line}").code in {0, 3, 4}
    assert not calls.exists()


@pytest.mark.parametrize(
    "line",
    ["log acme call: hello", "history", "sync", "sync --yes", "sync --dry-run", "doctor", "undo", "trust", "check"],
)
def test_in_a_folder_from_somebody_nothing_of_theirs_runs(line: str, book: Path, calls: Path, crmtxt: Prompt) -> None:
    crmtxt("crmtxt log acme --no-commit call: hello")
    ran = evil(book)
    calls.unlink(missing_ok=True)
    assert "this is a bug" not in crmtxt(f"crmtxt {line}").stderr
    assert not ran.exists()
    told = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
    assert all(each.startswith("-C / ") for each in told)


def test_who_writes_is_known_without_asking_a_repository_nobody_trusts(book: Path, crmtxt: Prompt) -> None:
    evil(book)
    assert crmtxt("crmtxt log acme call from jane: hello").code == 6
    assert "by @sam: hello" in (book / "customers/acme.md").read_text(encoding="utf-8")


def test_a_plain_clone_is_used_at_once(book: Path, crmtxt: Prompt, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", book, clone], check=True)
    assert trust.dangers(str(clone)) == ()
    assert "committed" in crmtxt(f"crmtxt -C {clone} log acme call: hello").stderr


def test_a_worktree_is_judged_by_what_it_shares(book: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    subprocess.run(["git", "-C", book, "worktree", "add", "--quiet", "-b", "side", tree], check=True)
    assert trust.dangers(str(tree)) == ()
    (book / ".git/hooks/post-commit").write_text("#!/bin/sh\n", encoding="utf-8")
    assert [danger.name for danger in trust.dangers(str(tree))] == ["post-commit"]


def test_a_book_that_is_a_submodule_is_its_own_repository(book: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    subprocess.run(["git", "init", "--quiet", outer], check=True)
    words = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(book), "crm"]
    subprocess.run(["git", "-C", outer, *words], check=True)
    assert trust.dangers(str(outer / "crm")) == ()
    (outer / ".git/modules/crm/hooks/pre-commit").write_text("#!/bin/sh\n", encoding="utf-8")
    assert [danger.name for danger in trust.dangers(str(outer / "crm"))] == ["pre-commit"]


def test_hooks_in_another_folder_are_part_of_what_is_agreed_to(book: Path) -> None:
    (book / ".husky").mkdir()
    (book / ".husky/pre-commit").write_text("true\n", encoding="utf-8")
    subprocess.run(["git", "-C", book, "config", "core.hooksPath", ".husky"], check=True)
    before = trust.dangers(str(book))
    assert [danger.name for danger in before] == ["core.hookspath", "pre-commit"]
    (book / ".husky/pre-commit").write_text("evil\n", encoding="utf-8")
    assert trust.fingerprint(before) != trust.fingerprint(trust.dangers(str(book)))


@pytest.mark.parametrize("decoy", ["bare", "link", "head"])
def test_no_decoy_leads_git_to_a_repository_nobody_judged(
    decoy: str, book: Path, calls: Path, crmtxt: Prompt, tmp_path: Path
) -> None:
    ran = evil(book)
    inner = book / "crm"
    shutil.copytree(book / "customers", inner / "customers")
    shutil.copy(book / "crmtxt.yaml", inner)
    if decoy == "bare":
        shutil.copytree(book / ".git", tmp_path / "bare")
        (book / ".git/hooks").rename(tmp_path / "away")
        shutil.copytree(tmp_path / "bare", inner, dirs_exist_ok=True)
        (book / ".git/config").write_text(SAFE, encoding="utf-8")
    elif decoy == "link":
        (tmp_path / "pointer").write_text(f"gitdir: {book}/.git\n", encoding="utf-8")
        (inner / ".git").symlink_to(tmp_path / "pointer")
    else:
        for name in ("objects", "refs"):
            (inner / ".git" / name).mkdir(parents=True)
        (inner / ".git/HEAD").write_text("nonsense\n", encoding="utf-8")
    assert crmtxt(f"crmtxt -C {inner} log acme call: hello").code == 6
    assert not ran.exists(), calls.read_text(encoding="utf-8")


def test_an_agreement_is_about_one_book_and_what_was_shown(book: Path, crmtxt: Prompt) -> None:
    hook = book / ".git/hooks/post-commit"
    hook.write_text("#!/bin/sh\ntrue\n", encoding="utf-8")
    assert crmtxt("crmtxt trust").code == 7
    assert crmtxt("crmtxt trust --yes").code == 0
    assert crmtxt("crmtxt trust").code == 0
    assert crmtxt("crmtxt log acme call: hello").code == 0
    hook.write_text("#!/bin/sh\nfalse\n", encoding="utf-8")
    assert crmtxt("crmtxt log acme call: hello").code == 6
    hook.unlink()
    assert crmtxt("crmtxt log acme call: hello").code == 0


def test_hooks_of_the_users_own_template_are_trusted_in_a_book_made_here(
    tmp_path: Path, crmtxt: Prompt, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = home / "template/hooks"
    hooks.mkdir(parents=True)
    (hooks / "post-commit").write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    (hooks / "post-commit").chmod(0o755)
    subprocess.run(["git", "config", "--global", "init.templateDir", str(home / "template")], check=True)
    monkeypatch.chdir(tmp_path)
    assert "committed" in crmtxt("crmtxt init shop --yes").stderr
    assert (tmp_path / "shop/ran").exists()


def test_settings_of_git_with_odd_bytes_are_not_harmless(book: Path) -> None:
    for data in (b"[core\n", b"[user]\n\tname = \xff\n"):
        (book / ".git/config").write_bytes(data)
        assert [danger.kind for danger in trust.dangers(str(book))] == [trust.SETTING]
