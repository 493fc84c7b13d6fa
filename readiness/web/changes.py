"""A result beside others: the wave before, the published sites, and the other services of its organisation."""

import json
from collections.abc import Iterator

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.change import change as change_of
from readiness.errors import NotFound
from readiness.language import format_date, gettext
from readiness.permissions import Act, Person
from readiness.report import words
from readiness.report.data_change import change_as_data
from readiness.report.parts_change import ServiceBands
from readiness.report.view_change import change_view
from readiness.report.view_sites import domain_bars, sites_view
from readiness.report.view_team import who_answered
from readiness.store.assessments import Assessment, find_assessment
from readiness.store.services import Service, services_of
from readiness.web.access import current_person, needs, signed_in
from readiness.web.results import download, linked, read_result, service_for, submitted_result
from readiness.web.rules import database

blueprint = Blueprint("changes", __name__)

FEWEST_SERVICES = 2
MOST_SERVICES = 40  # each is rated when the page is asked for


def _wave_before(assessment: Assessment) -> tuple[Assessment | None, str]:
    """The wave before, where whoever asks may see its result as well; else why not.

    A link opens one wave. The one before opens only to the part that a person has in the service.
    """
    if assessment.follows is None:
        return None, gettext(
            "This is the first wave of the service, so there is no earlier one to compare it with. Start a follow-up "
            "when what you do now has had time to work."
        )
    try:
        before = find_assessment(database(), assessment.follows, current_person())
    except NotFound:
        return None, gettext("The wave before opens only to people with a part in the service. Sign in as one of them.")
    if not before.is_closed:
        return None, gettext(
            "The wave before has been opened again. What changed is shown here once it is submitted again."
        )
    return before, ""


@blueprint.get("/a/<key>/change")
def change(key: str) -> ResponseReturnValue:
    """What changed since the wave before."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    before, why_not = _wave_before(found.assessment)
    return render_template(
        "change.html",
        key=key,
        service=found.assessment.service,
        service_id=service_for(found.assessment),
        ruleset=found.ruleset,
        before=before,
        why_not=why_not,
        change=change_view(read_result(before).wave, found.wave) if before else None,
    )


@blueprint.get("/a/<key>/change.json")
def data(key: str) -> ResponseReturnValue:
    """The change as data."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    before, why_not = _wave_before(found.assessment)
    if before is None:
        raise NotFound(why_not)
    earlier = read_result(before)
    compared = change_of(earlier.ruleset, earlier.answers, found.ruleset, found.answers)
    days = [each.day.isoformat() for each in (earlier, found)]
    content = {"service": found.assessment.service, **change_as_data(compared, days)}
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return download(text, "application/json", "readiness-change.json")


@blueprint.get("/a/<key>/sites")
def sites(key: str) -> ResponseReturnValue:
    """The published sites beside the result, nearest first."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    return render_template(
        "sites.html",
        key=key,
        service=found.assessment.service,
        ruleset=found.ruleset,
        phase_words=words.PHASE[found.assessment.phase],
        sites=sites_view(found.ruleset, found.answers),
        **linked(found.ruleset),
    )


@blueprint.get("/services/organisations/<organisation>")
@needs(Act.SEE_SERVICES)
def services(organisation: str) -> ResponseReturnValue:
    """The services of an organisation in which one has a part, each by its latest result."""
    person = signed_in()
    own = [each for each in services_of(database(), person) if organisation and each.organisation_id == organisation]
    if not own:
        raise NotFound(gettext("You have no service in such an organisation. Go to the list of your services."))
    closed = [each for each in own if each.latest_closed]
    shown = list(_beside(closed[:MOST_SERVICES], person)) if len(closed) >= FEWEST_SERVICES else []
    return render_template(
        "services/beside.html",
        organisation=own[0].organisation,
        services=shown,
        left_out=len(closed) - len(shown) if shown else 0,
        waiting=[each.name for each in own if each.latest_closed is None],
        domains={code: bar.title for each in shown for code, bar in each.bars.items()},
        versions=len({each.version for each in shown}),
    )


def _beside(services: list[Service], person: Person) -> Iterator[ServiceBands]:
    """Services with the bands of their latest result, in the order of their names: no ranking, and nothing added up."""
    for service in services:
        if wave := service.latest_closed:
            found = read_result(find_assessment(database(), wave.id, person))
            yield ServiceBands(
                service=service.id,
                name=service.name,
                key=wave.id,
                day_words=format_date(found.day),
                phase_words=words.PHASE[wave.phase],
                version=f"{found.ruleset.identity.id} {found.ruleset.identity.version}",
                who=who_answered(found.team),
                bars=domain_bars(found.ruleset, found.answers),
            )
