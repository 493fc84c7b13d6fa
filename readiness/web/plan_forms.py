"""Forms of the action plan: recommendations to choose, one action, and what became of one."""

import re
from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, Length, ValidationError

from readiness.language import format_date, gettext, lazy_gettext
from readiness.plan import MOST_OWNER, MOST_TEXT, Action, ActionReport, ActionStatus, ActionText
from readiness.report.words_plan import STATUS
from readiness.web.forms import stripped, visible_lines

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
ISO_DAY = re.compile(r"(\d{4,6})-(\d{1,2})-(\d{1,2})", re.ASCII)
HIGHEST_NUMBER = 999
CHOSEN_TOO_MUCH = lazy_gettext("Something was chosen that is not shown here. Choose again among those below.")


def one_line(text: str | None) -> str | None:
    """Visible text in one line."""
    return " ".join((visible_lines(text) or "").split())


def with_newlines(text: str | None) -> str | None:
    """Lines that end as they do everywhere else; a browser sends them as it likes."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def _text(label: str, *, longest: int = MOST_TEXT) -> TextAreaField:
    too_long = lazy_gettext("This is too long. At most %(most)s characters fit.", most=longest)
    return TextAreaField(
        label, filters=[with_newlines, visible_lines, stripped], validators=[Length(max=longest, message=too_long)]
    )


def _status(label: str) -> RadioField:
    return RadioField(
        label,
        validators=[AnyOf([each.value for each in ActionStatus], message=lazy_gettext("Choose how far it is."))],
        choices=[SelectChoice(each.value, each.value) for each in ActionStatus],
        validate_choice=False,
    )


def read_day(text: str) -> date | None:
    """A day as a date field sends it; None for an empty one. Raises ValidationError with a sentence."""
    if not text:
        return None
    parts = ISO_DAY.fullmatch(text)
    try:
        year, month, day = map(int, parts.groups()) if parts else (0, 0, 0)
        found = date(min(year, LAST_DAY.year + 1), month, day)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(gettext("This is no day. Write it as year, month and day, for example 2027-03-31."))
    if not FIRST_DAY <= found <= LAST_DAY:
        span = {"first": format_date(FIRST_DAY), "last": format_date(LAST_DAY)}
        raise ValidationError(gettext("The day must lie between %(first)s and %(last)s. Check the year.", **span))
    return found


def revision_of(field: HiddenField) -> int:
    """The revision that a page was opened with; 0 where it says none."""
    sent = field.data or ""
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0


class ActionForm(FlaskForm):
    """One action. The field of its owner is called `who`: `owner` is the mark of whoever has opened the page."""

    revision = HiddenField(default="0")
    who = StringField(
        lazy_gettext("Who sees to it"),
        filters=[one_line, stripped],
        validators=[
            Length(
                max=MOST_OWNER,
                message=lazy_gettext("This is too long. At most %(most)s characters fit.", most=MOST_OWNER),
            )
        ],
    )
    first_step = _text(lazy_gettext("First step"))
    due_on = StringField(lazy_gettext("Due on"), filters=[one_line])
    status = _status(lazy_gettext("Status"))
    note = _text(lazy_gettext("Note"))
    evidence = _text(lazy_gettext("What shows that it was done"))

    def validate_due_on(self, field: StringField) -> None:
        """Refuse what is no day, and days that nobody can mean."""
        read_day(field.data or "")

    def written(self) -> ActionText:
        """What was sent, once it was found valid."""
        return ActionText(
            self.who.data or "",
            self.first_step.data or "",
            read_day(self.due_on.data or ""),
            ActionStatus(self.status.data),
            self.note.data or "",
            self.evidence.data or "",
        )

    @classmethod
    def of(cls, action: Action) -> "ActionForm":
        """The form as it opens for an action."""
        text = action.text
        shown = {
            "revision": str(action.revision),
            "who": text.owner,
            "first_step": text.first_step,
            "due_on": text.due_on.isoformat() if text.due_on else "",
            "status": text.status.value,
            "note": text.note,
            "evidence": text.evidence,
        }
        return cls(formdata=None, data=shown)

    def differing(self, stored: Action) -> list[tuple[str, str, str]]:
        """Label, what was sent and what is stored, where they differ."""
        there = ActionForm.of(stored)
        names = ("who", "first_step", "due_on", "status", "note", "evidence")
        return [
            (str(self[name].label.text), said_in(self, name), said_in(there, name))
            for name in names
            if (self[name].data or "") != (there[name].data or "")
        ]


class ReportForm(FlaskForm):
    """What became of an action."""

    revision = HiddenField(default="0")
    status = _status(lazy_gettext("What became of it"))
    note = _text(lazy_gettext("Note"))

    def written(self) -> ActionReport:
        """What was sent, once it was found valid."""
        return ActionReport(ActionStatus(self.status.data), self.note.data or "", revision_of(self.revision))

    @classmethod
    def of(cls, report: ActionReport | None) -> "ReportForm":
        """The form as it opens; nothing is chosen before the first report."""
        if report is None:
            return cls(formdata=None)
        shown = {"revision": str(report.revision), "status": report.status.value, "note": report.note}
        return cls(formdata=None, data=shown)

    def differing(self, stored: ActionReport) -> list[tuple[str, str, str]]:
        """Label, what was sent and what is stored, where they differ."""
        there = ReportForm.of(stored)
        return [
            (str(self[name].label.text), said_in(self, name), said_in(there, name))
            for name in ("status", "note")
            if (self[name].data or "") != (there[name].data or "")
        ]


def said_in(form: FlaskForm, name: str) -> str:
    """What a field holds, in words."""
    held = str(form[name].data or "")
    return STATUS[ActionStatus(held)] if name == "status" and held in set(ActionStatus) else held


class ChooseForm(FlaskForm):
    """Recommendations to take on; `choose_form` says which there are."""

    recommendation = SelectMultipleField()


def choose_form(codes: Iterable[str]) -> type[ChooseForm]:
    """A form class with these recommendations to tick."""
    field = SelectMultipleField(choices=[SelectChoice(code, code) for code in codes])
    return type("ChooseRecommendations", (ChooseForm,), {"recommendation": field})


def read_numbers(sent: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The numbers typed for actions, by id; what is no number changes nothing."""
    return {
        action: min(int(typed), HIGHEST_NUMBER)
        for action, text in sent
        if (typed := text.strip()).isascii() and typed.isdecimal() and len(typed) < 10
    }
