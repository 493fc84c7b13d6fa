"""Drafts of rule sets in the database: files that several people change, and nothing of anybody's is overwritten."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from readiness.engine.ruleset import Identity, RuleSet
from readiness.engine.versions import Gate, is_newer, number_of
from readiness.errors import Closed, NotFound, ReadinessError
from readiness.language import gettext
from readiness.loading.ruleset import MOST_BYTES_IN_ALL, MOST_FILES
from readiness.store.database import transaction
from readiness.store.models import DraftAuthorRow, DraftFileRow, DraftRow, RuleSetRow
from readiness.store.rulesets import Origin, publish_ruleset

Change = Callable[[Mapping[str, str]], Mapping[str, str]]


class State(StrEnum):
    """Where a draft stands. Only an open one can be changed."""

    OPEN = "open"
    IN_REVIEW = "in review"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote in a draft: the id of the person and the name at that time."""

    person: str
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A working copy of the version `base` (a digest), and whoever wrote in it.

    `revision` counts its changes; `note` is the changelog entry proposed with the request for review, `comment` what
    was said when it was last given back; `published` is the digest of the version it became.
    """

    id: str
    name: str
    base: str
    state: State
    revision: int
    started_on: date
    note: str
    comment: str
    published: str | None
    authors: tuple[Author, ...]


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One file of a draft; `content` is None when it was removed, `revision` 0 when there never was one."""

    path: str
    revision: int
    content: bytes | None


class StaleFile(Closed):
    """The file was changed by somebody else since it was opened; `stored` is what is there now."""

    def __init__(self, stored: DraftFile) -> None:
        super().__init__(gettext("%(file)s was changed by somebody else since you opened it.", file=stored.path))
        self.stored = stored


def start_draft(engine: Engine, name: str, base: str, files: Mapping[str, bytes], today: date) -> str:
    """Start a draft with the files of a kept version and return its id. Nobody has written in it yet."""
    draft = secrets.token_hex(16)
    with transaction(engine, writing=True) as connection:
        connection.execute(
            insert(DraftRow).values(
                id=draft, name=name, base=base, state=State.OPEN.value, revision=1, started_on=today, note=""
            )
        )
        connection.execute(
            insert(DraftFileRow),
            [{"draft_id": draft, "path": path, "revision": 1, "content": files[path]} for path in sorted(files)],
        )
    return draft


def find_draft(engine: Engine, draft: str) -> Draft:
    """A draft. Raises NotFound."""
    with transaction(engine) as connection:
        return _draft(connection, draft)


def drafts(engine: Engine) -> tuple[Draft, ...]:
    """Every draft, latest first."""
    with transaction(engine) as connection:
        ids = connection.execute(select(DraftRow.id).order_by(DraftRow.started_on.desc(), DraftRow.name)).scalars()
        return tuple(_draft(connection, draft) for draft in list(ids))


def draft_files(engine: Engine, draft: str) -> dict[str, bytes]:
    """The files of a draft by path, without those that were removed."""
    query = select(DraftFileRow.path, DraftFileRow.content).where(DraftFileRow.draft_id == draft)
    with transaction(engine) as connection:
        rows = connection.execute(query.order_by(DraftFileRow.path)).all()
    return {path: bytes(content) for path, content in rows if content is not None}


def read_draft(engine: Engine, draft: str) -> tuple[Draft, dict[str, bytes]]:
    """A draft with its files, both of the same revision. Raises NotFound."""
    query = select(DraftRow.revision, DraftFileRow.path, DraftFileRow.content).join_from(DraftRow, DraftFileRow)
    with transaction(engine) as connection:
        rows = connection.execute(query.where(DraftRow.id == draft).order_by(DraftFileRow.path)).all()
        found = _draft(connection, draft)
    files = {path: bytes(content) for _, path, content in rows if content is not None}
    return replace(found, revision=rows[0][0]), files


def draft_file(engine: Engine, draft: str, path: str) -> DraftFile:
    """One file of a draft as it stands."""
    with transaction(engine) as connection:
        return _file(connection, draft, path)


def save_file(engine: Engine, draft: str, path: str, revision: int, content: bytes | None, author: Author) -> DraftFile:
    """Save a file, or remove it (None); `revision` is the one its author saw (0: a new file).

    Sending the same again changes nothing. Raises StaleFile when somebody else changed the file meanwhile, Closed when
    the draft can no longer be changed, and ReadinessError when it would become too large.
    """
    with transaction(engine, writing=True) as connection:
        _check_open(connection, draft)
        stored = _file(connection, draft, path)
        if stored.content == content:
            return stored
        if stored.revision != revision:
            raise StaleFile(stored)
        return _write(connection, draft, stored, content, author)


