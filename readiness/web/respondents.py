"""Respondents: what a link invites to, entering by a POST, coming back by a code, taking back and deleting answers."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import NotFound
from readiness.language import gettext
from readiness.permissions import Part
from readiness.report.words import ROLE
from readiness.store.assessments import Assessment, find_assessment
from readiness.store.codes import new_code, normalised_code, shown_code
from readiness.store.invitations import find_invitation
from readiness.store.teams import EnteredAlready, delete_response, enter, take_back
from readiness.web.assessments import minutes_of, open_assessment
from readiness.web.rules import database, keep_months, minimum_group, pinned_ruleset

blueprint = Blueprint("respondents", __name__)


@blueprint.get("/i/<key>")
def invitation(key: str) -> ResponseReturnValue:
    """What somebody is invited to, before anything begins; a mail scanner that looks spends nothing."""
    return _invitation_page(key)


def _invitation_page(key: str, is_used: bool = False) -> str:
    """What a link says: the same whether somebody has entered by it or not, until it is tried."""
    found = find_invitation(database(), key)
    ruleset = pinned_ruleset(found.rule_set)
    asked = ruleset.instrument.narrowed([found.role], found.sections)
    return render_template(
        "respondent/invitation.html",
        key=key,
        code=new_code(),
        invitation=found,
        is_used=is_used,
        ruleset=ruleset,
        role=ROLE[found.role],
        sections=asked.sections,
        minutes=sum(minutes_of(section, ruleset) for section in asked.sections),
        k=minimum_group(ruleset, found.assessment),
        months=keep_months(),
    )


@blueprint.post("/i/<key>")
def begin(key: str) -> ResponseReturnValue:
    """Enter: from now on a code opens the answers, and the link of one person admits nobody else."""
    try:
        code = enter(database(), key, request.form.get("code", ""))
    except EnteredAlready as error:
        return _invitation_page(key, is_used=True), error.status
    return redirect(url_for("assessments.tasks", key=shown_code(code)), 303)


@blueprint.get("/code")
def code() -> ResponseReturnValue:
    """The form to come back by a code, on any device."""
    return render_template("respondent/code.html", typed="", problems=[])


@blueprint.post("/code")
def come_back() -> ResponseReturnValue:
    """Go to the answers that a typed code opens."""
    typed = request.form.get("code", "").strip()
    known = normalised_code(typed)
    try:
        if known is None:
            raise NotFound(gettext("A code has 16 letters and digits. Check what you typed."))
        find_assessment(database(), known)
    except NotFound as error:
        sentence = str(error) if known is None else gettext("No answers open with this code. Check what you typed.")
        page = render_template("respondent/code.html", typed=typed[:80], problems=[(sentence, "code")])
        return page, error.status
    return redirect(url_for("assessments.tasks", key=shown_code(known)), 303)


def open_own(key: str) -> tuple[Assessment, str]:
    """A respondent's own assessment and code. Raises NotFound for every other opener."""
    assessment, _ = open_assessment(key)
    known = normalised_code(key)
    if assessment.part is not Part.RESPONDENT or known is None:
        raise NotFound(gettext("Only the code of a respondent opens this page."))
    return assessment, known


@blueprint.post("/a/<key>/take-back")
def take_back_answers(key: str) -> ResponseReturnValue:
    """Open answers that were sent for changes."""
    assessment, _ = open_own(key)
    take_back(database(), assessment)
    return redirect(url_for("assessments.tasks", key=key), 303)


@blueprint.get("/a/<key>/delete")
def ask_deletion(key: str) -> ResponseReturnValue:
    """Ask before answers are deleted."""
    assessment, _ = open_own(key)
    return render_template("respondent/delete.html", key=key, assessment=assessment)


@blueprint.post("/a/<key>/delete")
def delete_answers(key: str) -> ResponseReturnValue:
    """Delete a respondent's answers for good."""
    assessment, known = open_own(key)
    delete_response(database(), assessment, known)
    return render_template("respondent/deleted.html")
