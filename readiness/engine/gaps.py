"""The gap between the sheets of a team on an item: a subject of conditions beside the item, with levels of its own.

A gap counts the option steps between the outermost sheets. Its levels name the most there can be, `2 of 3`, so that
a gap on an item with more or fewer options is another level, as it means something else.
"""

_MARK = " gap"  # no code holds a space


def gap_of(item: str) -> str:
    """The subject of conditions that is the gap on an item."""
    return item + _MARK


def is_gap(subject: str) -> bool:
    """Whether a subject is the gap on an item."""
    return subject.endswith(_MARK)


def item_of(subject: str) -> str:
    """The item that a gap is on; any other subject is itself."""
    return subject.removesuffix(_MARK)


def gap_levels(order: tuple[str, ...]) -> tuple[str, ...]:
    """The levels of the gap on an item with these options, by their number of steps: from none to the most."""
    most = len(order) - 1
    return tuple(f"{steps} of {most}" for steps in range(most + 1))


def steps_of(level: str) -> int:
    """How many option steps a level of a gap stands for."""
    return int(level.partition(" ")[0])
