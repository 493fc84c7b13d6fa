"""One YAML text in, a tree of nodes with line numbers out; everything YAML may surprise with is a complaint.

Plain YAML only: mappings, lists and text. Aliases, merge keys, tags, several documents, deep nesting and
large files are refused while reading, before anything is built, so that a hostile file costs little.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from readiness.loading.problems import Problem

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_NODES = 60_000
SHOWN = 40

# Read from YAML 1.1 (most readers) and 1.2: what a bare word would silently become.
_BOOLEAN = re.compile(r"^(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$")
_EMPTY = re.compile(r"^(~|null|Null|NULL)$")
_SEXAGESIMAL = re.compile(r"^[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?$")
_DATE = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$")
NUMBER = re.compile(r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$")
_OTHER_NUMBER = re.compile(r"^[-+]?(0x[0-9a-fA-F_]+|0o?[0-7_]+|0b[01_]+|\.(inf|Inf|INF|nan|NaN|NAN)|\d[\d_]*_[\d_]*)$")


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar; `quoted` is False for a bare word."""

    value: str
    line: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pairs in file order; keys are unique."""

    pairs: tuple[tuple[Text, "Node"], ...]
    line: int

    def get(self, key: str) -> "Node | None":
        """The value of a key, if it is there."""
        return next((value for name, value in self.pairs if name.value == key), None)


Node = Text | Sequence | Mapping


class _Refused(Exception):
    """Stops the reading of one file."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def surprise(text: Text) -> str | None:
    """What a bare word would become in another YAML reader, when that is not text; None when it is safe."""
    if text.quoted:
        return None
    for pattern, becomes in (
        (_BOOLEAN, "true or false"),
        (_EMPTY, "an empty value"),
        (_SEXAGESIMAL, "a number to the base 60"),
        (_DATE, "a date"),
        (NUMBER, "a number"),
        (_OTHER_NUMBER, "a number"),
    ):
        if pattern.match(text.value):
            return becomes
    return None


def read_document(file: str, content: bytes) -> tuple[Node | None, list[Problem]]:
    """Read one file. The tree is None when it could not be read to its end; problems are complete as far as it was."""
    try:
        text = _decode(content)
        builder = _Builder(file)
        return builder.build(_events(text)), builder.problems
    except _Refused as refused:
        return None, [Problem(file, refused.line, refused.sentence)]


def _decode(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _Refused(1, f"the file has {len(content):,} bytes; at most {MOST_BYTES:,} are read. Split it")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Refused(1, "the file is UTF-16; save it as UTF-8")
    if content.startswith(b"\xef\xbb\xbf"):
        raise _Refused(1, "the file begins with a byte order mark; save it as UTF-8 without BOM")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Refused(line, "the file is not UTF-8; save it as UTF-8") from None
    for line, row in enumerate(text.split("\n"), 1):
        for character in row:
            if character != "\t" and (ord(character) < 32 or ord(character) == 127) and character != "\r":
                raise _Refused(line, f"there is a control character (U+{ord(character):04X}); remove it")
            if character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
                raise _Refused(line, f"there is a text-direction override (U+{ord(character):04X}); remove it")
    return text


def _events(text: str) -> Iterator[yaml.Event]:
    """The parser's events, with its own complaints in our words."""
    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _Refused(
            line,
            f"this is not YAML: {error.problem or error.context}. Look at the quotes, colons and indents here",
        ) from None
    except yaml.YAMLError as error:
        raise _Refused(1, f"this is not YAML: {error}") from None
    except RecursionError:
        raise _Refused(1, f"lists and mappings are nested more than {MOST_DEPTH} deep") from None


class _Builder:
    """Builds the tree from events, without recursion and without ever following an alias."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.nodes = 0

    def complain(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(self.file, line, sentence))

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        open_nodes: list[tuple[str, int, list[Node]]] = []
        root: Node | None = None
        documents = 0
        for event in events:
            line = event.start_mark.line + 1  # type: ignore[union-attr]  # every event of a text has its mark
            done: Node | None = None
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused(line, "a second document begins here (---); one file holds one document")
            elif isinstance(event, yaml.NodeEvent):
                self._check_node(event, line, len(open_nodes))
                if isinstance(event, yaml.ScalarEvent):
                    done = Text(event.value, line, event.style not in (None, ""))
                elif isinstance(event, yaml.CollectionStartEvent):
                    kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
                    open_nodes.append((kind, line, []))
            elif isinstance(event, yaml.CollectionEndEvent):
                kind, start, parts = open_nodes.pop()
                done = self._mapping(start, parts) if kind == "mapping" else Sequence(tuple(parts), start)
            if done is not None:
                if open_nodes:
                    open_nodes[-1][2].append(done)
                else:
                    root = done
        return root

    def _check_node(self, event: yaml.NodeEvent, line: int, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _Refused(line, f"the file holds more than {MOST_NODES:,} values; split it")
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(line, f"*{event.anchor} is an alias; aliases are not read. Write the value out")
        if event.anchor:
            raise _Refused(
                line,
                f"&{event.anchor} is an anchor; anchors are not read. Write the value out where it is used",
            )
        tag = getattr(event, "tag", None)
        if tag and not (isinstance(event, yaml.ScalarEvent) and tag == "!"):
            raise _Refused(line, f"{tag.replace('tag:yaml.org,2002:', '!!')} is a tag; tags are not read. Remove it")
        if depth >= MOST_DEPTH:
            raise _Refused(line, f"lists and mappings are nested more than {MOST_DEPTH} deep")

    def _mapping(self, line: int, parts: list[Node]) -> Mapping:
        pairs: list[tuple[Text, Node]] = []
        seen: dict[str, int] = {}
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            if not isinstance(key, Text):
                self.complain(key.line, "a key is a list or mapping; keys are words")
                continue
            if key.value == "<<" and not key.quoted:
                self.complain(key.line, "<< is a merge key; merging is not read. Write the keys out")
                continue
            becomes = surprise(key)
            if becomes:
                self.complain(
                    key.line,
                    f"the key {key.value} is read as {becomes} by other YAML readers; put it in quotes",
                )
            if key.value in seen:
                self.complain(
                    key.line,
                    f"{key.value[:SHOWN]} is already given on line {seen[key.value]}; remove one of the two",
                )
                continue
            seen[key.value] = key.line
            pairs.append((key, value))
        return Mapping(tuple(pairs), line)
