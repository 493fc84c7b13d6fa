"""A construct as a finite function: every state its answers can be in, as arrays with one axis for each item.

A construct depends on its own items and on those its rules ask about. Levels that nothing in the construct tells apart
share a place on their item's axis, so that even the largest construct of a rule set has fewer than a million states.
All of them are computed at once; what is proved, compared or looked up afterwards is arithmetic on these arrays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.conditions import Any, Claim, Condition, Not, claims
from readiness.engine.framework import BAND_ORDER, Bands
from readiness.engine.gaps import is_gap
from readiness.engine.instrument import Item
from readiness.engine.ranges import MOST_MIXTURES
from readiness.engine.rating import BEST_RATING, RISK_DECIMALS, WORST_RATING
from readiness.engine.ruleset import ConstructScoring, RuleSet

Floats = NDArray[np.float64]
Truths = NDArray[np.int8]

# A construct with more states than this is left to the scalar engine, and named.
MOST_STATES = 4_000_000

# Three truth values as numbers, so that Kleene's logic is arithmetic: and = min, or = max, not = 2 - x.
FALSE, UNDECIDED, TRUE = 0, 1, 2

# Bands as numbers; the last stands for *not determinable*.
NO_BAND = len(BAND_ORDER)


@dataclass(frozen=True, slots=True)
class Kind:
    """Known answers to one item that a function cannot tell apart; `rating` is None where they stay out of the mean."""

    answers: tuple[Answer, ...]
    rating: float | None = None


@dataclass(frozen=True)
class Axis:
    """The places of one subject: its kinds in the order of its levels, and after them one place for *unknown*."""

    subject: str
    kinds: tuple[Kind, ...]

    @property
    def unknown(self) -> int:
        """The place of every unknown answer."""
        return len(self.kinds)

    @property
    def size(self) -> int:
        """How many places there are."""
        return len(self.kinds) + 1

    @property
    def fixed(self) -> bool:
        """Whether it stays unknown where it is unknown, whatever is answered: the gap on an item does."""
        return is_gap(self.subject)

    @cached_property
    def places(self) -> Mapping[Answer, int]:
        """The place of each known answer; any other is at `unknown`."""
        return {answer: place for place, kind in enumerate(self.kinds) for answer in kind.answers}

    def answer_at(self, place: int) -> Answer:
        """An answer that stands at a place."""
        return Missing.DONT_KNOW if place == self.unknown else self.kinds[place].answers[0]


@dataclass(frozen=True, eq=False)
class Grid:
    """One construct over every state of its subjects in one phase; the arrays have one axis for each of `axes`.

    `risk` is 0..100, NaN where not determinable; `best` and `worst` are 0..100, NaN where nothing applies; `applies`
    says where an item of the construct applies; `truths` holds each rule as FALSE, UNDECIDED or TRUE, of length 1 along
    axes that it does not ask about.
    """

    scoring: ConstructScoring
    phase: Phase
    axes: tuple[Axis, ...]
    risk: Floats
    best: Floats
    worst: Floats
    applies: NDArray[np.bool_]
    truths: Mapping[str, Truths]

    @property
    def construct(self) -> str:
        """The code of the construct."""
        return self.scoring.construct.code

    @property
    def states(self) -> int:
        """How many states there are."""
        return int(self.risk.size)

    def state_of(self, answers: Answers) -> tuple[int, ...]:
        """Where a set of answers of the grid's phase stands."""
        return tuple(axis.places.get(answers[axis.subject], axis.unknown) for axis in self.axes)

    def answers_at(self, state: tuple[int, ...]) -> Answers:
        """A set of answers that stands at a state."""
        pairs = zip(self.axes, state, strict=True)
        return Answers.of(self.phase, {axis.subject: axis.answer_at(int(place)) for axis, place in pairs})


