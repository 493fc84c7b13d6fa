"""An assessment: start it, open it by a link, a code or an id, find one's way in it, forget it on this computer."""

from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Answers, Missing, Phase, Role
from readiness.engine.instrument import Item, Section
from readiness.engine.ruleset import RuleSet
from readiness.errors import NotFound
from readiness.language import N_, gettext
from readiness.permissions import Act, Part, Right
from readiness.store.answers import read_answers, saved_pages
from readiness.store.assessments import ID, Assessment, find_assessment, start_assessment
from readiness.store.plans import actions_before
from readiness.web.access import current_person, needs, signed_in
from readiness.web.context import forget, remember
from readiness.web.forms import StartForm, items_of
from readiness.web.pages import render_home
from readiness.web.rules import current_ruleset, database, minimum_group, pinned_ruleset

blueprint = Blueprint("assessments", __name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list: a section, the page to go on with, its state, and about how many minutes it takes."""

    section: Section
    page: str
    state: str
    minutes: int


NOT_STARTED, IN_PROGRESS, COMPLETE = "not started", "in progress", "complete"
STATES = {NOT_STARTED: N_("Not started"), IN_PROGRESS: N_("In progress"), COMPLETE: N_("Complete")}


def open_assessment(opener: str, right: Right = Right.ANSWER) -> tuple[Assessment, RuleSet]:
    """What a link, a code or an id opens, with what is asked there: of a respondent only what their role is asked.

    Raises NotFound also when it opens something, but not to this right.
    """
    person = current_person() if ID.fullmatch(opener) else None
    assessment = find_assessment(database(), opener, person)
    if not assessment.may(right):
        raise NotFound(gettext("This link does not open that page. Go to the page that it opens."))
    ruleset = pinned_ruleset(assessment.rule_set)
    if assessment.sections is None:
        return assessment, ruleset
    roles = [assessment.role] if assessment.role else [role for role in Role if role is not Role.MANAGER]
    return assessment, replace(ruleset, instrument=ruleset.instrument.narrowed(roles, assessment.sections))


@blueprint.post("/assessments")
@needs(Act.START_ASSESSMENT)
def start() -> ResponseReturnValue:
    """Start an assessment and go to its task list."""
    form = StartForm()
    if not form.validate_on_submit():
        return render_home(form, 400)
    person = signed_in()
    opener = start_assessment(
        database(),
        form.service.data or "",
        Phase(form.phase.data),
        current_ruleset().identity.digest,
        date.today(),
        None if person.is_local else person.id,
    )
    if person.is_local:
        remember(opener)
    return redirect(url_for("assessments.tasks", key=opener), 303)


@blueprint.get("/a/<key>/")
def tasks(key: str) -> ResponseReturnValue:
    """The task list: sections with their state, and how to come back."""
    assessment, ruleset = open_assessment(key)
    answers = read_answers(database(), assessment)
    saved = saved_pages(database(), assessment)
    sections = [
        Task(
            section,
            first_open_page(section, answers),
            state_of(section, answers, saved),
            minutes_of(section, pinned_ruleset(assessment.rule_set)),
        )
        for section in ruleset.instrument.sections
        if asked_items(section, answers.phase)
    ]
    if assessment.part is Part.MANAGER and not ID.fullmatch(key):
        remember(key)
    template = "respondent/tasks.html" if assessment.part is Part.RESPONDENT else "tasks.html"
    return render_template(
        template,
        key=key,
        assessment=assessment,
        ruleset=ruleset,
        sections=sections,
        states={state: gettext(words) for state, words in STATES.items()},
        has_link=not ID.fullmatch(key),
        k=minimum_group(ruleset, assessment.id),
        actions_to_report=_actions_to_report(assessment),
    )


def _actions_to_report(assessment: Assessment) -> int:
    """How many actions of the wave before a manager is asked about."""
    is_asked = assessment.may(Right.MANAGE) and not assessment.is_consensus_sheet
    return len(actions_before(database(), assessment)) if is_asked else 0


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


def minutes_of(section: Section, ruleset: RuleSet) -> int:
    """About how many minutes a section takes of which perhaps only some items are asked; at least one."""
    return ruleset.instrument.minutes_of(section)
