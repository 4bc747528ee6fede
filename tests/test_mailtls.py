"""Reminders to a mail server over TLS: only to one that proves its name, and the password nowhere but there."""

from __future__ import annotations

import base64
import shutil
import socket
from typing import TYPE_CHECKING

import pytest

import mailserver

if TYPE_CHECKING:
    from pathlib import Path

    from mailserver import MailServer
    from prompt import Answer
    from prompt import Prompt

PASSWORD = "correct-horse"  # noqa: S105  # of nothing
IN_BASE64 = base64.b64encode(f"\0sam\0{PASSWORD}".encode()).decode()
OURS, THEIRS = "IP:127.0.0.1", "DNS:mail.example"
NOT_HERE = pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl to make a certificate with")
WAYS = {"tls": True, "starttls": False}
pytestmark = [NOT_HERE, pytest.mark.usefixtures("book")]


@pytest.fixture(autouse=True)
def _connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket.socket, "connect")


def send(crmtxt: Prompt, home: Path, server: MailServer, security: str, password: str = PASSWORD) -> Answer:
    path = home / ".config/crmtxt/config.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    (home / "password").write_text(f"{password}\nmore\n", encoding="utf-8")
    at = f"{{host: 127.0.0.1, port: {server.port}, security: {security}, user: sam}}"
    path.write_text(f"smtp: {at}\npassword_command: cat {home}/password\n", encoding="utf-8")
    return crmtxt("crmtxt remind --for lee --mail")


@pytest.mark.parametrize("security", WAYS)
def test_a_server_that_proves_its_name_is_given_password_and_letter(
    crmtxt: Prompt, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    context, believed = mailserver.certificate(tmp_path, OURS)
    monkeypatch.setenv("SSL_CERT_FILE", str(believed))
    with mailserver.running(context, implicit=WAYS[security]) as server:
        assert send(crmtxt, home, server, security) == ("", "", 0)
    assert server.logins == [IN_BASE64]
    (letter,) = server.letters
    assert letter["Subject"] == "crmtxt: 1 due: Tidewell Museum of Clocks"


@pytest.mark.parametrize("security", WAYS)
@pytest.mark.parametrize(
    ("name", "is_believed", "reason"),
    [(OURS, False, "self-signed certificate"), (THEIRS, True, "certificate is not valid for '127.0.0.1'")],
)
def test_a_server_that_cannot_prove_its_name_is_given_nothing(
    crmtxt: Prompt, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *,
    security: str, name: str, is_believed: bool, reason: str,
) -> None:  # fmt: skip
    context, believed = mailserver.certificate(tmp_path, name)
    if is_believed:
        monkeypatch.setenv("SSL_CERT_FILE", str(believed))
    with mailserver.running(context, implicit=WAYS[security]) as server:
        answer = send(crmtxt, home, server, security)
    assert answer.code == 7
    assert "Tidewell" in answer.stdout
    first, hint = answer.stderr.splitlines()
    assert first.startswith("crmtxt: the mail server 127.0.0.1 cannot prove its name: ")
    assert reason in first
    assert "nothing was sent, no password either" in hint
    assert (server.logins, server.recipients, server.letters) == ([], [], [])


@pytest.mark.parametrize("security", WAYS)
def test_a_server_without_tls_is_given_nothing(crmtxt: Prompt, home: Path, security: str) -> None:
    with mailserver.running() as server:
        answer = send(crmtxt, home, server, security)
    assert answer.code == 7
    assert "TLS" in answer.stderr
    assert "Tidewell" in answer.stdout
    assert (server.logins, server.letters) == ([], [])


@pytest.mark.parametrize(
    ("password", "told"),
    [
        (PASSWORD, "does not let sam in with that password (535)"),
        ("pässwört", "has letters beyond ASCII"),
        ("", "prints is empty"),
    ],
)
def test_a_password_is_told_to_the_server_alone(
    crmtxt: Prompt, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, password: str, told: str
) -> None:
    context, believed = mailserver.certificate(tmp_path, OURS)
    monkeypatch.setenv("SSL_CERT_FILE", str(believed))
    with mailserver.running(context, implicit=True) as server:
        server.lets_in = False  # and says once more what it was told
        answer = send(crmtxt, home, server, "tls", password)
    assert (answer.code, server.letters) == (7, [])
    assert told in answer.stderr
    kept = [path.read_text(encoding="utf-8", errors="replace") for path in home.rglob("*") if path.is_file()]
    kept.remove(f"{password}\nmore\n")
    for text in (answer.stdout, answer.stderr, *kept):
        assert not password or password not in text
        assert IN_BASE64 not in text
