"""Answers and what they are worth > whether every option counts, and whether no better answer raises a risk."""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Answers, Phase
from readiness.engine.cases import Relation
from readiness.engine.instrument import Item
from readiness.engine.ruleset import ConstructScoring, ItemScoring, RuleSet
from readiness.workbench.counterexample import Counterexample, code_of
from readiness.workbench.grids import MOST_STATES, TRUE, Axis, Grid, Truths, accepted_levels, along, item_axis, truth
from readiness.workbench.reach import Mask, fewest_answers
from readiness.workbench.theorems import TINY, Check, Refutation, Study, Tally, Theorem, Wrong, items_of, phases_of

Step = tuple[str, str]


def options(study: Study) -> Check:
    """Something tells each level of a scored item from its neighbours, or the file says why not; none is never asked.

    An item that is not scored may describe more than conditions need. Of one that conditions name it is asked that it
    is asked, and that some condition tells some of its levels apart, or asks whether it is answered.
    """
    tally = Tally(Theorem.OPTIONS)
    for scoring in study.scoring:
        for own in scoring.items:
            item = study.ruleset.instrument.items[own.item]
            tally.look(len(item.order))
            tally.refute(_option_problems(study, scoring, own, item))
    for code in study.accepted if study.whole else ():
        if code in study.ruleset.instrument.items and code not in study.ruleset.item_scoring:
            tally.look(len(study.ruleset.instrument.items[code].order))
            tally.refute(_unscored_problems(study, study.ruleset.instrument.items[code]))
    return tally.check()


def _option_problems(study: Study, scoring: ConstructScoring, own: ItemScoring, item: Item) -> Iterator[Refutation]:
    construct = scoring.construct.code
    if not item.ask:
        yield Refutation(Wrong.NEVER_ASKED, construct, item=item.code)
        return
    axis = item_axis(item, next(iter(item.ask)), study.accepted.get(item.code, ()), own.ratings)
    alike = [tuple(str(level) for level in kind.answers) for kind in axis.kinds if len(kind.answers) > 1]
    declared = [frozenset(each.levels) for each in own.alike]
    for levels in alike:
        if frozenset(levels) not in declared:
            example = _same(study.ruleset, scoring, item, levels)
            yield Refutation(Wrong.LEVELS_ALIKE, construct, item=item.code, levels=levels, example=example)
    for each in own.alike:
        if frozenset(each.levels) not in map(frozenset, alike):
            yield Refutation(Wrong.ALIKE_IN_VAIN, construct, item=item.code, levels=each.levels)


def _unscored_problems(study: Study, item: Item) -> Iterator[Refutation]:
    told_apart = any(0 < len(levels) < len(item.order) for levels in study.accepted[item.code])
    if not item.ask:
        yield Refutation(Wrong.NEVER_ASKED, item=item.code)
    elif not told_apart and item.code not in study.asked_whether_answered:
        yield Refutation(Wrong.ASKED_IN_VAIN, item=item.code, levels=item.order)


def _same(ruleset: RuleSet, scoring: ConstructScoring, item: Item, levels: tuple[str, ...]) -> Counterexample:
    """The best answers to the other items of the construct, where the later of two levels should rate higher."""
    phase = next(iter(item.ask))
    best = {own.item: own.best for own in scoring.items if phase in ruleset.instrument.items[own.item].ask}
    return Counterexample(
        code_of("levels", item.code),
        Answers(phase, {**best, item.code: levels[0]}),
        change=(item.code, levels[1]),
        moves={scoring.construct.code: Relation.LOWER},
    )


def better_answers(study: Study) -> Check:
    """Ratings rise along the options or a peak is declared; a better answer raises no construct's risk.

    What the risk of its constructs cannot do, that of a domain cannot: it is their mean, with weights that a known
    answer does not change, lifted by barriers that can only go.
    """
    tally = Tally(Theorem.BETTER)
    for scoring in study.scoring:
        for own in scoring.items:
            tally.refute(_order_problems(study, scoring, own))
        raised: set[str] = set()
        for grid in study.grids_of(scoring.construct.code):
            tally.look(grid.states)
            for found in _raising(study.ruleset, grid):
                if found.item not in scoring.waivers and found.item not in raised:
                    tally.refute([found])
                raised.add(found.item)
        enumerated = scoring.construct.code not in study.too_large
        if not enumerated and not _bound_suffices(study.ruleset, scoring):
            tally.leave(scoring.construct.code)
        tally.refute(
            Refutation(Wrong.WAIVER_IN_VAIN, scoring.construct.code, item=item)
            for item in scoring.waivers
            if enumerated and item not in raised
        )
    return tally.check()


def _order_problems(study: Study, scoring: ConstructScoring, own: ItemScoring) -> Iterator[Refutation]:
    """Where ratings fall along the options without a word, or a peak is declared that is none."""
    order = study.ruleset.instrument.items[own.item].order
    falls = [(low, high) for low, high in pairwise(order) if own.ratings[high] < own.ratings[low]]
    construct = scoring.construct.code
    if own.peaked and not falls:
        yield Refutation(Wrong.PEAKED_IN_VAIN, construct, item=own.item)
    if falls and not own.peaked:
        grids = study.grids_of(construct)
        shown = next((found for grid in grids if (found := _risen(grid, own.item, falls[:1]))), None)
        yield Refutation(Wrong.RATINGS_FALL, construct, item=own.item, levels=falls[0], example=shown and shown[0])


