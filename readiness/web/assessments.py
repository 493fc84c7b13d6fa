"""A manager's assessment: start it, find one's way in it, forget it on this computer."""

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Answers, Missing, Phase
from readiness.engine.instrument import Item, Section
from readiness.engine.ruleset import RuleSet
from readiness.language import N_, gettext
from readiness.permissions import Act
from readiness.store.answers import read_answers, saved_pages
from readiness.store.assessments import Assessment, find_assessment, start_assessment
from readiness.web.access import needs
from readiness.web.context import forget, remember
from readiness.web.forms import StartForm, items_of
from readiness.web.pages import render_home
from readiness.web.rules import current_ruleset, database, pinned_ruleset

blueprint = Blueprint("assessments", __name__)

NOT_STARTED, IN_PROGRESS, COMPLETE = "not started", "in progress", "complete"
STATES = {NOT_STARTED: N_("Not started"), IN_PROGRESS: N_("In progress"), COMPLETE: N_("Complete")}


def open_assessment(key: str) -> tuple[Assessment, RuleSet]:
    """The assessment of a link with the rule set it is pinned to. Raises NotFound."""
    assessment = find_assessment(database(), key)
    return assessment, pinned_ruleset(assessment.rule_set)


@blueprint.post("/assessments")
@needs(Act.START_ASSESSMENT)
def start() -> ResponseReturnValue:
    """Start an assessment and go to its task list."""
    form = StartForm()
    if not form.validate_on_submit():
        return render_home(form, 400)
    key = start_assessment(
        database(), form.service.data or "", Phase(form.phase.data), current_ruleset().identity.digest, date.today()
    )
    remember(key)
    return redirect(url_for("assessments.tasks", key=key), 303)


@blueprint.get("/a/<key>/")
def tasks(key: str) -> ResponseReturnValue:
    """The task list: sections with their state, and the link to keep."""
    assessment, ruleset = open_assessment(key)
    answers = read_answers(database(), assessment)
    saved = saved_pages(database(), assessment)
    sections = [
        (section, first_open_page(section, answers), state_of(section, answers, saved))
        for section in ruleset.instrument.sections
        if asked_items(section, answers.phase)
    ]
    remember(key)
    states = {state: gettext(words) for state, words in STATES.items()}
    return render_template(
        "tasks.html", key=key, assessment=assessment, ruleset=ruleset, sections=sections, states=states
    )


@blueprint.post("/a/<key>/forget")
def forget_here(key: str) -> ResponseReturnValue:
    """Forget the assessment in this browser; its link still opens it."""
    forget(key)
    return redirect(url_for("pages.home"), 303)


def asked_items(section: Section, phase: Phase) -> list[Item]:
    """The items of a section that are asked in a phase."""
    return [item for item in section.items if phase in item.ask]


def gaps(section: Section, answers: Answers) -> list[Item]:
    """The items of a section that have no answer yet; *don't know* is an answer."""
    return [item for item in asked_items(section, answers.phase) if answers[item.code] is Missing.NOT_ANSWERED]


def first_open_page(section: Section, answers: Answers) -> str:
    """The code of the first page with a gap, else of the first page."""
    pages = [page for page in section.pages if items_of(page, answers.phase)]
    missing = {item.code for item in gaps(section, answers)}
    return next((page.code for page in pages if missing & {item.code for item in page.items}), pages[0].code)


def state_of(section: Section, answers: Answers, saved: frozenset[str]) -> str:
    """Not started, in progress or complete."""
    if not gaps(section, answers):
        return COMPLETE
    return IN_PROGRESS if any(page.code in saved for page in section.pages) else NOT_STARTED
