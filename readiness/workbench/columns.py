"""Many assessments of one phase as one column of small numbers for each item: from answers, back to answers, by chance.

A code is the place of a level in `item.order`; two more stand for what is no level. *Don't know* and *not answered* are
both UNKNOWN: nothing in the scoring tells them apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readiness.engine.answers import UNKNOWN as UNKNOWN_REASONS
from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.instrument import Instrument, Item

Codes = NDArray[np.uint8]

NOT_APPLICABLE, UNKNOWN = 254, 255
MOST_LEVELS = NOT_APPLICABLE

# How much the answers of one simulated service hang together, and how often an item that may not apply does not.
HANGING_TOGETHER = 0.4
SHARE_NOT_APPLICABLE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Assessments of one phase: for each item one code per assessment. An item without a column was not answered.

    The gap on an item has a column like an item's (`Instrument.subjects`), where any of the assessments is of a team.
    """

    phase: Phase
    items: Mapping[str, Codes]
    length: int

    def column(self, item: str) -> Codes:
        """The codes of one item."""
        found = self.items.get(item)
        return np.full(self.length, UNKNOWN, np.uint8) if found is None else found

    def rows(self, start: int, stop: int) -> "Columns":
        """The assessments from `start` to before `stop`; the codes are not copied."""
        return Columns(
            self.phase,
            {code: column[start:stop] for code, column in self.items.items()},
            len(range(self.length)[start:stop]),
        )

    def pick(self, places: NDArray[np.intp]) -> "Columns":
        """The assessments at some places."""
        return Columns(self.phase, {code: column[places] for code, column in self.items.items()}, len(places))


def codes_of(item: Item) -> Mapping[Answer, int]:
    """The code of every answer that an item can have."""
    codes: dict[Answer, int] = {level: place for place, level in enumerate(item.order)}
    if item.not_applicable is not None:
        codes[Missing.NOT_APPLICABLE] = NOT_APPLICABLE
    return {**codes, **{reason: UNKNOWN for reason in Missing if reason in UNKNOWN_REASONS}}


def encode(instrument: Instrument, phase: Phase, answers: Sequence[Answers]) -> Columns:
    """The columns of some sets of answers; ValueError for one that the instrument does not ask for in the phase."""
    gaps = sorted({subject for each in answers for subject in each.gaps})
    asked = (*instrument.asked(phase), *(instrument.subjects[subject] for subject in gaps))
    items = {item.code: codes_of(item) for item in asked if phase in item.ask}
    for each in answers:
        if each.phase is not phase:
            raise ValueError(f"answers of the phase {each.phase} among those of {phase}")
        for item, answer in each.found.items():
            if answer not in items.get(item, {}) and answer not in UNKNOWN_REASONS:
                raise ValueError(f"{item} cannot be answered {answer!r} in the phase {phase}")
    columns = {
        item: np.fromiter((codes[each[item]] for each in answers), np.uint8, len(answers))
        for item, codes in items.items()
    }
    return Columns(phase, columns, len(answers))


def answers_at(instrument: Instrument, columns: Columns, row: int) -> Answers:
    """The answers of one assessment; what is unknown is not named."""
    found: dict[str, Answer] = {}
    for item, column in columns.items.items():
        code = int(column[row])
        if code == NOT_APPLICABLE:
            found[item] = Missing.NOT_APPLICABLE
        elif code != UNKNOWN:
            found[item] = instrument.subjects[item].order[code]
    return Answers.of(columns.phase, found)


def simulate(
    instrument: Instrument, phase: Phase, n: int, rng: np.random.Generator, unknown_share: float = 0.0
) -> Columns:
    """`n` assessments drawn by chance, a share 0..1 of their answers unknown.

    The answers of one service hang together a little: each is drawn from a mixture of a level that the service has in
    everything and one that the item has alone. Nothing about real services is claimed by it. Each is answered by one
    person alone: no gap between sheets is known.
    """
    service = HANGING_TOGETHER * rng.random(n, np.float32)
    columns = {}
    for item in instrument.asked(phase):
        level = service + np.float32(1 - HANGING_TOGETHER) * rng.random(n, np.float32)
        column = np.minimum(level * len(item.order), len(item.order) - 1).astype(np.uint8)
        if item.not_applicable is not None:
            column[rng.random(n, np.float32) < SHARE_NOT_APPLICABLE] = NOT_APPLICABLE
        column[rng.random(n, np.float32) < unknown_share] = UNKNOWN
        columns[item.code] = column
    return Columns(phase, columns, n)
