"""What changed answers would do: a result beside the same scored again, and the answer that would settle most."""

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.engine.advice import RecommendationResult
from readiness.engine.answers import Answer, Answers
from readiness.engine.conditions import claims
from readiness.engine.instrument import Item
from readiness.engine.ranges import Settles
from readiness.engine.result import ConstructResult, DomainResult, Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score


@dataclass(frozen=True, slots=True)
class Change:
    """One answer as it is and as it is tried, for better or worse."""

    item: str
    before: Answer
    after: Answer


@dataclass(frozen=True, slots=True)
class Difference:
    """A result, and what the same answers come to with some of them changed. Domains and constructs keep their order;
    `come` are recommendations that apply only then, `go` those that no longer do."""

    changes: tuple[Change, ...]
    before: Result
    after: Result
    come: tuple[RecommendationResult, ...]
    go: tuple[RecommendationResult, ...]

    @property
    def domains(self) -> tuple[tuple[DomainResult, DomainResult], ...]:
        """Each domain before and after."""
        return tuple(zip(self.before.domains, self.after.domains, strict=True))

    @property
    def constructs(self) -> tuple[tuple[ConstructResult, ConstructResult], ...]:
        """Each construct before and after."""
        return tuple(zip(self.before.constructs, self.after.constructs, strict=True))


def tryable(ruleset: RuleSet, answers: Answers) -> tuple[Item, ...]:
    """The items of the phase that anything in the calculation reads, in reading order."""
    asked = {claim.subject for advice in ruleset.recommendations for claim in claims(advice.condition)}
    items = ruleset.instrument.asked(answers.phase)
    return tuple(item for item in items if item.code in asked or ruleset.touched_by[item.code])


def what_if(ruleset: RuleSet, before: Result, changed: Mapping[str, Answer]) -> Difference:
    """Score again with some answers changed. What is as it was is no change."""
    changes = tuple(
        Change(item, before.answers[item], changed[item])
        for item in ruleset.instrument.items
        if item in changed and changed[item] != before.answers[item]
    )
    after = before
    if changes:
        after = score(ruleset, before.answers.replace({change.item: change.after for change in changes}))
    then, now = ({found.recommendation.code for found in each.recommendations} for each in (before, after))
    return Difference(
        changes,
        before,
        after,
        come=tuple(found for found in after.recommendations if found.recommendation.code not in then),
        go=tuple(found for found in before.recommendations if found.recommendation.code not in now),
    )


def settling_most(result: Result) -> tuple[DomainResult, Settles] | None:
    """The unknown answer that would narrow the range of a domain most, of all domains; None when nothing is open."""
    found = [(domain, domain.settles) for domain in result.domains if domain.settles]
    return max(found, key=lambda pair: pair[1].points, default=None)
