"""Assessments in the database: start, find what a link, a code or an id opens, submit, reopen."""

import re
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, func, insert, select, update

from readiness.engine.answers import Phase, Role
from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import GIVES, NEEDS, Part, Person, Right, may
from readiness.store.codes import hashed_code, hashed_key, new_key, normalised_code
from readiness.store.database import transaction
from readiness.store.documents import forget_documents
from readiness.store.models import (
    AssessmentRow,
    LinkRow,
    ResponseRow,
    ServicePersonRow,
    ServiceRow,
    TeamRoleRow,
)

ID = re.compile("[0-9a-f]{32}")
CONSENSUS = "consensus"  # stands for the role of the sheet that a team fills in together


class Way(StrEnum):
    """Who answers: the manager alone, a team by respondents, or a team together on one consensus sheet."""

    ALONE = "alone"
    TEAM = "team"
    CONSENSUS = "consensus"


class Wave(StrEnum):
    """The first assessment of a service, or one that follows another."""

    BASELINE = "baseline"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment as whoever opened it meets it; `rule_set` is the digest it is pinned to.

    `response` holds their own answers: those of the manager, of one respondent, or (without a role) of the consensus
    sheet. `sections` are the ones they are asked to answer, None for all; `is_sent` says that a respondent is done.
    """

    id: str
    response: str
    service_id: str
    service: str
    wave: Wave
    phase: Phase
    rule_set: str
    started_on: date
    submitted_on: date | None
    way: Way = Way.ALONE
    follows: str | None = None
    part: Part = Part.MANAGER
    role: Role | None = Role.MANAGER
    sections: frozenset[str] | None = None
    is_sent: bool = False

    @property
    def is_closed(self) -> bool:
        """The wave has been submitted."""
        return self.submitted_on is not None

    @property
    def is_open(self) -> bool:
        """The answers of whoever opened it can still be changed."""
        return not self.is_closed and not self.is_sent and self.may(Right.ANSWER)

    @property
    def is_consensus_sheet(self) -> bool:
        """The answers are those that a team agrees on."""
        return self.role is None

    def may(self, right: Right) -> bool:
        """Whether whoever opened it has a right to it."""
        return right in GIVES[self.part]


def start_assessment(
    engine: Engine, service: str, phase: Phase, rule_set: str, today: date, manager: str | None = None
) -> str:
    """Start a baseline for a new service and return what opens it.

    With a manager (the id of an account) that is the id of the assessment, open to this account; without, the key of a
    link, which itself is not kept.
    """
    key = new_key()
    service_id = secrets.token_hex(16)
    with transaction(engine, writing=True) as connection:
        connection.execute(insert(ServiceRow).values(id=service_id, name=service))
        assessment = add_assessment(connection, service_id, phase, rule_set, today)
        if manager is not None:
            person = insert(ServicePersonRow).values(service_id=service_id, account_id=manager, part=Part.MANAGER.value)
            connection.execute(person)
            return assessment
        connection.execute(insert(LinkRow).values(key_hash=hashed_key(key), assessment_id=assessment))
    return key


def add_assessment(
    connection: Connection, service: str, phase: Phase, rule_set: str, today: date, follows: str | None = None
) -> str:
    """Add an assessment to a service, with an empty response of its manager, and return its id."""
    assessment = secrets.token_hex(16)
    row = insert(AssessmentRow).values(
        id=assessment,
        service_id=service,
        rule_set=rule_set,
        wave=(Wave.FOLLOW_UP if follows else Wave.BASELINE).value,
        phase=phase.value,
        started_on=today,
        follows=follows,
    )
    connection.execute(row)
    add_response(connection, assessment, Role.MANAGER.value)
    return assessment


def add_response(
    connection: Connection, assessment: str, role: str, key_hash: str | None = None, *, is_submitted: bool = False
) -> str:
    """Add an empty response to an assessment and return its id."""
    response = secrets.token_hex(16)
    row = insert(ResponseRow).values(
        id=response, assessment_id=assessment, role=role, key_hash=key_hash, is_submitted=is_submitted
    )
    connection.execute(row)
    return response


# Responses with their assessment and service: what whoever opens one meets. Written once: to put a statement together
# costs as much as to run it, and every page begins with one.
_OPENINGS: Any = (  # no stub follows thirteen columns
    select(
        AssessmentRow.id,
        ResponseRow.id.label("response"),
        ServiceRow.id.label("service_id"),
        ServiceRow.name.label("service"),
        AssessmentRow.wave,
        AssessmentRow.phase,
        AssessmentRow.rule_set,
        AssessmentRow.started_on,
        AssessmentRow.submitted_on,
        AssessmentRow.way,
        AssessmentRow.follows,
        ResponseRow.role,
        ResponseRow.is_submitted,
    )
    .join(ServiceRow, ServiceRow.id == AssessmentRow.service_id)
    .join(ResponseRow, ResponseRow.assessment_id == AssessmentRow.id)
)
MANAGERS_RESPONSES = _OPENINGS.where(ResponseRow.role == Role.MANAGER.value)
_BY_CODE = _OPENINGS.where(ResponseRow.key_hash == bindparam("opener"))
_BY_LINK = MANAGERS_RESPONSES.join(LinkRow, LinkRow.assessment_id == AssessmentRow.id).where(
    LinkRow.key_hash == bindparam("opener")
)
_BY_ID = MANAGERS_RESPONSES.where(AssessmentRow.id == bindparam("opener"))
_SHEET_BY_ID = _OPENINGS.where(ResponseRow.id == bindparam("opener"), ResponseRow.role == CONSENSUS)
_SECTIONS = select(TeamRoleRow.role, TeamRoleRow.sections).where(TeamRoleRow.assessment_id == bindparam("assessment"))


def find_assessment(engine: Engine, opener: str, person: Person | None = None) -> Assessment:
    """The assessment that something opens: the key of a link, a respondent's code, or to a person with a part in the
    service the id of the assessment or of its consensus sheet. Raises NotFound."""
    code = normalised_code(opener)
    with transaction(engine) as connection:
        if code is not None:
            row = connection.execute(_BY_CODE, {"opener": hashed_code(code)}).one_or_none()
            found = None if row is None else _respondents(connection, row)
        elif ID.fullmatch(opener):
            found = None if person is None else _by_id(connection, opener, person)
        else:
            row = connection.execute(_BY_LINK, {"opener": hashed_key(opener)}).one_or_none()
            found = None if row is None else assessment_of(row, Part.MANAGER)
    if found is None:
        raise NotFound(
            gettext("No assessment opens with this link. Check that it was copied whole, to its last character.")
        )
    return found


def wave_before(engine: Engine, assessment: Assessment) -> Assessment | None:
    """The wave that an assessment follows, with the same part in it: a part is one in a service, and so in all its
    waves. None for a first one."""
    if assessment.follows is None:
        return None
    with transaction(engine) as connection:
        row = connection.execute(_BY_ID, {"opener": assessment.follows}).one()
        return assessment_of(row, assessment.part)


def assessments_by_version(engine: Engine) -> dict[str, int]:
    """How many assessments are pinned to each version, by its digest."""
    query = select(AssessmentRow.rule_set, func.count()).group_by(AssessmentRow.rule_set)
    with transaction(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def closed_assessments(engine: Engine) -> tuple[Assessment, ...]:
    """Every submitted assessment, as its manager meets it."""
    query = MANAGERS_RESPONSES.where(AssessmentRow.submitted_on.is_not(None)).order_by(AssessmentRow.id)
    with transaction(engine) as connection:
        return tuple(assessment_of(row, Part.MANAGER) for row in connection.execute(query))


def reopen_assessment(engine: Engine, assessment: Assessment) -> None:
    """Open a submitted assessment for changes; what was released of a team stays released, its reports go."""
    with transaction(engine, writing=True) as connection:
        forget_documents(connection, assessment.id)
        connection.execute(update(AssessmentRow).where(AssessmentRow.id == assessment.id).values(submitted_on=None))


def set_way(connection: Connection, assessment: str, way: Way) -> None:
    """Note who answers an assessment."""
    connection.execute(update(AssessmentRow).where(AssessmentRow.id == assessment).values(way=way.value))


def read_way(connection: Connection, assessment: str) -> Way:
    """Who answers an assessment now, whatever was read of it before."""
    return Way(connection.execute(select(AssessmentRow.way).where(AssessmentRow.id == assessment)).scalar_one())


def check_wave_open(connection: Connection, assessment: str) -> None:
    """Raise Closed when the wave was closed; nobody can close it meanwhile."""
    query = select(AssessmentRow.submitted_on).where(AssessmentRow.id == assessment).with_for_update()
    if connection.execute(query).scalar_one() is not None:
        raise Closed(gettext("This round of questions has been closed. Nothing was changed."))


def _respondents(connection: Connection, row: Row[Any]) -> Assessment:
    sections = team_sections(connection, row.id).get(Role(row.role), frozenset())
    return assessment_of(row, Part.RESPONDENT, sections)


def _by_id(connection: Connection, opener: str, person: Person) -> Assessment | None:
    """The manager's response of an assessment, or a consensus sheet, by id, as far as a person has a part in it."""
    row = connection.execute(_BY_ID, {"opener": opener}).one_or_none()
    row = row or connection.execute(_SHEET_BY_ID, {"opener": opener}).one_or_none()
    if row is None:
        return None
    part = part_in_service(connection, row.service_id, person)
    if part is None or (row.role == CONSENSUS and part is not Part.MANAGER):
        return None
    if row.role != CONSENSUS:
        return assessment_of(row, part)
    chosen = team_sections(connection, row.id).values()
    return assessment_of(row, part, frozenset().union(*chosen) if chosen else None)


