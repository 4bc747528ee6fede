"""A mail server of the tests, in a thread: it takes what it is given, or refuses, as a real one does."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING
from typing import cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """What was taken in `letters`, who they are for in `recipients`; `refuses` answers 451 to everything."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.refuses = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        server = cast("MailServer", self.server)
        self.say("220 here")
        for line in self.rfile:
            word = line.decode().strip()
            verb = word.partition(" ")[0].upper()
            if server.refuses and verb not in {"EHLO", "QUIT"}:
                self.say("451 not now")
            elif verb == "EHLO":
                self.say("250-here\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                server.logins.append(word.split()[-1])
                self.say("235 come in")
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


@contextmanager
def running() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
