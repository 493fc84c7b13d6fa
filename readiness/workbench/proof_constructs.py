"""Constructs over all their answers > what holds of their bands and ranges, or does not."""

from collections.abc import Iterator
from itertools import count
from math import gcd, prod, sqrt

import numpy as np
from numpy.typing import NDArray

import readiness.engine.ranges as scalar_ranges
import readiness.engine.rating as scalar_rating
from readiness.engine.answers import Answers, Missing, Phase
from readiness.engine.framework import Band
from readiness.engine.ruleset import ConstructScoring, RuleSet
from readiness.workbench.counterexample import Counterexample, code_of
from readiness.workbench.grids import Grid, along, band_places, over_completions
from readiness.workbench.reach import Mask, fewest_answers
from readiness.workbench.theorems import TINY, Check, Refutation, Study, Tally, Theorem, Wrong

# At so many states of each grid the scalar engine, which scores assessments, is asked as well; at fewer, but one at
# least, where its ranges might have to try rules on more than MOST_TRIED mixtures in all.
SCORED = 80
MOST_TRIED = 6_000_000
STRIDE = (sqrt(5) - 1) / 2

State = tuple[int, ...]


def bands(study: Study) -> Check:
    """Every construct can come out in every band, or the file says why not."""
    tally = Tally(Theorem.BANDS)
    for scoring in study.scoring:
        for grid in study.grids_of(scoring.construct.code):
            tally.look(grid.states)
            if grid.applies.any():
                tally.refute(_band_problems(scoring, grid, band_places(study.ruleset.bands, grid.risk)))
    _leave_too_large(study, tally)
    return tally.check()


def _leave_too_large(study: Study, tally: Tally) -> None:
    for code in study.too_large:
        tally.leave(code)


def _band_problems(scoring: ConstructScoring, grid: Grid, places: NDArray[np.uint8]) -> Iterator[Refutation]:
    for place, band in enumerate(Band):
        found = places == place
        if not found.any() and band not in scoring.out_of_reach:
            yield Refutation(Wrong.BAND_OUT_OF_REACH, grid.construct, band=band.value)
        if found.any() and band in scoring.out_of_reach:
            answers = grid.answers_at(fewest_answers(found, grid.axes))
            code = code_of(band.value, grid.construct)
            example = Counterexample(code, answers, expect={grid.construct: f"not {band}"})
            yield Refutation(Wrong.BAND_IN_REACH, grid.construct, band=band.value, example=example)


def ranges(study: Study) -> Check:
    """At every state the range holds the risks of all completions; where there is a risk, it is exactly their range.

    In a state without a band it may be wider: there it also holds what fewer answers than the share would give. That
    the scalar engine shows these ranges is looked up at some states.
    """
    tally = Tally(Theorem.RANGES)
    many = _scored_each(study)
    for grid in study.different_grids():
        tally.look(grid.states)
        lowest, highest = (over_completions(grid.risk, grid.axes, extreme) for extreme in (np.fmin, np.fmax))
        escaped = (lowest < grid.best - TINY) | (highest > grid.worst + TINY)
        beyond = (lowest > grid.best + TINY) | (highest < grid.worst - TINY)
        for wrong, mask in ((Wrong.RANGE_ESCAPED, escaped), (Wrong.RANGE_LOOSE, beyond & ~np.isnan(grid.risk))):
            tally.refute(_shown(wrong, grid, mask))
        tally.refute(_range_differs(study.ruleset, grid, some_states(grid, many, tally)))
    _leave_too_large(study, tally)
    return tally.check()


def _shown(wrong: Wrong, grid: Grid, mask: Mask) -> Iterator[Refutation]:
    """What does not hold of the range in some states, by the one of them with the fewest answers."""
    if mask.any():
        answers = grid.answers_at(fewest_answers(mask, grid.axes))
        yield Refutation(wrong, grid.construct, example=Counterexample(code_of("range", grid.construct), answers))


def _range_differs(ruleset: RuleSet, grid: Grid, states: list[State]) -> Iterator[Refutation]:
    """The first state, if any, at which the scalar engine shows another range than the one that is proven."""
    for state in states:
        answers = grid.answers_at(state)
        shown = scalar_ranges.open_construct(ruleset, grid.scoring, answers).range()
        if shown is None:
            same = bool(np.isnan(grid.best[state]))
        else:
            same = _same(shown.best, float(grid.best[state])) and _same(shown.worst, float(grid.worst[state]))
        if not same:
            example = Counterexample(code_of("range", grid.construct), answers)
            yield Refutation(Wrong.RANGE_DIFFERS, grid.construct, example=example)
            return


