"""The queue of mails in the database: put in, taken out by one sender at a time, tried again, failed. Times are UTC.

A mail is sent at least once: a sender that is killed after the mail server took a mail, and before that was noted,
leaves a mail that another sender takes again.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, exists, insert, select, update

from readiness.errors import Closed
from readiness.language import gettext
from readiness.store.database import transaction
from readiness.store.models import AccountLinkRow, AssessmentRow, InvitationKeyRow, MailRow
from readiness.store.sealing import seal, unseal

# How long a mail waits after its first, second ... attempt; after one more it has failed.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
MOST_ATTEMPTS = len(WAITS) + 1
# Longer than one delivery can take: until then a mail that a sender took belongs to that sender.
LEASE = timedelta(minutes=15)
MOST_SAID = 300


class Kind(StrEnum):
    """What a mail is for."""

    ACCOUNT = "account"  # a link by which a person with an account chooses a password
    INVITATION = "invitation"  # a respondent's link
    REMINDER = "reminder"  # to a respondent who has not sent answers


class State(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a mail was not delivered."""

    UNREACHABLE = "unreachable"
    ENCRYPTION = "encryption"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    REFUSED = "refused"
    CONTENT = "content"
    ADDRESS = "address"
    LETTERS = "letters"
    INTERRUPTED = "interrupted"
    SECRET = "secret"


# These concern every mail alike and say nothing about a recipient.
OF_THE_SERVER = frozenset({Reason.UNREACHABLE, Reason.ENCRYPTION, Reason.SIGN_IN, Reason.SENDER})


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a mail was not delivered; `said` is what the mail server said, `is_final` that trying again is no use."""

    reason: Reason
    said: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What a recipient gets: plain text in one language."""

    to: str
    subject: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be queued: `link` is the hash of the key it carries, `wave` the assessment it is about, if any."""

    kind: Kind
    letter: Letter
    good_until: datetime
    link: str | None = None
    wave: str | None = None


@dataclass(frozen=True, slots=True)
class TakenMail:
    """A mail that a sender has taken, and which attempt this is."""

    id: str
    attempt: int
    letter: Letter


@dataclass(frozen=True, slots=True)
class MailState:
    """Where the mail with somebody's link stands. Recipient and text are not in it."""

    id: str
    state: State
    attempts: int
    trouble: Trouble | None


def queue_mails(engine: Engine, secret: str, mails: Iterable[NewMail], now: datetime) -> None:
    """Queue mails, all of them or none; one with a link for somebody replaces the one before."""
    reminded: set[str | None] = set()
    with transaction(engine, writing=True) as connection:
        for mail in mails:
            if mail.kind is Kind.INVITATION:
                _forget_invitation(connection, mail.link)
            elif mail.kind is Kind.REMINDER and mail.wave not in reminded:
                _forget_reminders(connection, mail.wave)
                reminded.add(mail.wave)
            row = insert(MailRow).values(
                id=secrets.token_hex(16),
                kind=mail.kind.value,
                link=None if mail.kind is Kind.REMINDER else mail.link,
                assessment_id=mail.wave,
                state=State.WAITING.value,
                attempts=0,
                due_at=now,
                good_until=mail.good_until,
                sealed=seal(secret, json.dumps(asdict(mail.letter))),
                reason="",
                said="",
            )
            connection.execute(row)


def _forget_invitation(connection: Connection, link: str | None) -> None:
    """Drop earlier mails that invite the same person, so that there is one to tell about."""
    whose = select(InvitationKeyRow.invitation_id).where(InvitationKeyRow.key_hash == link).scalar_subquery()
    keys = select(InvitationKeyRow.key_hash).where(InvitationKeyRow.invitation_id == whose)
    connection.execute(delete(MailRow).where(MailRow.kind == Kind.INVITATION.value, MailRow.link.in_(keys)))


def _forget_reminders(connection: Connection, wave: str | None) -> None:
    """Drop reminders of a wave that still wait: pressing a button often sends nobody more than one mail."""
    waiting = MailRow.kind == Kind.REMINDER.value, MailRow.assessment_id == wave, MailRow.state == State.WAITING.value
    connection.execute(delete(MailRow).where(*waiting))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (MailRow.state == State.WAITING.value) & (MailRow.due_at <= now)


