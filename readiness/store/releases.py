"""Releases in the database: closing a wave publishes values of groups, and everything shown reads these alone."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from readiness.engine.answers import Answer, Answers, Role, to_answer
from readiness.engine.disclosure import SMALLEST_GROUP, Admission, Group, admit
from readiness.engine.instrument import Instrument
from readiness.engine.team import (
    GroupSheet,
    GroupValue,
    Release,
    Response,
    TeamReading,
    consensus_sheet,
    read_team,
    release,
)
from readiness.errors import ReadinessError
from readiness.store.answers import manager_answers
from readiness.store.assessments import CONSENSUS, Assessment, Way, read_way, team_sections
from readiness.store.database import transaction
from readiness.store.models import AnswerRow, AssessmentRow, CommentRow, ReleaseRow, ResponseRow
from readiness.store.traces import sweep

COMMENTS_FROM = 2  # times k


def close_wave(engine: Engine, assessment: Assessment, instrument: Instrument, k: int, today: date) -> None:
    """Close an assessment and publish what its team has sent; closing it again changes nothing.

    Responses that would leave fewer than k people to be told apart are not taken in: they wait for more.
    """
    if k < SMALLEST_GROUP:
        raise ReadinessError(f"A group of {k} is too small; the smallest is {SMALLEST_GROUP}.")
    with transaction(engine, writing=True) as connection:
        done = (
            update(AssessmentRow)
            .where(AssessmentRow.id == assessment.id, AssessmentRow.submitted_on.is_(None))
            .values(submitted_on=today)
        )
        if connection.execute(done).rowcount:
            _publish(connection, assessment, instrument, group_size(connection, assessment.id, k), today)
    sweep(engine)


def latest_release(engine: Engine, assessment: str) -> Release | None:
    """What was published last of a team; None where nothing was."""
    with transaction(engine) as connection:
        return next(_releases(connection, assessment), None)


def latest_releases(connection: Connection, after: str, until: str) -> dict[str, Release]:
    """What was published last of each assessment with an id in a span, within a transaction."""
    query = (
        select(ReleaseRow.assessment_id, ReleaseRow.content)
        .where(ReleaseRow.assessment_id > after, ReleaseRow.assessment_id <= until)
        .order_by(ReleaseRow.number)
    )
    last = {row[0]: row[1] for row in connection.execute(query)}
    return {assessment: _decoded(content) for assessment, content in last.items()}


def read_combined(
    engine: Engine, assessment: Assessment, instrument: Instrument, k: int
) -> tuple[Answers, TeamReading]:
    """The answers that the result of a closed assessment is scored from, and what may be shown of its team.

    Whoever opened the assessment reads the same. `k` is the smallest group where nothing was published.
    """
    with transaction(engine) as connection:
        manager = Answers(assessment.phase, manager_answers(connection, assessment.id))
        published = next(_releases(connection, assessment.id), None)
        told = _comments(connection, assessment.id)
    return read_team(instrument, manager, published, told, k, is_asked=assessment.way is not Way.ALONE)


def comments(engine: Engine, assessment: str) -> tuple[str, ...]:
    """The comments that were published, in the order of their random ids: nobody's, and in no order of time."""
    with transaction(engine) as connection:
        return _comments(connection, assessment)


def _comments(connection: Connection, assessment: str) -> tuple[str, ...]:
    query = (
        select(CommentRow.text)
        .where(CommentRow.assessment_id == assessment, CommentRow.release > 0)
        .order_by(CommentRow.id)
    )
    return tuple(connection.execute(query).scalars())


def admission(connection: Connection, assessment: str, waiting: Iterable[Role], k: int) -> Admission:
    """What the next release of an assessment would take in of the responses that wait, given by their roles."""
    published = next((groups for each in _releases(connection, assessment) if (groups := _groups(each))), ())
    return admit(published, Counter(waiting), k)


def smallest_group(engine: Engine, assessment: str, k: int) -> int:
    """How small a group of an assessment may be: as its first release settled, else what is asked for now."""
    with transaction(engine) as connection:
        return group_size(connection, assessment, k)


def group_size(connection: Connection, assessment: str, k: int) -> int:
    """The smallest group of an assessment: that of the releases before, so that no two draw other lines."""
    return next((each.k for each in _releases(connection, assessment)), k)


def is_respondents() -> ColumnElement[bool]:
    """Whether a response is that of a respondent, and neither the manager's nor the consensus sheet."""
    return ResponseRow.role.not_in([Role.MANAGER.value, CONSENSUS])


def waiting_responses(connection: Connection, assessment: str) -> dict[str, Role]:
    """The responses that were sent and that no release holds yet, with their roles."""
    query = select(ResponseRow.id, ResponseRow.role).where(
        ResponseRow.assessment_id == assessment,
        ResponseRow.is_submitted,
        ResponseRow.release.is_(None),
        is_respondents(),
    )
    return {response: Role(role) for response, role in connection.execute(query)}


