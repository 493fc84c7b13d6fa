"""`readiness rules diff`, `impact` and `sensitivity`: what they print and write, and what they refuse."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from conftest import RULES
from pages import parse, text_of
from sqlalchemy import Engine

from readiness.cli import main
from readiness.engine.answers import Answers, Phase
from readiness.engine.carrying import carry
from readiness.engine.instrument import Instrument
from readiness.engine.rating import rate_construct
from readiness.engine.ruleset import RuleSet
from readiness.loading.archive import pack
from readiness.loading.populations import write_population
from readiness.loading.ruleset import load_ruleset, read_folder
from readiness.report.spreadsheet import as_csv
from readiness.report.told_impact import impact_page
from readiness.store import population
from readiness.store.answers import save_page
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.database import ready_database
from readiness.store.population import count_submitted, stored_population, submitted
from readiness.store.releases import close_wave
from readiness.store.rulesets import keep_ruleset
from readiness.workbench.columns import answers_at, simulate
from readiness.workbench.impact import impact

TODAY = date(2026, 11, 22)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["rules", *(str(word) for word in words)])


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped folder with one rule of another strength."""
    folder = tmp_path_factory.mktemp("revised") / "peer-support"
    shutil.copytree(RULES, folder)
    path = folder / "scoring" / "access_to_knowledge.yaml"
    text = path.read_text()
    assert "shift: -0.5" in text
    path.write_text(text.replace("shift: -0.5", "shift: -1"))
    return folder


def test_a_diff_tells_what_changed_as_text_and_in_how_many_combinations(revised: Path) -> None:
    done = run("diff", RULES, revised)
    assert done.exit_code == 0
    assert "~ information_given_not_received" in done.output
    assert "of 192 answer combinations" in done.output
    assert "Proven" not in done.output


def test_a_rewording_is_proven_equivalent(tmp_path: Path) -> None:
    folder = tmp_path / "peer-support"
    shutil.copytree(RULES, folder)
    path = folder / "scoring" / "access_to_knowledge.yaml"
    path.write_text(path.read_text().replace("Little is told to staff", "Staff are told little"))
    done = run("diff", RULES, folder)
    assert "Staff are told little" in done.output
    assert done.output.rstrip().endswith("Proven equivalent: no answers come out differently.")


def test_a_diff_comes_as_json(revised: Path) -> None:
    content = json.loads(run("diff", RULES, revised, "--json").output)
    assert content["equivalent"] is False
    assert {each["code"] for each in content["comparison"]["constructs"]} == {"access_to_knowledge"}


def test_a_zip_archive_stands_for_its_rule_set(tmp_path: Path) -> None:
    archive = tmp_path / "rules.zip"
    archive.write_bytes(pack(read_folder(RULES)))
    done = run("diff", archive, RULES)
    assert "Nothing differs: not a word." in done.output


