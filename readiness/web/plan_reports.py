"""Follow-up of a plan: what became of each action of the wave before, and whether the answers it was to move did."""

from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import Closed, NotFound, Unavailable
from readiness.language import gettext
from readiness.permissions import Right
from readiness.report.view_plan import ActionView, plan_view
from readiness.report.words_plan import STATUS
from readiness.store.assessments import Assessment, wave_before
from readiness.store.plans import StaleReport, actions_before, read_reports, save_report
from readiness.web.account_forms import Problem
from readiness.web.held import hold, owner
from readiness.web.moved import moved_of
from readiness.web.plan import open_plan, posted_problems
from readiness.web.plan_forms import ReportForm
from readiness.web.results import read_result
from readiness.web.rules import database, pinned_ruleset
from readiness.web.security import csrf

blueprint = Blueprint("plan_reports", __name__, url_prefix="/a/<key>")


def asked_about(assessment: Assessment) -> tuple[ActionView, ...]:
    """The actions of the wave before that a follow-up asks about, as its plan shows them."""
    before = wave_before(database(), assessment)
    if before is None:
        return ()
    actions = actions_before(database(), assessment)
    day = before.submitted_on or before.started_on
    return plan_view(pinned_ruleset(before.rule_set), before.service, day, actions, None, date.today()).actions


def _open_reports(key: str) -> tuple[Assessment, tuple[ActionView, ...]]:
    """A follow-up that its manager reports in. Raises NotFound where there is nothing to report on."""
    assessment = open_plan(key, Right.MANAGE)
    actions = asked_about(assessment)
    if not actions:
        raise NotFound(
            gettext("No action was planned after an assessment before this one, so there is nothing to report on.")
        )
    return assessment, actions


@blueprint.get("/actions")
def overview(key: str) -> ResponseReturnValue:
    """The actions of the wave before, each with what was reported of it."""
    assessment, actions = _open_reports(key)
    return render_template(
        "plan/reports.html",
        key=key,
        assessment=assessment,
        ruleset=pinned_ruleset(assessment.rule_set),
        actions=actions,
        reports=read_reports(database(), assessment),
        status_words=STATUS,
    )


@blueprint.get("/actions/<action>")
def one(key: str, action: str) -> ResponseReturnValue:
    """What became of one action."""
    assessment, actions = _open_reports(key)
    if assessment.is_closed:
        return redirect(url_for("plan_reports.overview", key=key))
    form = ReportForm.of(read_reports(database(), assessment).get(action))
    return _page(key, assessment, _among(actions, action), form, [])


@blueprint.post("/actions/<action>")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked inside, so that a lost session does not lose what was written
def save(key: str, action: str) -> ResponseReturnValue:
    """Save what became of an action and go on to the next; whatever is wrong, the page comes back as it was sent."""
    if held := hold(key):
        return held
    assessment, actions = _open_reports(key)
    shown, form = _among(actions, action), ReportForm()
    problems, status = posted_problems(form), 400
    if not problems:
        try:
            save_report(database(), assessment, action, form.written())
            return redirect(_after(key, assessment, actions), 303)
        except StaleReport as stale:
            return _stale(key, assessment, shown, form, stale), stale.status
        except (Closed, Unavailable) as error:
            problems, status = [(str(error), None)], error.status
    return _page(key, assessment, shown, form, problems), status


def _among(actions: tuple[ActionView, ...], action: str) -> ActionView:
    found = next((each for each in actions if each.id == action), None)
    if found is None:
        raise NotFound(gettext("This action is not among those of the assessment before. Go to the list of them."))
    return found


def _after(key: str, assessment: Assessment, actions: tuple[ActionView, ...]) -> str:
    """The next action that nothing was reported of, else the list of them."""
    reports = read_reports(database(), assessment)
    following = next((each.id for each in actions if each.id not in reports), None)
    if following is None:
        return url_for("plan_reports.overview", key=key)
    return url_for("plan_reports.one", key=key, action=following)


def _page(key: str, assessment: Assessment, action: ActionView, form: ReportForm, problems: list[Problem]) -> str:
    return render_template(
        "plan/report.html",
        key=key,
        assessment=assessment,
        ruleset=pinned_ruleset(assessment.rule_set),
        action=action,
        form=form,
        owner=owner(key),
        problems=problems,
        status_words=STATUS,
    )


def _stale(key: str, assessment: Assessment, action: ActionView, form: ReportForm, stale: StaleReport) -> str:
    form.revision.data = str(stale.stored.revision)
    return render_template(
        "plan/stale.html",
        key=key,
        assessment=assessment,
        title=action.title,
        form=form,
        names=("status", "note"),
        differing=form.differing(stale.stored),
        owner=owner(key),
        send=url_for("plan_reports.save", key=key, action=action.id),
        keep=url_for("plan_reports.one", key=key, action=action.id),
    )


@blueprint.get("/plan/outcome")
def outcome(key: str) -> ResponseReturnValue:
    """What became of the actions of the wave before, and of the answers that they were to improve."""
    assessment = open_plan(key)
    if not assessment.is_closed:
        if not assessment.may(Right.ANSWER):
            raise NotFound(gettext("What moved is shown here once this assessment has been submitted."))
        return redirect(url_for("questionnaire.review", key=key))
    moved = moved_of(read_result(assessment), read_result)
    if moved is None:
        raise NotFound(
            gettext("No action was planned after an assessment before this one, so nothing can be followed.")
        )
    return render_template(
        "plan/outcome.html",
        key=key,
        assessment=assessment,
        ruleset=pinned_ruleset(assessment.rule_set),
        moved=moved,
    )
