"""Sheets on which single people answered on paper, in the database: each enters whole, as sent, and once."""

from collections.abc import Mapping

from sqlalchemy import Engine, select

from readiness.engine.answers import Answer, Role
from readiness.errors import Closed
from readiness.language import gettext
from readiness.store.answers import find_answers, given, write_answers
from readiness.store.assessments import Assessment, Way, add_response
from readiness.store.codes import hashed_sheet
from readiness.store.database import transaction
from readiness.store.invitations import MOST_RESPONDENTS, check_role
from readiness.store.models import ResponseRow
from readiness.store.teams import is_full
from readiness.store.traces import blend


class OtherSheet(Closed):
    """The form that was sent has entered a sheet with other answers before."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "A sheet with other answers was entered from this page before. If this is another one, enter it now."
            )
        )


def enter_sheet(engine: Engine, assessment: Assessment, role: Role, form: str, answers: Mapping[str, Answer]) -> bool:
    """Enter what one person answered on paper, as sent; whether it is new. No code opens it, no invitation led to it.

    `form` is a random text of the form that was filled in: sending it again with the same answers enters nothing.
    Raises OtherSheet when it comes with other answers, and Closed.
    """
    with transaction(engine, writing=True) as connection:
        check_role(connection, assessment.id, role)
        if assessment.way is not Way.TEAM:
            raise Closed(gettext("The team answers together on one sheet. Let people answer one by one first."))
        sheet = hashed_sheet(f"{assessment.id} {form}")
        known = select(ResponseRow.id).where(ResponseRow.key_hash == sheet)
        before = connection.execute(known).scalar_one_or_none()
        if before is not None:
            if find_answers(connection, before) != given(answers):
                raise OtherSheet
            return False
        if is_full(connection, assessment.id):
            raise Closed(gettext("There are %(most)s respondents already; no more fit.", most=MOST_RESPONDENTS))
        response = add_response(
            connection, assessment.id, role.value, hashed_sheet(f"{assessment.id} {form}"), is_submitted=True
        )
        write_answers(connection, response, answers)
        blend(connection, assessment.id)
    return True
