"""Whether what must come out of the cases does: claims, relations between cases, rules and recommendations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from readiness.engine.advice import recommend
from readiness.engine.answers import Answer, Answers, Missing
from readiness.engine.cases import Case, Comparison, Outcome, Relation
from readiness.engine.conditions import Condition, Truth, claims, evaluate
from readiness.engine.framework import BAND_ORDER, Bands
from readiness.engine.ranges import Range, domain_range, open_construct
from readiness.engine.rating import ConstructRating, DomainRating, rate
from readiness.engine.ruleset import RuleSet

OUTCOMES = {True: Outcome.HOLDS, False: Outcome.FAILS, None: Outcome.UNDECIDED}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something that a case says must come out and does not: both in words."""

    case: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a case can expect something of; answering it needs no levers and no answer that would settle most."""

    answers: Answers
    rated: Mapping[str, ConstructRating | DomainRating]
    ranges: Mapping[str, Range | None]
    truths: Mapping[str, Truth]
    advised: frozenset[str]


def _judged(ruleset: RuleSet, answers: Answers) -> _Judged:
    rated = rate(ruleset, answers)
    spans = {code: open_construct(ruleset, scoring, answers).range() for code, scoring in ruleset.scoring.items()}
    domains = {each.domain.code: each for each in rated.domains}
    wide = {code: domain_range(ruleset, each.domain, rated.constructs, spans) for code, each in domains.items()}
    return _Judged(
        answers,
        {**rated.constructs, **domains},
        {**spans, **wide},
        {outcome.rule: outcome.truth for each in rated.constructs.values() for outcome in each.rules},
        frozenset(each.recommendation.code for each in recommend(ruleset, answers, rated)),
    )


def shortfalls(ruleset: RuleSet) -> tuple[Shortfall, ...]:
    """Everything that the cases of a rule set expect and do not get; empty when all is as they say."""
    results = {code: _judged(ruleset, case.answered(ruleset.instrument)) for code, case in ruleset.cases.items()}
    return tuple(
        Shortfall(code, expected, got)
        for code, case in ruleset.cases.items()
        for expected, got in _unmet(ruleset, case, results)
    )


def _unmet(ruleset: RuleSet, case: Case, results: Mapping[str, _Judged]) -> Iterator[tuple[str, str]]:
    result = results[case.code]
    for condition in case.expect:
        if not _comes_out(ruleset.bands, condition, result):
            subjects = dict.fromkeys(claim.subject for claim in claims(condition))
            yield ruleset.say(condition), "; ".join(_said(ruleset, result, subject) for subject in subjects)
    for comparison in case.compare:
        mine, other = (_risks(each, comparison.subject) for each in (result, results[comparison.than]))
        if not stands(comparison, mine, other):
            link = "as" if comparison.relation is Relation.SAME else "than"
            expected = f"{ruleset.name(comparison.subject)}: {comparison.relation.value} {link} in {comparison.than}"
            yield expected, f"{_said(ruleset, result, comparison.subject)}, there {_span_said(other)}"
    for rule, expected_outcome in case.rules.items():
        outcome = OUTCOMES[result.truths[rule]]
        if outcome is not expected_outcome:
            yield f"the rule {rule} {expected_outcome.value}", f"it {outcome.value}"
    advised = result.advised
    yield from ((f"{code} is recommended", "it is not") for code in case.recommends if code not in advised)
    yield from ((f"{code} is not recommended", "it is") for code in case.leaves_out if code in advised)


def _risks(result: _Judged, subject: str) -> Range | None:
    """The risk as a range: one point where it is determined, else all that is possible; None where nothing applies."""
    risk = result.rated[subject].risk
    return result.ranges[subject] if risk is None else Range(risk, risk)


def _comes_out(bands: Bands, condition: Condition, result: _Judged) -> bool:
    """Whether a claim is true; of what is not determinable, whether it is true of every band its range touches."""
    subjects = list(dict.fromkeys(claim.subject for claim in claims(condition)))
    possible = [_possible(bands, result, subject) for subject in subjects]
    return all(
        evaluate(condition, dict(zip(subjects, mixture, strict=True)).__getitem__) is True
        for mixture in product(*possible)
    )


def _possible(bands: Bands, result: _Judged, subject: str) -> tuple[Answer, ...]:
    """What a claim may be about: the answer to an item, or the bands that a construct or domain may be in."""
    if subject not in result.rated:
        return (result.answers[subject],)
    span = _risks(result, subject)
    if span is None:
        return (Missing.NOT_APPLICABLE,)
    lowest, highest = (BAND_ORDER.index(bands.of(risk).value) for risk in (span.best, span.worst))
    return BAND_ORDER[lowest : highest + 1]


def stands(comparison: Comparison, mine: Range | None, other: Range | None) -> bool:
    """Whether one risk surely stands to another as claimed: an estimate as the point it is, what is not determinable
    wherever in its range it lies."""
    if mine is None or other is None:
        return False
    return {
        Relation.HIGHER: mine.best > other.worst,
        Relation.LOWER: mine.worst < other.best,
        Relation.SAME: mine.best == mine.worst == other.best == other.worst,
        Relation.NOT_HIGHER: mine.worst <= other.best,
        Relation.NOT_LOWER: mine.best >= other.worst,
    }[comparison.relation]


def _said(ruleset: RuleSet, result: _Judged, subject: str) -> str:
    rated = result.rated.get(subject)
    if rated is None:
        return f"{ruleset.name(subject)}: {result.answers[subject]}"
    band = rated.band.value if rated.band else "not determinable"
    return f"{ruleset.name(subject)}: {band}, {_span_said(_risks(result, subject))}"


def _span_said(span: Range | None) -> str:
    if span is None:
        return "nothing applies"
    return f"{span.best:g}" if span.best == span.worst else f"{span.best:g} to {span.worst:g}"
