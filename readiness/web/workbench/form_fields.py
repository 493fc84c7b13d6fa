"""Fields of the forms: the values of a thing > what a browser shows and sends > values again.

What a browser sends is the only state of a form, so that a page comes back as it was, also when it makes no sense.
A field whose input makes no sense raises ReadinessError with the sentence to show beside it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from werkzeug.datastructures import MultiDict

from readiness.engine.evidence import Finding, Kind
from readiness.engine.framework import Band
from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError
from readiness.language import N_, format_number, gettext
from readiness.loading.editing import Value
from readiness.loading.revising import Values, same
from readiness.report import words
from readiness.report.view_domains import rating_words, sign

Posted = MultiDict[str, str]
Pairs = list[tuple[str, str]]
Choices = tuple[tuple[str, str], ...]
YEAR_DIGITS = 4
RATINGS = tuple(number / 2 for number in range(-4, 5))

_BREAKS = re.compile(r"[ \t\r\n]+")


def one_line(text: str) -> str:
    """A text as one paragraph: line breaks and rows of spaces become single spaces; nothing else is touched."""
    return _BREAKS.sub(" ", text).strip(" ")


@dataclass(frozen=True, slots=True)
class Field:
    """One line of text; an `optional` one may be left out.

    `leads`: it is what counts most of its thing; `signed`: what it says begins with a sign and a number.
    """

    name: str
    label: str
    hint: str = ""
    optional: bool = False
    shape: ClassVar[str] = "line"
    leads: ClassVar[bool] = False
    signed: ClassVar[bool] = False
    repeats: ClassVar[bool] = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the entry that it holds."""
        return (self.name,)

    def fill(self, values: Values) -> Pairs:
        """What a browser would send for these values."""
        return [(self.name, self.text(values))]

    def read(self, posted: Posted) -> Values:
        """The values that were sent. Raises ReadinessError when one that must be there is not."""
        text = one_line(posted.get(self.name, ""))
        if not text and not self.optional:
            raise ReadinessError(gettext("Write it out; it cannot stay empty."))
        return {self.name: text or None}

    def text(self, values: Values) -> str:
        """The values as a browser would send them."""
        return text_of(values.get(self.name))

    def said(self, values: Values) -> str:
        """The values in words, to lay them beside others."""
        return self.text(values)

    def owns(self, name: str) -> bool:
        """Whether a control of this name is one of the field's."""
        return name == self.name

    def holds_many(self, name: str) -> bool:
        """Whether a control of the field may send several values."""
        return self.repeats and name == self.name

    def same(self, stored: Values, read: Values) -> bool:
        """Whether what was read says what is stored."""
        return all(same(stored.get(key), value) for key, value in read.items())

    def press(self, posted: Posted, action: str) -> None:
        """Carry out what a button of this field asks for, in what was sent."""


def text_of(value: Value | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float | int) else str(value)


def _texts(value: Value | None) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return []
    return [text_of(each) for each in value]


class Paragraph(Field):
    """One paragraph of text."""

    shape: ClassVar[str] = "paragraph"


class Lines(Field):
    """Several texts, one on each line."""

    shape: ClassVar[str] = "lines"

    def read(self, posted: Posted) -> Values:
        """The lines that hold something."""
        lines = [one_line(line) for line in posted.get(self.name, "").splitlines()]
        found = [line for line in lines if line]
        return {self.name: None if self.optional and not found else found}

    def text(self, values: Values) -> str:
        """The texts, one on each line."""
        return "\n".join(_texts(values.get(self.name)))


class Year(Field):
    """A year, which the files hold as a number."""

    def read(self, posted: Posted) -> Values:
        """The number. Raises ReadinessError."""
        text = one_line(posted.get(self.name, ""))
        if not (text.isascii() and text.isdecimal() and len(text) == YEAR_DIGITS):
            raise ReadinessError(gettext("Write the year with four digits, such as 2026."))
        return {self.name: float(text)}


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """One of some codes; `named` tells that the choices are called as the rule set calls them, not as pages do."""

    choices: Choices = ()
    named: bool = False
    shape: ClassVar[str] = "choice"

    def read(self, posted: Posted) -> Values:
        """The code that was chosen. Raises ReadinessError when it is none of those offered."""
        code = posted.get(self.name, "")
        if code not in dict(self.choices):
            raise ReadinessError(gettext("Choose one of the list."))
        return {self.name: code}

    def said(self, values: Values) -> str:
        """What the chosen code is called."""
        code = self.text(values)
        return dict(self.choices).get(code, code)


@dataclass(frozen=True, slots=True)
class Rating(Choice):
    """What a level is worth, -2 to 2 in halves."""

    signed: ClassVar[bool] = True
    leads: ClassVar[bool] = True

    def read(self, posted: Posted) -> Values:
        """The number. Raises ReadinessError."""
        return {self.name: float(str(Choice.read(self, posted)[self.name]))}


@dataclass(frozen=True, slots=True)
class Effect(Choice):
    """What a rule does: it shifts a rating, or bounds a band."""

    leads: ClassVar[bool] = True

    @property
    def keys(self) -> tuple[str, ...]:
        """Exactly one of them is there."""
        return ("shift", "at_least")

    def read(self, posted: Posted) -> Values:
        """The one that was chosen, and the other as not there. Raises ReadinessError."""
        key, _, amount = str(Choice.read(self, posted)[self.name]).partition(" ")
        return {"shift": None, "at_least": None, key: float(amount) if key == "shift" else amount}

    def text(self, values: Values) -> str:
        """The code of what it does."""
        shift, band = values.get("shift"), values.get("at_least")
        return (
            f"shift {text_of(shift)}" if shift is not None else f"at_least {text_of(band)}" if band is not None else ""
        )


