"""The blank questionnaire on paper: who fills it in, its numbered questions, and the keys by which it is typed in."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from readiness.engine.answers import Answer, Missing, Phase, Role
from readiness.engine.instrument import Instrument, Item, Page, Section
from readiness.engine.ruleset import RuleSet

DONT_KNOW, NOT_APPLICABLE, NOT_ANSWERED = "?", "-", "x"
LOOKALIKES = str.maketrans("؟？‐‑‒–—−־×", "??-------x")
MARK_LENGTH = 6
TEAM = tuple(role for role in Role if role is not Role.MANAGER)  # whose questions a team answers together


@dataclass(frozen=True, slots=True)
class Told:
    """What people are told on a sheet of a role: the smallest group, and after how many months answers are deleted."""

    k: int
    months: int


@dataclass(frozen=True)
class Paper:
    """A blank form: the whole questionnaire, the sheet of one role, or (`together`) one that a team fills in as one.

    `sections` are the ones that are asked, None for all; `service` is empty where it is to be written in. Only the
    sheet of a role has `told`.
    """

    ruleset: RuleSet
    phase: Phase
    roles: tuple[Role, ...] = tuple(Role)
    sections: frozenset[str] | None = None
    together: bool = False
    service: str = ""
    told: Told | None = None

    @cached_property
    def instrument(self) -> Instrument:
        """What is asked on it."""
        whole = self.ruleset.instrument
        chosen = [each.code for each in whole.sections] if self.sections is None else self.sections
        return whole.narrowed(self.roles, chosen)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each question by the code of its item, in the order of the sheet."""
        return {item.code: number for number, item in enumerate(self.instrument.asked(self.phase), 1)}

    @cached_property
    def parts(self) -> tuple[tuple[Section, tuple[tuple[Page, tuple[Item, ...]], ...]], ...]:
        """The sections with their pages and the items that are asked in the phase; none is empty."""
        found = []
        for section in self.instrument.sections:
            pages = [(page, tuple(item for item in page.items if item.code in self.numbers)) for page in section.pages]
            if asked := tuple((page, items) for page, items in pages if items):
                found.append((section, asked))
        return tuple(found)

    @property
    def is_typed(self) -> bool:
        """Whether it is typed in afterwards: then each answer stands beside its key."""
        return self.together or self.told is not None

    @property
    def minutes(self) -> int:
        """About how many minutes it takes."""
        return sum(self.ruleset.instrument.minutes_of(section) for section, _ in self.parts)

    @property
    def mark(self) -> str:
        """Letters and digits that differ where the questions or their numbers do: for paper and typing to match."""
        asked = " ".join((self.ruleset.identity.digest, self.phase, *self.numbers))
        return hashlib.sha256(asked.encode()).hexdigest()[:MARK_LENGTH].upper()


def keys_of(item: Item) -> Mapping[str, Answer]:
    """What is typed for each answer to an item: the number of a level, or a sign; nothing stands for not answered."""
    levels = {str(number): option.code for number, option in enumerate(item.options, 1)}
    other = {} if item.not_applicable is None else {NOT_APPLICABLE: Missing.NOT_APPLICABLE}
    open_ones = {NOT_ANSWERED: Missing.NOT_ANSWERED, "": Missing.NOT_ANSWERED}
    return {**levels, **other, DONT_KNOW: Missing.DONT_KNOW, **open_ones}


def typed_answer(item: Item, typed: str) -> Answer | None:
    """The answer that was typed, with the signs and digits of any keyboard; None when it is no key of the item."""
    key = "".join(typed.split()).lower().translate(LOOKALIKES)
    return keys_of(item).get("".join(str(unicodedata.decimal(each, each)) for each in key))


def key_for(item: Item, answer: Answer) -> str:
    """What would be typed for an answer; empty for none."""
    found = {given: key for key, given in keys_of(item).items()}
    return found.get(answer, "")
