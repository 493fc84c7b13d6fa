"""Typed reading of nodes: each function takes what was expected, gives back a value, and notes what did not fit."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from readiness.errors import near_word, nearest
from readiness.loading.document import NUMBER, SHOWN, Mapping, Node, Sequence, Text, surprise
from readiness.loading.problems import MOST_PROBLEMS, TOO_MANY, InvalidFiles, Problem

CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
MOST_TEXT = 2_000
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def _kind(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return f"{node.value[:SHOWN]!r}" if node.value else "nothing"


class Reader:
    """Reads the nodes of one file and collects complaints; a value that does not fit becomes a harmless default."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def complain(self, line: int, sentence: str) -> None:
        """Note a problem on a line of this file. Raises InvalidFiles when there are too many to be of use."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise InvalidFiles([*self.problems, Problem(self.file, line, TOO_MANY)])
        self.problems.append(Problem(self.file, line, sentence))

    def mapping(self, node: Node | None, what: str, keys: Iterable[str] = (), optional: Iterable[str] = ()) -> Mapping:
        """A mapping with all of `keys`, perhaps some of `optional` and nothing else (any keys when both are empty)."""
        if not isinstance(node, Mapping):
            if node is not None:
                self.complain(node.line, f"{what} should be a mapping (name: value), not {_kind(node)}")
            return Mapping((), node.line if node else 1)
        required, allowed = list(keys), [*keys, *optional]
        if not allowed:
            return node
        meant = set()
        for name, _ in node.pairs:
            if name.value not in allowed:
                self.complain(
                    name.line, f"{name.value[:SHOWN]!r} does not belong in {what}{nearest(name.value, allowed)}"
                )
                meant.add(near_word(name.value, allowed))
        for key in required:
            if node.get(key) is None and key not in meant:
                self.complain(node.line, f"{what} lacks {key!r}; add it")
        return node

    def sequence(self, node: Node | None, what: str, *, empty: bool = False) -> tuple[Node, ...]:
        """The nodes of a list; an empty one is a problem unless `empty`."""
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.complain(node.line, f"{what} should be a list, not {_kind(node)}")
            return ()
        if not node.items and not empty:
            self.complain(node.line, f"{what} is empty; name at least one")
        return node.items

    def text(self, node: Node | None, what: str, *, most: int = MOST_TEXT) -> str:
        """A piece of text, not empty, without surprises."""
        if node is None:
            return ""
        if not isinstance(node, Text):
            self.complain(node.line, f"{what} should be text, not {_kind(node)}")
            return ""
        becomes = surprise(node)
        if becomes:
            shown = node.value[:SHOWN]
            self.complain(
                node.line, f"{what} is written {shown}, which other YAML readers take for {becomes}; put it in quotes"
            )
        if not node.value.strip():
            self.complain(node.line, f"{what} is empty; write it out")
        if len(node.value) > most:
            self.complain(node.line, f"{what} has {len(node.value):,} characters; at most {most:,} fit")
        return node.value.strip()

    def code(self, node: Node | None, what: str) -> str:
        """A stable code: small letters, digits and _, beginning with a letter."""
        before = len(self.problems)
        value = self.text(node, what, most=80)
        if isinstance(node, Text) and len(self.problems) == before and not CODE.fullmatch(node.value):
            self.complain(
                node.line,
                f"{what} is {node.value!r}; a code has small letters, digits and _ and begins with a letter",
            )
        return value

    def choice(self, node: Node | None, what: str, kind: type[E]) -> E:
        """One of the words of an enumeration; its first word when it is not."""
        words = [member.value for member in kind]
        value = self.word(node, what, words)
        return kind(value) if value in words else next(iter(kind))

    def word(self, node: Node | None, what: str, words: Collection[str], *, among: str = "") -> str:
        """One of some words; `among` says what they are where they are too many to be listed."""
        value = node.value.strip() if isinstance(node, Text) else ""
        if node is None or not value or value in words:
            return self.text(node, what)
        got, hint = repr(value[:SHOWN]), nearest(value, words)
        fact = f"{what} names {got}, which is not among the {among}" if among else f"{what} cannot be {got}"
        self.complain(node.line, fact + hint)
        return value

    def number(self, node: Node | None, what: str, low: float, high: float, step: float = 0.5) -> float:
        """A bare number from `low` to `high` in steps."""
        if node is None:
            return low
        if not isinstance(node, Text) or node.quoted or not NUMBER.fullmatch(node.value):
            quotes = ", without quotes" if isinstance(node, Text) and node.quoted else ""
            self.complain(node.line, f"{what} should be a number from {low:g} to {high:g}{quotes}, not {_kind(node)}")
            return low
        value = float(node.value)
        if not low <= value <= high:
            self.complain(node.line, f"{what} is {node.value[:SHOWN]}; it should lie from {low:g} to {high:g}")
            return low
        if abs(value / step - round(value / step)) > 1e-9:
            self.complain(node.line, f"{what} is {node.value[:SHOWN]}; it should go in steps of {step:g}")
        return value

    def truth(self, node: Node | None, what: str) -> bool:
        """`true` or `false`."""
        if node is None:
            return False
        if not isinstance(node, Text) or node.quoted or node.value not in ("true", "false"):
            quotes = ", without quotes" if isinstance(node, Text) and node.quoted else ""
            self.complain(node.line, f"{what} should be true or false{quotes}, not {_kind(node)}")
            return False
        return node.value == "true"

    def texts(self, node: Node | None, what: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.text(part, f"an entry of {what}") for part in self.sequence(node, what, empty=empty))

    def known(self, node: Node | None, what: str, known: Iterable[str], among: str) -> tuple[str, ...]:
        """A list of words that all exist elsewhere, each once."""
        found: list[str] = []
        words = set(known)
        for part in self.sequence(node, what):
            word = self.word(part, what, words, among=among)
            if word in found:
                self.complain(part.line, f"{what} names {word!r} twice; remove one of the two")
            elif word in words:
                found.append(word)
        return tuple(found)

    def pairs(self, node: Node | None, what: str) -> Iterator[tuple[Text, Node]]:
        """The pairs of a mapping with free keys; an empty one is a problem."""
        mapping = self.mapping(node, what)
        if isinstance(node, Mapping) and not node.pairs:
            self.complain(node.line, f"{what} is empty; name at least one")
        yield from mapping.pairs

    def each(self, node: Node | None, what: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        """Every entry of a list, read."""
        return tuple(read(part) for part in self.sequence(node, what))
