"""Rule-set versions in the database: an assessment keeps the version it started on, whatever happens to the folder."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from readiness.engine.ruleset import Identity, RuleSet
from readiness.engine.versions import Gate, number_of, publishing_problems
from readiness.errors import Closed, NotFound, ReadinessError, Unavailable
from readiness.language import gettext
from readiness.loading.problems import InvalidFiles
from readiness.loading.published import Version, archive_name, check_unchanged, published_beside, published_versions
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.store.database import transaction
from readiness.store.models import RuleSetRow

# What is written together with a published version, whose digest it is told.
Along = Callable[[Connection, str], None]


class Origin(StrEnum):
    """Where a kept version comes from: the folder at some start, an archive that was shipped, or published here."""

    FOLDER = "folder"
    SHIPPED = "shipped"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Kept:
    """One version that the database keeps; `logic` is empty until a start fills it in."""

    id: str
    version: str
    digest: str
    logic: str
    origin: Origin


class NotPublished(ReadinessError):
    """A version that may not be published; `problems` holds every sentence."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def keep_ruleset(
    engine: Engine, identity: Identity, files: Mapping[str, bytes], origin: Origin = Origin.FOLDER
) -> None:
    """Keep the files of a version under its digest; what is kept stays as it is, but what a folder held may turn out to
    be published: the same content under another status."""
    with transaction(engine, writing=True) as connection:
        _keep(connection, identity, files, origin)


def keep_versions(engine: Engine, folder: Path) -> RuleSet:
    """What every start does: keep the published versions that lie beside a folder, and the folder's own, which is
    given back. Raises InvalidFiles, and ReadinessError for content that was changed under a published number."""
    files = read_folder(folder)
    ruleset = read_ruleset(files)
    known = _known_archives(engine)
    shipped = published_versions(
        published_beside(folder), lambda name, packed: (name, _sha256(_as_stored(packed))) in known
    )
    _check_unchanged(engine, shipped, ruleset)
    for version in shipped:
        keep_ruleset(engine, version.ruleset.identity, version.files, Origin.SHIPPED)
    keep_ruleset(engine, ruleset.identity, files)
    fill_in_logic(engine)
    return ruleset


def _known_archives(engine: Engine) -> set[tuple[str, str]]:
    """The archives that the database keeps as published already: their names, and the SHA-256 of their files."""
    query = select(RuleSetRow.id, RuleSetRow.version, RuleSetRow.sha256)
    with transaction(engine) as connection:
        rows = connection.execute(query.where(RuleSetRow.origin != Origin.FOLDER.value)).all()
    return {(archive_name(Identity(row[0], row[1], "", "")), row[2]) for row in rows}


def _check_unchanged(engine: Engine, shipped: Iterable[Version], ruleset: RuleSet) -> None:
    """Raises ReadinessError when the number is published with other content, in an archive or here.

    A row may have been kept by an earlier program, under another digest for the same content: unless the digests are
    the same, its files are read.
    """
    mine = ruleset.identity
    kept = [each for each in _published(engine) if (each.id, each.version) == (mine.id, mine.version)]
    if mine.digest not in [each.digest for each in kept]:
        check_unchanged([*shipped, *_readable(engine, kept)], ruleset)


def _readable(engine: Engine, kept: Iterable[Kept]) -> Iterator[Version]:
    """Kept versions as this program reads them, without those that it cannot read: they stop no start."""
    for each in kept:
        with suppress(InvalidFiles, Unavailable):
            yield _as_read_now(engine, each.digest)


def published_twice(engine: Engine) -> tuple[str, ...]:
    """A sentence for each number that is published here with other content than in an archive: which of them counts."""
    kept = _published(engine)
    here = {(each.id, each.version): each for each in kept if each.origin is Origin.INSTALLATION}
    pairs = [(here[each.id, each.version], each) for each in kept if (each.id, each.version) in here]
    return tuple(
        f"{each.id} {each.version} is published twice: here ({mine.digest[:12]}) and, with other content, in an "
        f"archive ({each.digest[:12]}). The one published here counts; to use the other, publish it here under a "
        "higher number."
        for mine, each in pairs
        if mine != each and len({read.ruleset.identity.digest for read in _readable(engine, (mine, each))}) > 1
    )


def publish_ruleset(
    engine: Engine, files: Mapping[str, bytes], gates: Iterable[Gate], along: Along | None = None, base: str = ""
) -> RuleSet:
    """Publish a version in this installation: keep it for good, with its number, and let new assessments start on it.

    `along` writes in the same transaction; what it raises leaves nothing published. `base` is the digest of the kept
    version that the new one began from: it is followed even where only a folder held it. Publishing the same
    again changes nothing. Raises InvalidFiles, NotPublished with every sentence, and Closed when another version was
    published while this one was judged.
    """
    new = read_ruleset(files)
    judged = {each.digest for each in _published(engine)}
    earlier = [each.ruleset for each in published_here(engine)]
    began = kept_ruleset(engine, base) if base and base not in judged else None
    if began is not None and not began.identity.draft:
        earlier.append(began)
    problems = publishing_problems(earlier, new, gates)
    if problems:
        raise NotPublished(problems)
    try:
        with transaction(engine, writing=True) as connection:
            _check_judged(connection, new.identity, judged)
            _keep(connection, new.identity, files, Origin.INSTALLATION)
            if along is not None:
                along(connection, new.identity.digest)
    except IntegrityError:
        raise _overtaken(new.identity.id, new.identity.version) from None
    return new


