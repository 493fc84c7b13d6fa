"""What a construct can come to: its states > the few distinct outcomes that anything later looks at.

The largest construct of the shipped rule set has 746,496 states and 623 outcomes. One small number per state says
which, so that what is kept of a rule set is small, and what is looked up per assessment stays in the fastest memory.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readiness.engine.ranges import open_construct
from readiness.engine.rating import rate_construct
from readiness.engine.ruleset import ConstructScoring, RuleSet
from readiness.workbench.columns import Columns, answers_at
from readiness.workbench.grids import Floats, Grid, band_places
from readiness.workbench.states import Route, States, route_of

# Up to so many states every state is an outcome of its own: looking up which one would cost more than it saves.
FEW_STATES = 4096

# Beyond so many possible keys they are sorted, so that memory stays small.
MOST_KEYS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """For each outcome of a construct its risk (NaN: not determinable), best and worst risk (NaN: nothing applies),
    and band."""

    risk: Floats
    best: Floats
    worst: Floats
    band: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """A construct ready to be looked up: the route to its states, which outcome each has (None: its own), and those."""

    route: Route
    of_state: States | None
    outcomes: Outcomes

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """The type of an outcome's number."""
        return self.route.dtype if self.of_state is None else self.of_state.dtype

    def outcomes_of(self, columns: Columns) -> States:
        """The outcome of each assessment."""
        states = self.route.states_of(columns)
        return states if self.of_state is None else self.of_state.take(states, mode="clip")


def lookup_of(ruleset: RuleSet, grid: Grid) -> Lookup:
    """A grid made ready."""
    route = route_of(grid.axes, dict(ruleset.instrument.subjects))
    risk, best, worst = grid.risk.ravel(), grid.best.ravel(), grid.worst.ravel()
    examples, of_state = _distinct(risk, best, worst) if grid.states > FEW_STATES else (np.arange(grid.states), None)
    bands = band_places(ruleset.bands, risk[examples])
    return Lookup(route, of_state, Outcomes(risk[examples], best[examples], worst[examples], bands))


def by_hand(ruleset: RuleSet, scoring: ConstructScoring, columns: Columns) -> tuple[States, Outcomes]:
    """The outcomes of a construct that has no grid: the scalar engine, once for each distinct mixture of answers."""
    subjects = [item.item for item in scoring.items]
    subjects += sorted(frozenset().union(*(rule.subjects for rule in scoring.rules)) - set(subjects))
    mixtures, rows = np.unique(
        np.stack([columns.column(subject) for subject in subjects], axis=1), axis=0, return_inverse=True
    )
    distinct = Columns(columns.phase, {code: mixtures[:, at] for at, code in enumerate(subjects)}, len(mixtures))
    examples = [answers_at(ruleset.instrument, distinct, row) for row in range(len(mixtures))]
    risks = [rate_construct(ruleset, scoring, answers).risk for answers in examples]
    ranges = [open_construct(ruleset, scoring, answers).range() for answers in examples]
    risk = np.array([np.nan if each is None else each for each in risks], np.float64)
    best = np.array([np.nan if span is None else span.best for span in ranges], np.float64)
    worst = np.array([np.nan if span is None else span.worst for span in ranges], np.float64)
    outcomes = Outcomes(risk, best, worst, band_places(ruleset.bands, risk))
    return rows.reshape(-1).astype(np.uint32), outcomes


def _distinct(*columns: Floats) -> tuple[NDArray[np.intp], States]:
    """An example of each distinct row of some columns, and for each row which one it is."""
    which, count = np.zeros(len(columns[0]), np.intp), 1
    for column in columns:
        bits = column.view(np.int64)  # as whole numbers, whose distinct ones are found without sorting all
        values = np.unique(bits)
        which, count = _renumbered(which * len(values) + np.searchsorted(values, bits), count * len(values))
    examples = np.empty(count, np.intp)
    examples[which] = np.arange(len(which))
    return examples, which.astype(np.min_scalar_type(count - 1))


def _renumbered(keys: NDArray[np.intp], most: int) -> tuple[NDArray[np.intp], int]:
    """Keys below `most` numbered anew without gaps, and how many there are. Sorting them would take longer."""
    if most > MOST_KEYS:
        distinct, numbers = np.unique(keys, return_inverse=True)
        return numbers, len(distinct)
    present = np.zeros(most, np.bool_)
    present[keys] = True
    return (np.cumsum(present) - 1)[keys], int(present.sum())
