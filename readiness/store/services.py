"""Services in the database: their waves, who has which part in them, and the organisations that group them."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, delete, insert, select, update

from readiness.engine.answers import Answers, Phase
from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import MAY, NEEDS, AccountRole, Part, Person, may
from readiness.store.answers import manager_answers
from readiness.store.assessments import Assessment, Wave, add_assessment, part_in_service
from readiness.store.database import transaction
from readiness.store.models import (
    AccountRoleRow,
    AccountRow,
    AssessmentRow,
    OrganisationRow,
    ServicePersonRow,
    ServiceRow,
)


@dataclass(frozen=True, slots=True)
class WaveSummary:
    """One assessment of a service, without any answer."""

    id: str
    wave: Wave
    phase: Phase
    started_on: date
    submitted_on: date | None

    @property
    def is_closed(self) -> bool:
        """It was submitted."""
        return self.submitted_on is not None


@dataclass(frozen=True, slots=True)
class ServicePerson:
    """Somebody with a part in a service."""

    account: str
    name: str
    address: str
    part: Part


@dataclass(frozen=True, slots=True)
class Service:
    """A service as somebody with a part in it meets it; `organisation` is empty where none was named, as is its id."""

    id: str
    name: str
    organisation: str
    part: Part
    waves: tuple[WaveSummary, ...]
    organisation_id: str = ""

    @property
    def is_managed(self) -> bool:
        """Whoever looks manages it."""
        return self.part is Part.MANAGER

    @property
    def latest(self) -> WaveSummary:
        """The newest wave; every service has one."""
        return self.waves[-1]

    @property
    def latest_closed(self) -> WaveSummary | None:
        """The newest wave that was submitted; None before the first was."""
        return next((wave for wave in reversed(self.waves) if wave.is_closed), None)


def services_of(engine: Engine, person: Person) -> tuple[Service, ...]:
    """The services in which a person has a part, by organisation and name."""
    with transaction(engine) as connection:
        parts = _parts(connection, person)
        return tuple(_services(connection, parts))


def find_service(engine: Engine, service: str, person: Person) -> Service:
    """One service. Raises NotFound also when the person has no part in it."""
    with transaction(engine) as connection:
        return _service(connection, service, person)


def has_part(engine: Engine, service: str, person: Person) -> bool:
    """Whether a person has any part in a service."""
    with transaction(engine) as connection:
        return part_in_service(connection, service, person) is not None


def start_follow_up(engine: Engine, service: str, person: Person, phase: Phase, rule_set: str, today: date) -> str:
    """Start the next wave of a service and return its id. Raises NotFound, and Closed while one is under way."""
    with transaction(engine, writing=True) as connection:
        found = managed_service(connection, service, person)
        if not found.latest.is_closed:
            raise Closed(gettext("The last assessment of this service is not submitted yet. Submit it first."))
        return add_assessment(connection, service, phase, rule_set, today, found.latest.id)


def set_organisation(engine: Engine, service: str, person: Person, name: str) -> None:
    """Say which organisation a service belongs to; an empty name takes it out of any."""
    with transaction(engine, writing=True) as connection:
        managed_service(connection, service, person)
        organisation = _organisation(connection, name) if name else None
        connection.execute(update(ServiceRow).where(ServiceRow.id == service).values(organisation_id=organisation))


def people_of(engine: Engine, service: str) -> tuple[ServicePerson, ...]:
    """Everybody with a part in a service, by name."""
    query = (
        select(AccountRow.id, AccountRow.name, AccountRow.address, ServicePersonRow.part)
        .join(ServicePersonRow, ServicePersonRow.account_id == AccountRow.id)
        .where(ServicePersonRow.service_id == service)
        .order_by(AccountRow.name, AccountRow.address)
    )
    with transaction(engine) as connection:
        return tuple(ServicePerson(row[0], row[1], row[2], Part(row[3])) for row in connection.execute(query))


def share_service(engine: Engine, service: str, person: Person, address: str, part: Part) -> None:
    """Give an account a part in a service, or another one than it had. Raises NotFound for an unknown address, and
    Closed when nobody would be left to manage it."""
    with transaction(engine, writing=True) as connection:
        managed_service(connection, service, person)
        give_part(connection, service, address, part)


def give_part(connection: Connection, service: str, address: str, part: Part) -> None:
    """The same within a transaction, without asking who gives it."""
    query = select(AccountRow.id).where(AccountRow.address == address, AccountRow.is_active)
    account = connection.execute(query).scalar_one_or_none()
    if account is None:
        raise NotFound(gettext("Nobody here has an account with this address. An administrator can invite them first."))
    roles = connection.execute(select(AccountRoleRow.role).where(AccountRoleRow.account_id == account)).scalars()
    if not may(map(AccountRole, roles), NEEDS[part]):
        raise Closed(gettext("The roles of this account do not allow that part. An administrator can change them."))
    _remove(connection, service, account)
    connection.execute(insert(ServicePersonRow).values(service_id=service, account_id=account, part=part.value))
    _check_managed(connection, service)


def stop_sharing(engine: Engine, service: str, person: Person, account: str) -> None:
    """Take somebody's part away. Raises Closed when nobody would be left to manage the service."""
    with transaction(engine, writing=True) as connection:
        managed_service(connection, service, person)
        _remove(connection, service, account)
        _check_managed(connection, service)


