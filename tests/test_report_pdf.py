"""The PDF: tagged, complete, deny-by-default, the same bytes for the same view, and within limits of its own."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import page
import pikepdf
import pypdf
import pytest

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.errors import Unavailable
from readiness.language import Language, speaking
from readiness.loading.ruleset import load_ruleset
from readiness.report.glyphs import Glyphs
from readiness.report.paper import Paper
from readiness.report.pdf import FONTS, PackagedAssets, render_pdf, render_questionnaire
from readiness.report.process import Limits, render_in_process, run
from readiness.report.view import ReportView, view

ROOT = Path(__file__).parents[1]
RULES = ROOT / "rules" / "peer-support"
DAY = date(2026, 3, 1)
HOSTILE = '<b>"Bold" & co</b><script>x</script>\u202egnp.\x07' + "Longword" * 40


@pytest.fixture(scope="module")
def ruleset(shipped: RuleSet) -> RuleSet:
    return shipped


def report(ruleset: RuleSet, kind: str, service: str = "North Clinic") -> ReportView:
    given: dict[str, Answer] = {}
    for item in ruleset.instrument.asked(Phase.AFTER):
        scoring = ruleset.item_scoring.get(item.code)
        if kind == "worst" and scoring:
            given[item.code] = min(scoring.ratings, key=lambda code, scoring=scoring: scoring.ratings[code])
        elif kind == "best" and scoring:
            given[item.code] = scoring.best
        elif kind == "dont_know":
            given[item.code] = Missing.DONT_KNOW
    return view(ruleset, score(ruleset, Answers(Phase.AFTER, given)), service, DAY)


@pytest.fixture(scope="module")
def worst(ruleset: RuleSet) -> bytes:
    return render_pdf(report(ruleset, "worst"))


def elements(pdf: bytes) -> Iterator[pikepdf.Object]:
    """Every structure element in reading order."""

    def walk(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
        if isinstance(node, pikepdf.Array):
            for child in node:
                yield from walk(child)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield node
            if "/K" in node:
                yield from walk(node.K)

    with pikepdf.open(BytesIO(pdf)) as document:
        yield from walk(document.Root.StructTreeRoot.K)


def kinds(pdf: bytes) -> list[str]:
    return [str(element.S)[1:] for element in elements(pdf)]


def text_of(pdf: bytes) -> list[str]:
    return [one.extract_text() for one in pypdf.PdfReader(BytesIO(pdf)).pages]


def failures(pdf: bytes) -> list[str]:
    checked = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    return [f"{failure.rule_id}: {failure.message}" for failure in checked.failures]


@pytest.mark.parametrize("kind", ["worst", "best", "dont_know", "empty"])
def test_a_report_passes_the_pdf_ua_gate_within_6_to_14_pages(ruleset: RuleSet, kind: str) -> None:
    pdf = render_pdf(report(ruleset, kind))
    assert failures(pdf) == []
    assert 6 <= len(pypdf.PdfReader(BytesIO(pdf)).pages) <= 14


def test_every_shipped_case_stays_within_6_to_14_pages(ruleset: RuleSet) -> None:
    pages = {}
    for case in ruleset.examples:
        pdf = render_pdf(view(ruleset, score(ruleset, case.answered(ruleset.instrument)), case.service, DAY))
        pages[case.code] = len(pypdf.PdfReader(BytesIO(pdf)).pages)
    assert all(6 <= count <= 14 for count in pages.values()), pages


def test_every_page_bears_id_version_digest_and_date(ruleset: RuleSet, worst: bytes) -> None:
    stamp = report(ruleset, "worst").stamp
    assert [number for number, text in enumerate(text_of(worst), start=1) if stamp not in text] == []


def test_the_text_holds_service_domains_plan_and_the_whole_digest(ruleset: RuleSet, worst: bytes) -> None:
    text = "\n".join(text_of(worst))
    for words in ("North Clinic", "Action plan", "By when", "References", "Answers as given", ruleset.identity.digest):
        assert words in text
    for domain in ruleset.domains:
        assert domain.title in text


def test_the_summary_stands_on_one_page(worst: bytes) -> None:
    pages = text_of(worst)
    assert "Summary" in pages[1]
    assert "There is no overall score" in pages[1]
    assert "Domain by domain" in pages[2]


def test_title_language_and_bookmarks_are_set(worst: bytes) -> None:
    with pikepdf.open(BytesIO(worst)) as document:
        assert str(document.Root.Lang) == "en"
        assert "North Clinic" in str(document.docinfo.Title)
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[0] == "Summary"
    assert titles[-1] == "Answers as given"


def test_headings_begin_at_the_first_level_and_skip_none(worst: bytes) -> None:
    levels = [int(kind[1]) for kind in kinds(worst) if kind in ("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_figure_has_alternative_text(ruleset: RuleSet, worst: bytes) -> None:
    said = [str(element.get("/Alt", "")) for element in elements(worst) if str(element.S) == "/Figure"]
    assert len(said) == 2
    assert all(domain.title in said[0] for domain in ruleset.domains)
    assert all(construct.title in said[1] for construct in ruleset.constructs.values())
    assert "on a scale from 0" in said[0]
    assert all(said)


def test_every_header_cell_has_a_scope(worst: bytes) -> None:
    scopes = Counter(str(element.A.get("/Scope", "none")) for element in elements(worst) if str(element.S) == "/TH")
    assert set(scopes) == {"/Column", "/Row"}


def test_only_the_shipped_fonts_are_embedded(ruleset: RuleSet) -> None:
    pdf = render_pdf(report(ruleset, "dont_know", "שירות 漢字 😀"))
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = {
            str(font.BaseFont).split("+")[1]
            for one in document.pages
            for font in dict(one.Resources.get("/Font", {})).values()
        }
    assert all(name.startswith("Noto-Sans") for name in fonts)
    assert failures(pdf) == []


def test_what_no_shipped_font_has_becomes_a_replacement_mark() -> None:
    glyphs = Glyphs(tuple(FONTS.glob("*.ttf")))
    assert glyphs.shown("Zürich שלום −2 漢") == "Zürich שלום –2 \N{REPLACEMENT CHARACTER}"


def test_a_hostile_name_stays_text(ruleset: RuleSet) -> None:
    pdf = render_pdf(report(ruleset, "dont_know", HOSTILE))
    text = "".join(text_of(pdf)[0].split())
    assert '<b>"Bold"&co</b><script>x</script>gnp.Longword' in text
    assert failures(pdf) == []
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) <= 14


def test_right_to_left_is_tagged_in_its_language(ruleset: RuleSet) -> None:
    with speaking(Language("he", "עברית", "rtl")):
        pdf = render_pdf(report(ruleset, "best", "שירות בריאות הנפש"))
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "he"
    assert failures(pdf) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x", "https://example.org/x.css", "file:///etc/passwd", "data:text/css,p{}", "ftp://x/y",
        "asset:../pdf.py", "asset:fonts/../pdf.py", "asset:/etc/passwd", "ASSET:print.css", "print.css", "",
    ],
)  # fmt: skip
def test_the_fetcher_refuses_everything_but_its_own_assets(address: str) -> None:
    with pytest.raises(ValueError, match="loads nothing but its own assets"):
        PackagedAssets()(address)


def test_the_fetcher_serves_the_stylesheet() -> None:
    assert b"@page" in PackagedAssets()("asset:print.css").read()


SCRIPT = """
import hashlib, sys
sys.path.insert(0, {tests!r})
from test_report_pdf import RULES, load_ruleset, render_pdf, report
print(hashlib.sha256(render_pdf(report(load_ruleset(RULES), "best"))).hexdigest())
"""


def test_the_same_view_gives_the_same_bytes_in_every_process(ruleset: RuleSet) -> None:
    here = render_pdf(report(ruleset, "best"))
    assert load_ruleset(RULES) == ruleset
    there = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(tests=str(ROOT / "tests"))],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )
    digest = hashlib.sha256(here).hexdigest()
    assert there.stdout.strip() == digest
    assert hashlib.sha256(render_in_process(report(ruleset, "best"))).hexdigest() == digest


def test_another_name_gives_another_document_identifier(ruleset: RuleSet) -> None:
    ids = set()
    for service in ("One", "Two"):
        with pikepdf.open(BytesIO(render_pdf(report(ruleset, "dont_know", service)))) as document:
            ids.add(bytes(document.trailer.ID[0]))
    assert len(ids) == 2


@pytest.mark.parametrize("phase", list(Phase))
def test_the_paper_form_holds_every_question_and_is_tagged(ruleset: RuleSet, phase: Phase) -> None:
    pdf = render_questionnaire(Paper(ruleset, phase))
    text = " ".join(" ".join(text_of(pdf)).split())
    items = list(ruleset.instrument.asked(phase))
    assert [item.ask[phase] for item in items if " ".join(item.ask[phase].split()) not in text] == []
    assert text.count("Don’t know") >= len(items)
    assert failures(pdf) == []


def sleep() -> bytes:
    time.sleep(60)
    return b""


def die() -> bytes:
    os._exit(3)


def devour() -> bytes:
    return bytes(8 * 1024**3)


def spin() -> bytes:
    while True:
        json.dumps(list(range(1000)))


@pytest.mark.parametrize(
    ("work", "limits", "sentence"),
    [
        (sleep, Limits(wall=1), "took more than 1 seconds"),
        (die, Limits(), "its process ended early"),
        (spin, Limits(cpu=1, wall=30), "its process ended early"),
        pytest.param(
            devour,
            Limits(),
            "needed more memory",
            marks=pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit the address space"),
        ),
    ],
)
def test_a_renderer_out_of_bounds_is_said_to_be_unavailable(work: object, limits: Limits, sentence: str) -> None:
    with pytest.raises(Unavailable, match=sentence):
        run(work, (), limits)  # type: ignore[arg-type]


def test_the_parent_never_loads_the_renderer() -> None:
    code = "import sys, readiness.report.process, readiness.report.view; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_what_the_summary_names_is_set_out_in_full_and_stands_in_the_plan(ruleset: RuleSet, worst: bytes) -> None:
    text = " ".join(" ".join(text_of(worst)).split())
    for one in report(ruleset, "worst").summary.first:
        assert " ".join(one.steps[0].split()) in text
        assert text.count(one.title) >= 3
