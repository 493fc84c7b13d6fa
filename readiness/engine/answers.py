"""What a respondent said: one option code or one missing reason per item, in one phase."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


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
    """Answers by item code. An item that is not named was not answered."""

    phase: Phase
    given: Mapping[str, Answer]

    def __getitem__(self, item: str) -> Answer:
        return self.given.get(item, Missing.NOT_ANSWERED)

    def replace(self, changes: Mapping[str, Answer]) -> "Answers":
        """The same answers with some of them changed."""
        return Answers(self.phase, MappingProxyType({**self.given, **changes}))
