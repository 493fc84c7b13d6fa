"""The grid of a construct holds at every state what the scalar engine says of it."""

import random
from dataclasses import replace
from math import nan
from pathlib import Path

import numpy as np
import pytest

from readiness.engine.answers import Missing, Phase
from readiness.engine.conditions import evaluate
from readiness.engine.framework import BAND_ORDER
from readiness.engine.ranges import open_construct
from readiness.engine.rating import rate_construct
from readiness.loading.ruleset import load_ruleset
from readiness.workbench import grids
from readiness.workbench.grids import FALSE, NO_BAND, TRUE, UNDECIDED, Grid, band_places, condition_axes, grid_of, truth

RULES = Path(__file__).resolve().parent.parent / "rules" / "peer-support"
SHIPPED = load_ruleset(RULES)
STATES = 60
NUMBER_OF = {True: TRUE, False: FALSE, None: UNDECIDED}


def grid(construct: str, phase: Phase = Phase.AFTER) -> Grid:
    found = grid_of(SHIPPED, SHIPPED.scoring[construct], phase)
    assert found is not None
    return found


def some_states(found: Grid, seed: str) -> list[tuple[int, ...]]:
    """States with few, some, many and all answers open."""
    chance = random.Random(seed)
    return [
        tuple(axis.unknown if chance.random() < share else chance.randrange(axis.size) for axis in found.axes)
        for share in (0, 0.2, 0.5, 0.9, 1)
        for _ in range(STATES // 5)
    ]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("construct", SHIPPED.scoring)
def test_risk_range_and_rules_are_those_of_the_scalar_engine(construct: str, phase: Phase) -> None:
    found = grid(construct, phase)
    scoring = SHIPPED.scoring[construct]
    for state in some_states(found, construct):
        answers = found.answers_at(state)
        assert found.state_of(answers) == state
        rated, span = rate_construct(SHIPPED, scoring, answers), open_construct(SHIPPED, scoring, answers).range()
        expected = (nan if rated.risk is None else rated.risk, *((span.best, span.worst) if span else (nan, nan)))
        assert np.array_equal((found.risk[state], found.best[state], found.worst[state]), expected, equal_nan=True)
        assert bool(found.applies[state]) == bool(rated.asked)
        for outcome in rated.rules:
            assert np.broadcast_to(found.truths[outcome.rule], found.risk.shape)[state] == NUMBER_OF[outcome.truth]


def test_answers_that_nothing_tells_apart_share_a_place() -> None:
    found = grid("culture")
    assert found.states < 500_000
    for axis in found.axes:
        item = SHIPPED.instrument.items[axis.subject]
        offered = [*item.order, *([Missing.NOT_APPLICABLE] if item.not_applicable else [])]
        assert [answer for kind in axis.kinds for answer in sorted(kind.answers, key=offered.index)] == sorted(
            offered, key=lambda answer: (axis.places[answer], offered.index(answer))
        )


def test_recommendations_are_functions_of_items_and_bands() -> None:
    chance = random.Random(1)
    for each in SHIPPED.recommendations:
        axes = condition_axes(SHIPPED, (each.condition,), Phase.BEFORE)
        table = truth(each.condition, axes)
        for _ in range(20):
            state = tuple(chance.randrange(axis.size) for axis in axes)
            given = {axis.subject: axis.answer_at(place) for axis, place in zip(axes, state, strict=True)}
            assert table[state] == NUMBER_OF[evaluate(each.condition, given.__getitem__)]


def test_a_band_begins_at_its_floor() -> None:
    bands = SHIPPED.bands
    risks = np.array([0, 37.5, 37.499999999, 62.5, 62.499999999, 100, nan])
    places = band_places(bands, risks)
    expected = [BAND_ORDER.index(bands.of(float(risk)).value) for risk in risks[:-1]]
    assert places.tolist() == [*expected, NO_BAND]


def test_what_is_too_large_or_falls_back_in_the_scalar_engine_has_no_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    scoring = SHIPPED.scoring["executing"]
    monkeypatch.setattr(grids, "MOST_STATES", 1000)
    assert grid_of(SHIPPED, scoring, Phase.AFTER) is None
    monkeypatch.undo()
    monkeypatch.setattr(grids, "MOST_MIXTURES", 10)
    assert grid_of(SHIPPED, scoring, Phase.AFTER) is None
    assert grid_of(SHIPPED, replace(scoring, rules=()), Phase.AFTER) is not None
