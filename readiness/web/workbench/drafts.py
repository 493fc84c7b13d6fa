"""Drafts on pages: open one (loaded once for each revision), show it within its layout, read it, put it away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.localised import localised
from readiness.engine.ruleset import RuleSet
from readiness.language import N_, gettext, language
from readiness.loading.archive import unpack
from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.ruleset import MOST_BYTES_IN_ALL, read_ruleset
from readiness.permissions import Act
from readiness.store.drafts import Author, Draft, State, discard_draft, read_draft
from readiness.web.access import allowed, needs, signed_in
from readiness.web.reading import Reading
from readiness.web.rules import database
from readiness.web.workbench.reading import room

blueprint = Blueprint("workbench_drafts", __name__, url_prefix="/workbench/drafts")

MOST_REMEMBERED = 6  # revisions of drafts, loaded
MOST_COUNTED = 500  # revisions of drafts of which only the number of problems is kept
MOST_SENT = MOST_BYTES_IN_ALL + 256 * 1024  # an archive and the fields beside it

# The pages of a draft, in the order of its navigation; each endpoint takes `draft_id`.
PAGES: tuple[tuple[str, str], ...] = (
    ("workbench_files.overview", N_("Files")),
    ("workbench_reading.questions", N_("Read")),
    ("workbench_forms.overview", N_("Edit")),
    ("workbench_runs.overview", N_("Runs")),
    ("workbench_review.overview", N_("Review")),
)
STATES: Mapping[State, str] = {
    State.OPEN: N_("open"),
    State.IN_REVIEW: N_("in review"),
    State.PUBLISHED: N_("published"),
    State.DISCARDED: N_("discarded"),
}
T = TypeVar("T")
Loaded = tuple[RuleSet | None, tuple[Problem, ...]]
_loaded: dict[tuple[str, int], Loaded] = {}
_counted: dict[tuple[str, int], int] = {}


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft with its files as they stand; `ruleset` is None as long as there are problems."""

    draft: Draft
    files: Mapping[str, bytes]
    ruleset: RuleSet | None
    problems: tuple[Problem, ...]


def open_draft(draft_id: str) -> OpenDraft:
    """A draft of this installation, loaded. Raises NotFound."""
    draft, files = read_draft(database(), draft_id)
    return OpenDraft(draft, files, *_load(draft, files))


def _load(draft: Draft, files: Mapping[str, bytes]) -> Loaded:
    """The rule set in the files, or their problems; remembered by the draft's id and revision, which name the files."""
    key = (draft.id, draft.revision)
    loaded = _loaded.pop(key, None)
    if loaded is None:
        try:
            loaded = (read_ruleset(files), ())
        except InvalidFiles as error:
            loaded = (None, error.problems)
    _keep(_loaded, key, loaded, MOST_REMEMBERED)
    _keep(_counted, key, len(loaded[1]), MOST_COUNTED)
    return loaded


def _keep(kept: dict[tuple[str, int], T], key: tuple[str, int], value: T, most: int) -> None:
    kept.pop(key, None)
    kept[key] = value
    for oldest in list(kept)[:-most]:
        kept.pop(oldest, None)


def known_problems(draft: Draft) -> int | None:
    """How many problems a draft has; None where it was not loaded yet: loading each draft of a list takes too long."""
    return _counted.get((draft.id, draft.revision))


def author() -> Author:
    """Whoever asks, as the author of a change."""
    person = signed_in()
    return Author(person.id, person.name)


def draft_page(template: str, opened: OpenDraft, here: str, **values: object) -> str:
    """A page of a draft within its layout (workbench/draft.html); `here` is its endpoint in PAGES."""
    return render_template(template, **layout(opened, here), **values)


def layout(opened: OpenDraft, here: str) -> dict[str, object]:
    """What the navigation of a draft shows."""
    pages = [(endpoint, gettext(title)) for endpoint, title in PAGES if endpoint in current_app.view_functions]
    state = gettext(STATES[opened.draft.state])
    return {"opened": opened, "draft": opened.draft, "draft_pages": pages, "draft_here": here, "draft_state": state}


def unread_page(opened: OpenDraft, here: str) -> ResponseReturnValue:
    """The page that stands for one that needs a rule set without problems."""
    return draft_page("workbench/unread.html", opened, here), 409


def _find(draft_id: str) -> Reading | ResponseReturnValue:
    opened = open_draft(draft_id)
    here = "workbench_reading.questions"
    if opened.ruleset is None:
        return unread_page(opened, here)
    editable = draft_id if opened.draft.state is State.OPEN else ""
    spoken = localised(opened.ruleset, language().code)
    return Reading(spoken, "workbench_reading", {"draft_id": draft_id}, layout(opened, here), editable)


reading = room("workbench_reading", "/workbench/drafts/<draft_id>/read", _find)


def take_more() -> None:
    """Let this request be as large as a whole rule set, if whoever sends it may edit rules."""
    if request.method == "POST" and allowed(Act.EDIT_RULES):
        request.max_content_length = request.max_form_memory_size = MOST_SENT


def sent_files() -> dict[str, bytes] | None:
    """The files of the archive that was sent; None when none was chosen. Raises InvalidFiles."""
    archive = request.files.get("archive")
    return unpack(archive.read()) if archive and archive.filename else None


@blueprint.post("/<draft_id>/discard")
@needs(Act.EDIT_RULES)
def discard(draft_id: str) -> ResponseReturnValue:
    """Put an open draft away; its files stay readable."""
    discard_draft(database(), draft_id)
    return redirect(url_for("workbench_versions.overview"), 303)
