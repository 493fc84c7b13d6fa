"""Invitations in the database: links for one person or for everybody of a role. They lead to no answers."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select

from readiness.engine.answers import Role
from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.store.assessments import Assessment, check_wave_open, team_sections
from readiness.store.codes import hashed_key, new_key
from readiness.store.database import transaction
from readiness.store.models import AssessmentRow, InvitationKeyRow, InvitationRow, ServiceRow

MOST_RESPONDENTS = 2_000


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link says before anybody enters: the service, the role, and whether somebody has entered by it."""

    id: str
    assessment: str
    service: str
    rule_set: str
    role: Role
    sections: frozenset[str]
    is_group: bool
    is_entered: bool
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """One person on the manager's list. Whether they have answered is not on it."""

    id: str
    role: Role
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody who is reminded, with the key of a fresh link; for mail only."""

    role: Role
    name: str
    address: str
    key: str


def make_group_link(engine: Engine, assessment: Assessment, role: Role) -> str:
    """A new key of the link for everybody of a role, instead of any before; who has entered is not affected."""
    with transaction(engine, writing=True) as connection:
        check_role(connection, assessment.id, role)
        group = select(InvitationRow.id).where(
            InvitationRow.assessment_id == assessment.id, InvitationRow.role == role.value, InvitationRow.is_group
        )
        invitation = connection.execute(group).scalar_one_or_none()
        if invitation is None:
            invitation = _add_invitation(connection, assessment.id, role, "", "", is_group=True)
        connection.execute(delete(InvitationKeyRow).where(InvitationKeyRow.invitation_id == invitation))
        return _add_key(connection, invitation)


def invite_respondent(engine: Engine, assessment: Assessment, role: Role, name: str, address: str) -> str:
    """Invite one person and return the key of their link; `address` may be empty."""
    with transaction(engine, writing=True) as connection:
        check_role(connection, assessment.id, role)
        many = select(func.count()).where(InvitationRow.assessment_id == assessment.id)
        if connection.execute(many).scalar_one() >= MOST_RESPONDENTS:
            raise Closed(gettext("There are %(most)s invitations already; no more fit.", most=MOST_RESPONDENTS))
        return _add_key(connection, _add_invitation(connection, assessment.id, role, name, address, is_group=False))


def new_link(engine: Engine, assessment: Assessment, invitation: str) -> tuple[Invited, str]:
    """One more link for somebody who was invited, beside those before; none admits twice. Raises NotFound."""
    with transaction(engine, writing=True) as connection:
        row = connection.execute(
            select(InvitationRow.__table__).where(
                InvitationRow.id == invitation,
                InvitationRow.assessment_id == assessment.id,
                InvitationRow.is_group.is_(False),
            )
        ).one_or_none()
        if row is None:
            raise NotFound(gettext("Nobody was invited by that. Go back to the page of the team."))
        return Invited(row.id, Role(row.role), row.name, row.address), _add_key(connection, row.id)


def remove_invitation(engine: Engine, assessment: Assessment, invitation: str) -> None:
    """Take somebody off the list; their links open nothing any more. What they may have answered stays theirs."""
    with transaction(engine, writing=True) as connection:
        own = select(InvitationRow.id).where(
            InvitationRow.id == invitation, InvitationRow.assessment_id == assessment.id
        )
        connection.execute(delete(InvitationKeyRow).where(InvitationKeyRow.invitation_id.in_(own)))
        connection.execute(delete(InvitationRow).where(InvitationRow.id.in_(own)))


def invited(engine: Engine, assessment: Assessment) -> tuple[Invited, ...]:
    """Everybody who was invited by name."""
    query = (
        select(InvitationRow.id, InvitationRow.role, InvitationRow.name, InvitationRow.address)
        .where(InvitationRow.assessment_id == assessment.id, InvitationRow.is_group.is_(False))
        .order_by(InvitationRow.role, InvitationRow.name, InvitationRow.address)
    )
    with transaction(engine) as connection:
        return tuple(Invited(row[0], Role(row[1]), row[2], row[3]) for row in connection.execute(query))


def group_links(engine: Engine, assessment: Assessment) -> frozenset[Role]:
    """The roles that have a link for everybody."""
    query = select(InvitationRow.role).where(InvitationRow.assessment_id == assessment.id, InvitationRow.is_group)
    with transaction(engine) as connection:
        return frozenset(Role(role) for role in connection.execute(query).scalars())


def find_invitation(engine: Engine, key: str) -> Invitation:
    """What a link invites to; looking spends nothing. Raises NotFound."""
    with transaction(engine) as connection:
        return open_invitation(connection, key)


def reminders(engine: Engine, assessment: Assessment) -> tuple[Reminder, ...]:
    """Everybody who was invited by name and has an address, each with a fresh link.

    Who has answered is not known here, so that no mail, and no time that one takes, can tell it.
    """
    query = select(InvitationRow.__table__).where(
        InvitationRow.assessment_id == assessment.id,
        InvitationRow.is_group.is_(False),
        InvitationRow.address != "",
    )
    with transaction(engine, writing=True) as connection:
        check_wave_open(connection, assessment.id)
        rows = connection.execute(query).all()
        return tuple(Reminder(Role(row.role), row.name, row.address, _add_key(connection, row.id)) for row in rows)


def check_role(connection: Connection, assessment: str, role: Role) -> None:
    """Raise Closed when the wave was closed, or nothing was chosen for the role to answer."""
    check_wave_open(connection, assessment)
    if role not in team_sections(connection, assessment):
        raise Closed(gettext("Choose first which sections people in this role answer."))


def _add_invitation(
    connection: Connection, assessment: str, role: Role, name: str, address: str, *, is_group: bool
) -> str:
    invitation = secrets.token_hex(16)
    row = insert(InvitationRow).values(
        id=invitation,
        assessment_id=assessment,
        role=role.value,
        is_group=is_group,
        name=name,
        address=address,
    )
    connection.execute(row)
    return invitation


def _add_key(connection: Connection, invitation: str) -> str:
    key = new_key()
    connection.execute(insert(InvitationKeyRow).values(key_hash=hashed_key(key), invitation_id=invitation))
    return key


def open_invitation(connection: Connection, key: str) -> Invitation:
    """What a link invites to, within a transaction. Raises NotFound."""
    query = (
        select(InvitationRow.__table__, AssessmentRow.submitted_on, AssessmentRow.rule_set, ServiceRow.name)
        .join(InvitationKeyRow, InvitationKeyRow.invitation_id == InvitationRow.id)
        .join(AssessmentRow, AssessmentRow.id == InvitationRow.assessment_id)
        .join(ServiceRow, ServiceRow.id == AssessmentRow.service_id)
        .where(InvitationKeyRow.key_hash == hashed_key(key))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            gettext("This link invites to nothing: it was replaced, or was not copied whole. Ask whoever sent it.")
        )
    role = Role(row.role)
    return Invitation(
        id=row.id,
        assessment=row.assessment_id,
        service=row[-1],
        rule_set=row.rule_set,
        role=role,
        sections=team_sections(connection, row.assessment_id).get(role, frozenset()),
        is_group=row.is_group,
        is_entered=row.receipt is not None,
        is_closed=row.submitted_on is not None,
    )