def change_file(engine: Engine, draft: str, path: str, change: Callable[[str], str], author: Author) -> DraftFile:
    """Change one place of a file whatever its revision: `change` reads the stored text and gives back the new one.

    It runs within the transaction; what it raises leaves everything as it was. Raises NotFound, Closed, ReadinessError.
    """
    with transaction(engine, writing=True) as connection:
        _check_open(connection, draft)
        stored = _file(connection, draft, path)
        content = change(_text(stored)).encode()
        return stored if content == stored.content else _write(connection, draft, stored, content, author)


def change_files(engine: Engine, draft: str, paths: Iterable[str], change: Change, author: Author) -> None:
    """Change some places of several files at once whatever their revision: `change` reads the stored texts by path and
    gives back those that become others. A path that it did not read is a new file; one that is there is not replaced.

    It runs within the transaction; what it raises leaves everything as it was. Raises NotFound, Closed, ReadinessError.
    """
    with transaction(engine, writing=True) as connection:
        _check_open(connection, draft)
        stored = {path: _file(connection, draft, path) for path in paths}
        texts = {path: _text(file) for path, file in stored.items()}
        for path, text in change(texts).items():
            there = stored.get(path) or _file(connection, draft, path)
            if path not in stored and there.content is not None:
                raise Closed(gettext("The draft has a file %(file)s already; nothing was saved.", file=path))
            if text != texts.get(path):
                _write(connection, draft, there, text.encode(), author)


def _text(file: DraftFile) -> str:
    if file.content is None:
        raise NotFound(gettext("The draft has no file %(file)s; it was removed meanwhile.", file=file.path))
    return file.content.decode()


def replace_files(engine: Engine, draft: str, revision: int, files: Mapping[str, bytes], author: Author) -> None:
    """Replace all files at once, as an upload does; `revision` is the draft's that the author saw.

    Raises Closed when anything was changed meanwhile, or the draft can no longer be changed.
    """
    with transaction(engine, writing=True) as connection:
        _check_open(connection, draft)
        if _draft(connection, draft).revision != revision:
            raise Closed(
                gettext("The draft was changed since you opened this page; nothing was replaced. Look at it first.")
            )
        _check_size({path: len(content) for path, content in files.items()})
        known = connection.execute(select(DraftFileRow.path).where(DraftFileRow.draft_id == draft)).scalars().all()
        stored = [_file(connection, draft, path) for path in sorted({*known, *files})]
        changed = [each for each in stored if each.content != files.get(each.path)]
        for each in changed:
            _put(connection, draft, each, files.get(each.path))
        if changed:
            _sign(connection, draft, author)


def ask_for_review(engine: Engine, draft: str, note: str, author: Author | None = None) -> None:
    """Close a draft for changes until somebody has reviewed it; `note` is the proposed changelog entry.

    Whoever asks stands for what is in it as an author does, and so cannot be the one who publishes it.
    """
    _move(engine, draft, State.OPEN, State.IN_REVIEW, author, note=note)


def reopen_draft(engine: Engine, draft: str, comment: str = "") -> None:
    """Give a draft back from review to its authors, with what is to be done."""
    _move(engine, draft, State.IN_REVIEW, State.OPEN, comment=comment)


def change_note(engine: Engine, draft: str, note: str) -> None:
    """Correct the changelog entry of a draft in review."""
    _move(engine, draft, State.IN_REVIEW, State.IN_REVIEW, note=note)


def discard_draft(engine: Engine, draft: str) -> None:
    """Put an open draft away; its files stay."""
    _move(engine, draft, State.OPEN, State.DISCARDED)


def publish_draft(
    engine: Engine, draft: str, revision: int, files: Mapping[str, bytes], gates: Iterable[Gate]
) -> RuleSet:
    """Publish the files that a reviewed draft becomes, and close it: both or neither.

    Raises what `publish_ruleset` raises, and Closed when the draft was changed or given back since it was reviewed, or
    would undo a version that was published since it began.
    """

    def along(connection: Connection, digest: str) -> None:
        _check_newest(connection, draft, digest)
        _mark_published(connection, draft, revision, digest)

    return publish_ruleset(engine, files, gates, along, find_draft(engine, draft).base)


def undoing(base: Identity, published: Iterable[Identity]) -> str:
    """The sentence for a draft that would undo what was published since its base; empty when nothing was."""
    newer = [each for each in published if is_newer(each, base)]
    if not newer:
        return ""
    return gettext(
        "This draft is based on %(base)s, and %(newer)s was published since; publishing the draft would undo "
        "what that changed. Start a draft from %(newer)s and make your changes there.",
        base=base.version,
        newer=max(newer, key=lambda each: number_of(each.version) or (0, 0, 0)).version,
    )


def _check_newest(connection: Connection, draft: str, digest: str) -> None:
    """Raises Closed when a version newer than the base of a draft is published, other than the one it becomes.

    The row of the base is locked, so that of two drafts from one base the second sees what the first became.
    """
    names = (RuleSetRow.id, RuleSetRow.version, RuleSetRow.digest)
    of_draft = select(*names).join(DraftRow, DraftRow.base == RuleSetRow.digest).where(DraftRow.id == draft)
    code, version, base = connection.execute(of_draft.with_for_update(of=RuleSetRow)).one()
    published = (RuleSetRow.origin != Origin.FOLDER.value, RuleSetRow.id == code, RuleSetRow.digest != digest)
    others = [Identity(*row, "") for row in connection.execute(select(*names).where(*published))]
    if sentence := undoing(Identity(code, version, base, ""), others):
        raise Closed(sentence)


