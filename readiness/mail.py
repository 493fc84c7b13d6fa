"""One connection to the mail server: a letter goes in, what came of it comes out. What it signs in with never does.

Mail is plain text, every header is made by the library, and an address that could end a header is not written to.
"""

import contextlib
import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from readiness.mail_server import MailServer, Security, is_mailable
from readiness.report.text import one_line, without_hidden
from readiness.store.mails import Letter, Reason, TakenMail, Trouble

SECONDS = 20.0  # to wait for one answer of the server
MOST_SAID = 200
NAME = "Readiness"


def compose(letter: Letter, sender: str, mail: str, at: datetime) -> EmailMessage:
    """The message of a letter; the same mail has the same Message-ID, however often it is sent.

    Raises ValueError when mail cannot be sent to the address. `at` is aware of its zone.
    """
    if not is_mailable(letter.to):
        raise ValueError("no address that mail can be sent to")
    local, _, domain = letter.to.rpartition("@")
    domain = _in_ascii(domain)
    message = EmailMessage(policy=SMTP if (local + domain).isascii() else SMTPUTF8)
    message["From"] = Address(NAME, addr_spec=sender)
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday note answers
    lines = [without_hidden(line) for line in letter.text.splitlines()]
    message.set_content("\n".join(lines) + "\n", cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message


def _in_ascii(domain: str) -> str:
    """A domain of other letters in the form that every mail server knows; as it is where there is no such form."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


class Post:
    """A connection to the mail server that is opened when it is needed, and kept for the next letter."""

    def __init__(self, server: MailServer, sender: str, seconds: float = SECONDS) -> None:
        self.server, self.sender, self.seconds = server, sender, seconds
        self.open: smtplib.SMTP | None = None

    def deliver(self, mail: TakenMail, at: datetime) -> Trouble | None:
        """Hand a letter to the mail server: nothing when the server took it, else why not."""
        try:
            message = compose(mail.letter, self.sender, mail.id, at)
        except ValueError:
            return Trouble(Reason.ADDRESS, is_final=True)
        trouble = self._connect() if self.open is None else None
        trouble = trouble or self._hand_over(message)
        if trouble is not None:
            self.close()  # whatever state it is in: the next letter starts afresh
        return trouble

    def close(self) -> None:
        """Say goodbye to the mail server, if it still listens."""
        if self.open is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.open.quit()
            self.open.close()
            self.open = None

    def _connect(self) -> Trouble | None:
        """Open the connection, encrypt it and sign in; what fails here fails for every letter."""
        server, context = self.server, ssl.create_default_context()
        try:
            if server.security is Security.TLS:
                self.open = smtplib.SMTP_SSL(server.host, server.port, timeout=self.seconds, context=context)
            else:
                self.open = smtplib.SMTP(server.host, server.port, timeout=self.seconds)
        except ssl.SSLError as error:
            return Trouble(Reason.ENCRYPTION, _said_of(error))
        except smtplib.SMTPResponseException as error:
            return Trouble(Reason.UNREACHABLE, _said(error.smtp_code, error.smtp_error))
        except (OSError, UnicodeError) as error:  # smtplib's other errors are kinds of OSError
            return Trouble(Reason.UNREACHABLE, _said_of(error))
        return self._encrypt(self.open, context) or self._sign_in(self.open)

    def _encrypt(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> Trouble | None:
        if self.server.security is not Security.STARTTLS:
            return None
        try:
            connection.starttls(context=context)
        except smtplib.SMTPResponseException as error:
            return Trouble(Reason.ENCRYPTION, _said(error.smtp_code, error.smtp_error))
        except smtplib.SMTPServerDisconnected:
            return Trouble(Reason.UNREACHABLE)
        except OSError as error:
            return Trouble(Reason.ENCRYPTION, _said_of(error))
        return None

    def _sign_in(self, connection: smtplib.SMTP) -> Trouble | None:
        """Sign in, if there is something to sign in with; what the server says to that is not told on."""
        try:
            if self.server.user:
                connection.login(self.server.user, self.server.password)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
            return Trouble(Reason.SIGN_IN)
        except OSError:
            return Trouble(Reason.UNREACHABLE)
        return None

    def _hand_over(self, message: EmailMessage) -> Trouble | None:
        to = str(message["To"].addresses[0].addr_spec)
        content = message.as_bytes()
        assert self.open is not None
        try:
            self.open.sendmail(self.sender, [to], content, [] if to.isascii() else ["SMTPUTF8", "BODY=8BITMIME"])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return Trouble(Reason.REFUSED, _said(code, said), is_final=code >= 500)
        except smtplib.SMTPSenderRefused as error:
            return Trouble(Reason.SENDER, _said(error.smtp_code, error.smtp_error))
        except smtplib.SMTPDataError as error:
            return Trouble(Reason.CONTENT, _said(error.smtp_code, error.smtp_error), is_final=error.smtp_code >= 500)
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            return Trouble(Reason.LETTERS, is_final=True)
        except OSError:
            return Trouble(Reason.INTERRUPTED)
        return None


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return one_line(f"{code} {words}", MOST_SAID)


def _said_of(error: Exception) -> str:
    """What an error of the system says of itself."""
    words = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
    return one_line(str(words), MOST_SAID)
