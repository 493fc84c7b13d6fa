"""Respondents of an assessment in the database: enter, send, take back. No row joins a person with answers."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from readiness.engine.answers import Role
from readiness.engine.disclosure import is_enough
from readiness.errors import Closed
from readiness.language import gettext
from readiness.store.answers import check_not_sent
from readiness.store.assessments import (
    Assessment,
    Way,
    add_response,
    check_wave_open,
    read_way,
    set_way,
    team_sections,
)
from readiness.store.codes import hashed_code, new_code, normalised_code, receipt_of
from readiness.store.database import transaction
from readiness.store.invitations import MOST_RESPONDENTS, open_invitation
from readiness.store.models import (
    AnswerRow,
    CommentRow,
    InvitationRow,
    PageRow,
    ReleaseRow,
    ResponseRow,
    TeamRoleRow,
)
from readiness.store.releases import admission, group_size, is_respondents, waiting_responses
from readiness.store.traces import blend, sweep

MOST_COMMENT = 1_000


class EnteredAlready(Closed):
    """The link of one person has let somebody in."""

    def __init__(self) -> None:
        super().__init__(
            gettext("Somebody has entered by this link already. To go on with your answers, use your code.")
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How many have sent answers that the next release would take in; None while they are fewer than k."""

    answered: int | None
    k: int


def choose_team(engine: Engine, assessment: Assessment, sections: Mapping[Role, Iterable[str]]) -> None:
    """Let respondents answer, by role the sections of each; without any role the manager answers alone again.

    Raises Closed once somebody was invited: what people are asked stays as it was when they were, for all releases.
    """
    chosen = {role.value: " ".join(sorted(codes)) for role, codes in sections.items() if codes}
    with transaction(engine, writing=True) as connection:
        check_wave_open(connection, assessment.id)
        if _has_invitations(connection, assessment.id):
            raise Closed(gettext("People have been invited, so what each role answers can no longer be changed."))
        if read_way(connection, assessment.id) is Way.CONSENSUS:
            raise Closed(gettext("The team answers on a consensus sheet. Let people answer one by one first."))
        connection.execute(delete(TeamRoleRow).where(TeamRoleRow.assessment_id == assessment.id))
        rows = [{"assessment_id": assessment.id, "role": role, "sections": codes} for role, codes in chosen.items()]
        if rows:
            connection.execute(insert(TeamRoleRow), rows)
        set_way(connection, assessment.id, Way.TEAM if rows else Way.ALONE)


def read_team(engine: Engine, assessment: Assessment) -> dict[Role, frozenset[str]]:
    """The sections that each role answers."""
    with transaction(engine) as connection:
        return team_sections(connection, assessment.id)


def team_before(engine: Engine, assessment: Assessment) -> dict[Role, frozenset[str]]:
    """The sections that each role answered in the wave before; none without one."""
    if assessment.follows is None:
        return {}
    with transaction(engine) as connection:
        return team_sections(connection, assessment.follows)


def has_invitations(engine: Engine, assessment: Assessment) -> bool:
    """Whether anybody was invited."""
    with transaction(engine) as connection:
        return _has_invitations(connection, assessment.id)


def enter(engine: Engine, key: str, code: str = "") -> str:
    """Enter by a link and return the code that opens the new response; it is known to nobody else.

    The link of one person admits once. Whoever sends the same `code` again, because no answer came or the button was
    pressed twice, enters what they entered, as long as nothing was saved in it. Raises NotFound and Closed.
    """
    code = normalised_code(code) or new_code()
    with transaction(engine, writing=True) as connection:
        invitation = open_invitation(connection, key)
        if _has_just_entered(connection, invitation.assessment, code):
            return code
        check_wave_open(connection, invitation.assessment)
        if invitation.is_entered:
            raise EnteredAlready
        if is_full(connection, invitation.assessment):
            raise Closed(gettext("So many have entered that no more fit. Ask whoever invited you."))
        code = _unused(connection, code)
        if not invitation.is_group:
            connection.execute(
                update(InvitationRow).where(InvitationRow.id == invitation.id).values(receipt=receipt_of(code))
            )
        add_response(connection, invitation.assessment, invitation.role.value, hashed_code(code))
        blend(connection, invitation.assessment)
    return code


