"""What a form says of one thing > changes of the files it stands in; nothing that somebody else wrote is overwritten.

A thing is known by its code. Each of its values has a place: a file and a path in it. Whoever changes or removes it
says with a fingerprint which values were seen; when others are there now, nothing is written.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from readiness.errors import Closed, NotFound
from readiness.loading.document import Mapping as MappingNode
from readiness.loading.document import Node, Text, read_document
from readiness.loading.document import Sequence as SequenceNode
from readiness.loading.editing import (
    Entry,
    Path,
    Value,
    append_entry,
    drop_value,
    put_value,
    remove_entry,
    value_at,
    whole_file,
)
from readiness.loading.evidence import SOURCE_KEYS

# A value that is None is not there.
Values = Mapping[str, Value | None]
Texts = Mapping[str, str]
Files = Mapping[str, bytes]


class Kind(StrEnum):
    """What can be changed by a form; the value is the word for it in the loader's sentences."""

    ITEM = "item"
    OPTION = "option"
    RULE = "rule"
    RECOMMENDATION = "recommendation"
    FINDING = "finding"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Listed:
    """Where the entries of a kind stand: a list in each file of a folder; the first of `keys` holds the code."""

    folder: str
    name: str
    keys: tuple[str, ...]


LISTED: Mapping[Kind, Listed] = {
    Kind.RULE: Listed(
        "scoring",
        "rules",
        ("rule", "title", "when", "unless", "shift", "at_least", "because", "evidence", "status"),
    ),
    Kind.RECOMMENDATION: Listed(
        "advice",
        "recommendations",
        (
            "recommend", "title", "when", "unless", "steps", "who", "phase", "effort", "eric", "improves", "because",
            "evidence", "status", "caution", "low_resource", "never_with",
        ),
    ),
    Kind.FINDING: Listed(
        "evidence",
        "findings",
        (
            "finding", "locator", "sites", "phase", "view", "kind", "construct", "direction", "says", "means",
        ),
    ),
}  # fmt: skip
OWN_FILE = {Kind.RULE: "construct", Kind.RECOMMENDATION: "theme", Kind.FINDING: "id"}


@dataclass(frozen=True, slots=True)
class Place:
    """A path in a file."""

    file: str
    path: Path


class Changed(Closed):
    """The thing was changed by somebody else since it was opened; `stored` holds the values that are there now."""

    def __init__(self, stored: Values) -> None:
        super().__init__("This was changed by somebody else since you opened it.")
        self.stored = stored


class Taken(Closed):
    """There is something of this code already."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Other values for a thing; a value that is not named stays. `opened` is the fingerprint of what was seen."""

    places: Mapping[str, Place]
    values: Values
    opened: str

    @property
    def files(self) -> tuple[str, ...]:
        """The files it reads and may change."""
        return tuple(dict.fromkeys(place.file for place in self.places.values()))

    def change(self, texts: Texts) -> dict[str, str]:
        """The files with the new values. Raises Changed, NotFound when the thing is gone, or ReadinessError."""
        stored = values_at(texts, self.places)
        changing = {key: value for key, value in self.values.items() if not same(value, stored[key])}
        if changing and fingerprint(stored) != self.opened:
            raise Changed(stored)
        after = dict(texts)
        # What is left out goes first: of two that exclude each other, neither is ever beside the other.
        for key in sorted(changing, key=lambda key: changing[key] is not None):
            place, value = self.places[key], changing[key]
            text = after[place.file]
            if value is None:
                after[place.file] = drop_value(text, place.path)
            else:
                after[place.file] = put_value(text, place.path, value, self._order(place))
        return after

    def _order(self, place: Place) -> tuple[str, ...]:
        beside = (each.path for each in self.places.values() if each.file == place.file)
        return tuple(str(path[-1]) for path in beside if path[:-1] == place.path[:-1])


@dataclass(frozen=True, slots=True)
class Addition:
    """A new entry at the end of a list; `code` is the key that holds its code."""

    place: Place
    code: str
    values: Values

    @property
    def files(self) -> tuple[str, ...]:
        """The file it changes."""
        return (self.place.file,)

    def change(self, texts: Texts) -> dict[str, str]:
        """The file with the entry. Raises Taken when the list has one of that code, or ReadinessError."""
        text = texts[self.place.file]
        value = {key: each for key, each in self.values.items() if each is not None}
        code = str(value[self.code])
        try:
            value_at(text, (*self.place.path, Entry(self.code, code)))
        except NotFound:
            return {self.place.file: append_entry(text, self.place.path, value, self.code)}
        raise Taken(f"{code} is already there; choose another code.")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A new file that holds one thing under a name."""

    path: str
    name: str
    values: Values
    files: tuple[str, ...] = ()

    def change(self, texts: Texts) -> dict[str, str]:
        """The file. Raises ReadinessError when what it says cannot be written."""
        value = {key: each for key, each in self.values.items() if each is not None}
        return {self.path: whole_file({self.name: value})}


@dataclass(frozen=True, slots=True)
class Removal:
    """A thing that goes, with its list where it is the last of it; `opened` is the fingerprint of what was seen."""

    places: Mapping[str, Place]
    opened: str

    @property
    def files(self) -> tuple[str, ...]:
        """The file it changes."""
        return (next(iter(self.places.values())).file,)

    def change(self, texts: Texts) -> dict[str, str]:
        """The file without the entry. Raises Changed, NotFound when the thing is gone, or ReadinessError."""
        stored = values_at(texts, self.places)
        if fingerprint(stored) != self.opened:
            raise Changed(stored)
        (file,) = self.files
        path = next(iter(self.places.values())).path[:-1]
        entries = value_at(texts[file], path[:-1])
        last = isinstance(entries, Sequence) and len(entries) == 1
        return {file: drop_value(texts[file], path[:-1]) if last else remove_entry(texts[file], path)}


Revision = Edit | Addition | NewFile | Removal


def revised(files: Files, revision: Revision) -> dict[str, bytes]:
    """All files after a revision. Raises what the revision raises."""
    texts = revision.change({path: files[path].decode() for path in revision.files})
    return {**files, **{path: text.encode() for path, text in texts.items()}}


def fingerprint(values: Values) -> str:
    """By what values are known again."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:20]