def _raising(ruleset: RuleSet, grid: Grid) -> Iterator[Refutation]:
    """The items whose better answer raises the risk of a construct, each with the fewest answers that show it."""
    for axis in grid.axes:
        own = ruleset.item_scoring.get(axis.subject)
        if own is None:
            continue
        found = _risen(grid, axis.subject, _improvements(own))
        if found is not None:
            example, rules = found
            levels = (str(example.answers[axis.subject]), example.change[1] if example.change else "")
            yield Refutation(
                Wrong.BETTER_RAISES, grid.construct, item=axis.subject, levels=levels, rules=rules, example=example
            )


def _improvements(own: ItemScoring) -> list[Step]:
    """From each level of an item to each that rates higher."""
    return [(low, high) for low in own.ratings for high in own.ratings if own.ratings[high] > own.ratings[low]]


def _risen(grid: Grid, item: str, steps: Iterable[Step]) -> tuple[Counterexample, tuple[str, ...]] | None:
    """A step of an item's level by which the construct's risk rises, and the rules that it touches; None where none is.

    Steps between the same places of the axis do the same, so one of them is enough.
    """
    number = next((number for number, axis in enumerate(grid.axes) if axis.subject == item), None)
    if number is None:
        return None
    axis = grid.axes[number]
    places = {(axis.places[low], axis.places[high]): (low, high) for low, high in steps if low in axis.places}
    for (before, after), (low, high) in places.items():
        if before == after:
            continue
        rises = _at(grid.risk, number, after) > _at(grid.risk, number, before) + TINY
        if rises.any():
            return _step_of(grid, number, rises, (low, high))
    return None


def _at(values: NDArray[np.float64], axis: int, place: int) -> NDArray[np.float64]:
    return values[(slice(None),) * axis + (slice(place, place + 1),)]


def _step_of(grid: Grid, number: int, rises: Mask, step: Step) -> tuple[Counterexample, tuple[str, ...]]:
    axis = grid.axes[number]
    one_place = Axis(axis.subject, ())
    axes = (*grid.axes[:number], one_place, *grid.axes[number + 1 :])
    state = list(fewest_answers(rises, axes))
    ends = []
    for level in step:
        state[number] = axis.places[level]
        ends.append(tuple(state))
    touched = tuple(code for code, truths in grid.truths.items() if len({_stands(truths, end) for end in ends}) > 1)
    answers = grid.answers_at(ends[0]).replace({axis.subject: step[0]})
    example = Counterexample(
        code_of("better", grid.construct, axis.subject),
        answers,
        change=(axis.subject, step[1]),
        moves={grid.construct: Relation.NOT_HIGHER},
    )
    return example, touched


def _stands(truths: Truths, state: tuple[int, ...]) -> int:
    return int(truths[tuple(place if size > 1 else 0 for place, size in zip(state, truths.shape, strict=True))])


def _bound_suffices(ruleset: RuleSet, scoring: ConstructScoring) -> bool:
    """Whether it is clear without the grid that no better answer raises the risk of a construct.

    A better level adds its points divided by the number of items at least; the rules that ask about the item must not
    take more away, nor raise a bound, whatever the other answers are.
    """
    return all(
        _no_rule_outweighs(ruleset, scoring, item, phase)
        for phase in phases_of(ruleset, items_of(scoring))
        for item in items_of(scoring) & set(ruleset.item_scoring)
        if phase in ruleset.instrument.items[item].ask
    )


def _no_rule_outweighs(ruleset: RuleSet, scoring: ConstructScoring, item: str, phase: Phase) -> bool:
    asking = [rule for rule in scoring.rules if item in rule.subjects]
    ratings = ruleset.item_scoring[item].ratings
    accepted = accepted_levels(rule.condition for rule in asking)
    axes = tuple(
        item_axis(ruleset.instrument.subjects[code], phase, sets, ratings if code == item else None)
        for code, sets in {item: (), **accepted}.items()
    )
    if prod(axis.size for axis in axes) > MOST_STATES:
        return False
    held = [(rule, truth(rule.condition, axes) == TRUE) for rule in asking]
    shift = reduce(np.add, (np.where(holds, rule.shift, 0.0) for rule, holds in held), np.zeros([1] * len(axes)))
    floors = (np.where(holds, ruleset.bands.floor[rule.at_least], 0.0) for rule, holds in held if rule.at_least)
    floor = reduce(np.maximum, floors, np.zeros([1] * len(axes)))
    spread = along(axes, 0, [0.0] * axes[0].size)
    shift, floor = shift + spread, floor + spread
    own = {each.item for each in scoring.items}
    for low, high in _improvements(ruleset.item_scoring[item]):
        gained = (ratings[high] - ratings[low]) / len(own) if item in own else 0.0
        before, after = axes[0].places[low], axes[0].places[high]
        if (shift[after] - shift[before] + gained < -TINY).any() or (floor[after] > floor[before]).any():
            return False
    return True