def take_mail(engine: Engine, secret: str, now: datetime) -> TakenMail | None:
    """Take the mail that is due longest, so that no other sender does; None when there is none."""
    due = select(MailRow.__table__).where(_is_due(now)).order_by(MailRow.due_at, MailRow.id).limit(1)
    while True:
        with transaction(engine) as connection:  # looking alone locks nobody out
            if connection.execute(due).first() is None:
                return None
        with transaction(engine, writing=True) as connection:
            row = connection.execute(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            taken = _take(connection, secret, row, now)
        if taken is not None:
            return taken


def _take(connection: Connection, secret: str, row: Row[Any], now: datetime) -> TakenMail | None:
    """Take one mail; None when it is not sent any more."""
    if not _is_wanted(connection, row, now):
        connection.execute(delete(MailRow).where(MailRow.id == row.id))
        return None
    content = unseal(secret, row.sealed or b"")
    if content is None or row.attempts >= MOST_ATTEMPTS:
        _fail(connection, row.id, Trouble(Reason.SECRET if content is None else Reason.INTERRUPTED))
        return None
    taken = {"attempts": row.attempts + 1, "due_at": now + LEASE, "reason": "", "said": ""}
    connection.execute(update(MailRow).where(MailRow.id == row.id).values(**taken))
    return TakenMail(row.id, row.attempts + 1, Letter(**json.loads(content)))


def _is_wanted(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Whether a mail still leads somewhere: its time is not over, its link opens, its wave is not closed."""
    table = AccountLinkRow if row.kind == Kind.ACCOUNT.value else InvitationKeyRow
    opens = row.link is None or connection.execute(select(exists().where(table.key_hash == row.link))).scalar_one()
    closed = exists().where(AssessmentRow.id == row.assessment_id, AssessmentRow.submitted_on.is_not(None))
    return bool(row.good_until > now and opens and not connection.execute(select(closed)).scalar_one())


def mark_sent(engine: Engine, mail: TakenMail, now: datetime) -> None:
    """Note that the mail server took a mail: its text and recipient are deleted, of a reminder everything is.

    The mail server answers, then: what only waited for that is due at once, and no trouble of it is told any more.
    """
    gone = {"state": State.SENT.value, "sealed": None, "due_at": None, "reason": "", "said": ""}
    waited = (MailRow.state == State.WAITING.value, MailRow.reason.in_(OF_THE_SERVER), MailRow.due_at > now)
    with transaction(engine, writing=True) as connection:
        over = (MailRow.id == mail.id) | (MailRow.state == State.FAILED.value)
        connection.execute(delete(MailRow).where(MailRow.kind == Kind.REMINDER.value, over))
        connection.execute(update(MailRow).where(MailRow.id == mail.id).values(**gone))
        connection.execute(update(MailRow).where(*waited).values(due_at=now))


def mark_undelivered(engine: Engine, mail: TakenMail, trouble: Trouble, now: datetime) -> None:
    """Note why a mail was not delivered: it waits for its next attempt, or has failed.

    What concerns every mail puts off all that are due.
    """
    own = (MailRow.id == mail.id, MailRow.state == State.WAITING.value, MailRow.attempts == mail.attempt)
    with transaction(engine, writing=True) as connection:
        if connection.execute(select(MailRow.id).where(*own)).first() is not None:
            _put_off(connection, mail.id, mail.attempt, trouble, now)
        if trouble.reason in OF_THE_SERVER:
            due = select(MailRow.id, MailRow.attempts).where(_is_due(now))
            for other, attempts in connection.execute(due.with_for_update(skip_locked=True)).all():
                _put_off(connection, other, attempts + 1, trouble, now)


def _put_off(connection: Connection, mail: str, attempts: int, trouble: Trouble, now: datetime) -> None:
    if trouble.is_final or attempts >= MOST_ATTEMPTS:
        _fail(connection, mail, trouble, attempts)
        return
    why = {"reason": trouble.reason.value, "said": trouble.said[:MOST_SAID]}
    waits = {"attempts": attempts, "due_at": now + WAITS[attempts - 1], **why}
    connection.execute(update(MailRow).where(MailRow.id == mail).values(**waits))


def _fail(connection: Connection, mail: str, trouble: Trouble, attempts: int = MOST_ATTEMPTS) -> None:
    """Give a mail up. Of a reminder only that is kept which concerns every mail: whom it was to is nobody's to know."""
    reminder = (MailRow.id == mail, MailRow.kind == Kind.REMINDER.value)
    if trouble.reason in OF_THE_SERVER:
        connection.execute(update(MailRow).where(*reminder).values(sealed=None))
    else:
        connection.execute(delete(MailRow).where(*reminder))
    why = {"reason": trouble.reason.value, "said": trouble.said[:MOST_SAID]}
    failed = {"state": State.FAILED.value, "attempts": attempts, "due_at": None, **why}
    connection.execute(update(MailRow).where(MailRow.id == mail).values(**failed))


def account_mails(engine: Engine) -> Mapping[str, MailState]:
    """Where the mail with the open link of each account stands, by the id of the account."""
    query = select(AccountLinkRow.account_id, MailRow.__table__).join(MailRow, MailRow.link == AccountLinkRow.key_hash)
    return _states(engine, query.where(MailRow.kind == Kind.ACCOUNT.value))


def invitation_mails(engine: Engine, wave: str) -> Mapping[str, MailState]:
    """Where the mail that invited each respondent stands, by the id of the invitation.

    Reminders are never told of, neither one by one nor counted: they say who has not answered.
    """
    query = select(InvitationKeyRow.invitation_id, MailRow.__table__).join(
        MailRow, MailRow.link == InvitationKeyRow.key_hash
    )
    return _states(engine, query.where(MailRow.kind == Kind.INVITATION.value, MailRow.assessment_id == wave))


def _states(engine: Engine, query: Any) -> Mapping[str, MailState]:
    with transaction(engine) as connection:
        rows = connection.execute(query).all()
    return {
        row[0]: MailState(
            row.id, State(row.state), row.attempts, Trouble(Reason(row.reason), row.said) if row.reason else None
        )
        for row in rows
    }


def server_trouble(engine: Engine) -> Trouble | None:
    """What keeps mail of every kind from going out just now; neither how many mails nor whose."""
    now = (MailRow.state == State.WAITING.value) | (MailRow.kind == Kind.REMINDER.value)
    query = select(MailRow.reason, MailRow.said).where(MailRow.reason.in_(OF_THE_SERVER), now).limit(1)
    with transaction(engine) as connection:
        row = connection.execute(query).first()
    return None if row is None else Trouble(Reason(row.reason), row.said)


def send_again(engine: Engine, mail: str, now: datetime, wave: str | None = None) -> None:
    """Let a failed mail wait anew: one of an account, or an invitation to a wave. Raises Closed when it is gone."""
    kept = (*_failed(mail, wave), MailRow.sealed.is_not(None), MailRow.good_until > now)
    anew = {"state": State.WAITING.value, "attempts": 0, "due_at": now, "reason": "", "said": ""}
    with transaction(engine, writing=True) as connection:
        if connection.execute(update(MailRow).where(*kept).values(**anew)).rowcount != 1:
            raise Closed(gettext("This mail is not kept any more. Make a new link; it is mailed as well."))


def dismiss_mail(engine: Engine, mail: str, wave: str | None = None) -> None:
    """Forget a failed mail; its link still opens. One that is gone already stays gone."""
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(MailRow).where(*_failed(mail, wave)))


def _failed(mail: str, wave: str | None) -> tuple[ColumnElement[bool], ...]:
    kind = Kind.ACCOUNT if wave is None else Kind.INVITATION
    about = MailRow.assessment_id.is_(None) if wave is None else MailRow.assessment_id == wave
    return MailRow.id == mail, MailRow.state == State.FAILED.value, MailRow.kind == kind.value, about


def tidy_mails(engine: Engine, now: datetime) -> None:
    """Forget mails whose time is over or whose link opens nothing any more: there is nothing left to tell of them."""
    account = (MailRow.kind == Kind.ACCOUNT.value) & ~exists().where(AccountLinkRow.key_hash == MailRow.link)
    invitation = (MailRow.kind == Kind.INVITATION.value) & ~exists().where(InvitationKeyRow.key_hash == MailRow.link)
    old = (MailRow.good_until <= now) | account | invitation
    with transaction(engine) as connection:
        if connection.execute(select(MailRow.id).where(old).limit(1)).first() is None:
            return
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(MailRow).where(old))
