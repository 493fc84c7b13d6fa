"""Changes to one YAML text that leave everything else in it as it stands: comments, order, layout.

A place in a file is a path of keys and entries: `("rules", Entry("rule", "load_without_time"), "because")`. What is
written is checked by reading it again: the file then holds what was asked for, and the rest what it held before.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import yaml

from readiness.errors import NotFound, ReadinessError
from readiness.loading.document import MOST_BYTES, NUMBER, Text, surprise

INDENT = 2
WIDTH = 120
LONG = 100

# What may stand bare between brackets, where commas, colons and brackets mean something.
_PLAIN_WORDS = re.compile(r"[A-Za-z][\w \-]*")

# Numbers are written bare; a text that looks like one is put in quotes.
Value = str | float | Sequence["Value"] | Mapping[str, "Value"]


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of a list whose `key` is `code`."""

    key: str
    code: str


Step = str | Entry
Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One node with its place in the text; `column` is its indent, `flow` whether it stands between brackets."""

    node: yaml.Node
    start: int
    end: int
    column: int
    flow: bool


def value_at(text: str, path: Path) -> Value:
    """What a file holds at a place: text, list or mapping. Raises NotFound."""
    return _plain(_find(text, path).node)


def replace_value(text: str, path: Path, value: Value) -> str:
    """The file with another value at a place. Raises NotFound, or ReadinessError when it cannot be written there."""
    part = _find(text, path)
    in_list = isinstance(path[-1], Entry)
    written = _inline(value) if part.flow else _block(value, part.column if in_list else part.column - INDENT, in_list)
    return _checked(text, text[: part.start] + written + text[part.end :], path, value)


def put_value(text: str, path: Path, value: Value, order: Sequence[str] = ()) -> str:
    """The file with a value under the last key of a place, which need not be there yet: then it stands behind those
    that precede it in `order`. Raises NotFound when the mapping is not there, or ReadinessError."""
    owner, key = _find(text, path[:-1]), str(path[-1])
    if _step(owner.node, key) is not None:
        return _put_again(text, owner, path, value)
    if owner.flow or _between_brackets(owner.node):
        whole = _plain(owner.node)
        return replace_value(text, path[:-1], {**whole, key: value} if isinstance(whole, Mapping) else {key: value})
    before = order[: order.index(key)] if key in order else ()
    there = [each for each in before if _step(owner.node, each) is not None]
    last = _find(text, (*path[:-1], there[-1])).end if there else owner.end
    end = text.find("\n", last) % (len(text) + 1)
    return _checked(
        text, f"{text[:end]}\n{' ' * owner.column}{_pair(key, value, owner.column)}{text[end:]}", path, value
    )


def _put_again(text: str, owner: _Part, path: Path, value: Value) -> str:
    """Another value under a key; where one of the two begins on a line of its own, the line of the key changes too."""
    part, pair = _find(text, path), _pair("", value, owner.column)
    below = isinstance(part.node, yaml.CollectionNode) and not _between_brackets(part.node)
    if part.flow or below == pair.startswith(":\n"):
        return replace_value(text, path, value)
    key = next(key for key, _ in owner.node.value if key.value == path[-1])
    return _checked(text, text[: key.end_mark.index] + pair + text[part.end :], path, value)


def drop_value(text: str, path: Path) -> str:
    """The file without the last key of a place and its value. Raises NotFound, or ReadinessError."""
    owner, part = _find(text, path[:-1]), _find(text, path)
    key = next(key for key, _ in owner.node.value if key.value == path[-1])
    start = text.rindex("\n", 0, key.start_mark.index) + 1 if "\n" in text[: key.start_mark.index] else 0
    if (
        owner.flow
        or _between_brackets(owner.node)
        or len(owner.node.value) < 2
        or text[start : key.start_mark.index].strip()
    ):
        raise ReadinessError(f"{_said(path)} cannot be taken out of this file as it is; edit the file itself.")
    after = text[:start] + text[part.end :].partition("\n")[2]
    if list(_leaves(_compose(after), path)) != list(_leaves(_compose(text), path)):
        raise ReadinessError(f"Taking out {_said(path)} would change other lines of the file; edit the file itself.")
    return after


def lines_of(text: str, path: Path) -> range:
    """The lines (from 1) on which the value at a place stands, its key included. Raises NotFound."""
    part = _find(text, path)
    above = (
        isinstance(part.node, yaml.CollectionNode) and not _between_brackets(part.node) and isinstance(path[-1], str)
    )
    first, last = (text.count("\n", 0, place) + 1 for place in (part.start, part.end))
    return range(first - above, last + 1)


def append_entry(text: str, path: Path, value: Mapping[str, Value], code: str) -> str:
    """The file with one more entry at the end of the list at a place (a list of the top that is missing is begun);
    `code` is the key by which the entry is known."""
    entry = Entry(code, str(value[code]))
    try:
        part = _find(text, path)
    except NotFound:
        written = f"{text.rstrip()}\n{path[-1]}:\n  - {_block(value, INDENT + 2, True)}\n"
        return _checked(text, written, (*path, entry), value)
    if part.flow or _between_brackets(part.node):
        raise ReadinessError(f"The list {_said(path)} stands between brackets; write it with one entry a line first.")
    written = f"{text[: part.end]}\n{' ' * part.column}- {_block(value, part.column + 2, True)}{text[part.end :]}"
    return _checked(text, written, (*path, entry), value)


def prepend_entry(text: str, path: Path, value: Mapping[str, Value], code: str) -> str:
    """The file with one more entry at the beginning of the list at a place (one that is missing is begun)."""
    try:
        part = _find(text, path)
    except NotFound:
        return append_entry(text, path, value, code)
    if part.flow or _between_brackets(part.node):
        raise ReadinessError(f"The list {_said(path)} stands between brackets; write it with one entry a line first.")
    entry = f"- {_block(value, part.column + INDENT, True)}\n{' ' * part.column}"
    return _checked(
        text, f"{text[: part.start]}{entry}{text[part.start :]}", (*path, Entry(code, str(value[code]))), value
    )


def whole_file(value: Mapping[str, Value]) -> str:
    """A file that holds a mapping, laid out as people write it. Raises ReadinessError when it cannot be written."""
    text = f"{_block(value, 0, True)}\n"
    if _plain(_compose(text)) != _normal(value):
        raise ReadinessError("This cannot be written into a file as it is; add the file yourself.")
    return text


def remove_entry(text: str, path: Path) -> str:
    """The file without one entry of a list, which keeps at least one other. Raises NotFound, or ReadinessError."""
    owner, part = _find(text, path[:-1]), _find(text, path)
    if len(owner.node.value) < 2:
        raise ReadinessError(f"{_said(path)} is the only entry of its list; remove the list instead.")
    if part.flow:
        raise ReadinessError(f"{_said(path)} stands between brackets; edit the file itself.")
    start = text.rindex("\n", 0, part.start) + 1
    return text[:start] + text[part.end :].removeprefix("\n")


def _find(text: str, path: Path) -> _Part:
    """The node at a place. Aliases and tags never come here: the file has been read before."""
    root = _compose(text)
    part = _Part(root, root.start_mark.index, root.end_mark.index, 0, False)
    for depth, step in enumerate(path):
        found = _step(part.node, step)
        if found is None:
            raise NotFound(f"The file has no {_said(path[: depth + 1])}; it may have been changed meanwhile.")
        part = _placed(text, found, part.flow or _between_brackets(part.node))
    return part


def _compose(text: str) -> yaml.Node:
    try:
        # libyaml gives the same tree with the same places, in a twentieth of the time.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root = yaml.compose(text, Loader=loader) if len(text) <= MOST_BYTES else None
    except (yaml.YAMLError, RecursionError):
        root = None
    if root is None:
        raise ReadinessError("The file cannot be read as YAML; mend it as a file first.")
    return root


def _step(node: yaml.Node, step: Step) -> yaml.Node | None:
    if isinstance(step, str):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        return next((value for key, value in pairs if key.value == step), None)
    entries = node.value if isinstance(node, yaml.SequenceNode) else []
    return next((entry for entry in entries if _is(entry, step)), None)


def _is(entry: yaml.Node, step: Entry) -> bool:
    own = _step(entry, step.key)
    return isinstance(own, yaml.ScalarNode) and own.value.strip() == step.code


def _placed(text: str, node: yaml.Node, flow: bool) -> _Part:
    """A node's place without the blank lines and comments behind it, which belong to what follows."""
    start, end = node.start_mark.index, node.end_mark.index
    folded = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    if folded or not (flow or isinstance(node, yaml.ScalarNode) or _between_brackets(node)):
        lines = text[start:end].splitlines(keepends=True)
        while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        end = start + len("".join(lines).rstrip())
    return _Part(node, start, end, _column(text, node, start), flow)


