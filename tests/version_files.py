"""Versions of the small rule set: its files under another number, published or not, with places changed."""

from collections.abc import Mapping
from pathlib import Path

from broken_files import SMALL

from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import read_ruleset

Change = tuple[str, str, str]  # file, what it says, what it says instead

CONTACT = "scoring/working_together.yaml"
TEAM = "instrument/1-team.yaml"
WORTH: Change = (CONTACT, "hardly_ever: -2", "hardly_ever: -1.5")
WORDING: Change = (TEAM, "Hardly ever.", "Almost never.")


def files_of(version: str, *changes: Change, status: str = "published", told: bool = True) -> dict[str, bytes]:
    """The files of a version; `told` says whether the changelog has an entry for it."""
    files = {path: content.decode() for path, content in SMALL.items()}
    top = files["ruleset.yaml"].replace('version: "0.1.0"\nstatus: draft', f'version: "{version}"\nstatus: {status}')
    if told and version != "0.1.0":
        top += f'  - version: "{version}"\n    changes: Something.\n'
    files["ruleset.yaml"] = top
    for path, old, new in changes:
        assert files[path].count(old) == 1, f"{path} has {old!r} {files[path].count(old)} times"
        files[path] = files[path].replace(old, new)
    return {path: text.encode() for path, text in files.items()}


def version_of(version: str, *changes: Change, status: str = "published", told: bool = True) -> RuleSet:
    """A version, read."""
    return read_ruleset(files_of(version, *changes, status=status, told=told))


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Files in a folder, in place of what was there."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder
