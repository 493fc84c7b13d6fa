"""The first page and the pages that belong to nobody's assessment."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Phase
from readiness.errors import NotFound
from readiness.report import words
from readiness.store.assessments import find_assessment
from readiness.store.services import services_of
from readiness.web.access import current_person, local_path
from readiness.web.context import choose_language, forget, remembered
from readiness.web.forms import StartForm
from readiness.web.rules import current_ruleset, database

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Start an assessment, continue one, or look at an example."""
    return render_home(StartForm())


def render_home(form: StartForm, status: int = 200) -> ResponseReturnValue:
    """The first page with a start form, perhaps with its errors."""
    started = []
    for key in remembered():
        try:
            started.append((key, find_assessment(database(), key)))
        except NotFound:
            forget(key)
    targets = {"service": "service", "phase": f"phase-{Phase.BEFORE.value}"}
    problems = [(error, targets.get(name)) for name, errors in form.errors.items() for error in errors]
    ruleset, person = current_ruleset(), current_person()
    minutes = sum(section.minutes for section in ruleset.instrument.sections)
    page = render_template(
        "home.html",
        form=form,
        problems=problems,
        started=started,
        services=services_of(database(), person) if person and not person.is_local else (),
        ruleset=ruleset,
        minutes=minutes,
        phases={phase: words.FINDING_PHASE[phase.value] for phase in Phase},
    )
    return page, status


@blueprint.post("/language")
def speak() -> ResponseReturnValue:
    """Change the language of the pages in this browser, and go back to where it was asked for."""
    choose_language(request.form.get("language", ""))
    return redirect(local_path(request.form.get("back")) or url_for("pages.home"), 303)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """For whoever watches the service."""
    return {"status": "ok", "ruleset": current_ruleset().identity.version}
