"""A draft as files: list, edit, add, remove, see what differs from the base, take all away or replace all."""

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.errors import NotFound, ReadinessError
from readiness.language import gettext
from readiness.loading.archive import pack
from readiness.loading.document import MOST_BYTES, places, read_document
from readiness.loading.locale import LANGUAGE
from readiness.loading.problems import InvalidFiles
from readiness.loading.ruleset import FOLDERS, SINGLE
from readiness.permissions import Act
from readiness.report.workbench_files import (
    CHANGES,
    Change,
    change_of,
    difference,
    differences,
    editable,
    file_states,
    lines_of,
    typed,
    visible,
)
from readiness.store.drafts import DraftFile, StaleFile, State, draft_file, read_draft, replace_files, save_file
from readiness.store.rulesets import ruleset_files
from readiness.web.access import needs
from readiness.web.results import download
from readiness.web.rules import database
from readiness.web.workbench.drafts import OpenDraft, author, draft_page, open_draft, sent_files, take_more

blueprint = Blueprint("workbench_files", __name__, url_prefix="/workbench/drafts/<draft_id>")
HERE = "workbench_files.overview"
# The name of a file within its folder, and those that some systems keep for devices, whatever their ending.
NAME = re.compile(r"[a-z0-9_-][a-z0-9_.-]*\.yaml")
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\..*")
EXAMPLE = "advice/supervision.yaml"
LONGEST_PATH = 200


@blueprint.url_value_preprocessor
def _take_archives(_: str | None, __: object) -> None:
    take_more()


@blueprint.get("/")
@needs(Act.EDIT_RULES)
def overview(draft_id: str) -> ResponseReturnValue:
    """Every file with its state, the problems of the whole, and what can be done with it."""
    return _overview(open_draft(draft_id))


def _overview(opened: OpenDraft, **values: object) -> str:
    base = ruleset_files(database(), opened.draft.base)
    states = file_states(base, opened.files, opened.problems)
    groups: dict[str, list[object]] = {}
    for state in states:
        groups.setdefault(state.path.partition("/")[0] if "/" in state.path else "", []).append(state)
    shown = {"problems": (), "refused": (), "path": "", **values}
    return draft_page(
        "workbench/files.html",
        opened,
        HERE,
        groups=groups,
        changes=_changes(),
        changed=sum(state.change is not Change.SAME for state in states),
        can_edit=opened.draft.state is State.OPEN,
        **shown,
    )


def _changes() -> dict[Change, str]:
    return {change: gettext(words) for change, words in CHANGES.items()}


@blueprint.get("/files/<path:path>")
@needs(Act.EDIT_RULES)
def one(draft_id: str, path: str) -> ResponseReturnValue:
    """One file in the editor, with its problems on its lines."""
    if path in FOLDERS:  # where a problem is that a folder is empty
        return redirect(url_for(HERE, draft_id=draft_id), 303)
    opened = open_draft(draft_id)
    stored = draft_file(database(), draft_id, path)
    if stored.content is None and _name_problem(opened, path):
        raise NotFound(gettext("The draft has no such file."))
    text, exact = editable(stored.content or b"")
    return _editor(opened, stored, text, exact=exact, saved="saved" in request.args)


def _editor(
    opened: OpenDraft, stored: DraftFile, text: str, *, exact: bool = True, saved: bool = False, error: str = ""
) -> str:
    path = stored.path
    # Nothing is there, nor can be: what was typed is shown, to be taken to another name.
    is_refused = stored.content is None and bool(_name_problem(opened, path))
    base = ruleset_files(database(), opened.draft.base).get(path)
    problems = [problem for problem in opened.problems if problem.file == path]
    return draft_page(
        "workbench/file.html",
        opened,
        HERE,
        file=stored,
        text=text,
        exact=exact,
        saved=saved,
        error=error,
        problems=problems,
        elsewhere=len(opened.problems) - len(problems),
        lines=lines_of(stored.content, problems) if stored.content is not None else (),
        change=_changes()[change_of(base, stored.content)],
        difference=difference(path, base, stored.content),
        base=base,
        parts=_parts(opened, stored),
        is_refused=is_refused,
        can_edit=opened.draft.state is State.OPEN and not is_refused,
    )


def _name_problem(opened: OpenDraft, path: str) -> str:
    """Why a file cannot be under this name; what the base has can always come back."""
    return "" if path in ruleset_files(database(), opened.draft.base) else path_problem(opened.files, path)


# What a file says of its entries > the page on which such an entry is read.
READ_ON = {"item": "question", "finding": "one_finding", "construct": "construct", "case": "example"}


def _parts(opened: OpenDraft, stored: DraftFile) -> list[tuple[str, str]]:
    """The entries of a file with the pages that show them as people see them; none while the draft has problems."""
    if opened.ruleset is None or stored.content is None:
        return []
    lines = places(read_document(stored.path, stored.content)[0])
    found = sorted((line, key, code) for (key, code), line in lines.items())
    room: dict[str, Any] = {"draft_id": opened.draft.id}
    parts = [
        (code, url_for(f"workbench_reading.{READ_ON[key]}", **room, code=code))
        for _, key, code in found
        if key in READ_ON and (key != "construct" or stored.path.startswith("scoring/"))
    ]
    advice = [code for _, key, code in found if key == "recommend"]
    return parts + [
        (code, url_for("workbench_reading.advice", **room, _anchor=f"recommendation-{code}")) for code in advice
    ]


