"""Conditions about items and bands > which mixtures of answers and bands can come about, and by which answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Answer, Answers, Phase
from readiness.engine.conditions import Condition
from readiness.engine.framework import BAND_ORDER, Bands
from readiness.engine.ruleset import RuleSet
from readiness.workbench.grids import (
    MOST_STATES,
    NO_BAND,
    Axis,
    Grid,
    accepted_levels,
    along,
    band_axis,
    band_places,
    item_axis,
)

Mask = NDArray[np.bool_]
Grids = Mapping[str, Grid | None]


@dataclass(frozen=True, eq=False)
class Reach:
    """Every mixture of answers and bands that some conditions look at; `possible` says which can come about.

    `axes` are those of items and of gaps on them, then those of constructs by their bands, whose `grids` say which
    answers lead there.
    """

    phase: Phase
    bands: Bands
    axes: tuple[Axis, ...]
    grids: Mapping[str, Grid]
    possible: Mask

    def answers_at(self, state: tuple[int, ...]) -> Answers:
        """Answers that lead to a possible state: as few as can be for each construct."""
        given: dict[str, Answer] = {}
        places = {axis.subject: place for axis, place in zip(self.axes, state, strict=True)}
        for axis, place in zip(self.axes, state, strict=True):
            if axis.subject not in self.grids:
                given[axis.subject] = axis.answer_at(int(place))
        for code, grid in self.grids.items():
            fits = band_places(self.bands, grid.risk) == places[code]
            for number, axis in enumerate(grid.axes):
                if axis.subject in given:
                    at = axis.places.get(given[axis.subject], axis.unknown)
                    fits = fits & (along(grid.axes, number, range(axis.size)) == at)
            given = {**grid.answers_at(fewest_answers(fits, grid.axes)).found, **given}
        return Answers.of(self.phase, given)


def reach(
    ruleset: RuleSet,
    conditions: tuple[Condition, ...],
    grids: Grids,
    phase: Phase,
    left_open: frozenset[str] | None = None,
) -> Reach | None:
    """What can come about of everything that some conditions ask about.

    None when a construct they ask about has no grid, or there are more than MOST_STATES mixtures. What is `left_open`
    stays unknown.
    """
    open_subjects = left_open or frozenset()
    accepted = accepted_levels(conditions)
    asked = [subject for subject in accepted if subject not in open_subjects]
    found = {code: grids[code] for code in asked if code in ruleset.constructs}
    banded = {code: grid for code, grid in found.items() if grid is not None}
    if len(banded) < len(found):
        return None
    items = [subject for subject in asked if subject not in found]
    items += _shared(banded, items)
    axes = (
        *(_refined(ruleset, item, phase, accepted.get(item, ()), banded) for item in items),
        *(Axis(subject, ()) for subject in accepted if subject in open_subjects),
        *(band_axis(code) for code in banded),
    )
    if prod(axis.size for axis in axes) > MOST_STATES:
        return None
    possible = np.ones([axis.size for axis in axes], np.bool_)
    for code, grid in banded.items():
        possible &= _possible(ruleset.bands, grid, code, axes)
    return Reach(phase, ruleset.bands, axes, banded, possible)


def fewest_answers(mask: Mask, axes: tuple[Axis, ...]) -> tuple[int, ...]:
    """The state for which a mask is true that leaves most open; the first of several. The mask is true somewhere."""
    unknown = np.zeros((), np.int8)
    for place, axis in enumerate(axes):
        unknown = unknown + along(axes, place, [*(0 for _ in axis.kinds), 1]).astype(np.int8)
    weighed = np.where(mask, unknown + np.int8(1), np.int8(0))
    return tuple(int(place) for place in np.unravel_index(int(np.argmax(weighed)), weighed.shape))


def _shared(grids: Mapping[str, Grid], known: list[str]) -> list[str]:
    """The items that two constructs depend on: they tie their bands together."""
    counted: dict[str, int] = {}
    for grid in grids.values():
        for axis in grid.axes:
            counted[axis.subject] = counted.get(axis.subject, 0) + 1
    return [item for item, count in counted.items() if count > 1 and item not in known]


def _refined(
    ruleset: RuleSet, code: str, phase: Phase, accepted: tuple[frozenset[str], ...], grids: Mapping[str, Grid]
) -> Axis:
    """The axis of an item that tells apart what conditions or any of the constructs do."""
    kinds = tuple(
        frozenset(kind.answers)
        for grid in grids.values()
        for axis in grid.axes
        if axis.subject == code
        for kind in axis.kinds
    )
    return item_axis(ruleset.instrument.subjects[code], phase, (*accepted, *kinds), None)


def _possible(bands: Bands, grid: Grid, code: str, axes: tuple[Axis, ...]) -> Mask:
    """In which mixtures of `axes` a construct can be in its band, whatever its other answers are."""
    subjects = {axis.subject: number for number, axis in enumerate(axes)}
    own = tuple(number for number, axis in enumerate(grid.axes) if axis.subject not in subjects)
    places = band_places(bands, grid.risk)
    reached = np.stack([(places == band).any(axis=own) for band in range(len(BAND_ORDER) + 1)], axis=-1)
    met = [axis for axis in grid.axes if axis.subject in subjects]
    chosen = [_embedded(axis, axes[subjects[axis.subject]]) for axis in met]
    reached = reached[np.ix_(*chosen, range(NO_BAND + 1))]
    order = sorted(
        range(reached.ndim), key=lambda number: [*(subjects[axis.subject] for axis in met), subjects[code]][number]
    )
    shape = [1] * len(axes)
    for axis in met:
        shape[subjects[axis.subject]] = axes[subjects[axis.subject]].size
    shape[subjects[code]] = NO_BAND + 1
    return reached.transpose(order).reshape(shape)


def _embedded(coarse: Axis, fine: Axis) -> list[int]:
    """For each place of a finer axis of an item the place on a coarser one."""
    return [*(coarse.places[kind.answers[0]] for kind in fine.kinds), coarse.unknown]
