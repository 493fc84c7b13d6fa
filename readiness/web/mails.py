"""Mails that pages queue; a process of its own sends them, so that no page waits for a mail server.

Without a mail server nothing is queued. Each function says whether a mail was queued: the page then says so, and shows
the link in any case.
"""

from collections.abc import Iterable
from datetime import timedelta

from flask import current_app

from readiness.mail_server import MailServer
from readiness.store.accounts import LASTS, Account, Purpose
from readiness.store.codes import hashed_key
from readiness.store.invitations import Reminder
from readiness.store.mails import Kind, NewMail, queue_mails
from readiness.web.identity import now
from readiness.web.mail_texts import AskedBy, account_letter, invitation_letter, reminder_letter
from readiness.web.rules import database

# A mail to a respondent that has not gone out by then is forgotten with what is sealed in it.
TEAM_MAIL_LASTS = timedelta(days=7)


def is_mail_on() -> bool:
    """Whether there is a mail server."""
    return isinstance(current_app.config["SMTP"], MailServer)


def queue_account_link(account: Account, purpose: Purpose, key: str, link: str) -> bool:
    """Mail the link `link` with the key `key` by which somebody with an account chooses a password."""
    letter = account_letter(account.address, account.name, purpose, link)
    return _queue([NewMail(Kind.ACCOUNT, letter, now() + LASTS[purpose], hashed_key(key))])


def queue_invitation(wave: str, name: str, address: str, key: str, link: str, asked: AskedBy) -> bool:
    """Mail a respondent the link `link` with the key `key`; nothing without an address. `wave` is the assessment's id.

    It replaces an earlier mail with an invitation of the same person that still waits.
    """
    if not address:
        return False
    letter = invitation_letter(address, name, link, asked)
    return _queue([NewMail(Kind.INVITATION, letter, now() + TEAM_MAIL_LASTS, hashed_key(key), wave)])


def queue_reminders(wave: str, reminders: Iterable[tuple[Reminder, str, AskedBy]]) -> bool:
    """Mail everybody who was invited by name once more, each with their link; it replaces reminders that still wait."""
    letters = (reminder_letter(each.address, each.name, link, asked) for each, link, asked in reminders)
    until = now() + TEAM_MAIL_LASTS
    return _queue([NewMail(Kind.REMINDER, letter, until, wave=wave) for letter in letters])


def _queue(mails: list[NewMail]) -> bool:
    if not is_mail_on():
        return False
    queue_mails(database(), str(current_app.config["SECRET_KEY"]), mails, now())
    return True
