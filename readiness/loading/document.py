"""One YAML text in, a tree of nodes with line numbers out; everything YAML may surprise with is a complaint.

Plain YAML only: mappings, lists and text. Aliases, merge keys, tags, several documents, deep nesting and
large files are refused while reading, before anything is built, so that a hostile file costs little.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from readiness.loading.problems import MOST_PROBLEMS, TOO_MANY, Problem

MOST_BYTES = 1_000_000
MOST_DEPTH = 20
MOST_NODES = 40_000
SHOWN = 40

# Read from YAML 1.1 (most readers) and 1.2: what a bare word would silently become.
_BOOLEAN = re.compile(r"(y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)")
_EMPTY = re.compile(r"(~|null|Null|NULL)")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
# No two neighbouring parts of a pattern accept the same sign, so that a long row of signs is read once, not tried out.
_OTHER_NUMBER = re.compile(
    r"[-+]?(0x[0-9a-fA-F_]+|0o?[0-7_]+|0b[01_]+|\.(inf|Inf|INF|nan|NaN|NAN)|[0-9]+_[0-9_]*(\.[0-9_]*)?)"
)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_OVERRIDE = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)

# The parser's words > ours, said of the line where the trouble was found.
_FOUND = {
    "mapping values are not allowed": "a second colon, or too much indent; put text that holds a colon in quotes",
    "found character that cannot start": "something begins with a tab, @, ` or %; indent with spaces, quote such text",
    "did not find expected key": "the indent does not fit the lines above, or text follows a closing quote",
    "expected '-' indicator": "this line stands within a list but does not begin with -; indent it or add the -",
    "block sequence entries": "a list begins behind a colon; begin it on a line of its own",
    "unknown escape character": "a backslash means something else within double quotes; use single quotes",
}
# The same, said of the line where the thing began that went wrong.
_BEGAN = {
    "found unexpected end of stream": "the quote that opens here is never closed; close it",
    "expected ',' or ']'": "the [ that opens here is not closed, or lacks a comma; quote text that holds brackets",
    "expected ',' or '}'": "the { that opens here is not closed, or lacks a comma; quote text that holds brackets",
    "could not find expected ':'": "this text has no colon behind it; write it as name: value, or indent it",
}


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


def places(node: Node | None) -> dict[tuple[str, str], int]:
    """The line of every `key: value` of a tree whose value is text; the last of several."""
    found: dict[tuple[str, str], int] = {}
    waiting = [node] if node else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, Sequence):
            waiting += part.items
        elif isinstance(part, Mapping):
            for name, below in part.pairs:
                waiting.append(below)
                if isinstance(below, Text):
                    pair = (name.value, below.value.strip())
                    found[pair] = max(found.get(pair, 0), name.line)
    return found


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
        if pattern.fullmatch(text.value):
            return becomes
    return None


def read_document(file: str, content: bytes) -> tuple[Node | None, list[Problem]]:
    """Read one file. The tree is None when it is not whole; problems are complete as far as the file could be read."""
    root, problems, _ = read_counted(file, content)
    return root, problems


def read_counted(file: str, content: bytes) -> tuple[Node | None, list[Problem], int]:
    """The same, and how many names and values were read, also of a file that was refused in the end."""
    builder = _Builder(file)
    try:
        root = builder.build(_events(_decode(content)))
    except _Refused as refused:
        builder.refuse(refused.line, refused.sentence)
        root = None
    return root if builder.whole else None, builder.problems, builder.nodes


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
    for start, sentence in (unprintable(text), _directive(text)):
        if sentence:
            raise _Refused(text.count("\n", 0, start) + 1, sentence)
    return text


def unprintable(text: str) -> tuple[int, str]:
    """The first sign that nobody can see, and a sentence about it; an empty sentence when there is none."""
    if found := _CONTROL.search(text):
        return found.start(), f"there is a control character (U+{ord(found[0]):04X}); remove it"
    if found := _OVERRIDE.search(text):
        return found.start(), f"there is a text-direction override (U+{ord(found[0]):04X}); remove it"
    return 0, ""


def _directive(text: str) -> tuple[int, str]:
    """Directives are refused before parsing: the parser compares each with all before it."""
    if found := _DIRECTIVE.search(text):
        return found.start(), "a line begins with %, which is a directive; directives are not read. Indent or remove it"
    return 0, ""


def _events(text: str) -> Iterator[yaml.Event]:
    """The parser's events, with its own complaints in our words."""
    try:
        yield from yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        raise _in_our_words(error) from None


def _in_our_words(error: yaml.MarkedYAMLError) -> _Refused:
    problem = str(error.problem or error.context)
    for table, mark in ((_FOUND, error.problem_mark), (_BEGAN, error.context_mark)):
        for theirs, ours in table.items():
            if theirs in problem and mark:
                return _Refused(mark.line + 1, f"this is not YAML: {ours}")
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return _Refused(line, f"this is not YAML: {problem}; rewrite this line")


class _Builder:
    """Builds the tree from events, without recursion and without ever following an alias."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.nodes = 0
        self.whole = True

    def complain(self, line: int, sentence: str) -> None:
        """Note a problem that leaves the tree whole, so that the rest can be judged."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Refused(line, TOO_MANY)
        self.problems.append(Problem(self.file, line, sentence))

    def drop(self, line: int, sentence: str) -> None:
        """Note a problem because of which something is missing from the tree."""
        self.complain(line, sentence)
        self.whole = False

    def refuse(self, line: int, sentence: str) -> None:
        """Note the problem that ends the reading."""
        self.problems.append(Problem(self.file, line, sentence))
        self.whole = False

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
                elif isinstance(event, yaml.AliasEvent):
                    done = Text("", line, True)
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
        if depth >= MOST_DEPTH:
            raise _Refused(line, f"lists and mappings are nested more than {MOST_DEPTH} deep; flatten them")
        if isinstance(event, yaml.AliasEvent):
            self.drop(line, f"*{str(event.anchor)[:SHOWN]} is an alias; aliases are not read. Write the value out")
        elif event.anchor:
            self.drop(
                line,
                f"&{event.anchor[:SHOWN]} is an anchor; anchors are not read. Write the value out where it is used",
            )
        tag = getattr(event, "tag", None)
        if tag:
            shown = tag.replace("tag:yaml.org,2002:", "!!")[:SHOWN]
            self.drop(line, f"{shown} is a tag; tags are not read. Remove it, or put the text in quotes")
        _, sentence = unprintable(event.value) if isinstance(event, yaml.ScalarEvent) else (0, "")
        if sentence:
            self.complain(line, f"behind a backslash {sentence}")

    def _mapping(self, line: int, parts: list[Node]) -> Mapping:
        pairs: list[tuple[Text, Node]] = []
        seen: dict[str, int] = {}
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            if not isinstance(key, Text):
                self.drop(key.line, "a name before a colon is a list or mapping; write one word there")
                continue
            if key.value == "<<" and not key.quoted:
                self.drop(key.line, "<< is a merge key; merging is not read. Write out what it would bring in")
                continue
            becomes = surprise(key)
            if becomes:
                self.complain(
                    key.line,
                    f"{key.value[:SHOWN]} before a colon is read as {becomes} by other YAML readers; put it in quotes",
                )
                key = replace(key, quoted=True)
            if key.value in seen:
                self.complain(
                    key.line,
                    f"{key.value[:SHOWN]} is already given on line {seen[key.value]}; remove one of the two",
                )
                continue
            seen[key.value] = key.line
            pairs.append((key, value))
        return Mapping(tuple(pairs), line)
