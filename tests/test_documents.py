"""Reports from the store: known by all that they are made from, rendered once, kept whole or not at all."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date
from multiprocessing import active_children
from pathlib import Path

import pytest
from conftest import ROOT
from sqlalchemy import Engine
from team_values import PEERS, TODAY, Given, highest, lowest, reading, release_team

from readiness.engine.answers import Answers, Missing, Phase, Role
from readiness.engine.ruleset import RuleSet
from readiness.errors import Unavailable
from readiness.language import ENGLISH, Language, available
from readiness.loading.ruleset import load_ruleset
from readiness.permissions import LOCAL
from readiness.rendering import Ahead, Shelf, wanted_first
from readiness.rendering_all import Reader
from readiness.report.editions import Edition, Sheet
from readiness.report.material import Material
from readiness.report.process import LIMITS, Limits
from readiness.report.renderer import FILES, PLACES, catalogue_digest, files_digest
from readiness.report.view_change import Wave
from readiness.store.assessments import find_assessment, reopen_assessment, start_assessment
from readiness.store.database import ready_database
from readiness.store.documents import clear_documents, find_document, keep_document, kept_digests
from readiness.store.releases import close_wave
from readiness.store.retention import delete_old_responses
from readiness.store.rulesets import keep_versions
from readiness.store.services import start_follow_up
from readiness.store.turns import turn

SMALL = Path(__file__).parent / "small"
LATER = date(2040, 1, 1)
PDF = b"%PDF-1.7 and so on"


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return load_ruleset(SMALL)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    keep_versions(engine, SMALL)
    yield engine
    engine.dispose()


@pytest.fixture
def shelf(engine: Engine) -> Shelf:
    return Shelf(engine, tuple(available().values()))


def submitted(engine: Engine, small: RuleSet, team: Mapping[Role, tuple[int, Given]] | None = None) -> str:
    """The link of a submitted assessment, with a team if one is given."""
    key = start_assessment(engine, "North", Phase.AFTER, small.identity.digest, TODAY)
    if team:
        release_team(engine, key, small.instrument, team)
    else:
        close_wave(engine, find_assessment(engine, key), small.instrument, 5, TODAY)
    return key


def material_of(engine: Engine, key: str) -> Material:
    return Reader(engine, ENGLISH, Sheet.A4, 5).material(find_assessment(engine, key))


# What it is made from.


@pytest.fixture(scope="module")
def material(small: RuleSet) -> Material:
    answers, team = reading(small.instrument, {(PEERS,): (7, lowest)}, comments=("One.",))
    return Material("a" * 32, "North", Wave(small, answers, team, TODAY), None, ENGLISH)


def changed(material: Material, name: str, folder: Path) -> list[Material]:
    """The same with one ingredient changed in every way that counts."""
    wave, answers, team = material.wave, material.wave.answers, material.wave.team
    ruleset = wave.ruleset
    item = next(iter(answers.given))
    catalogue = folder / "messages.po"
    catalogue.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')
    others: Mapping[str, list[object]] = {
        "assessment": ["b" * 32],
        "service": ["Nord"],
        "wave": [
            replace(wave, day=LATER),
            replace(wave, ruleset=replace(ruleset, identity=replace(ruleset.identity, digest="f" * 64))),
            replace(wave, answers=answers.replace({item: Missing.DONT_KNOW})),
            replace(wave, answers=replace(answers, phase=Phase.BEFORE)),
            replace(wave, answers=replace(answers, gaps={item: "wide"})),
            replace(wave, team=replace(team, k=6)),
            replace(wave, team=replace(team, comments=("Two.",))),
            replace(wave, team=replace(team, sheets=())),
            replace(wave, team=replace(team, is_asked=not team.is_asked)),
            replace(wave, team=replace(team, sheets=(replace(team.sheets[0], people=8),))),
            replace(wave, team=reading(ruleset.instrument, {(PEERS,): (7, highest)}, comments=("One.",))[1]),
        ],
        "before": [wave, replace(wave, day=LATER)],
        "language": [Language("de", "Deutsch", "ltr"), Language("en", "English", "ltr", catalogue)],
        "edition": [Edition.SUMMARY, Edition.TEAM],
        "sheet": [Sheet.LETTER],
        "renderer": ["0" * 64],
    }
    return [replace(material, **{name: other}) for other in others[name]]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [field.name for field in fields(Material)])
def test_whatever_a_report_is_made_from_changes_its_digest(material: Material, name: str, tmp_path: Path) -> None:
    digests = [material.digest, *(each.digest for each in changed(material, name, tmp_path))]
    assert len(set(digests)) == len(digests)


def test_the_same_material_has_the_same_digest_whatever_order_answers_come_in(material: Material) -> None:
    wave, answers = material.wave, material.wave.answers
    turned = Answers(answers.phase, dict(reversed(answers.given.items())), answers.gaps)
    assert replace(material, wave=replace(wave, answers=turned)).digest == material.digest


def test_the_wording_of_a_rule_set_in_another_language_is_known_by_that_language(material: Material) -> None:
    wave = material.wave
    reworded = replace(wave.ruleset, identity=replace(wave.ruleset.identity, title="Another title"))
    assert replace(material, wave=replace(wave, ruleset=reworded)).digest == material.digest


@pytest.mark.parametrize(
    "path",
    [
        "readiness/report/view.py", "readiness/report/print.css", "readiness/report/fonts/fonts.conf",
        "readiness/engine/scoring.py", "readiness/loading/ruleset.py", "readiness/language.py",
        "templates/report/report.html",
    ],
)  # fmt: skip
def test_a_change_of_code_style_font_or_template_changes_the_digest_of_the_renderer(path: str, tmp_path: Path) -> None:
    for place in PLACES:
        shutil.copytree(ROOT / place, tmp_path / place, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    before = files_digest(tmp_path)
    assert before == files_digest(ROOT)
    (tmp_path / path).write_text((tmp_path / path).read_text() + "\n")
    assert files_digest(tmp_path) != before


def test_a_catalogue_is_known_by_its_content(tmp_path: Path) -> None:
    digests = set()
    for number in range(2):
        path = tmp_path / f"{number}.po"
        path.write_text(f"{number}")
        digests.add(catalogue_digest(Language("xx", "X", "ltr", path)))
    assert len(digests) == 2
    assert catalogue_digest(Language("xx", "X", "ltr", tmp_path / "none.po")) == ""


# Where it is kept.


def test_a_document_is_found_with_its_assessment_only(engine: Engine, small: RuleSet) -> None:
    north, south = (find_assessment(engine, submitted(engine, small)).id for _ in range(2))
    keep_document(engine, north, "1" * 64, PDF, TODAY, ["1" * 64])
    assert find_document(engine, north, "1" * 64) == PDF
    assert find_document(engine, south, "1" * 64) is None


def test_what_is_no_longer_current_goes_when_a_new_one_is_kept(engine: Engine, small: RuleSet) -> None:
    north, south = (find_assessment(engine, submitted(engine, small)).id for _ in range(2))
    for assessment, digest in ((north, "1"), (north, "2"), (south, "3")):
        keep_document(engine, assessment, digest * 64, PDF, TODAY, ["1" * 64, "2" * 64, "3" * 64])
    keep_document(engine, north, "4" * 64, PDF, TODAY, ["2" * 64, "4" * 64])
    keep_document(engine, north, "4" * 64, b"another", TODAY, ["2" * 64, "4" * 64])
    assert kept_digests(engine) == {"2" * 64, "3" * 64, "4" * 64}
    assert find_document(engine, north, "4" * 64) == PDF


def test_reopening_deletes_the_reports_and_nothing_is_kept_until_it_is_submitted_again(
    engine: Engine, small: RuleSet
) -> None:
    key = submitted(engine, small)
    assessment = find_assessment(engine, key)
    keep_document(engine, assessment.id, "1" * 64, PDF, TODAY, ["1" * 64])
    reopen_assessment(engine, assessment)
    assert kept_digests(engine) == frozenset()
    keep_document(engine, assessment.id, "1" * 64, PDF, TODAY, ["1" * 64])  # by a renderer that began before
    assert kept_digests(engine) == frozenset()


def test_reopening_deletes_the_reports_of_the_follow_up_that_tell_what_changed_since(
    engine: Engine, small: RuleSet
) -> None:
    baseline = find_assessment(engine, submitted(engine, small))
    today = date(2026, 11, 23)
    later = start_follow_up(engine, baseline.service_id, LOCAL, Phase.AFTER, small.identity.digest, today)
    follow_up = find_assessment(engine, later, LOCAL)
    close_wave(engine, follow_up, small.instrument, 5, today)
    keep_document(engine, follow_up.id, "1" * 64, PDF, today, ["1" * 64])
    reopen_assessment(engine, baseline)
    assert kept_digests(engine) == frozenset()


def test_when_single_answers_are_deleted_the_report_of_what_was_released_stays_the_same(
    engine: Engine, small: RuleSet
) -> None:
    key = submitted(engine, small, {PEERS: (7, highest)})
    before = material_of(engine, key)
    assert before.wave.team.sheets
    keep_document(engine, before.assessment, before.digest, PDF, TODAY, [before.digest])
    assert delete_old_responses(engine, LATER) == 7
    after = material_of(engine, key)
    assert after.digest == before.digest
    assert find_document(engine, after.assessment, after.digest) == PDF


def test_all_can_be_cleared(engine: Engine, small: RuleSet) -> None:
    assessment = find_assessment(engine, submitted(engine, small)).id
    keep_document(engine, assessment, "1" * 64, PDF, TODAY, ["1" * 64])
    assert clear_documents(engine) == 1
    assert clear_documents(engine) == 0


# Whose turn it is.


def test_one_at_a_time_has_a_turn_of_a_name_and_others_have_theirs(engine: Engine, tmp_path: Path) -> None:
    inside: list[str] = []

    def take(name: str) -> int:
        with turn(engine, name):
            inside.append(name)
            most = inside.count(name)
            time.sleep(0.1)
            inside.remove(name)
            return most

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(take, ["one", "two"] * 3)) == {1}
    assert [path.name for path in tmp_path.iterdir() if "turn" in path.name] == []


def test_who_waits_too_long_gets_a_sentence(engine: Engine) -> None:
    with turn(engine, "one"), pytest.raises(Unavailable, match="try again in a minute"), turn(engine, "one", 0.1):
        pass
    with turn(engine, "one", 0):  # and it is free again
        pass


HOLD = """
import sys, time
from readiness.store.database import open_database
from readiness.store.turns import turn
with turn(open_database(sys.argv[1]), "one"):
    print("taken", flush=True)
    time.sleep(60)
