"""Any condition over many assessments at once: columns of codes and bands > FALSE, UNDECIDED or TRUE for each."""

from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from readiness.engine.conditions import Any, Claim, Condition, Not
from readiness.engine.framework import BAND_ORDER
from readiness.engine.instrument import Item
from readiness.workbench.columns import NOT_APPLICABLE, UNKNOWN, Codes, Columns
from readiness.workbench.grids import FALSE, NO_BAND, TRUE, UNDECIDED

Bands = Callable[[str], Codes]


def truths_of(condition: Condition, items: Mapping[str, Item], columns: Columns, bands: Bands) -> NDArray[np.uint8]:
    """Whether a condition holds of each assessment; `bands` gives the bands of a construct as their places."""
    if isinstance(condition, Claim):
        item = items.get(condition.subject)
        codes = columns.column(condition.subject) if item else bands(condition.subject)
        return _meanings(condition, item)[codes]
    if isinstance(condition, Not):
        return np.subtract(TRUE, truths_of(condition.part, items, columns, bands), dtype=np.uint8)
    join = np.maximum if isinstance(condition, Any) else np.minimum
    return reduce(join, (truths_of(part, items, columns, bands) for part in condition.parts))


def _meanings(claim: Claim, item: Item | None) -> NDArray[np.uint8]:
    """What each code of an item, or of a construct's band, makes of a claim."""
    found = np.full(UNKNOWN + 1, UNDECIDED, np.uint8)
    order = item.order if item else BAND_ORDER
    found[: len(order)] = [TRUE if level in claim.accepted else FALSE for level in order]
    found[NOT_APPLICABLE if item else NO_BAND] = FALSE if item else UNDECIDED
    return found
