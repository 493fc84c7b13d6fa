"""The command line: the main job without a browser; exit 0, or 2 with a sentence."""

import json
import re
import shutil
import socket
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result
from conftest import RULES

from readiness.cli import _summary, main
from readiness.engine.answers import Answers, Phase
from readiness.engine.framework import Band
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.report.told import example_name

CASES = sorted((RULES / "cases").glob("*-[b1]*.yaml"))


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def write(folder: Path, text: str) -> Path:
    path = folder / "answers.yaml"
    path.write_text(text)
    return path


SMALL = "service: Clinic North\nphase: after\nanswers:\n  contact_frequency: monthly\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_example_can_be_assessed_as_json(case: Path) -> None:
    done = run("assess", case, "--json")
    assert done.exit_code == 0
    data = json.loads(done.stdout)
    assert set(data["ruleset"]) >= {"id", "version", "digest"}
    assert len(data["domains"]) == 5
    assert all(set(domain) >= {"id", "risk", "range", "band"} for domain in data["domains"])
    assert len(data["constructs"]) == 22
    assert all(set(each) >= {"id", "priority", "phase"} for each in data["recommendations"])
    assert isinstance(data["critical"], list)
    assert data["unknown"]
    assert not {"score", "total", "overall"} & set(data)


def test_the_summary_names_domains_barriers_and_the_rule_set() -> None:
    text = run("assess", RULES / "cases" / "ulm-18-months.yaml").stdout
    assert "Intervention characteristics" in text
    assert "Critical barriers first: Everyday contact and communication." in text
    assert "There is no overall score." in text


def test_a_risk_on_the_limit_of_a_band_is_rounded_as_everywhere_else(shipped: RuleSet) -> None:
    result = score(shipped, Answers(Phase.AFTER, {}))
    rated = replace(result.domains[0].rated, risk=62.5, band=Band.HIGH)
    on_the_limit = replace(result, domains=(replace(result.domains[0], rated=rated),))
    assert " 63  high" in _summary(shipped, on_the_limit, "North")


def test_the_report_is_written_and_bears_the_given_date(tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    done = run("assess", write(tmp_path, SMALL), "--pdf", target, "--date", "2026-02-03")
    assert done.exit_code == 0
    text = "".join(page.extract_text() for page in pypdf.PdfReader(target).pages)
    assert "Clinic North" in text
    assert "3 February 2026" in text


def test_answers_from_the_web_can_be_assessed(tmp_path: Path) -> None:
    from readiness.engine.answers import Answers, Missing, Phase
    from readiness.report.data import answers_as_yaml

    text = answers_as_yaml(
        "North: {{ x }}", Answers(Phase.AFTER, {"peer_pay": "unpaid", "prior_quality": Missing.DONT_KNOW})
    )
    data = json.loads(run("assess", write(tmp_path, text), "--json").stdout)
    assert data["service"] == "North: {{ x }}"
    assert (data["answers"]["peer_pay"], data["answers"]["prior_quality"]) == ("unpaid", "dont_know")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            SMALL.replace("contact_frequency", "contact_freqency"),
            "there is no item 'contact_freqency'; did you mean contact_frequency?",
        ),
        (SMALL.replace("monthly", "montly"), "did you mean monthly?"),
        (SMALL.replace("monthly", "[monthly, weekly]"), "takes one value"),
        (SMALL + "  contact_frequency: weekly\n", "already given on line 4"),
        (SMALL.replace("after", "afterwards"), "phase cannot be 'afterwards'"),
        ("", "the file is empty"),
        ("service: [\n", "this is not YAML"),
    ],
)
def test_a_bad_answers_file_gets_a_sentence_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    done = run("assess", write(tmp_path, text), "--json")
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "answers.yaml:" in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    done = run("assess", tmp_path / "nothing.yaml")
    assert done.exit_code == 2
    assert "does not exist" in done.stderr


def test_a_report_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    done = run("assess", write(tmp_path, SMALL), "--pdf", tmp_path / "no" / "such" / "folder.pdf")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_the_shipped_rule_set_is_sound() -> None:
    done = run("rules", "check")
    assert done.exit_code == 0
    assert re.match(r"peer-support \d+\.\d+\.\d+ is sound, and its cases come out: 72 scored items", done.stdout)


