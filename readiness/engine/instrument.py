"""What is asked: sections of pages of items, each item with anchored levels from least to most."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from readiness.engine.answers import Phase, Role
from readiness.engine.gaps import gap_levels, gap_of


@dataclass(frozen=True, slots=True)
class Option:
    """One anchored level: a described state."""

    code: str
    text: str


@dataclass(frozen=True)
class Item:
    """One question with its levels, least to most; `ask` holds its wording for each phase it is asked in.

    `past` marks a fact that nobody can change any more: it counts, but it is no lever.
    """

    code: str
    short: str
    ask: Mapping[Phase, str]
    help: str
    why: str
    evidence: tuple[str, ...]
    asked: tuple[Role, ...]
    options: tuple[Option, ...]
    not_applicable: str | None = None
    past: bool = False

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Option codes from least to most."""
        return tuple(option.code for option in self.options)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Option texts by code."""
        return {option.code: option.text for option in self.options}


@dataclass(frozen=True, slots=True)
class Page:
    """Three to six items of one kind."""

    code: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a questionnaire on peer support could ask: the items that do, or why (in part) none does."""

    title: str
    asked: tuple[str, ...]
    left_out: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A part of the questionnaire; an unscored section describes the service. `subjects` say what it covers."""

    code: str
    title: str
    about: str
    minutes: int
    scored: bool
    pages: tuple[Page, ...]
    subjects: tuple[Subject, ...] = ()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in reading order."""
        return tuple(item for page in self.pages for item in page.items)


@dataclass(frozen=True)
class Instrument:
    """The whole questionnaire in reading order."""

    sections: tuple[Section, ...]

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Items by code, in reading order."""
        return {item.code: item for section in self.sections for item in section.items}

    @cached_property
    def subjects(self) -> Mapping[str, Item]:
        """What conditions may ask about: the items, and the gap on each as an item whose levels are steps."""
        return {**self.items, **{gap.code: gap for gap in map(_gap_on, self.items.values())}}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section of each item code."""
        return {item.code: section for section in self.sections for item in section.items}

    def asked(self, phase: Phase) -> Iterator[Item]:
        """The items asked in a phase, in reading order."""
        return (item for item in self.items.values() if phase in item.ask)

    def narrowed(self, roles: Iterable[Role], sections: Iterable[str]) -> "Instrument":
        """What is left for whoever is asked as one of the roles, and answers only these sections."""
        asked, chosen = frozenset(roles), frozenset(sections)
        return Instrument(
            tuple(
                replace(section, pages=pages)
                for section in self.sections
                if section.code in chosen and (pages := tuple(_narrowed(section.pages, asked)))
            )
        )

    def minutes_of(self, section: Section) -> int:
        """About how many minutes a section of this questionnaire takes when it may be narrowed; at least one."""
        whole = next(each for each in self.sections if each.code == section.code)
        return max(1, ceil(whole.minutes * len(section.items) / len(whole.items)))


def _narrowed(pages: Iterable[Page], roles: frozenset[Role]) -> Iterator[Page]:
    for page in pages:
        items = tuple(item for item in page.items if roles & set(item.asked))
        if items:
            yield replace(page, items=items)


def _gap_on(item: Item) -> Item:
    levels = tuple(Option(level, f"{level} steps") for level in gap_levels(item.order))
    return replace(item, code=gap_of(item.code), short=f"{item.short} (gap)", options=levels, not_applicable=None)
