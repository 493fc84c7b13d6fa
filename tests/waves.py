"""Services with several waves, through the database: a manager, perhaps a team, answers that a test chooses."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Engine
from team_values import Given, answers_of, lowest

from readiness.engine.answers import Answer, Phase, Role
from readiness.engine.instrument import Instrument, Item
from readiness.permissions import LOCAL, Person
from readiness.store.answers import save_page
from readiness.store.assessments import Assessment, find_assessment, start_assessment
from readiness.store.invitations import make_group_link
from readiness.store.releases import close_wave
from readiness.store.services import start_follow_up
from readiness.store.teams import choose_team, enter, send_response
from readiness.web.rules import current_ruleset, database

K = 5
FIRST, SECOND = date(2026, 1, 15), date(2026, 11, 15)
Team = Mapping[Role, tuple[int, Given]]
Chosen = Callable[[Item], Answer]


def first_wave(
    service: str = "North", phase: Phase = Phase.BEFORE, given: Given = lowest, team: Team | None = None,
    manager: str | None = None,
) -> str:  # fmt: skip
    """A baseline that was answered and closed: what opens it."""
    opener = start_assessment(database(), service, phase, current_ruleset().identity.digest, FIRST, manager)
    person = LOCAL if manager is None else _manager(manager)
    _fill(database(), find_assessment(database(), opener, person), given, team or {}, FIRST)
    return opener


def next_wave(
    opener: str, phase: Phase = Phase.AFTER, given: Given = lowest, team: Team | None = None,
    manager: str | None = None, *, closed: bool = True,
) -> str:  # fmt: skip
    """A follow-up of the service that something opens, answered and closed: its id."""
    person = LOCAL if manager is None else _manager(manager)
    service = find_assessment(database(), opener, person).service_id
    follow_up = start_follow_up(database(), service, person, phase, current_ruleset().identity.digest, SECOND)
    if closed:
        _fill(database(), find_assessment(database(), follow_up, person), given, team or {}, SECOND)
    return follow_up


def _manager(account: str) -> Person:
    return Person(account, "", LOCAL.roles)


def _fill(engine: Engine, assessment: Assessment, given: Given, team: Team, day: date) -> None:
    instrument: Instrument = current_ruleset().instrument
    sections = [section.code for section in instrument.sections]
    save_page(engine, assessment, "page", 0, answers_of(instrument, assessment.phase, given).given)
    if team:
        choose_team(engine, assessment, dict.fromkeys(team, sections))
    for role, (many, says) in team.items():
        key = make_group_link(engine, assessment, role)
        items = tuple(instrument.narrowed([role], sections).asked(assessment.phase))
        for place in range(many):
            own = find_assessment(engine, enter(engine, key))
            save_page(engine, own, "page", 0, {item.code: says(item, place) for item in items})
            send_response(engine, own, "")
    close_wave(engine, assessment, instrument, K, day)
