"""A mail server of the tests, in a thread: it takes what it is given, or refuses, as a real one does."""

from __future__ import annotations

import socketserver
import ssl
import subprocess
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING
from typing import cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path


class MailServer(socketserver.ThreadingTCPServer):
    """What was taken in `letters`, who they are for in `recipients`; `refuses` answers 451 to everything.

    With a `context` it speaks TLS, from the beginning when it is `implicit`, else after STARTTLS.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext | None = None, *, implicit: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.context = context
        self.implicit = implicit
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.refuses = False
        self.lets_in = True

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Leave a client who does not believe our certificate, or has gone, to itself."""


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        server = cast("MailServer", self.server)
        if server.implicit:
            self.secure()
        self.say("220 here")
        self.talk(server)

    def secure(self) -> None:
        context = cast("MailServer", self.server).context
        assert context
        super().finish()
        self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def talk(self, server: MailServer) -> None:
        is_safe = server.context is None or isinstance(self.request, ssl.SSLSocket)
        for line in self.rfile:
            word = line.decode().strip()
            verb = word.partition(" ")[0].upper()
            if server.refuses and verb not in {"EHLO", "QUIT"}:
                self.say("451 not now")
            elif verb == "EHLO":
                self.say("250-here\r\n250 AUTH PLAIN" if is_safe else "250-here\r\n250 STARTTLS")
            elif verb == "STARTTLS" and not is_safe:
                self.say("220 go on")
                self.secure()
                self.talk(server)
                return
            elif verb == "AUTH":
                server.logins.append(word.split()[-1])
                self.say("235 come in" if server.lets_in else f"535 no: {word}")
            elif verb == "DATA":
                self.say("354 go on")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                server.letters.append(message_from_bytes(data, policy=default))
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                if verb == "RCPT":
                    server.recipients.append(word.partition(":")[2])
                self.say("250 yes")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """Return what a server of that name (IP:127.0.0.1, DNS:host) shows, and the file that who believes it has."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += [
        "-keyout",
        str(key),
        "-out",
        str(cert),
        "-days",
        "2",
        "-subj",
        "/CN=x",
        "-addext",
        f"subjectAltName={name}",
    ]
    subprocess.run(words, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


@contextmanager
def running(context: ssl.SSLContext | None = None, *, implicit: bool = False) -> Iterator[MailServer]:
    with MailServer(context, implicit=implicit) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
