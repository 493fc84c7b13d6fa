"""Whether what must come out of the cases does: claims, relations between cases, rules and recommendations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from readiness.engine.answers import Answer, Missing
from readiness.engine.cases import Case, Comparison, Outcome, Relation
from readiness.engine.conditions import Condition, claims, evaluate
from readiness.engine.framework import BAND_ORDER, Bands
from readiness.engine.ranges import Range
from readiness.engine.result import ConstructResult, DomainResult, Result
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score

OUTCOMES = {True: Outcome.HOLDS, False: Outcome.FAILS, None: Outcome.UNDECIDED}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something that a case says must come out and does not: both in words."""

    case: str
    expected: str
    got: str


def shortfalls(ruleset: RuleSet) -> tuple[Shortfall, ...]:
    """Everything that the cases of a rule set expect and do not get; empty when all is as they say."""
    results = {code: score(ruleset, case.answered(ruleset.instrument)) for code, case in ruleset.cases.items()}
    return tuple(
        Shortfall(code, expected, got)
        for code, case in ruleset.cases.items()
        for expected, got in _unmet(ruleset, case, results)
    )


def _unmet(ruleset: RuleSet, case: Case, results: Mapping[str, Result]) -> Iterator[tuple[str, str]]:
    result = results[case.code]
    for condition in case.expect:
        if not _comes_out(ruleset.bands, condition, result):
            subjects = dict.fromkeys(claim.subject for claim in claims(condition))
            yield ruleset.say(condition), "; ".join(_said(ruleset, result, subject) for subject in subjects)
    for comparison in case.compare:
        mine, other = (_risks(each, comparison.subject) for each in (result, results[comparison.than]))
        if not _stands(comparison, mine, other):
            expected = f"{ruleset.name(comparison.subject)}: {comparison.relation.value} than in {comparison.than}"
            yield expected, f"{_said(ruleset, result, comparison.subject)}, there {_span_said(other)}"
    truths = {outcome.rule: outcome.truth for construct in result.constructs for outcome in construct.rated.rules}
    for rule, expected_outcome in case.rules.items():
        if OUTCOMES[truths[rule]] is not expected_outcome:
            yield f"the rule {rule} {expected_outcome.value}", f"it {OUTCOMES[truths[rule]].value}"
    advised = {each.recommendation.code for each in result.recommendations}
    yield from ((f"{code} is recommended", "it is not") for code in case.recommends if code not in advised)
    yield from ((f"{code} is not recommended", "it is") for code in case.leaves_out if code in advised)


def _rated(result: Result, subject: str) -> ConstructResult | DomainResult | None:
    """A construct or domain of a result; None for an item."""
    constructs = {each.construct.code: each for each in result.constructs}
    domains = {each.domain.code: each for each in result.domains}
    return constructs.get(subject) or domains.get(subject)


def _risks(result: Result, subject: str) -> Range | None:
    """The risk as a range: one point where it is determined, else all that is possible; None where nothing applies."""
    rated = _rated(result, subject)
    if rated is None or rated.rated.risk is None:
        return rated.range if rated else None
    return Range(rated.rated.risk, rated.rated.risk)


def _comes_out(bands: Bands, condition: Condition, result: Result) -> bool:
    """Whether a claim is true; of what is not determinable, whether it is true of every band its range touches."""
    subjects = list(dict.fromkeys(claim.subject for claim in claims(condition)))
    possible = [_possible(bands, result, subject) for subject in subjects]
    return all(
        evaluate(condition, dict(zip(subjects, mixture, strict=True)).__getitem__) is True
        for mixture in product(*possible)
    )


def _possible(bands: Bands, result: Result, subject: str) -> tuple[Answer, ...]:
    """What a claim may be about: the answer to an item, or the bands that a construct or domain may be in."""
    if _rated(result, subject) is None:
        return (result.answers[subject],)
    span = _risks(result, subject)
    if span is None:
        return (Missing.NOT_APPLICABLE,)
    lowest, highest = (BAND_ORDER.index(bands.of(risk).value) for risk in (span.best, span.worst))
    return BAND_ORDER[lowest : highest + 1]


def _stands(comparison: Comparison, mine: Range | None, other: Range | None) -> bool:
    """Whether one risk surely stands to another as claimed, wherever in their ranges they lie."""
    if mine is None or other is None:
        return False
    return {
        Relation.HIGHER: mine.best > other.worst,
        Relation.LOWER: mine.worst < other.best,
        Relation.SAME: mine.best == mine.worst == other.best == other.worst,
        Relation.NOT_HIGHER: mine.worst <= other.best,
        Relation.NOT_LOWER: mine.best >= other.worst,
    }[comparison.relation]


def _said(ruleset: RuleSet, result: Result, subject: str) -> str:
    rated = _rated(result, subject)
    if rated is None:
        answer = result.answers[subject]
        return f"{ruleset.name(subject)}: {answer}"
    band = rated.band.value if rated.band else "not determinable"
    return f"{ruleset.name(subject)}: {band}, {_span_said(_risks(result, subject))}"


def _span_said(span: Range | None) -> str:
    if span is None:
        return "nothing applies"
    return f"{span.best:g}" if span.best == span.worst else f"{span.best:g} to {span.worst:g}"
