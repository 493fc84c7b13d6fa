"""Results of an assessment: the page, the PDF, the data, and opening the questionnaire again."""

import json
from datetime import date

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Answers
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.errors import NotFound
from readiness.language import gettext
from readiness.permissions import Right
from readiness.report.data import answers_as_yaml, result_as_data
from readiness.report.process import render_in_process
from readiness.report.view import ReportView, view
from readiness.store.answers import read_answers
from readiness.store.assessments import Assessment, reopen_assessment
from readiness.web.assessments import open_assessment
from readiness.web.reading import shown_ruleset
from readiness.web.rules import database, newer_than

blueprint = Blueprint("results", __name__)


def view_of(ruleset: RuleSet, answers: Answers, service: str, day: date, example: str = "") -> ReportView:
    """Answers as everything a page or PDF shows."""
    return view(ruleset, score(ruleset, answers), service, day, example)


def linked(ruleset: RuleSet) -> dict[str, bool]:
    """Whether the pages on evidence and method show the rule set that a result rests on."""
    return {"linked": ruleset.identity.digest == shown_ruleset().identity.digest}


def pdf_response(report: ReportView, name: str) -> Response:
    """A report as a PDF to download."""
    return download(render_in_process(report), "application/pdf", f"readiness-{name}.pdf")


def download(content: bytes | str, kind: str, name: str) -> Response:
    """A file to keep."""
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _submitted(key: str) -> tuple[Assessment, RuleSet, Answers] | None:
    assessment, ruleset = open_assessment(key, Right.SEE_RESULT)
    if not assessment.is_closed:
        if not assessment.may(Right.ANSWER):
            raise NotFound(gettext("The result is shown here once this assessment has been submitted."))
        return None
    return assessment, ruleset, read_answers(database(), assessment)


@blueprint.get("/a/<key>/result")
def result(key: str) -> ResponseReturnValue:
    """The result page."""
    found = _submitted(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    assessment, ruleset, answers = found
    report = view_of(ruleset, answers, assessment.service, assessment.submitted_on or assessment.started_on)
    shown = {"report": report, "key": key, "newer": newer_than(ruleset), **linked(ruleset)}
    return render_template("result.html", case=None, pair=None, grounds=[], **shown)


@blueprint.get("/a/<key>/report.pdf")
def pdf(key: str) -> ResponseReturnValue:
    """The report as PDF."""
    found = _submitted(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    assessment, ruleset, answers = found
    day = assessment.submitted_on or assessment.started_on
    return pdf_response(view_of(ruleset, answers, assessment.service, day), f"report-{day.isoformat()}")


@blueprint.get("/a/<key>/result.json")
def data(key: str) -> ResponseReturnValue:
    """The result as data."""
    found = _submitted(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    assessment, ruleset, answers = found
    content = {"service": assessment.service, **result_as_data(ruleset, score(ruleset, answers))}
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return download(text, "application/json", "readiness-result.json")


@blueprint.get("/a/<key>/answers.yaml")
def answers_file(key: str) -> ResponseReturnValue:
    """The answers so far as a file that `readiness assess` reads."""
    assessment, _ = open_assessment(key, Right.MANAGE)
    content = answers_as_yaml(assessment.service, read_answers(database(), assessment))
    return download(content, "application/yaml", "readiness-answers.yaml")


@blueprint.post("/a/<key>/reopen")
def reopen(key: str) -> ResponseReturnValue:
    """Open a submitted assessment for changes."""
    assessment, _ = open_assessment(key, Right.MANAGE)
    reopen_assessment(database(), assessment)
    return redirect(url_for("assessments.tasks", key=key), 303)