def _between_brackets(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _column(text: str, node: yaml.Node, start: int) -> int:
    """How far the node is indented: a value by the key before it, a list or mapping by where it begins."""
    if isinstance(node, yaml.ScalarNode) or _between_brackets(node):
        line = text[text.rfind("\n", 0, start) + 1 : start]
        before = len(line) - len(line.lstrip(" "))
        while line[before : before + 2] == "- ":
            before += 2
        return before + INDENT
    return int(node.start_mark.column)


def _plain(node: yaml.Node) -> Value:
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    text = str(node.value)
    bare = isinstance(node, yaml.ScalarNode) and not node.style
    return float(text) if bare and NUMBER.fullmatch(text) else text


def _checked(before: str, after: str, path: Path, value: Value) -> str:
    """The text when it holds the value at the place and nothing else has changed."""
    if _plain(_find(after, path).node) != _normal(value):
        raise ReadinessError(f"{_said(path)} cannot be written into this file as it is; edit the file itself.")
    rest, was = (list(_leaves(_compose(text), path)) for text in (after, before))
    if rest != was:
        raise ReadinessError(f"Writing {_said(path)} would change other lines of the file; edit the file itself.")
    return after


def _leaves(node: yaml.Node, path: Path | None) -> Iterator[tuple[str, ...]]:
    """Every text of a tree with the keys that lead to it, except below the path."""
    if path == ():
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = path[1:] if path and path[0] == key.value else None
            yield from ((key.value, *rest) for rest in _leaves(value, below))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            step = path[0] if path else None
            below = path[1:] if path and isinstance(step, Entry) and _is(value, step) else None
            yield from (("-", *rest) for rest in _leaves(value, below))
    else:
        yield (str(node.value),)


def _normal(value: Value) -> Value:
    if isinstance(value, str | float | int):
        return value
    if isinstance(value, Mapping):
        return {key: _normal(part) for key, part in value.items()}
    return [_normal(part) for part in value]


def _said(path: Path) -> str:
    return " > ".join(step if isinstance(step, str) else f"{step.key} {step.code}" for step in path)


def _block(value: Value, column: int, in_list: bool) -> str:
    """A value as it stands behind `key:` or `- ` at a column, without a line break at its end."""
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, str):
        return _text(value, column if in_list else column + INDENT)
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    if isinstance(value, Mapping):
        if in_list and len(value) == 1 and all(isinstance(part, str) for part in value.values()):
            return _inline(value)
        inner = column if in_list else column + INDENT
        lines = [_pair(key, part, inner) for key, part in value.items()]
        return f"\n{' ' * inner}".join(lines)
    short = _inline(value)
    if all(isinstance(part, str) for part in value) and len(short) < LONG - column:
        return short
    inner = column + INDENT
    return "".join(f"\n{' ' * inner}- {_block(part, inner + 2, True)}" for part in value).lstrip()