def _check_judged(connection: Connection, new: Identity, judged: Collection[str]) -> None:
    """Raises Closed when another version of the rule set was published than those that were looked at."""
    for each in _kept(connection):
        is_other = each.id == new.id and each.origin is not Origin.FOLDER and each.digest != new.digest
        if is_other and each.digest not in judged:
            raise _overtaken(each.id, each.version)


def _overtaken(code: str, version: str) -> Closed:
    return Closed(
        gettext(
            "%(rule_set)s %(version)s was published by somebody else meanwhile, so nothing was published. Look at what "
            "it changes, then publish again.",
            rule_set=code,
            version=version,
        )
    )


def _keep(connection: Connection, identity: Identity, files: Mapping[str, bytes], origin: Origin) -> None:
    content = _as_stored(files)
    told = {"files": content, "sha256": _sha256(content), "logic": identity.logic, "origin": origin.value}
    same = RuleSetRow.digest == identity.digest
    kept = connection.execute(select(RuleSetRow.origin).where(same)).scalar()
    if kept is None:
        names = {"digest": identity.digest, "id": identity.id, "version": identity.version}
        connection.execute(insert(RuleSetRow).values(**names, **told))
    elif kept == Origin.FOLDER and origin is not Origin.FOLDER:  # the same content, no longer a draft
        connection.execute(update(RuleSetRow).where(same).values(**told))


def _as_stored(files: Mapping[str, bytes]) -> bytes:
    return json.dumps({path: files[path].decode() for path in sorted(files)}).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def kept_versions(engine: Engine) -> tuple[Kept, ...]:
    """Every version that the database keeps: by id, then by number, oldest first."""
    with transaction(engine) as connection:
        return _kept(connection)


def _kept(connection: Connection) -> tuple[Kept, ...]:
    columns = (RuleSetRow.id, RuleSetRow.version, RuleSetRow.digest, RuleSetRow.logic, RuleSetRow.origin)
    kept = [Kept(row[0], row[1], row[2], row[3], Origin(row[4])) for row in connection.execute(select(*columns))]
    return tuple(sorted(kept, key=lambda each: (each.id, number_of(each.version) or (0, 0, 0), each.digest)))


def _published(engine: Engine) -> tuple[Kept, ...]:
    return tuple(each for each in kept_versions(engine) if each.origin is not Origin.FOLDER)


def newest_published_here(engine: Engine, code: str) -> Identity | None:
    """The highest version of a rule set that was published in this installation; None when there is none."""
    query = select(RuleSetRow.version, RuleSetRow.digest).where(
        RuleSetRow.id == code, RuleSetRow.origin == Origin.INSTALLATION.value
    )
    with transaction(engine) as connection:
        rows = connection.execute(query).all()
    found = [Identity(code, row[0], row[1], "") for row in rows]
    return max(found, key=lambda each: number_of(each.version) or (0, 0, 0), default=None)


def published_here(engine: Engine) -> tuple[Version, ...]:
    """Every published version that the database keeps, shipped or published here, as this program reads its files."""
    return tuple(_as_read_now(engine, each.digest) for each in _published(engine))


def _as_read_now(engine: Engine, digest: str) -> Version:
    """A kept version under the digest that this program takes of it: what content is compared by."""
    files = ruleset_files(engine, digest)
    return Version(read_ruleset(files), files)


def kept_version(engine: Engine, digest: str) -> Version:
    """A kept version; it is known by the digest it was kept under, also when a later program reads it."""
    version = _as_read_now(engine, digest)
    identity = replace(version.ruleset.identity, digest=digest)
    return replace(version, ruleset=replace(version.ruleset, identity=identity))


def kept_ruleset(engine: Engine, digest: str) -> RuleSet:
    """A kept version without its files."""
    return kept_version(engine, digest).ruleset


def fill_in_logic(engine: Engine) -> None:
    """Give versions that an earlier program kept the digest of their logic; one that cannot be read stays without."""
    for each in kept_versions(engine):
        if not each.logic:
            try:
                logic = kept_ruleset(engine, each.digest).identity.logic
            except (InvalidFiles, Unavailable):
                continue
            with transaction(engine, writing=True) as connection:
                connection.execute(update(RuleSetRow).where(RuleSetRow.digest == each.digest).values(logic=logic))


def ruleset_files(engine: Engine, digest: str) -> dict[str, bytes]:
    """The files of a kept version. Raises NotFound, and Unavailable when they are not what was kept."""
    query = select(RuleSetRow.id, RuleSetRow.version, RuleSetRow.files, RuleSetRow.sha256)
    with transaction(engine) as connection:
        row = connection.execute(query.where(RuleSetRow.digest == digest)).one_or_none()
    if row is None:
        raise NotFound(f"The rule set {digest[:12]} is not in this database; restore the database it was kept in.")
    code, version, content, sha256 = row
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Unavailable(
            f"The rule set {code} {version} ({digest[:12]}) is damaged in this database; restore a backup of it."
        )
    return {path: text.encode() for path, text in json.loads(content).items()}
