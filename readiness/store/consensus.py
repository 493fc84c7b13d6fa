"""The consensus sheet in the database: below the smallest group, a team answers together on one sheet."""

from sqlalchemy import Engine, select

from readiness.errors import Closed
from readiness.language import gettext
from readiness.store.assessments import (
    CONSENSUS,
    Assessment,
    Way,
    add_response,
    check_wave_open,
    read_way,
    set_way,
    team_sections,
)
from readiness.store.database import transaction
from readiness.store.models import ResponseRow


def start_consensus(engine: Engine, assessment: Assessment) -> str:
    """Give a team one sheet to fill in together, and return its id; asking again returns the same."""
    query = select(ResponseRow.id).where(ResponseRow.assessment_id == assessment.id, ResponseRow.role == CONSENSUS)
    with transaction(engine, writing=True) as connection:
        check_wave_open(connection, assessment.id)
        if not team_sections(connection, assessment.id):
            raise Closed(gettext("Choose first which sections the team answers."))
        set_way(connection, assessment.id, Way.CONSENSUS)
        return connection.execute(query).scalar_one_or_none() or add_response(connection, assessment.id, CONSENSUS)


def stop_consensus(engine: Engine, assessment: Assessment) -> None:
    """Let respondents answer again; the consensus sheet is kept, and does not count."""
    with transaction(engine, writing=True) as connection:
        check_wave_open(connection, assessment.id)
        if read_way(connection, assessment.id) is Way.CONSENSUS:
            set_way(connection, assessment.id, Way.TEAM)


def consensus_sheet(engine: Engine, assessment: Assessment) -> str | None:
    """The id of the consensus sheet, where there is one."""
    query = select(ResponseRow.id).where(ResponseRow.assessment_id == assessment.id, ResponseRow.role == CONSENSUS)
    with transaction(engine) as connection:
        return connection.execute(query).scalar_one_or_none()
