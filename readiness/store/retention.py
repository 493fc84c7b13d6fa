"""How long single answers are kept: when a wave has been closed for long, its responses go, and its releases stay."""

from datetime import date

from sqlalchemy import Engine, delete, select

from readiness.store.database import transaction
from readiness.store.models import AnswerRow, AssessmentRow, InvitationKeyRow, InvitationRow, PageRow, ResponseRow
from readiness.store.releases import is_respondents


def delete_old_responses(engine: Engine, before: date) -> int:
    """Delete what single respondents answered in waves closed before a day, and who was invited; return how many."""
    old = select(AssessmentRow.id).where(AssessmentRow.submitted_on < before)
    responses = select(ResponseRow.id).where(ResponseRow.assessment_id.in_(old), is_respondents())
    invitations = select(InvitationRow.id).where(InvitationRow.assessment_id.in_(old))
    with transaction(engine, writing=True) as connection:
        connection.execute(delete(AnswerRow).where(AnswerRow.response_id.in_(responses)))
        connection.execute(delete(PageRow).where(PageRow.response_id.in_(responses)))
        connection.execute(delete(InvitationKeyRow).where(InvitationKeyRow.invitation_id.in_(invitations)))
        connection.execute(delete(InvitationRow).where(InvitationRow.assessment_id.in_(old)))
        return connection.execute(delete(ResponseRow).where(ResponseRow.id.in_(responses))).rowcount


def months_before(today: date, months: int) -> date:
    """The same day so many months earlier; the 28th of a month for days that not every month has."""
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(years, month + 1, min(today.day, 28))