def part_in_service(connection: Connection, service: str, person: Person) -> Part | None:
    """What a person is to a service; None when nothing. At a computer without accounts the one person manages all."""
    if person.is_local:
        return Part.MANAGER
    query = select(ServicePersonRow.part).where(
        ServicePersonRow.service_id == service, ServicePersonRow.account_id == person.id
    )
    part = connection.execute(query).scalar_one_or_none()
    return Part(part) if part is not None and may(person.roles, NEEDS[Part(part)]) else None


def team_sections(connection: Connection, assessment: str) -> dict[Role, frozenset[str]]:
    """The sections that each role of a team answers."""
    rows = connection.execute(_SECTIONS, {"assessment": assessment})
    return {Role(role): frozenset(sections.split()) for role, sections in rows}


def assessment_of(row: Row[Any], part: Part, sections: frozenset[str] | None = None) -> Assessment:
    """A row of `MANAGERS_RESPONSES` or its like, as whoever has this part meets it."""
    return Assessment(
        id=row.id,
        response=row.response,
        service_id=row.service_id,
        service=row.service,
        wave=Wave(row.wave),
        phase=Phase(row.phase),
        rule_set=row.rule_set,
        started_on=row.started_on,
        submitted_on=row.submitted_on,
        way=Way(row.way),
        follows=row.follows,
        part=part,
        role=None if row.role == CONSENSUS else Role(row.role),
        sections=sections,
        is_sent=row.is_submitted and row.role not in (Role.MANAGER.value, CONSENSUS),
    )
