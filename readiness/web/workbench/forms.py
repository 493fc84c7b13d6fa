"""Forms for the common edits of a draft: items, levels, rules, recommendations and findings; preview, save, remove."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from readiness.errors import Closed, NotFound, ReadinessError
from readiness.language import N_, gettext
from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.revising import Changed, Kind, Taken, fingerprint, revised
from readiness.loading.ruleset import read_ruleset
from readiness.permissions import Act
from readiness.store.drafts import State, change_files
from readiness.web.access import local_path, needs
from readiness.web.rules import database
from readiness.web.security import csrf
from readiness.web.workbench.drafts import OpenDraft, author, draft_page, open_draft, unread_page
from readiness.web.workbench.form_fields import Posted
from readiness.web.workbench.form_kinds import Named, is_there, themes_of
from readiness.web.workbench.form_previews import levels_around, original, preview
from readiness.web.workbench.form_sheets import (
    Complaint,
    Sheet,
    Step,
    changes,
    cleaned,
    differences,
    foreign,
    new_sheet,
    placed,
    removal,
    retired,
    sheet_of,
    step_of,
    uses,
)

blueprint = Blueprint("workbench_forms", __name__, url_prefix="/workbench/drafts/<draft_id>/edit")
HERE = "workbench_forms.overview"
REMOVED = N_("Somebody removed this meanwhile, or gave it another code.")
CHANGED = N_("Somebody else changed this since you opened it.")
NO_PART = N_("This draft has no such part. It may have been removed; start from the list of its parts.")


@blueprint.get("/")
@needs(Act.EDIT_RULES)
def overview(draft_id: str) -> ResponseReturnValue:
    """Everything that has a form."""
    opened = open_draft(draft_id)
    if opened.ruleset is None:
        return unread_page(opened, HERE)
    removed = request.args.get("removed", "")[:80]
    return draft_page(
        "workbench/form_overview.html", opened, HERE, ruleset=opened.ruleset, themes=themes_of(opened), removed=removed
    )


@blueprint.route("/items/<code>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # all forms check the token inside, so that nothing typed is lost
@needs(Act.EDIT_RULES)
def edit_item(draft_id: str, code: str) -> ResponseReturnValue:
    """How an item is worded."""
    return _form(draft_id, Named(Kind.ITEM, code))


@blueprint.route("/items/<item>/<code>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def edit_option(draft_id: str, item: str, code: str) -> ResponseReturnValue:
    """How a level is worded, and what it is worth."""
    return _form(draft_id, Named(Kind.OPTION, code, item))


@blueprint.route("/rules/<code>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def edit_rule(draft_id: str, code: str) -> ResponseReturnValue:
    """A rule."""
    return _form(draft_id, Named(Kind.RULE, code))


@blueprint.route("/new-rule", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def new_rule(draft_id: str) -> ResponseReturnValue:
    """A new rule."""
    return _form(draft_id, Named(Kind.RULE, within=_owner("construct")))


@blueprint.route("/recommendations/<code>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def edit_recommendation(draft_id: str, code: str) -> ResponseReturnValue:
    """A recommendation."""
    return _form(draft_id, Named(Kind.RECOMMENDATION, code))


@blueprint.route("/new-recommendation", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def new_recommendation(draft_id: str) -> ResponseReturnValue:
    """A new recommendation."""
    return _form(draft_id, Named(Kind.RECOMMENDATION, within=_owner("theme")))


@blueprint.route("/findings/<code>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def edit_finding(draft_id: str, code: str) -> ResponseReturnValue:
    """A finding."""
    return _form(draft_id, Named(Kind.FINDING, code))


@blueprint.route("/new-finding", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def new_finding(draft_id: str) -> ResponseReturnValue:
    """A new finding."""
    return _form(draft_id, Named(Kind.FINDING, within=_owner("source")))


@blueprint.route("/sources/<code>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def edit_source(draft_id: str, code: str) -> ResponseReturnValue:
    """A paper."""
    return _form(draft_id, Named(Kind.SOURCE, code))


@blueprint.route("/new-source", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@needs(Act.EDIT_RULES)
def new_source(draft_id: str) -> ResponseReturnValue:
    """A new paper."""
    return _form(draft_id, Named(Kind.SOURCE))


@blueprint.route("/rules/<code>/remove", methods=["GET", "POST"])
@needs(Act.EDIT_RULES)
def remove_rule(draft_id: str, code: str) -> ResponseReturnValue:
    """Take a rule out."""
    return _remove(draft_id, Named(Kind.RULE, code))


@blueprint.route("/recommendations/<code>/remove", methods=["GET", "POST"])
@needs(Act.EDIT_RULES)
def remove_recommendation(draft_id: str, code: str) -> ResponseReturnValue:
    """Take a recommendation out."""
    return _remove(draft_id, Named(Kind.RECOMMENDATION, code))


@blueprint.route("/findings/<code>/remove", methods=["GET", "POST"])
@needs(Act.EDIT_RULES)
def remove_finding(draft_id: str, code: str) -> ResponseReturnValue:
    """Take a finding out."""
    return _remove(draft_id, Named(Kind.FINDING, code))


def _owner(name: str) -> str:
    """Where a new thing belongs: as sent, or as the link that led here says."""
    return request.form.get("owner", request.args.get(name, ""))[:80]


def _form(draft_id: str, named: Named) -> ResponseReturnValue:
    opened = open_draft(draft_id)
    missing = opened.ruleset is not None and bool(named.code) and not is_there(opened.ruleset, named)
    if request.method == "POST":
        posted, hidden = cleaned(request.form)
        if opened.ruleset is None:
            return _kept(opened, posted, gettext("The files of this draft cannot be read as a rule set just now."))
        if missing:
            return _kept(opened, posted, gettext(REMOVED))
        return _receive(_sheet(opened, named), posted, hidden)
    if opened.ruleset is None:
        if "saved" in request.args:
            return draft_page("workbench/form_saved.html", opened, HERE)
        return unread_page(opened, HERE)
    if missing:
        raise NotFound(
            gettext("This draft has no such part. It may have been removed; start from the list of its parts.")
        )
    sheet = _sheet(opened, named)
    posted = sheet.filled(_back())
    if sheet.is_new:  # where a link says what it is to rest on
        posted.setlist(
            "evidence", [code for code in request.args.getlist("evidence") if code in sheet.ruleset.findings]
        )
    return _page(sheet, posted, saved="saved" in request.args)


def _sheet(opened: OpenDraft, named: Named) -> Sheet:
    return sheet_of(opened, named) if named.code else new_sheet(opened, named)


def _back() -> str:
    """The page of the workbench that led here, to go back to."""
    before = request.args.get("back") or (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    path = local_path(before) or ""
    return path if path.startswith("/workbench/") and "/edit/" not in path else ""


def _receive(sheet: Sheet, posted: Posted, hidden: list[Complaint]) -> ResponseReturnValue:
    """Whatever a button of a form asks for; whatever is wrong, the page comes back with what was sent."""
    try:
        csrf.protect()
    except CSRFError:
        sentence = gettext(
            "Your browser's session had ended. Nothing is lost: what you typed is still here. Send it again."
        )
        return _page(sheet, posted, [Complaint(sentence)], status=400)
    if problems := [*hidden, *foreign(sheet, posted)]:
        return _page(sheet, posted, problems, status=400)
    action = posted.get("do", "save")
    field, _, pressed = action.partition(":")
    if pressed:
        sheet.press(field, posted, pressed)
        return _page(sheet, posted)
    step = step_of(sheet, posted)
    if step.complaints:
        return _page(sheet, posted, step.complaints, status=400)
    try:
        return _try(sheet, step, posted, saving=action != "preview")
    except Changed as changed:
        posted["opened"] = fingerprint(changed.stored)
        return _page(sheet, posted, theirs=differences(sheet, changed.stored, step.read), status=409)
    except Taken as taken:
        return _page(sheet, posted, [Complaint(str(taken), "code", english=True)], status=400)
    except NotFound:
        return _kept(sheet.opened, posted, gettext(REMOVED))
    except ReadinessError as error:
        return _page(sheet, posted, [Complaint(str(error))], status=error.status)


def _try(sheet: Sheet, step: Step, posted: Posted, *, saving: bool) -> ResponseReturnValue:
    """Show what the draft would be with the revision, or save it. Raises what the revision and the store raise."""
    assert step.revision is not None
    try:
        files = revised(sheet.opened.files, step.revision)
    except Closed:
        raise
    except NotFound:
        return _kept(sheet.opened, posted, gettext(REMOVED))
    except ReadinessError as error:  # a file that is laid out so that only a person can change it
        return _page(sheet, posted, [Complaint(str(error), english=True)], status=400)
    try:
        ruleset = read_ruleset(files)
    except InvalidFiles as error:
        return _page(sheet, posted, placed(sheet, step, files, error.problems), status=400)
    named = Named(sheet.named.kind, step.code, sheet.named.within)
    complaints = retired(ruleset, named) if sheet.is_new else []
    if complaints:
        return _page(sheet, posted, complaints, status=400)
    if not saving:
        if sheet.is_new:
            posted["code"] = step.code
        changing = None if sheet.is_new else changes(sheet, step.read)
        return _page(sheet, posted, seen=preview(sheet.opened, ruleset, named), changing=changing)
    change_files(database(), sheet.opened.draft.id, step.revision.files, step.revision.change, author())
    back = local_path(posted.get("back"))
    return redirect(address(sheet.opened.draft.id, named, saved=1, back=back), 303)


def address(draft_id: str, named: Named, **values: object) -> str:
    """The form of a thing that is there."""
    item = {"item": named.within} if named.kind is Kind.OPTION else {}
    endpoint = f"workbench_forms.edit_{named.kind.value}"
    return url_for(endpoint, draft_id=draft_id, code=named.code, **item, **values)  # type: ignore[arg-type]


def _page(
    sheet: Sheet,
    posted: Posted,
    complaints: list[Complaint] | None = None,
    *,
    status: int = 200,
    theirs: object = None,
    seen: object = None,
    changing: object = None,
    saved: bool = False,
) -> ResponseReturnValue:
    found = complaints or []
    wrong = {field.name: [each for each in found if each.field == field.name] for field in sheet.fields}
    page = draft_page(
        "workbench/form.html",
        sheet.opened,
        HERE,
        sheet=sheet,
        posted=posted,
        complaints=found,
        wrong=wrong,
        labels={field.name: field.label for field in sheet.fields},
        theirs=theirs,
        seen=seen,
        changing=changing,
        around=levels_around(sheet.opened, sheet.named),
        saved=saved,
        is_open=sheet.opened.draft.state is State.OPEN,
        back=local_path(posted.get("back")),
        reading=None,
    )
    return page, status


def _kept(opened: OpenDraft, posted: Posted, sentence: str) -> ResponseReturnValue:
    """What was typed, when there is no form to put it into: to be sent again, or copied."""
    own = [(name, value) for name, value in posted.items(multi=True) if name != "csrf_token"]
    page = draft_page("workbench/form_kept.html", opened, HERE, sentence=sentence, sent=own, reading=None)
    return page, 409


def _remove(draft_id: str, named: Named) -> ResponseReturnValue:
    opened = open_draft(draft_id)
    if opened.ruleset is None:
        return unread_page(opened, HERE)
    if not is_there(opened.ruleset, named):
        raise NotFound(
            gettext("This draft has no such part. It may have been removed; start from the list of its parts.")
        )
    sheet = sheet_of(opened, named)
    sentence, status = "", 200
    problems: tuple[Problem, ...] = ()
    revision = removal(sheet, request.form.get("opened", sheet.fingerprint))
    try:
        read_ruleset(revised(opened.files, revision))
        if request.method == "POST":
            change_files(database(), draft_id, revision.files, revision.change, author())
            return redirect(url_for(HERE, draft_id=draft_id, removed=named.code), 303)
    except InvalidFiles as error:
        problems, status = error.problems, 400
    except Changed as changed:
        sentence, status = gettext(CHANGED), changed.status
    except ReadinessError as error:
        sentence, status = str(error), error.status
    values = {"sheet": sheet, "problems": problems, "sentence": sentence, "uses": uses(opened.ruleset, named)}
    seen = original(opened, opened.ruleset, named)
    page = draft_page("workbench/form_remove.html", opened, HERE, seen=seen, reading=None, **values)
    return page, status if request.method == "POST" else 200
