"""A team on paper: its blank forms as PDF, and one page of keys to type sheets in by the keyboard alone."""

import secrets
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from readiness.engine.answers import Role
from readiness.errors import Closed, NotFound, Unavailable
from readiness.language import gettext
from readiness.report.paper import TEAM, Paper, Told
from readiness.report.process import render_questionnaire_in_process
from readiness.report.words import ROLE
from readiness.store.answers import StalePage, read_sheet, save_sheet
from readiness.store.assessments import CONSENSUS, Assessment, Way
from readiness.store.consensus import consensus_sheet
from readiness.store.paper import OtherSheet, enter_sheet
from readiness.store.teams import read_team
from readiness.web.context import note_sheets, sheets_entered
from readiness.web.forms import Problem
from readiness.web.held import hold, owner
from readiness.web.paper_forms import Typed, read_typed, shown
from readiness.web.questionnaire import SESSION_ENDED_HERE
from readiness.web.results import download
from readiness.web.rules import database, keep_months, minimum_group
from readiness.web.security import csrf
from readiness.web.team import blueprint as team
from readiness.web.team import open_team

blueprint = Blueprint("paper", __name__, url_prefix=team.url_prefix)


def open_paper(key: str, role: str) -> tuple[Assessment, Paper]:
    """The sheet of a role of a manager's team, or its consensus sheet. Raises NotFound, and Closed when not chosen."""
    assessment, ruleset = open_team(key)
    chosen = read_team(database(), assessment)
    if role == CONSENSUS:
        if not chosen:
            raise Closed(gettext("Choose first which sections the team answers."))
        sections = frozenset[str]().union(*chosen.values())
        return assessment, Paper(ruleset, assessment.phase, TEAM, sections, together=True, service=assessment.service)
    if role not in TEAM:
        raise NotFound(gettext("There is no sheet of such a role. Go back to the page of the team."))
    if Role(role) not in chosen:
        raise Closed(gettext("Choose first which sections people in this role answer."))
    told = Told(minimum_group(ruleset, assessment.id), keep_months())
    paper = Paper(ruleset, assessment.phase, (Role(role),), chosen[Role(role)], service=assessment.service, told=told)
    return assessment, paper


@blueprint.get("/form/<role>.pdf")
def form(key: str, role: str) -> Response:
    """A blank form to print."""
    _, paper = open_paper(key, role)
    return download(render_questionnaire_in_process(paper), "application/pdf", f"readiness-sheet-{role}.pdf")


@blueprint.get("/paper/<role>")
def sheet(key: str, role: str) -> ResponseReturnValue:
    """The page of keys: empty for the sheet of a role, as it is stored for the consensus sheet."""
    assessment, paper = open_paper(key, role)
    if assessment.is_closed:
        raise Closed(gettext("This round of questions has been closed. No more sheets are taken."))
    if not paper.together:
        if assessment.way is not Way.TEAM:
            raise Closed(gettext("The team answers together on one sheet. Let people answer one by one first."))
        return _page(key, role, assessment, shown(paper, {}, _new_form()))
    stored = read_sheet(database(), _together(assessment))
    return _page(key, role, assessment, shown(paper, stored.answers, str(stored.revision)))


@blueprint.post("/paper/<role>")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked inside, so that a lost session does not lose what was typed
def enter(key: str, role: str) -> ResponseReturnValue:
    """Enter a sheet whole, and come back for the next; whatever is wrong, the page comes back with what was typed."""
    if held := hold(key):
        return held
    assessment, paper = open_paper(key, role)
    typed = read_typed(paper, request.form)
    problems = _problems(typed)
    if problems:
        return _page(key, role, assessment, typed, problems), 400
    if request.form.get("action") == "check":
        return _page(key, role, assessment, typed)
    try:
        if paper.together:
            opener = _save_together(assessment, typed)
            return redirect(url_for("assessments.tasks", key=opener), 303)
        _enter(assessment, Role(role), typed)
    except StalePage as stale:
        typed = replace(typed, form=str(stale.stored.revision))
        return _page(key, role, assessment, typed, typed.differences(stale.stored.answers)), stale.status
    except (Closed, Unavailable) as error:
        typed = replace(typed, form=_new_form()) if isinstance(error, OtherSheet) else typed
        return _page(key, role, assessment, typed, [(str(error), None)]), error.status
    return redirect(url_for("paper.sheet", key=key, role=role), 303)


def _enter(assessment: Assessment, role: Role, typed: Typed) -> None:
    """Enter the sheet and count it in this browser; a sheet that was entered before is counted once."""
    is_new = enter_sheet(database(), assessment, role, typed.form, typed.answers())
    before = sheets_entered(assessment.id, role, date.today())
    counted = before + 1 if is_new else max(before, typed.place)
    note_sheets(assessment.id, role, date.today(), counted)


def _save_together(assessment: Assessment, typed: Typed) -> str:
    """Save the consensus sheet and return its id."""
    together = _together(assessment)
    answers = typed.answers()
    pages = {
        page.code: {item.code: answers[item.code] for item in items}
        for _, pages in typed.paper.parts
        for page, items in pages
    }
    save_sheet(database(), together, int(typed.form), pages)
    return together.response


def _together(assessment: Assessment) -> Assessment:
    """The consensus sheet of an assessment. Raises Closed when its team does not use one."""
    response = consensus_sheet(database(), assessment)
    if response is None or assessment.way is not Way.CONSENSUS:
        raise Closed(gettext("Choose “Use a consensus sheet” on the page of the team first."))
    return replace(assessment, response=response, role=None)


def _problems(typed: Typed) -> list[Problem]:
    try:
        csrf.protect()
    except CSRFError:
        return [(gettext(SESSION_ENDED_HERE), None)]
    return typed.problems()


def _new_form() -> str:
    return secrets.token_hex(16)


def _page(key: str, role: str, assessment: Assessment, typed: Typed, problems: list[Problem] | None = None) -> str:
    entered = 0 if role == CONSENSUS else sheets_entered(assessment.id, role, date.today())
    return render_template(
        "team/paper.html",
        key=key,
        role=role,
        role_words="" if role == CONSENSUS else ROLE[Role(role)],
        assessment=assessment,
        ruleset=typed.paper.ruleset,
        typed=typed,
        owner=owner(key),
        problems=problems or [],
        entered=entered,
        is_checked=request.method == "POST" and not problems,
    )
