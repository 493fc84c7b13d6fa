"""Jobs on drafts in the database: what was asked for, how far it is, what came out. A job belongs to one revision."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from readiness.errors import Closed, NotFound, TooMany
from readiness.language import gettext
from readiness.store.database import transaction
from readiness.store.drafts import State
from readiness.store.models import DraftRow, DraftRunRow

# A process that has not been heard of for so long is taken for dead; one that lives says so every few seconds.
SILENCE = timedelta(seconds=20)
# So many processes may run at once in an installation: those that a review of two drafts needs, and one place that is
# kept for publishing, so that nobody's long jobs close that to the others.
MOST_OF_A_DRAFT = 3
KEPT_FOR_PUBLISHING = 1
MOST_AT_ONCE = 2 * MOST_OF_A_DRAFT + KEPT_FOR_PUBLISHING
SHOWN = 20
COLUMNS = (
    DraftRunRow.id, DraftRunRow.draft_id, DraftRunRow.revision, DraftRunRow.job, DraftRunRow.against, DraftRunRow.state,
    DraftRunRow.done, DraftRunRow.of, DraftRunRow.heard_at, DraftRunRow.result,
)  # fmt: skip

# A running job: its id, draft, revision, kind, and what it is against.
Running = tuple[str, str, int, str, str]


class Job(StrEnum):
    """What can be run on a draft."""

    TEST = "test"
    PROVE = "prove"
    COMPARE = "compare"
    IMPACT = "impact"
    PUBLISH = "publish"


class Progress(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One job on one revision of a draft: `done` of `of` steps; `result` is what it said in the end, as plain data."""

    id: str
    draft: str
    revision: int
    job: Job
    against: str
    progress: Progress
    done: int
    of: int
    heard_at: datetime
    result: Mapping[str, object] | None

    def is_lost(self, now: datetime) -> bool:
        """Whether its process has fallen silent before it was done; it can be started again."""
        return self.progress is Progress.RUNNING and now - self.heard_at > SILENCE


def start_run(engine: Engine, draft: str, revision: int, job: Job, against: str, now: datetime) -> str:
    """Note that a job begins and return its id; `against` is what the draft is compared with, or the assessments."""
    with transaction(engine, writing=True) as connection:
        return _begin(connection, draft, revision, job, against, now)


def _begin(connection: Connection, draft: str, revision: int, job: Job, against: str, now: datetime) -> str:
    run = secrets.token_hex(16)
    progress = {"state": Progress.RUNNING.value, "done": 0, "of": 0, "heard_at": now}
    what = {"id": run, "draft_id": draft, "revision": revision, "job": job.value, "against": against}
    connection.execute(insert(DraftRunRow).values(**what, **progress))
    return run


def approval(version: str, note: str) -> str:
    """What a job that publishes is told: the number, and a mark of the changelog entry that was approved."""
    return f"{version} {hashlib.sha256(note.encode()).hexdigest()}"


def start_once(engine: Engine, draft: str, revision: int, job: Job, against: str, now: datetime) -> tuple[str, bool]:
    """The id of a job, and whether it begins now: false when the same is running already, as after a double click.

    Raises TooMany when too many jobs are running.
    """
    return start_all(engine, draft, revision, [(job, against)], now)[0]


def start_all(
    engine: Engine, draft: str, revision: int, wanted: Sequence[tuple[Job, str]], now: datetime, note: str | None = None
) -> tuple[tuple[str, bool], ...]:
    """Start several jobs or none; for each its id and whether it begins now. `note` is an entry kept with them.

    Raises TooMany when too many jobs are running, Closed when an entry is for a draft that is no longer in review.
    """
    alive = (DraftRunRow.state == Progress.RUNNING.value, DraftRunRow.heard_at >= now - SILENCE)
    query = select(DraftRunRow.id, DraftRunRow.draft_id, DraftRunRow.revision, DraftRunRow.job, DraftRunRow.against)
    with transaction(engine, writing=True) as connection:
        connection.execute(select(DraftRow.id).where(DraftRow.id == draft).with_for_update())
        found = connection.execute(query.where(*alive))
        running = [(run, of, at, kind, what) for run, of, at, kind, what in found]
        known = [_same(running, draft, revision, job, against) for job, against in wanted]
        begins = [job for (job, _), run in zip(wanted, known, strict=True) if run is None]
        _check_places(running, draft, begins)
        if begins and note is not None:
            _keep_note(connection, draft, revision, note)
        return tuple(
            (run or _begin(connection, draft, revision, job, against, now), run is None)
            for (job, against), run in zip(wanted, known, strict=True)
        )


