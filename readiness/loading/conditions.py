"""Condition nodes > conditions, checked against the items (and, in advice, constructs) they claim something of."""

from collections.abc import Mapping

from readiness.engine.conditions import All, Any, ClaimError, Condition, Not, claims, read_claim
from readiness.engine.gaps import is_gap
from readiness.errors import nearest
from readiness.loading.document import SHOWN, Node, Text
from readiness.loading.reader import Reader

Subjects = Mapping[str, tuple[str, ...]]

NOTHING = All(())
MOST_CLAIMS = 24


def read_condition(reader: Reader, node: Node | None, what: str, subjects: Subjects) -> Condition:
    """A mapping of subject to claim, `all:`, `any:` and `not:`; every pair of it holds."""
    condition = _read_pairs(reader, node, what, subjects)
    count = sum(1 for _ in claims(condition))
    if node is not None and count > MOST_CLAIMS:
        reader.complain(
            node.line, f"{what} makes {count} claims; at most {MOST_CLAIMS} can be explained to a reader. Split it"
        )
    return condition


def read_unless(reader: Reader, node: Node | None, subjects: Subjects) -> tuple[Condition, ...]:
    """A list of conditions none of which may hold."""
    return reader.each(node, "unless", lambda part: read_condition(reader, part, "unless", subjects))


def _read_pairs(reader: Reader, node: Node | None, what: str, subjects: Subjects) -> Condition:
    parts = [_read_pair(reader, name, value, what, subjects) for name, value in reader.pairs(node, what)]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _read_pair(reader: Reader, name: Text, value: Node, what: str, subjects: Subjects) -> Condition:
    if name.value in ("all", "any"):
        parts = reader.each(value, name.value, lambda part: _read_pairs(reader, part, what, subjects))
        return All(parts) if name.value == "all" else Any(parts)
    if name.value == "not":
        return Not(_read_pairs(reader, value, what, subjects))
    named = [subject for subject in subjects if not is_gap(subject)]
    if name.value not in named:
        hint = nearest(name.value, named)
        reader.complain(name.line, f"{what} asks about {name.value[:SHOWN]!r}, which does not exist{hint}")
        return NOTHING
    text = reader.text(value, f"the claim about {name.value}")
    return _read_claim(reader, name.value, text, value.line, subjects) if text else NOTHING


def _read_claim(reader: Reader, subject: str, text: str, line: int, subjects: Subjects) -> Condition:
    try:
        claim = read_claim(subject, text, subjects[subject])
    except ClaimError as error:
        hint = nearest(error.got, error.expected) if error.expected else ""
        reader.complain(line, f"the claim about {subject} cannot be read: {error}{hint}")
        return NOTHING
    if claim.subject not in subjects:
        remedy = "a gap needs an item that two roles or more are asked; name such an item, or remove the claim"
        reader.complain(line, f"the claim about {subject} asks for a gap between sheets; {remedy}")
        return NOTHING
    return claim