"""


def test_the_turn_of_a_killed_process_is_free(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, cwd=ROOT)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"taken\n"
    with pytest.raises(Unavailable), turn(engine, "one", 0.1):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with turn(engine, "one", 5):
        pass


# Rendering.


class Counting(Shelf):
    """Notes what it renders."""

    made: list[str] = []  # noqa: RUF012  # one list for each test, see below

    def make(self, material: Material, limits: Limits = LIMITS) -> bytes:
        """Note it and render it."""
        self.made.append(material.digest)
        return Shelf.make(self, material, limits)


def counting(shelf: Shelf) -> Counting:
    Counting.made = []
    return Counting(shelf.engine, shelf.languages)


def test_several_who_want_the_same_report_at_once_have_it_rendered_once(shelf: Shelf, small: RuleSet) -> None:
    material = material_of(shelf.engine, submitted(shelf.engine, small))
    counted = counting(shelf)
    with ThreadPoolExecutor(4) as pool:
        pdfs = set(pool.map(counted.document, [material] * 4))
    assert counted.made == [material.digest]
    assert pdfs == {shelf.find(material)}
    assert pdfs.pop().startswith(b"%PDF")


def kill_renderer() -> None:
    """End the renderer's process without a warning as soon as there is one."""
    until = time.monotonic() + 60
    while not (children := active_children()) and time.monotonic() < until:
        time.sleep(0.001)
    for child in children:
        assert child.pid is not None
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)


