"""A letter to the user themself: through a program that is as sendmail is, or a server of their configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import OutsideError
from crmtxt.outside import program

if TYPE_CHECKING:
    import smtplib
    from collections.abc import Mapping
    from datetime import datetime
    from email.message import EmailMessage

WORD = r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]+"
ADDRESS = re.compile(f"{WORD}@(?!-){WORD}")
PLACES = ("/usr/sbin", "/usr/lib", "/usr/local/sbin")
TLS, STARTTLS, NONE = "tls", "starttls", "none"
PORTS = {465: TLS, 587: STARTTLS}
LONGEST_WAIT = 30
HIGHEST_PORT = 65535
HERE = {"localhost", "127.0.0.1", "::1"}
MAILER = "see that it sends mail, or set another with: crmtxt config mailer COMMAND; or smtp.host"
PASSWORD = "it prints the password of smtp.user as its first line"  # noqa: S105  # a hint


class Letter(NamedTuple):
    """What is sent: subject, text and page are clean; the id is the same whenever the same letter is sent again."""

    to: str
    subject: str
    text: str
    page: str
    id: str
    moment: datetime


def send(letter: Letter, config: Mapping[str, str], env: Mapping[str, str]) -> None:
    """Send a letter as the user's configuration says; OutsideError when it could not be handed over."""
    sender = address(config.get("mail.from") or letter.to)
    message = composed(letter, sender)
    if config.get("smtp.host"):
        _to_server(message, sender, letter.to, config, env)
        return
    program.run([*_mailer(config, env), "-i", "-t"], message.as_bytes(), env, MAILER)


def look(to: str, config: Mapping[str, str], env: Mapping[str, str]) -> None:
    """Look whether a letter could be handed over, and send none; OutsideError when it could not.

    No server is asked, and no password either.
    """
    address(config.get("mail.from") or address(to))
    if not config.get("smtp.host"):
        program.look(_mailer(config, env), env, MAILER)
        return
    _security(config)
    _port(config)
    if config.get("smtp.user"):
        program.look(_password_command(config), env, PASSWORD)


def address(text: str) -> str:
    """Return an e-mail address; OutsideError for what is none, or could be read as more than one."""
    if ADDRESS.fullmatch(text) and text.isascii() and not text.startswith("-"):
        return text
    problem = (
        f"'{text}' is no e-mail address" if text else "it is not known where to mail: neither mail.to nor git tells"
    )
    raise OutsideError(problem, "set yours with: crmtxt config mail.to you@example.com")


def composed(letter: Letter, sender: str) -> EmailMessage:
    """Return the message, of plain text and the same as a page; the same letter gives the same bytes."""
    from email.message import EmailMessage
    from email.utils import format_datetime

    message = EmailMessage()
    headers = {
        "From": sender, "To": address(letter.to), "Subject": letter.subject, "Date": format_datetime(letter.moment),
        "Message-ID": f"<{letter.id}>", "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    for name, value in headers.items():
        message[name] = value
    message.set_content(letter.text)
    message.add_alternative(letter.page, subtype="html")
    message.set_boundary(f"=={letter.id.partition('@')[0]}==")
    return message


def _mailer(config: Mapping[str, str], env: Mapping[str, str]) -> list[str]:
    return program.words(config["mailer"], "mailer") if config.get("mailer") else [_sendmail(env)]


def _sendmail(env: Mapping[str, str]) -> str:
    found = program.find("sendmail", env, *PLACES)
    if not found:
        hint = "install one (msmtp, postfix), name yours with: crmtxt config mailer COMMAND; or set smtp.host"
        raise OutsideError("there is no program that sends mail: no sendmail was found", hint)
    return found


def _to_server(message: EmailMessage, sender: str, to: str, config: Mapping[str, str], env: Mapping[str, str]) -> None:
    import smtplib
    import ssl

    host, user = config["smtp.host"], config.get("smtp.user", "")
    security, port = _security(config), _port(config)
    try:
        made = (
            smtplib.SMTP_SSL(host, port, timeout=LONGEST_WAIT, context=ssl.create_default_context())
            if security == TLS
            else smtplib.SMTP(host, port, timeout=LONGEST_WAIT)
        )
        with made as server:
            if security == STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if user:
                _log_in(server, user, config, env)
            server.send_message(message, sender, [to])
    except ssl.SSLCertVerificationError as error:
        hint = (
            "nothing was sent, no password either; smtp.host has to be the name in a certificate that is believed here"
        )
        raise OutsideError(f"the mail server {host} cannot prove its name: {error.verify_message}", hint) from None
    except ssl.SSLError as error:
        said = (error.reason or type(error).__name__).replace("_", " ").lower()
        hint = f"nothing was sent; see: crmtxt config smtp.security, one of {TLS}, {STARTTLS}, {NONE}, and smtp.port"
        raise OutsideError(f"the mail server {host} does not speak TLS there: {said}", hint) from None
    except smtplib.SMTPAuthenticationError as error:  # what the server says may repeat what it was given
        hint = "see: crmtxt config smtp.user, and what password_command prints first"
        problem = f"the mail server {host} does not let {user} in with that password ({error.smtp_code})"
        raise OutsideError(problem, hint) from None
    except (OSError, ValueError, smtplib.SMTPException) as error:
        said = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
        hint = "it is tried again with the next run; see: crmtxt config smtp.host, and smtp.port"
        raise OutsideError(f"the mail server {host} did not take the mail: {said}", hint) from None


def _security(config: Mapping[str, str]) -> str:
    """Return how the connection is made safe: as configured, else by the port; a password never goes in the clear."""
    port, host = config.get("smtp.port", ""), config["smtp.host"]
    given = config.get("smtp.security", "").lower()
    if given and given not in {TLS, STARTTLS, NONE}:
        raise OutsideError(f"smtp.security is '{given}'", f"one of {TLS}, {STARTTLS}, {NONE}")
    usual = PORTS.get(int(port), NONE if host in HERE else STARTTLS) if port.isdecimal() else STARTTLS
    return given or (NONE if host in HERE and not port else usual)


def _port(config: Mapping[str, str]) -> int:
    port = config.get("smtp.port") or str({TLS: 465, STARTTLS: 587}.get(_security(config), 25))
    if not (port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
        raise OutsideError(f"smtp.port is '{port}'", f"a number from 1 to {HIGHEST_PORT}")
    return int(port)


def _password_command(config: Mapping[str, str]) -> list[str]:
    return program.words(config.get("password_command", ""), "password_command")


def _log_in(server: smtplib.SMTP, user: str, config: Mapping[str, str], env: Mapping[str, str]) -> None:
    command = _password_command(config)
    password = program.run(command, b"", env, PASSWORD).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if not password or not password.isascii():
        problem = "has letters beyond ASCII, which cannot be sent" if password else "is empty"
        raise OutsideError(f"the password that {command[0]} prints {problem}", PASSWORD)
    server.login(user, password)
