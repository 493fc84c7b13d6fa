"""A folder of archives <-> the published versions of rule sets: frozen, one archive each."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from readiness.engine.ruleset import Identity, RuleSet
from readiness.engine.versions import changed_content
from readiness.errors import ReadinessError
from readiness.loading.archive import pack, unpack
from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.ruleset import read_ruleset

FOLDER = "published"
MOST_REMEMBERED = 8

# Whether the archive of this name and with these files need not be read.
Known = Callable[[str, Mapping[str, bytes]], bool]


@dataclass(frozen=True, slots=True)
class Version:
    """One version with the files it is read from."""

    ruleset: RuleSet
    files: Mapping[str, bytes]


def published_beside(folder: Path) -> Path:
    """Where the archives of a rule set's published versions lie: rules/published for rules/peer-support."""
    return folder.resolve().parent / FOLDER


def archive_name(identity: Identity) -> str:
    """The name of a version's archive."""
    return f"{identity.id}-{identity.version}.zip"


def published_versions(folder: Path, is_known: Known = lambda name, files: False) -> tuple[Version, ...]:
    """The versions of a folder of archives, by name; none where there is no folder. Raises InvalidFiles.

    `is_known` tells by name and files which archives to leave out: to read one takes long, to unpack it does not.
    """
    unpacked = ((path, _files(path)) for path in sorted(folder.glob("*.zip")))
    return tuple(_version(path, files) for path, files in unpacked if not is_known(path.name, files))


def _files(path: Path) -> Mapping[str, bytes]:
    try:
        return unpack(path.read_bytes())
    except OSError as error:
        raise ReadinessError(f"{path} cannot be read: {error.strerror}. Restore it from a copy of Readiness.") from None
    except InvalidFiles as error:
        raise _within(path, error) from None


def _version(path: Path, files: Mapping[str, bytes]) -> Version:
    try:
        ruleset = _read(tuple(files.items()))
    except InvalidFiles as error:
        raise _within(path, error) from None
    expected = archive_name(ruleset.identity)
    if path.name != expected or ruleset.identity.draft:
        what = "a draft" if path.name == expected else expected
        raise InvalidFiles([Problem(str(path), 1, f"this archive holds {what}; restore the published one")])
    return Version(ruleset, files)


def _within(path: Path, error: InvalidFiles) -> InvalidFiles:
    return InvalidFiles([Problem(f"{path}/{each.file}", each.line, each.sentence) for each in error.problems])


@lru_cache(maxsize=MOST_REMEMBERED)
def _read(files: tuple[tuple[str, bytes], ...]) -> RuleSet:
    return read_ruleset(dict(files))


def check_unchanged(published: Iterable[Version], ruleset: RuleSet) -> None:
    """Raises ReadinessError for content that was changed under a published number."""
    sentence = changed_content((version.ruleset.identity for version in published), ruleset.identity)
    if sentence:
        raise ReadinessError(f"{sentence}.")


def write_archive(folder: Path, version: Version) -> Path:
    """Write a version's archive, whole or not at all; one that is there is never replaced. Raises ReadinessError."""
    path = folder / archive_name(version.ruleset.identity)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pack(version.files))
            os.chmod(name, 0o644)
            os.link(name, path)
        finally:
            os.unlink(name)
    except FileExistsError:
        raise ReadinessError(f"{path} exists already and is frozen. Raise the version.") from None
    except OSError as error:
        raise ReadinessError(f"{path} cannot be written: {error.strerror}. Choose another place.") from None
    return path
