"""What the cases of a rule set exercise: options, rules and recommendations, and what no case does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from readiness.engine.answers import UNKNOWN, Answers, Missing
from readiness.engine.cases import Case, Outcome
from readiness.engine.conditions import evaluate
from readiness.engine.expectations import OUTCOMES, advised
from readiness.engine.instrument import Item
from readiness.engine.rating import rate
from readiness.engine.ruleset import RuleSet

NOT_KNOWN, DOES_NOT_APPLY = "not known", "does not apply"


class Kind(StrEnum):
    """What a case can exercise."""

    OPTION = "option"
    RULE = "rule"
    RECOMMENDATION = "recommendation"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that a case should exercise: an item answered so, or a rule or recommendation in this state."""

    kind: Kind
    code: str
    state: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """For each target the cases that exercise it, in reading order."""

    cases: Mapping[Target, tuple[str, ...]]

    @property
    def gaps(self) -> tuple[Target, ...]:
        """What no case exercises."""
        return tuple(target for target, cases in self.cases.items() if not cases)


def exercised(ruleset: RuleSet) -> Exercise:
    """What the cases of a rule set exercise; cases count whether or not anything is expected of them."""
    found: dict[Target, list[str]] = {target: [] for target in targets(ruleset)}
    for code, case in ruleset.cases.items():
        for target in dict.fromkeys(_met(ruleset, case)):
            found[target].append(code)
    return Exercise({target: tuple(cases) for target, cases in found.items()})


def targets(ruleset: RuleSet) -> Iterator[Target]:
    """Every answer to every item, and every rule and recommendation in each of the three states."""
    for item in ruleset.instrument.items.values():
        yield from (Target(Kind.OPTION, item.code, state) for state in _answers_to(item))
    for kind, codes in _ruled(ruleset):
        yield from (Target(kind, code, outcome) for code in codes for outcome in Outcome)


def _answers_to(item: Item) -> Iterator[str]:
    yield from item.order
    if item.not_applicable is not None:
        yield DOES_NOT_APPLY
    yield NOT_KNOWN


def _ruled(ruleset: RuleSet) -> tuple[tuple[Kind, Iterable[str]], ...]:
    return (Kind.RULE, ruleset.rules), (Kind.RECOMMENDATION, [each.code for each in ruleset.recommendations])


def _met(ruleset: RuleSet, case: Case) -> Iterator[Target]:
    """What one case exercises; an item that is not asked at its stage is not exercised."""
    answers = case.answered(ruleset.instrument)
    for item in ruleset.instrument.asked(case.phase):
        yield Target(Kind.OPTION, item.code, _state(answers, item.code))
    for code, rule in ruleset.rules.items():
        yield Target(Kind.RULE, code, OUTCOMES[evaluate(rule.condition, answers.__getitem__)])
    for code, truth in advised(ruleset, answers, rate(ruleset, answers)).items():
        yield Target(Kind.RECOMMENDATION, code, OUTCOMES[truth])


def _state(answers: Answers, item: str) -> str:
    answer = answers[item]
    if answer in UNKNOWN:
        return NOT_KNOWN
    return DOES_NOT_APPLY if answer is Missing.NOT_APPLICABLE else answer