def mark_published(engine: Engine, draft: str, revision: int, digest: str) -> None:
    """Note the version that a draft became. Raises Closed when it was changed since it was reviewed."""
    with transaction(engine, writing=True) as connection:
        _mark_published(connection, draft, revision, digest)


def _mark_published(connection: Connection, draft: str, revision: int, digest: str) -> None:
    same = (DraftRow.id == draft, DraftRow.state == State.IN_REVIEW.value, DraftRow.revision == revision)
    changed = connection.execute(update(DraftRow).where(*same).values(state=State.PUBLISHED.value, published=digest))
    if not changed.rowcount:
        raise Closed(gettext("The draft was changed or given back since you opened this page. Look at it again."))


def _draft(connection: Connection, draft: str) -> Draft:
    row = connection.execute(select(DraftRow.__table__).where(DraftRow.id == draft)).mappings().one_or_none()
    if row is None:
        raise NotFound(gettext("There is no such draft; it may belong to another installation."))
    authors = connection.execute(
        select(DraftAuthorRow.person, DraftAuthorRow.name)
        .where(DraftAuthorRow.draft_id == draft)
        .order_by(DraftAuthorRow.name, DraftAuthorRow.person)
    )
    return Draft(**{**row, "state": State(row["state"]), "authors": tuple(Author(*each) for each in authors)})


def _check_open(connection: Connection, draft: str) -> None:
    query = select(DraftRow.state).where(DraftRow.id == draft).with_for_update()
    state = connection.execute(query).scalar_one_or_none()
    if state is None:
        raise NotFound(gettext("There is no such draft; it may belong to another installation."))
    if state != State.OPEN:
        raise Closed(gettext("This draft can no longer be changed; nothing was saved. Its page says where it stands."))


def _file(connection: Connection, draft: str, path: str) -> DraftFile:
    query = select(DraftFileRow.revision, DraftFileRow.content)
    row = connection.execute(query.where(DraftFileRow.draft_id == draft, DraftFileRow.path == path)).one_or_none()
    return DraftFile(path, row[0], None if row[1] is None else bytes(row[1])) if row else DraftFile(path, 0, None)


def _write(connection: Connection, draft: str, stored: DraftFile, content: bytes | None, author: Author) -> DraftFile:
    if content is not None:
        query = select(DraftFileRow.path, func.length(DraftFileRow.content)).where(DraftFileRow.draft_id == draft)
        sizes = {path: size for path, size in connection.execute(query) if size is not None}
        _check_size({**sizes, stored.path: len(content)})
    _sign(connection, draft, author)
    return _put(connection, draft, stored, content)


def _put(connection: Connection, draft: str, stored: DraftFile, content: bytes | None) -> DraftFile:
    same = (DraftFileRow.draft_id == draft, DraftFileRow.path == stored.path)
    if stored.revision:
        connection.execute(update(DraftFileRow).where(*same).values(revision=stored.revision + 1, content=content))
    else:
        connection.execute(insert(DraftFileRow).values(draft_id=draft, path=stored.path, revision=1, content=content))
    connection.execute(update(DraftRow).where(DraftRow.id == draft).values(revision=DraftRow.revision + 1))
    return DraftFile(stored.path, stored.revision + 1, content)


def _check_size(sizes: Mapping[str, int]) -> None:
    if len(sizes) > MOST_FILES:
        raise ReadinessError(
            gettext("The draft would have more than %(most)s files; remove some first.", most=MOST_FILES)
        )
    if sum(sizes.values()) > MOST_BYTES_IN_ALL:
        raise ReadinessError(
            gettext("The draft would have more than %(most)s bytes; shorten or split it.", most=MOST_BYTES_IN_ALL)
        )


def _sign(connection: Connection, draft: str, author: Author) -> None:
    mine = (DraftAuthorRow.draft_id == draft, DraftAuthorRow.person == author.person)
    connection.execute(delete(DraftAuthorRow).where(*mine))
    connection.execute(insert(DraftAuthorRow).values(draft_id=draft, person=author.person, name=author.name))


def _move(engine: Engine, draft: str, before: State, after: State, author: Author | None = None, **values: str) -> None:
    with transaction(engine, writing=True) as connection:
        state = _draft(connection, draft).state
        if state not in (before, after):
            raise Closed(gettext("Somebody moved this draft on meanwhile. Its page says where it stands now."))
        connection.execute(update(DraftRow).where(DraftRow.id == draft).values(state=after.value, **values))
        if author is not None:
            _sign(connection, draft, author)
