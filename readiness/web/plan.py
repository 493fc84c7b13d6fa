"""The action plan of a submitted assessment: recommendations to choose, actions to change and to order, and files."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError

from readiness.engine.advice import applying
from readiness.engine.rating import rate
from readiness.errors import Closed, NotFound, Unavailable
from readiness.language import N_, gettext, language
from readiness.permissions import Right
from readiness.plan import GOES_ON, Action, ActionStatus
from readiness.report.plan_calendar import plan_ics
from readiness.report.plan_table import plan_csv
from readiness.report.plan_workbook import plan_xlsx
from readiness.report.view_plan import ActionView, PlanView, plan_view
from readiness.report.words_plan import STATUS
from readiness.store.assessments import Assessment
from readiness.store.plans import (
    StaleAction,
    actions_before,
    change_action,
    choose_actions,
    drop_action,
    find_action,
    mark_done,
    put_in_order,
    read_plan,
    read_reports,
    reports_after,
)
from readiness.web.account_forms import Problem, problems_of
from readiness.web.assessments import open_assessment
from readiness.web.held import hold, owner
from readiness.web.identity import now
from readiness.web.plan_forms import CHOSEN_TOO_MUCH, ActionForm, choose_form, read_numbers, revision_of
from readiness.web.results import download, read_result
from readiness.web.rules import database, pinned_ruleset
from readiness.web.security import csrf

blueprint = Blueprint("plan", __name__, url_prefix="/a/<key>")

ADVISED = 3  # to start with
SESSION_ENDED = N_("Your browser's session had ended. Nothing is lost: what you wrote is still here. Save it again.")


def open_plan(key: str, right: Right = Right.SEE_RESULT) -> Assessment:
    """The assessment of a plan. Raises NotFound for whoever has no right to it, and on the consensus sheet."""
    assessment, _ = open_assessment(key, right)
    if assessment.is_consensus_sheet:
        raise NotFound(gettext("This is the consensus sheet. The plan belongs to its assessment."))
    return assessment


def read_view(assessment: Assessment) -> PlanView:
    """A plan as it is shown, with what the result calls for now."""
    ruleset, called_for = pinned_ruleset(assessment.rule_set), None
    if assessment.is_closed:
        found = read_result(assessment)
        rated = rate(found.ruleset, found.answers)
        called_for = {each.code for each in applying(found.ruleset, found.answers, rated)}
    day = assessment.submitted_on or assessment.started_on
    actions = read_plan(database(), assessment)
    reported = reports_after(database(), assessment)
    return plan_view(ruleset, assessment.service, day, actions, called_for, date.today(), reported)


@blueprint.get("/plan")
def overview(key: str) -> ResponseReturnValue:
    """The actions in their order; before the first submission there is nothing to plan from."""
    assessment = open_plan(key)
    plan = read_view(assessment)
    if not assessment.is_closed and not plan.actions:
        if not assessment.may(Right.ANSWER):
            raise NotFound(gettext("The plan is made here once this assessment has been submitted."))
        return redirect(url_for("questionnaire.review", key=key))
    return render_template(
        "plan/overview.html",
        key=key,
        assessment=assessment,
        ruleset=pinned_ruleset(assessment.rule_set),
        plan=plan,
        may_plan=assessment.is_closed and assessment.may(Right.PLAN),
        today=date.today(),
    )


@blueprint.get("/plan/choose")
def choose(key: str) -> ResponseReturnValue:
    """The recommendations that apply, to tick."""
    return _choosing(key, _open_to_change(key), [])


@blueprint.post("/plan/choose")
def add(key: str) -> ResponseReturnValue:
    """Take recommendations on; sending it twice is sending it once."""
    assessment = _open_to_change(key)
    found = read_result(assessment)
    offered = [each.code for each in found.report.recommendations]
    form = choose_form(offered)()
    chosen = list(form.recommendation.data or ())
    if not form.validate():
        return _choosing(key, assessment, [(str(CHOSEN_TOO_MUCH), None)], chosen), 400
    if not chosen:
        return _choosing(key, assessment, [(gettext("Choose at least one recommendation."), None)], chosen), 400
    try:
        choose_actions(database(), assessment, (code for code in offered if code in chosen))
    except Closed as error:
        return _choosing(key, assessment, [(str(error), None)], chosen), error.status
    return redirect(url_for("plan.overview", key=key), 303)


def _choosing(key: str, assessment: Assessment, problems: list[Problem], chosen: list[str] | None = None) -> str:
    report = read_result(assessment).report
    planned = {each.recommendation for each in read_plan(database(), assessment) if not _is_dropped(each)}
    offered = [each.code for each in report.recommendations]
    unfinished = [code for code in offered if code in _unfinished(assessment) - planned]
    advised = [] if planned else [*unfinished, *(code for code in offered if code not in unfinished)]
    return render_template(
        "plan/choose.html",
        key=key,
        assessment=assessment,
        report=report,
        planned=planned,
        unfinished=unfinished,
        chosen=advised[: max(ADVISED, len(unfinished))] if chosen is None else chosen,
        problems=problems,
    )


def _unfinished(assessment: Assessment) -> set[str]:
    """The recommendations taken on in the wave before and not finished, as far as is known now."""
    reported = read_reports(database(), assessment)
    return {
        action.recommendation
        for action in actions_before(database(), assessment)
        if (reported[action.id].status if action.id in reported else action.text.status) in GOES_ON
    }


def _is_dropped(action: Action) -> bool:
    return action.text.status is ActionStatus.DROPPED


@blueprint.get("/plan/actions/<action>")
def one(key: str, action: str) -> ResponseReturnValue:
    """One action, to change."""
    assessment = _open_to_change(key)
    stored = find_action(database(), assessment, action)
    return _editing(key, assessment, stored.id, ActionForm.of(stored), [])


@blueprint.post("/plan/actions/<action>")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked inside, so that a lost session does not lose what was written
def save(key: str, action: str) -> ResponseReturnValue:
    """Save an action; whatever is wrong, the page comes back with what was sent."""
    if held := hold(key):
        return held
    assessment, form = open_plan(key, Right.PLAN), ActionForm()
    problems, status = posted_problems(form), 400
    if not problems:
        try:
            change_action(database(), assessment, action, revision_of(form.revision), form.written())
            return redirect(url_for("plan.overview", key=key), 303)
        except StaleAction as stale:
            return _stale(key, assessment, form, stale), stale.status
        except (Closed, Unavailable) as error:
            problems, status = [(str(error), None)], error.status
    return _editing(key, assessment, action, form, problems), status


def posted_problems(form: FlaskForm) -> list[Problem]:
    """What keeps a form from being saved, the end of the browser's session among it."""
    try:
        csrf.protect()
    except CSRFError:
        return [(gettext(SESSION_ENDED), None)]
    form.validate()
    return problems_of(form)


