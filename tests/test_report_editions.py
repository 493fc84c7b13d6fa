"""The editions of the report and its sheets: what can be asked for, and what each of them holds and must not hold."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from pages import PageClient
from test_report_pdf import DAY, RULES, elements, failures, kinds, report, text_of
from test_report_team import TWO
from test_report_team import report as of_team

from readiness.cli import main
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.errors import Unavailable
from readiness.report.citing import reference
from readiness.report.document import report_html
from readiness.report.editions import Edition, Sheet
from readiness.report.numbering import in_runs
from readiness.report.pdf import lay_out_report, render_pdf
from readiness.report.rooms import ROUGHLY, expected_pages, rooms_of
from readiness.report.typefaces import FONTS, require_faces
from readiness.report.view import view

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


# --- what each edition holds


def text(pdf: bytes) -> str:
    return " ".join(" ".join(text_of(pdf)).split())


@pytest.mark.parametrize("sheet", list(Sheet))
@pytest.mark.parametrize("kind", ["worst", "best", "dont_know", "empty"])
def test_the_summary_has_two_pages_and_passes_the_gate(shipped: RuleSet, kind: str, sheet: Sheet) -> None:
    pdf = render_pdf(report(shipped, kind, "N" * 300), Edition.SUMMARY, sheet)
    assert len(text_of(pdf)) == 2
    assert failures(pdf) == []


def test_the_summary_says_first_steps_limits_and_what_every_number_stands_for(shipped: RuleSet) -> None:
    made = report(shipped, "worst")
    pdf = render_pdf(made, Edition.SUMMARY)
    said = text(pdf)
    for one in made.summary.first:
        assert one.title in said
        assert " ".join(one.who.split()) in said
    for words in (made.summary.headline, "What is not known", "What this is not", "There is no overall score"):
        assert words in said
    assert all(made.stamp in page for page in text_of(pdf))
    cited, listed = said.split("The numbers in square brackets are findings", 1)
    numbers = {number for found in re.findall(r"\[([\d, –]+)\]", cited) for number in spelled_out(found)}
    assert numbers
    assert numbers <= {int(number) for number in re.findall(r"\b\d+\b", listed)}


def spelled_out(found: str) -> list[int]:
    """The numbers in one pair of brackets: 1, 4–6."""
    runs = ([int(end) for end in run.split("–")] for run in found.split(","))
    return [number for run in runs for number in range(run[0], run[-1] + 1)]


@pytest.fixture(scope="module")
def staff(shipped: RuleSet) -> bytes:
    return render_pdf(of_team(shipped, TWO, comments=("Known by its words.",)), Edition.TEAM)


def test_a_team_is_given_back_what_is_released_and_how_its_answers_were_protected(staff: bytes) -> None:
    said = text(staff)
    for words in (
        "What your answers showed",
        "How your answers were protected",
        "At least 5 people stand behind everything that is told of a group.",
        "12 mental health workers and 7 peer support workers",
        "How far apart people see",
        "Questions for a meeting",
        "What happens next",
    ):
        assert words in said or any(words in alt for alt in alts(staff)), words
    assert failures(staff) == []
    assert len(text_of(staff)) <= 6


def alts(pdf: bytes) -> list[str]:
    return [str(element.get("/Alt", "")) for element in elements(pdf) if str(element.S) == "/Figure"]


def test_a_team_is_given_no_comments_and_no_action_plan(staff: bytes) -> None:
    assert "Known by its words." not in text(staff)
    assert "Action plan" not in text(staff)


@pytest.mark.parametrize("edition", list(Edition))
def test_every_edition_gives_the_same_bytes_twice_and_has_headings_in_order(shipped: RuleSet, edition: Edition) -> None:
    made = of_team(shipped, TWO)
    pdf = render_pdf(made, edition, Sheet.LETTER)
    assert render_pdf(made, edition, Sheet.LETTER) == pdf
    levels = [int(kind[1]) for kind in kinds(pdf) if kind in ("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_full_report_on_either_paper_has_at_most_14_pages_and_150_kib(shipped: RuleSet) -> None:
    case = shipped.cases["ulm_18_months"]
    made = view(shipped, score(shipped, case.answered(shipped.instrument)), case.service, DAY)
    for sheet in Sheet:
        pdf = render_pdf(made, Edition.FULL, sheet)
        assert 8 <= len(text_of(pdf)) <= 14
        assert len(pdf) <= 150 * 1024


def test_a_rule_set_with_500_recommendations_makes_a_report_that_says_how_many_it_leaves_out(
    shipped: RuleSet,
) -> None:
    copies = [replace(one, code=f"{one.code}_{number}") for number in range(10) for one in shipped.recommendations]
    many = replace(shipped, recommendations=tuple(copies[:500]))
    pdf = render_pdf(report(many, "worst"))
    assert 8 <= len(text_of(pdf)) <= 14
    assert re.search(r"[0-9]+ more stand on the result page\.", text(pdf))
    assert failures(pdf) == []


@pytest.mark.parametrize("kind", ["worst", "best", "dont_know"])
def test_a_report_is_laid_out_once(shipped: RuleSet, kind: str) -> None:
    made = report(shipped, kind)
    for sheet in Sheet:
        rooms, most = rooms_of(made, Edition.FULL)
        html, document = lay_out_report(made, Edition.FULL, sheet)
        expected = ((text, expected_pages(text, sheet)) for text in (report_html(made, Edition.FULL, r) for r in rooms))
        assert html == next(text for text, pages in expected if pages <= most - ROUGHLY)
        assert len(document.pages) <= most


# --- numbers and references


@pytest.mark.parametrize(
    ("numbers", "said"), [([1], "1"), ([1, 2], "1, 2"), ([1, 2, 3, 7, 9, 10, 11], "1–3, 7, 9–11"), ([], "")]
)
def test_neighbouring_numbers_are_written_as_a_run(numbers: list[int], said: str) -> None:
    assert in_runs(numbers) == said


def test_a_reference_names_six_authors_and_then_et_al(shipped: RuleSet) -> None:
    source = next(iter(shipped.sources.values()))
    many = replace(source, authors=tuple(f"Author {letter}" for letter in "ABCDEFGH"), title="Why?", volume="1")
    assert reference(many).startswith("Author A, Author B, Author C, Author D, Author E, Author F, et al. Why? ")


# --- fonts


def test_a_missing_or_damaged_font_is_said_before_anything_is_drawn(tmp_path: Path) -> None:
    require_faces()
    with pytest.raises(Unavailable, match="the font NotoSans-Regular is missing or damaged"):
        require_faces(tmp_path)
    for font in FONTS.glob("*.ttf"):
        (tmp_path / font.name).write_bytes(font.read_bytes())
    (tmp_path / "NotoSansHebrew-Bold.ttf").write_bytes(b"no font")
    with pytest.raises(Unavailable, match="the font NotoSansHebrew-Bold"):
        require_faces(tmp_path)
