"""One assessment > the smallest movement of one weight, limit or rating that takes each domain to another band.

Solved, not sampled: along one movement a domain's risk is made of straight pieces, whose ends are known. On a piece
every distance to a limit is a line, and where it is zero the band may turn.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, pairwise

from readiness.engine.answers import Answers
from readiness.engine.framework import Band, Construct, Domain
from readiness.engine.rating import (
    BEST_RATING,
    WORST_RATING,
    ConstructRating,
    ItemRating,
    Rated,
    rate,
    rate_construct,
    rate_domain,
)  # fmt: skip
from readiness.engine.ruleset import ConstructScoring, ItemScoring, RuleSet

# How far beyond a turning point the band is looked at: more than the engine's rounding, and less than matters.
BEYOND = 1e-6

# How far either way one could as well have set a weight whose tier gives no bounds.
USUAL_WEIGHT_LEEWAY = 0.5

Floors = Mapping[Band, float]
Line = tuple[float, ...]


class Moved(StrEnum):
    """What is moved."""

    WEIGHT = "weight"
    LIMIT = "limit"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Flip:
    """A movement that takes a domain from its band to another: just beyond `by` it `becomes` that.

    `code` is a construct (its weight), a band (its lower limit) or an item (the worth of its `level`). `leeway` is how
    far this may move that way.
    """

    moved: Moved
    code: str
    level: str
    by: float
    leeway: float
    becomes: Band | None

    @property
    def share(self) -> float:
        """How much of its leeway it takes, 0..1: what makes movements of different things comparable."""
        return abs(self.by) / self.leeway


@dataclass(frozen=True, slots=True)
class DomainFlips:
    """A domain, its band (None: not determinable), and what would flip it, smallest share of the leeway first."""

    domain: str
    band: Band | None
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class _Movement:
    """One number that moves: `at` gives the domain's band and its distances to where the band may turn, which are
    straight between `turns`; `low` and `high` are the ends of the leeway."""

    moved: Moved
    code: str
    level: str
    low: float
    high: float
    turns: tuple[float, ...]
    at: Callable[[float], tuple[Band | None, Line]]


def flips(ruleset: RuleSet, answers: Answers) -> tuple[DomainFlips, ...]:
    """What flips each domain of an assessment within the leeway, either way, and at which smallest movement."""
    rated = rate(ruleset, answers)
    found = []
    for domain in rated.domains:
        movements = chain(
            _weights(ruleset, domain.domain, rated),
            _limits(ruleset, domain.domain, answers),
            _ratings(ruleset, domain.domain, rated, answers) if domain.band else (),
        )
        turned = sorted((flip for each in movements for flip in _flips(each)), key=lambda flip: flip.share)
        found.append(DomainFlips(domain.domain.code, domain.band, tuple(turned)))
    return tuple(found)


def _flips(movement: _Movement) -> Iterator[Flip]:
    """The first flip of each direction."""
    band, _ = movement.at(0.0)
    for sign, end in ((-1.0, -movement.low), (1.0, movement.high)):
        by = _first(movement, band, sign, end) if end > 0 else None
        if by is not None:
            becomes, _ = movement.at(sign * min(by + BEYOND, end))
            yield Flip(movement.moved, movement.code, movement.level, sign * by, end, becomes)


def _first(movement: _Movement, band: Band | None, sign: float, end: float) -> float | None:
    """How far one may go in a direction until the band turns; None when it holds to the end."""
    turns = sorted({0.0, end, *(sign * turn for turn in movement.turns if 0 < sign * turn < end)})
    for start, stop in pairwise(turns):
        for by in (start, *_zeros(movement, sign, start, stop)):
            if movement.at(sign * min(by + BEYOND, end))[0] is not band:
                return by
    return end if movement.at(sign * end)[0] is not band else None


def _zeros(movement: _Movement, sign: float, start: float, stop: float) -> list[float]:
    """Where, on a straight piece, a distance is zero, in order."""
    one, other = start + (stop - start) / 4, stop - (stop - start) / 4
    lines = zip(movement.at(sign * one)[1], movement.at(sign * other)[1], strict=True)
    zeros = (one - first * (other - one) / (then - first) for first, then in lines if first != then)
    return sorted(zero for zero in zeros if start < zero < stop)


def _weights(ruleset: RuleSet, domain: Domain, rated: Rated) -> Iterator[_Movement]:
    """Each construct's weight; distances are multiplied by the weight that is known, to be straight."""
    weights = {construct.code: float(construct.tier.weight) for construct in domain.constructs}
    for construct in domain.constructs:
        if rated.constructs[construct.code].asked:
            yield _weight(ruleset, domain, rated, weights, construct)


