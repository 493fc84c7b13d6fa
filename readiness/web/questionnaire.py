"""The questionnaire: pages of items saved one by one, a check of each section, and submitting."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from readiness.engine.answers import UNKNOWN, Answer, Answers, Missing, Phase, Role
from readiness.engine.carrying import carry, is_factual
from readiness.engine.instrument import Item, Page, Section
from readiness.engine.ruleset import RuleSet
from readiness.errors import Closed, NotFound, Unavailable
from readiness.language import N_, gettext
from readiness.permissions import Part
from readiness.store.answers import SavedPage, StalePage, read_answers, read_page, save_page
from readiness.store.assessments import Assessment, Way
from readiness.store.releases import close_wave
from readiness.store.services import answers_before
from readiness.store.teams import MOST_COMMENT, progress, send_response
from readiness.web.assessments import first_open_page, gaps, open_assessment
from readiness.web.documents import render_ahead
from readiness.web.forms import (
    CommentForm,
    PageForm,
    Problem,
    choices,
    first_choice,
    items_of,
    page_form,
    posting_problems,
)
from readiness.web.held import hold, owner, wants_data
from readiness.web.results import read_result
from readiness.web.rules import database, minimum_group, pinned_ruleset
from readiness.web.security import csrf

blueprint = Blueprint("questionnaire", __name__)


def find_page(ruleset: RuleSet, section_code: str, page_code: str, phase: Phase) -> tuple[Section, Page]:
    """A page by its codes. Raises NotFound."""
    for section in ruleset.instrument.sections:
        for page in section.pages:
            if (section.code, page.code) == (section_code, page_code) and items_of(page, phase):
                return section, page
    raise NotFound(gettext("This questionnaire has no such page. Go to the task list of the assessment."))


def find_section(ruleset: RuleSet, section_code: str) -> Section:
    """A section by its code. Raises NotFound."""
    for section in ruleset.instrument.sections:
        if section.code == section_code:
            return section
    raise NotFound(gettext("This questionnaire has no such section. Go to the task list of the assessment."))


@blueprint.get("/a/<key>/<section_code>/<page_code>")
def page(key: str, section_code: str, page_code: str) -> ResponseReturnValue:
    """One page of items with what was answered so far."""
    assessment, ruleset = open_assessment(key)
    section, page = find_page(ruleset, section_code, page_code, assessment.phase)
    if not assessment.is_open:
        return redirect(url_for(_after_sending(assessment), key=key))
    items = items_of(page, assessment.phase)
    stored = read_page(database(), assessment, page.code, [item.code for item in items])
    offered = {} if stored.revision else facts_before(assessment, ruleset, items)
    shown = {**stored.answers, **offered, "revision": str(stored.revision)}
    form = page_form(page, assessment.phase)(formdata=None, data=shown)
    return _render(key, assessment, ruleset, section, page, form, offered=frozenset(offered))


def facts_before(assessment: Assessment, ruleset: RuleSet, items: Iterable[Item]) -> dict[str, Answer]:
    """What a manager may confirm of the wave before: facts that only managers are asked for, where they still fit."""
    before = answers_before(database(), assessment) if assessment.role is Role.MANAGER else None
    if before is None:
        return {}
    digest, answers = before
    carried = carry(Answers(assessment.phase, answers.given), pinned_ruleset(digest), ruleset).answers
    return {item.code: carried[item.code] for item in items if is_factual(item) and carried[item.code] not in UNKNOWN}


@blueprint.post("/a/<key>/<section_code>/<page_code>")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked inside, so that a lost session does not lose the answers on the page
def save(key: str, section_code: str, page_code: str) -> ResponseReturnValue:
    """Save one page and go on; whatever is wrong, the page comes back with what was posted."""
    if held := hold(key):
        return held
    assessment, ruleset = open_assessment(key)
    section, page = find_page(ruleset, section_code, page_code, assessment.phase)
    form = page_form(page, assessment.phase)()
    problems, status = _problems(form), 400
    if not problems:
        try:
            return _go_on(key, section, page, assessment.phase, _save(assessment, page, form))
        except StalePage as stale:
            return _answer_stale(key, assessment, section, page, form, stale.stored)
        except (Closed, Unavailable) as error:
            problems, status = [(str(error), None)], error.status
    if wants_data():
        return {"sentence": problems[0][0]}, status
    return _render(key, assessment, ruleset, section, page, form, problems), status


def _go_on(key: str, section: Section, page: Page, phase: Phase, saved: SavedPage) -> ResponseReturnValue:
    """To the page that the pressed button names; a script is told where that is, and what is stored now."""
    later = request.form.get("action") == "later"
    following = url_for("assessments.tasks", key=key) if later else _after(key, section, page, phase)
    if not wants_data():
        return redirect(following, 303)
    return {**_stored(saved), "next": following}


def _stored(saved: SavedPage) -> dict[str, object]:
    """What is stored of a page, as a script is told."""
    given = {code: str(answer) for code, answer in saved.answers.items() if answer is not Missing.NOT_ANSWERED}
    return {"revision": str(saved.revision), "answers": given}


def _save(assessment: Assessment, page: Page, form: PageForm) -> SavedPage:
    """Save the page; one that was saved elsewhere meanwhile is merged where no answer contradicts another.

    Raises StalePage when some do. The form then holds the posted answers, completed by stored ones.
    """
    posted = form.revision.data or ""
    revision = int(posted) if posted.isascii() and posted.isdecimal() and len(posted) < 10 else 0
    try:
        return save_page(database(), assessment, page.code, revision, form.answers())
    except StalePage as stale:
        sent = form.answers()
        stored = {code: answer for code, answer in stale.stored.answers.items() if answer is not Missing.NOT_ANSWERED}
        for code, answer in stored.items():
            if sent[code] is Missing.NOT_ANSWERED:
                form[code].data = str(answer)
        if any(sent[code] not in (answer, Missing.NOT_ANSWERED) for code, answer in stored.items()):
            raise
        return save_page(database(), assessment, page.code, stale.stored.revision, form.answers())


SESSION_ENDED = N_(
    "Your browser's session had ended. Nothing is lost: your answers are still here. Save the page again."
)
SESSION_ENDED_HERE = N_("Your browser's session had ended. Nothing is lost and nothing was sent yet. Send it again.")


def _problems(form: PageForm) -> list[Problem]:
    try:
        csrf.protect()
    except CSRFError:
        return [(gettext(SESSION_ENDED), None)]
    problems = posting_problems(request.form, form.items)
    form.validate()
    return problems + [
        (gettext("%(item)s: %(problem)s", item=item.short, problem=error), first_choice(item))
        for item in form.items
        for error in form[item.code].errors
    ]


def _after(key: str, section: Section, page: Page, phase: Phase) -> str:
    """The next page of the section, else its check."""
    pages = [each for each in section.pages if items_of(each, phase)]
    following = pages[pages.index(page) + 1 :]
    if following:
        return url_for("questionnaire.page", key=key, section_code=section.code, page_code=following[0].code)
    return url_for("questionnaire.check", key=key, section_code=section.code)


def _render(
    key: str,
    assessment: Assessment,
    ruleset: RuleSet,
    section: Section,
    page: Page,
    form: PageForm,
    problems: list[Problem] | None = None,
    offered: frozenset[str] = frozenset(),
) -> str:
    pages = [each for each in section.pages if items_of(each, assessment.phase)]
    return render_template(
        "page.html",
        key=key,
        assessment=assessment,
        ruleset=ruleset,
        section=section,
        page=page,
        form=form,
        owner=owner(key),
        problems=problems or [],
        offered=offered,
        number=pages.index(page) + 1,
        count=len(pages),
        previous=pages[pages.index(page) - 1].code if pages.index(page) else None,
    )


def _answer_stale(
    key: str, assessment: Assessment, section: Section, page: Page, form: PageForm, stored: SavedPage
) -> ResponseReturnValue:
    """Both versions side by side; saving again with the stored revision is a knowing choice."""
    if wants_data():
        sentence = gettext(
            "Not saved: other answers to this page were saved elsewhere. Press a Save button to see both."
        )
        return {"sentence": sentence, **_stored(stored)}, 409
    sent = form.answers()
    differing = [
        (item, answer_words(item, sent[item.code]), answer_words(item, stored.answers[item.code]))
        for item in form.items
        if sent[item.code] != stored.answers[item.code]
    ]
    form.revision.data = str(stored.revision)
    stale = render_template(
        "stale.html",
        key=key,
        assessment=assessment,
        section=section,
        page=page,
        form=form,
        differing=differing,
        owner=owner(key),
    )
    return stale, 409


def answer_words(item: Item, answer: Answer) -> str:
    """An answer as the page words it."""
    return dict(choices(item)).get(answer, gettext("Not answered"))


@blueprint.get("/a/<key>/<section_code>/")
def check(key: str, section_code: str) -> ResponseReturnValue:
    """Check the answers of one section."""
    assessment, ruleset = open_assessment(key)
    section = find_section(ruleset, section_code)
    answers = read_answers(database(), assessment)
    pages = [
        (page, [(item, answer_words(item, answers[item.code])) for item in items_of(page, assessment.phase)])
        for page in section.pages
        if items_of(page, assessment.phase)
    ]
    missing = {item.code for item in gaps(section, answers)}
    following = next_section(ruleset, section, answers) if assessment.is_open else None
    return render_template(
        "check.html",
        key=key,
        assessment=assessment,
        ruleset=ruleset,
        section=section,
        pages=pages,
        missing=missing,
        following=following,
    )


def next_section(ruleset: RuleSet, section: Section, answers: Answers) -> tuple[Section, str] | None:
    """The next section with a gap, going round, and its first page with one."""
    sections = list(ruleset.instrument.sections)
    place = sections.index(section)
    for other in [*sections[place + 1 :], *sections[:place]]:
        if gaps(other, answers):
            return other, first_open_page(other, answers)
    return None


@blueprint.get("/a/<key>/submit")
def review(key: str) -> ResponseReturnValue:
    """What is still open, with links back, and the button that sends or submits."""
    assessment, ruleset = open_assessment(key)
    if not assessment.is_open:
        return redirect(url_for(_after_sending(assessment), key=key))
    return render_review(key, assessment, ruleset)


def render_review(
    key: str, assessment: Assessment, ruleset: RuleSet, comment: str = "", problems: list[Problem] | None = None
) -> str:
    """The page before sending, for a manager, a respondent or a consensus sheet."""
    answers = read_answers(database(), assessment)
    missing = [
        (section, page, [item for item in gaps(section, answers) if item in page.items])
        for section in ruleset.instrument.sections
        for page in section.pages
    ]
    left = [(section, page, items) for section, page, items in missing if items]
    k = minimum_group(ruleset, assessment.id)
    return render_template(
        "respondent/send.html" if assessment.part is Part.RESPONDENT else "submit.html",
        key=key,
        assessment=assessment,
        ruleset=ruleset,
        left=left,
        progress=progress(database(), assessment, k) if assessment.way is Way.TEAM else None,
        k=k,
        comment=comment,
        most_comment=MOST_COMMENT,
        problems=problems or [],
    )


@blueprint.post("/a/<key>/submit")
@csrf.exempt  # type: ignore[untyped-decorator]  # checked inside, so that a lost session does not lose a comment
def submit(key: str) -> ResponseReturnValue:
    """Send what one was asked, or as the manager close the wave; doing it twice is doing it once."""
    assessment, ruleset = open_assessment(key)
    try:
        csrf.protect()
    except CSRFError:
        if assessment.part is not Part.RESPONDENT:
            raise
        comment = request.form.get("comment", "")
        return render_review(key, assessment, ruleset, comment, [(gettext(SESSION_ENDED_HERE), None)]), 400
    if assessment.part is Part.RESPONDENT:
        form = CommentForm()
        if not form.validate():
            problems: list[Problem] = [(error, "comment") for error in form.comment.errors]
            return render_review(key, assessment, ruleset, form.comment.data or "", problems), 400
        if assessment.is_open and not read_answers(database(), assessment).given:
            nothing = gettext("You have not answered anything yet. Answer at least one question, or leave it at that.")
            return render_review(key, assessment, ruleset, form.comment.data or "", [(nothing, None)]), 400
        send_response(database(), assessment, form.comment.data or "")
    elif not assessment.is_consensus_sheet:
        today = date.today()
        close_wave(database(), assessment, ruleset.instrument, minimum_group(ruleset, assessment.id), today)
        closed = replace(assessment, submitted_on=assessment.submitted_on or today)
        render_ahead(lambda: read_result(closed).material())
    return redirect(url_for(_after_sending(assessment), key=key), 303)


def _after_sending(assessment: Assessment) -> str:
    if assessment.part is Part.RESPONDENT or assessment.is_consensus_sheet:
        return "assessments.tasks"
    return "results.result"
