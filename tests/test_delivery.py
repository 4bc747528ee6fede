"""Reminders on their way: at least once, never twice in a day, and told when they could not go."""

from __future__ import annotations

import base64
import random
import socket
import sys
from email import message_from_string
from email.policy import default
from typing import TYPE_CHECKING

import pytest

import mailserver
from conftest import configure
from killing import all_at_once
from killing import killed_at_random
from prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from mailserver import MailServer

END = "=== end ===\n"
PROGRAM = """#!{python} -S
import os
import sys

for path, data in (("{kept}.words", " ".join(sys.argv[1:])), ("{kept}", sys.stdin.buffer.read().decode() + "{end}")):
    with open(path, "ab", 0) as file:
        file.write(data.encode() + b"\\n")
sys.exit(int(open("{kept}.code").read()))
"""


class StandIn:
    """A program that keeps what it is given, each with a mark below it, and ends with `code`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "stand in"
        self.kept = folder / "kept"
        self.path.write_text(PROGRAM.format(python=sys.executable, kept=self.kept, end=END.strip()), encoding="utf-8")
        self.path.chmod(0o755)
        self.ends_with(0)

    @property
    def command(self) -> str:
        """Return it as a configuration names it: quoted for YAML, and within for words."""
        return f"\"'{self.path}'\""

    def ends_with(self, code: int) -> None:
        self.kept.with_name("kept.code").write_text(str(code), encoding="utf-8")

    @property
    def given(self) -> list[str]:
        text = self.kept.read_text(encoding="utf-8") if self.kept.exists() else ""
        return text.split(END)[:-1]

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_string(text, policy=default) for text in self.given]


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    return StandIn(tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.delattr(socket.socket, "connect")
    with mailserver.running() as made:
        yield made


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.usefixtures("book")
def test_a_mail_goes_once_a_day_with_a_plain_and_a_rich_part(crmtxt: Prompt, home: Path, stand_in: StandIn) -> None:
    configure(home, mailer=stand_in.command)
    for code in (10, 10):
        assert crmtxt("crmtxt remind --for @sam --mail --exit-code") == ("", "", code)
    (letter,) = stand_in.letters
    assert (letter["To"], letter["From"]) == ("sam@harbour.example", "sam@harbour.example")
    assert letter["Subject"] == "crmtxt: 2 due: Acme Ltd and 1 more"
    assert letter["Message-ID"].startswith("<2026-11-21.")
    assert "promised to Jane: send the revised quote" in part(letter, "plain")
    assert "<h2>Acme Ltd</h2>" in part(letter, "html")
    assert crmtxt("crmtxt remind --for lee --mail").code == 0
    assert [each["To"] for each in stand_in.letters] == ["sam@harbour.example"] * 2
    assert stand_in.kept.with_name("kept.words").read_text(encoding="utf-8") == "-i -t\n" * 2


def test_what_comes_due_later_in_the_day_goes_alone(book: Path, crmtxt: Prompt, home: Path, stand_in: StandIn) -> None:
    configure(home, exec=stand_in.command)
    for _ in range(2):
        assert crmtxt("crmtxt remind --for lee --exec") == ("", "", 0)
    path = book / "customers/northgate.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("## Log", "## Next\n\n- [ ] 2026-11-21 call by @lee: now\n\n## Log"),
        encoding="utf-8",
    )
    for _ in range(2):
        assert crmtxt("crmtxt remind --for lee --exec") == ("", "", 0)
    first, second = stand_in.given
    assert "Tidewell" in first
    assert "Tidewell" not in second
    assert "call: now, today" in second
    assert (stand_in.kept.with_name("kept.words")).read_text(encoding="utf-8") == "\n\n"


@pytest.mark.usefixtures("book")
def test_mail_that_is_down_gives_the_digest_on_standard_output_and_is_tried_again(
    crmtxt: Prompt, home: Path, stand_in: StandIn
) -> None:
    configure(home, mailer=stand_in.command)
    stand_in.ends_with(75)
    told = crmtxt("crmtxt remind --for lee").stdout
    for _ in range(2):
        answer = crmtxt("crmtxt remind --for lee --mail")
        assert (answer.stdout, answer.code) == (told, 7)
        assert "ended with 75" in answer.stderr
    stand_in.ends_with(0)
    for _ in range(2):
        assert crmtxt("crmtxt remind --for lee --mail") == ("", "", 0)
    assert len(stand_in.given) == 3
    assert len({letter["Message-ID"] for letter in stand_in.letters}) == 1


@pytest.mark.usefixtures("book")
def test_a_server_is_given_the_mail_and_the_password_of_a_program(
    crmtxt: Prompt, home: Path, server: MailServer
) -> None:
    at = f"{{host: 127.0.0.1, port: {server.port}, security: none, user: sam}}"
    configure(home, smtp=at, password_command="printf 'secret\\nmore'", mail="{to: me@home.example}")  # noqa: S106  # a command
    server.refuses = True
    refused = crmtxt("crmtxt remind --for lee --mail")
    assert refused.code == 7
    assert "Tidewell" in refused.stdout
    assert "127.0.0.1" in refused.stderr
    server.refuses = False
    for _ in range(2):
        assert crmtxt("crmtxt remind --for lee --mail") == ("", "", 0)
    (letter,) = server.letters
    assert server.recipients == ["<me@home.example>"]
    assert base64.b64decode(server.logins[-1]) == b"\0sam\0secret"
    assert "Tidewell" in part(letter, "plain")
    configure(home, smtp=at, password_command="false", mail="{to: me@home.example}")  # noqa: S106  # a command
    assert crmtxt("crmtxt remind --for sam --mail").code == 7


def test_nothing_in_a_book_becomes_a_header_or_a_recipient(
    book: Path, crmtxt: Prompt, home: Path, stand_in: StandIn
) -> None:
    configure(home, mailer=stand_in.command)
    path = book / "customers/tidewell.md"
    text = path.read_text(encoding="utf-8").replace(
        "name: Tidewell Museum of Clocks", 'name: "T\\r\\nBcc: x@evil.example"'
    )
    path.write_text(text, encoding="utf-8")
    assert crmtxt("crmtxt remind --for lee --mail").code == 0
    (letter,) = stand_in.letters
    assert letter["Bcc"] is None
    assert "Bcc: x@evil.example" in letter["Subject"]
    for address in ('"a@b.example, c@d.example"', '"a@b.example\\r\\nBcc: x@evil.example"', '"-oQ/tmp@x"', '"<a@b>"'):
        configure(home, mailer=stand_in.command, mail=f"{{to: {address}}}")
        answer = crmtxt("crmtxt remind --for sam --mail")
        assert answer.code == 7
        assert "is no e-mail address" in answer.stderr
        assert "Acme Ltd" in answer.stdout
    assert len(stand_in.given) == 1


def test_whoever_edits_the_book_cannot_have_letters_sent_to_them(
    book: Path, crmtxt: Prompt, home: Path, stand_in: StandIn
) -> None:
    configure(home, mailer=stand_in.command)
    settings = (book / "crmtxt.yaml").read_text(encoding="utf-8")
    theirs = settings.replace("sam@harbour.example", "x@evil.example") + "mail: {to: x@evil.example}\n"
    (book / "crmtxt.yaml").write_text(theirs, encoding="utf-8")
    with (book / ".git/config").open("a", encoding="utf-8") as config:
        config.write("[user]\n\temail = x@evil.example\n")
    for who in ("sam", "lee"):
        assert crmtxt(f"crmtxt remind --for {who} --mail").code == 0
    assert {letter["To"] for letter in stand_in.letters} == {"sam@harbour.example"}
    assert {letter["From"] for letter in stand_in.letters} == {"sam@harbour.example"}
    configure(home, mailer=stand_in.command, mail="{to: me@home.example}")
    assert crmtxt("crmtxt remind --for ana --mail").code == 0
    assert stand_in.letters[-1]["To"] == "me@home.example"
    configure(home, mailer=stand_in.command)
    (home / ".gitconfig").unlink()
    assert crmtxt("crmtxt remind --for priya --mail").code == 0
    (book / "customers/northgate.md").write_text(
        "---\nname: N\n---\n\n## Next\n\n- [ ] 2026-11-21 call by @priya: x\n", encoding="utf-8"
    )
    unknown = crmtxt("crmtxt remind --for priya --mail")
    assert (unknown.code, len(stand_in.given)) == (7, 3)
    assert "call: x" in unknown.stdout
    assert "neither mail.to nor git tells" in unknown.stderr


def test_programs_named_in_a_book_are_not_run(book: Path, crmtxt: Prompt, home: Path, stand_in: StandIn) -> None:
    configure(home, me="lee")
    with (book / "crmtxt.yaml").open("a", encoding="utf-8") as settings:
        for name in ("exec", "mailer", "notifier"):
            settings.write(f"{name}: {stand_in.path}\n")
    for way in ("exec", "notify"):
        answer = crmtxt(f"PATH=/nowhere crmtxt remind --{way}")
        assert answer.code == 7
        assert f"crmtxt.yaml: '{'exec' if way == 'exec' else 'notifier'}' is ignored in a book" in answer.stderr
    assert stand_in.given == []


@pytest.mark.usefixtures("book")
def test_a_notice_has_a_title_and_a_text(crmtxt: Prompt, home: Path, stand_in: StandIn) -> None:
    configure(home, notifier=stand_in.command)
    for _ in range(2):
        assert crmtxt("crmtxt remind --for lee --notify") == ("", "", 0)
    said = stand_in.kept.with_name("kept.words").read_text(encoding="utf-8")
    assert said == "1 due: Tidewell Museum of Clocks event with Ivy: open day, bring the screwdrivers, today\n"


def test_what_a_terminal_would_obey_is_not_handed_to_a_notifier(
    crmtxt: Prompt, home: Path, book: Path, stand_in: StandIn
) -> None:
    configure(home, notifier=stand_in.command)
    hostile = "---\nname: Ev\u202eil\nowner: lee\n---\n\n## Next\n\n- [ ] 2026-11-20 call: \x1b]52;c;x\x07\n"
    (book / "customers" / "evil.md").write_text(hostile, encoding="utf-8")
    assert crmtxt("crmtxt remind --for lee --notify").code == 0
    said = stand_in.kept.with_name("kept.words").read_text(encoding="utf-8")
    assert "\\x1b]52" in said
    assert said.replace("\n", "").isprintable()


def kill(stand_in: StandIn, home: Path, times: int) -> int:
    """Kill a reminder at any moment, and run it again; return how often it died of it."""
    state, killed = home / ".local/state/crmtxt", 0

    def act(_: int) -> None:
        assert Prompt()("crmtxt remind --for sam --mail").code == 0

    for _, was_killed in killed_at_random(act, times, random.Random(20261122)):
        killed += was_killed
        assert Prompt()("crmtxt remind --for sam --mail") == ("", "", 0)
        letters = stand_in.letters
        assert {letter["Message-ID"] for letter in letters} == {letters[0]["Message-ID"]}
        assert all("Brightside" in part(letter, "plain") for letter in letters)
        for path in state.rglob("ledger"):
            path.unlink()
        stand_in.kept.unlink()
    return killed


@pytest.mark.usefixtures("book")
def test_killed_at_any_moment_it_comes_all_the_same_and_under_one_id(home: Path, stand_in: StandIn) -> None:
    configure(home, mailer=stand_in.command)
    assert kill(stand_in, home, 20) > 5


@pytest.mark.long
@pytest.mark.usefixtures("book")
def test_killed_two_hundred_times(home: Path, stand_in: StandIn, request: pytest.FixtureRequest) -> None:
    if "long" not in str(request.config.getoption("-m")):
        pytest.skip("runs for a minute: ask for it with -m long")
    configure(home, mailer=stand_in.command)
    assert kill(stand_in, home, 200) > 50


@pytest.mark.usefixtures("book")
def test_of_four_at_once_one_sends(home: Path, stand_in: StandIn, crmtxt: Prompt) -> None:
    configure(home, mailer=stand_in.command)

    def act() -> None:
        assert crmtxt("crmtxt remind --for sam --mail") == ("", "", 0)

    all_at_once(*[act] * 4)
    assert len(stand_in.given) == 1
