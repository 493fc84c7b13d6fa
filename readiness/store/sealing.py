"""Text > what only this installation can read again: sealed with its secret key, which the database does not hold."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

PURPOSE = b"readiness: mails that wait"


def seal(secret: str, text: str) -> bytes:
    """A text that nobody can read who has the database alone; the time at which it was sealed is not kept."""
    return _box(secret).encrypt_at_time(text.encode("utf-8", "replace"), 0)


def unseal(secret: str, sealed: bytes) -> str | None:
    """The text again; None when it was sealed with another secret key or has been changed."""
    try:
        return _box(secret).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _box(secret: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hmac.digest(secret.encode(), PURPOSE, hashlib.sha256)))
