"""How far a result depends on what we chose: weights within their tiers, and the worth of single levels.

Nothing here draws by chance: whoever asks brings the weights to be tried.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from readiness.engine.answers import Answers
from readiness.engine.framework import Band, Domain
from readiness.engine.rating import BEST_RATING, WORST_RATING, ConstructRating, Rated, rate, rate_construct, rate_domain
from readiness.engine.ruleset import ConstructScoring, ItemScoring, RuleSet

Weights = Mapping[str, float]
HALF_POINT = 0.5


@dataclass(frozen=True, slots=True)
class Held:
    """How often the band of one domain (None: not determinable) stayed the same."""

    domain: Domain
    band: Band | None
    same: int
    tried: int


@dataclass(frozen=True, slots=True)
class Flip:
    """A level whose worth, moved by `by` rating points, takes a construct or domain from one band to another."""

    item: str
    level: str
    by: float
    subject: str
    band: Band | None
    becomes: Band | None


@dataclass(frozen=True, slots=True)
class Shifts:
    """What moving each given level by half a point does: how many moves were tried, and what changed its band."""

    tried: int
    constructs: tuple[Flip, ...]
    domains: tuple[Flip, ...]


def weights_held(ruleset: RuleSet, rated: Rated, weightings: Iterable[Weights]) -> tuple[Held, ...]:
    """How often each domain keeps its band when its constructs get other weights."""
    tried = 0
    same = dict.fromkeys((domain.domain.code for domain in rated.domains), 0)
    for weights in weightings:
        tried += 1
        for domain in rated.domains:
            same[domain.domain.code] += (
                rate_domain(ruleset, domain.domain, rated.constructs, weights).band is domain.band
            )
    return tuple(Held(domain.domain, domain.band, same[domain.domain.code], tried) for domain in rated.domains)


def half_point_shifts(ruleset: RuleSet, answers: Answers) -> Shifts:
    """What changes its band when the worth of one given level is half a point more or less.

    Levels that nobody chose are left alone: their worth moves ranges, never an estimate.
    """
    rated = rate(ruleset, answers)
    tried, constructs, domains = 0, [], []
    for code, scoring in ruleset.scoring.items():
        domain = ruleset.domain_of[code]
        before = next(each.band for each in rated.domains if each.domain is domain)
        for item in rated.constructs[code].items:
            for by in (-HALF_POINT, HALF_POINT):
                moved = _moved(scoring, item.item, item.option, by)
                if moved is None:
                    continue
                tried += 1
                turned = rate_construct(ruleset, moved, answers)
                constructs += _flip(item.item, item.option, by, code, rated.constructs[code].band, turned.band)
                after = _domain_band(ruleset, domain, rated.constructs, turned)
                domains += _flip(item.item, item.option, by, domain.code, before, after)
    return Shifts(tried, tuple(constructs), tuple(domains))


def _moved(scoring: ConstructScoring, item: str, level: str, by: float) -> ConstructScoring | None:
    """The same scoring with one level worth more or less; None where it would leave -2..+2."""

    def turned(own: ItemScoring) -> ItemScoring:
        worth = replace(own.worth[level], rating=own.worth[level].rating + by)
        return ItemScoring(own.item, {**own.worth, level: worth})

    items = tuple(turned(own) if own.item == item else own for own in scoring.items)
    (rating,) = (own.ratings[level] for own in items if own.item == item)
    return replace(scoring, items=items) if WORST_RATING <= rating <= BEST_RATING else None


def _domain_band(
    ruleset: RuleSet, domain: Domain, constructs: Mapping[str, ConstructRating], turned: ConstructRating
) -> Band | None:
    return rate_domain(ruleset, domain, {**constructs, turned.construct.code: turned}).band


def _flip(item: str, level: str, by: float, subject: str, band: Band | None, becomes: Band | None) -> list[Flip]:
    return [] if band is becomes else [Flip(item, level, by, subject, band, becomes)]
