"""Keys of links and respondents' codes: made, shown, read however they were typed, and kept as hashes only."""

import hashlib
import secrets

KEY_BYTES = 24
CODE_LENGTH = 16
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O or U
LOOKALIKES = str.maketrans("OIL", "011", "- \u2010\u2011\u2013")


def new_code() -> str:
    """A key that a respondent can read and type: 80 random bits as 16 letters and digits without lookalikes."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """A code in groups of four, as people read it."""
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def normalised_code(typed: str) -> str | None:
    """A respondent's code however it was typed; None when it cannot be one."""
    if len(typed) > 2 * CODE_LENGTH:
        return None
    code = typed.upper().translate(LOOKALIKES)
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else None


def hashed_code(code: str) -> str:
    """What a response keeps of its code."""
    return _hash("response", code)


def receipt_of(code: str) -> str:
    """What an invitation keeps of the same code: only who knows the code can match it with the response."""
    return _hash("receipt", code)


def hashed_sheet(form: str) -> str:
    """What the response of a paper sheet keeps of the form by which it was typed in; no code opens it."""
    return _hash("sheet", form)


def new_key() -> str:
    """The key of a link."""
    return secrets.token_urlsafe(KEY_BYTES)


def hashed_key(key: str) -> str:
    """What is kept of the key of a link; keys are random and long, so that no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _hash(purpose: str, code: str) -> str:
    return hashlib.sha256(f"{purpose} {code}".encode()).hexdigest()
