"""Rules over all their answers > whether each can hold, can fail, waits for each answer it asks about, and counts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod

import numpy as np

from readiness.engine.rating import rate_construct
from readiness.engine.ruleset import ConstructScoring, Rule, RuleSet
from readiness.workbench.grids import (
    FALSE,
    MOST_STATES,
    TRUE,
    UNDECIDED,
    Axis,
    Grid,
    Truths,
    condition_axes,
    grid_of,
    truth,
)
from readiness.workbench.theorems import MOST_IN_ALL, TINY, Check, Refutation, Study, Tally, Theorem, Wrong, phases_of

# In so many states in which a rule holds it is looked for a changed risk, before all states are gone through.
WITNESSES = 3
MIDDLE = 50.0


def state_problems(truths: Iterable[Truths]) -> tuple[Wrong, ...]:
    """Which of the three states a condition is never in, given where it stands in each phase."""
    met = {int(value) for each in truths for value in np.unique(each)}
    names = {TRUE: Wrong.NEVER_HOLDS, FALSE: Wrong.NEVER_FAILS, UNDECIDED: Wrong.NEVER_OPEN}
    return tuple(wrong for value, wrong in names.items() if value not in met)


def try_rules(study: Study, tally: Tally) -> None:
    """Every rule can hold, can fail, and waits for the answer to each item it asks about."""
    for scoring in study.scoring:
        for rule in scoring.rules:
            axes = [
                condition_axes(study.ruleset, (rule.condition,), phase)
                for phase in phases_of(study.ruleset, rule.subjects)
            ]
            states = sum(prod(axis.size for axis in each) for each in axes)
            if states > MOST_STATES:
                tally.leave(rule.code)
                continue
            tally.look(states)
            tally.refute(_rule_problems(scoring, rule, [(each, truth(rule.condition, each)) for each in axes]))


def _rule_problems(
    scoring: ConstructScoring, rule: Rule, found: list[tuple[tuple[Axis, ...], Truths]]
) -> Iterator[Refutation]:
    construct = scoring.construct.code
    never = state_problems(truths for _, truths in found)
    for wrong in never:
        yield Refutation(wrong, construct, rule.code)
    if never:
        return
    for place, axis in enumerate(found[0][0]):
        if not any(_waits_for(place, axes, truths) for axes, truths in found):
            yield Refutation(Wrong.NEVER_MATTERS, construct, rule.code, item=axis.subject)


def _waits_for(place: int, axes: tuple[Axis, ...], truths: Truths) -> bool:
    """Whether some known answers to everything else leave a condition undecided without this one."""
    known = tuple(
        slice(axis.unknown, None) if number == place or not axis.kinds else slice(axis.unknown)
        for number, axis in enumerate(axes)
    )
    return bool((truths[known] == UNDECIDED).any())


def effects(study: Study) -> Check:
    """Every rule that can hold changes the risk of its construct somewhere: taken out, not everything stays as it is.

    One state is enough to show it. Where none of a few does, the grid is made once more without the rule's effect, for
    MOST_IN_ALL states of all rules together; what comes after them is undecided.
    """
    tally = Tally(Theorem.EFFECTS)
    room = MOST_IN_ALL
    for scoring in study.scoring:
        grids = study.grids_of(scoring.construct.code)
        states = sum(grid.states for grid in grids)
        for rule in scoring.rules:
            if not grids:
                tally.leave(rule.code)
                continue
            # A rule that never holds is refuted as such.
            if any(_witnessed(study.ruleset, grid, rule, tally) for grid in grids) or not _holds(grids, rule):
                tally.look(0)
                continue
            if states > room:
                tally.leave(rule.code)
                continue
            room -= states
            tally.look(states)
            if not any(_differs_without(study.ruleset, grid, rule) for grid in grids):
                tally.refute([Refutation(Wrong.CHANGES_NOTHING, scoring.construct.code, rule.code)])
    return tally.check()


def _holds(grids: Iterable[Grid], rule: Rule) -> bool:
    return any(bool((grid.truths[rule.code] == TRUE).any()) for grid in grids)


def _witnessed(ruleset: RuleSet, grid: Grid, rule: Rule, tally: Tally) -> bool:
    """Whether the risk is another one without the rule in one of a few states in which it holds.

    Those in the middle of the scale come first: at its ends much goes unseen.
    """
    without = _without(grid.scoring, rule)
    holding = np.flatnonzero((grid.truths[rule.code] == TRUE) & ~np.isnan(grid.risk))
    middle = np.abs(grid.risk.reshape(-1)[holding] - MIDDLE)
    few = np.argpartition(middle, WITNESSES)[:WITNESSES] if len(holding) > WITNESSES else slice(None)
    for place in holding[few]:
        state = tuple(int(each) for each in np.unravel_index(place, grid.risk.shape))
        tally.score(1)
        risk = rate_construct(ruleset, without, grid.answers_at(state)).risk
        if risk is not None and abs(risk - float(grid.risk[state])) > TINY:
            return True
    return False


def _differs_without(ruleset: RuleSet, grid: Grid, rule: Rule) -> bool:
    """Whether the risk is another one without the rule in any state at all."""
    other = grid_of(ruleset, _without(grid.scoring, rule), grid.phase)
    return other is None or bool((np.abs(other.risk - grid.risk) > TINY).any())


def _without(scoring: ConstructScoring, rule: Rule) -> ConstructScoring:
    """The construct when a rule still asks, so that the states stay the same, and does nothing."""
    idle = replace(rule, shift=0.0, at_least=None)
    return replace(scoring, rules=tuple(idle if each.code == rule.code else each for each in scoring.rules))
