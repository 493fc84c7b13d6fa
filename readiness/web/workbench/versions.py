"""The versions that this installation keeps, beside the drafts: read one, take it away, start a draft from it."""

from datetime import date

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from readiness.errors import NotFound, ReadinessError
from readiness.language import N_, gettext, lazy_gettext
from readiness.loading.archive import pack
from readiness.loading.problems import InvalidFiles, Problem
from readiness.permissions import Act
from readiness.report.workbench_files import lines_of
from readiness.store.assessments import assessments_by_version
from readiness.store.drafts import State, drafts, replace_files, start_draft
from readiness.store.rulesets import Kept, Origin, kept_versions, ruleset_files
from readiness.web.access import needs
from readiness.web.forms import MOST_NAME, plain_text, stripped
from readiness.web.reading import Reading
from readiness.web.results import download
from readiness.web.rules import current_ruleset, database, pinned_ruleset
from readiness.web.workbench.drafts import STATES, author, known_problems, sent_files, take_more
from readiness.web.workbench.reading import room

blueprint = Blueprint("workbench_versions", __name__, url_prefix="/workbench")
ORIGINS = {
    Origin.FOLDER: N_("in the folder of this installation"),
    Origin.SHIPPED: N_("came with the program"),
    Origin.INSTALLATION: N_("published here"),
}


class DraftForm(FlaskForm):
    """What a draft needs to begin: a name, the version it is based on and perhaps, beside the fields, an archive."""

    name = StringField(
        lazy_gettext("Name of the draft"),
        filters=[stripped],
        validators=[
            DataRequired(lazy_gettext("Give the draft a name, for example the paper or the question it is about.")),
            Length(
                max=MOST_NAME,
                message=lazy_gettext("The name is too long. At most %(most)s characters fit.", most=MOST_NAME),
            ),
            plain_text,
        ],
    )
    base = SelectField(lazy_gettext("Based on the version"), validate_choice=False)


@blueprint.url_value_preprocessor
def _take_archives(_: str | None, __: object) -> None:
    take_more()


@blueprint.get("/")
@needs(Act.EDIT_RULES)
def overview() -> ResponseReturnValue:
    """Every version and every draft."""
    return _overview(DraftForm(formdata=None), [])


def _overview(form: DraftForm, problems: list[tuple[str, str | None]], refused: tuple[Problem, ...] = ()) -> str:
    kept, current = kept_versions(database()), current_ruleset().identity
    form.base.choices = [(each.digest, f"{each.id} {each.version} ({each.digest[:12]})") for each in reversed(kept)]
    form.base.data = form.base.data or current.digest
    every = drafts(database())
    return render_template(
        "workbench/overview.html",
        kept=kept,
        current=current,
        used=assessments_by_version(database()),
        origins={origin: gettext(words) for origin, words in ORIGINS.items()},
        drafts=[(draft, known_problems(draft)) for draft in every if draft.state is not State.DISCARDED],
        discarded=[draft for draft in every if draft.state is State.DISCARDED],
        names={each.digest: f"{each.id} {each.version}" for each in kept},
        states={state: gettext(words) for state, words in STATES.items()},
        form=form,
        problems=problems,
        refused=refused,
    )


@blueprint.post("/drafts/")
@needs(Act.EDIT_RULES)
def start() -> ResponseReturnValue:
    """Start a draft with the files of a version, or with those of an archive that is based on it."""
    form = DraftForm()
    if not form.validate():
        return _overview(form, [(str(error), "name") for error in form.name.errors]), 400
    try:
        files = ruleset_files(database(), form.base.data or "")
        sent = sent_files()
    except InvalidFiles as error:
        refused = gettext("The archive was refused; no draft was started.")
        return _overview(form, [(refused, "archive")], error.problems), 400
    except NotFound as error:
        return _overview(form, [(str(error), "base")]), 400
    draft = start_draft(database(), form.name.data or "", form.base.data, files, date.today())
    if sent is not None:
        replace_files(database(), draft, 1, sent, author())
    return redirect(url_for("workbench_files.overview", draft_id=draft), 303)


def _kept(digest: str) -> Kept:
    for each in kept_versions(database()):
        if each.digest == digest:
            return each
    raise NotFound(gettext("This installation keeps no such version."))


def _layout(kept: Kept) -> dict[str, object]:
    return {"version": kept, "origin": gettext(ORIGINS[kept.origin])}


def _find(digest: str) -> Reading:
    kept = _kept(digest)
    try:
        ruleset = pinned_ruleset(digest)
    except InvalidFiles:
        sentence = gettext("An earlier program kept this version, and it can no longer be read whole; its files can.")
        raise ReadinessError(sentence) from None
    return Reading(ruleset, "workbench_version", {"digest": digest}, _layout(kept))


reading = room("workbench_version", "/workbench/versions/<digest>", _find)


@blueprint.get("/versions/<digest>/files/")
@needs(Act.EDIT_RULES)
def files(digest: str) -> ResponseReturnValue:
    """The files of a version."""
    kept = _kept(digest)
    return render_template(
        "workbench/version_files.html", **_layout(kept), files=ruleset_files(database(), digest), path="", lines=()
    )


@blueprint.get("/versions/<digest>/files/<path:path>")
@needs(Act.EDIT_RULES)
def file(digest: str, path: str) -> ResponseReturnValue:
    """One file of a version, line by line."""
    kept, contents = _kept(digest), ruleset_files(database(), digest)
    if path not in contents:
        raise NotFound(gettext("This version has no such file."))
    lines = lines_of(contents[path], ())
    return render_template("workbench/version_files.html", **_layout(kept), files=contents, path=path, lines=lines)


@blueprint.get("/versions/<digest>/rule-set.zip")
@needs(Act.EDIT_RULES)
def archive(digest: str) -> Response:
    """All files of a version as a zip archive."""
    kept = _kept(digest)
    return download(pack(ruleset_files(database(), digest)), "application/zip", f"{kept.id}-{kept.version}.zip")
