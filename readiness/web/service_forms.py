"""Forms of the page of a service."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, DataRequired, Length

from readiness.engine.answers import Phase
from readiness.language import lazy_gettext
from readiness.permissions import Part
from readiness.web.account_forms import an_address
from readiness.web.forms import MOST_NAME, plain_text, stripped


class FollowUpForm(FlaskForm):
    """Whether peer support workers have started by now."""

    phase = RadioField(
        lazy_gettext("Have peer support workers started by now?"),
        choices=[
            SelectChoice(Phase.AFTER.value, lazy_gettext("Yes: ask about how it is now")),
            SelectChoice(Phase.BEFORE.value, lazy_gettext("No, we are still preparing: ask about our plans")),
        ],
        validators=[
            AnyOf(
                [phase.value for phase in Phase],
                message=lazy_gettext("Choose whether peer support workers have started."),
            )
        ],
        validate_choice=False,
    )


class OrganisationForm(FlaskForm):
    """The name of an organisation; empty for none."""

    organisation = StringField(
        lazy_gettext("Organisation"),
        filters=[stripped],
        validators=[Length(max=MOST_NAME, message=lazy_gettext("The name is too long.")), plain_text],
    )


class ShareForm(FlaskForm):
    """Whom to share a service with, and as what."""

    address = StringField(
        lazy_gettext("E-mail address of the account"),
        filters=[stripped],
        validators=[DataRequired(lazy_gettext("Give an e-mail address.")), an_address],
    )
    part = RadioField(
        lazy_gettext("What this person may do"),
        choices=[
            SelectChoice(Part.IMPLEMENTER.value, lazy_gettext("Implementer: see results and keep the action plan")),
            SelectChoice(Part.MANAGER.value, lazy_gettext("Manager: answer, invite, submit and share")),
        ],
        validators=[
            AnyOf([Part.IMPLEMENTER.value, Part.MANAGER.value], message=lazy_gettext("Choose what this person may do."))
        ],
        validate_choice=False,
    )

    def chosen(self) -> Part:
        """The part that was chosen."""
        return Part(self.part.data)
