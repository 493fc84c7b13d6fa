"""Where each assessment stands in a construct's grid: columns of codes > one number per assessment.

The place of a code on its axis is written as arithmetic, because passes over bytes cost next to nothing while a lookup
costs twenty of them: a ramp `min(code, top)` and a few steps `(code >= edge) * jump`, in bytes that wrap around.
Neighbouring axes are combined in bytes as long as their places together are at most 256, then in wider numbers.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import Missing
from readiness.engine.instrument import Item
from readiness.workbench.columns import NOT_APPLICABLE, UNKNOWN, Codes, Columns
from readiness.workbench.grids import Axis

States = NDArray[np.unsignedinteger]

MOST_IN_A_BYTE = 256


@dataclass(frozen=True, slots=True)
class Ramp:
    """How the codes of one subject become places on an axis of `size`: min(code, top), and `jump` more from each
    `edge` on."""

    subject: str
    size: int
    top: int
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Route:
    """How columns become states: groups of ramps whose places together fit into a byte; `states` in all."""

    groups: tuple[tuple[Ramp, ...], ...]
    states: int

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """The smallest type that holds every state."""
        return np.dtype(np.min_scalar_type(max(self.states - 1, 0)))

    def states_of(self, columns: Columns) -> States:
        """The state of each assessment."""
        if not self.groups:
            return np.zeros(columns.length, self.dtype)
        found, part = np.empty(columns.length, np.uint8), np.empty(columns.length, np.uint8)
        _together(self.groups[0], columns, found, part)
        group = np.empty(columns.length, np.uint8)
        for ramps in self.groups[1:]:
            _together(ramps, columns, group, part)
            found = np.multiply(found, prod(ramp.size for ramp in ramps), dtype=self.dtype)
            np.add(found, group, out=found)
        return found


def route_of(axes: tuple[Axis, ...], items: dict[str, Item]) -> Route:
    """The route to the states of some axes; their subjects are items."""
    groups: list[list[Ramp]] = []
    for axis in axes:
        ramp = _ramp(axis, items[axis.subject])
        if ramp.size == 1:
            continue
        if groups and prod(each.size for each in groups[-1]) * ramp.size <= MOST_IN_A_BYTE:
            groups[-1].append(ramp)
        else:
            groups.append([ramp])
    return Route(tuple(tuple(group) for group in groups), prod(axis.size for axis in axes))


def _together(ramps: tuple[Ramp, ...], columns: Columns, group: Codes, part: Codes) -> None:
    """Write the joint place on some axes into `group`; `part` is room to work in.

    NumPy takes the minimum of two columns of bytes ten times faster than that of a column and a number.
    """
    flag = part.view(np.bool_)
    for number, ramp in enumerate(ramps):
        column = columns.column(ramp.subject)
        if not number:
            group.fill(ramp.top)
            np.minimum(column, group, out=group)
        else:
            np.multiply(group, ramp.size, out=group)
            if ramp.top:
                part.fill(ramp.top)
                np.minimum(column, part, out=part)
                np.add(group, part, out=group)
        for edge, jump in ramp.steps:
            np.greater_equal(column, edge, out=flag)
            if jump != 1:
                np.multiply(part, jump, out=part)
            np.add(group, part, out=group)


def _ramp(axis: Axis, item: Item) -> Ramp:
    """The ramp of an axis that takes the fewest passes."""
    places = {code: axis.places.get(level, axis.unknown) for code, level in enumerate(item.order)}
    if item.not_applicable is not None:
        places[NOT_APPLICABLE] = axis.places.get(Missing.NOT_APPLICABLE, axis.unknown)
    places[UNKNOWN] = axis.unknown
    ramps = (Ramp(axis.subject, axis.size, top, _steps(places, top)) for top in range(axis.size))
    return min(ramps, key=_passes)


def _steps(places: dict[int, int], top: int) -> tuple[tuple[int, int], ...]:
    """What must be added to min(code, top), as edges and jumps; jumps below zero wrap around."""
    found, so_far = [], 0
    for code, place in places.items():
        left = place - min(code, top)
        if left != so_far:
            found.append((code, (left - so_far) % 256))
        so_far = left
    return tuple(found)


def _passes(ramp: Ramp) -> int:
    return 2 * (ramp.top > 0) + sum(2 + (jump != 1) for _, jump in ramp.steps)