def is_full(connection: Connection, assessment: str) -> bool:
    """Whether no more respondents fit, within a transaction."""
    many = select(func.count()).where(ResponseRow.assessment_id == assessment)
    return connection.execute(many).scalar_one() >= MOST_RESPONDENTS


def send_response(engine: Engine, assessment: Assessment, comment: str = "") -> None:
    """A respondent is done. Sending again changes nothing; a comment is kept apart from all answers.

    Raises Closed when the wave has been closed.
    """
    with transaction(engine, writing=True) as connection:
        own = select(ResponseRow.is_submitted).where(ResponseRow.id == assessment.response).with_for_update()
        if connection.execute(own).scalar_one_or_none():
            return
        check_not_sent(connection, assessment.response)
        check_wave_open(connection, assessment.id)
        connection.execute(update(ResponseRow).where(ResponseRow.id == assessment.response).values(is_submitted=True))
        if comment:
            row = insert(CommentRow).values(id=secrets.token_hex(16), assessment_id=assessment.id, text=comment)
            connection.execute(row)
        blend(connection, assessment.id)


def take_back(engine: Engine, assessment: Assessment) -> None:
    """Open a response that was sent for changes, as long as no release holds it. Raises Closed."""
    with transaction(engine, writing=True) as connection:
        _check_not_released(connection, assessment.response)
        check_wave_open(connection, assessment.id)
        connection.execute(update(ResponseRow).where(ResponseRow.id == assessment.response).values(is_submitted=False))
        blend(connection, assessment.id)


def delete_response(engine: Engine, assessment: Assessment, code: str) -> None:
    """Delete a respondent's answers for good; an invitation by name admits again. Raises Closed once released."""
    with transaction(engine, writing=True) as connection:
        _check_not_released(connection, assessment.response)
        for table in (AnswerRow, PageRow):
            connection.execute(delete(table).where(table.response_id == assessment.response))
        connection.execute(delete(ResponseRow).where(ResponseRow.id == assessment.response))
        connection.execute(update(InvitationRow).where(InvitationRow.receipt == receipt_of(code)).values(receipt=None))
        blend(connection, assessment.id)
    sweep(engine)


def progress(engine: Engine, assessment: Assessment, k: int) -> Progress:
    """How many have answered, as far as it may be told."""
    with transaction(engine) as connection:
        waiting = waiting_responses(connection, assessment.id).values()
        k = group_size(connection, assessment.id, k)
        admitted = admission(connection, assessment.id, waiting, k).admitted
    many = sum(role in admitted for role in waiting)
    return Progress(many if is_enough(many, k) else None, k)


def _has_invitations(connection: Connection, assessment: str) -> bool:
    """Whether anybody is invited, or was: a link that was removed may have let somebody in."""
    by_link = select(InvitationRow.id).where(InvitationRow.assessment_id == assessment)
    entered = select(ResponseRow.id).where(ResponseRow.assessment_id == assessment, is_respondents())
    released = select(ReleaseRow.number).where(ReleaseRow.assessment_id == assessment)
    return any(connection.execute(query.limit(1)).first() for query in (by_link, entered, released))


def _has_just_entered(connection: Connection, assessment: str, code: str) -> bool:
    """Whether a code opens a response in which nothing was saved: never one that somebody else may have begun."""
    query = (
        select(ResponseRow.is_submitted, PageRow.page)
        .outerjoin(PageRow, PageRow.response_id == ResponseRow.id)
        .where(ResponseRow.assessment_id == assessment, ResponseRow.key_hash == hashed_code(code))
    )
    return [tuple(row) for row in connection.execute(query)] == [(False, None)]


def _unused(connection: Connection, code: str) -> str:
    """The code, or another one when it opens something already."""
    taken = select(ResponseRow.id).where(ResponseRow.key_hash == hashed_code(code))
    return code if connection.execute(taken).first() is None else new_code()


def _check_not_released(connection: Connection, response: str) -> None:
    query = select(ResponseRow.release, ResponseRow.id).where(ResponseRow.id == response).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is not None and row[0] is not None:
        raise Closed(
            gettext("The round was closed and your answers are part of what was published for groups. They stay in it.")
        )