def _scored_each(study: Study) -> int:
    """At how many states of each grid the scalar engine is asked."""
    tried = 0
    for grid in study.different_grids():
        asked_about = frozenset().union(*(rule.subjects for rule in grid.scoring.rules))
        tried += len(grid.scoring.rules) * prod(axis.size for axis in grid.axes if axis.subject in asked_about)
    return max(1, min(SCORED, MOST_TRIED // max(1, tried)))


def some_states(grid: Grid, many: int, tally: Tally) -> list[State]:
    """So many states of a grid, or all of a small one; first the one with nothing known.

    The stride between them is near the golden ratio, so that they spread over every item, and shares no factor with
    their number, so that none comes twice. Mixtures in which much is open are few among all; so in every second state
    two of three answers are opened.
    """
    stride = next(step for step in count(round(grid.states * STRIDE)) if gcd(step, grid.states) == 1)
    found: dict[State, None] = {}
    for turn in range(min(many, grid.states)):
        places = np.unravel_index((grid.states - 1 - turn * stride) % grid.states, grid.risk.shape)
        opened = turn % 2 and grid.states > SCORED
        found[
            tuple(
                axis.unknown if opened and (number + turn) % 3 else int(place)
                for number, (axis, place) in enumerate(zip(grid.axes, places, strict=True))
            )
        ] = None
    tally.score(len(found))
    return list(found)


def unknown(study: Study) -> Check:
    """Nothing known gives no construct or domain a band, nor does less than the share that must be known.

    That the scalar engine has a risk just where it is proven, and that risk, is looked up at some states.
    """
    tally = Tally(Theorem.UNKNOWN)
    many = _scored_each(study)
    ruleset = study.ruleset
    for phase in Phase:
        rated = scalar_rating.rate(ruleset, Answers(phase, {}))
        bands_by = {code: rated.constructs[code].band for code in study.chosen}
        bands_by |= {each.domain.code: each.band for each in rated.domains if study.whole}
        tally.refute(
            Refutation(
                Wrong.KNOWN_BY_NOTHING,
                subject=code,
                example=Counterexample(code_of("nothing", code), Answers(phase, {}), not_determinable=(code,)),
            )
            for code, band in bands_by.items()
            if band is not None
        )
    for grid in study.different_grids():
        tally.look(grid.states)
        tally.refute(_too_little(ruleset, grid))
        tally.refute(_risk_differs(ruleset, grid, some_states(grid, many, tally)))
    _leave_too_large(study, tally)
    return tally.check()


def _too_little(ruleset: RuleSet, grid: Grid) -> Iterator[Refutation]:
    """Where a construct has a band though less than the share of its items is known; counted here once more."""
    own = {item.item for item in grid.scoring.items}
    known = asked = np.zeros([1] * len(grid.axes))
    for place, axis in enumerate(grid.axes):
        if axis.subject in own and grid.phase in ruleset.instrument.items[axis.subject].ask:
            applies = [float(kind.answers[0] is not Missing.NOT_APPLICABLE) for kind in axis.kinds]
            known = known + along(grid.axes, place, [*applies, 0.0])
            asked = asked + along(grid.axes, place, [*applies, 1.0])
    found = (known < ruleset.determinable_share * asked) & ~np.isnan(grid.risk)
    if found.any():
        state = fewest_answers(found, grid.axes)
        band = ruleset.bands.of(float(grid.risk[state])).value
        code, answers = code_of("little", grid.construct), grid.answers_at(state)
        example = Counterexample(code, answers, not_determinable=(grid.construct,))
        yield Refutation(Wrong.KNOWN_BY_TOO_LITTLE, subject=grid.construct, band=band, example=example)


def _risk_differs(ruleset: RuleSet, grid: Grid, states: list[State]) -> Iterator[Refutation]:
    """The first state, if any, at which the scalar engine gives another risk or band than what is proven."""
    for state in states:
        proven = None if np.isnan(grid.risk[state]) else float(grid.risk[state])
        band = None if proven is None else ruleset.bands.of(proven)
        rated = scalar_rating.rate_construct(ruleset, grid.scoring, grid.answers_at(state))
        if rated.band is not band or not _same(rated.risk, proven):
            code, answers = code_of("risk", grid.construct), grid.answers_at(state)
            expect, without = ({}, (grid.construct,)) if band is None else ({grid.construct: band.value}, ())
            example = Counterexample(code, answers, expect=expect, not_determinable=without)
            yield Refutation(Wrong.RISK_DIFFERS, grid.construct, example=example)
            return


def _same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= TINY
