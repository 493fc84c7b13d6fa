"""Two versions of a rule set > in which answer combinations they come out differently, by how much, and when.

Constructs and conditions are compared as finite functions, over every state of what either version asks about. A level
or item that one of the two lacks is unknown there, as it is when answers are carried over.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.conditions import Condition
from readiness.engine.ruleset import RuleSet
from readiness.workbench.grids import (
    MOST_STATES,
    TRUE,
    Axis,
    Floats,
    Kind,
    band_places,
    condition_axes,
    construct_axes,
    grid_of,
    truth,
)

Found = NDArray[np.bool_]
Box = list[NDArray[np.intp]]  # for each axis the places that it takes
Places = Mapping[str, tuple[int, ...]]
T = TypeVar("T", bound=np.generic)

# More alternatives than these explain nothing.
MOST_ALTERNATIVES = 3

# Risks (0..100) that lie closer than this are the same: sums in another order differ in their last digits.
SAME_RISK = 1e-6


@dataclass(frozen=True, slots=True)
class Among:
    """A subject has one of these answers (or bands); `Missing.DONT_KNOW` among them stands for every unknown one."""

    subject: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Where something is so: all of `when` hold and, unless there are none, all of one of `either` do.

    When it is `exact`, it is so in every such state; otherwise it is so only there, in `share` (0..1) of them.
    """

    when: tuple[Among, ...]
    either: tuple[tuple[Among, ...], ...]
    exact: bool
    share: float


@dataclass(frozen=True, slots=True)
class Tally:
    """In how many of `of` answer combinations the risk, the band and the range of a construct come out differently."""

    of: int
    risk: int = 0
    band: int = 0
    range: int = 0

    @property
    def any(self) -> bool:
        """Whether anything does."""
        return bool(self.risk or self.band or self.range)


@dataclass(frozen=True, slots=True)
class ConstructChange:
    """One construct in one phase: combinations in which everything is `known`, and those in which something is `open`.

    `least` and `most` are the ends of the change in risk points (negative: lower risk), None when no changed risk is
    determinable on both sides. `where` is about the known combinations or, when none of them changes, about all.
    """

    code: str
    phase: Phase
    known: Tally
    open: Tally
    least: float | None
    most: float | None
    where: Where


@dataclass(frozen=True, slots=True)
class RecommendationChange:
    """A recommendation of both versions in one phase: the combinations in which it newly applies or no longer does."""

    code: str
    phase: Phase
    of: int
    appears: int
    vanishes: int
    where: Where


@dataclass(frozen=True, slots=True)
class TooLarge:
    """Something with more states than can be compared, which is not stated alike in both versions."""

    code: str
    phase: Phase


@dataclass(frozen=True, eq=False)
class _Shared:
    """Axes that two functions share, and for each of the two the places of its own axes along them."""

    axes: tuple[Axis, ...]
    first: Places
    then: Places

    @property
    def states(self) -> int:
        return prod(axis.size for axis in self.axes)


def construct_changes(
    a: RuleSet, b: RuleSet, phases: Iterable[Phase] = Phase, constructs: Iterable[str] | None = None
) -> Iterator[ConstructChange | TooLarge]:
    """What comes out differently in each construct (of `constructs`) that both versions have, phase by phase."""
    phases = tuple(phases)
    for code in a.scoring if constructs is None else constructs:
        for phase in phases if code in b.scoring else ():
            if stated(a, code, phase) != stated(b, code, phase):
                yield from _construct_change(a, b, code, phase)


def recommendation_changes(
    a: RuleSet, b: RuleSet, phases: Iterable[Phase] = Phase
) -> Iterator[RecommendationChange | TooLarge]:
    """In which answers and bands each recommendation of both versions applies in one of them only."""
    phases = tuple(phases)
    other = {each.code: each for each in b.recommendations}
    for each in a.recommendations:
        for phase in phases if each.code in other else ():
            yield from _condition_change(a, b, (each.condition, other[each.code].condition), each.code, phase)


def stated(ruleset: RuleSet, code: str, phase: Phase) -> object:
    """Everything that decides a construct, as it is stated: equal statements need no proof."""
    scoring = ruleset.scoring[code]
    rules = tuple((rule.condition, rule.shift, rule.at_least) for rule in scoring.rules)
    floors = tuple(sorted(ruleset.bands.floor.items()))
    own = tuple(item.item for item in scoring.items)
    return own, construct_axes(ruleset, scoring, phase), rules, floors, ruleset.determinable_share


