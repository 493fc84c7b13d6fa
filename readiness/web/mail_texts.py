"""What mails say, in the language being spoken, and why one was not delivered. Words only."""

from dataclasses import dataclass

from readiness.language import N_, gettext, language, ngettext
from readiness.report.text import one_line
from readiness.store.accounts import Purpose
from readiness.store.mails import Letter, Reason, Trouble


@dataclass(frozen=True, slots=True)
class AskedBy:
    """What a mail to respondents says of its wave: the service, who asks, how long it takes, the smallest group."""

    service: str
    inviter: str
    minutes: int
    group: int


def account_letter(to: str, name: str, purpose: Purpose, link: str) -> Letter:
    """The link by which somebody with an account chooses a password: the first one, or a new one."""
    if purpose is Purpose.INVITATION:
        subject = gettext("Your invitation to Readiness")
        said = gettext("You are invited to Readiness. Open this link to choose your password:")
        works = gettext(
            "The link works once, within 7 days. Whoever has it can choose the password: do not pass it on."
        )
    else:
        subject = gettext("A new password for Readiness")
        said = gettext("An administrator made this link for you. Open it to choose a new password:")
        works = gettext(
            "The link works once, within 24 hours. Whoever has it can choose the password: do not pass it on. If you "
            "did not ask for it, tell an administrator; until it is used, your password stays as it is."
        )
    return _letter(to, subject, _hello(name), said, link, works)


def invitation_letter(to: str, name: str, link: str, asked: AskedBy) -> Letter:
    """Asks a respondent to answer, by a link of their own."""
    return _letter(
        to,
        _subject(asked),
        _hello(name),
        _purpose(asked),
        gettext("Open this link to begin. It is yours alone: do not pass it on."),
        link,
        gettext(
            "Taking part is your choice. The page that opens says more before you begin, and you can stop at any time "
            "and go on later."
        ),
        _confidential(asked),
    )


def reminder_letter(to: str, name: str, link: str, asked: AskedBy) -> Letter:
    """Asks once more; one text for everybody, as nobody knows who has answered."""
    return _letter(
        to,
        _subject(asked),
        _hello(name),
        _purpose(asked),
        gettext(
            "If you have not answered yet, open this link to begin. It is yours alone: do not pass it on. If you have "
            "begun, it leads to the page where you type your code."
        ),
        link,
        gettext(
            "Taking part is your choice. This mail goes to everybody who was invited, as nobody is shown who has "
            "answered. If you have sent your answers, thank you: there is nothing more to do."
        ),
        _confidential(asked),
    )


def _subject(asked: AskedBy) -> str:
    """One for invitations and reminders: a list of subjects does not say who has answered."""
    return gettext("A few questions about peer support work: %(service)s", service=one_line(asked.service))


def _hello(name: str) -> str:
    return gettext("Hello %(name)s,", name=one_line(name)) if name.strip() else gettext("Hello,")


def _purpose(asked: AskedBy) -> str:
    return ngettext(
        "%(inviter)s asks you to answer a few questions about %(service)s: how ready it is to work with peer support "
        "workers, people with lived experience who support others. It takes about %(num)s minute.",
        "%(inviter)s asks you to answer a few questions about %(service)s: how ready it is to work with peer support "
        "workers, people with lived experience who support others. It takes about %(num)s minutes.",
        asked.minutes,
        inviter=one_line(asked.inviter),
        service=one_line(asked.service),
    )


def _confidential(asked: AskedBy) -> str:
    return gettext(
        "Your answers are confidential, not anonymous. They are kept without your name. %(service)s is shown only what "
        "stands for at least %(group)s people, after answering has ended, and never who has answered. Whoever runs "
        "the computer on which they are kept could find out more.",
        service=one_line(asked.service),
        group=asked.group,
    )


def _letter(to: str, subject: str, *paragraphs: str) -> Letter:
    return Letter(to, subject, "\n\n".join(paragraphs) + "\n", language().code)


REASONS = {
    Reason.UNREACHABLE: N_("The mail server did not answer."),
    Reason.ENCRYPTION: N_("The way to the mail server could not be encrypted, so nothing was sent."),
    Reason.SIGN_IN: N_("The mail server does not accept the user and password of READINESS_SMTP."),
    Reason.SENDER: N_("The mail server sends nothing from the address in READINESS_MAIL_FROM."),
    Reason.REFUSED: N_("The mail server does not take mail to this address."),
    Reason.CONTENT: N_("The mail server did not take the mail."),
    Reason.ADDRESS: N_("Mail cannot be sent to this address. Check how it is written."),
    Reason.LETTERS: N_(
        "The mail server takes no addresses with letters other than a to z. Use another address of this person."
    ),
    Reason.INTERRUPTED: N_("The connection to the mail server broke off each time the mail was handed over."),
    Reason.SECRET: N_("The secret key of this installation was changed, so the mail cannot be read. Make a new link."),
}


def trouble_words(trouble: Trouble) -> str:
    """Why a mail was not delivered, and what the mail server said to it."""
    why = gettext(REASONS[trouble.reason])
    if not trouble.said:
        return why
    return gettext("%(why)s It was said: “%(said)s”", why=why, said=one_line(trouble.said))