def adopt_service(engine: Engine, service: str, address: str) -> None:
    """Give a service that nobody manages to the account with an address. Raises Closed when somebody does."""
    with transaction(engine, writing=True) as connection:
        if service not in {found for found, _ in _without_manager(connection)}:
            raise Closed(gettext("Somebody manages this service already. They can share it."))
        give_part(connection, service, address, Part.MANAGER)


def services_without_manager(engine: Engine) -> tuple[tuple[str, str], ...]:
    """Ids and names of the services that nobody manages, such as those from before there were accounts."""
    with transaction(engine) as connection:
        return _without_manager(connection)


def answers_before(engine: Engine, assessment: Assessment) -> tuple[str, Answers] | None:
    """What the manager answered in the wave that an assessment follows, with the digest of its rule set."""
    if assessment.follows is None:
        return None
    query = select(AssessmentRow.rule_set, AssessmentRow.phase).where(AssessmentRow.id == assessment.follows)
    with transaction(engine) as connection:
        rule_set, phase = connection.execute(query).one()
        return rule_set, Answers(Phase(phase), manager_answers(connection, assessment.follows))


def managed_service(connection: Connection, service: str, person: Person) -> Service:
    """A service that a person manages. Raises NotFound."""
    found = _service(connection, service, person)
    if not found.is_managed:
        raise _unknown()
    return found


def _service(connection: Connection, service: str, person: Person) -> Service:
    part = part_in_service(connection, service, person)
    found = next(iter(_services(connection, {service: part})), None) if part else None
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound(gettext("You have no such service. Go to the list of your services."))


def _parts(connection: Connection, person: Person) -> dict[str, Part]:
    if person.is_local:
        return dict.fromkeys(connection.execute(select(ServiceRow.id)).scalars(), Part.MANAGER)
    query = select(ServicePersonRow.service_id, ServicePersonRow.part).where(ServicePersonRow.account_id == person.id)
    parts = {service: Part(part) for service, part in connection.execute(query)}
    return {service: part for service, part in parts.items() if may(person.roles, NEEDS[part])}


def _services(connection: Connection, parts: dict[str, Part]) -> Iterable[Service]:
    query = (
        select(ServiceRow.id, ServiceRow.name, OrganisationRow.name, OrganisationRow.id)
        .join(OrganisationRow, OrganisationRow.id == ServiceRow.organisation_id, isouter=True)
        .where(ServiceRow.id.in_(list(parts)))
    )
    waves = _waves(connection, list(parts))
    found = [
        Service(service, name, organisation or "", parts[service], tuple(waves[service]), organisation_id or "")
        for service, name, organisation, organisation_id in connection.execute(query)
    ]
    return sorted(found, key=lambda each: (each.organisation, each.name, each.id))


def _waves(connection: Connection, services: list[str]) -> dict[str, list[WaveSummary]]:
    """The waves of services, each after the one that it follows."""
    query = select(
        AssessmentRow.service_id,
        AssessmentRow.follows,
        AssessmentRow.id,
        AssessmentRow.wave,
        AssessmentRow.phase,
        AssessmentRow.started_on,
        AssessmentRow.submitted_on,
    ).where(AssessmentRow.service_id.in_(services))
    after: dict[tuple[str, str | None], WaveSummary] = {}
    for service, follows, code, wave, phase, started_on, submitted_on in connection.execute(query):
        after[service, follows] = WaveSummary(code, Wave(wave), Phase(phase), started_on, submitted_on)
    found: dict[str, list[WaveSummary]] = {service: [] for service in services}
    for service, waves in found.items():
        last: str | None = None
        while (service, last) in after:
            waves.append(after[service, last])
            last = waves[-1].id
    return found


def _organisation(connection: Connection, name: str) -> str:
    query = select(OrganisationRow.id).where(OrganisationRow.name == name).limit(1)
    known = connection.execute(query).scalar_one_or_none()
    if known is not None:
        return str(known)
    code = secrets.token_hex(16)
    connection.execute(insert(OrganisationRow).values(id=code, name=name))
    return code


def _remove(connection: Connection, service: str, account: str) -> None:
    connection.execute(
        delete(ServicePersonRow).where(ServicePersonRow.service_id == service, ServicePersonRow.account_id == account)
    )


def _check_managed(connection: Connection, service: str) -> None:
    if service in {found for found, _ in _without_manager(connection)}:
        raise Closed(gettext("Nobody would be left to manage this service. Make somebody else its manager first."))


def _without_manager(connection: Connection) -> tuple[tuple[str, str], ...]:
    managed = (
        select(ServicePersonRow.service_id)
        .join(AccountRow, AccountRow.id == ServicePersonRow.account_id)
        .join(AccountRoleRow, AccountRoleRow.account_id == AccountRow.id)
        .where(
            ServicePersonRow.part == Part.MANAGER.value,
            AccountRow.is_active,
            AccountRoleRow.role.in_([role.value for role in MAY[NEEDS[Part.MANAGER]]]),
        )
    )
    query = select(ServiceRow.id, ServiceRow.name).where(ServiceRow.id.not_in(managed)).order_by(ServiceRow.name)
    return tuple((row[0], row[1]) for row in connection.execute(query))
