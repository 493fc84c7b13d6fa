"""Many assessments, and weights, limits and ratings drawn within their leeway > how often bands stay as they are.

Nothing here draws by itself: whoever asks brings the generator. Everything is drawn at once, each number evenly within
its own leeway; bands are worked out for a block of assessments and a block of draws together.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readiness.engine.framework import BAND_ORDER, Band, Construct
from readiness.engine.rating import BEST_RATING, RISK_DECIMALS, WORST_RATING
from readiness.engine.ruleset import ConstructScoring, RuleSet
from readiness.workbench.columns import UNKNOWN, Columns
from readiness.workbench.flips import USUAL_WEIGHT_LEEWAY, Moved
from readiness.workbench.grids import NO_BAND, TRUE, Floats
from readiness.workbench.literals import truths_of

Truth = NDArray[np.bool_]
Bands = NDArray[np.uint8]

# Assessments times draws that are worked through together, and assessments among these.
BLOCK, MOST_ROWS = 131_072, 1_024

# What is moved together: each alone, then all at once.
TOGETHER: Mapping[str, frozenset[Moved]] = {
    **{moved.value: frozenset({moved}) for moved in Moved},
    "all": frozenset(Moved),
}


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Numbers as they could as well have been, one of each per draw: weights by construct, floors by band, and ratings
    by item (a row per draw, a column per level)."""

    count: int
    weights: Mapping[str, Floats]
    floors: Mapping[Band, Floats]
    ratings: Mapping[str, Floats]

    def only(self, moved: frozenset[Moved], ruleset: RuleSet) -> "Draws":
        """The same draws with all that is not `moved` as the rule set has it."""
        still = unmoved(ruleset, self.count)
        return Draws(
            self.count,
            self.weights if Moved.WEIGHT in moved else still.weights,
            self.floors if Moved.LIMIT in moved else still.floors,
            self.ratings if Moved.RATING in moved else still.ratings,
        )

    def part(self, start: int, stop: int) -> "Draws":
        """The draws from `start` to before `stop`."""
        cut = slice(start, stop)
        return Draws(
            len(range(self.count)[cut]),
            {code: drawn[cut] for code, drawn in self.weights.items()},
            {band: drawn[cut] for band, drawn in self.floors.items()},
            {item: drawn[cut] for item, drawn in self.ratings.items()},
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Of the assessments with a band of a domain: how many, and the share (0..1) of their draws in which it stays, for
    what is moved alone and for all at once. `band` is None for those that are not determinable."""

    domain: str
    band: Band | None
    assessments: int
    shares: Mapping[str, float]


def draw(ruleset: RuleSet, count: int, rng: np.random.Generator) -> Draws:
    """So many draws, each number evenly within its leeway; ratings stay within -2..+2 and limits in their order."""
    weights = {code: rng.uniform(*_weight_bounds(construct), count) for code, construct in ruleset.constructs.items()}
    limits, by = ruleset.leeway.limits, ruleset.leeway.ratings
    moved = np.sort([rng.uniform(floor - limits, floor + limits, count) for floor in _limits(ruleset)], axis=0)
    floors = {band: np.full(count, floor) for band, floor in ruleset.bands.floor.items()}
    floors.update(zip((band for band in Band if ruleset.bands.floor[band]), np.clip(moved, 0.0, 100.0), strict=True))
    ratings = {
        item: np.clip(rng.uniform(worth - by, worth + by, (count, len(worth))), WORST_RATING, BEST_RATING)
        for item, worth in _worths(ruleset).items()
    }
    return Draws(count, weights, floors, ratings)


def unmoved(ruleset: RuleSet, count: int = 1) -> Draws:
    """Draws in which nothing moves."""
    return Draws(
        count,
        {code: np.full(count, float(construct.tier.weight)) for code, construct in ruleset.constructs.items()},
        {band: np.full(count, floor) for band, floor in ruleset.bands.floor.items()},
        {item: np.tile(worth, (count, 1)) for item, worth in _worths(ruleset).items()},
    )


def _weight_bounds(construct: Construct) -> tuple[float, float]:
    weight = construct.tier.weight
    return construct.tier.bounds or (weight - USUAL_WEIGHT_LEEWAY, weight + USUAL_WEIGHT_LEEWAY)


def _limits(ruleset: RuleSet) -> list[float]:
    return [ruleset.bands.floor[band] for band in Band if ruleset.bands.floor[band]]


def _worths(ruleset: RuleSet) -> Mapping[str, Floats]:
    items = ruleset.instrument.items
    return {
        code: np.array([scoring.ratings[level] for level in items[code].order])
        for code, scoring in ruleset.item_scoring.items()
    }


def held(ruleset: RuleSet, stream: Iterable[Columns], draws: Draws) -> tuple[Held, ...]:
    """How often the domains' bands stay, by domain and band, over all assessments and draws."""
    counts: dict[tuple[str, int], list[int]] = {}
    turned = [draws.only(moved, ruleset) for moved in TOGETHER.values()]
    still = unmoved(ruleset)
    for columns in _blocks(stream):
        study = _Block(ruleset, columns)
        now = {code: bands[0] for code, bands in study.bands(still).items()}
        same = [_same(study, each, now) for each in turned]
        for code, bands in now.items():
            for band in np.unique(bands):
                rows = bands == band
                found = counts.setdefault((code, int(band)), [0] * (1 + len(TOGETHER)))
                found[0] += int(rows.sum())
                for place, each in enumerate(same, 1):
                    found[place] += int(each[code][rows].sum())
    order = [domain.code for domain in ruleset.domains]
    return tuple(
        Held(code, _band(band), many, {name: s / (many * draws.count) for name, s in zip(TOGETHER, same, strict=True)})
        for (code, band), (many, *same) in sorted(
            counts.items(), key=lambda each: (order.index(each[0][0]), each[0][1])
        )
    )


def _band(place: int) -> Band | None:
    return None if place == NO_BAND else Band(BAND_ORDER[place])


def _blocks(stream: Iterable[Columns]) -> Iterator[Columns]:
    for columns in stream:
        for start in range(0, columns.length, MOST_ROWS):
            yield columns.rows(start, min(start + MOST_ROWS, columns.length))


def _same(study: "_Block", draws: Draws, now: Mapping[str, Bands]) -> Mapping[str, NDArray[np.int64]]:
    """For each domain and assessment the number of draws in which the band stays."""
    same = {code: np.zeros(len(bands), np.int64) for code, bands in now.items()}
    step = max(1, BLOCK // max(1, study.columns.length))
    for start in range(0, draws.count, step):
        for code, bands in study.bands(draws.part(start, start + step)).items():
            same[code] += (bands == now[code]).sum(axis=0)
    return same


@dataclass(frozen=True, slots=True, eq=False)
class _Fixed:
    """What no draw changes of a construct: how many items are known, the shift of the rules that hold, who is bounded
    at which band, whether it is determinable, and whether anything applies."""

    known: Floats
    shift: Floats
    bounds: tuple[tuple[Band, Truth], ...]
    enough: Truth
    applies: Truth


class _Block:
    """A block of assessments whose answers are read once and scored under many draws."""

    def __init__(self, ruleset: RuleSet, columns: Columns) -> None:
        self.ruleset, self.columns = ruleset, columns
        self.codes = {
            code: self._padded(columns.column(code), len(ruleset.instrument.items[code].order))
            for code in ruleset.item_scoring
            if columns.phase in ruleset.instrument.items[code].ask
        }
        self.fixed = {code: self._fix(scoring) for code, scoring in ruleset.scoring.items()}

    @staticmethod
    def _padded(column: NDArray[np.uint8], levels: int) -> NDArray[np.intp]:
        """Places in a row of ratings that ends with 0 for whatever is no level."""
        return np.minimum(column, levels).astype(np.intp)

    def _fix(self, scoring: ConstructScoring) -> _Fixed:
        items = self.ruleset.instrument.subjects
        known, asked = np.zeros(self.columns.length), np.zeros(self.columns.length)
        for item in (item.item for item in scoring.items if item.item in self.codes):
            is_known = self.codes[item] < len(items[item].order)
            known += is_known
            asked += is_known | (self.columns.column(item) == UNKNOWN)
        shift, bounds = np.zeros(self.columns.length), []
        for rule in scoring.rules:
            holds = truths_of(rule.condition, items, self.columns, _no_bands) == TRUE
            shift += holds * rule.shift
            if rule.at_least is not None:
                bounds.append((rule.at_least, holds))
        enough = (known > 0) & (known >= self.ruleset.determinable_share * asked)
        return _Fixed(known, shift, tuple(bounds), enough, asked > 0)

    def bands(self, draws: Draws) -> Mapping[str, Bands]:
        """The bands of each domain: a row per draw, a column per assessment."""
        risks = {code: self._risk(scoring, draws) for code, scoring in self.ruleset.scoring.items()}
        return {domain.code: self._domain(domain.constructs, risks, draws) for domain in self.ruleset.domains}

    def _risk(self, scoring: ConstructScoring, draws: Draws) -> Floats:
        fixed = self.fixed[scoring.construct.code]
        total = np.zeros((draws.count, self.columns.length))
        for item in (item.item for item in scoring.items if item.item in self.codes):
            padded = np.pad(draws.ratings[item], ((0, 0), (0, 1)))
            total += padded[:, self.codes[item]]
        rating = np.clip(total / np.maximum(fixed.known, 1.0) + fixed.shift, WORST_RATING, BEST_RATING)
        risk = np.round(50.0 - 25.0 * rating, RISK_DECIMALS)
        for band, holds in fixed.bounds:
            np.maximum(risk, draws.floors[band][:, None], out=risk, where=holds)
        return risk

    def _domain(self, constructs: Iterable[Construct], risks: Mapping[str, Floats], draws: Draws) -> Bands:
        shape = draws.count, self.columns.length
        total, known, applies, barrier = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_)
        for construct in constructs:
            fixed, weight = self.fixed[construct.code], draws.weights[construct.code][:, None]
            total += np.where(fixed.enough, weight * risks[construct.code], 0.0)
            known += weight * fixed.enough
            applies += weight * fixed.applies
            if construct.critical:
                barrier |= fixed.enough & (risks[construct.code] >= draws.floors[Band.HIGH][:, None])
        with np.errstate(invalid="ignore", divide="ignore"):
            risk = np.round(total / known, RISK_DECIMALS)
        np.maximum(risk, draws.floors[self.ruleset.critical_bound][:, None], out=risk, where=barrier)
        bands = np.zeros(shape, np.uint8)
        for band in (Band.MODERATE, Band.HIGH):
            bands[risk >= draws.floors[band][:, None]] = BAND_ORDER.index(band)
        bands[(known == 0) | (known < self.ruleset.determinable_share * applies)] = NO_BAND
        return bands


def _no_bands(subject: str) -> Bands:
    raise ValueError(f"a rule asks about {subject}, which is no item")
