"""The settings of mail: text > the server that takes our mail, and the address mail comes from. Opens no connection."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urlsplit

from readiness.hosts import is_loopback

FORMS = "smtp://USER:PASSWORD@HOST:587, smtps://USER:PASSWORD@HOST:465 or, on this computer, smtp://localhost:1025"
ESCAPES = "In user and password write @ as %40, / as %2F, # as %23, ? as %3F and % as %25"
MOST_ADDRESS, MOST_LOCAL_PART = 254, 64
# What mail is sent to: no quotes, commas, brackets, spaces or control characters, whatever an address may hold besides.
_LOCAL_PART = re.compile(r"[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\]\\]+")
_DOMAIN = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*")


class Security(StrEnum):
    """How the way to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # to this computer itself only


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail. Its password is never part of what is printed of it."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)


def read_mail_server(text: str) -> MailServer | None:
    """The server that an address names; None for an empty text. Raises ValueError saying what was expected.

    No sentence of it repeats any of the text, for a password may stand anywhere in one that was mistyped.
    """
    if not text:
        return None
    if any(character.isspace() or not character.isprintable() for character in text):
        raise ValueError(f"{FORMS}, without spaces")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"{FORMS}. {ESCAPES}") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or "?" in text:
        raise ValueError(f"{FORMS}. {ESCAPES}")
    if parts.fragment or "#" in text or not parts.hostname.isascii() or port == 0:
        raise ValueError(f"{FORMS}. {ESCAPES}; write a host of other letters in its form xn--")
    security = _security(parts)
    return MailServer(parts.hostname, port or PORTS[security], security, *_who(parts))


def _security(parts: SplitResult) -> Security:
    if parts.scheme == "smtps":
        return Security.TLS
    return Security.NONE if is_loopback(parts.hostname or "") else Security.STARTTLS


def _who(parts: SplitResult) -> tuple[str, str]:
    """User and password: both or neither."""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError(f"both a user and a password, or neither of them, as in {FORMS}")
    if not (user + password).isprintable() or not (user + password).isascii():
        raise ValueError("a user and a password of ASCII letters, digits and signs only: no others can be sent")
    return user, password


def read_sender(text: str) -> str:
    """The address that mail comes from; empty when there is none. Raises ValueError saying what was expected."""
    if text and not (text.isascii() and is_mailable(text)):
        raise ValueError("one plain address, as in readiness@example.org")
    return text


def is_mailable(address: str) -> bool:
    """Whether mail can be sent to an address: one @, and nothing that could end a header or a command."""
    local, _, domain = address.rpartition("@")
    is_short = len(address) <= MOST_ADDRESS and len(local.encode("utf-8", "replace")) <= MOST_LOCAL_PART
    return bool(is_short and address.isprintable() and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain))
