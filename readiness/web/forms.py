"""WTForms built from the instrument: a page of items becomes a form of radio groups."""

import unicodedata
from collections.abc import Iterable

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional, ValidationError

from readiness.engine.answers import Answer, Missing, Phase, to_answer
from readiness.engine.instrument import Item, Page

MOST_NAME = 300
DONT_KNOW = "Don\N{RIGHT SINGLE QUOTATION MARK}t know"
OWN_FIELDS = frozenset({"csrf_token", "revision", "action"})


def choices(item: Item) -> list[tuple[str, str]]:
    """The levels of an item, then *does not apply* where it is offered, then *don't know*."""
    levels = [(option.code, option.text) for option in item.options]
    if item.not_applicable is not None:
        levels.append((Missing.NOT_APPLICABLE.value, f"Does not apply: {item.not_applicable}"))
    return [*levels, (Missing.DONT_KNOW.value, DONT_KNOW)]


class PageForm(FlaskForm):
    """The common part of every page of items; `items` is filled by `page_form`."""

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
            choices=choices(item),
            validators=[Optional(), AnyOf(codes, message="Choose one of the levels shown.")],
            validate_choice=False,
        )
    return type("AnswersForm", (PageForm,), fields)


def posting_problems(posted: MultiDict[str, str], items: Iterable[Item]) -> list[str]:
    """What no browser would send from our page: two values for one item, or fields that are not on it."""
    known = {item.code: item for item in items}
    problems = [
        f"{item.short} arrived with two values. Choose one and save again."
        for code, item in known.items()
        if len(set(posted.getlist(code))) > 1
    ]
    if any(name not in known and name not in OWN_FIELDS for name in posted):
        problems.append("The page sent a field that it does not have. Nothing was saved; load the page again.")
    return problems


def plain_text(form: FlaskForm, field: StringField) -> None:
    """Refuse characters that cannot be seen or that turn text around."""
    for character in field.data or "":
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in "\u200c\u200d":
            raise ValidationError(
                f"The name holds a hidden character (U+{ord(character):04X}). Type the name instead of pasting it."
            )


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


class StartForm(FlaskForm):
    """What an assessment needs to begin: a name for the service, and whether peer support workers have started."""

    service = StringField(
        "Name of the service",
        filters=[_stripped],
        validators=[
            InputRequired("Give the service a name, for example the clinic or team it is about."),
            Length(max=MOST_NAME, message=f"The name is too long. At most {MOST_NAME} characters fit."),
            plain_text,
        ],
    )
    phase = RadioField(
        "Have peer support workers already started in this service?",
        choices=[
            (Phase.BEFORE.value, "No, we are preparing: ask about our plans"),
            (Phase.AFTER.value, "Yes, they have started: ask about how it is now"),
        ],
        validators=[InputRequired("Choose whether peer support workers have started.")],
    )