# What stands for no rule set: what is typed > the sentence.
REFUSED = {
    "9.9.9": "'9.9.9' is no folder, no zip archive and no published version",
    "simulated": "'simulated' is no folder, no zip archive and no published version",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_stands_for_nothing_is_refused(name: str) -> None:
    done = run("diff", name, RULES)
    assert done.exit_code == 2
    assert REFUSED[name] in done.output


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.zip"
    path.write_text("no archive")
    done = run("diff", path, RULES)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_the_impact_on_simulated_assessments_names_the_rule(revised: Path) -> None:
    done = run("impact", RULES, revised, "--on", "simulated:2000")
    assert done.exit_code == 0
    assert "2,000 assessments." in done.output
    assert "Little is told to staff, or it does not arrive (rule" in done.output
    assert "information_given_not_received): -0.5 > -1" in done.output


def test_the_impact_on_cases_counts_every_case(revised: Path, shipped: RuleSet) -> None:
    assert f"{len(shipped.cases):,} assessments." in run("impact", RULES, revised, "--on", "cases").output


def test_the_impact_on_a_file_is_that_on_its_columns(revised: Path, tmp_path: Path, shipped: RuleSet) -> None:
    columns = simulate(shipped.instrument, Phase.AFTER, 300, np.random.default_rng(1), 0.2)
    write_population(tmp_path / "services.parquet", shipped.instrument, [(columns, tuple("s" for _ in range(300)))])
    content = json.loads(
        CliRunner()
        .invoke(
            main, ["rules", "impact", str(RULES), str(revised), "--on", str(tmp_path / "services.parquet"), "--json"]
        )
        .stdout
    )
    expected = impact(shipped, load_ruleset(revised), [(columns, None)])
    assert (content["assessments"], content["touched"]) == (300, expected.touched)


# What --on refuses > a part of the sentence.
NOT_ON = {
    "store": "did you mean stored?",
    "simulated:0": "simulated:N takes a number from 1 to 100,000,000, not '0'.",
    "simulated:many": "not 'many'.",
    "missing.parquet": "there is no file missing.parquet",
}


@pytest.mark.parametrize("on", NOT_ON)
def test_assessments_that_do_not_exist_are_refused(on: str, revised: Path) -> None:
    done = run("impact", RULES, revised, "--on", on)
    assert done.exit_code == 2
    assert NOT_ON[on] in done.output


def test_the_page_of_an_impact_is_whole_accessible_and_shows_no_markup_of_a_service(
    revised: Path, shipped: RuleSet
) -> None:
    columns = simulate(shipped.instrument, Phase.AFTER, 500, np.random.default_rng(1), 0.1)
    then = load_ruleset(revised)
    html = impact_page(shipped, then, impact(shipped, then, [(columns, ["<script>x</script>"] * 500)]))
    root = parse(html)
    assert len(list(root.iter("h1"))) == 1
    assert not list(root.iter("script"))
    assert not list(root.iter("link"))
    tables = list(root.iter("table"))
    assert len(tables) >= 3
    for table in tables:
        assert text_of(next(table.iter("caption")))
        assert all(cell.get("scope") in ("col", "row") for cell in table.iter("th"))
    assert "<script>x</script>" in [text_of(each) for each in root.iter("li")]


def test_the_page_and_the_table_are_written(revised: Path, tmp_path: Path) -> None:
    page, sheet = tmp_path / "impact.html", tmp_path / "impact.csv"
    done = run("impact", RULES, revised, "--on", "simulated:500", "--html", page, "--csv", sheet)
    assert done.exit_code == 0
    assert page.read_text().startswith("<!doctype html>")
    rows = list(csv.DictReader(io.StringIO(sheet.read_text())))
    counted = sum(int(row["assessments"]) for row in rows if (row["what"], row["code"]) == ("domain", "process"))
    assert counted == 500


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+1", "-2+x", "@x", "|x", "\tx", "\rx", "\nx", " =1",
        "\u00a0=1", "\u200b=1", "\uff1d1", " \uff0b1", "\n=1",
    ],
)  # fmt: skip
def test_nothing_in_the_table_is_taken_for_a_formula(cell: str) -> None:
    ((read,),) = csv.reader(io.StringIO(as_csv([(cell,)]), newline=""))
    assert read == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "read"), [("a;=1+1;b", "a;'=1+1;b"), ("a\n=2+2", "a\n'=2+2"), ('a\t"=3', "a\t\"'=3"), ("a;b", "a;b")]
)
def test_where_a_table_program_of_another_country_begins_a_cell_anew_no_formula_begins(cell: str, read: str) -> None:
    ((found,),) = csv.reader(io.StringIO(as_csv([(cell,)]), newline=""))
    assert found == read


@pytest.mark.parametrize("cell", ["Ulm", " Ulm", "a=b", "2 - 1", "", "\u5bb6", "-2", "-0.5"])
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    (read,) = csv.reader(io.StringIO(as_csv([(cell, "x")]), newline=""))
    assert read == [cell, "x"]


@pytest.mark.parametrize(
    ("on", "meant"), [("/dev/zero", "; it"), ("store", "; did you mean stored? It")], ids=["far", "near"]
)
def test_what_stands_for_no_assessments_is_refused_in_one_sentence(on: str, meant: str) -> None:
    done = run("impact", RULES, RULES, "--on", on)
    assert done.exit_code == 2
    assert f"--on cannot be '{on}'{meant} takes stored | cases | FILE.parquet | FILE.csv | simulated:N." in done.output


def test_a_place_that_cannot_be_written_is_refused(revised: Path, tmp_path: Path) -> None:
    done = run("impact", RULES, revised, "--on", "simulated:10", "--csv", tmp_path / "no" / "impact.csv")
    assert done.exit_code == 2
    assert "cannot be written" in done.output