def _construct_change(a: RuleSet, b: RuleSet, code: str, phase: Phase) -> Iterator[ConstructChange | TooLarge]:
    shared = _share(construct_axes(a, a.scoring[code], phase), construct_axes(b, b.scoring[code], phase))
    if shared.states > MOST_STATES:
        yield TooLarge(code, phase)
        return
    first, then = grid_of(a, a.scoring[code], phase), grid_of(b, b.scoring[code], phase)
    if first is None or then is None:
        yield TooLarge(code, phase)
        return
    risks, best, worst = (
        (_along(mine, first.axes, shared, shared.first), _along(other, then.axes, shared, shared.then))
        for mine, other in ((first.risk, then.risk), (first.best, then.best), (first.worst, then.worst))
    )
    risk = _differ(*risks)
    band = band_places(a.bands, risks[0]) != band_places(b.bands, risks[1])
    ranges = _differ(*best) | _differ(*worst)
    if (risk | band | ranges).any():
        yield _summed(code, phase, shared.axes, risks, (risk, band, ranges))


def _summed(
    code: str, phase: Phase, axes: tuple[Axis, ...], risks: tuple[Floats, Floats], found: tuple[Found, Found, Found]
) -> ConstructChange:
    whole = _tally(axes, found)
    inside = known_only(axes)
    known = _tally(axes, (found[0][inside], found[1][inside], found[2][inside]))
    opened = Tally(*(getattr(whole, part) - getattr(known, part) for part in ("of", "risk", "band", "range")))
    moved = (risks[1] - risks[0])[found[0]]
    moved = moved[~np.isnan(moved)]
    changed = found[0] | found[1]
    if not (changed[inside]).any():
        changed, inside = changed | found[2], (slice(None),) * len(axes)
    where = described(changed[inside], axes)
    least, most = (float(moved.min()), float(moved.max())) if moved.size else (None, None)
    return ConstructChange(code, phase, known, opened, least, most, where)


def _condition_change(
    a: RuleSet, b: RuleSet, conditions: tuple[Condition, Condition], code: str, phase: Phase
) -> Iterator[RecommendationChange | TooLarge]:
    if conditions[0] == conditions[1] and condition_axes(a, conditions, phase) == condition_axes(b, conditions, phase):
        return
    mine, others = condition_axes(a, conditions[:1], phase), condition_axes(b, conditions[1:], phase)
    shared = _share(mine, others)
    if shared.states > MOST_STATES:
        yield TooLarge(code, phase)
        return
    before = _along(truth(conditions[0], mine), mine, shared, shared.first) == TRUE
    after = _along(truth(conditions[1], others), others, shared, shared.then) == TRUE
    changed = before != after
    if changed.any():
        inside = known_only(shared.axes) if changed[known_only(shared.axes)].any() else ...
        appears, vanishes = (combinations(shared.axes, found) for found in (after & ~before, before & ~after))
        of = combinations(shared.axes, np.ones_like(changed))
        yield RecommendationChange(code, phase, of, appears, vanishes, described(changed[inside], shared.axes))


def _share(first: tuple[Axis, ...], then: tuple[Axis, ...]) -> _Shared:
    """Axes along which both functions can be laid: answers share a place when neither function tells them apart."""
    known = {axis.subject: axis for axis in first}, {axis.subject: axis for axis in then}
    axes: list[Axis] = []
    mine: dict[str, tuple[int, ...]] = {}
    others: dict[str, tuple[int, ...]] = {}
    for subject in dict.fromkeys(axis.subject for axis in (*first, *then)):
        one, other = (axes_of.get(subject, Axis(subject, ())) for axes_of in known)
        alike: dict[tuple[int, int], list[Answer]] = {}
        for answer in (*one.places, *(answer for answer in other.places if answer not in one.places)):
            signature = one.places.get(answer, one.unknown), other.places.get(answer, other.unknown)
            alike.setdefault(signature, []).append(answer)
        axes.append(Axis(subject, tuple(Kind(tuple(answers)) for answers in alike.values())))
        mine[subject] = (*(place for place, _ in alike), one.unknown)
        others[subject] = (*(place for _, place in alike), other.unknown)
    return _Shared(tuple(axes), mine, others)


def _along(values: NDArray[T], axes: tuple[Axis, ...], shared: _Shared, places: Places) -> NDArray[T]:
    """Values over a function's own axes, laid along the shared ones."""
    full = np.broadcast_to(values, tuple(axis.size for axis in axes))
    order = [axis.subject for axis in axes]
    taken = full[np.ix_(*(places[subject] for subject in order))]
    own = [axis.subject for axis in shared.axes if axis.subject in order]
    turned = taken.transpose([order.index(subject) for subject in own])
    shape = tuple(axis.size for axis in shared.axes)
    sizes = [axis.size if axis.subject in own else 1 for axis in shared.axes]
    return np.broadcast_to(turned.reshape(sizes), shape)


