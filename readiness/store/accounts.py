"""Accounts in the database: invite, choose a password by link, change roles, deactivate. Times are UTC without zone."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import AccountRole, Person
from readiness.store.database import transaction
from readiness.store.models import AccountLinkRow, AccountRoleRow, AccountRow, SignInRow

KEY_BYTES = 24


class Purpose(StrEnum):
    """What a link is for."""

    FIRST = "first"  # makes the first administrator
    INVITATION = "invitation"
    RESET = "reset"


LASTS = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=24)}


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its owner and administrators see it; no password and no secret is in it."""

    id: str
    address: str
    name: str
    roles: frozenset[AccountRole]
    is_active: bool
    has_password: bool
    has_second_factor: bool

    @property
    def person(self) -> Person:
        """The person of this account."""
        return Person(self.id, self.name, self.roles)


@dataclass(frozen=True, slots=True)
class Link:
    """An open link: what it is for, whose it is (nobody's yet, for the first one), and when it ends, if ever."""

    purpose: Purpose
    account: Account | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in is checked against; `password` is a hash."""

    account: str
    password: str
    has_second_factor: bool


def normalised_address(text: str) -> str:
    """An e-mail address as it is kept and compared: however it was typed, one person has one."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def hashed(key: str) -> str:
    """What is kept of a key; keys are random and long, so that no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def find_account(engine: Engine, account: str) -> Account:
    """An account by its id. Raises NotFound."""
    with transaction(engine) as connection:
        return _account(connection, account)


def all_accounts(engine: Engine) -> tuple[Account, ...]:
    """Every account, by name."""
    query = select(AccountRow.__table__).order_by(AccountRow.name, AccountRow.address)
    with transaction(engine) as connection:
        roles: dict[str, set[AccountRole]] = {}
        for account, role in connection.execute(select(AccountRoleRow.account_id, AccountRoleRow.role)):
            roles.setdefault(account, set()).add(AccountRole(role))
        return tuple(_read(row, roles.get(row.id, ())) for row in connection.execute(query))


def open_links(engine: Engine, now: datetime) -> dict[str, Link]:
    """The links that still open, by the id of their account."""
    query = select(AccountLinkRow.account_id, AccountLinkRow.purpose, AccountLinkRow.expires_at).where(
        AccountLinkRow.account_id.is_not(None), AccountLinkRow.expires_at > now
    )
    with transaction(engine) as connection:
        rows = connection.execute(query).all()
    return {str(account): Link(Purpose(purpose), None, expires) for account, purpose, expires in rows}


def find_credentials(engine: Engine, address: str) -> Credentials | None:
    """What signing in with an address is checked against; nothing when nobody can sign in with it."""
    query = select(AccountRow.id, AccountRow.password, AccountRow.totp).where(
        AccountRow.address == normalised_address(address), AccountRow.is_active, AccountRow.password.is_not(None)
    )
    with transaction(engine) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Credentials(row.id, row.password, row.totp is not None)


def own_credentials(engine: Engine, account: str) -> Credentials | None:
    """The same for somebody who is signed in."""
    return find_credentials(engine, find_account(engine, account).address)


def first_link(engine: Engine) -> str | None:
    """A new key of the link that makes the first administrator, instead of any before; none when there is one."""
    key = secrets.token_urlsafe(KEY_BYTES)
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(AccountLinkRow).where(AccountLinkRow.purpose == Purpose.FIRST))
        if _administrators(connection):
            return None
        connection.execute(insert(AccountLinkRow).values(key_hash=hashed(key), purpose=Purpose.FIRST))
    return key


def invite(engine: Engine, address: str, name: str, roles: Iterable[AccountRole], now: datetime) -> str:
    """Make an account without a password and the key of the link by which its owner chooses one. Raises Closed."""
    account = secrets.token_hex(16)
    with transaction(engine, writing=True) as connection:
        _insert(connection, account, address, name, roles, None)
        return _new_link(connection, account, Purpose.INVITATION, now)


def make_link(engine: Engine, account: str, now: datetime) -> tuple[Purpose, str]:
    """A new link for an account, instead of any before: an invitation until it has a password, then a reset.

    Raises Closed when the account is not active.
    """
    with transaction(engine, writing=True) as connection:
        found = _account(connection, account)
        if not found.is_active:
            raise Closed(gettext("This account is not active. Activate it before you make a link."))
        purpose = Purpose.RESET if found.has_password else Purpose.INVITATION
        return purpose, _new_link(connection, account, purpose, now)


def find_link(engine: Engine, key: str, now: datetime) -> Link:
    """The link of a key. Raises NotFound when it was used, has expired, was replaced, or never was."""
    with transaction(engine) as connection:
        return _link(connection, key, now)


def use_link(engine: Engine, key: str, password: str, now: datetime) -> None:
    """Set the password (a hash) of the link's account, once; every browser that was signed in is signed out."""
    with transaction(engine, writing=True) as connection:
        account = _spend(connection, key, now).account
        if account is None:
            raise _no_link()
        _set_password(connection, account.id, password)


def use_first_link(engine: Engine, key: str, address: str, name: str, password: str, now: datetime) -> None:
    """Make the first administrator, once. Raises NotFound, and Closed when the address is taken."""
    with transaction(engine, writing=True) as connection:
        if _spend(connection, key, now).purpose is not Purpose.FIRST:
            raise _no_link()
        _insert(connection, secrets.token_hex(16), address, name, {AccountRole.ADMINISTRATOR}, password)


