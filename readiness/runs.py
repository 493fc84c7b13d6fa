"""One job on a draft in a process of its own: `python -m readiness.runs RUN`. What comes of it goes into the database.

A set that is too large or too clever for the limits ends this process with a sentence, and never a web worker.
"""

import contextlib
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine

from readiness.cli_populations import Part, Population, population
from readiness.engine.expectations import Shortfall, shortfalls
from readiness.engine.ruleset import RuleSet
from readiness.engine.versions import Gate
from readiness.errors import Closed, ReadinessError
from readiness.loading.problems import InvalidFiles
from readiness.loading.release import released
from readiness.loading.ruleset import read_ruleset
from readiness.report import workbench_runs as told
from readiness.store.database import open_database
from readiness.store.drafts import publish_draft, read_draft
from readiness.store.population import count_submitted, stored_population
from readiness.store.rulesets import NotPublished, kept_ruleset
from readiness.store.runs import Job, Progress, Run, approval, end_run, find_run, note_progress
from readiness.workbench.comparison import compare
from readiness.workbench.impact import impact
from readiness.workbench.proof import checked, study
from readiness.workbench.publishing import GATES
from readiness.workbench.theorems import Proof, Theorem

MIB = 1024 * 1024
STORED = "stored"
SEED = 1
CASES_TOGETHER = 8
PULSE, SAYING = 0.5, 5.0  # seconds between two looks at the clock, and between two signs of life
GRACE = 10  # seconds of processor after which the system ends what does not end itself


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use: seconds of processor, seconds on the wall, bytes of address space."""

    cpu: int = 120
    wall: int = 300
    memory: int = 2048 * MIB


class Pulse(threading.Thread):
    """Says that the process lives and how far it is, and ends it when its time is used up."""

    def __init__(self, engine: Engine, run: str, limits: Limits) -> None:
        super().__init__(daemon=True)
        self.engine, self.run_id, self.limits = engine, run, limits
        self.done = self.of = 0
        self.ended = threading.Event()

    def step(self, many: int = 1) -> None:
        """Note that so many steps more are done."""
        self.done += many

    def run(self) -> None:
        """Look at the clock until the job has ended."""
        start, said, told_last = time.monotonic(), (0, 0), 0.0
        while not self.ended.wait(PULSE):
            now, progress = time.monotonic(), (self.done, self.of)
            if time.process_time() > self.limits.cpu or now - start > self.limits.wall:
                end_run(self.engine, self.run_id, Progress.FAILED, {"why": "time"}, clock())
                os._exit(1)
            if progress != said or now - told_last > SAYING:
                note_progress(self.engine, self.run_id, *progress, clock())
                said, told_last = progress, now


def clock() -> datetime:
    """Now, as the database keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def serve(url: str, run_id: str, limits: Limits | None = None) -> None:
    """Do a job that was noted in the database; what comes of it, or why nothing did, is kept there."""
    limits = limits or Limits()
    _limit(limits)
    engine = open_database(url)
    run = find_run(engine, run_id)
    pulse = Pulse(engine, run_id, limits)
    try:
        pulse.start()
        end_run(engine, run_id, Progress.DONE, JOBS[run.job](engine, run, pulse), clock())
    except (MemoryError, SystemError):  # the interpreter itself may say so when it has no room left
        _lift_memory_limit()  # or there would be none to say it in
        end_run(engine, run_id, Progress.FAILED, {"why": "memory"}, clock())
    except InvalidFiles as error:
        end_run(engine, run_id, Progress.FAILED, _refused(map(str, error.problems)), clock())
    except NotPublished as error:
        end_run(engine, run_id, Progress.FAILED, _refused(iter(error.problems)), clock())
    except ReadinessError as error:
        end_run(engine, run_id, Progress.FAILED, _refused(iter([str(error)])), clock())
    finally:  # what nobody foresaw: one that has ended stays as it ended
        end_run(engine, run_id, Progress.FAILED, {"why": "fault"}, clock())
        pulse.ended.set()
        pulse.join()
        engine.dispose()