@blueprint.post("/files/<path:path>")
@needs(Act.EDIT_RULES)
def save(draft_id: str, path: str) -> ResponseReturnValue:
    """Save a file as it was typed, also with problems, or remove it; two versions are shown when it is stale."""
    text = request.form.get("text", "")
    stored = draft_file(database(), draft_id, path)
    content = None if request.form.get("action") == "remove" else typed(text, stored.content)
    try:
        _check(draft_id, path, content)
        save_file(database(), draft_id, path, _number("revision"), content, author())
    except StaleFile as stale:
        return _stale(draft_id, stale.stored, content, text)
    except ReadinessError as error:  # what was typed stays on the page
        return _editor(open_draft(draft_id), stored, text, error=str(error)), error.status
    if content is None:
        return redirect(url_for(HERE, draft_id=draft_id), 303)
    return redirect(url_for("workbench_files.one", draft_id=draft_id, path=path, saved=1), 303)


def _number(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


def _check(draft_id: str, path: str, content: bytes | None) -> None:
    """Raise ReadinessError for what can be no file of a rule set."""
    if content is None:
        return
    draft, files = read_draft(database(), draft_id)
    known = path in files or path in ruleset_files(database(), draft.base)
    if not known and (sentence := path_problem(files, path)):
        raise ReadinessError(sentence)
    if len(content) > MOST_BYTES:
        raise ReadinessError(
            gettext("The file has more than %(most)s bytes; split it. Nothing was saved.", most=MOST_BYTES)
        )


def _stale(draft_id: str, stored: DraftFile, mine: bytes | None, text: str) -> ResponseReturnValue:
    theirs, exact = editable(stored.content or b"")
    page = draft_page(
        "workbench/stale_file.html",
        open_draft(draft_id),
        HERE,
        file=stored,
        mine=text,
        removing=mine is None,
        theirs=theirs,
        exact=exact,
        difference=difference(stored.path, stored.content, mine),
    )
    return page, 409


@blueprint.post("/files/")
@needs(Act.EDIT_RULES)
def add(draft_id: str) -> ResponseReturnValue:
    """Open the editor for a new file; it is there once it is saved."""
    opened, path = open_draft(draft_id), request.form.get("path", "").strip()
    problem = path_problem(opened.files, path)
    if problem:
        return _overview(opened, problems=((problem, "path"),), path=visible(path[:LONGEST_PATH])), 400
    return redirect(url_for("workbench_files.one", draft_id=draft_id, path=path), 303)


def path_problem(files: Collection[str], path: str) -> str:
    """Why a draft can have no new file of this name; empty when it can."""
    alike = {known.casefold(): known for known in files}.get(path.casefold())
    if alike is not None and alike != path:
        return gettext("The draft has %(file)s already, which differs only in capital letters.", file=alike)
    if path not in SINGLE and not _is_shaped(path):
        return gettext(
            "Name the file by folder and name, such as %(example)s. The name is of small letters, digits, points, "
            "hyphens and underscores.",
            example=EXAMPLE,
        )
    above = {folder.as_posix().casefold() for folder in PurePosixPath(path).parents}
    for known in files:
        if known.casefold() in above or known.casefold().startswith(f"{path.casefold()}/"):
            return gettext("The draft has %(file)s, and nothing can be a file and a folder.", file=known)
    return ""


def _is_shaped(path: str) -> bool:
    """Whether a path is that of a file in one of the known folders; translations lie in one for each language."""
    folder, *between, name = path.split("/") if "/" in path else ("", path)
    if folder == "locale":
        placed = len(between) == 1 and LANGUAGE.fullmatch(between[0]) is not None
    else:
        placed = folder in FOLDERS and not between
    return placed and NAME.fullmatch(name) is not None and not DEVICE.fullmatch(name) and len(path) <= LONGEST_PATH


@blueprint.get("/difference")
@needs(Act.EDIT_RULES)
def all_differences(draft_id: str) -> ResponseReturnValue:
    """Everything that differs from the version that the draft began with."""
    opened = open_draft(draft_id)
    found = differences(ruleset_files(database(), opened.draft.base), opened.files)
    return draft_page("workbench/difference.html", opened, HERE, differences=found, changes=_changes())


@blueprint.get("/rule-set.zip")
@needs(Act.EDIT_RULES)
def archive(draft_id: str) -> Response:
    """All files of a draft as a zip archive."""
    opened = open_draft(draft_id)
    return download(pack(opened.files), "application/zip", f"draft-{opened.draft.id[:8]}-{opened.draft.revision}.zip")


@blueprint.post("/upload")
@needs(Act.EDIT_RULES)
def upload(draft_id: str) -> ResponseReturnValue:
    """Replace all files by those of an archive; what the archive or the draft's revision forbids changes nothing."""
    try:
        files = sent_files()
    except InvalidFiles as error:
        refused = gettext("The archive was refused; nothing was replaced.")
        return _overview(open_draft(draft_id), problems=((refused, "archive"),), refused=error.problems), 400
    if files is None:
        return _overview(open_draft(draft_id), problems=((gettext("Choose a zip archive first."), "archive"),)), 400
    replace_files(database(), draft_id, _number("revision"), files, author())
    return redirect(url_for(HERE, draft_id=draft_id), 303)
