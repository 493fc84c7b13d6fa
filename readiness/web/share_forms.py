"""The form that makes a link to read a report: for whom, and until which day."""

from datetime import date, timedelta

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from readiness.language import gettext, lazy_gettext
from readiness.store.shares import MOST_DAYS, USUAL_DAYS
from readiness.web.forms import MOST_NAME, plain_text, stripped


class ReadLinkForm(FlaskForm):
    """Who shall read, and the last day on which the link opens."""

    reader = StringField(
        lazy_gettext("For whom"),
        filters=[stripped],
        validators=[
            DataRequired(lazy_gettext("Say for whom the link is, so that you know later which one to end.")),
            Length(
                max=MOST_NAME,
                message=lazy_gettext("The name is too long. At most %(most)s characters fit.", most=MOST_NAME),
            ),
            plain_text,
        ],
    )
    until = StringField(lazy_gettext("Until"), filters=[stripped])

    def __init__(self, today: date, *arguments: object, **values: object) -> None:
        super().__init__(*arguments, **values)
        self.today = today

    @property
    def last(self) -> date:
        """The last day that can be chosen."""
        return self.today + timedelta(days=MOST_DAYS)

    @property
    def day(self) -> date:
        """The day that was chosen, once the form is valid."""
        return date.fromisoformat(self.until.data or "")

    def validate_until(self, field: StringField) -> None:
        """Refuse what is no day, and days out of reach."""
        try:
            day = self.day
        except ValueError:
            raise ValidationError(gettext("Give a day as year, month and day, for example 2027-01-31.")) from None
        if not self.today <= day <= self.last:
            raise ValidationError(
                gettext(
                    "Choose a day from %(first)s to %(last)s.", first=self.today.isoformat(), last=self.last.isoformat()
                )
            )


def empty_form(today: date) -> ReadLinkForm:
    """The form as it opens: for thirty days."""
    until = (today + timedelta(days=USUAL_DAYS)).isoformat()
    return ReadLinkForm(today, formdata=None, data={"until": until})
