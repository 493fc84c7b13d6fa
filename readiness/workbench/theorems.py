"""What is claimed of every rule set, what can be wrong with it, and what a proof needs to look at, as values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import prod

from readiness.engine.answers import Phase
from readiness.engine.conditions import Condition, claims
from readiness.engine.ruleset import ConstructScoring, RuleSet
from readiness.workbench.counterexample import Counterexample
from readiness.workbench.grids import Grid, accepted_levels, construct_axes, grid_of

# So many states are looked at for a whole rule set; ours has 1.3 million. What comes after them counts as too large.
MOST_IN_ALL = 12_000_000

# Risks may differ by this much for the order in which ratings were added.
TINY = 1e-6


class Theorem(StrEnum):
    """What is proven, in the order in which it is shown."""

    CONDITIONS = "conditions"
    EFFECTS = "effects"
    OPTIONS = "options"
    BETTER = "better answers"
    BANDS = "bands"
    RANGES = "ranges"
    UNKNOWN = "unknown"
    CONTRADICTIONS = "contradictions"
    ADVICE = "advice"
    EXTREMES = "extremes"


class Wrong(StrEnum):
    """What can be wrong; the comment says what `subject` names where it names anything."""

    NEVER_HOLDS = "never holds"  # a rule or recommendation
    NEVER_FAILS = "never fails"
    NEVER_OPEN = "never undecided"
    NEVER_MATTERS = "never matters"  # a rule, for which the answer to `item` makes no difference
    CHANGES_NOTHING = "changes nothing"  # a rule, without which every risk is the same
    LEVELS_ALIKE = "levels alike"
    ASKED_IN_VAIN = "asked in vain"
    ALIKE_IN_VAIN = "alike in vain"
    NEVER_ASKED = "never asked"
    RATINGS_FALL = "ratings fall"
    PEAKED_IN_VAIN = "peaked in vain"
    BETTER_RAISES = "better raises"
    WAIVER_IN_VAIN = "waiver in vain"
    BAND_OUT_OF_REACH = "band out of reach"
    BAND_IN_REACH = "band in reach"
    RANGE_DIFFERS = "range differs"
    RANGE_ESCAPED = "range escaped"
    RANGE_LOOSE = "range loose"
    RISK_DIFFERS = "risk differs"
    KNOWN_BY_NOTHING = "known by nothing"  # a construct or domain
    KNOWN_BY_TOO_LITTLE = "known by too little"
    BOTH_ADVISED = "both advised"  # a recommendation; `other` is the one that contradicts it
    NO_ADVICE = "no advice"
    BEST_NOT_LOW = "best not low"  # a construct or domain
    WORST_NOT_HIGH = "worst not high"  # a construct or domain
    BEST_ADVISED = "best advised"  # a recommendation


@dataclass(frozen=True, slots=True)
class Refutation:
    """One thing that does not hold: where, and answers that show it where answers can.

    `rules` are those that differ between the two answers of a pair.
    """

    wrong: Wrong
    construct: str = ""
    subject: str = ""
    other: str = ""
    item: str = ""
    levels: tuple[str, ...] = ()
    band: str = ""
    rules: tuple[str, ...] = ()
    example: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One theorem: on how many things it was tried, over how many states, and what came of it.

    At `scored` of the states the scalar engine was asked as well; at all others the arrays alone are looked at.
    `undecided` names the constructs, rules and recommendations with too many states to be looked at one by one.
    """

    theorem: Theorem
    tried: int
    states: int
    refutations: tuple[Refutation, ...]
    undecided: tuple[str, ...] = ()
    scored: int = 0

    @property
    def holds(self) -> bool:
        """Whether it is proven of everything."""
        return not self.refutations and not self.undecided


@dataclass(frozen=True, slots=True)
class Proof:
    """All theorems about one rule set; `too_large` names the constructs that could not be enumerated."""

    checks: tuple[Check, ...]
    too_large: tuple[str, ...]

    @property
    def refutations(self) -> tuple[Refutation, ...]:
        """Everything that does not hold."""
        return tuple(refutation for check in self.checks for refutation in check.refutations)


