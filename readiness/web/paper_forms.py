"""What is typed from paper: one text field per question, read key by key; everything wrong is named at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from readiness.engine.answers import Answer, Missing
from readiness.engine.instrument import Item, Section
from readiness.language import N_, gettext
from readiness.report.paper import NOT_ANSWERED, Paper, key_for, typed_answer
from readiness.store.invitations import MOST_RESPONDENTS
from readiness.web.forms import Problem

OWN_FIELDS = frozenset({"csrf_token", "form", "place", "owner", "action"})
FORM = re.compile("[0-9a-f]{32}")
MOST_SHOWN, MOST_DIGITS = 20, 9
NOT_WHOLE = N_(
    "What arrived is not this sheet whole: what is asked may have changed meanwhile. Nothing was entered. Open the "
    "page again and compare its mark with the paper."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One question as it is typed: its number on paper, what stands in its field, and what is wrong with that."""

    number: int
    item: Item
    text: str
    error: str = ""

    @property
    def keys(self) -> str:
        """What may be typed, in words."""
        if self.item.not_applicable is None:
            return gettext("1 to %(last)s or ?", last=len(self.item.options))
        return gettext("1 to %(last)s, ? or -", last=len(self.item.options))


@dataclass(frozen=True, slots=True)
class Typed:
    """A sheet as it was typed. `form` is the random text of the page, or the revision of the consensus sheet that it
    showed; `place` the number of the sheet in this sitting; `faults` are what concerns no single line."""

    paper: Paper
    lines: tuple[Line, ...]
    form: str
    place: int = 0
    faults: tuple[str, ...] = ()

    @property
    def sections(self) -> list[tuple[Section, list[Line]]]:
        """The lines by section."""
        codes = [(section, {item.code for item in section.items}) for section, _ in self.paper.parts]
        return [(section, [line for line in self.lines if line.item.code in own]) for section, own in codes]

    @property
    def goes_on_at(self) -> str:
        """The item of the first field that is empty, else of the first."""
        return next((line.item.code for line in self.lines if not line.text), self.lines[0].item.code)

    @property
    def filled(self) -> int:
        """In how many fields something stands."""
        return sum(bool(line.text) for line in self.lines)

    def answers(self) -> dict[str, Answer]:
        """The answers of all lines, when no line is wrong."""
        found = {line.item.code: typed_answer(line.item, line.text) for line in self.lines}
        return {code: Missing.NOT_ANSWERED if answer is None else answer for code, answer in found.items()}

    def problems(self) -> list[Problem]:
        """Everything that is wrong, each with the id of its field."""
        problems: list[Problem] = [(fault, None) for fault in self.faults]
        problems += [(line.error, line.item.code) for line in self.lines if line.error]
        if not problems and set(self.answers().values()) == {Missing.NOT_ANSWERED}:
            problems.append(
                (gettext("Nothing is answered here. Leave a blank sheet out, and type in the others."), self.goes_on_at)
            )
        return problems

    def differences(self, stored: Mapping[str, Answer]) -> list[Problem]:
        """Where another sheet is stored than was typed, as the page says it before it is sent again."""
        answers = self.answers()
        changed: list[Problem] = [
            (
                gettext(
                    "%(number)s. %(item)s: “%(stored)s” is stored, “%(typed)s” is typed.",
                    number=line.number,
                    item=line.item.short,
                    stored=key_for(line.item, before) or NOT_ANSWERED,
                    typed=line.text or NOT_ANSWERED,
                ),
                line.item.code,
            )
            for line in self.lines
            if (before := stored.get(line.item.code, Missing.NOT_ANSWERED)) != answers[line.item.code]
        ]
        first = gettext(
            "The sheet was changed elsewhere since you opened it. Sending it again stores what is typed here."
        )
        return [(first, None), *changed]


def shown(paper: Paper, answers: Mapping[str, Answer], form: str) -> Typed:
    """The page before anything is typed, with the answers that are stored."""
    given = ((item, answers.get(item.code, Missing.NOT_ANSWERED)) for item in paper.instrument.asked(paper.phase))
    return Typed(paper, tuple(Line(paper.numbers[item.code], item, key_for(item, one)) for item, one in given), form)


def read_typed(paper: Paper, posted: MultiDict[str, str]) -> Typed:
    """What was posted, with everything that is wrong about it."""
    items = list(paper.instrument.asked(paper.phase))
    lines = tuple(_line(paper.numbers[item.code], item, posted.getlist(item.code)) for item in items)
    form = posted.get("form", "")
    place = posted.get("place", "")
    is_whole = set(posted) - OWN_FIELDS == set(paper.numbers)
    faults = () if is_whole and _is_form(form, paper.together) else (gettext(NOT_WHOLE),)
    return Typed(paper, lines, form, min(_number(place), MOST_RESPONDENTS), faults)


def _line(number: int, item: Item, sent: list[str]) -> Line:
    text = " ".join(sent[0].split()) if sent else ""
    line = Line(number, item, text[:MOST_SHOWN])
    if len(set(sent)) < 2 and typed_answer(item, text) is not None:
        return line
    error = gettext(
        "%(number)s. %(item)s: “%(typed)s” is no answer to it. Type %(keys)s, or x where nothing is ticked.",
        number=number,
        item=item.short,
        typed=" ".join(sent)[:MOST_SHOWN],
        keys=line.keys,
    )
    return Line(number, item, text[:MOST_SHOWN], error)


def _is_form(form: str, together: bool) -> bool:
    return _number(form) >= 0 if together else FORM.fullmatch(form) is not None


def _number(text: str) -> int:
    """A number that our page sends; -1 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else -1
