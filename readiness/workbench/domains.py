"""Domains over many assessments: outcomes of constructs > risk, both ends of the range, band, critical barriers.

A domain's risk is a weighted mean. Each outcome of a construct therefore comes down to what it adds to the domain's
sums: one row of 32 bytes, risks in whole units of the last decimal that the engine keeps, as the engine reckons too, so
that sums are exact whatever their order. Nearly every assessment is rows added and a division. Where a construct
applies but is not determinable, it may or may not join either end of the range (`lowest_mean`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readiness.engine.framework import BAND_ORDER, Band, Construct
from readiness.engine.rating import RISK_UNITS
from readiness.engine.ruleset import RuleSet
from readiness.workbench.grids import NO_BAND, Floats
from readiness.workbench.outcomes import Outcomes
from readiness.workbench.states import States

Whole = NDArray[np.int64]
Rows = NDArray[np.intp]

# What one construct adds to its domain: weighted risks in whole units and its weight where it is determinable; whether
# it is open (applies, but is not determinable); whether, being critical, it may be, is, or will stay at high risk.
SUMS = np.dtype(
    [
        ("risk", np.int64),
        ("best", np.int64),
        ("worst", np.int64),
        ("weight", np.uint32),
        ("open", np.uint8),
        ("possible", np.uint8),
        ("barrier", np.uint8),
        ("stands", np.uint8),
    ]
)


# So many constructs of a domain can be counted in a byte.
MOST_CONSTRUCTS = 255


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One construct for its domain: its outcomes, what each adds, and what an open one may add to either end."""

    critical: bool
    outcomes: Outcomes
    adds: NDArray[np.void]
    open_weight: Whole
    open_best: Whole
    open_worst: Whole


@dataclass(frozen=True, slots=True, eq=False)
class DomainScores:
    """One domain over many assessments: risks 0..100 (NaN: none), bands as places (NO_BAND: not determinable), and
    whether a critical construct of it is at high risk."""

    risk: Floats
    best: Floats
    worst: Floats
    band: NDArray[np.uint8]
    critical: NDArray[np.bool_]

    @classmethod
    def empty(cls, length: int) -> "DomainScores":
        """Room for so many assessments."""
        risk, best, worst = (np.empty(length) for _ in range(3))
        return cls(risk, best, worst, np.empty(length, np.uint8), np.empty(length, np.bool_))

    def rows(self, start: int, stop: int) -> "DomainScores":
        """The part from `start` to before `stop`, of which changes are changes of the whole."""
        cut = slice(start, stop)
        return DomainScores(self.risk[cut], self.best[cut], self.worst[cut], self.band[cut], self.critical[cut])


def part_of(ruleset: RuleSet, construct: Construct, outcomes: Outcomes) -> Part:
    """What each outcome of a construct adds to its domain."""
    weight, high = construct.tier.weight, ruleset.bands.floor[Band.HIGH]
    known, applies = ~np.isnan(outcomes.risk), ~np.isnan(outcomes.best)
    still_open = applies & ~known
    adds = np.zeros(len(known), SUMS)
    for name in ("risk", "best", "worst"):
        adds[name] = np.where(known, weight * _whole(getattr(outcomes, name)), 0)
    adds["weight"], adds["open"] = known * weight, still_open
    if construct.critical:
        adds["possible"] = outcomes.worst >= high
        adds["barrier"] = outcomes.band == BAND_ORDER.index(Band.HIGH)
        adds["stands"] = known & (outcomes.best >= high)
    best, worst = (np.where(still_open, _whole(end), 0) for end in (outcomes.best, outcomes.worst))
    return Part(construct.critical, outcomes, adds, still_open * weight, best, worst)


def score_domain(ruleset: RuleSet, parts: Sequence[Part], outcomes: Sequence[States], out: DomainScores) -> None:
    """Score a domain into `out`; `outcomes` hold one number per assessment for each of its constructs."""
    sums = _summed(parts, outcomes, len(out.risk))
    weight = sums["weight"].astype(np.float64)
    for name, into in (("risk", out.risk), ("best", out.best), ("worst", out.worst)):
        _mean(sums[name], weight, into)
    rows = np.flatnonzero(sums["open"])
    if len(rows):
        _score_open(ruleset, parts, [each[rows] for each in outcomes], sums[rows], rows, out)
    out.critical.fill(False)
    if any(part.critical for part in parts):
        _bound(ruleset, sums, out)
    write_bands(ruleset, out.risk, out.band)


