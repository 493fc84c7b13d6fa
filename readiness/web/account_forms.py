"""Forms of accounts: signing in, choosing a password, codes, invitations."""

import unicodedata

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from readiness.language import N_, gettext, lazy_gettext
from readiness.permissions import AccountRole
from readiness.store.accounts import normalised_address
from readiness.web.forms import MOST_NAME, is_hidden, plain_text

LEAST_PASSWORD, MOST_PASSWORD, MOST_ADDRESS, MOST_CODE = 12, 200, 254, 40
LEAST_DIFFERENT = 5
TOO_LONG = lazy_gettext("This is too long.")


def _stripped(text: str | None) -> str | None:
    """Without space around it, and without characters that no page and no database may hold."""
    return "".join(each for each in text or "" if unicodedata.category(each) not in ("Cc", "Cs")).strip()


def _normalised(password: str | None) -> str | None:
    """One form for all ways of typing the same characters, so that lengths are those of what is kept."""
    return unicodedata.normalize("NFKC", password) if password else password


def an_address(form: FlaskForm, field: StringField) -> None:
    """Refuse what cannot be an e-mail address; whether mail arrives there is not tried."""
    address = normalised_address(field.data or "")
    before, _, after = address.partition("@")
    outside = any(character.isspace() or is_hidden(character) for character in address)
    if outside or not before or not after or "@" in after or len(address) > MOST_ADDRESS:
        raise ValidationError(gettext("This is no e-mail address. It looks like name@example.org."))


def a_password(form: FlaskForm, field: PasswordField) -> None:
    """Refuse a password that is short, endless, or of few different characters."""
    password = field.data or ""
    if len(password) < LEAST_PASSWORD:
        raise ValidationError(gettext("Choose a password of at least %(num)s characters.", num=LEAST_PASSWORD))
    if len(password) > MOST_PASSWORD:
        raise ValidationError(gettext("Choose a password of at most %(num)s characters.", num=MOST_PASSWORD))
    if len(set(password)) < LEAST_DIFFERENT:
        raise ValidationError(gettext("Choose a password of more different characters."))


class SignInForm(FlaskForm):
    """Address and password."""

    address = StringField(
        lazy_gettext("E-mail address"),
        filters=[_stripped],
        validators=[
            DataRequired(lazy_gettext("Give your e-mail address.")),
            Length(max=MOST_ADDRESS, message=TOO_LONG),
        ],
    )
    password = PasswordField(
        lazy_gettext("Password"),
        filters=[_normalised],
        validators=[DataRequired(lazy_gettext("Give your password.")), Length(max=MOST_PASSWORD, message=TOO_LONG)],
    )


class CodeForm(FlaskForm):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(
        lazy_gettext("Code"),
        filters=[_stripped],
        validators=[DataRequired(lazy_gettext("Give the code.")), Length(max=MOST_CODE, message=TOO_LONG)],
    )


class NewPasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(
        lazy_gettext("New password"),
        filters=[_normalised],
        validators=[DataRequired(lazy_gettext("Choose a password.")), a_password],
    )
    again = PasswordField(
        lazy_gettext("New password again"),
        filters=[_normalised],
        validators=[EqualTo("password", lazy_gettext("The two passwords differ. Type the same one twice."))],
    )


class PresentPasswordForm(FlaskForm):
    """The present password, to confirm something."""

    present = PasswordField(
        lazy_gettext("Present password"),
        filters=[_normalised],
        validators=[
            DataRequired(lazy_gettext("Give your present password.")),
            Length(max=MOST_PASSWORD, message=TOO_LONG),
        ],
    )


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    """The present password and a new one."""


class SecondFactorForm(CodeForm, PresentPasswordForm):
    """The first code of an authenticator app, confirmed by the password."""


class PersonForm(FlaskForm):
    """Name and address of a person."""

    name = StringField(
        lazy_gettext("Name"),
        filters=[_stripped],
        validators=[
            DataRequired(lazy_gettext("Give a name.")),
            Length(max=MOST_NAME, message=lazy_gettext("The name is too long.")),
            plain_text,
        ],
    )
    address = StringField(
        lazy_gettext("E-mail address"),
        filters=[_stripped],
        validators=[DataRequired(lazy_gettext("Give an e-mail address.")), an_address],
    )


class FirstForm(PersonForm, NewPasswordForm):
    """What the first administrator chooses."""


ROLES = {
    AccountRole.MANAGER: (N_("Manager"), N_("starts assessments of a service")),
    AccountRole.IMPLEMENTER: (N_("Implementer"), N_("works with results and plans")),
    AccountRole.RESEARCHER: (N_("Researcher"), N_("revises the rule set and publishes what others revised")),
    AccountRole.ADMINISTRATOR: (N_("Administrator"), N_("invites people and changes their roles")),
}


def role_words() -> dict[str, tuple[str, str]]:
    """Every role by its code: what it is called, and what somebody with it does."""
    return {role.value: (gettext(name), gettext(does)) for role, (name, does) in ROLES.items()}


class RolesForm(FlaskForm):
    """The roles of a person."""

    roles = SelectMultipleField(
        lazy_gettext("Roles"),
        choices=[SelectChoice(role.value, role.value) for role in AccountRole],
        validators=[DataRequired(lazy_gettext("Choose at least one role."))],
    )

    def chosen(self) -> frozenset[AccountRole]:
        """The roles that were ticked."""
        return frozenset(AccountRole(role) for role in self.roles.data or ())


class InvitationForm(PersonForm, RolesForm):
    """Who is invited, and to do what."""


Problem = tuple[str, str | None]


def problems_of(form: FlaskForm) -> list[Problem]:
    """What is wrong with a form, each with the id of its field."""
    return [(str(error), name) for name, errors in form.errors.items() if name for error in errors]
