"""What is taken away of a result: each chart for slides, and everything in one zip archive."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from readiness.engine.scoring import score
from readiness.errors import NotFound, Unavailable
from readiness.language import N_, format_date, gettext
from readiness.permissions import Right
from readiness.report.bundle import File, bundle
from readiness.report.chart_list import Chart, charts_of
from readiness.report.codebook import codebook_as_csv
from readiness.report.data import answers_as_yaml, group_values_as_csv, result_as_data
from readiness.report.editions import Edition, editions_of
from readiness.report.parts import ReportView
from readiness.report.plan_table import plan_csv
from readiness.report.process import Limits
from readiness.report.slides import alternative, as_png, as_svg
from readiness.store.answers import read_answers
from readiness.web.documents import shelf
from readiness.web.plan import read_view
from readiness.web.results import Scored, download, submitted_result
from readiness.web.rules import database

blueprint = Blueprint("downloads", __name__, url_prefix="/a/<key>")

EDITION_ABOUT = {
    Edition.FULL: N_("The whole report."),
    Edition.SUMMARY: N_("The summary for a board."),
    Edition.TEAM: N_("What staff who answered can be given back."),
}
REPORT_LIMITS = Limits(wall=60.0)  # for all of them together: the web server waits somewhat longer


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart as the page lists it: the name of its files, its title, and what it shows in words."""

    name: str
    title: str
    alternative: str


def open_result(key: str) -> Scored:
    """The result of a closed assessment for who may see it. Raises NotFound."""
    found = submitted_result(key)
    if found is None:
        raise NotFound(gettext("The result is shown here once this assessment has been submitted."))
    return found


@blueprint.get("/charts")
def charts(key: str) -> ResponseReturnValue:
    """Every chart of a result, to look at and to download."""
    report = open_result(key).report
    shown = [Shown(chart.name, chart.title, alternative(chart)) for chart in charts_of(report)]
    return render_template("charts.html", key=key, report=report, charts=shown)


@blueprint.get("/charts/<name>.svg")
def chart_svg(key: str, name: str) -> Response:
    """One chart as an SVG file."""
    report = open_result(key).report
    content = as_svg(_chart(report, name), rtl=_is_rtl(report))
    return download(content, "image/svg+xml", f"readiness-{name}-{report.day.isoformat()}.svg")


@blueprint.get("/charts/<name>.png")
def chart_png(key: str, name: str) -> Response:
    """One chart as a picture."""
    report = open_result(key).report
    content = as_png(_chart(report, name), rtl=_is_rtl(report))
    return download(content, "image/png", f"readiness-{name}-{report.day.isoformat()}.png")


def _chart(report: ReportView, name: str) -> Chart:
    found = next((chart for chart in charts_of(report) if chart.name == name), None)
    if found is None:
        raise NotFound(gettext("This result has no such chart. Choose one on the page of its charts."))
    return found


def _is_rtl(report: ReportView) -> bool:
    return report.language.direction == "rtl"


@blueprint.get("/everything.zip")
def everything(key: str) -> Response:
    """All that can be downloaded of a result, in one zip archive."""
    found = open_result(key)
    report = found.report
    reports, missing = _reports(found, editions_of(report))
    files = [*reports, *_data(found), *_charts(report)]
    head = [
        gettext(
            "%(service)s: the result of %(day)s as files. Charts as PNG, other paper sizes and the plan as a workbook "
            "are found on its pages.",
            service=found.assessment.service,
            day=format_date(found.day),
        ),
        report.stamp,
        *missing,
    ]
    name = f"readiness-everything-{found.day.isoformat()}.zip"
    return download(bundle(files, head, found.day), "application/zip", name)


def _reports(found: Scored, editions: Iterable[Edition]) -> tuple[list[File], list[str]]:
    """Every edition that can be made, or none and a sentence why: without the renderer the rest is still of use."""
    until = monotonic() + REPORT_LIMITS.wall
    try:
        return [_report(found, edition, until - monotonic()) for edition in editions], []
    except Unavailable as error:
        return [], [gettext("The reports (PDF) are missing here. %(why)s", why=str(error))]


def _report(found: Scored, edition: Edition, seconds: float) -> File:
    """A report as it is kept, or rendered now and kept."""
    content = shelf().document(found.material(edition), replace(REPORT_LIMITS, wall=max(seconds, 1.0)))
    return File(f"report-{edition.value}.pdf", gettext(EDITION_ABOUT[edition]), content)


def _data(found: Scored) -> Iterator[File]:
    """Result, answers and codebook as files for other programs: what other pages give the same person."""
    assessment, ruleset = found.assessment, found.ruleset
    shown = {"service": assessment.service, **result_as_data(ruleset, score(ruleset, found.answers), found.team)}
    result = json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
    yield File("result.json", gettext("The result with its trace, for other programs."), result.encode())
    if assessment.may(Right.MANAGE):
        own = answers_as_yaml(assessment.service, read_answers(database(), assessment))
        yield File("answers.yaml", gettext("Your own answers, as `readiness assess` reads them."), own.encode())
    if found.team.sheets or not assessment.may(Right.MANAGE):
        combined = answers_as_yaml(assessment.service, found.answers)
        about = gettext("The answers that the result is scored from, of a team combined for each question.")
        yield File("combined-answers.yaml", about, combined.encode())
    plan = None if assessment.is_consensus_sheet else read_view(assessment)
    if plan is not None and plan.actions:
        yield File("plan.csv", gettext("The action plan."), plan_csv(plan).encode())
    if found.team.sheets:
        table = group_values_as_csv(ruleset, assessment.phase, found.team)
        yield File("team.csv", gettext("What groups of the team say to each question."), table.encode())
    about = gettext("The codebook: every question with its levels, their ratings, and why an answer may be missing.")
    yield File("codebook.csv", about, codebook_as_csv(ruleset, assessment.phase).encode())


def _charts(report: ReportView) -> Iterator[File]:
    for chart in charts_of(report):
        about = gettext("Chart: %(title)s.", title=chart.title)
        yield File(f"charts/{chart.name}.svg", about, as_svg(chart, rtl=_is_rtl(report)))