@dataclass(frozen=True, slots=True)
class Several(Field):
    """Some of the codes offered, in their order; `named` as for one."""

    choices: Choices = ()
    named: bool = False
    shape: ClassVar[str] = "several"
    repeats: ClassVar[bool] = True

    def fill(self, values: Values) -> Pairs:
        """One pair for each code."""
        return [(self.name, code) for code in _texts(values.get(self.name))]

    def read(self, posted: Posted) -> Values:
        """The codes that were chosen. Raises ReadinessError for one that is not offered."""
        chosen = posted.getlist(self.name)
        if not set(chosen) <= set(dict(self.choices)):
            raise ReadinessError(gettext("Choose from the list."))
        found = [code for code, _ in self.choices if code in chosen]
        return {self.name: None if self.optional and not found else found}

    def said(self, values: Values) -> str:
        """What the chosen codes are called, one on each line."""
        titles = dict(self.choices)
        return "\n".join(titles.get(code, code) for code in _texts(values.get(self.name)))

    def same(self, stored: Values, read: Values) -> bool:
        """The order of the codes says nothing."""
        return set(_texts(stored.get(self.name))) == set(_texts(read.get(self.name)))


@dataclass(frozen=True, slots=True)
class Found:
    """A finding to choose."""

    code: str
    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class Findings(Field):
    """Findings, found by construct and words; those that were chosen stay in the order they were chosen in."""

    findings: Mapping[str, Finding] | None = None
    cites: Mapping[str, str] | None = None
    constructs: Choices = ()
    construct: str = ""
    shape: ClassVar[str] = "findings"
    repeats: ClassVar[bool] = True
    most: ClassVar[int] = 30

    def fill(self, values: Values) -> Pairs:
        """One pair for each finding, and where to look first."""
        codes = [(self.name, code) for code in _texts(values.get(self.name))]
        return [*codes, (f"{self.name}.construct", self.construct)]

    def read(self, posted: Posted) -> Values:
        """The findings that were chosen; one that is not there any more is left for the loader to name."""
        found = list(dict.fromkeys(code for code in posted.getlist(self.name) if code))
        return {self.name: None if self.optional and not found else found}

    def said(self, values: Values) -> str:
        """What the findings say and where it stands, one on each line."""
        found = (self._found(code) for code in _texts(values.get(self.name)))
        return "\n".join(f"{each.says} ({each.cite or each.code})" for each in found)

    def owns(self, name: str) -> bool:
        """Its findings, and what is looked for."""
        return name in (self.name, *(f"{self.name}.{part}" for part in ("construct", "find", "shown")))

    def press(self, posted: Posted, action: str) -> None:
        """Show what can be found."""
        posted[f"{self.name}.shown"] = "1"

    def chosen(self, posted: Posted) -> list[Found]:
        """Those that are chosen."""
        return [self._found(code) for code in dict.fromkeys(posted.getlist(self.name)) if code]

    def offered(self, posted: Posted) -> list[Found] | None:
        """Those that fit what is looked for and are not chosen yet; None until somebody looks."""
        if not posted.get(f"{self.name}.shown"):
            return None
        construct = posted.get(f"{self.name}.construct", "")
        sought = posted.get(f"{self.name}.find", "").casefold().split()
        taken = set(posted.getlist(self.name))
        fitting = [
            code
            for code, finding in (self.findings or {}).items()
            if code not in taken
            and finding.kind is not Kind.HYPOTHESIS
            and construct in ("", finding.construct)
            and all(word in f"{code} {finding.says} {finding.means}".casefold() for word in sought)
        ]
        return [self._found(code) for code in fitting[: self.most]]

    def _found(self, code: str) -> Found:
        finding = (self.findings or {}).get(code)
        if finding is None:
            return Found(code, "", gettext("There is no such finding."))
        return Found(code, f"{(self.cites or {})[finding.source]}, {finding.locator}", finding.says)


def findings_field(ruleset: RuleSet, construct: str, label: str, hint: str = "", optional: bool = False) -> Findings:
    """The field of a thing's evidence; findings on `construct` are looked for first."""
    return Findings(
        "evidence",
        label,
        hint,
        optional,
        findings=ruleset.findings,
        cites={code: source.cite for code, source in ruleset.sources.items()},
        constructs=construct_choices(ruleset),
        construct=construct,
    )


def construct_choices(ruleset: RuleSet) -> Choices:
    """Every construct by code."""
    return tuple((code, construct.title) for code, construct in ruleset.constructs.items())


def rating_choices() -> Choices:
    """Every worth by its code."""
    return tuple((f"{number:g}", f"{sign(number)} ({rating_words(number)})") for number in RATINGS)


def effect_choices() -> Choices:
    """Everything a rule can do."""
    up, down = N_("lower the risk: rating up by %(step)s"), N_("raise the risk: rating down by %(step)s")
    steps = [number for number in RATINGS if number]
    shifts = [(f"shift {each:g}", gettext(up if each > 0 else down, step=format_number(abs(each)))) for each in steps]
    bounds = [
        (f"at_least {band.value}", gettext("risk is at least: %(band)s", band=words.BAND_WITHIN[band]))
        for band in (Band.MODERATE, Band.HIGH)
    ]
    return (*shifts, *bounds)
