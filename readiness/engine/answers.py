"""What a respondent said: one option code or one missing reason per item, in one phase."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from readiness.engine.gaps import is_gap


class Phase(StrEnum):
    """Whether peer support workers have started: items ask about the plan before, about practice after."""

    BEFORE = "before"
    AFTER = "after"


class Role(StrEnum):
    """Who answers."""

    MANAGER = "manager"
    MENTAL_HEALTH_WORKER = "mental_health_worker"
    PEER_SUPPORT_WORKER = "peer_support_worker"
    SERVICE_USER = "service_user"
    OTHER = "other"


class Missing(StrEnum):
    """Why an item has no option. The first two are unknown; the third is known to be empty."""

    NOT_ANSWERED = "not_answered"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"


Answer = str | Missing

UNKNOWN = frozenset({Missing.NOT_ANSWERED, Missing.DONT_KNOW})


MISSING = {missing.value: missing for missing in Missing}


def to_answer(value: str) -> Answer:
    """An answer from its stored or posted word: a missing reason where it is one, else an option code."""
    return MISSING.get(value, value)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by item code. An item that is not named was not answered.

    `gaps` holds a level (`gap_levels`) by subject (`gap_of`) for each item on which two or more sheets of a team have
    one. All others are unknown: so every gap is where one person answers alone. Nothing that is still to be answered
    makes them known: where nobody has said anything, one more answer is one sheet.
    """

    phase: Phase
    given: Mapping[str, Answer]
    gaps: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, phase: Phase, found: Mapping[str, Answer]) -> "Answers":
        """What is found of each subject: answers to items, and gaps on them."""
        gaps = {subject: level for subject, level in found.items() if is_gap(subject) and level not in UNKNOWN}
        return cls(phase, {subject: answer for subject, answer in found.items() if not is_gap(subject)}, gaps)

    def __getitem__(self, subject: str) -> Answer:
        found = self.given.get(subject)
        return self.gaps.get(subject, Missing.NOT_ANSWERED) if found is None else found

    @property
    def found(self) -> Mapping[str, Answer]:
        """What is found of each subject, as `of` takes it."""
        return {**self.given, **self.gaps}

    def replace(self, changes: Mapping[str, Answer]) -> "Answers":
        """The same answers with some of them changed; the gaps stay, since which sheets would change is not known."""
        return Answers(self.phase, MappingProxyType({**self.given, **changes}), self.gaps)