def lowest_mean(total: Whole, weight: Whole, values: Sequence[Whole], weights: Sequence[Whole]) -> tuple[Whole, Whole]:
    """Total and weight of the lowest weighted mean when each of `values` may join; one with weight 0 is not there.

    Whoever lies below the mean lowers it by joining. So start from all together, keep those below the mean, and repeat
    until the mean stays: it falls each time, and at its lowest just those below it have joined (Dinkelbach's method).
    """
    best_total = total + sum(value * each for value, each in zip(values, weights, strict=True))
    best_weight = weight + sum(weights)
    while True:
        now_total, now_weight = total.copy(), weight.copy()
        for value, each in zip(values, weights, strict=True):
            joins = each * (value * best_weight < best_total)
            now_total += value * joins
            now_weight += joins
        falls = (now_weight > 0) & (now_total * best_weight < best_total * now_weight)
        if not falls.any():
            return best_total, best_weight
        best_total, best_weight = np.where(falls, now_total, best_total), np.where(falls, now_weight, best_weight)


def write_bands(ruleset: RuleSet, risk: Floats, out: NDArray[np.uint8]) -> None:
    """Write the band of each risk as its place, NO_BAND where there is none; as `band_places`, in fewer passes."""
    steps = sorted((floor, BAND_ORDER.index(band)) for band, floor in ruleset.bands.floor.items())
    before = steps[0][1]
    np.multiply(np.isnan(risk), np.uint8(NO_BAND - before), out=out)
    out += np.uint8(before)
    for floor, place in steps[1:]:
        out += (risk >= floor) * np.uint8((place - before) % 256)
        before = place


def _whole(risk: Floats) -> Whole:
    whole: Whole = np.rint(np.nan_to_num(risk) * RISK_UNITS).astype(np.int64)
    return whole


def _summed(parts: Sequence[Part], outcomes: Sequence[States], length: int) -> NDArray[np.void]:
    """What the constructs add, added: every field at once, four machine words at a time."""
    sums, adds = np.zeros(length, SUMS), np.empty(length, SUMS)
    words, more = sums.view(np.int64), adds.view(np.int64)
    for part, which in zip(parts, outcomes, strict=True):
        part.adds.take(which, out=adds, mode="clip")
        np.add(words, more, out=words)
    return sums


def _mean(total: Whole, weight: NDArray[np.generic], out: Floats) -> None:
    """Write total / weight in points, rounded as the engine does (NaN: weight 0)."""
    with np.errstate(invalid="ignore"):
        np.divide(total, weight, out=out)
    np.rint(out, out=out)
    np.divide(out, RISK_UNITS, out=out)


def _score_open(
    ruleset: RuleSet,
    parts: Sequence[Part],
    outcomes: Sequence[States],
    sums: NDArray[np.void],
    rows: Rows,
    out: DomainScores,
) -> None:
    """Score the assessments at `rows`, where a construct is open."""
    known = sums["weight"].astype(np.int64)
    weights = [part.open_weight[which] for part, which in zip(parts, outcomes, strict=True)]
    risk, best, worst = (np.empty(len(rows)) for _ in range(3))
    _mean(sums["risk"], known, risk)
    values = [part.open_best[which] for part, which in zip(parts, outcomes, strict=True)]
    _mean(*lowest_mean(sums["best"], known, values, weights), best)
    values = [-part.open_worst[which] for part, which in zip(parts, outcomes, strict=True)]
    _mean(*lowest_mean(-sums["worst"], known, values, weights), worst)
    risk[known < ruleset.determinable_share * (known + sum(weights))] = np.nan
    out.risk[rows], out.best[rows], out.worst[rows] = risk, best, -worst


def _bound(ruleset: RuleSet, sums: NDArray[np.void], out: DomainScores) -> None:
    """Bound the domain from below where a critical construct stands at high risk, is there, or may come to be."""
    floor = ruleset.bands.floor[ruleset.critical_bound]
    for name, into in (("stands", out.best), ("barrier", out.risk), ("possible", out.worst)):
        np.maximum(into, (sums[name] > 0) * floor, out=into)
    np.greater(sums["barrier"], 0, out=out.critical)