def _editing(key: str, assessment: Assessment, action: str, form: ActionForm, problems: list[Problem]) -> str:
    return render_template(
        "plan/action.html",
        key=key,
        assessment=assessment,
        ruleset=pinned_ruleset(assessment.rule_set),
        action=_shown(assessment, action),
        form=form,
        owner=owner(key),
        problems=problems,
        status_words=STATUS,
    )


def _stale(key: str, assessment: Assessment, form: ActionForm, stale: StaleAction) -> str:
    form.revision.data = str(stale.stored.revision)
    return render_template(
        "plan/stale.html",
        key=key,
        assessment=assessment,
        title=_shown(assessment, stale.stored.id).title,
        form=form,
        names=("who", "first_step", "due_on", "status", "note", "evidence"),
        differing=form.differing(stale.stored),
        owner=owner(key),
        send=url_for("plan.save", key=key, action=stale.stored.id),
        keep=url_for("plan.one", key=key, action=stale.stored.id),
    )


def _shown(assessment: Assessment, action: str) -> ActionView:
    """One action as the plan shows it. Raises NotFound."""
    found = find_action(database(), assessment, action)
    return next(each for each in read_view(assessment).actions if each.id == found.id)


@blueprint.post("/plan/actions/<action>/done")
def finish(key: str, action: str) -> ResponseReturnValue:
    """Mark an action as done."""
    mark_done(database(), _open_to_change(key), action)
    return redirect(url_for("plan.overview", key=key), 303)


@blueprint.post("/plan/actions/<action>/drop")
def drop(key: str, action: str) -> ResponseReturnValue:
    """Take an action out of the plan; one that was changed since the page was opened stays, to be looked at."""
    assessment = _open_to_change(key)
    sent = ActionForm()
    try:
        drop_action(database(), assessment, action, revision_of(sent.revision))
    except StaleAction as stale:
        sentence = gettext("This action was changed elsewhere since you opened it. Look at it before you drop it.")
        form = ActionForm.of(stale.stored)
        return _editing(key, assessment, stale.stored.id, form, [(sentence, None)]), stale.status
    return redirect(url_for("plan.overview", key=key), 303)


@blueprint.post("/plan/order")
def order(key: str) -> ResponseReturnValue:
    """Put the actions in the order of the numbers that were typed."""
    put_in_order(database(), _open_to_change(key), read_numbers(request.form.items()))
    return redirect(url_for("plan.overview", key=key), 303)


def _open_to_change(key: str) -> Assessment:
    """A plan that whoever asks may change. Raises NotFound, and Closed while answers are changed."""
    assessment = open_plan(key, Right.PLAN)
    if not assessment.is_closed:
        raise Closed(gettext("This assessment is open for changes, so its plan can only be read. Submit it first."))
    return assessment


def _planned(key: str) -> PlanView:
    plan = read_view(open_plan(key))
    if not plan.actions:
        raise NotFound(gettext("There is no plan yet. Choose recommendations first."))
    return plan


@blueprint.get("/plan.csv")
def csv(key: str) -> ResponseReturnValue:
    """The plan as a table for other programs."""
    return download(plan_csv(_planned(key)), "text/csv", "readiness-plan.csv")


@blueprint.get("/plan.xlsx")
def xlsx(key: str) -> ResponseReturnValue:
    """The plan as a workbook."""
    content = plan_xlsx(_planned(key), right_to_left=language().direction == "rtl")
    return download(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "readiness-plan.xlsx")


@blueprint.get("/plan.ics")
def ics(key: str) -> ResponseReturnValue:
    """The days of the plan as a calendar."""
    plan = _planned(key)
    if not plan.dated:
        raise NotFound(gettext("No action has a day yet, so there is nothing for a calendar."))
    return download(plan_ics(plan, now()), "text/calendar", "readiness-plan.ics")
