"""How long single answers are kept: when a wave has been closed for long, its responses go, and its releases stay."""

from datetime import date

from sqlalchemy import Engine, delete, func, select

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
    """Delete single answers to waves that were closed, or last released, before a day; return of how many responses.

    Of a wave all that its releases hold goes at once, so that no release to come is made of a part of it. Who was
    invited to a wave that stays closed goes too, and comments that were never shown.
    """
    old = select(AssessmentRow.id).where(AssessmentRow.submitted_on < before)
    released = (
        select(ReleaseRow.assessment_id)
        .group_by(ReleaseRow.assessment_id)
        .having(func.max(ReleaseRow.released_on) < before)
    )
    is_old = ResponseRow.assessment_id.in_(old) | (
        ResponseRow.release.is_not(None) & ResponseRow.assessment_id.in_(released)
    )
    responses = select(ResponseRow.id).where(is_respondents(), is_old)
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
