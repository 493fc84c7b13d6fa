"""WTForms built from the instrument: a page of items becomes a form of radio groups."""

import unicodedata
from collections.abc import Iterable

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf, DataRequired, Length, Optional, ValidationError

from readiness.engine.answers import Answer, Missing, Phase, to_answer
from readiness.engine.instrument import Item, Page
from readiness.language import gettext, lazy_gettext
from readiness.report.text import without_hidden
from readiness.store.teams import MOST_COMMENT

MOST_NAME = 300
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
FILLERS = "\u115f\u1160\u3164\uffa0"  # letters of Hangul that show nothing
JOINERS = "\u200c\u200d"
OWN_FIELDS = frozenset({"csrf_token", "revision", "owner", "action"})


def choices(item: Item) -> list[tuple[str, str]]:
    """The levels of an item, then *does not apply* where it is offered, then *don't know*."""
    levels = [(option.code, option.text) for option in item.options]
    if item.not_applicable is not None:
        text = gettext("Does not apply: %(meaning)s", meaning=item.not_applicable)
        levels.append((Missing.NOT_APPLICABLE.value, text))
    return [*levels, (Missing.DONT_KNOW.value, gettext("Don’t know"))]


class PageForm(FlaskForm):
    """The common part of every page of items; `items` is filled by `page_form`."""

    class Meta(FlaskForm.Meta):
        """Every sentence is ours: Flask-WTF would read the catalogue of WTForms from its file in every request."""

        def get_translations(self, _: object) -> None:
            """None."""

    revision = HiddenField(default="0")
    items: tuple[Item, ...] = ()

    def answers(self) -> dict[str, Answer]:
        """The posted answers of all items of the page."""
        return {item.code: to_answer(self[item.code].data or Missing.NOT_ANSWERED) for item in self.items}


def items_of(page: Page, phase: Phase) -> tuple[Item, ...]:
    """The items of a page that are asked in a phase."""
    return tuple(item for item in page.items if phase in item.ask)


def page_form(page: Page, phase: Phase) -> type[PageForm]:
    """A form class with one radio group for each item of the page."""
    items = items_of(page, phase)
    fields: dict[str, object] = {"items": items}
    for item in items:
        codes = [code for code, _ in choices(item)]
        fields[item.code] = RadioField(
            item.ask[phase],
            choices=[SelectChoice(code, text) for code, text in choices(item)],
            validators=[Optional(), AnyOf(codes, message=gettext("Choose one of the levels shown."))],
            validate_choice=False,
        )
    return type("AnswersForm", (PageForm,), fields)


Problem = tuple[str, str | None]


def posting_problems(posted: MultiDict[str, str], items: Iterable[Item]) -> list[Problem]:
    """What no browser would send from our page, each with the id to go to: two values for an item, foreign fields."""
    known = {item.code: item for item in items}
    problems: list[Problem] = [
        (gettext("%(item)s arrived with two values. Choose one and save again.", item=item.short), first_choice(item))
        for code, item in known.items()
        if len(set(posted.getlist(code))) > 1
    ]
    if any(name not in known and name not in OWN_FIELDS for name in posted):
        problems.append(
            (gettext("The page sent a field that it does not have. Nothing was saved; load the page again."), None)
        )
    return problems


def first_choice(item: Item) -> str:
    """The id of an item's first choice on its page."""
    return f"{item.code}-{item.options[0].code}"


def is_hidden(character: str) -> bool:
    """Whether a character cannot be seen or turns text around; joiners that scripts need are no such characters."""
    hidden = unicodedata.category(character) in HIDDEN or character in FILLERS or not without_hidden(character)
    return hidden and character not in JOINERS


def plain_text(form: FlaskForm, field: StringField) -> None:
    """Refuse hidden characters; the field keeps what can be seen, so that the page can show it again."""
    hidden = [character for character in field.data or "" if is_hidden(character)]
    if hidden:
        field.data = "".join(character for character in field.data or "" if not is_hidden(character))
        raise ValidationError(
            gettext(
                "The name held a hidden character (%(code)s), now removed. Check it and send it again.",
                code=f"U+{ord(hidden[0]):04X}",
            )
        )


def stripped(text: str | None) -> str | None:
    """A text without space around it; empty when nothing of it can be seen."""
    text = text.strip() if text else text
    return text if text and text.strip(JOINERS) else ""


def visible_lines(text: str | None) -> str | None:
    """A text of several lines without what cannot be seen."""
    return "".join(each for each in text or "" if each in "\r\n" or not is_hidden(each))


class CommentForm(FlaskForm):
    """What a respondent may add in their own words."""

    comment = TextAreaField(
        filters=[visible_lines, stripped],
        validators=[
            Length(
                max=MOST_COMMENT,
                message=lazy_gettext("The comment is too long. At most %(most)s characters fit.", most=MOST_COMMENT),
            )
        ],
    )


class StartForm(FlaskForm):
    """What an assessment needs to begin: a name for the service, and whether peer support workers have started."""

    service = StringField(
        lazy_gettext("Name of the service"),
        filters=[stripped],
        validators=[
            DataRequired(lazy_gettext("Give the service a name, for example the clinic or team it is about.")),
            Length(
                max=MOST_NAME,
                message=lazy_gettext("The name is too long. At most %(most)s characters fit.", most=MOST_NAME),
            ),
            plain_text,
        ],
    )
    phase = RadioField(
        lazy_gettext("Have peer support workers already started in this service?"),
        choices=[
            SelectChoice(Phase.BEFORE.value, lazy_gettext("No, we are preparing: ask about our plans")),
            SelectChoice(Phase.AFTER.value, lazy_gettext("Yes, they have started: ask about how it is now")),
        ],
        validators=[
            AnyOf(
                [phase.value for phase in Phase],
                message=lazy_gettext("Choose whether peer support workers have started."),
            )
        ],
        validate_choice=False,
    )