def _refused(problems: Iterator[str]) -> Mapping[str, object]:
    listed = list(problems)
    return {"why": "refused", "problems": listed[: told.MOST], "left": max(0, len(listed) - told.MOST)}


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu + GRACE, limits.cpu + GRACE))
    with contextlib.suppress(ValueError, OSError):  # macOS refuses a limit of the address space
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _lift_memory_limit() -> None:
    with contextlib.suppress(ValueError, OSError):
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _files(engine: Engine, run: Run) -> Mapping[str, bytes]:
    """The files of the revision that a job is for."""
    draft, files = read_draft(engine, run.draft)
    if draft.revision != run.revision:
        raise Closed("The draft was changed before this began. Start it again.")
    return files


def _both(engine: Engine, run: Run, digest: str) -> tuple[RuleSet, RuleSet]:
    return kept_ruleset(engine, digest), read_ruleset(_files(engine, run))


def test_cases(engine: Engine, run: Run, pulse: Pulse) -> Mapping[str, object]:
    """Try every case of a draft."""
    ruleset = read_ruleset(_files(engine, run))
    codes = list(ruleset.cases)
    pulse.of = len(codes)
    unmet: list[Shortfall] = []
    for start in range(0, len(codes), CASES_TOGETHER):
        tried = codes[start : start + CASES_TOGETHER]
        unmet += shortfalls(ruleset, tried)
        pulse.step(len(tried))
    return told.tested(ruleset, unmet)


def prove_rules(engine: Engine, run: Run, pulse: Pulse) -> Mapping[str, object]:
    """Try every theorem on a draft."""
    studied = study(read_ruleset(_files(engine, run)))
    pulse.of = len(Theorem)
    checks = []
    for theorem in Theorem:
        checks.append(checked(studied, theorem))
        pulse.step()
    return told.proven(Proof(tuple(checks), studied.too_large))


def compare_versions(engine: Engine, run: Run, pulse: Pulse) -> Mapping[str, object]:
    """Compare a draft with a kept version, known by its digest."""
    pulse.of = 2
    a, b = _both(engine, run, run.against)
    pulse.step()
    return told.compared(a, b, compare(a, b))


def find_impact(engine: Engine, run: Run, pulse: Pulse) -> Mapping[str, object]:
    """Score assessments in the version a draft began from, and in the draft; real ones are told in steps of five."""
    draft, _ = read_draft(engine, run.draft)
    a, b = _both(engine, run, draft.base)
    those = _population(engine, a, run.against)
    real = run.against == STORED
    pulse.of = 0 if real else those.count or 0  # how many real ones there are is told in steps only
    found = impact(a, b, those.parts, None if real else pulse.step)
    return told.impacted(a, b, told.coarse(found) if real else found, real)


def _population(engine: Engine, ruleset: RuleSet, on: str) -> Population:
    if on != STORED:
        return population(on, ruleset, SEED)
    parts: Iterator[Part] = stored_population(engine, ruleset)
    return Population(count_submitted(engine, ruleset.identity.id), parts)


def publish(engine: Engine, run: Run, pulse: Pulse) -> Mapping[str, object]:
    """Publish what was reviewed under a number: every gate is tried again on exactly these files."""
    draft, files = read_draft(engine, run.draft)
    number = run.against.partition(" ")[0]
    if draft.revision != run.revision or run.against != approval(number, draft.note):
        raise Closed("The draft or its changelog entry was changed since it was approved. Look at it again.")
    pulse.of = len(GATES)
    gates = [partial(_stepping, gate, pulse) for gate in GATES]
    version = publish_draft(engine, draft.id, draft.revision, released(files, number, draft.note), gates).identity
    return {"version": version.version, "digest": version.digest}


def _stepping(gate: Gate, pulse: Pulse, ruleset: RuleSet) -> tuple[str, ...]:
    found = gate(ruleset)
    pulse.step()
    return found


JOBS: Mapping[Job, Callable[[Engine, Run, Pulse], Mapping[str, object]]] = {
    Job.TEST: test_cases,
    Job.PROVE: prove_rules,
    Job.COMPARE: compare_versions,
    Job.IMPACT: find_impact,
    Job.PUBLISH: publish,
}

if __name__ == "__main__":
    serve(os.environ["READINESS_DATABASE_URL"], sys.argv[1])
