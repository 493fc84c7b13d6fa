"""Teams as values; and a team that answers through the database, from its links to the released result."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Engine

from readiness.engine.answers import Answer, Answers, Missing, Phase, Role
from readiness.engine.instrument import Instrument, Item
from readiness.engine.team import Response, TeamReading, read_team, release
from readiness.store.answers import save_page
from readiness.store.assessments import find_assessment
from readiness.store.invitations import make_group_link
from readiness.store.releases import close_wave
from readiness.store.teams import choose_team, enter, send_response

K = 5
Given = Callable[[Item, int], Answer]  # what the person at a place answers to an item

TODAY = date(2026, 11, 22)
STAFF, PEERS, USERS = Role.MENTAL_HEALTH_WORKER, Role.PEER_SUPPORT_WORKER, Role.SERVICE_USER


def lowest(item: Item, _: int) -> Answer:
    """Everybody says the least."""
    return item.order[0]


def highest(item: Item, _: int) -> Answer:
    """Everybody says the most."""
    return item.order[-1]


def torn(item: Item, place: int) -> Answer:
    """One half says the least, the other the most."""
    return item.order[-(place % 2)]


def half_open(item: Item, place: int) -> Answer:
    """One half does not know, the other says the least."""
    return Missing.DONT_KNOW if place % 2 else item.order[0]


def rarely(item: Item, place: int) -> Answer:
    """Only the first three people know."""
    return item.order[0] if place < 3 else Missing.DONT_KNOW


def answers_of(instrument: Instrument, phase: Phase, given: Given = lowest) -> Answers:
    """What a manager answers to everything."""
    return Answers(phase, {item.code: given(item, 0) for item in instrument.asked(phase)})


def reading(
    instrument: Instrument,
    groups: Mapping[tuple[Role, ...], tuple[int, Given]],
    manager: Given = lowest,
    comments: tuple[str, ...] = (),
    phase: Phase = Phase.AFTER,
) -> tuple[Answers, TeamReading]:
    """The combined answers and the reading of a team, by group how many answer what; roles take turns in a group."""
    sections = [section.code for section in instrument.sections]
    asked = {role: tuple(instrument.narrowed([role], sections).asked(phase)) for role in Role}
    responses = [
        Response(role, {item.code: given(item, place) for item in asked[role]}, 1)
        for roles, (many, given) in groups.items()
        for place, role in ((place, roles[place % len(roles)]) for place in range(many))
    ]
    codes = {role: frozenset(item.code for item in items) for role, items in asked.items()}
    published = release(instrument, tuple(groups), codes, responses, 1, K)
    own = answers_of(instrument, phase, manager)
    return read_team(instrument, own, published if groups else None, comments, K, is_asked=bool(groups))


def release_team(
    engine: Engine, opener: str, instrument: Instrument, team: Mapping[Role, tuple[int, Given]], comment: str = ""
) -> None:
    """A manager who says the least, a team invited by group links that answers and sends, and the release."""
    assessment = find_assessment(engine, opener)
    sections = [section.code for section in instrument.sections]
    save_page(engine, assessment, "page", 0, answers_of(instrument, assessment.phase).given)
    choose_team(engine, assessment, dict.fromkeys(team, sections))
    for role, (many, given) in team.items():
        key = make_group_link(engine, assessment, role)
        items = tuple(instrument.narrowed([role], sections).asked(assessment.phase))
        for place in range(many):
            code = enter(engine, key)
            own = find_assessment(engine, code)
            save_page(engine, own, "page", 0, {item.code: given(item, place) for item in items})
            send_response(engine, own, comment)
    close_wave(engine, find_assessment(engine, opener), instrument, K, TODAY)
