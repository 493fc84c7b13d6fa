"""Domains over many assessments: outcomes of constructs > risk, both ends of the range, band, critical barriers.

A domain's risk is a weighted mean. Each outcome of a construct therefore comes down to what it adds to the domain's
sums: one row of 16 bytes, risks in whole units of the last decimal that the engine keeps, as the engine reckons too, so
that sums are exact whatever their order. Nearly every assessment is rows added and a division; both ends of the range
are as much again, unless nothing in a block leaves them open. Where a construct applies but is not determinable, it may
or may not join either end (`lowest_mean`).
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

# What one construct adds to its domain: weighted risk in whole units and its weight where it is determinable; whether
# its range is wider than its risk; whether it is open (applies, but is not determinable); whether, being critical, it
# may be, is, or will stay at high risk.
SUMS = np.dtype(
    [
        ("risk", np.int64),
        ("weight", np.uint16),
        ("wide", np.uint8),
        ("open", np.uint8),
        ("possible", np.uint8),
        ("barrier", np.uint8),
        ("stands", np.uint8),
        ("spare", np.uint8),
    ]
)

# What it adds to both ends of the domain's range where it is determinable: weighted risks in whole units.
ENDS = np.dtype([("best", np.int64), ("worst", np.int64)])

# So many constructs of a domain can be counted in a byte.
MOST_CONSTRUCTS = 255


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One construct for its domain: its outcomes, what each adds to the sums and to the ends, and what an open one may
    add to either end."""

    critical: bool
    outcomes: Outcomes
    adds: NDArray[np.void]
    ends: NDArray[np.void]
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

    def rows(self, start: int, stop: int) -> "DomainScores":
        """The part from `start` to before `stop`, of which changes are changes of the whole."""
        cut = slice(start, stop)
        return DomainScores(self.risk[cut], self.best[cut], self.worst[cut], self.band[cut], self.critical[cut])


def room_for(domains: Sequence[str], length: int) -> dict[str, DomainScores]:
    """Room for the scores of some domains over so many assessments. Risks share one piece of memory: many smaller ones
    go back to the system each time, and fetching them anew page by page takes longer than all sums and means."""
    risks = np.empty((len(domains), 3, length))
    return {
        code: DomainScores(risk, best, worst, np.empty(length, np.uint8), np.empty(length, np.bool_))
        for code, (risk, best, worst) in zip(domains, risks, strict=True)
    }


def part_of(ruleset: RuleSet, construct: Construct, outcomes: Outcomes) -> Part:
    """What each outcome of a construct adds to its domain."""
    weight, high = construct.tier.weight, ruleset.bands.floor[Band.HIGH]
    known, applies = ~np.isnan(outcomes.risk), ~np.isnan(outcomes.best)
    still_open = applies & ~known
    adds, ends = np.zeros(len(known), SUMS), np.zeros(len(known), ENDS)
    adds["risk"] = np.where(known, weight * _whole(outcomes.risk), 0)
    ends["best"] = np.where(known, weight * _whole(outcomes.best), 0)
    ends["worst"] = np.where(known, weight * _whole(outcomes.worst), 0)
    adds["weight"], adds["open"] = known * weight, still_open
    adds["wide"] = applies & ((outcomes.best != outcomes.risk) | (outcomes.worst != outcomes.risk))
    if construct.critical:
        adds["possible"] = outcomes.worst >= high
        adds["barrier"] = outcomes.band == BAND_ORDER.index(Band.HIGH)
        adds["stands"] = known & (outcomes.best >= high)
    best, worst = (np.where(still_open, _whole(end), 0) for end in (outcomes.best, outcomes.worst))
    return Part(construct.critical, outcomes, adds, ends, still_open * weight, best, worst)


def score_domain(ruleset: RuleSet, parts: Sequence[Part], outcomes: Sequence[States], out: DomainScores) -> None:
    """Score a domain into `out`; `outcomes` hold one number per assessment for each of its constructs."""
    sums = _summed([part.adds for part in parts], outcomes)
    weight = sums["weight"].astype(np.float64)
    critical = any(part.critical for part in parts)
    _mean(sums["risk"], weight, out.risk)
    np.greater(sums["barrier"], 0, out=out.critical)
    if critical:
        _bound(ruleset, sums, barrier=out.risk)
    if sums["wide"].any():
        ends = _summed([part.ends for part in parts], outcomes)
        _mean(ends["best"], weight, out.best)
        _mean(ends["worst"], weight, out.worst)
        rows = np.flatnonzero(sums["open"] > 0)
        if len(rows):
            _score_open(ruleset, parts, [each[rows] for each in outcomes], sums.take(rows), ends.take(rows), rows, out)
        if critical:
            _bound(ruleset, sums, stands=out.best, possible=out.worst)
    else:
        out.best[:] = out.risk
        out.worst[:] = out.risk
    write_bands(ruleset, out.risk, out.band)


def lowest_mean(total: Whole, weight: Whole, values: Whole, weights: Whole) -> tuple[Whole, Whole]:
    """Total and weight of the lowest weighted mean when each row of `values` may join, with its row of `weights`.

    Whoever lies above the mean raises it by joining. So let all join, leave out those above the mean, which then falls,
    and repeat until nobody is above it (Dinkelbach's method).
    """
    total_of_all, weight_of_all = total + (values * weights).sum(axis=0), weight + weights.sum(axis=0)
    staying = weights * (values * weight_of_all <= total_of_all)
    rows = np.flatnonzero((staying != weights).any(axis=0))
    if len(rows):
        lower = lowest_mean(total[rows], weight[rows], values.take(rows, axis=1), staying.take(rows, axis=1))
        total_of_all[rows], weight_of_all[rows] = lower
    return total_of_all, weight_of_all


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


def _summed(tables: Sequence[NDArray[np.void]], outcomes: Sequence[States]) -> NDArray[np.void]:
    """What the constructs add, added: every field at once, two machine words at a time."""
    sums = tables[0].take(outcomes[0], mode="clip")
    adds = np.empty_like(sums)
    words, more = sums.view(np.int64), adds.view(np.int64)
    for table, which in zip(tables[1:], outcomes[1:], strict=True):
        table.take(which, out=adds, mode="clip")
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
    ends: NDArray[np.void],
    rows: Rows,
    out: DomainScores,
) -> None:
    """Score the assessments at `rows`, where a construct is open."""
    known, mean = sums["weight"].astype(np.int64), np.empty(len(rows))
    weights = _looked_up([part.open_weight for part in parts], outcomes)
    best = _looked_up([part.open_best for part in parts], outcomes)
    _mean(*lowest_mean(ends["best"], known, best, weights), mean)
    out.best[rows] = mean
    worst = _looked_up([part.open_worst for part in parts], outcomes)
    _mean(*lowest_mean(-ends["worst"], known, -worst, weights), mean)
    out.worst[rows] = -mean
    out.risk[rows[known < ruleset.determinable_share * (known + weights.sum(axis=0))]] = np.nan


def _looked_up(tables: Sequence[Whole], outcomes: Sequence[States]) -> Whole:
    """One row for each table, one column for each assessment."""
    return np.stack([table.take(which, mode="clip") for table, which in zip(tables, outcomes, strict=True)])


def _bound(ruleset: RuleSet, sums: NDArray[np.void], **risks: Floats) -> None:
    """Bound risks from below where a sum counts anything: a critical construct that stands at high risk (`stands`), is
    there (`barrier`), or may come to be (`possible`)."""
    floor = ruleset.bands.floor[ruleset.critical_bound]
    for name, risk in risks.items():
        np.maximum(risk, (sums[name] > 0) * floor, out=risk)
