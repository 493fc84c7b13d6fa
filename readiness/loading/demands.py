"""Where the cases of a rule set demand something: their files > the file and line of a demand."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from readiness.loading.cases import FIRST, THEN
from readiness.loading.document import Mapping as MappingNode
from readiness.loading.document import Node, Sequence, Text, read_document

FOLDER = "cases/"
COMPARE, MOVES = "compare", "moves"  # the second half of a pair is compared by the moves of its file


@dataclass(frozen=True, slots=True)
class Demand:
    """What a case says of one subject: the code of the case, the key that the demand stands under, and the subject."""

    case: str
    key: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file."""

    file: str
    number: int


def demand_lines(files: Mapping[str, bytes], demands: Collection[Demand]) -> dict[Demand, Line]:
    """The line of each demand, or where it cannot be found the first of its case; nothing for a case that is gone."""
    found: dict[Demand, Line] = {}
    codes = {demand.case.removesuffix(f"_{half}").encode() for demand in demands for half in (FIRST, THEN)}
    for path, content in files.items():
        if path.startswith(FOLDER) and any(code in content for code in codes):
            root, _ = read_document(path, content)
            cases = dict(_cases(root))
            found |= {each: Line(path, _line(cases[each.case], each)) for each in demands if each.case in cases}
    return found


def _cases(root: Node | None) -> Iterator[tuple[str, tuple[MappingNode, int]]]:
    """The cases of a file by code, each with the part that holds its demands and its first line."""
    if not isinstance(root, MappingNode):
        return
    for name, value in root.pairs:
        if name.value == "case" and isinstance(value, Text):
            yield value.value.strip(), (root, name.line)
        elif name.value == "pair" and isinstance(value, Text):
            for half in (FIRST, THEN):
                yield f"{value.value.strip()}_{half}", (_half(root, half), name.line)


def _half(root: MappingNode, half: str) -> MappingNode:
    """One half of a pair as a case of its own would stand."""
    own, moves = root.get(half), root.get(MOVES)
    pairs = own.pairs if isinstance(own, MappingNode) else ()
    compare = ((Text(COMPARE, moves.line, False), moves),) if moves and half == THEN else ()
    return MappingNode((*pairs, *compare), root.line)


def _line(place: tuple[MappingNode, int], demand: Demand) -> int:
    part, first = place
    below = part.get(demand.key)
    lines = [line for text, line in _texts(below) if text == demand.subject]
    return lines[0] if lines else below.line if below else first


def _texts(node: Node | None) -> Iterator[tuple[str, int]]:
    """Every text below a node, keys too, with its line."""
    if isinstance(node, Text):
        yield node.value.strip(), node.line
    elif isinstance(node, MappingNode):
        for name, value in node.pairs:
            yield name.value, name.line
            yield from _texts(value)
    elif isinstance(node, Sequence):
        for part in node.items:
            yield from _texts(part)
