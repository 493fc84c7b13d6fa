"""The services of a person: their waves, follow-ups, the organisation they belong to, and whom they are shared with."""

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Phase
from readiness.errors import Closed, NotFound
from readiness.permissions import Act
from readiness.store.accounts import normalised_address
from readiness.store.services import (
    Service,
    find_service,
    people_of,
    services_of,
    set_organisation,
    share_service,
    start_follow_up,
    stop_sharing,
)
from readiness.web.access import needs, only_with_accounts, signed_in
from readiness.web.account_forms import Problem, problems_of
from readiness.web.rules import current_ruleset, database
from readiness.web.service_forms import FollowUpForm, OrganisationForm, ShareForm

blueprint = Blueprint("services", __name__, url_prefix="/services")


@blueprint.get("/")
@needs(Act.SEE_SERVICES)
def overview() -> ResponseReturnValue:
    """Every service in which one has a part, by organisation."""
    return render_template("services/overview.html", services=services_of(database(), signed_in()))


@blueprint.get("/<service>")
@needs(Act.SEE_SERVICES)
def one(service: str) -> ResponseReturnValue:
    """One service: its waves, and for its manager what can be changed."""
    return _page(find_service(database(), service, signed_in()))


def _page(
    service: Service,
    problems: list[Problem] | None = None,
    follow_up: FollowUpForm | None = None,
    organisation: OrganisationForm | None = None,
    share: ShareForm | None = None,
) -> str:
    return render_template(
        "services/one.html",
        service=service,
        problems=problems or [],
        follow_up=follow_up or FollowUpForm(formdata=None, data={"phase": Phase.AFTER.value}),
        organisation=organisation or OrganisationForm(formdata=None, data={"organisation": service.organisation}),
        share=share or ShareForm(formdata=None),
        people=people_of(database(), service.id),
    )


@blueprint.post("/<service>/follow-up")
@needs(Act.START_ASSESSMENT)
def begin_follow_up(service: str) -> ResponseReturnValue:
    """Start the next wave."""
    found, form = find_service(database(), service, signed_in()), FollowUpForm()
    if not form.validate():
        return _page(found, problems_of(form), follow_up=form), 400
    rule_set = current_ruleset().identity.digest
    begun = start_follow_up(database(), service, signed_in(), Phase(form.phase.data), rule_set, date.today())
    return redirect(url_for("assessments.tasks", key=begun), 303)


@blueprint.post("/<service>/organisation")
@needs(Act.START_ASSESSMENT)
def name_organisation(service: str) -> ResponseReturnValue:
    """Say which organisation the service belongs to."""
    found, form = find_service(database(), service, signed_in()), OrganisationForm()
    if not form.validate():
        return _page(found, problems_of(form), organisation=form), 400
    set_organisation(database(), service, signed_in(), form.organisation.data or "")
    return redirect(url_for("services.one", service=service), 303)


@blueprint.post("/<service>/share")
@needs(Act.START_ASSESSMENT)
def share(service: str) -> ResponseReturnValue:
    """Share the service with an account."""
    only_with_accounts()
    found, form = find_service(database(), service, signed_in()), ShareForm()
    if not form.validate():
        return _page(found, problems_of(form), share=form), 400
    address = normalised_address(form.address.data or "")
    try:
        share_service(database(), service, signed_in(), address, form.chosen())
    except (NotFound, Closed) as error:
        return _page(found, [(str(error), "address")], share=form), error.status
    return redirect(url_for("services.one", service=service), 303)


@blueprint.post("/<service>/people/<account>/remove")
@needs(Act.START_ASSESSMENT)
def unshare(service: str, account: str) -> ResponseReturnValue:
    """Take somebody's part in the service away."""
    only_with_accounts()
    stop_sharing(database(), service, signed_in(), account)
    return redirect(url_for("services.overview"), 303)