class Tally:
    """Counts while a theorem is tried; what it has come to is a Check."""

    def __init__(self, theorem: Theorem) -> None:
        self.theorem = theorem
        self.tried = self.states = self.scored = 0
        self.refutations: list[Refutation] = []
        self.undecided: dict[str, None] = {}

    def look(self, states: int) -> None:
        """Note that one thing was tried over so many states."""
        self.tried += 1
        self.states += states

    def score(self, states: int) -> None:
        """Note that the scalar engine was asked at so many states."""
        self.scored += states

    def refute(self, found: Iterable[Refutation]) -> None:
        """Note what does not hold."""
        self.refutations += found

    def leave(self, code: str) -> None:
        """Note that something is too large to be decided."""
        self.undecided[code] = None

    def check(self) -> Check:
        """What it has come to."""
        return Check(self.theorem, self.tried, self.states, tuple(self.refutations), tuple(self.undecided), self.scored)


@dataclass(frozen=True, eq=False)
class Study:
    """A rule set and the constructs to prove it of; the grids are made once, when they are first asked for."""

    ruleset: RuleSet
    chosen: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything is to be proven, recommendations and domains included."""
        return len(self.chosen) == len(self.ruleset.scoring)

    @property
    def scoring(self) -> tuple[ConstructScoring, ...]:
        """The scoring of the chosen constructs."""
        return tuple(self.ruleset.scoring[code] for code in self.chosen)

    @cached_property
    def grids(self) -> Mapping[Phase, Mapping[str, Grid | None]]:
        """The grids of each phase; where both phases ask the same they share one."""
        first: dict[str, Grid | None] = {}
        grids: dict[Phase, dict[str, Grid | None]] = {phase: {} for phase in Phase}
        room = MOST_IN_ALL
        for phase in Phase:
            for code in self.ruleset.scoring if self.whole else self.chosen:
                scoring = self.ruleset.scoring[code]
                if phase in phases_of(self.ruleset, items_of(scoring)):
                    grids[phase][code] = made = _grid(self.ruleset, scoring, phase, room)
                    room -= made.states if made else 0
                else:
                    grids[phase][code] = first[code]
                first.setdefault(code, grids[phase][code])
        return grids

    @cached_property
    def too_large(self) -> tuple[str, ...]:
        """The chosen constructs that cannot be enumerated."""
        return tuple(code for code in self.chosen if any(self.grids[phase][code] is None for phase in Phase))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of all rules and recommendations."""
        rules = (rule.condition for rule in self.ruleset.rules.values())
        return (*rules, *(each.condition for each in self.ruleset.recommendations))

    @cached_property
    def accepted(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """For each subject the sets of levels that any rule or recommendation accepts."""
        return accepted_levels(self.conditions)

    @cached_property
    def asked_whether_answered(self) -> frozenset[str]:
        """The subjects of which a rule or recommendation asks whether they are answered at all."""
        found = (claim for condition in self.conditions for claim in claims(condition))
        return frozenset(claim.subject for claim in found if claim.operator == "answered")

    def grids_of(self, construct: str) -> tuple[Grid, ...]:
        """The grids of a construct, one for each phase in which it is another one; none if it is too large."""
        return tuple({id(grid): grid for phase in Phase if (grid := self.grids[phase][construct]) is not None}.values())

    def different_grids(self) -> Iterator[Grid]:
        """The grids of every chosen construct that can be enumerated."""
        for code in self.chosen:
            yield from self.grids_of(code)


def _grid(ruleset: RuleSet, scoring: ConstructScoring, phase: Phase, room: int) -> Grid | None:
    """The grid of a construct, if it has no more states than there is room for."""
    axes = construct_axes(ruleset, scoring, phase)
    return grid_of(ruleset, scoring, phase) if prod(axis.size for axis in axes) <= room else None


def items_of(scoring: ConstructScoring) -> frozenset[str]:
    """The items that decide a construct: its own, and those (and the gaps on items) that its rules ask about."""
    return frozenset(item.item for item in scoring.items).union(*(rule.subjects for rule in scoring.rules))


def asked_about(ruleset: RuleSet, *conditions: Condition) -> frozenset[str]:
    """The items that decide some conditions, through the constructs they name as well."""
    subjects = {claim.subject for condition in conditions for claim in claims(condition)}
    constructs = subjects & set(ruleset.scoring)
    return frozenset(subjects - constructs).union(*(items_of(ruleset.scoring[code]) for code in constructs))


def phases_of(ruleset: RuleSet, items: Iterable[str]) -> tuple[Phase, ...]:
    """The phases to look at for some items: where all are asked in both, the first stands for both."""
    alike = all(len(ruleset.instrument.subjects[item].ask) == len(Phase) for item in items)
    return (Phase.BEFORE,) if alike else tuple(Phase)