def test_a_folder_without_a_rule_set_is_an_error(tmp_path: Path) -> None:
    done = run("rules", "check", tmp_path)
    assert done.exit_code == 2
    assert "there is no rule set here" in done.stderr


def test_the_blank_questionnaire_is_a_paper_form(tmp_path: Path) -> None:
    target = tmp_path / "form.pdf"
    assert run("questionnaire", "--pdf", target, "--phase", "after").exit_code == 0
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(target).pages).split())
    assert "How often" in text


def test_the_doctor_finds_this_machine_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert "missing" not in done.stdout


def test_the_doctor_says_what_is_missing_and_how_to_mend_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("READINESS_RULES", str(tmp_path / "nowhere"))
    done = run("doctor")
    assert done.exit_code == 2
    assert "missing  the rule set" in done.stdout
    assert "there is no rule set here" in done.stdout


def test_a_taken_port_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", taken.getsockname()[1])
    assert done.exit_code == 2
    assert "Choose another with --port." in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite:////no/such/folder/x.db",
        "sqlite:///{file}",
        "oracle://x/y",
        "postgresql://readiness:secret@127.0.0.1:1/readiness",
        "postgresql+nonsense://x/y",
    ],
)
def test_a_database_that_cannot_be_used_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (tmp_path / "file").write_text("this is no database")
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("READINESS_DATABASE_URL", url.format(file=tmp_path / "file"))
    for command in ("serve", "doctor"):
        done = run(command)
        assert done.exit_code == 2, done.output
        assert "Check READINESS_DATABASE_URL" in done.output
        assert "secret" not in done.output


def test_an_ipv6_address_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path))
    done = run("serve", "--host", "::1")
    assert done.exit_code == 2
    assert "pages are served on IPv4 only" in done.stderr


def test_a_setting_that_cannot_be_read_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_HTTPS", "maybe")
    done = run("serve")
    assert done.exit_code == 2
    assert "READINESS_HTTPS is 'maybe'; expected yes or no." in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["haun2024b_contact_and_relief_in_dar"], "Resting on it:"),
        (["--kind", "hypothesis"], "ramesh2023_stigma_may_steer_money"),
        (["--construct", "culture", "--site", "BU"], "findings."),
        (["--unused"], "findings."),
        (["--thin"], "have no two independent findings"),
        (["--coverage"], "(culture): items experience"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_the_evidence_can_be_browsed(words: list[str], said: str) -> None:
    done = run("evidence", *words)
    assert done.exit_code == 0
    assert said in done.stdout


def test_a_finding_that_is_unused_has_nothing_resting_on_it() -> None:
    (code, *_) = run("evidence", "--unused").stdout.splitlines()
    assert "Nothing rests on it yet." in run("evidence", code).stdout


@pytest.mark.parametrize("words", [["nothing_like_this"], ["culture"], ["--construct", "cultur"], ["--site", "ull"]])
def test_evidence_that_does_not_exist_is_a_sentence(words: list[str]) -> None:
    done = run("evidence", *words)
    assert done.exit_code == 2
    assert "There is no" in done.stderr


def test_a_site_may_be_written_small_and_what_cannot_go_together_is_refused() -> None:
    assert run("evidence", "--site", "ulm").stdout == run("evidence", "--site", "ULM").stdout
    for words in (["--thin", "--coverage"], ["--thin", "--site", "ULM"], ["some_finding", "--construct", "culture"]):
        done = run("evidence", *words)
        assert done.exit_code == 2
        assert "Choose one" in done.stderr


def test_a_case_that_does_not_come_out_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(RULES, tmp_path / "rules")
    case = folder / "cases" / "ulm-18-months.yaml"
    case.write_text(case.read_text().replace("networks_communications: not low", "networks_communications: low"))
    done = run("rules", "check", folder)
    assert done.exit_code == 2
    assert done.stderr.startswith("ulm_18_months: expected Everyday contact and communication: “low risk”; got")


def test_robustness_comes_as_three_tables_with_every_example(shipped: RuleSet) -> None:
    done = run("rules", "robustness", "--draws", 20)
    assert done.exit_code == 0
    tables = done.stdout.split("\n\n")
    assert len(tables) == 3
    for case in shipped.examples:
        assert example_name(case) in tables[0]