def _differ(one: Floats, other: Floats) -> Found:
    nothing = np.isnan(one), np.isnan(other)
    with np.errstate(invalid="ignore"):
        apart: Found = (nothing[0] != nothing[1]) | (np.abs(one - other) > SAME_RISK)
    return apart


def known_only(axes: tuple[Axis, ...]) -> tuple[slice, ...]:
    """The part of a grid in which nothing is unknown; what is not asked has no other place."""
    return tuple(slice(0, max(1, len(axis.kinds))) for axis in axes)


def combinations(axes: tuple[Axis, ...], found: Found) -> int:
    """How many answer combinations stand behind the found states: levels that share a place count one by one.

    `found` may end before the place of *unknown* along each axis; an unknown answer counts once.
    """
    left = found.astype(np.int64)
    for axis, size in zip(reversed(axes), reversed(found.shape), strict=True):
        left = left @ np.array([*(len(kind.answers) for kind in axis.kinds), 1][:size], np.int64)
    return int(left)


def _tally(axes: tuple[Axis, ...], found: tuple[Found, Found, Found]) -> Tally:
    return Tally(combinations(axes, np.ones_like(found[0])), *(combinations(axes, each) for each in found))


def described(found: Found, axes: tuple[Axis, ...]) -> Where:
    """The tightest description of some states: what holds of each subject alone, then alternatives within that.

    `found` may end before the place of *unknown* along each axis; it holds at least one state.
    """
    outer = _enclosing(found)
    inside, when = found[np.ix_(*outer)], _said(axes, found.shape, outer)
    if inside.all():
        return Where(when, (), exact=True, share=1.0)
    alternatives = _singles(inside) or _cover(inside)
    if not alternatives:
        share = combinations(axes, found) / combinations(axes, _box(found.shape, outer))
        return Where(when, (), exact=False, share=share)
    whole = [[places[part] for places, part in zip(outer, box, strict=True)] for box in alternatives]
    within = tuple(places.size for places in outer)
    return Where(when, tuple(_said(axes, within, box) for box in whole), exact=True, share=1.0)


def _singles(inside: Found) -> list[Box]:
    """Boxes that each narrow one axis and together are what is found: all but one box. None where that is not so."""
    rest = _enclosing(~inside)
    if inside[np.ix_(*rest)].any():
        return []
    whole = [np.arange(size) for size in inside.shape]
    others = [np.delete(places, left) for places, left in zip(whole, rest, strict=True)]
    return [[*whole[:axis], places, *whole[axis + 1 :]] for axis, places in enumerate(others) if places.size]


def _cover(inside: Found) -> list[Box]:
    """A few boxes that together are exactly what is found, each as large as it gets; none when a few do not do."""
    left = inside.copy()
    boxes: list[Box] = []
    while left.any() and len(boxes) < MOST_ALTERNATIVES:
        start = tuple(int(place) for place in np.argwhere(left)[0])
        ways = (_grown(inside, start, order) for order in (range(inside.ndim), range(inside.ndim - 1, -1, -1)))
        boxes.append(max(ways, key=lambda box: int(left[np.ix_(*box)].sum())))
        left[np.ix_(*boxes[-1])] = False
    return [] if left.any() else boxes


def _grown(inside: Found, start: tuple[int, ...], order: Iterable[int]) -> Box:
    """A box around a state, made longer along one axis after the other for as long as all in it is found."""
    box: Box = [np.array([place]) for place in start]
    for axis in order:
        every = [*box[:axis], np.arange(inside.shape[axis]), *box[axis + 1 :]]
        others = tuple(other for other in range(inside.ndim) if other != axis)
        box[axis] = np.flatnonzero(inside[np.ix_(*every)].all(axis=others))
    return box


def _enclosing(found: Found) -> Box:
    """For each axis the places at which anything is found: the smallest box around it."""
    every = range(found.ndim)
    return [np.flatnonzero(found.any(axis=tuple(other for other in every if other != place))) for place in every]


def _box(shape: tuple[int, ...], places: Box) -> Found:
    box = np.zeros(shape, np.bool_)
    box[np.ix_(*places)] = True
    return box


def _said(axes: tuple[Axis, ...], shape: tuple[int, ...], places: Box) -> tuple[Among, ...]:
    """What a box says of each subject that does not take all of its places in it."""
    named = zip(axes, shape, places, strict=True)
    return tuple(_among(axis, taken) for axis, size, taken in named if taken.size < size)


def _among(axis: Axis, places: NDArray[np.intp]) -> Among:
    every = [axis.kinds[place].answers if place < axis.unknown else (Missing.DONT_KNOW,) for place in places]
    return Among(axis.subject, tuple(answer for answers in every for answer in answers))
