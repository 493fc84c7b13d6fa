"""The editions of the report and its sheets: what can be asked for, and what each of them holds and must not hold."""

from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from pages import PageClient
from test_report_pdf import RULES

from readiness.cli import main

ULM = RULES / "cases" / "ulm-18-months.yaml"
POINTS = {"A4": (595, 842), "Letter": (612, 792)}


def size(pdf: pypdf.PdfReader) -> tuple[int, int]:
    box = pdf.pages[0].mediabox
    return round(box.width), round(box.height)


# --- what can be asked for


def test_the_command_line_writes_an_edition_on_the_paper_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "summary.pdf"
    wanted = ["--edition", "summary", "--sheet", "Letter"]
    done = CliRunner().invoke(main, ["assess", str(ULM), "--pdf", str(target), *wanted])
    assert done.exit_code == 0, done.output
    assert size(pypdf.PdfReader(target)) == POINTS["Letter"]


def test_the_command_line_says_that_there_is_no_edition_for_a_team_that_never_answered(tmp_path: Path) -> None:
    target = tmp_path / "team.pdf"
    done = CliRunner().invoke(main, ["assess", str(ULM), "--pdf", str(target), "--edition", "team"])
    assert done.exit_code == 2
    assert "There is no edition for the team" in done.output
    assert not target.exists()


def test_the_web_serves_an_edition_by_its_address_under_a_name_that_tells_it(client: PageClient) -> None:
    response = client.raw.get("/examples/ulm_18_months/report.pdf?edition=summary&sheet=Letter")
    assert response.mimetype == "application/pdf"
    assert "readiness-ulm-18-months-summary-letter.pdf" in response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("edition=short", "There is no such edition of the report. Choose one of: full, summary, team."),
        ("edition=", "There is no such edition of the report."),
        ("sheet=A3", "The report is not made for such paper. Choose one of: A4, Letter."),
        ("edition=team", "There is no edition for the team, because no answers of a team stand behind this result."),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(client: PageClient, query: str, sentence: str) -> None:
    page = client.get(f"/examples/ulm_18_months/report.pdf?{query}")
    assert page.status == 404
    assert sentence in page.text
