"""`readiness report`: all reports rendered on all cores; what is done stays; exit 0, or 2 with a sentence."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT
from sqlalchemy import Engine, insert, update
from team_values import PEERS, TODAY, highest, release_team

from readiness.cli import main
from readiness.engine.answers import Phase
from readiness.engine.ruleset import RuleSet
from readiness.language import ENGLISH
from readiness.loading.ruleset import load_ruleset
from readiness.rendering_all import Reader
from readiness.report.editions import Edition, Sheet
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.database import ready_database, transaction
from readiness.store.documents import find_document, kept_digests
from readiness.store.models import AssessmentRow, RuleSetRow
from readiness.store.releases import close_wave
from readiness.store.rulesets import keep_versions

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The database that the commands of a test work on."""
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("READINESS_RULES", str(SMALL))
    engine = ready_database(f"sqlite:///{tmp_path / 'readiness.db'}")
    keep_versions(engine, SMALL)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return load_ruleset(SMALL)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["report", *words])


def submitted(engine: Engine, small: RuleSet) -> str:
    key = start_assessment(engine, "North", Phase.AFTER, small.identity.digest, TODAY)
    close_wave(engine, find_assessment(engine, key), small.instrument, 5, TODAY)
    return key


def test_every_submitted_assessment_gets_the_reports_that_it_lacks_and_no_other(engine: Engine, small: RuleSet) -> None:
    keys = [submitted(engine, small) for _ in range(2)]
    start_assessment(engine, "Open", Phase.AFTER, small.identity.digest, TODAY)
    done = run("--all", "--edition", "full")
    assert (done.exit_code, done.stdout) == (0, "2 reports were rendered; 0 were there already.\n")
    reader = Reader(engine, ENGLISH, Sheet.A4, 5)
    for key in keys:
        material = reader.material(find_assessment(engine, key))
        assert (find_document(engine, material.assessment, material.digest) or b"").startswith(b"%PDF")
    keys.append(submitted(engine, small))
    again = run("--all", "--edition", "full", "--workers", "1")
    assert again.stdout == "1 reports were rendered; 2 were there already.\n"
    assert len(kept_digests(engine)) == 3


def test_without_a_choice_of_editions_it_is_those_that_are_rendered_ahead(engine: Engine, small: RuleSet) -> None:
    key = start_assessment(engine, "North", Phase.AFTER, small.identity.digest, TODAY)
    release_team(engine, key, small.instrument, {PEERS: (5, highest)})
    assert run("--all", "--sheet", "Letter").stdout.startswith("3 reports were rendered")
    material = Reader(engine, ENGLISH, Sheet.LETTER, 5).material(find_assessment(engine, key))
    assert kept_digests(engine) == {replace(material, edition=edition).digest for edition in Edition}
    cleared = run("--clear")
    assert cleared.stdout == "3 reports were deleted. Each is rendered anew when somebody asks for it.\n"
    assert kept_digests(engine) == frozenset()


def test_one_that_cannot_be_made_is_told_and_does_not_stop_the_others(engine: Engine, small: RuleSet) -> None:
    broken, _ = (find_assessment(engine, submitted(engine, small)) for _ in range(2))
    with transaction(engine, writing=True) as connection:
        row = {"digest": "0" * 64, "id": "small", "version": "9.9.9", "files": b"{}", "logic": "", "sha256": "x"}
        connection.execute(insert(RuleSetRow).values(**row, origin="folder"))
        pinned = update(AssessmentRow).where(AssessmentRow.id == broken.id).values(rule_set="0" * 64)
        connection.execute(pinned)
    done = run("--all", "--edition", "full")
    assert done.exit_code == 2
    assert done.stdout == "1 reports were rendered; 0 were there already.\n"
    assert "is damaged in this database; restore a backup of it." in done.stderr
    assert "Error: 1 could not be rendered. Start it again once that is mended." in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Choose one: --all or --clear."),
        (["--all", "--clear"], "Choose one: --all or --clear."),
        (["--all", "--edition", "ful"], "'ful' is not one of"),
        (["--all", "--language", "xx"], "There is no translation into 'xx'"),
        (["--all", "--workers", "0"], "0 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(engine: Engine, words: list[str], sentence: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_an_interrupt_leaves_what_is_done_and_says_so(engine: Engine, small: RuleSet, tmp_path: Path) -> None:
    many = 20
    for _ in range(many):
        submitted(engine, small)
    command = [sys.executable, "-m", "readiness.cli", "report", "--all", "--edition", "full", "--workers", "1"]
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background would hand on none
    )
    until = time.monotonic() + 120
    while not kept_digests(engine) and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    _, said = running.communicate(timeout=120)
    left = len(kept_digests(engine))
    assert 0 < left < many
    assert running.returncode == 2, said
    assert "reports were rendered and stay. Start it again for the others." in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir() if "turn" in path.name] == []
