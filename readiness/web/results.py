"""Results of an assessment: the page, the PDF, the data, and opening the questionnaire again."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.answers import Answers
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.team import TeamReading
from readiness.errors import NotFound
from readiness.language import gettext, language
from readiness.permissions import Act, Right, may
from readiness.report.data import answers_as_yaml, group_values_as_csv, result_as_data
from readiness.report.editions import Edition, Sheet
from readiness.report.material import Material
from readiness.report.parts_change import ChangeView
from readiness.report.process import render_in_process
from readiness.report.view import ReportView, view
from readiness.report.view_change import Wave, change_view
from readiness.store.answers import read_answers
from readiness.store.assessments import Assessment, reopen_assessment, wave_before
from readiness.store.releases import read_combined
from readiness.store.services import has_part
from readiness.web.access import current_person
from readiness.web.assessments import open_assessment
from readiness.web.documents import shelf
from readiness.web.moved import moved_of
from readiness.web.reading import shown_ruleset
from readiness.web.rules import database, group_asked_for, newer_than, pinned_ruleset

blueprint = Blueprint("results", __name__)

MOST_EXAMPLES = 64  # reports of examples that a process keeps, some 10 MB


@dataclass(frozen=True, slots=True)
class Scored:
    """A submitted assessment with what its result comes from: the whole rule set, combined answers, and the team."""

    assessment: Assessment
    ruleset: RuleSet
    answers: Answers
    team: TeamReading

    @property
    def day(self) -> date:
        """The date that the result bears."""
        return self.assessment.submitted_on or self.assessment.started_on

    @property
    def report(self) -> ReportView:
        """Everything a page or PDF shows."""
        return self.material().view()

    def material(self, edition: Edition = Edition.FULL, sheet: Sheet = Sheet.A4) -> Material:
        """What the report is made from, in the language being spoken."""
        whose = (self.assessment.id, self.assessment.service)
        return Material(*whose, self.wave, self.before, language(), edition, sheet)

    @property
    def change(self) -> ChangeView | None:
        """What changed since the wave before; None where there is none to compare with."""
        before = self.before
        return change_view(before, self.wave) if before else None

    @property
    def wave(self) -> Wave:
        """What the result comes from, and what the wave is compared by."""
        return Wave(self.ruleset, self.answers, self.team, self.day)

    @property
    def before(self) -> Wave | None:
        """The wave before; None for a first one, and while the one before is open again."""
        before = wave_before(database(), self.assessment)
        return read_result(before).wave if before and before.is_closed else None


def read_result(assessment: Assessment) -> Scored:
    """What the result of a submitted assessment comes from; the same for everybody who may see it."""
    ruleset = pinned_ruleset(assessment.rule_set)
    answers, team = read_combined(database(), assessment, ruleset.instrument, group_asked_for(ruleset))
    return Scored(assessment, ruleset, answers, team)


def view_of(
    ruleset: RuleSet, answers: Answers, service: str, day: date, example: str = "", team: TeamReading | None = None
) -> ReportView:
    """Answers as everything a page or PDF shows."""
    return view(ruleset, score(ruleset, answers), service, day, example, team)


def linked(ruleset: RuleSet) -> dict[str, bool]:
    """Whether the pages on evidence and method show the rule set that a result rests on."""
    return {"linked": ruleset.identity.digest == shown_ruleset().identity.digest}


def pdf_response(report: ReportView, name: str) -> Response:
    """A report as a PDF to download, in the edition and on the paper that the address asks for."""
    edition, sheet = wanted_edition(), wanted_sheet()
    return _pdf(_rendered(report, edition, sheet), name, edition, sheet)


@lru_cache(maxsize=MOST_EXAMPLES)
def _rendered(report: ReportView, edition: Edition, sheet: Sheet) -> bytes:
    """The report of an example: anybody may ask for it, so that it must not be rendered each time."""
    return render_in_process(report, edition, sheet)


def document_response(found: Scored, name: str) -> Response:
    """The same of an assessment, from the store; where it is not kept yet, it is rendered and kept.

    Its digest is its ETag: whoever has it is told so, and whoever has a part of it gets the rest.
    """
    material = found.material(wanted_edition(), wanted_sheet())
    if request.if_none_match.contains(material.digest):
        response = Response(status=304)
    else:
        response = _pdf(shelf().document(material), name, material.edition, material.sheet)
    response.set_etag(material.digest)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=response.content_length)
    return response


def _pdf(content: bytes, name: str, edition: Edition, sheet: Sheet) -> Response:
    marks = [edition.value] * (edition is not Edition.FULL) + [sheet.value.lower()] * (sheet is not Sheet.A4)
    return download(content, "application/pdf", f"readiness-{'-'.join((name, *marks))}.pdf")


def wanted_edition() -> Edition:
    """The edition that the address asks for; the full one without a wish. Raises NotFound."""
    given = request.args.get("edition", Edition.FULL.value)
    if given not in list(Edition):
        known = ", ".join(Edition)
        raise NotFound(gettext("There is no such edition of the report. Choose one of: %(known)s.", known=known))
    return Edition(given)


def wanted_sheet() -> Sheet:
    """The paper that the address asks for; A4 without a wish. Raises NotFound."""
    given = request.args.get("sheet", Sheet.A4.value)
    if given not in list(Sheet):
        known = ", ".join(Sheet)
        raise NotFound(gettext("The report is not made for such paper. Choose one of: %(known)s.", known=known))
    return Sheet(given)


def download(content: bytes | str, kind: str, name: str) -> Response:
    """A file to keep."""
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def service_for(assessment: Assessment) -> str:
    """The id of the service where whoever looks can go on to it; empty for who came by a link."""
    person = current_person()
    if person is None or not may(person.roles, Act.SEE_SERVICES):
        return ""
    return assessment.service_id if has_part(database(), assessment.service_id, person) else ""


def submitted_result(key: str) -> Scored | None:
    """The result that a key opens; None while its questionnaire is open to whoever asks. Raises NotFound."""
    assessment, _ = open_assessment(key, Right.SEE_RESULT)
    if not assessment.is_closed:
        if not assessment.may(Right.ANSWER):
            raise NotFound(gettext("The result is shown here once this assessment has been submitted."))
        return None
    return read_result(assessment)


@blueprint.get("/a/<key>/result")
def result(key: str) -> ResponseReturnValue:
    """The result page."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    assessment = found.assessment
    return render_template(
        "result.html",
        report=found.report,
        key=key,
        case=None,
        pair=None,
        grounds=[],
        newer=newer_than(found.ruleset),
        manages=assessment.may(Right.MANAGE),
        plans=assessment.may(Right.PLAN),
        service=service_for(assessment),
        is_follow_up=assessment.follows is not None,
        moved=moved_of(found, read_result),
        **linked(found.ruleset),
    )


@blueprint.get("/a/<key>/report.pdf")
def pdf(key: str) -> ResponseReturnValue:
    """The report as PDF."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    return document_response(found, f"report-{found.day.isoformat()}")


@blueprint.get("/a/<key>/result.json")
def data(key: str) -> ResponseReturnValue:
    """The result as data."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    shown = result_as_data(found.ruleset, score(found.ruleset, found.answers), found.team)
    text = json.dumps({"service": found.assessment.service, **shown}, ensure_ascii=False, indent=2) + "\n"
    return download(text, "application/json", "readiness-result.json")


@blueprint.get("/a/<key>/team.csv")
def team_csv(key: str) -> ResponseReturnValue:
    """What the groups of a team say to each question, as a table for other programs."""
    found = submitted_result(key)
    if found is None:
        return redirect(url_for("questionnaire.review", key=key))
    if not found.team.sheets:
        raise NotFound(gettext("Nothing was published of a team here, so there is no table of what groups say."))
    return download(
        group_values_as_csv(found.ruleset, found.assessment.phase, found.team), "text/csv", "readiness-team.csv"
    )


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
