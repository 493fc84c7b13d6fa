"""Fields that are built from rows: conditions, exceptions, and the answers that a recommendation would improve.

The levels of a row are those of its subject, so the page works in steps: choose a subject, show its levels, choose. The
names of the controls say where a row stands: `when.0.1.subject` is the subject of the second row of the first group.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from readiness.engine.conditions import OPERATORS, ClaimError, Condition
from readiness.engine.framework import Band
from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError
from readiness.language import N_, gettext
from readiness.loading.revising import Values
from readiness.loading.rows import (
    ALL,
    ANY,
    Block,
    Row,
    Subjects,
    block_of,
    condition_of,
    entries_of,
    entries_value,
    value_of,
)
from readiness.loading.ruleset import all_subjects, scored_subjects
from readiness.report import words
from readiness.web.workbench.form_fields import Choices, Field, Pairs, Posted, text_of

MOST_ROWS = 60
OPERATOR_WORDS = {
    "is": N_("is"),
    "at least": N_("is at least"),
    "at most": N_("is at most"),
    "one of": N_("is one of"),
    "not": N_("is anything but"),
    "answered": N_("is answered, whatever the answer"),
}
JOINER_WORDS = {ALL: N_("all of these hold"), ANY: N_("at least one of these holds")}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row as the page shows it; `shown` is the subject whose levels it shows."""

    name: str
    subject: str
    shown: str
    operator: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, and their place."""

    number: int
    rows: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Rows(Field):
    """A condition built from rows; `exceptions` is a list of conditions none of which may hold.

    `titles` are the choices of subjects by heading, `levels` the choices of levels by subject; `kept` is the condition
    as it stands, to be said where rows cannot hold it.
    """

    subjects: Subjects = field(default_factory=dict)
    titles: Mapping[str, Choices] = field(default_factory=dict)
    levels: Mapping[str, Choices] = field(default_factory=dict)
    say: Callable[[Condition], str] | None = None
    exceptions: bool = False
    kept: Condition | None = None
    shape: ClassVar[str] = "rows"

    def fill(self, values: Values) -> Pairs:
        """The rows of a condition, or that rows cannot hold it."""
        block = self._block(values)
        if block is None:
            return [(f"{self.name}.kept", "1")]
        pairs = [(f"{self.name}.joiner", block.joiner)]
        if not block.groups and not self.exceptions:
            pairs.append((f"{self.name}.0.0.subject", ""))
        for group, rows in enumerate(block.groups):
            for number, row in enumerate(rows):
                pairs += _pairs(f"{self.name}.{group}.{number}", row)
        return pairs

    def read(self, posted: Posted) -> Values:
        """The condition; nothing where rows cannot hold it, so that it stays. Raises ReadinessError."""
        if self.is_kept(posted):
            return {}
        block = self._read(posted)
        if self.exceptions:
            return {self.name: entries_value(block)}
        return {self.name: value_of(block) if block.groups else {}}

    def said(self, values: Values) -> str:
        """The condition in words, or as the file has it."""
        block = self._block(values)
        if block is None:
            return text_of(str(values.get(self.name)))
        return self._words(block)

    def same(self, stored: Values, read: Values) -> bool:
        """Two ways to write one condition are the same."""
        return self._block(stored) == self._block(read) or not read

    def is_kept(self, posted: Posted) -> bool:
        """Whether rows cannot hold the condition."""
        return bool(posted.get(f"{self.name}.kept"))

    def owns(self, name: str) -> bool:
        """Its joiner, whether it is kept, and the controls of its rows."""
        of_row = re.fullmatch(re.escape(self.name) + r"\.\d{1,3}\.\d{1,3}\.(subject|shown|operator|level)", name)
        return bool(of_row) or name in (f"{self.name}.joiner", f"{self.name}.kept")

    def holds_many(self, name: str) -> bool:
        """The levels of a row."""
        return name.endswith(".level")

    def words(self, posted: Posted) -> str:
        """The rows said in words; nothing as long as they make no sense."""
        try:
            return self._words(self._read(posted)) if not self.is_kept(posted) else ""
        except ReadinessError:
            return ""

    def kept_words(self) -> str:
        """The condition as it stands, in words."""
        return self.say(self.kept) if self.say and self.kept else ""

    def joiner(self, posted: Posted) -> str:
        """Which word joins the groups."""
        return ANY if self.exceptions or posted.get(f"{self.name}.joiner") == ANY else ALL

    def joiners(self) -> Choices:
        """The two words that can join groups."""
        return tuple((code, gettext(said)) for code, said in JOINER_WORDS.items())

    def operators(self) -> Choices:
        """The words of the closed vocabulary that name levels; a gap between sheets is written in the file."""
        return tuple((code, gettext(said)) for code, said in OPERATOR_WORDS.items())

    def groups(self, posted: Posted) -> list[Group]:
        """The rows that were sent, in their groups."""
        pattern = re.compile(re.escape(self.name) + r"\.(\d{1,3})\.(\d{1,3})\.subject")
        places = sorted((int(found[1]), int(found[2])) for name in posted if (found := pattern.fullmatch(name)))
        groups: dict[int, list[Drawn]] = {}
        for group, number in places[:MOST_ROWS]:
            groups.setdefault(group, []).append(_drawn(posted, f"{self.name}.{group}.{number}"))
        return [Group(number, tuple(rows)) for number, rows in groups.items()]

    def press(self, posted: Posted, action: str) -> None:
        """Add a group or a row to one, take a row away, or show the levels of what was chosen."""
        verb, _, place = action.partition(" ")
        if verb == "remove":
            for name in [name for name in posted if name.startswith(f"{self.name}.{place}.")]:
                posted.poplist(name)
        elif verb == "add":
            groups = {group.number: group for group in self.groups(posted)}
            own = groups.get(int(place)) if place.isdecimal() and len(place) < 4 else None
            number = own.number if own else max(groups, default=-1) + 1
            after = int(own.rows[-1].name.rpartition(".")[2]) + 1 if own else 0
            posted[f"{self.name}.{number}.{after}.subject"] = ""
        for row in (row for group in self.groups(posted) for row in group.rows):
            posted[f"{row.name}.shown"] = row.subject

    def _block(self, values: Values) -> Block | None:
        read = entries_of if self.exceptions else block_of
        return read(values.get(self.name), self.subjects)

    def _read(self, posted: Posted) -> Block:
        groups = ([self._row(row) for row in group.rows if row.subject] for group in self.groups(posted))
        return Block(self.joiner(posted), tuple(tuple(rows) for rows in groups if rows))

    def _row(self, row: Drawn) -> Row:
        title = self._titles().get(row.subject, row.subject)
        if row.subject not in self.subjects:
            raise ReadinessError(gettext("%(title)s is not there any more; choose another.", title=title))
        if row.subject != row.shown:
            raise ReadinessError(
                gettext("The levels of %(title)s are not chosen yet: show them, then choose.", title=title)
            )
        takes = OPERATORS[row.operator][0] if row.operator in OPERATOR_WORDS else "one"
        if takes == "none":
            return Row(row.subject, row.operator, ())
        if not row.levels or (takes == "one" and len(row.levels) > 1):
            many = gettext("%(title)s: choose at least one level.", title=title)
            one = gettext("%(title)s: choose exactly one level, or “is one of”.", title=title)
            raise ReadinessError(one if takes == "one" else many)
        return Row(row.subject, row.operator if row.operator in OPERATOR_WORDS else "is", row.levels)

    def _titles(self) -> dict[str, str]:
        return dict(pair for choices in self.titles.values() for pair in choices)

    def _words(self, block: Block) -> str:
        try:
            return self.say(condition_of(block, self.subjects)) if self.say and block.groups else ""
        except (ClaimError, KeyError):
            return ""


@dataclass(frozen=True, slots=True)
class Improves(Rows):
    """Items with the level that they would move to: rows with one level and no operator."""

    shape: ClassVar[str] = "improves"

    def fill(self, values: Values) -> Pairs:
        """One row for each item."""
        pairs: Pairs = []
        for number, (item, level) in enumerate(self._improved(values).items()):
            pairs += _pairs(f"{self.name}.0.{number}", Row(item, "is", (level,)))
        return pairs

    def read(self, posted: Posted) -> Values:
        """Level by item. Raises ReadinessError."""
        rows = [row for group in self._read(posted).groups for row in group]
        improved = {row.subject: row.levels[0] for row in rows}
        if len(improved) < len(rows):
            raise ReadinessError(gettext("One item stands here twice; take one of the two away."))
        return {self.name: dict(improved)}

    def said(self, values: Values) -> str:
        """The items with their levels, one on each line."""
        titles = self._titles()
        return "\n".join(
            f"{titles.get(item, item)}: {dict(self.levels.get(item, ())).get(level, level)}"
            for item, level in self._improved(values).items()
        )

    def same(self, stored: Values, read: Values) -> bool:
        """The same items with the same levels."""
        return self._improved(stored) == self._improved(read)

    def words(self, posted: Posted) -> str:
        """Nothing: the rows say it."""
        return ""

    def _improved(self, values: Values) -> dict[str, str]:
        value = values.get(self.name)
        return {item: text_of(level) for item, level in value.items()} if isinstance(value, Mapping) else {}


def _pairs(name: str, row: Row) -> Pairs:
    first = [(f"{name}.subject", row.subject), (f"{name}.shown", row.subject), (f"{name}.operator", row.operator)]
    return [*first, *((f"{name}.level", level) for level in row.levels)]


def _drawn(posted: Posted, name: str) -> Drawn:
    subject, shown, operator = (posted.get(f"{name}.{part}", "") for part in ("subject", "shown", "operator"))
    levels = tuple(dict.fromkeys(posted.getlist(f"{name}.level"))) if subject == shown else ()
    return Drawn(name, subject, shown, operator or "is", levels)


def subject_titles(ruleset: RuleSet, *, scored: bool = False, bands: bool = False) -> dict[str, Choices]:
    """What rows can ask about: items by section (only `scored` ones?), and constructs where `bands` count."""
    titles = {
        section.title: tuple((item.code, item.short) for item in section.items)
        for section in ruleset.instrument.sections
        if section.scored or not scored
    }
    if bands:
        constructs = tuple((code, construct.title) for code, construct in ruleset.constructs.items())
        titles[gettext("Constructs, by their band")] = constructs
    return titles


def subject_levels(ruleset: RuleSet) -> dict[str, Choices]:
    """What each subject can be: the levels of items, the bands of constructs."""
    bands = tuple((band.value, words.BAND[band]) for band in Band)
    levels: dict[str, Choices] = dict.fromkeys(ruleset.constructs, bands)
    for code, item in ruleset.instrument.items.items():
        levels[code] = tuple((option.code, option.text) for option in item.options)
    return levels


def subjects_of(ruleset: RuleSet, *, bands: bool) -> Subjects:
    """What conditions may claim something of: items, and in advice constructs too."""
    instrument = ruleset.instrument
    return all_subjects(instrument, ruleset.domains) if bands else scored_subjects(instrument)
