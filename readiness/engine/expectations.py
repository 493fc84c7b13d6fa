"""Whether what must come out of the cases does: claims, relations between cases, rules and recommendations."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from readiness.engine.answers import Answer, Answers, Missing
from readiness.engine.cases import Case, Comparison, Outcome, Relation
from readiness.engine.conditions import Condition, Truth, claims, evaluate
from readiness.engine.framework import BAND_ORDER, Bands
from readiness.engine.gaps import is_gap
from readiness.engine.ranges import Range, domain_range, open_construct
from readiness.engine.rating import ConstructRating, DomainRating, Rated, rate
from readiness.engine.ruleset import Rule, RuleSet

# A risk is given to two decimals, and half of the last may be lost in rounding.
RISK_TOLERANCE = 0.005 + 1e-9
OUTCOMES = {True: Outcome.HOLDS, False: Outcome.FAILS, None: Outcome.UNDECIDED}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something that a case says must come out and does not, in words; `because` names the answers and rules behind.

    `key` is the key of the case that says so, and `subject` what it says it of.
    """

    case: str
    expected: str
    got: str
    because: str
    key: str = ""
    subject: str = ""


# What is demanded and does not come out: the key of the case, the subject, then expected, got and because.
Unmet = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class _Judged:
    """What a case can expect something of; answering it needs no levers and no answer that would settle most."""

    ruleset: RuleSet
    answers: Answers
    rated: Mapping[str, ConstructRating | DomainRating]
    rules: Mapping[str, Truth]
    advised: Mapping[str, Truth]

    @cached_property
    def ranges(self) -> Mapping[str, Range | None]:
        """The range of each construct and domain: worked out when first asked for, as most cases need none."""
        scoring = self.ruleset.scoring
        spans = {code: open_construct(self.ruleset, each, self.answers).range() for code, each in scoring.items()}
        constructs = {code: each for code, each in self.rated.items() if isinstance(each, ConstructRating)}
        wide = {each.code: domain_range(self.ruleset, each, constructs, spans) for each in self.ruleset.domains}
        return {**spans, **wide}


def _judged(ruleset: RuleSet, answers: Answers) -> _Judged:
    rated = rate(ruleset, answers)
    return _Judged(
        ruleset,
        answers,
        {**rated.constructs, **{each.domain.code: each for each in rated.domains}},
        {outcome.rule: outcome.truth for each in rated.constructs.values() for outcome in each.rules},
        advised(ruleset, answers, rated),
    )


def advised(ruleset: RuleSet, answers: Answers, rated: Rated) -> dict[str, Truth]:
    """For each recommendation whether it applies, in three values; only what is true is ever recommended."""

    def look(subject: str) -> Answer:
        construct = rated.constructs.get(subject)
        return answers[subject] if construct is None else construct.band or Missing.NOT_ANSWERED

    return {each.code: evaluate(each.condition, look) for each in ruleset.recommendations}


def shortfalls(ruleset: RuleSet, tried: Collection[str] | None = None) -> tuple[Shortfall, ...]:
    """Everything that the cases of a rule set expect and do not get; empty when all is as they say.

    `tried` names the cases to try, by code; without it all are.
    """
    trying = [case for code, case in ruleset.cases.items() if tried is None or code in tried]
    needed = {case.code for case in trying}.union(each.than for case in trying for each in case.compare)
    judged = {code: _judged(ruleset, ruleset.cases[code].answered(ruleset.instrument)) for code in needed}
    return tuple(
        Shortfall(case.code, expected, got, because, key, subject)
        for case in trying
        for key, subject, expected, got, because in _unmet(ruleset, case, judged)
    )


def _unmet(ruleset: RuleSet, case: Case, judged: Mapping[str, _Judged]) -> Iterator[Unmet]:
    mine = judged[case.code]
    for condition in case.expect:
        if not _comes_out(ruleset.bands, condition, mine):
            subjects = list(dict.fromkeys(claim.subject for claim in claims(condition)))
            got = "; ".join(_said(ruleset, mine, subject) for subject in subjects)
            because = " | ".join(_because(ruleset, mine, subject) for subject in subjects)
            yield "expect", subjects[0], ruleset.say(condition), got, because
    for comparison in case.compare:
        other = judged[comparison.than]
        if not stands(comparison, *(_risks(each, comparison.subject) for each in (mine, other))):
            yield "compare", comparison.subject, *_compared(ruleset, comparison, mine, other)
    for key, subject, wanted in _misrated(case, mine):
        expected = f"{ruleset.name(subject)}: {wanted}"
        yield key, subject, expected, _said(ruleset, mine, subject), _because(ruleset, mine, subject)
    for code, outcome in case.rules.items():
        if (came := OUTCOMES[mine.rules[code]]) is not outcome:
            because = _looked_at(mine, ruleset.rules[code].condition)
            yield "rules", code, f"the rule {code} {outcome}", f"it {came}", because
    yield from _misadvised(ruleset, case, mine)


