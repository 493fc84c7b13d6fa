"""Flask-Security in one room: who is signed in, hashed passwords, one-time codes. None of its own pages is served."""

import base64
import hmac
import re
import secrets
import unicodedata
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g, session
from flask_security import RoleMixin, Security, UserDatastore, UserMixin, current_user
from flask_security.totp import Totp
from flask_security.utils import hash_password, login_user, logout_user, verify_password

from readiness.errors import Unavailable
from readiness.store.accounts import Account, Credentials, find_account
from readiness.store.sign_ins import (
    end_sign_in,
    find_second_factor,
    find_signed_in,
    finish_sign_in,
    spend_counter,
    spend_recovery_code,
    start_sign_in,
)
from readiness.web.rules import database

# What a browser keeps when somebody signs in or out: its own memory, which opens nothing that a link does not.
KEPT = ("_permanent", "assessments", "language")
WAITING = "waiting"  # the session's name for the key of a sign-in that waits for its second factor
RECOVERY_CODES, RECOVERY_BYTES = 8, 10
SKEW_SECONDS = 30

FIXED = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_CLI_USERS_NAME": "",
    "SECURITY_CLI_ROLES_NAME": "",
}
# argon2id; memory in KiB. Tests set PASSWORD_COST to something cheaper.
PASSWORD_COST = {"argon2__time_cost": 3, "argon2__memory_cost": 65536, "argon2__parallelism": 1}


class SignedIn(UserMixin):
    """A browser that is signed in, as Flask-Security wants it: what it calls uniquifier is the key of the sign-in."""

    active = True
    fs_uniquifier = ""

    def __init__(self, key: str, account: Account) -> None:
        self.fs_uniquifier = key
        self.account = account


class SignIns(UserDatastore):
    """Where Flask-Security looks up who is signed in; it writes nothing."""

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> SignedIn | None:
        """The sign-in of a key, when it has not ended."""
        key = wanted.get("fs_uniquifier")
        if not isinstance(key, str) or g.get("database_is_down"):
            return None
        try:
            account = find_signed_in(database(), key, True, now())
        except Unavailable:
            g.database_is_down = True  # the page that says so must not ask again
            raise
        return None if account is None else SignedIn(key, account)


class OneTimeCodes(Totp):
    """Codes of authenticator apps, each usable once."""

    def get_last_counter(self, user: Any) -> int | None:
        """The time step of the last code that was used."""
        found: int | None = user.counter
        return found

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the time step of a code that fits."""
        user.counter = tmatch.counter


class Match:
    """What a code is held against; `counter` is the last time step that was used, then the one that fits."""

    def __init__(self, counter: int | None) -> None:
        self.counter = counter


def init_app(app: Flask) -> None:
    """Set Flask-Security up where there are accounts: for sessions and hashes, without its pages."""
    if not app.config["ACCOUNTS"]:
        return
    app.config.from_mapping(FIXED)
    app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = app.config.get("PASSWORD_COST", PASSWORD_COST)
    security = Security(app, SignIns(SignedIn, RoleMixin), register_blueprint=False)
    security.login_manager.request_loader(_nobody)  # no token in a header or an address signs anybody in
    with app.app_context():
        nobodys = hash_password(secrets.token_hex(16))
    key = base64.b64encode(keyed(app, "one-time codes")).decode()
    app.extensions["readiness_identity"] = (OneTimeCodes({"1": key}, "Readiness"), nobodys)


def _nobody(_: object) -> None:
    return None


def keyed(app: Flask, text: str) -> bytes:
    """A hash of a text that only this installation can make."""
    return hmac.new(str(app.config["SECRET_KEY"]).encode(), text.encode("utf-8", "surrogatepass"), "sha256").digest()


def now() -> datetime:
    """The time that sign-ins and links are held against: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def hashed_password(password: str) -> str:
    """What is kept of a password: argon2id with a salt of its own."""
    return str(hash_password(_typed(password)))


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was kept; takes as long when none was."""
    nobodys: str = current_app.extensions["readiness_identity"][1]
    return bool(verify_password(_typed(password), nobodys if kept is None else kept)) and kept is not None


def _typed(password: str) -> str:
    """The same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def signed_in_account() -> Account | None:
    """The account that this browser is signed in with."""
    account: Account | None = getattr(current_user, "account", None)
    return account


def sign_in(checked: Credentials) -> bool:
    """Sign this browser in, or not when the account is no longer as it was checked."""
    return _enter(checked.account, start_sign_in(database(), checked, True, now()))


def sign_in_after_code(account: str) -> bool:
    """Sign in the browser that waited, after its code was used, or not when its wait was ended meanwhile."""
    waiting = session.get(WAITING)
    return isinstance(waiting, str) and _enter(account, finish_sign_in(database(), account, waiting, now()))


def _enter(account: str, key: str | None) -> bool:
    """Enter with a session made anew: whatever key this browser had before opens nothing any more."""
    if key is None:
        return False
    _renew_session()
    login_user(SignedIn(key, find_account(database(), account)), remember=False)
    return True


def wait_for_code(checked: Credentials) -> bool:
    """Let this browser wait for its second factor, not signed in yet; or not, as `sign_in` does."""
    key = start_sign_in(database(), checked, False, now())
    if key is not None:
        _renew_session()
        session[WAITING] = key
    return key is not None


def waiting_account() -> Account | None:
    """The account that waits for its second factor in this browser."""
    key = session.get(WAITING)
    return find_signed_in(database(), key, False, now()) if isinstance(key, str) else None


def sign_out() -> None:
    """Sign this browser out. A copy of its cookie opens nothing any more either."""
    _renew_session()
    logout_user()
    session.pop("fs_cc", None)


def _renew_session() -> None:
    for name in ("_user_id", WAITING):
        if isinstance(session.get(name), str):
            end_sign_in(database(), session[name])
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    g.pop("csrf_token", None)
    session.update(kept)


def new_secret() -> str:
    """A secret for an authenticator app, encrypted with the installation's key."""
    return str(_codes().generate_totp_secret())


def secret_address(secret: str, address: str) -> tuple[str, str]:
    """What an authenticator app scans, and what a person types instead."""
    return str(_codes().get_totp_uri(address, secret)), str(_codes().get_totp_pretty_key(secret))


def step_of(code: str, secret: str, last: int | None = None) -> int | None:
    """The time step that a code belongs to, when it is now, just before or after, and later than the last one used."""
    match = Match(last)
    return match.counter if _codes().verify_totp(code, secret, match, window=SKEW_SECONDS) else None  # type: ignore[arg-type]


def spend_code(account: str, code: str) -> bool:
    """Use a code of the authenticator app or a recovery code: each opens once."""
    factor = find_second_factor(database(), account)
    if factor is None:
        return False
    step = step_of(code, factor.secret, factor.counter)
    if step is not None:
        return spend_counter(database(), account, step)
    return spend_recovery_code(database(), account, plain_code(code))


def new_recovery_codes() -> tuple[str, ...]:
    """Codes to write down, in groups of four; 80 bits each."""
    codes = (base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES))
    return tuple("-".join(re.findall("....", code)) for code in codes)


def plain_code(code: str) -> str:
    """A recovery code as it is compared: however its groups were typed."""
    return "".join(character for character in code.casefold() if character.isalnum())


def _codes() -> OneTimeCodes:
    codes: OneTimeCodes = current_app.extensions["readiness_identity"][0]
    return codes


def subject(kind: str, value: str) -> str:
    """What attempts are counted under: neither an account nor a network address can be read from it."""
    return keyed(current_app, f"{kind} {value}").hex()
