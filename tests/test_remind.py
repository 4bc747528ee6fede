"""Reminders: what has come due for one of us, told where nobody is at the keyboard."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from prompt import Prompt

TEAM = "crmtxt: 1\nname: Little\n{zone}team:\n  sam: {{name: Sam}}\n  ana: {{name: Ana}}\n"


def write(root: Path, handle: str, head: str, lines: str) -> None:
    text = f"---\nname: {handle.title()}\n{head}---\n\n## Next\n\n{lines}"
    (root / f"customers/{handle}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a book in which nothing is due yet."""
    root = tmp_path / "little"
    (root / "customers").mkdir(parents=True)
    (root / "crmtxt.yaml").write_text(TEAM.format(zone="timezone: UTC\n"), encoding="utf-8")
    write(root, "acme", "owner: sam\n", "- [ ] 2026-11-28 call: later\n")
    monkeypatch.chdir(root)
    return root


@pytest.mark.usefixtures("little")
def test_when_nothing_is_due_nothing_is_said(crmtxt: Prompt) -> None:
    for words in ("", " --for @sam", " --exit-code", " --for ana --exit-code"):
        assert crmtxt(f"crmtxt remind{words}") == ("", "", 0)


def test_a_line_is_for_who_does_it_else_for_the_owner_else_for_everybody(little: Path, crmtxt: Prompt) -> None:
    lines = (
        "- [ ] 2026-11-20 call by @ana: one\n- [ ] 2026-11-20 call by @sam, @ana: two\n- [ ] 2026-11-20 call: three\n"
    )
    write(little, "acme", "owner: sam\n", lines)
    write(little, "globex", "", "- [ ] 2026-11-21 call: four\n")
    write(little, "initech", "owner: '@ana'\n", "- [ ] 2026-11-21 call: five\n")

    def told(who: str) -> list[str]:
        answer = crmtxt(f"crmtxt remind {who} --json")
        return [item["why"].split()[1][:-1] for each in json.loads(answer.stdout)["items"] for item in each["items"]]

    assert told("--for @sam") == ["two", "three", "four"]
    assert told("--for ana") == ["one", "two", "four", "five"]
    assert told("") == ["one", "two", "three", "four", "five"]


def test_a_rhythm_a_birthday_and_a_renewal_are_for_the_owner(little: Path, crmtxt: Prompt) -> None:
    won = "- 2026-11-20 opportunity: old deal: offer -> won\n"
    heads = {
        "quiet": ("cadence: 1w\n", "- 2026-01-02 call with Al: x\n"),
        "ivy": ("contacts:\n  ivy: {name: Ivy, birthday: 11-22}\n", ""),
        "again": ("opportunities:\n  seats: {title: Seats, stage: offer, close: 2026-11-22}\n", won),
    }
    for owner in ("sam", "ana"):
        for handle, (head, log) in heads.items():
            write(little, f"{owner}-{handle}", f"owner: {owner}\n{head}", f"\n## Log\n\n{log}")

    def told(words: str) -> set[str]:
        return {each["customer"] for each in json.loads(crmtxt(f"crmtxt remind {words} --json").stdout)["items"]}

    for owner in ("sam", "ana"):
        assert told(f"--for {owner}") == {f"{owner}-{handle}" for handle in heads}
    assert len(told("")) == 2 * len(heads)


def test_what_nobody_of_the_team_has_is_for_the_owner_else_for_everybody(little: Path, crmtxt: Prompt) -> None:
    lines = "- [ ] 2026-11-20 call by @gone: one\n- [ ] 2026-11-20 call by @ana, @gone: two\n"
    write(little, "acme", "owner: sam\n", lines)
    write(little, "globex", "owner: gone\n", "- [ ] 2026-11-20 call by @Ana: three\n")
    write(little, "initech", "owner: gone\ncadence: 1w\nsince: 2026-01-01\n", "")
    for who, theirs in {"sam": "one three quiet", "ana": "two three quiet"}.items():
        items = json.loads(crmtxt(f"crmtxt remind --for {who} --json").stdout)["items"]
        told = [item["why"].replace("no contact logged", "call: quiet") for each in items for item in each["items"]]
        assert " ".join(why.split()[1].strip(",") for why in told) == theirs


@pytest.mark.parametrize("team", ["", "team: {sam: {}, ana: {}}\n", "team:\n  sam:\n  ana:\n"])
def test_without_a_team_or_with_nothing_but_names_in_it_who_is_named_is_one_of_us(
    team: str, little: Path, crmtxt: Prompt
) -> None:
    (little / "crmtxt.yaml").write_text(f"crmtxt: 1\n{team}")
    write(little, "acme", "owner: sam\n", "- [ ] 2026-11-20 call: one\n- [ ] 2026-11-20 call by @ana: two\n")
    for who, theirs in {"sam": "one", "ana": "two"}.items():
        told = json.loads(crmtxt(f"crmtxt remind --for {who} --json").stdout)["items"]
        assert [item["why"].split()[1] for each in told for item in each["items"]] == [f"{theirs},"]