def _pair(key: str, value: Value, column: int) -> str:
    written = _block(value, column, False)
    opens = written.startswith("- ") or (isinstance(value, Mapping) and bool(value))
    return f"{key}:\n{' ' * (column + INDENT)}{written}" if opens else f"{key}: {written}"


def _text(value: str, column: int) -> str:
    """A text: bare where it is safe, folded over lines where it is long, else in quotes."""
    if column + len(value) > LONG and value == " ".join(value.split()):
        lines = wrap(value, WIDTH - column, break_long_words=False, break_on_hyphens=False)
        return ">-" + "".join(f"\n{' ' * column}{line}" for line in lines)
    return _scalar(value)


def _scalar(value: str) -> str:
    """A text on one line: bare when every reader takes it for the same text, else in quotes."""
    dumped = yaml.safe_dump(value, allow_unicode=True, width=10**9).split("\n...")[0].rstrip("\n")
    return value if dumped == value and not surprise(Text(value, 1, False)) else _quoted(value)


def _quoted(value: str) -> str:
    return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**9).rstrip("\n")


def _inline(value: Value) -> str:
    """A value on one line, between brackets where it is a list or mapping."""
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, str):
        bare = _scalar(value)
        return bare if _PLAIN_WORDS.fullmatch(bare) else _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_inline(part)}" for key, part in value.items()) + "}"
    return "[" + ", ".join(_inline(part) for part in value) + "]"