def test_sensitivity_of_one_assessment_names_what_flips_first(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(
        "service: North\nphase: after\nanswers:\n  remote_fallback: nothing\n  travel_and_airtime: nothing\n"
    )
    done = run("sensitivity", RULES, "--answers", path, "--draws", 50)
    assert done.exit_code == 0
    assert "in what share of 50 draws" in done.output


def test_sensitivity_over_a_population_comes_as_json(shipped: RuleSet) -> None:
    words = ["rules", "sensitivity", str(RULES), "--on", "simulated:30", "--draws", "20", "--json"]
    content = json.loads(CliRunner().invoke(main, words).stdout)
    domains = {domain.code for domain in shipped.domains}
    assert {each["domain"] for each in content["held"]} == domains
    assert sum(each["assessments"] for each in content["held"]) == 30 * len(domains)
    assert len(content["flips"]) == 30
    assert all(0 <= share <= 1 for each in content["held"] for share in each["shares"].values())


@pytest.fixture
def database(tmp_path: Path, shipped: RuleSet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'readiness.db'}"
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("READINESS_DATABASE_URL", url)
    engine = ready_database(url)
    keep_ruleset(engine, shipped.identity, read_folder(RULES))
    yield engine
    engine.dispose()


def answer(database: Engine, rules: RuleSet, service: str, phase: Phase, level: str, *, submit: bool) -> None:
    key = start_assessment(database, service, phase, rules.identity.digest, TODAY)
    assessment = find_assessment(database, key)
    save_page(database, assessment, "page", 0, {"staff_training": level, "information_reach": level})
    if submit:
        close_wave(database, assessment, Instrument(()), 5, TODAY)


def test_stored_assessments_come_in_parts_with_their_services_and_open_ones_do_not(
    database: Engine, shipped: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(population, "TOGETHER", 2)
    for number in range(5):
        answer(database, shipped, f"service {number}", Phase.AFTER, "dont_know", submit=True)
    answer(database, shipped, "open", Phase.BEFORE, "dont_know", submit=False)
    parts = list(submitted(database, shipped.identity.id))
    assert [len(part) for part in parts] == [2, 2, 1]
    assert sorted(each.service for part in parts for each in part) == [f"service {number}" for number in range(5)]
    assert count_submitted(database, shipped.identity.id) == 5
    assert count_submitted(database, "another") == 0


def test_stored_assessments_of_an_older_version_are_carried_over(
    database: Engine, shipped: RuleSet, revised: Path
) -> None:
    then = load_ruleset(revised)
    level = shipped.instrument.items["staff_training"].order[0]
    key = start_assessment(database, "North", Phase.AFTER, shipped.identity.digest, TODAY)
    assessment = find_assessment(database, key)
    save_page(database, assessment, "page", 0, {"staff_training": level})
    close_wave(database, assessment, Instrument(()), 5, TODAY)
    ((columns, services),) = stored_population(database, then)
    (stored,) = next(submitted(database, shipped.identity.id))
    assert services == ["North"]
    assert answers_at(then.instrument, columns, 0).given == carry(stored.answers, shipped, then).answers.given


def one_that_moves(first: RuleSet, then: RuleSet) -> Answers:
    """Answers whose band of the revised construct is another one in the revision."""
    columns = simulate(first.instrument, Phase.AFTER, 2_000, np.random.default_rng(1))
    for row in range(columns.length):
        answers = answers_at(first.instrument, columns, row)
        bands = [rate_construct(each, each.scoring["access_to_knowledge"], answers).band for each in (first, then)]
        if bands[0] is not bands[1]:
            return answers
    raise AssertionError("no assessment moves")


def test_the_impact_on_stored_assessments_names_the_services_touched(
    database: Engine, shipped: RuleSet, revised: Path
) -> None:
    answers = one_that_moves(shipped, load_ruleset(revised))
    for service, submit in (("North", True), ("South", False)):
        key = start_assessment(database, service, Phase.AFTER, shipped.identity.digest, TODAY)
        assessment = find_assessment(database, key)
        save_page(database, assessment, "page", 0, answers.given)
        if submit:
            close_wave(database, assessment, Instrument(()), 5, TODAY)
    answer(database, shipped, "East", Phase.AFTER, "dont_know", submit=True)
    database.dispose()
    words = ["rules", "impact", str(RULES), str(revised), "--json"]
    content = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout)
    assert (content["assessments"], content["touched"], content["services"]) == (2, 1, ["North"])
