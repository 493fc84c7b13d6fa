"""A condition as it stands in a file > rows that can be built from lists, and back.

A block joins groups by *all* or *any*; the rows of one group are joined by the other word. Conditions that are nested
deeper, negate, or ask for a gap between sheets are no block: they are changed in their file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from readiness.engine.conditions import All, Any, ClaimError, Condition, Order, read_claim
from readiness.loading.editing import Value

ALL, ANY = "all", "any"
Subjects = Mapping[str, Order]


@dataclass(frozen=True, slots=True)
class Row:
    """One claim: a subject, a word of the closed vocabulary and the levels it names."""

    subject: str
    operator: str
    levels: tuple[str, ...]

    def claim(self) -> str:
        """The claim as a file says it."""
        if self.operator == "one of":
            return f"one of [{', '.join(self.levels)}]"
        return " ".join((*(() if self.operator == "is" else (self.operator,)), *self.levels))


@dataclass(frozen=True, slots=True)
class Block:
    """Groups of rows, joined by `joiner` (`all` or `any`); within a group the rows are joined by the other one."""

    joiner: str
    groups: tuple[tuple[Row, ...], ...]


def other(joiner: str) -> str:
    """The word that joins within the groups."""
    return ANY if joiner == ALL else ALL


def block_of(value: Value | None, subjects: Subjects) -> Block | None:
    """The block of a condition in a file; None when rows cannot hold it."""
    if value is None or value == {}:
        return Block(ALL, ())
    if not isinstance(value, Mapping):
        return None
    if list(value) == [ANY]:
        groups = _groups(value[ANY], ALL, subjects)
        return None if groups is None else Block(ANY, groups)
    found = []
    for part in _parts(value, ALL):
        group = _group(part, ANY, subjects)
        if group is None:
            return None
        found.append(group)
    return Block(ALL, tuple(found))


def entries_of(value: Value | None, subjects: Subjects) -> Block | None:
    """The block of a list of conditions none of which may hold (`unless`); None when rows cannot hold it."""
    groups = _groups([] if value is None else value, ALL, subjects)
    return None if groups is None else Block(ANY, groups)


def value_of(block: Block) -> Value:
    """A block as a file says it."""
    if block.joiner == ANY:
        return {ANY: [_all(group) for group in block.groups]}
    single = all(len(group) == 1 for group in block.groups)
    rows = [row for group in block.groups for row in group]
    if single and _differ(rows):
        return {row.subject: row.claim() for row in rows}
    return {ALL: [_any(group) for group in block.groups]}


def entries_value(block: Block) -> Value | None:
    """A block as a list of conditions none of which may hold; None without any."""
    return [_all(group) for group in block.groups] or None


def condition_of(block: Block, subjects: Subjects) -> Condition:
    """A block as the engine evaluates it. Raises ClaimError, and KeyError for a subject that is not there."""
    inner = Any if block.joiner == ALL else All
    groups = []
    for group in block.groups:
        claims = tuple(read_claim(row.subject, row.claim(), subjects[row.subject]) for row in group)
        groups.append(claims[0] if len(claims) == 1 else inner(claims))
    whole = All if block.joiner == ALL else Any
    return groups[0] if len(groups) == 1 else whole(tuple(groups))


def _groups(value: Value, joiner: str, subjects: Subjects) -> tuple[tuple[Row, ...], ...] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    groups = [_group(part, joiner, subjects) for part in value]
    return None if None in groups else tuple(group for group in groups if group is not None)


def _group(value: Value, joiner: str, subjects: Subjects) -> tuple[Row, ...] | None:
    """The rows of one group; a single claim belongs to either joiner."""
    if not isinstance(value, Mapping) or not value:
        return None
    if joiner == ANY and list(value) != [ANY]:
        return _rows([value], subjects) if len(value) == 1 else None
    return _rows(_parts(value, joiner), subjects)


def _parts(value: Mapping[str, Value], joiner: str) -> list[Value]:
    """What a mapping joins: for `all` its pairs, and the entries of an `all:` in it; for `any` those of its `any:`."""
    found: list[Value] = []
    for key, part in value.items():
        if key != joiner or not isinstance(part, Sequence) or isinstance(part, str):
            found.append({key: part})
            continue
        for each in part:
            found += _parts(each, ALL) if joiner == ALL and isinstance(each, Mapping) and len(each) > 1 else [each]
    return found


def _rows(parts: Iterable[Value], subjects: Subjects) -> tuple[Row, ...] | None:
    rows = [_row(part, subjects) for part in parts]
    return None if None in rows or not rows else tuple(row for row in rows if row is not None)


def _row(value: Value, subjects: Subjects) -> Row | None:
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((subject, claim),) = value.items()
    if subject not in subjects or not isinstance(claim, str):
        return None
    try:
        read = read_claim(subject, claim, subjects[subject])
    except ClaimError:
        return None
    return Row(subject, read.operator, read.codes) if read.subject == subject else None


def _differ(rows: Sequence[Row]) -> bool:
    return len({row.subject for row in rows}) == len(rows)


def _all(group: Sequence[Row]) -> Value:
    if _differ(group):
        return {row.subject: row.claim() for row in group}
    return {ALL: [{row.subject: row.claim()} for row in group]}


def _any(group: Sequence[Row]) -> Value:
    pairs: list[Value] = [{row.subject: row.claim()} for row in group]
    return pairs[0] if len(pairs) == 1 else {ANY: pairs}