def _same(running: Sequence[Running], draft: str, revision: int, job: Job, against: str) -> str | None:
    """The job that is running already; a draft is published by one job at a time, under whatever number."""
    for run, *what in running:
        is_publishing = job is Job.PUBLISH and (what[0], what[2]) == (draft, job.value)
        if is_publishing or what == [draft, revision, job.value, against]:
            return run
    return None


def _check_places(running: Sequence[Running], draft: str, begins: Sequence[Job]) -> None:
    """Raise TooMany unless there is room for all that begin."""
    others = [of for _, of, _, job, _ in running if job != Job.PUBLISH.value]
    more = sum(job is not Job.PUBLISH for job in begins)
    if more and others.count(draft) + more > MOST_OF_A_DRAFT:
        sentence = gettext(
            "At most %(most)s jobs of a draft run at once. Wait until one has ended and start it again.",
            most=MOST_OF_A_DRAFT,
        )
        raise TooMany(sentence)
    is_full = more and len(others) + more > MOST_AT_ONCE - KEPT_FOR_PUBLISHING
    if begins and (is_full or len(running) + len(begins) > MOST_AT_ONCE):
        raise TooMany(gettext("Too much is running just now. Wait a moment and start it again."))


def _keep_note(connection: Connection, draft: str, revision: int, note: str) -> None:
    here = (DraftRow.id == draft, DraftRow.revision == revision, DraftRow.state == State.IN_REVIEW.value)
    if connection.execute(update(DraftRow).where(*here).values(note=note)).rowcount != 1:
        raise Closed(gettext("The draft was changed or given back since you opened this page. Look at it again."))


def note_progress(engine: Engine, run: str, done: int, of: int, now: datetime) -> None:
    """Say how far a running job is."""
    _change(engine, run, done=done, of=of, heard_at=now)


def end_run(engine: Engine, run: str, progress: Progress, result: Mapping[str, object], now: datetime) -> None:
    """Keep what came out of a job, or the sentence that says why nothing did."""
    content = json.dumps(result, ensure_ascii=False).encode()
    _change(engine, run, state=progress.value, result=content, heard_at=now)


def find_run(engine: Engine, run: str) -> Run:
    """A job. Raises NotFound."""
    with transaction(engine) as connection:
        row = connection.execute(select(*COLUMNS).where(DraftRunRow.id == run)).one_or_none()
    if row is None:
        raise NotFound(gettext("There is no such run; start it again from the page of its draft."))
    return _run(tuple(row))


def runs_of(engine: Engine, draft: str) -> tuple[Run, ...]:
    """The latest jobs on a draft, latest first."""
    query = select(*COLUMNS).where(DraftRunRow.draft_id == draft).order_by(DraftRunRow.heard_at.desc()).limit(SHOWN)
    with transaction(engine) as connection:
        return tuple(_run(tuple(row)) for row in connection.execute(query))


def _run(row: tuple[Any, ...]) -> Run:
    run, draft, revision, job, against, state, done, of, heard_at, content = row
    result = None if content is None else json.loads(content)
    return Run(run, draft, revision, Job(job), against, Progress(state), done, of, heard_at, result)


def _change(engine: Engine, run: str, **values: object) -> None:
    """Change a running job; one that has ended stays as it ended."""
    running = (DraftRunRow.id == run, DraftRunRow.state == Progress.RUNNING.value)
    with transaction(engine, writing=True) as connection:
        connection.execute(update(DraftRunRow).where(*running).values(**values))
