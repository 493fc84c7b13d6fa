"""A name as it is typed > the rule set it stands for: a folder, a zip archive, or the number of a published version."""

from pathlib import Path

from readiness.engine.ruleset import RuleSet
from readiness.errors import ReadinessError, nearest
from readiness.loading.archive import unpack
from readiness.loading.published import published_versions
from readiness.loading.ruleset import MOST_BYTES_IN_ALL, load_ruleset, read_ruleset

SHOWN = 80


def named_ruleset(name: str, published: Path) -> RuleSet:
    """The rule set of a name; `published` is the folder of archives of published versions.

    Raises InvalidFiles for a rule set that cannot be read, and ReadinessError for a name that stands for none.
    """
    path = Path(name)
    if path.is_dir():
        return load_ruleset(path)
    if path.is_file():
        return read_ruleset(unpack(_read(path)))
    versions = {each.ruleset.identity.version: each.ruleset for each in published_versions(published)}
    if name not in versions:
        known = nearest(name, versions) or "; readiness rules versions lists them."
        raise ReadinessError(f"{name[:SHOWN]!r} is no folder, no zip archive and no published version{known}")
    return versions[name]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES_IN_ALL:
            raise ReadinessError(f"{path} has more than {MOST_BYTES_IN_ALL:,} bytes; it is no archive of a rule set.")
        return path.read_bytes()
    except OSError as error:
        raise ReadinessError(f"{path} cannot be read: {error.strerror}. Name a file that you may read.") from None