def grid_of(ruleset: RuleSet, scoring: ConstructScoring, phase: Phase) -> Grid | None:
    """The grid of a construct; None when it has more than MOST_STATES states, or so many that the ranges of the scalar
    engine fall back to a wider bound."""
    axes = construct_axes(ruleset, scoring, phase)
    if prod(axis.size for axis in axes) > MOST_STATES or _falls_back(scoring, axes):
        return None
    truths = {rule.code: truth(rule.condition, axes) for rule in scoring.rules}
    estimate, known, asked = _estimate(ruleset, scoring, phase, axes, truths)
    enough = (known > 0) & (known >= ruleset.determinable_share * asked)
    best, worst = (over_completions(estimate, axes, extreme) for extreme in (np.fmin, np.fmax))
    applies = np.broadcast_to(asked > 0, estimate.shape)
    nothing = np.where(applies, 0.0, np.nan)
    return Grid(
        scoring, phase, axes, np.where(enough, estimate, np.nan), best + nothing, worst + nothing, applies, truths
    )


def grids_of(ruleset: RuleSet, phase: Phase) -> Mapping[str, Grid | None]:
    """The grid of every construct in one phase."""
    return {code: grid_of(ruleset, scoring, phase) for code, scoring in ruleset.scoring.items()}


def construct_axes(ruleset: RuleSet, scoring: ConstructScoring, phase: Phase) -> tuple[Axis, ...]:
    """The axes of a construct: its own items that are asked in the phase, then what else its rules ask about."""
    items = ruleset.instrument.subjects
    own = {item.item: item.ratings for item in scoring.items if phase in items[item.item].ask}
    asked_about = sorted(frozenset().union(*(rule.subjects for rule in scoring.rules)) - set(own))
    accepted = accepted_levels(rule.condition for rule in scoring.rules)
    return tuple(item_axis(items[code], phase, accepted.get(code, ()), own.get(code)) for code in (*own, *asked_about))


def accepted_levels(conditions: Iterable[Condition]) -> dict[str, tuple[frozenset[str], ...]]:
    """For each subject of some conditions, the sets of levels that their claims accept."""
    found: dict[str, dict[frozenset[str], None]] = {}
    for condition in conditions:
        for claim in claims(condition):
            found.setdefault(claim.subject, {})[claim.accepted] = None
    return {subject: tuple(sets) for subject, sets in found.items()}


def item_axis(
    item: Item, phase: Phase, accepted: tuple[frozenset[str], ...], ratings: Mapping[str, float] | None
) -> Axis:
    """The axis of an item, or of the gap on one, for whoever tells its levels apart by `accepted` and, for the item's
    own construct, by `ratings`."""
    if phase not in item.ask:
        return Axis(item.code, ())
    alike: dict[tuple[float | None, tuple[bool, ...]], list[Answer]] = {}
    answers: tuple[Answer, ...] = (*item.order, *([Missing.NOT_APPLICABLE] if item.not_applicable is not None else []))
    for answer in answers:
        rating = ratings.get(answer) if ratings is not None else None
        alike.setdefault((rating, tuple(answer in levels for levels in accepted)), []).append(answer)
    return Axis(item.code, tuple(Kind(tuple(same), rating) for (rating, _), same in alike.items()))


def condition_axes(ruleset: RuleSet, conditions: tuple[Condition, ...], phase: Phase) -> tuple[Axis, ...]:
    """The axes of everything that some conditions ask about: items, gaps on items, and constructs by their bands."""
    items = ruleset.instrument.subjects
    return tuple(
        item_axis(items[subject], phase, accepted, None) if subject in items else band_axis(subject)
        for subject, accepted in accepted_levels(conditions).items()
    )


def band_axis(construct: str) -> Axis:
    """The axis of a construct's band; its last place is *not determinable*, as NO_BAND says."""
    return Axis(construct, tuple(Kind((band,)) for band in BAND_ORDER))