def _weight(
    ruleset: RuleSet, domain: Domain, rated: Rated, weights: Mapping[str, float], construct: Construct
) -> _Movement:
    code, weight = construct.code, construct.tier.weight
    light, heavy = construct.tier.bounds or (weight - USUAL_WEIGHT_LEEWAY, weight + USUAL_WEIGHT_LEEWAY)
    risks = {other: rated.constructs[other].risk for other in weights if rated.constructs[other].asked}

    def at(by: float) -> tuple[Band | None, Line]:
        moved = {**weights, code: weights[code] + by}
        known = sum(moved[other] for other, risk in risks.items() if risk is not None)
        total = sum(moved[other] * risk for other, risk in risks.items() if risk is not None)
        enough = known - ruleset.determinable_share * sum(moved[other] for other in risks)
        lines = (enough, *(total - floor * known for floor in ruleset.bands.floor.values()))
        return rate_domain(ruleset, domain, rated.constructs, moved).band, lines

    return _Movement(Moved.WEIGHT, code, "", light - weight, heavy - weight, (), at)


def _limits(ruleset: RuleSet, domain: Domain, answers: Answers) -> Iterator[_Movement]:
    """The lower limits of the bands above the lowest; rules and critical barriers that bound at one move with it."""
    scorings = [ruleset.scoring[construct.code] for construct in domain.constructs]
    unbound = (rate_construct(_without_bounds(ruleset), scoring, answers).risk for scoring in scorings)
    risks = [risk for risk in unbound if risk is not None]
    floors = ruleset.bands.floor
    for band in [band for band in Band if floors[band]] if risks else []:

        def at(by: float, band: Band = band) -> tuple[Band | None, Line]:
            moved = _with_floor(ruleset, band, floors[band] + by)
            rated = {scoring.construct.code: rate_construct(moved, scoring, answers) for scoring in scorings}
            return _domain_at(moved, domain, rated)

        others = [floor for other, floor in floors.items() if other is not band]
        low = max(-ruleset.leeway.limits, *(floor - floors[band] for floor in others if floor < floors[band]))
        high = min(
            [ruleset.leeway.limits, 100.0 - floors[band], *(f - floors[band] for f in others if f > floors[band])]
        )
        turns = tuple(risk - floors[band] for risk in (*risks, *others))
        yield _Movement(Moved.LIMIT, band.value, "", low, high, turns, at)


def _ratings(ruleset: RuleSet, domain: Domain, rated: Rated, answers: Answers) -> Iterator[_Movement]:
    """The worth of each level that was given to an item of the domain's determinable constructs."""
    for construct in domain.constructs:
        own = rated.constructs[construct.code]
        if own.mean is None:
            continue
        for item in own.items:
            yield _rating(ruleset, domain, rated, own, item, answers)


def _rating(
    ruleset: RuleSet, domain: Domain, rated: Rated, own: ConstructRating, item: ItemRating, answers: Answers
) -> _Movement:
    code = own.construct.code

    def at(by: float) -> tuple[Band | None, Line]:
        turned = rate_construct(ruleset, _moved(ruleset.scoring[code], item, by), answers)
        return _domain_at(ruleset, domain, {**rated.constructs, code: turned})

    low = max(-ruleset.leeway.ratings, WORST_RATING - item.rating)
    high = min(ruleset.leeway.ratings, BEST_RATING - item.rating)
    ends = (WORST_RATING, BEST_RATING, *((50.0 - floor) / 25.0 for floor in ruleset.bands.floor.values()))
    turns = tuple(own.known * (end - (own.mean or 0.0) - own.shift) for end in ends)
    return _Movement(Moved.RATING, item.item, item.option, low, high, turns, at)


def _domain_at(ruleset: RuleSet, domain: Domain, rated: Mapping[str, ConstructRating]) -> tuple[Band | None, Line]:
    turned = rate_domain(ruleset, domain, rated)
    mean = turned.mean_risk
    return turned.band, () if mean is None else tuple(mean - floor for floor in ruleset.bands.floor.values())


def _with_floor(ruleset: RuleSet, band: Band, floor: float) -> RuleSet:
    return replace(ruleset, bands=replace(ruleset.bands, floor={**ruleset.bands.floor, band: floor}))


def _without_bounds(ruleset: RuleSet) -> RuleSet:
    """The rule set with limits so low that no rule bounds anything."""
    return replace(ruleset, bands=replace(ruleset.bands, floor=dict.fromkeys(Band, 0.0)))


def _moved(scoring: ConstructScoring, item: ItemRating, by: float) -> ConstructScoring:
    """The same scoring with one level worth more or less."""

    def turned(own: ItemScoring) -> ItemScoring:
        worth = replace(own.worth[item.option], rating=own.worth[item.option].rating + by)
        return ItemScoring(own.item, {**own.worth, item.option: worth})

    return replace(scoring, items=tuple(turned(own) if own.item == item.item else own for own in scoring.items))
