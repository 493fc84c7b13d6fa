"""Assessments in the database: start, find, save a page, submit, reopen."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from readiness.engine.answers import Answer, Answers, Missing, Phase, Role, to_answer
from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.store.database import transaction
from readiness.store.models import AnswerRow, AssessmentRow, LinkRow, PageRow, ResponseRow, ServiceRow

KEY_BYTES = 24


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment as its manager meets it; `rule_set` is the digest it is pinned to."""

    id: str
    response: str
    service: str
    phase: Phase
    rule_set: str
    started_on: date
    submitted_on: date | None

    @property
    def is_open(self) -> bool:
        """Answers can still be changed."""
        return self.submitted_on is None


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What is stored for a page: its revision (0 before the first save) and its answers."""

    revision: int
    answers: Mapping[str, Answer]


class StalePage(Closed):
    """The page was saved elsewhere since it was opened; `stored` holds what is there now."""

    def __init__(self, stored: SavedPage) -> None:
        super().__init__(gettext("This page was saved elsewhere since you opened it."))
        self.stored = stored


def start_assessment(engine: Engine, service: str, phase: Phase, rule_set: str, today: date) -> str:
    """Start a baseline for a new service and return the key of its link; the key itself is not kept."""
    key = secrets.token_urlsafe(KEY_BYTES)
    service_id, assessment_id, response_id = (secrets.token_hex(16) for _ in range(3))
    with transaction(engine, writing=True) as connection:
        connection.execute(insert(ServiceRow).values(id=service_id, name=service))
        connection.execute(
            insert(AssessmentRow).values(
                id=assessment_id,
                service_id=service_id,
                rule_set=rule_set,
                wave="baseline",
                phase=phase.value,
                started_on=today,
            )
        )
        connection.execute(insert(LinkRow).values(key_hash=_hash(key), assessment_id=assessment_id))
        connection.execute(
            insert(ResponseRow).values(id=response_id, assessment_id=assessment_id, role=Role.MANAGER.value)
        )
    return key


def find_assessment(engine: Engine, key: str) -> Assessment:
    """The assessment that a link opens. Raises NotFound."""
    query = (
        select(
            AssessmentRow.id,
            ResponseRow.id,
            ServiceRow.name,
            AssessmentRow.phase,
            AssessmentRow.rule_set,
            AssessmentRow.started_on,
            AssessmentRow.submitted_on,
        )
        .join(LinkRow, LinkRow.assessment_id == AssessmentRow.id)
        .join(ServiceRow, ServiceRow.id == AssessmentRow.service_id)
        .join(ResponseRow, ResponseRow.assessment_id == AssessmentRow.id)
        .where(LinkRow.key_hash == _hash(key), ResponseRow.role == Role.MANAGER.value)
    )
    with transaction(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            gettext("No assessment opens with this link. Check that it was copied whole, to its last character.")
        )
    return Assessment(row[0], row[1], row[2], Phase(row[3]), row[4], row[5], row[6])


def assessments_by_version(engine: Engine) -> dict[str, int]:
    """How many assessments are pinned to each version, by its digest."""
    query = select(AssessmentRow.rule_set, func.count()).group_by(AssessmentRow.rule_set)
    with transaction(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def read_answers(engine: Engine, assessment: Assessment) -> Answers:
    """Everything answered so far."""
    with transaction(engine) as connection:
        return Answers(assessment.phase, _answers(connection, assessment.response))


def read_page(engine: Engine, assessment: Assessment, page: str, items: Iterable[str]) -> SavedPage:
    """What is stored for one page."""
    with transaction(engine) as connection:
        return _saved(connection, assessment.response, page, items)


def save_page(
    engine: Engine, assessment: Assessment, page: str, revision: int, answers: Mapping[str, Answer]
) -> SavedPage:
    """Save all answers of a page at once; `revision` is the one the respondent saw.

    Sending the same answers again changes nothing and is no error. Raises StalePage when the page holds other answers
    of a later revision, and Closed when the assessment was submitted meanwhile.
    """
    with transaction(engine, writing=True) as connection:
        _check_open(connection, assessment.id)
        stored = _saved(connection, assessment.response, page, answers)
        if dict(stored.answers) == dict(answers) and stored.revision:
            return stored
        if stored.revision != revision:
            raise StalePage(stored)
        _write(connection, assessment.response, answers)
        _set_revision(connection, assessment.response, page, stored.revision + 1)
    return SavedPage(stored.revision + 1, answers)


def submit_assessment(engine: Engine, assessment: Assessment, today: date) -> None:
    """Close an assessment; closing it again changes nothing."""
    _set_submitted(engine, assessment, today)


def reopen_assessment(engine: Engine, assessment: Assessment) -> None:
    """Open a submitted assessment for changes."""
    _set_submitted(engine, assessment, None)


def saved_pages(engine: Engine, assessment: Assessment) -> frozenset[str]:
    """The pages that were saved at least once."""
    with transaction(engine) as connection:
        return frozenset(
            connection.execute(select(PageRow.page).where(PageRow.response_id == assessment.response)).scalars()
        )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _set_submitted(engine: Engine, assessment: Assessment, day: date | None) -> None:
    kept = AssessmentRow.submitted_on.is_(None) if day else AssessmentRow.submitted_on.is_not(None)
    with transaction(engine, writing=True) as connection:
        connection.execute(
            update(AssessmentRow).where(AssessmentRow.id == assessment.id, kept).values(submitted_on=day)
        )


def _check_open(connection: Connection, assessment: str) -> None:
    query = select(AssessmentRow.submitted_on).where(AssessmentRow.id == assessment).with_for_update()
    if connection.execute(query).scalar_one() is not None:
        raise Closed(
            gettext("This assessment has been submitted. To change answers, open it again from its result page.")
        )


def _answers(connection: Connection, response: str) -> dict[str, Answer]:
    rows = connection.execute(select(AnswerRow.item, AnswerRow.value).where(AnswerRow.response_id == response))
    return {item: to_answer(value) for item, value in rows}


def _saved(connection: Connection, response: str, page: str, items: Iterable[str]) -> SavedPage:
    query = select(PageRow.revision).where(PageRow.response_id == response, PageRow.page == page)
    answers = _answers(connection, response)
    revision = connection.execute(query).scalar_one_or_none() or 0
    return SavedPage(revision, {item: answers.get(item, Missing.NOT_ANSWERED) for item in items})


def _write(connection: Connection, response: str, answers: Mapping[str, Answer]) -> None:
    connection.execute(delete(AnswerRow).where(AnswerRow.response_id == response, AnswerRow.item.in_(list(answers))))
    rows = [
        {"response_id": response, "item": item, "value": str(value)}
        for item, value in answers.items()
        if value is not Missing.NOT_ANSWERED
    ]
    if rows:
        connection.execute(insert(AnswerRow), rows)


def _set_revision(connection: Connection, response: str, page: str, revision: int) -> None:
    """Insert or update in one statement; both databases speak the same dialect of it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(PageRow).values(response_id=response, page=page, revision=revision)
    keys = [PageRow.response_id, PageRow.page]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"revision": revision}))