def set_password(engine: Engine, account: str, password: str) -> None:
    """Replace a password (by a hash); every browser that was signed in is signed out, and open links die."""
    with transaction(engine, writing=True) as connection:
        _set_password(connection, account, password)
        connection.execute(delete(AccountLinkRow).where(AccountLinkRow.account_id == account))


def set_roles(engine: Engine, account: str, roles: Iterable[AccountRole]) -> None:
    """Replace the roles of an account. Raises NotFound, and Closed when nobody would be left to manage accounts."""
    with transaction(engine, writing=True) as connection:
        _account(connection, account)
        connection.execute(delete(AccountRoleRow).where(AccountRoleRow.account_id == account))
        _insert_roles(connection, account, roles)
        _check_administrator_left(connection)


def set_active(engine: Engine, account: str, is_active: bool) -> None:
    """Let an account in or keep it out, at once and with its links. Raises NotFound, and Closed as `set_roles` does."""
    with transaction(engine, writing=True) as connection:
        _account(connection, account)
        connection.execute(update(AccountRow).where(AccountRow.id == account).values(is_active=is_active))
        connection.execute(delete(SignInRow).where(SignInRow.account_id == account))
        connection.execute(delete(AccountLinkRow).where(AccountLinkRow.account_id == account))
        _check_administrator_left(connection)


def _account(connection: Connection, account: str) -> Account:
    row = connection.execute(select(AccountRow.__table__).where(AccountRow.id == account)).one_or_none()
    if row is None:
        raise NotFound(gettext("There is no such account. Go to the list of people."))
    roles = connection.execute(select(AccountRoleRow.role).where(AccountRoleRow.account_id == account)).scalars()
    return _read(row, [AccountRole(role) for role in roles])


def _read(row: Row[tuple[object, ...]], roles: Iterable[AccountRole]) -> Account:
    has_password, has_second_factor = row.password is not None, row.totp is not None
    return Account(row.id, row.address, row.name, frozenset(roles), row.is_active, has_password, has_second_factor)


def _insert(
    connection: Connection, account: str, address: str, name: str, roles: Iterable[AccountRole], password: str | None
) -> None:
    row = insert(AccountRow).values(
        id=account, address=normalised_address(address), name=name, is_active=True, password=password
    )
    try:
        connection.execute(row)
    except IntegrityError:
        raise Closed(
            gettext("There is an account with this address already. Its page makes a new link; nothing was changed.")
        ) from None
    _insert_roles(connection, account, roles)


def _insert_roles(connection: Connection, account: str, roles: Iterable[AccountRole]) -> None:
    rows = [{"account_id": account, "role": role.value} for role in sorted(set(roles))]
    if not rows:
        raise Closed(gettext("An account needs at least one role. Nothing was changed."))
    connection.execute(insert(AccountRoleRow), rows)


def _new_link(connection: Connection, account: str, purpose: Purpose, now: datetime) -> str:
    key = secrets.token_urlsafe(KEY_BYTES)
    connection.execute(delete(AccountLinkRow).where(AccountLinkRow.account_id == account))
    connection.execute(
        insert(AccountLinkRow).values(
            key_hash=hashed(key), account_id=account, purpose=purpose.value, expires_at=now + LASTS[purpose]
        )
    )
    return key


def _no_link() -> NotFound:
    return NotFound(
        gettext(
            "This link opens nothing: it was used, has expired or was replaced, or was not copied whole. "
            "Ask an administrator for a new one."
        )
    )


def _link(connection: Connection, key: str, now: datetime) -> Link:
    query = select(AccountLinkRow.account_id, AccountLinkRow.purpose, AccountLinkRow.expires_at).where(
        AccountLinkRow.key_hash == hashed(key),
        or_(AccountLinkRow.expires_at.is_(None), AccountLinkRow.expires_at > now),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise _no_link()
    account = None if row.account_id is None else _account(connection, row.account_id)
    if account is None and _administrators(connection):
        raise _no_link()
    return Link(Purpose(row.purpose), account, row.expires_at)


def _spend(connection: Connection, key: str, now: datetime) -> Link:
    """Take a link away; of two people who send it at once, one finds it gone."""
    link = _link(connection, key, now)
    if connection.execute(delete(AccountLinkRow).where(AccountLinkRow.key_hash == hashed(key))).rowcount != 1:
        raise _no_link()
    return link


def _set_password(connection: Connection, account: str, password: str) -> None:
    connection.execute(update(AccountRow).where(AccountRow.id == account).values(password=password))
    connection.execute(delete(SignInRow).where(SignInRow.account_id == account))


def _administrators(connection: Connection) -> int:
    """How many people can sign in and manage accounts."""
    query = (
        select(AccountRow.id)
        .join(AccountRoleRow, AccountRoleRow.account_id == AccountRow.id)
        .where(
            AccountRoleRow.role == AccountRole.ADMINISTRATOR.value,
            AccountRow.is_active,
            AccountRow.password.is_not(None),
        )
    )
    return len(connection.execute(query).all())


def _check_administrator_left(connection: Connection) -> None:
    if not _administrators(connection):
        raise Closed(gettext("Nobody would be left to manage accounts. Make somebody else an administrator first."))
