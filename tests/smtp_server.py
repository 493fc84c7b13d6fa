"""A real mail server for tests, on this computer: it speaks SMTP, takes mail, refuses it, hangs, or demands TLS."""

import base64
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "readiness", "a p@ss/word"


@dataclass
class Behaviour:
    """What the server does; tests change it while it runs."""

    refused: dict[str, str] = field(default_factory=dict)  # recipient > reply
    refused_sender: str = ""
    refused_content: str = ""
    hangs_at: str = ""  # a command that is never answered
    drops_at: str = ""  # a command at which the connection is cut
    has_utf8: bool = False
    wants_sign_in: bool = False
    context: ssl.SSLContext | None = None
    is_tls: bool = False  # encrypted from the first byte


@dataclass
class Taken:
    """A mail that the server took: envelope and message."""

    sender: str
    to: list[str]
    content: bytes
    options: str = ""

    @property
    def message(self) -> EmailMessage:
        """The message, read."""
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def text(self) -> str:
        """What the recipient reads."""
        return str(self.message.get_content()).replace("\r\n", "\n")


class MailServerForTests(socketserver.ThreadingTCPServer):
    """Listens on a port of this computer; one that was given can be listened on again."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.does = Behaviour()
        self.taken: list[Taken] = []
        self.lines: list[str] = []
        super().__init__(("127.0.0.1", port), Session)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nothing to print."""


class Session(socketserver.StreamRequestHandler):
    """One conversation."""

    server: MailServerForTests

    def handle(self) -> None:
        """Greet, then answer line by line."""
        self.does, self.sender, self.to, self.options = self.server.does, "", [], ""
        self.signed_in = self.encrypted = self.is_over = False
        if self.does.is_tls:
            self.encrypt()
        if self.stops("greeting"):
            return
        self.say("220 mail.example.org ESMTP")
        while line := self.rfile.readline():
            text = line.decode("utf-8").rstrip("\r\n")
            self.server.lines.append(text)
            verb = text.split(" ")[0].upper()
            if self.stops(verb):
                return
            getattr(self, f"do_{verb.lower()}", self.do_unknown)(text)
            if verb == "QUIT" or self.is_over:
                return

    def finish(self) -> None:
        """Close what was opened, the encrypted connection too."""
        with suppress(OSError):
            super().finish()
        self.rfile.close()
        self.connection.close()

    def stops(self, verb: str) -> bool:
        """Hang or cut the connection at a command."""
        if self.does.hangs_at == verb:
            time.sleep(30)
        return verb in (self.does.drops_at, self.does.hangs_at)

    def say(self, line: str) -> None:
        """Send a line."""
        self.wfile.write(line.encode() + b"\r\n")

    def encrypt(self) -> None:
        """Speak TLS from here on."""
        assert self.does.context is not None
        self.connection = self.does.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), socketserver._SocketWriter(self.connection)
        self.encrypted = True

    def do_ehlo(self, _: str) -> None:
        offers = ["mail.example.org"]
        offers += ["STARTTLS"] if self.does.context and not self.encrypted else []
        offers += ["AUTH PLAIN"] if self.does.wants_sign_in else []
        offers += ["SMTPUTF8", "8BITMIME"] if self.does.has_utf8 else []
        for place, offer in enumerate(offers):
            self.say(f"250{' ' if place == len(offers) - 1 else '-'}{offer}")

    def do_starttls(self, _: str) -> None:
        self.say("220 go on")
        self.encrypt()

    def do_auth(self, text: str) -> None:
        _, user, password = base64.b64decode(text.split(" ")[2]).decode().split("\0")
        self.signed_in = (user, password) == (USER, PASSWORD)
        self.say("235 welcome" if self.signed_in else f"535 not with {password}")

    def do_mail(self, text: str) -> None:
        self.sender, _, self.options = text[len("MAIL FROM:<") :].partition(">")
        self.to = []
        if self.does.wants_sign_in and not self.signed_in:
            self.say("530 sign in first")
        else:
            self.say(self.does.refused_sender or "250 ok")

    def do_rcpt(self, text: str) -> None:
        to = text[len("RCPT TO:<") :].partition(">")[0]
        if to not in self.does.refused:
            self.to.append(to)
        self.say(self.does.refused.get(to, "250 ok"))

    def do_data(self, _: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.stops("content"):
            self.is_over = True
            return
        if not self.does.refused_content:
            self.server.taken.append(Taken(self.sender, self.to, b"".join(lines), self.options))
        self.say(self.does.refused_content or "250 taken")

    def do_rset(self, _: str) -> None:
        self.say("250 ok")

    def do_quit(self, _: str) -> None:
        self.say("221 bye")

    def do_unknown(self, _: str) -> None:
        self.say("502 no such command")


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServerForTests]:
    """A running mail server."""
    with MailServerForTests(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1, as a file to trust and as what a server speaks TLS with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context
