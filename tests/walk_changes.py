"""The part of the walk that sets results beside others: waves, published sites, services of an organisation."""

from collections.abc import Iterator

from flask import Flask
from pages import PageClient
from sqlalchemy import insert
from team_values import PEERS, STAFF, half_open, highest, lowest, torn
from walk import TYPED, Stop, bring_newer
from waves import first_wave, next_wave

from readiness.engine.answers import Answer, Missing, Phase
from readiness.engine.instrument import Item
from readiness.permissions import LOCAL
from readiness.store.assessments import find_assessment
from readiness.store.models import RuleSetRow
from readiness.store.services import services_of, set_organisation
from readiness.web.rules import current_ruleset, database


def open_(item: Item, place: int) -> Answer:
    """Nobody knows anything."""
    return Missing.DONT_KNOW


def mixed(item: Item, place: int) -> Answer:
    """Levels from least to most and open answers in turn, otherwise for each item."""
    given = [*item.order, Missing.DONT_KNOW, Missing.NOT_APPLICABLE if item.not_applicable else item.order[0]]
    return given[len(item.code) % len(given)]


def other(item: Item, place: int) -> Answer:
    """As mixed, but turned round."""
    given = [item.order[0], Missing.NOT_ANSWERED, *reversed(item.order)]
    return given[len(item.code) % len(given)]


def walk_changes(app: Flask) -> Iterator[Stop]:
    """Every page that sets a result beside others, in every state that changes its wording."""
    client = PageClient(app)
    yield from _waves(app, client)
    yield from _sites(app, client)
    yield from _services(app, client)
    yield from _versions(app, client)


def _waves(app: Flask, client: PageClient) -> Iterator[Stop]:
    with app.app_context():
        first = first_wave(TYPED, given=mixed)
        second = next_wave(first, given=other)
        same = next_wave(first, given=other)
        alone = first_wave(TYPED, given=lowest, team={STAFF: (7, torn), PEERS: (6, lowest)})
        team = next_wave(alone, given=highest, team={STAFF: (9, highest), PEERS: (6, half_open)})
        again = next_wave(alone, given=highest, team={STAFF: (9, highest), PEERS: (6, half_open)})
        unanswered = next_wave(alone, closed=False)
    yield Stop("changes.change", "first wave", client.get(f"/a/{first}/change"))
    for what, wave in {"a second": second, "nothing changed": same, "a team": team, "a team as before": again}.items():
        yield Stop("changes.change", what, client.get(f"/a/{wave}/change"))
    yield Stop("error", "no data of a first wave", client.get(f"/a/{first}/change.json"))
    yield Stop("questionnaire.review", "no change yet", client.get(f"/a/{unanswered}/change"))
    client.send(client.get(f"/a/{first}/result"), {}, "/reopen")
    yield Stop("changes.change", "the one before is open again", client.get(f"/a/{second}/change"))


def _sites(app: Flask, client: PageClient) -> Iterator[Stop]:
    for what, given in {"lowest": lowest, "highest": highest, "mixed": mixed, "nothing known": open_}.items():
        for phase in Phase:
            with app.app_context():
                key = first_wave(TYPED, phase, given)
            yield Stop("changes.sites", f"{what} {phase}", client.get(f"/a/{key}/sites"))


def _versions(app: Flask, client: PageClient) -> Iterator[Stop]:
    """Waves on two versions: answers that are lost or new, and too few that fit. The application stays on the newer."""
    with app.app_context():
        firsts = {"rated anew": first_wave(TYPED, given=mixed), "too little fits": first_wave(TYPED, given=lowest)}
    bring_newer(app)
    with app.app_context():
        identity = current_ruleset().identity
        row = {"digest": identity.digest, "id": identity.id, "version": identity.version, "logic": identity.logic}
        with database().begin() as connection:
            connection.execute(insert(RuleSetRow).values(**row, files=b"", sha256="", origin="folder"))
        waves = {what: next_wave(first, given=highest) for what, first in firsts.items()}
    for what, wave in waves.items():
        yield Stop("changes.change", what, client.get(f"/a/{wave}/change"))
    with app.app_context():
        for wave in waves.values():
            _belongs(wave)
        _belongs(first_wave(TYPED, Phase.AFTER, mixed))
        organisation = _organisation()
    yield Stop("changes.services", "two versions", client.get(f"/services/organisations/{organisation}"))


def _belongs(opener: str, name: str = TYPED) -> None:
    service = find_assessment(database(), opener, LOCAL).service_id
    set_organisation(database(), service, LOCAL, name)


def _organisation() -> str:
    return next(each.organisation_id for each in services_of(database(), LOCAL) if each.organisation_id)


def _services(app: Flask, client: PageClient) -> Iterator[Stop]:
    yield Stop("error", "no such organisation", client.get("/services/organisations/unknown"))
    with app.app_context():
        _belongs(first_wave(TYPED, Phase.AFTER, other), "x" * 100)
        one = next(each.organisation_id for each in services_of(database(), LOCAL) if each.organisation == "x" * 100)
    yield Stop("changes.services", "one", client.get(f"/services/organisations/{one}"))
