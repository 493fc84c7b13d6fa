"""A draft's files > those of the version it becomes: its number, published, and an entry in the changelog."""

from collections.abc import Iterable, Mapping

from readiness.engine.ruleset import Identity
from readiness.engine.versions import HIGHEST_FIRST, Number, number_of, successors
from readiness.errors import NotFound, ReadinessError
from readiness.loading.editing import Entry, append_entry, prepend_entry, replace_value, value_at

TOP = "ruleset.yaml"
MOST_CHANGES = 4_000
FIRST = "1.0.0"


def proposed_version(earlier: Iterable[Identity], new: Identity) -> str:
    """The number after some versions: the last part is raised where no result can differ, else the middle one."""
    return next(iter(possible_versions(earlier, new)), "")


def possible_versions(earlier: Iterable[Identity], new: Identity) -> tuple[str, ...]:
    """The numbers that a version may have after some others, lowest first; after none, FIRST and the one it has."""
    known = [(number, each) for each in earlier if (number := number_of(each.version)) is not None]
    if not known:
        own = number_of(new.version)
        return tuple(dict.fromkeys([FIRST, *([new.version] if own and max(own) <= HIGHEST_FIRST else [])]))
    number, latest = max(known, key=lambda pair: pair[0])
    possible = successors(latest.version)
    is_same = latest.logic == new.logic
    return tuple(each for each in possible if is_same or (number_of(each) or number)[:2] != number[:2])


def released(files: Mapping[str, bytes], version: str, changes: str) -> dict[str, bytes]:
    """The files under a number, with the status published and what changed in the changelog.

    Raises ReadinessError for a number or an entry that cannot be written, or a ruleset.yaml that cannot be changed.
    """
    changes = " ".join(changes.split())
    if number_of(version) is None:
        raise ReadinessError(
            f"The version {version[:40]!r} is not three numbers with dots between; write one like 1.2.0."
        )
    if not changes:
        raise ReadinessError("The changelog has no entry for this version; say what changes, and for whom.")
    if len(changes) > MOST_CHANGES or not changes.isprintable():
        raise ReadinessError(f"The changelog entry should be up to {MOST_CHANGES} letters of plain text; shorten it.")
    if TOP not in files:
        raise ReadinessError(f"The draft has no {TOP}; upload one first.")
    text = files[TOP].decode()
    text = replace_value(replace_value(text, ("version",), version), ("status",), "published")
    return {**files, TOP: _told(text, version, changes).encode()}


def _told(text: str, version: str, changes: str) -> str:
    """The text with the entry of a version in its changelog, where the newest stands."""
    entry = ("changelog", Entry("version", version))
    try:
        return replace_value(text, (*entry, "changes"), changes)
    except NotFound:
        add = prepend_entry if _newest_first(text) else append_entry
        return add(text, ("changelog",), {"version": version, "changes": changes}, "version")


def _newest_first(text: str) -> bool:
    try:
        listed = value_at(text, ("changelog",))
    except NotFound:
        return True
    told = [each["version"] for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    numbers: list[Number | None] = [number_of(str(version)) for version in told]
    known = [number for number in numbers if number is not None]
    return len(known) < 2 or known[0] > known[-1]
