"""How long single answers are kept: when a wave has been closed for long, its responses go, and its releases stay."""

from datetime import date

from sqlalchemy import Engine, delete, exists, or_, select

from readiness.store.database import transaction
from readiness.store.models import (
    AnswerRow,
    AssessmentRow,
    CommentRow,
    InvitationKeyRow,
    InvitationRow,
    PageRow,
    ReleaseRow,
    ResponseRow,
)
from readiness.store.releases import is_respondents


def delete_old_responses(engine: Engine, before: date) -> int:
    """Delete what single respondents answered in waves closed, or released, before a day; return how many.

    Who was invited to a wave that was closed then goes too, and comments that were never shown. A wave that was opened
    again keeps only what no old release holds.
    """
    old = select(AssessmentRow.id).where(AssessmentRow.submitted_on < before)
    released = exists().where(
        ReleaseRow.assessment_id == ResponseRow.assessment_id,
        ReleaseRow.number == ResponseRow.release,
        ReleaseRow.released_on < before,
    )
    responses = select(ResponseRow.id).where(is_respondents(), or_(ResponseRow.assessment_id.in_(old), released))
    invitations = select(InvitationRow.id).where(InvitationRow.assessment_id.in_(old))
    with transaction(engine, writing=True) as connection:
        gone = list(connection.execute(responses).scalars())
        for table in (AnswerRow, PageRow):
            connection.execute(delete(table).where(table.response_id.in_(gone)))
        connection.execute(delete(InvitationKeyRow).where(InvitationKeyRow.invitation_id.in_(invitations)))
        connection.execute(delete(InvitationRow).where(InvitationRow.assessment_id.in_(old)))
        connection.execute(delete(CommentRow).where(CommentRow.assessment_id.in_(old), CommentRow.release.is_(None)))
        connection.execute(delete(ResponseRow).where(ResponseRow.id.in_(gone)))
    return len(gone)


def months_before(today: date, months: int) -> date:
    """The same day so many months earlier; the 28th of a month for days that not every month has."""
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(years, month + 1, min(today.day, 28))