def along(axes: tuple[Axis, ...], place: int, values: Iterable[float]) -> Floats:
    """One value for each place of an axis, shaped so that it spreads over all the others."""
    shape = [1] * len(axes)
    shape[place] = axes[place].size
    return np.array(list(values), np.float64).reshape(shape)


def truth(condition: Condition, axes: tuple[Axis, ...]) -> Truths:
    """A condition over every state: FALSE, UNDECIDED or TRUE; length 1 along axes that it does not ask about."""
    if isinstance(condition, Claim):
        place = next(place for place, axis in enumerate(axes) if axis.subject == condition.subject)
        holds = [TRUE if kind.answers[0] in condition.accepted else FALSE for kind in axes[place].kinds]
        return along(axes, place, [*holds, UNDECIDED]).astype(np.int8)
    if isinstance(condition, Not):
        return np.subtract(TRUE, truth(condition.part, axes), dtype=np.int8)
    join = np.maximum if isinstance(condition, Any) else np.minimum
    return reduce(join, (truth(part, axes) for part in condition.parts))


def over_completions(values: Floats, axes: tuple[Axis, ...], extreme: np.ufunc) -> Floats:
    """The extreme of each state's value and of those of all its completions: an unknown answer may become any other."""
    found = values.copy()
    for place in (place for place, axis in enumerate(axes) if not axis.fixed):
        unknown = [slice(None)] * found.ndim
        unknown[place] = slice(-1, None)
        found[tuple(unknown)] = extreme.reduce(found, axis=place, keepdims=True)
    return found


def band_places(bands: Bands, risk: Floats) -> NDArray[np.uint8]:
    """The band of each risk as its place in BAND_ORDER; NO_BAND where the risk is NaN."""
    floors = sorted(bands.floor.items(), key=lambda pair: pair[1])
    limits, order = [floor for _, floor in floors], [BAND_ORDER.index(band.value) for band, _ in floors]
    places = np.array([order[0], *order])[np.searchsorted(limits, risk, side="right")]
    return np.where(np.isnan(risk), NO_BAND, places).astype(np.uint8)


def _estimate(
    ruleset: RuleSet, scoring: ConstructScoring, phase: Phase, axes: tuple[Axis, ...], truths: Mapping[str, Truths]
) -> tuple[Floats, Floats, Floats]:
    """The risk of every state from what is known in it, however little (NaN: nothing); known and applicable items."""
    own = {item.item for item in scoring.items}
    shape = tuple(axis.size for axis in axes)
    nothing = np.zeros([1] * len(axes))  # a construct that is asked nothing in a phase has no axis, and one state
    total = known = asked = nothing
    for place, axis in enumerate(axes):
        if axis.subject in own:
            counted = [int(kind.rating is not None) for kind in axis.kinds]
            total = total + along(axes, place, [*(kind.rating or 0.0 for kind in axis.kinds), 0.0])
            known = known + along(axes, place, [*counted, 0])
            asked = asked + along(axes, place, [*counted, int(phase in ruleset.instrument.items[axis.subject].ask)])
    with np.errstate(invalid="ignore"):
        rating = total / known
    floor = nothing
    for rule in scoring.rules:
        rating = rating + np.where(truths[rule.code] == TRUE, rule.shift, 0.0)
        if rule.at_least is not None:
            floor = np.maximum(floor, np.where(truths[rule.code] == TRUE, ruleset.bands.floor[rule.at_least], 0.0))
    risk = np.round(50.0 - 25.0 * np.clip(rating, WORST_RATING, BEST_RATING), RISK_DECIMALS)
    return np.broadcast_to(np.maximum(risk, floor), shape).copy(), known, asked


def _falls_back(scoring: ConstructScoring, axes: tuple[Axis, ...]) -> bool:
    """Whether the scalar engine may meet more mixtures than it works through: it asks only what rules ask about."""
    asked_about = frozenset().union(*(rule.subjects for rule in scoring.rules))
    return prod(axis.size for axis in axes if axis.subject in asked_about and not axis.fixed) > MOST_MIXTURES
