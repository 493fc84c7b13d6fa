"""Links that read a report: a manager makes, lists and ends them; whoever has one reads the result and nothing else."""

from datetime import date

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import Closed, NotFound
from readiness.language import gettext
from readiness.permissions import Right
from readiness.report.editions import Edition, Sheet
from readiness.store.assessments import Assessment
from readiness.store.shares import end_share, find_shared, make_share, shares_of
from readiness.web.account_forms import Problem, problems_of
from readiness.web.assessments import open_assessment
from readiness.web.qr_codes import draw
from readiness.web.results import document_response, read_result
from readiness.web.rules import database
from readiness.web.share_forms import ReadLinkForm, empty_form

blueprint = Blueprint("shares", __name__)
READABLE = (Edition.FULL, Edition.SUMMARY)  # what staff are given back is the manager's to hand out


def open_shared(key: str) -> Assessment:
    """The assessment of a manager. Raises NotFound for everybody else, and on the consensus sheet."""
    assessment, _ = open_assessment(key, Right.MANAGE)
    if assessment.is_consensus_sheet:
        raise NotFound(gettext("This is the consensus sheet. Links to the result belong to its assessment."))
    return assessment


@blueprint.get("/a/<key>/shares")
def overview(key: str) -> ResponseReturnValue:
    """The links that read the result of an assessment, and the form for one more."""
    return _page(key, open_shared(key))


def _page(
    key: str, assessment: Assessment, form: ReadLinkForm | None = None, problems: list[Problem] | None = None
) -> str:
    today = date.today()
    return render_template(
        "shares/overview.html",
        key=key,
        assessment=assessment,
        shares=shares_of(database(), assessment, today),
        form=form or empty_form(today),
        problems=problems or [],
    )


@blueprint.post("/a/<key>/shares")
def make(key: str) -> ResponseReturnValue:
    """Make a link and show it once."""
    assessment, today = open_shared(key), date.today()
    form = ReadLinkForm(today)
    if not form.validate():
        return _page(key, assessment, form, problems_of(form)), 400
    name, until = form.reader.data or "", form.day
    try:
        made = make_share(database(), assessment, name, until, today)
    except Closed as error:
        return _page(key, assessment, form, [(str(error), None)]), error.status
    href = url_for("shares.read", key=made, _external=True)
    return render_template("shares/link.html", key=key, name=name, until=until, href=href, drawn=draw(href))


@blueprint.post("/a/<key>/shares/<share>/end")
def end(key: str, share: str) -> ResponseReturnValue:
    """End a link at once."""
    end_share(database(), open_shared(key), share)
    return redirect(url_for("shares.overview", key=key), 303)


@blueprint.get("/r/<key>/")
def read(key: str) -> ResponseReturnValue:
    """The result as whoever has a link reads it; while it is revised, that it is."""
    assessment, until = find_shared(database(), key, date.today())
    if not assessment.is_closed:
        return render_template("shares/revised.html", assessment=assessment)
    report = read_result(assessment).report
    return render_template(
        "shares/read.html", key=key, report=report, until=until, editions=READABLE, sheets=tuple(Sheet)
    )


@blueprint.get("/r/<key>/report.pdf")
def pdf(key: str) -> Response:
    """The report that a link opens as a PDF, in the edition and on the paper that the address asks for."""
    assessment, _ = find_shared(database(), key, date.today())
    if request.args.get("edition", Edition.FULL.value) not in set(READABLE):
        raise NotFound(gettext("A link opens no such report. Choose one on the page that it opens."))
    if not assessment.is_closed:
        raise Closed(gettext("This result is being revised. The report can be read again once that is done."))
    found = read_result(assessment)
    return document_response(found, f"report-{found.day.isoformat()}")