def values_at(texts: Texts, places: Mapping[str, Place]) -> dict[str, Value | None]:
    """The values of a thing as they stand; None where one is not there. Raises NotFound when the thing is not."""
    found: dict[tuple[str, Path], Value] = {}
    values: dict[str, Value | None] = {}
    for key, place in places.items():
        owner = (place.file, place.path[:-1])
        if owner not in found:
            found[owner] = value_at(texts[place.file], place.path[:-1])
        whole = found[owner]
        values[key] = whole.get(str(place.path[-1])) if isinstance(whole, Mapping) else None
    return values


def same(one: Value | None, other: Value | None) -> bool:
    """Whether two values say the same: line breaks and spaces around a text are none of it."""
    return _plain(one) == _plain(other)


def _plain(value: Value | None) -> object:
    if isinstance(value, str):
        return " ".join(value.split(" ")).replace("\n", " ").strip()
    if isinstance(value, Mapping):
        return [(key, _plain(part)) for key, part in value.items()]
    return [_plain(part) for part in value] if isinstance(value, Sequence) else value


def places_of(files: Files, kind: Kind, code: str, item: str = "") -> dict[str, Place]:
    """Where every value of a thing stands, by its name in the form; `item` is that of an option. Raises NotFound.

    The id of a source is no value of it: it names its file and begins the codes of its findings.
    """
    if kind is Kind.ITEM:
        return _item_places(files, code)
    if kind is Kind.OPTION:
        asked, scored = _asked(files, item), _scored(files, item)
        places = {"text": Place(asked.file, (*asked.path, "options", code))}
        return places | ({"worth": Place(scored.file, (*scored.path, "worth", code))} if scored else {})
    if kind is Kind.SOURCE:
        return {key: Place(list_of(files, Kind.FINDING, code).file, ("source", key)) for key in SOURCE_KEYS[1:]}
    listed = LISTED[kind]
    for path, root in _documents(files, listed.folder, code):
        if code in (entry for entry, _ in _entries(root, listed.name, listed.keys[0])):
            own = (listed.name, Entry(listed.keys[0], code))
            return {key: Place(path, (*own, key)) for key in listed.keys}
    raise NotFound(f"The draft has no {kind} {code}; it may have been removed meanwhile.")


def list_of(files: Files, kind: Kind, owner: str) -> Place:
    """The list that new entries of a kind are added to: that of a construct, theme or source. Raises NotFound."""
    listed = LISTED[kind]
    for path, root in _documents(files, listed.folder, owner):
        top = root.get("source") if kind is Kind.FINDING and isinstance(root, MappingNode) else root
        if _text(top, OWN_FILE[kind]) == owner:
            return Place(path, (listed.name,))
    raise NotFound(f"The draft has no file in {listed.folder}/ for {owner}; add one first.")


def owners(files: Files, folder: str, key: str) -> dict[str, str]:
    """The titles of the files of a folder by the code that each gives as `key`."""
    documents = (root for _, root in _documents(files, folder, key))
    return {_text(root, key): _text(root, "title") for root in documents}


def _item_places(files: Files, code: str) -> dict[str, Place]:
    asked, scored = _asked(files, code), _scored(files, code)
    places = {key: Place(asked.file, (*asked.path, key)) for key in ("short", "help", "why", "not_applicable")}
    places |= {phase: Place(asked.file, (*asked.path, "ask", phase)) for phase in ("before", "after")}
    return places | (
        {key: Place(scored.file, (*scored.path, key)) for key in ("because", "evidence")} if scored else {}
    )


def _asked(files: Files, item: str) -> Place:
    for path, root in _documents(files, "instrument", item):
        for page, node in _entries(root, "pages", "page"):
            if item in (code for code, _ in _entries(node, "items", "item")):
                return Place(path, ("pages", Entry("page", page), "items", Entry("item", item)))
    raise NotFound(f"The draft has no item {item}; it may have been removed meanwhile.")


def _scored(files: Files, item: str) -> Place | None:
    for path, root in _documents(files, "scoring", item):
        items = root.get("items") if isinstance(root, MappingNode) else None
        if isinstance(items, MappingNode) and items.get(item) is not None:
            return Place(path, ("items", item))
    return None


def _documents(files: Files, folder: str, code: str) -> Iterator[tuple[str, Node | None]]:
    """The files of a folder that hold a word at all, read."""
    for path in sorted(files):
        if path.startswith(f"{folder}/") and code.encode() in files[path]:
            yield path, read_document(path, files[path])[0]


def _entries(node: Node | None, name: str, key: str) -> Iterator[tuple[str, Node]]:
    """The entries of a list of a mapping, with their codes."""
    entries = node.get(name) if isinstance(node, MappingNode) else None
    for entry in entries.items if isinstance(entries, SequenceNode) else ():
        yield _text(entry, key), entry


def _text(node: Node | None, key: str) -> str:
    value = node.get(key) if isinstance(node, MappingNode) else None
    return value.value.strip() if isinstance(value, Text) else ""
