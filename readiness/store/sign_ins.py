"""Who is signed in where, their second factors, and how often somebody tried. Times are UTC without zone."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, or_, select, update

from readiness.store.accounts import KEY_BYTES, Account, Credentials, find_account, hashed
from readiness.store.database import transaction
from readiness.store.models import AccountRow, AttemptRow, RecoveryCodeRow, SignInRow

LASTS = {True: timedelta(hours=12), False: timedelta(minutes=10)}  # a working day; waiting for the second factor
WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The (encrypted) secret of an authenticator app, and the last time step whose code was used."""

    account: str
    secret: str
    counter: int | None


def start_sign_in(engine: Engine, checked: Credentials, is_complete: bool, now: datetime) -> str | None:
    """Sign a browser in, or let it wait for its second factor; the key that it keeps. The key itself is not kept.

    None when the account is no longer as it was checked: another password, a second factor on or off, not active.
    """
    has_second_factor = AccountRow.totp.is_not(None) if checked.has_second_factor else AccountRow.totp.is_(None)
    with transaction(engine, writing=True) as connection:
        if not _is_still(connection, checked.account, AccountRow.password == checked.password, has_second_factor):
            return None
        return _new_sign_in(connection, checked.account, is_complete, now)


def finish_sign_in(engine: Engine, account: str, waiting: str, now: datetime) -> str | None:
    """Sign in the browser that waited with a key, once its code was used; the new key, none when the wait has ended."""
    ending = delete(SignInRow).where(
        SignInRow.key_hash == hashed(waiting),
        SignInRow.account_id == account,
        SignInRow.is_complete.is_(False),
        SignInRow.expires_at > now,
    )
    with transaction(engine, writing=True) as connection:
        if not _is_still(connection, account) or connection.execute(ending).rowcount != 1:
            return None
        return _new_sign_in(connection, account, True, now)


def _is_still(connection: Connection, account: str, *conditions: ColumnElement[bool]) -> bool:
    """Whether an account is active and as expected; it stays so until the transaction ends."""
    query = select(AccountRow.id).where(AccountRow.id == account, AccountRow.is_active, *conditions)
    return connection.execute(query.with_for_update()).one_or_none() is not None


def _new_sign_in(connection: Connection, account: str, is_complete: bool, now: datetime) -> str:
    key = secrets.token_urlsafe(KEY_BYTES)
    connection.execute(delete(SignInRow).where(SignInRow.expires_at <= now))
    connection.execute(
        insert(SignInRow).values(
            key_hash=hashed(key), account_id=account, is_complete=is_complete, expires_at=now + LASTS[is_complete]
        )
    )
    return key


def find_signed_in(engine: Engine, key: str, is_complete: bool, now: datetime) -> Account | None:
    """The active account of a browser's key, complete or waiting as asked; nothing when it ended."""
    query = (
        select(SignInRow.account_id)
        .join(AccountRow, AccountRow.id == SignInRow.account_id)
        .where(
            SignInRow.key_hash == hashed(key),
            SignInRow.is_complete == is_complete,
            SignInRow.expires_at > now,
            AccountRow.is_active,
        )
    )
    with transaction(engine) as connection:
        account = connection.execute(query).scalar_one_or_none()
    return None if account is None else find_account(engine, account)


def end_sign_in(engine: Engine, key: str) -> None:
    """Sign one browser out; doing it again changes nothing."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(SignInRow).where(SignInRow.key_hash == hashed(key)))


def end_all_sign_ins(engine: Engine, account: str) -> None:
    """Sign every browser of an account out."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(SignInRow).where(SignInRow.account_id == account))


def find_second_factor(engine: Engine, account: str) -> SecondFactor | None:
    """The second factor of an account, if it has one."""
    query = select(AccountRow.totp, AccountRow.totp_counter).where(
        AccountRow.id == account, AccountRow.totp.is_not(None)
    )
    with transaction(engine) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else SecondFactor(account, row.totp, row.totp_counter)


def set_second_factor(engine: Engine, account: str, secret: str, counter: int, codes: tuple[str, ...]) -> None:
    """Start a second factor with its recovery codes, instead of any before; every browser is signed out."""
    values = {"totp": secret, "totp_counter": counter}
    with transaction(engine, writing=True) as connection:
        connection.execute(update(AccountRow).where(AccountRow.id == account).values(values))
        connection.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account))
        connection.execute(
            insert(RecoveryCodeRow), [{"account_id": account, "code_hash": hashed(code)} for code in codes]
        )
        connection.execute(delete(SignInRow).where(SignInRow.account_id == account))


def remove_second_factor(engine: Engine, account: str) -> None:
    """End a second factor and its recovery codes; doing it again changes nothing."""
    with transaction(engine, writing=True) as connection:
        values = {"totp": None, "totp_counter": None}
        connection.execute(update(AccountRow).where(AccountRow.id == account).values(values))
        connection.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account))


def spend_counter(engine: Engine, account: str, counter: int) -> bool:
    """Use the code of a time step; false when it, or a later one, was used before."""
    unused = or_(AccountRow.totp_counter.is_(None), AccountRow.totp_counter < counter)
    statement = update(AccountRow).where(AccountRow.id == account, AccountRow.totp.is_not(None), unused)
    with transaction(engine, writing=True) as connection:
        return connection.execute(statement.values(totp_counter=counter)).rowcount == 1


def spend_recovery_code(engine: Engine, account: str, code: str) -> bool:
    """Use a recovery code; false when there is no such code (any more)."""
    statement = delete(RecoveryCodeRow).where(
        RecoveryCodeRow.account_id == account, RecoveryCodeRow.code_hash == hashed(code)
    )
    with transaction(engine, writing=True) as connection:
        return connection.execute(statement).rowcount == 1


def count_recovery_codes(engine: Engine, account: str) -> int:
    """How many recovery codes are left."""
    query = select(func.count()).where(RecoveryCodeRow.account_id == account)
    with transaction(engine) as connection:
        return connection.execute(query).scalar_one()


def may_try(engine: Engine, limits: Mapping[str, int], now: datetime) -> bool:
    """Count one more attempt of each subject, unless one of them has reached its limit in the last 15 minutes."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(AttemptRow).where(AttemptRow.at <= now - WINDOW))
        counts = select(AttemptRow.subject, func.count()).where(AttemptRow.subject.in_(list(limits)))
        tried = dict(connection.execute(counts.group_by(AttemptRow.subject)).all())
        if any(tried.get(subject, 0) >= limit for subject, limit in limits.items()):
            return False
        connection.execute(insert(AttemptRow), [{"subject": subject, "at": now} for subject in limits])
    return True


def forgive(engine: Engine, subject: str) -> None:
    """Forget the attempts of a subject: the right person has come."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(AttemptRow).where(AttemptRow.subject == subject))
