"""Review of a draft: what must hold, asking for it, giving back, and publishing by a second person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.engine.ruleset import RuleSet
from readiness.engine.versions import succession_problems
from readiness.errors import Closed, Forbidden
from readiness.language import N_, gettext, ngettext
from readiness.loading.release import MOST_CHANGES, possible_versions, proposed_version
from readiness.permissions import Act
from readiness.report.workbench_results import holds, outcome_words
from readiness.store.drafts import State, ask_for_review, find_draft, reopen_draft, undoing
from readiness.store.rulesets import Origin, kept_ruleset, kept_versions, ruleset_files
from readiness.store.runs import Job, Progress, Run, approval, runs_of
from readiness.web.access import needs, publishing_problem, signed_in
from readiness.web.rules import database
from readiness.web.workbench.drafts import OpenDraft, author, draft_page, open_draft
from readiness.web.workbench.runs import SECONDS, begin_all, latest, shown

blueprint = Blueprint("workbench_review", __name__, url_prefix="/workbench/drafts/<draft_id>/review")

HERE = "workbench_review.overview"
MOST_REMEMBERED = 16  # published versions
LONGEST_VERSION = 20


class Standing(StrEnum):
    """Where a gate stands."""

    HELD = "held"
    FAILED = "failed"
    OPEN = "open"


STANDING: Mapping[Standing, str] = {
    Standing.HELD: N_("in order"),
    Standing.FAILED: N_("not in order"),
    Standing.OPEN: N_("not tried yet"),
}


@dataclass(frozen=True, slots=True)
class GateView:
    """Something that must hold before a draft is published: how it stands, why, and the run that tells more.

    `problems` are sentences for authors of rule sets, in English.
    """

    title: str
    standing: Standing
    words: str
    says: str = ""
    problems: tuple[str, ...] = ()
    run: str = ""


@lru_cache(maxsize=MOST_REMEMBERED)
def _kept(digest: str) -> RuleSet:
    """A kept version as its files say it; what a digest stands for never changes."""
    return kept_ruleset(database(), digest)


def _earlier(opened: OpenDraft) -> tuple[RuleSet, ...]:
    """The published versions of the rule set, and the one the draft is based on."""
    base = _kept(opened.draft.base)
    digests = [
        each.digest
        for each in kept_versions(database())
        if each.origin is not Origin.FOLDER and each.id == base.identity.id
    ]
    own = [] if base.identity.draft or opened.draft.base in digests else [base]
    return (*(_kept(digest) for digest in digests), *own)


def proposed(opened: OpenDraft) -> str:
    """The number that the draft would be published under; empty while it cannot be read."""
    if opened.ruleset is None:
        return ""
    return proposed_version((each.identity for each in _earlier(opened)), opened.ruleset.identity)


def _versions(opened: OpenDraft) -> tuple[str, ...]:
    """The numbers among which whoever publishes chooses; none while the draft cannot be read."""
    if opened.ruleset is None:
        return ()
    return possible_versions((each.identity for each in _earlier(opened)), opened.ruleset.identity)


def gates(opened: OpenDraft, version: str) -> tuple[GateView, ...]:
    """Everything that must hold before a draft is published, in the order in which it is worth looking at."""
    runs = runs_of(database(), opened.draft.id)
    return (
        _readable(opened),
        _following(opened),
        _tried(opened, gettext("The cases come out"), latest(runs, opened.draft, Job.TEST)),
        _tried(opened, gettext("The proof holds"), latest(runs, opened.draft, Job.PROVE)),
        _succession(opened, version),
    )


def _gate(title: str, problems: tuple[str, ...], says: str = "") -> GateView:
    standing = Standing.FAILED if problems or says else Standing.HELD
    return GateView(title, standing, gettext(STANDING[standing]), says, problems)


def _readable(opened: OpenDraft) -> GateView:
    count = len(opened.problems)
    says = ngettext("%(num)s problem is listed with the files.", "%(num)s problems are listed with the files.", count)
    return _gate(gettext("Every file can be read"), (), says if count else "")


def _following(opened: OpenDraft) -> GateView:
    """Whether the draft differs from its base, and nothing was published since that it would undo."""
    title, base = gettext("It changes the newest version"), _kept(opened.draft.base)
    if undone := undoing(base.identity, (each.identity for each in _earlier(opened))):
        return _gate(title, (), undone)
    same = dict(opened.files) == ruleset_files(database(), opened.draft.base)
    return _gate(title, (), gettext("Nothing differs from the version it is based on.") if same else "")


def _tried(opened: OpenDraft, title: str, run: Run | None) -> GateView:
    if run is None or run.result is None or run.progress is not Progress.DONE:
        says = gettext("Not tried on the draft as it stands now.") if run is None else shown(run, opened.draft).outcome
        return GateView(title, Standing.OPEN, gettext(STANDING[Standing.OPEN]), says, (), run.id if run else "")
    standing = Standing.HELD if holds(run.job, run.result) else Standing.FAILED
    return GateView(title, standing, gettext(STANDING[standing]), outcome_words(run.job, run.result), (), run.id)


def _succession(opened: OpenDraft, version: str) -> GateView:
    """Whether the draft may follow what is published, under a number."""
    title = gettext("It may follow what is published")
    if opened.ruleset is None:
        return GateView(title, Standing.OPEN, gettext(STANDING[Standing.OPEN]))
    identity = replace(opened.ruleset.identity, version=version, draft=False)
    new = replace(opened.ruleset, identity=identity, changelog={**opened.ruleset.changelog, version: "told"})
    return _gate(title, succession_problems(_earlier(opened), new))


@blueprint.get("/")
@needs(Act.EDIT_RULES)
def overview(draft_id: str) -> ResponseReturnValue:
    """Where a draft stands on its way to being published, and what can be done next."""
    opened = open_draft(draft_id)
    return _page(opened, proposed(opened), opened.draft.note, ())


def _page(opened: OpenDraft, version: str, note: str, problems: tuple[str, ...]) -> str:
    draft = opened.draft
    runs = runs_of(database(), draft.id)
    comparison = latest(runs, draft, Job.COMPARE, draft.base)
    listed = gates(opened, version)
    return draft_page(
        "workbench/review.html",
        opened,
        HERE,
        gates=listed,
        is_ready=all(each.standing is Standing.HELD for each in listed),
        version=version,
        versions=_versions(opened),
        note=note,
        problems=[(sentence, None) for sentence in problems],
        base=_kept(draft.base).identity,
        comparison=comparison.result if comparison and comparison.progress is Progress.DONE else None,
        impacts=[shown(each, draft) for each in runs if each.job is Job.IMPACT and each.revision == draft.revision],
        hindrance=publishing_problem(signed_in(), (each.person for each in draft.authors)),
        is_local=signed_in().is_local,
        most=MOST_CHANGES,
    )


@blueprint.post("/check")
@needs(Act.EDIT_RULES)
def check(draft_id: str) -> ResponseReturnValue:
    """Start everything that a review looks at: cases, proof, and the comparison with the base."""
    draft = find_draft(database(), draft_id)
    begin_all(draft, ((Job.TEST, ""), (Job.PROVE, ""), (Job.COMPARE, draft.base)))
    return redirect(url_for(".checking", draft_id=draft_id), 303)


@blueprint.get("/check")
@needs(Act.EDIT_RULES)
def checking(draft_id: str) -> ResponseReturnValue:
    """How far that is; when all of it has ended, the review."""
    opened = open_draft(draft_id)
    views = [shown(each, opened.draft) for each in runs_of(database(), draft_id)]
    running = [each for each in views if each.is_waiting and each.run.job is not Job.PUBLISH]
    if not running:
        return redirect(url_for(".overview", draft_id=draft_id), 303)
    page = draft_page("workbench/checking.html", opened, HERE, running=running)
    return Response(page, headers={"Refresh": SECONDS})


@blueprint.post("/ask")
@needs(Act.EDIT_RULES)
def ask(draft_id: str) -> ResponseReturnValue:
    """Ask for a review: everything must be in order, and the changelog entry written."""
    opened = open_draft(draft_id)
    if opened.draft.state is not State.OPEN:
        raise Closed(gettext("Somebody moved this draft on meanwhile. Its page says where it stands now."))
    if signed_in().is_local:
        raise Forbidden(publishing_problem(signed_in(), ()) or "")
    version, note = proposed(opened), _text("note")
    problems = (*_note_problems(note), *_gate_problems(gates(opened, version)))
    if problems:
        return _page(opened, version, note, problems), 400
    ask_for_review(database(), draft_id, note, author())
    return redirect(url_for(".overview", draft_id=draft_id), 303)


def _text(name: str) -> str:
    return " ".join(request.form.get(name, "").split())


def _note_problems(note: str) -> Iterator[str]:
    if not note:
        yield gettext("Write what changes, and for whom: it becomes the entry in the changelog.")
    elif len(note) > MOST_CHANGES:
        yield gettext("The changelog entry is too long. At most %(most)s characters fit.", most=MOST_CHANGES)
    elif not note.isprintable():
        yield gettext("The changelog entry holds invisible characters. Type it again.")


def _gate_problems(listed: tuple[GateView, ...]) -> Iterator[str]:
    for each in listed:
        if each.standing is not Standing.HELD:
            yield gettext("%(gate)s: %(standing)s.", gate=each.title, standing=each.words)


@blueprint.post("/back")
@needs(Act.EDIT_RULES)
def give_back(draft_id: str) -> ResponseReturnValue:
    """Give a draft back to its authors, saying what is to be done."""
    opened = open_draft(draft_id)
    comment = _text("comment")
    if not comment.isprintable() or not 0 < len(comment) <= MOST_CHANGES:
        problem = gettext(
            "Say in up to %(most)s characters what is to be done before it is published.", most=MOST_CHANGES
        )
        return _page(opened, proposed(opened), opened.draft.note, (problem,)), 400
    reopen_draft(database(), draft_id, comment)
    return redirect(url_for(".overview", draft_id=draft_id), 303)


@blueprint.post("/publish")
@needs(Act.PUBLISH_RULES)
def publish(draft_id: str) -> ResponseReturnValue:
    """Publish what was reviewed: in a process of its own, where every gate is tried again on exactly these files."""
    opened = open_draft(draft_id)
    draft = opened.draft
    if draft.state is not State.IN_REVIEW:
        raise Closed(gettext("This draft is not in review, so nothing was published. Ask for a review first."))
    hindrance = publishing_problem(signed_in(), (each.person for each in draft.authors))
    if hindrance is not None:
        raise Forbidden(hindrance)
    if request.form.get("revision") != str(draft.revision):
        raise Closed(gettext("The draft was changed or given back since you opened this page. Look at it again."))
    version, note = _text("version")[:LONGEST_VERSION], _text("note")
    problems = (*_note_problems(note), *_gate_problems((_following(opened), _succession(opened, version))))
    if problems:
        return _page(opened, version, note, problems), 400
    (run,) = begin_all(draft, [(Job.PUBLISH, approval(version, note))], note)
    return redirect(url_for("workbench_runs.one", draft_id=draft_id, run_id=run), 303)