def test_a_killed_renderer_leaves_nothing_and_the_next_one_renders(shelf: Shelf, small: RuleSet) -> None:
    material = material_of(shelf.engine, submitted(shelf.engine, small))
    with ThreadPoolExecutor(1) as pool:
        wanted = pool.submit(shelf.document, material)
        kill_renderer()
        with pytest.raises(Unavailable, match="its process ended early"):
            wanted.result()
    assert kept_digests(shelf.engine) == frozenset()
    assert shelf.document(material) == shelf.find(material)
    assert active_children() == []


def test_what_is_made_anew_takes_the_place_of_what_it_was_made_from_before(shelf: Shelf, small: RuleSet) -> None:
    key = submitted(shelf.engine, small)
    material = material_of(shelf.engine, key)
    keep_document(shelf.engine, material.assessment, "1" * 64, PDF, TODAY, ["1" * 64])
    letter = replace(material, sheet=Sheet.LETTER)
    keep_document(shelf.engine, material.assessment, letter.digest, PDF, TODAY, ["1" * 64, letter.digest])
    shelf.document(material)
    assert kept_digests(shelf.engine) == {material.digest, letter.digest}


def test_nobody_waits_for_what_is_rendered_ahead_and_a_fault_does_not_end_it(
    shelf: Shelf, small: RuleSet, caplog: pytest.LogCaptureFixture
) -> None:
    material = material_of(shelf.engine, submitted(shelf.engine, small))
    counted = counting(shelf)
    ahead = Ahead(counted)

    def fail() -> tuple[Material, ...]:
        raise Unavailable("The database did not answer.")

    began = time.monotonic()
    ahead.add(fail)
    ahead.add(lambda: [material])
    ahead.add(lambda: [material])
    assert time.monotonic() - began < 0.1
    ahead.waiting.join()
    assert counted.made == [material.digest]
    assert shelf.find(material) is not None
    assert "The database did not answer." in caplog.text


def test_ahead_comes_the_edition_for_a_team_where_there_is_one(shelf: Shelf, small: RuleSet) -> None:
    alone = material_of(shelf.engine, submitted(shelf.engine, small))
    team = material_of(shelf.engine, submitted(shelf.engine, small, {PEERS: (7, lowest)}))
    assert [each.edition for each in wanted_first(alone)] == [Edition.FULL, Edition.SUMMARY]
    assert [each.edition for each in wanted_first(team)] == [Edition.FULL, Edition.SUMMARY, Edition.TEAM]