def _publish(connection: Connection, assessment: Assessment, instrument: Instrument, k: int, today: date) -> None:
    way = read_way(connection, assessment.id)
    if way is Way.CONSENSUS:
        _publish_consensus(connection, assessment, instrument, k, today)
    elif way is Way.TEAM:
        _publish_responses(connection, assessment, instrument, k, today)


def _publish_responses(
    connection: Connection, assessment: Assessment, instrument: Instrument, k: int, today: date
) -> None:
    waiting = waiting_responses(connection, assessment.id)
    admitted = admission(connection, assessment.id, waiting.values(), k)
    taken = [response for response, role in waiting.items() if role in admitted.admitted]
    if not taken:
        return
    number = _next_number(connection, assessment.id)
    connection.execute(update(ResponseRow).where(ResponseRow.id.in_(taken)).values(release=number))
    if len(taken) >= COMMENTS_FROM * k:
        waiting_comments = CommentRow.assessment_id == assessment.id, CommentRow.release.is_(None)
        connection.execute(update(CommentRow).where(*waiting_comments).values(release=number))
    asked = {
        role: frozenset(item.code for item in instrument.narrowed([role], sections).asked(assessment.phase))
        for role, sections in team_sections(connection, assessment.id).items()
    }
    responses = _released(connection, assessment.id)
    _keep(connection, assessment.id, release(instrument, admitted.groups, asked, responses, number, k), today)


def _publish_consensus(
    connection: Connection, assessment: Assessment, instrument: Instrument, k: int, today: date
) -> None:
    """A sheet that people filled in together, knowing that it is shown, singles nobody out."""
    query = select(ResponseRow.id).where(ResponseRow.assessment_id == assessment.id, ResponseRow.role == CONSENSUS)
    sheet = connection.execute(query).scalar_one_or_none()
    if sheet is None:
        return
    given = _given(connection, [sheet]).get(sheet, {})
    team = team_sections(connection, assessment.id).items()
    asked = [item for role, codes in team for item in instrument.narrowed([role], codes).asked(assessment.phase)]
    published = Release(_next_number(connection, assessment.id), k, (consensus_sheet(asked, given),))
    _keep(connection, assessment.id, published, today)


def _next_number(connection: Connection, assessment: str) -> int:
    query = select(func.max(ReleaseRow.number)).where(ReleaseRow.assessment_id == assessment)
    return (connection.execute(query).scalar_one_or_none() or 0) + 1


def _released(connection: Connection, assessment: str) -> list[Response]:
    query = select(ResponseRow.id, ResponseRow.role, ResponseRow.release).where(
        ResponseRow.assessment_id == assessment, ResponseRow.release.is_not(None)
    )
    rows = connection.execute(query).all()
    given = _given(connection, [row[0] for row in rows])
    return [Response(Role(role), given.get(code, {}), number or 0) for code, role, number in rows]


def _given(connection: Connection, responses: Sequence[str]) -> dict[str, dict[str, Answer]]:
    query = select(AnswerRow.response_id, AnswerRow.item, AnswerRow.value).where(AnswerRow.response_id.in_(responses))
    found: dict[str, dict[str, Answer]] = {}
    for response, item, value in connection.execute(query):
        found.setdefault(response, {})[item] = to_answer(value)
    return found


def _releases(connection: Connection, assessment: str) -> Iterator[Release]:
    """Every release of an assessment, the last one first."""
    query = select(ReleaseRow.content).where(ReleaseRow.assessment_id == assessment).order_by(ReleaseRow.number.desc())
    return map(_decoded, connection.execute(query).scalars())


def _groups(published: Release) -> tuple[Group, ...]:
    return tuple(sheet.roles for sheet in published.groups if sheet.roles)


def _keep(connection: Connection, assessment: str, published: Release, today: date) -> None:
    row = insert(ReleaseRow).values(
        assessment_id=assessment, number=published.number, released_on=today, content=_encoded(published)
    )
    connection.execute(row)


def _encoded(published: Release) -> bytes:
    return json.dumps(asdict(published), sort_keys=True).encode()


def _decoded(content: bytes) -> Release:
    read = json.loads(content)
    return Release(read["number"], read["k"], tuple(map(_decoded_sheet, read["groups"])))


def _decoded_sheet(sheet: Mapping[str, Any]) -> GroupSheet:
    values = {
        item: GroupValue(**{**value, "answer": to_answer(value["answer"])}) for item, value in sheet["values"].items()
    }
    return GroupSheet(tuple(Role(role) for role in sheet["roles"]), sheet["people"], values)
