"""What comes out of scoring. Everything shown anywhere (page, PDF, export, API) is a view of `Result`."""

from dataclasses import dataclass
from enum import StrEnum

from readiness.engine.advice import Lever, RecommendationResult
from readiness.engine.answers import Answers, Phase
from readiness.engine.framework import Band, Construct, Domain
from readiness.engine.ranges import Range, Settles
from readiness.engine.rating import ConstructRating, DomainRating
from readiness.engine.ruleset import Identity


class Certainty(StrEnum):
    """How far a band can be relied on, given what is unknown."""

    SETTLED = "settled"
    PROVISIONAL = "provisional"
    NOT_DETERMINABLE = "not determinable"


@dataclass(frozen=True, slots=True)
class ConstructResult:
    """A construct's rating with its range, certainty and the answer that would settle most."""

    rated: ConstructRating
    range: Range | None
    certainty: Certainty
    settles: Settles | None

    @property
    def construct(self) -> Construct:
        """The construct itself."""
        return self.rated.construct

    @property
    def band(self) -> Band | None:
        """Its band; None when not determinable."""
        return self.rated.band


@dataclass(frozen=True, slots=True)
class DomainResult:
    """A domain's rating with its range and certainty; `decided_by` names the constructs that weigh most on it."""

    rated: DomainRating
    range: Range | None
    certainty: Certainty
    settles: Settles | None
    decided_by: tuple[str, ...]
    constructs: tuple[ConstructResult, ...]

    @property
    def domain(self) -> Domain:
        """The domain itself."""
        return self.rated.domain

    @property
    def band(self) -> Band | None:
        """Its band; None when not determinable."""
        return self.rated.band


@dataclass(frozen=True, slots=True)
class UnknownItem:
    """An item without an answer, the construct it is scored for, and whether *don't know* was said."""

    item: str
    construct: str
    dont_know: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One assessment: the layers in order, each tracing to the one before. There is no overall score."""

    ruleset: Identity
    phase: Phase
    answers: Answers
    domains: tuple[DomainResult, ...]
    critical: tuple[str, ...]
    unknown: tuple[UnknownItem, ...]
    recommendations: tuple[RecommendationResult, ...]
    levers: tuple[Lever, ...]

    @property
    def constructs(self) -> tuple[ConstructResult, ...]:
        """All constructs in reading order."""
        return tuple(construct for domain in self.domains for construct in domain.constructs)
