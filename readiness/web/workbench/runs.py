"""Jobs on drafts: start one in a process of its own, see how far it is, read what came of it, take it away."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from readiness.config import ROOT
from readiness.engine.framework import BAND_ORDER, Band
from readiness.errors import Closed, NotFound, ReadinessError, Unavailable
from readiness.language import gettext
from readiness.loading.demands import Demand, Line, demand_lines
from readiness.permissions import Act
from readiness.report import words
from readiness.report.workbench_results import job_words, outcome_words, population_words, why_words
from readiness.store.drafts import Draft, draft_file, find_draft, save_file
from readiness.store.rulesets import Kept, kept_versions
from readiness.store.runs import Job, Progress, Run, end_run, find_run, runs_of, start_all
from readiness.web.access import needs
from readiness.web.identity import now
from readiness.web.results import download
from readiness.web.rules import database
from readiness.web.workbench.drafts import OpenDraft, author, draft_page, open_draft

blueprint = Blueprint("workbench_runs", __name__, url_prefix="/workbench/drafts/<draft_id>/runs")

HERE = "workbench_runs.overview"
STORED, CASES, SIMULATED = "stored", "cases", "simulated"
MOST_SIMULATED = 100_000
SECONDS = "2"  # after which a page that waits is asked for again
SECRETS = ("READINESS_SECRET_KEY", "READINESS_SMTP")  # nothing that a job needs
DOWNLOADS = {"html": "text/html", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class RunView:
    """A job as pages show it: what it is, whether it waits, failed or came to something, and what, in words."""

    run: Run
    title: str
    about: str
    is_waiting: bool
    is_lost: bool
    is_earlier: bool
    outcome: str


def begin(draft: Draft, job: Job, against: str = "") -> str:
    """Start a job on a draft as it stands, in a process of its own, and return its id; one that runs is not started
    again."""
    return begin_all(draft, [(job, against)])[0]


def begin_all(draft: Draft, wanted: Sequence[tuple[Job, str]], note: str | None = None) -> tuple[str, ...]:
    """Start several jobs so, or none of them; `note` is the changelog entry that is kept with a job that publishes."""
    runs = start_all(database(), draft.id, draft.revision, wanted, now(), note)
    for run, is_new in runs:
        if is_new:
            _start_process(run)
    return tuple(run for run, _ in runs)


def _start_process(run: str) -> None:
    """Start a process that outlives this worker; a thread waits for it, so that nothing is left of it."""
    environment = {name: value for name, value in os.environ.items() if name not in SECRETS}
    environment |= {"READINESS_DATABASE_URL": current_app.config["DATABASE_URL"], "OPENBLAS_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "readiness.runs", run]
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, start_new_session=True)
    except OSError as error:
        end_run(database(), run, Progress.FAILED, {"why": "fault"}, now())
        raise Unavailable(gettext("No process could be started. Wait a moment and try again.")) from error
    threading.Thread(target=process.wait, daemon=True).start()


def shown(run: Run, draft: Draft) -> RunView:
    """A job as pages show it."""
    is_lost = run.is_lost(now())
    return RunView(
        run,
        job_words(run.job),
        _about(run),
        run.progress is Progress.RUNNING and not is_lost,
        is_lost,
        run.revision != draft.revision,
        _outcome(run, is_lost),
    )


def _about(run: Run) -> str:
    """What a job looks at beside the draft."""
    if run.job is Job.IMPACT:
        return population_words(run.against)
    if run.job is Job.COMPARE:
        return next((version_words(each) for each in kept_versions(database()) if each.digest == run.against), "")
    return ""


def version_words(kept: Kept) -> str:
    """A kept version as it is cited: id, number and the start of its digest."""
    return f"{kept.id} {kept.version} ({kept.digest[:12]})"


def _outcome(run: Run, is_lost: bool) -> str:
    if is_lost:
        return why_words({"why": "lost"})
    if run.result is None:
        return gettext("Running")
    return outcome_words(run.job, run.result) if run.progress is Progress.DONE else why_words(run.result)


def latest(runs: tuple[Run, ...], draft: Draft, job: Job, against: str = "") -> Run | None:
    """The latest job of a kind on the draft as it stands."""
    return next(
        (each for each in runs if (each.job, each.revision, each.against) == (job, draft.revision, against)), None
    )


@blueprint.get("/")
@needs(Act.EDIT_RULES)
def overview(draft_id: str) -> ResponseReturnValue:
    """What can be run on a draft, and what was."""
    opened = open_draft(draft_id)
    runs = runs_of(database(), draft_id)
    base = opened.draft.base
    kept = sorted(kept_versions(database()), key=lambda each: each.digest != base)
    return draft_page(
        "workbench/runs.html",
        opened,
        HERE,
        runs=[shown(each, opened.draft) for each in runs],
        versions=[(each.digest, version_words(each)) for each in kept],
        most=MOST_SIMULATED,
    )


@blueprint.post("/")
@needs(Act.EDIT_RULES)
def start(draft_id: str) -> ResponseReturnValue:
    """Start a job; one that is running on the same revision is shown instead."""
    draft = find_draft(database(), draft_id)
    readers = {Job.TEST: _nothing, Job.PROVE: _nothing, Job.COMPARE: _version, Job.IMPACT: _those}
    job = next((each for each in readers if each == request.form.get("job")), None)
    if job is None:
        raise ReadinessError(gettext("There is no such job. Choose one of those on the page."))
    run = begin(draft, job, readers[job](draft))
    return redirect(url_for(".one", draft_id=draft_id, run_id=run), 303)


def _nothing(_: Draft) -> str:
    return ""


def _version(draft: Draft) -> str:
    digest = request.form.get("against", draft.base)
    if digest not in (each.digest for each in kept_versions(database())):
        raise NotFound(gettext("This installation keeps no such version. Choose one of those on the page."))
    return digest


def _those(_: Draft) -> str:
    on = request.form.get("on", STORED)
    if on in (STORED, CASES):
        return on
    count = request.form.get("count", "").strip()
    if on == SIMULATED and count.isascii() and count.isdigit() and 0 < int(count[:9]) <= MOST_SIMULATED:
        return f"{SIMULATED}:{int(count)}"
    raise ReadinessError(
        gettext("Choose which assessments to look at; of invented ones, 1 to %(most)s.", most=MOST_SIMULATED)
    )


def _find(draft_id: str, run_id: str) -> Run:
    run = find_run(database(), run_id)
    if run.draft != draft_id:
        raise NotFound(gettext("There is no such run; start it again from the page of its draft."))
    return run


@blueprint.get("/<run_id>")
@needs(Act.EDIT_RULES)
def one(draft_id: str, run_id: str) -> ResponseReturnValue:
    """How far a job is, or what came of it."""
    run = _find(draft_id, run_id)
    opened = open_draft(draft_id)
    view = shown(run, opened.draft)
    places = _places(opened, run)
    page = draft_page("workbench/run.html", opened, HERE, view=view, run=run, bands=band_words(), places=places)
    return Response(page, headers={"Refresh": SECONDS} if view.is_waiting else {})


def _places(opened: OpenDraft, run: Run) -> list[Line | None]:
    """Where in the draft as it stands each shortfall of a test is demanded; None where its case is gone."""
    found = run.result.get("shortfalls") if run.result and run.job is Job.TEST else None
    told = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    demands = [Demand(each["case"], each.get("key", ""), each.get("subject", "")) for each in told]
    lines = demand_lines(opened.files, set(demands))
    return [lines.get(demand) for demand in demands]


def band_words() -> list[str]:
    """The bands in words, and after them *not determinable*."""
    return [words.BAND[Band(band)] for band in BAND_ORDER] + [words.BAND[None]]


def _done(draft_id: str, run_id: str) -> tuple[Run, dict[str, object]]:
    run = _find(draft_id, run_id)
    if run.progress is not Progress.DONE or run.result is None:
        raise NotFound(gettext("This run has not come to anything that could be taken away. Look at its page."))
    return run, dict(run.result)


@blueprint.get("/<run_id>.json")
@needs(Act.EDIT_RULES)
def data(draft_id: str, run_id: str) -> ResponseReturnValue:
    """What came of a job, as data."""
    run, result = _done(draft_id, run_id)
    content = {
        "job": run.job,
        "draft": run.draft,
        "revision": run.revision,
        "against": run.against,
        **{name: value for name, value in result.items() if name not in DOWNLOADS},
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return download(text, "application/json", f"{run.job}.json")


@blueprint.get("/<run_id>/impact.<any(html, csv):kind>")
@needs(Act.EDIT_RULES)
def sheet(draft_id: str, run_id: str, kind: str) -> ResponseReturnValue:
    """An impact as one page or as a table, to take away."""
    _, result = _done(draft_id, run_id)
    if kind not in result:
        raise NotFound(gettext("Only an impact can be taken away so."))
    return download(str(result[kind]), DOWNLOADS[kind], f"impact.{kind}")


@blueprint.post("/<run_id>/cases")
@needs(Act.EDIT_RULES)
def add_case(draft_id: str, run_id: str) -> ResponseReturnValue:
    """Put a counterexample into the cases of the draft, where the test will watch it from now on."""
    _, result = _done(draft_id, run_id)
    path, content = _case(result, request.form.get("case", ""))
    stored = draft_file(database(), draft_id, path)
    if stored.content not in (None, content):
        raise Closed(gettext("The draft has a file %(file)s with something else in it. Look at it first.", file=path))
    save_file(database(), draft_id, path, stored.revision, content, author())
    return redirect(url_for("workbench_files.one", draft_id=draft_id, path=path), 303)


def _case(result: dict[str, object], path: str) -> tuple[str, bytes]:
    """The case of a proof that has a path, with its content."""
    checks = result.get("theorems")
    for check in checks if isinstance(checks, list) else []:
        for refutation in check["refutations"]:
            first, _, content = (refutation["case"] or "").partition("\n")
            if first == f"# {path}":
                return path, content.encode()
    raise NotFound(gettext("The proof shows no such case."))
