"""Pairs of cases as they are shown beside the rule they teach: one answer changes, and so does the risk."""

from dataclasses import dataclass

from readiness.engine.answers import Missing
from readiness.engine.cases import Case, Pair
from readiness.engine.rating import ConstructRating, DomainRating, Rated, rate
from readiness.engine.ruleset import RuleSet
from readiness.report import words
from readiness.report.said import whole


@dataclass(frozen=True, slots=True)
class MoveView:
    """What becomes of one construct or domain, in words."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair in words: the answers both cases share, the one that changes, and what follows."""

    code: str
    title: str
    about: str
    shared: tuple[str, ...]
    item: str
    before: str
    after: str
    moves: tuple[MoveView, ...]
    first: str
    then: str


def pair_view(ruleset: RuleSet, code: str) -> PairView:
    """One pair, rated anew."""
    pair = ruleset.pairs[code]
    first, then = ruleset.cases[pair.first], ruleset.cases[pair.then]
    rated = [rate(ruleset, case.answered(ruleset.instrument)) for case in (first, then)]
    moves = tuple(
        MoveView(ruleset.name(comparison.subject), *(_risk_words(each, comparison.subject) for each in rated))
        for comparison in then.compare
    )
    return PairView(
        code=code,
        title=pair.title,
        about=pair.about,
        shared=tuple(_answer_words(ruleset, first, item) for item in first.answers if item != pair.item),
        item=ruleset.name(pair.item),
        before=_level_words(ruleset, first, pair),
        after=_level_words(ruleset, then, pair),
        moves=moves,
        first=pair.first,
        then=pair.then,
    )


def _level_words(ruleset: RuleSet, case: Case, pair: Pair) -> str:
    answer = case.answers[pair.item].answer if pair.item in case.answers else case.otherwise
    return words.MISSING[answer] if isinstance(answer, Missing) else ruleset.level(pair.item, answer)


def _answer_words(ruleset: RuleSet, case: Case, item: str) -> str:
    answer = case.answers[item].answer
    level = words.MISSING[answer] if isinstance(answer, Missing) else ruleset.level(item, answer)
    return words.WHY_ANSWER.format(item=ruleset.name(item), level=level)


def _risk_words(rated: Rated, subject: str) -> str:
    found: ConstructRating | DomainRating | None = rated.constructs.get(subject)
    if found is None:
        found = next(domain for domain in rated.domains if domain.domain.code == subject)
    if found.risk is None:
        return words.BAND_WITHIN[None]
    return words.RISK_BAND.format(risk=whole(found.risk), band=words.BAND_WITHIN[found.band])