@pytest.mark.usefixtures("book")
def test_each_customer_comes_once_with_contacts_feelings_and_promises_both_ways(crmtxt: Prompt) -> None:
    (acme, *_) = json.loads(crmtxt("crmtxt remind --for @sam --json").stdout)["items"]
    assert [each["action"] for each in acme["items"]] == ["crmtxt done 2xa"]
    assert [(each["date"], each["feel"]) for each in acme["contacts"]] == [
        ("2026-11-20", -1),
        ("2026-11-12", None),
        ("2026-11-10", -1),
    ]
    assert [each["text"] for each in acme["ours"]] == ["send the revised quote"]
    assert [each["text"] for each in acme["theirs"]] == ["signed data-processing agreement"]
    text = crmtxt("crmtxt remind --for @sam --exit-code")
    assert text.code == 10
    assert text.stdout.count("Acme Ltd") == 1


@pytest.mark.usefixtures("book")
def test_it_runs_as_cron_runs_it_with_an_empty_environment(home: Path) -> None:
    program = [sys.executable, "-m", "crmtxt", "-C", str(Path.cwd()), "remind", "--for", "@sam", "--exit-code"]
    settings = ["HOME=" + str(home), "LANG=C", "PATH=/usr/bin:/bin", "TZ=Pacific/Kiritimati"]
    for env in (settings, settings[:1]):
        done = subprocess.run(
            ["env", "-i", *env, *program], stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/"
        )
        assert (done.returncode, done.stderr) == (10, b"")
        assert "Acme Ltd\n" in done.stdout.decode()


def test_the_day_is_the_book_s_wherever_the_computer_is(
    little: Path, crmtxt: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(little, "acme", "owner: sam\n", "- [ ] 2026-11-21 call: today\n")
    moments = {datetime(2026, 11, 20, 14, 30, tzinfo=UTC): "Asia/Tokyo", datetime(2026, 11, 21, 4, tzinfo=UTC): "UTC"}
    for moment, zone in moments.items():
        monkeypatch.setattr("crmtxt.session.clock", lambda moment=moment: moment)
        (little / "crmtxt.yaml").write_text(TEAM.format(zone=f"timezone: {zone}\n"), encoding="utf-8")
        due = zone == "UTC"
        assert bool(crmtxt("crmtxt remind").stdout) == due
    monkeypatch.setattr("crmtxt.session.clock", lambda: datetime(2026, 11, 21, 4, tzinfo=UTC))
    (little / "crmtxt.yaml").write_text(TEAM.format(zone="timezone: America/New_York\n"), encoding="utf-8")
    assert crmtxt("crmtxt remind").stdout == ""


def test_what_a_terminal_or_a_browser_would_obey_is_shown(little: Path, crmtxt: Prompt) -> None:
    write(little, "acme", "owner: sam\n", "- [ ] 2026-11-21 call: \x1b[2J<script>\u202e[red]\n")
    assert "\x1b" not in crmtxt("crmtxt remind").stdout
    page = crmtxt("crmtxt remind --format html").stdout
    assert "<script>" not in page
    assert "\u202e" not in page


@pytest.mark.usefixtures("book")
def test_a_page_has_contacts_and_promises(crmtxt: Prompt) -> None:
    page = crmtxt("crmtxt remind --for @sam --format html").stdout
    assert "<dt>lately</dt>" in page
    assert "<dd>2026-11-19  to jane: send the revised quote, 2 days late</dd>" in page


@pytest.mark.usefixtures("little")
def test_a_file_that_cannot_be_read_is_named_though_nothing_is_due(little: Path, crmtxt: Prompt) -> None:
    (little / "customers/broken.md").write_text("---\nname: [x\n---\n", encoding="utf-8")
    answer = crmtxt("crmtxt remind")
    assert (answer.stdout, answer.code) == ("", 4)
    assert "customers/broken.md:2" in answer.stderr


@pytest.mark.usefixtures("book")
def test_without_a_state_folder_it_is_told_all_the_same(crmtxt: Prompt, home: Path) -> None:
    (home / "file").touch()
    answer = crmtxt(f"XDG_STATE_HOME={home}/file/state crmtxt remind --for lee")
    assert (answer.code, answer.stderr) == (0, "")
    assert "Tidewell" in answer.stdout
    sent = crmtxt(f"XDG_STATE_HOME={home}/file/state crmtxt remind --for lee --mail")
    assert (sent.code, sent.stdout) == (7, answer.stdout)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("width", [30, 40, 80])
def test_on_a_terminal_no_line_is_wider_and_no_word_is_lost_but_commands_stay_whole(crmtxt: Prompt, width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        narrow = crmtxt.words(["remind", "--for", "sam"], screen=True).stdout
        assert crmtxt("crmtxt remind --for sam").stdout.split() == narrow.split()
        assert crmtxt("crmtxt remind --for sam").stdout != narrow
    assert all(len(line) <= width for line in narrow.split("\n") if "crmtxt " not in line)
    assert "\n      crmtxt log brightside call: …\n" in narrow
