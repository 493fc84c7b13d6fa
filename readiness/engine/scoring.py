"""`score(ruleset, answers) -> Result`: answers > ratings > rules > bands > recommendations, in this order only."""

from collections.abc import Mapping

from readiness.engine.advice import levers, recommend
from readiness.engine.answers import UNKNOWN, Answers, Missing
from readiness.engine.framework import Band, Bands
from readiness.engine.ranges import Range, Settles, domain_range, most_settling, open_construct
from readiness.engine.rating import ConstructRating, DomainRating, Rated, rate
from readiness.engine.result import Certainty, ConstructResult, DomainResult, Result, UnknownItem
from readiness.engine.ruleset import RuleSet


def score(ruleset: RuleSet, answers: Answers) -> Result:
    """Score one set of answers. Pure: the same input gives the same result on every machine."""
    rated = rate(ruleset, answers)
    return Result(
        ruleset=ruleset.identity,
        phase=answers.phase,
        answers=answers,
        domains=domain_results(ruleset, answers, rated),
        critical=tuple(code for code in ruleset.constructs if rated.constructs[code].is_critical_barrier),
        unknown=_unknown(ruleset, answers),
        recommendations=recommend(ruleset, answers, rated),
        levers=levers(ruleset, answers, rated),
    )


def domain_results(ruleset: RuleSet, answers: Answers, rated: Rated) -> tuple[DomainResult, ...]:
    """Every domain with its constructs, each with its range and certainty; no advice, which costs as much again."""
    states = {code: open_construct(ruleset, scoring, answers) for code, scoring in ruleset.scoring.items()}
    ranges = {code: state.range() for code, state in states.items()}
    constructs = {
        code: ConstructResult(
            rated.constructs[code],
            ranges[code],
            _certainty(ruleset.bands, rated.constructs[code].band, ranges[code]),
            most_settling(ruleset, scoring, answers, states[code], ranges[code]),
        )
        for code, scoring in ruleset.scoring.items()
    }
    return tuple(_domain_result(ruleset, domain, rated.constructs, ranges, constructs) for domain in rated.domains)


def _certainty(bands: Bands, band: Band | None, span: Range | None) -> Certainty:
    if band is None or span is None:
        return Certainty.NOT_DETERMINABLE
    settled = bands.of(span.best) is bands.of(span.worst)
    return Certainty.SETTLED if settled else Certainty.PROVISIONAL


def _domain_result(
    ruleset: RuleSet,
    rated: DomainRating,
    ratings: Mapping[str, ConstructRating],
    ranges: Mapping[str, Range | None],
    constructs: Mapping[str, ConstructResult],
) -> DomainResult:
    span = domain_range(ruleset, rated.domain, ratings, ranges)
    parts = tuple(constructs[construct.code] for construct in rated.domain.constructs)
    return DomainResult(
        rated,
        span,
        _certainty(ruleset.bands, rated.band, span),
        _domain_settles(parts),
        _decided_by(rated, ratings),
        parts,
    )


def _domain_settles(parts: tuple[ConstructResult, ...]) -> Settles | None:
    """The item that would narrow the domain most: points times the construct's share of the applicable weight."""
    total = sum(part.construct.tier.weight for part in parts if part.rated.asked)
    weighed = [
        Settles(part.settles.item, part.settles.points * part.construct.tier.weight / total)
        for part in parts
        if part.settles
    ]
    return max(weighed, key=lambda settles: settles.points, default=None)


def _decided_by(rated: DomainRating, ratings: Mapping[str, ConstructRating]) -> tuple[str, ...]:
    """What bounds the domain; else the constructs that pull it furthest from the middle in the direction it went."""
    if rated.risk is None:
        return ()
    if rated.bounded_by:
        return rated.bounded_by
    pulls = {
        construct.code: construct.tier.weight * (risk - 50.0)
        for construct in rated.domain.constructs
        if (risk := ratings[construct.code].risk) is not None
    }
    sign = 1 if rated.risk >= 50 else -1
    leading = sorted((code for code in pulls if sign * pulls[code] > 0), key=lambda code: -sign * pulls[code])
    return tuple(leading[:2])


def _unknown(ruleset: RuleSet, answers: Answers) -> tuple[UnknownItem, ...]:
    return tuple(
        UnknownItem(item.code, ruleset.construct_of[item.code], answers[item.code] is Missing.DONT_KNOW)
        for item in ruleset.instrument.asked(answers.phase)
        if item.code in ruleset.construct_of and answers[item.code] in UNKNOWN
    )
