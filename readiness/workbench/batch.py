"""Many assessments at once, with ranges: columns of answers > what `score` would say of each, exactly.

A rule set is compiled once per phase. Then an assessment is looked up: its state in each construct's grid
(`states.py`), the outcome of that state (`outcomes.py`), and the domain's sums (`domains.py`). Whole columns are
worked through in blocks. Truths of rules and recommendations are worked out when somebody asks (`literals.py`). A
construct too large for a grid is scored by the scalar engine, once for each distinct mixture of its own answers, and
named in `by_hand`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.workbench.columns import Codes, Columns
from readiness.workbench.domains import MOST_CONSTRUCTS, DomainScores, Part, part_of, room_for, score_domain
from readiness.workbench.grids import Floats, Grid, construct_axes, grid_of
from readiness.workbench.literals import truths_of
from readiness.workbench.outcomes import Lookup, Outcomes, by_hand, lookup_of
from readiness.workbench.states import States

# Assessments worked through together. With fewer, calling NumPy weighs more than what it saves in memory.
BLOCK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class ConstructScores:
    """One construct over many assessments: which of its outcomes each has."""

    outcome: States
    table: Outcomes


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Many assessments, scored: outcomes by construct, risks, ranges and bands by domain; the rest when asked for."""

    ruleset: RuleSet
    columns: Columns
    constructs: Mapping[str, ConstructScores]
    domains: Mapping[str, DomainScores]

    def risk(self, construct: str) -> Floats:
        """Each assessment's risk of a construct, 0..100; NaN where not determinable."""
        return self.constructs[construct].table.risk[self.constructs[construct].outcome]

    def best(self, construct: str) -> Floats:
        """The best risk of a construct, 0..100; NaN where nothing applies."""
        return self.constructs[construct].table.best[self.constructs[construct].outcome]

    def worst(self, construct: str) -> Floats:
        """The worst risk of a construct, 0..100; NaN where nothing applies."""
        return self.constructs[construct].table.worst[self.constructs[construct].outcome]

    def band(self, construct: str) -> Codes:
        """The band of a construct as its place, NO_BAND where not determinable."""
        return self.constructs[construct].table.band[self.constructs[construct].outcome]

    def rule_truth(self, code: str) -> NDArray[np.uint8]:
        """Whether a rule holds: FALSE, UNDECIDED or TRUE."""
        condition = self.ruleset.rules[code].condition
        return truths_of(condition, self.ruleset.instrument.subjects, self.columns, self.band)

    def recommended(self, code: str) -> NDArray[np.uint8]:
        """Whether a recommendation applies: FALSE, UNDECIDED or TRUE."""
        condition = next(each.condition for each in self.ruleset.recommendations if each.code == code)
        return truths_of(condition, self.ruleset.instrument.subjects, self.columns, self.band)


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A rule set made ready for one phase: what is looked up for each construct that has a grid."""

    ruleset: RuleSet
    phase: Phase
    lookups: Mapping[str, Lookup]
    parts: Mapping[str, Part]

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The constructs without a grid."""
        return tuple(code for code in self.ruleset.scoring if code not in self.lookups)

    def score(self, columns: Columns) -> Scored:
        """Score assessments of the compiled phase; ValueError for another one."""
        if columns.phase is not self.phase:
            raise ValueError(f"answers of the phase {columns.phase} for a rule set compiled for {self.phase}")
        parts, outcomes = dict(self.parts), self._room(columns)
        for code in self.by_hand:
            outcomes[code], found = by_hand(self.ruleset, self.ruleset.scoring[code], columns)
            parts[code] = part_of(self.ruleset, self.ruleset.constructs[code], found)
        domains = room_for([domain.code for domain in self.ruleset.domains], columns.length)
        for start in range(0, columns.length, BLOCK):
            self._score_block(columns, start, parts, outcomes, domains)
        constructs = {code: ConstructScores(outcomes[code], parts[code].outcomes) for code in self.ruleset.scoring}
        return Scored(self.ruleset, columns, constructs, domains)

    def _room(self, columns: Columns) -> dict[str, States]:
        return {code: np.empty(columns.length, lookup.dtype) for code, lookup in self.lookups.items()}

    def _score_block(
        self,
        columns: Columns,
        start: int,
        parts: Mapping[str, Part],
        outcomes: Mapping[str, States],
        domains: Mapping[str, DomainScores],
    ) -> None:
        stop = min(start + BLOCK, columns.length)
        block = columns.rows(start, stop)
        for code, lookup in self.lookups.items():
            outcomes[code][start:stop] = lookup.outcomes_of(block)
        for domain in self.ruleset.domains:
            codes = [construct.code for construct in domain.constructs]
            score_domain(
                self.ruleset,
                [parts[code] for code in codes],
                [outcomes[code][start:stop] for code in codes],
                domains[domain.code].rows(start, stop),
            )


def compile_batch(ruleset: RuleSet, phase: Phase, grids: Mapping[str, Grid | None] | None = None) -> Compiled:
    """Make a rule set ready for one phase; `grids` are those that are already there.

    Raises ValueError when a domain has more than MOST_CONSTRUCTS constructs.
    """
    if any(len(domain.constructs) > MOST_CONSTRUCTS for domain in ruleset.domains):
        raise ValueError(f"a domain has more than {MOST_CONSTRUCTS} constructs")
    lookups: dict[str, Lookup] = {}
    for code, scoring in ruleset.scoring.items():
        if not construct_axes(ruleset, scoring, phase):
            continue  # nothing that it looks at is asked in this phase
        grid = grids[code] if grids and code in grids else grid_of(ruleset, scoring, phase)
        if grid is not None:
            lookups[code] = lookup_of(ruleset, grid)
    parts = {code: part_of(ruleset, ruleset.constructs[code], lookup.outcomes) for code, lookup in lookups.items()}
    return Compiled(ruleset, phase, lookups, parts)