def _misrated(case: Case, mine: _Judged) -> Iterator[tuple[str, str, str]]:
    """The constructs and domains whose risk, or whose lack of one, is not what the case says, with what it says and
    under which key."""
    for subject in case.not_determinable:
        if mine.rated[subject].risk is not None:
            yield "not_determinable", subject, "not determinable"
    for subject, wanted in case.risk.items():
        risk = mine.rated[subject].risk
        if risk is None or abs(risk - wanted) > RISK_TOLERANCE:
            yield "risk", subject, f"risk {wanted:g}"


def _compared(ruleset: RuleSet, comparison: Comparison, mine: _Judged, other: _Judged) -> tuple[str, str, str]:
    subject = comparison.subject
    link = "as" if comparison.relation is Relation.SAME else "than"
    expected = f"{ruleset.name(subject)}: {comparison.relation} {link} in {comparison.than}"
    got = f"{_said(ruleset, mine, subject)}, there {_span_said(_risks(other, subject))}"
    return expected, got, f"{_because(ruleset, mine, subject)} | there: {_because(ruleset, other, subject)}"


def _misadvised(ruleset: RuleSet, case: Case, mine: _Judged) -> Iterator[Unmet]:
    for each in ruleset.recommendations:
        applies = mine.advised[each.code] is True
        because = _looked_at(mine, each.condition)
        if each.code in case.recommends and not applies:
            yield "recommends", each.code, f"{each.code} is recommended", "it is not", because
        if each.code in case.leaves_out and applies:
            yield "leaves_out", each.code, f"{each.code} is not recommended", "it is", because


def _risks(judged: _Judged, subject: str) -> Range | None:
    """The risk as a range: one point where it is determined, else all that is possible; None where nothing applies."""
    risk = judged.rated[subject].risk
    return judged.ranges[subject] if risk is None else Range(risk, risk)


def _comes_out(bands: Bands, condition: Condition, judged: _Judged) -> bool:
    """Whether a claim is true; of what is not determinable, whether it is true of every band its range touches."""
    subjects = list(dict.fromkeys(claim.subject for claim in claims(condition)))
    possible = [_possible(bands, judged, subject) for subject in subjects]
    return all(
        evaluate(condition, dict(zip(subjects, mixture, strict=True)).__getitem__) is True
        for mixture in product(*possible)
    )


def _possible(bands: Bands, judged: _Judged, subject: str) -> tuple[Answer, ...]:
    """What a claim may be about: the answer to an item, or the bands that a construct or domain may be in."""
    if subject not in judged.rated:
        return (judged.answers[subject],)
    span = _risks(judged, subject)
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


def _said(ruleset: RuleSet, judged: _Judged, subject: str) -> str:
    rated = judged.rated.get(subject)
    if rated is None:
        return f"{ruleset.name(subject)}: {judged.answers[subject]}"
    band = rated.band.value if rated.band else "not determinable"
    return f"{ruleset.name(subject)}: {band}, {_span_said(_risks(judged, subject))}"


def _span_said(span: Range | None) -> str:
    if span is None:
        return "nothing applies"
    return f"{span.best:g}" if span.best == span.worst else f"{span.best:g} to {span.worst:g}"


def _because(ruleset: RuleSet, judged: _Judged, subject: str) -> str:
    """The answers and rules behind what came out of one subject, in a line."""
    rated = judged.rated.get(subject)
    if rated is None:
        return f"{subject} is{'' if is_gap(subject) else ' answered'} {judged.answers[subject]}"
    return _domain_traced(judged, rated) if isinstance(rated, DomainRating) else _construct_traced(ruleset, rated)


def _construct_traced(ruleset: RuleSet, rated: ConstructRating) -> str:
    """Such as `contact: weekly (+1); mean 1 of 1 of 2 answers; rule often_met holds (+0.5)`."""
    if not rated.asked:
        return "nothing applies"
    known = f"{rated.known} of {rated.asked} answers"
    counted = f"{known} known, too few" if rated.mean is None else f"mean {round(rated.mean, 2):g} of {known}"
    levels = ", ".join(f"{each.item}: {each.option} ({each.rating:+g})" for each in rated.items)
    rules = [
        f"rule {each.rule} {OUTCOMES[each.truth]}{_effect(ruleset.rules[each.rule]) if each.truth else ''}"
        for each in rated.rules
        if each.truth is not False
    ]
    return "; ".join(part for part in (levels, counted, *rules) if part)


def _effect(rule: Rule) -> str:
    return f" ({rule.shift:+g})" if rule.at_least is None else f" (at least {rule.at_least})"


def _domain_traced(judged: _Judged, rated: DomainRating) -> str:
    parts = [
        f"{construct.code} {_span_said(_risks(judged, construct.code))} (weight {construct.tier.weight})"
        for construct in rated.domain.constructs
    ]
    bounds = [f"lifted by {', '.join(rated.bounded_by)}"] if rated.bounded_by else []
    return "; ".join([", ".join(parts), *bounds])


def _looked_at(judged: _Judged, condition: Condition) -> str:
    """What a condition looks at and finds."""

    def found(subject: str) -> str:
        rated = judged.rated.get(subject)
        return str(judged.answers[subject]) if rated is None else str(rated.band or "not determinable")

    return ", ".join(f"{subject}: {found(subject)}" for subject in dict.fromkeys(c.subject for c in claims(condition)))
