"""The action plan can be filled in: fields with names, words, places in the structure, and letters to type with."""

import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest
from fontTools.ttLib import TTFont
from pypdf.generic import DictionaryObject
from test_report_pdf import failures, report

from readiness.engine.ruleset import RuleSet
from readiness.language import Language, speaking
from readiness.report.pdf import render_pdf
from readiness.report.view import ReportView

ROOT = Path(__file__).parents[1]
COLUMNS = ("owner", "step", "by", "done", "note")
NEEDS_POPPLER = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="drawn by pdftoppm of poppler-utils")
LATIN, HEBREW = "Zoë Müller – naïve, 5 € “now”", "שירות 12 בריאות"


@pytest.fixture(scope="module")
def view(shipped: RuleSet) -> ReportView:
    return report(shipped, "worst")


@pytest.fixture(scope="module")
def worst(view: ReportView) -> bytes:
    return render_pdf(view)


@pytest.fixture(scope="module")
def hebrew(shipped: RuleSet) -> bytes:
    with speaking(Language("he", "עברית", "rtl")):
        return render_pdf(report(shipped, "worst", "שירות"))


def fields_of(pdf: bytes) -> dict[str, DictionaryObject]:
    return dict(pypdf.PdfReader(BytesIO(pdf)).get_fields() or {})


def filled(pdf: bytes, text: str) -> bytes:
    """The same with the text in every field to write in, and every box ticked."""
    writer = pypdf.PdfWriter(clone_from=BytesIO(pdf))
    values = {name: "/on" if name.startswith("done/") else text for name in fields_of(pdf)}
    for one in writer.pages:
        if "/Annots" in one and any(each["/Subtype"] == "/Widget" for each in one["/Annots"]):
            writer.update_page_form_field_values(one, values, auto_regenerate=False)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def test_each_listed_recommendation_and_each_empty_row_has_its_five_fields(view: ReportView, worst: bytes) -> None:
    rows = {name.partition("/")[2] for name in fields_of(worst)}
    listed = {row for row in rows if not row.startswith("own")}
    assert listed
    assert listed <= {one.code for one in view.recommendations}
    own = {f"own{number}" for number in range(1, len(rows - listed) + 1)}
    assert rows - listed == own
    assert set(fields_of(worst)) == {f"{column}/{row}" for column in COLUMNS for row in rows} | {
        f"action/{row}" for row in own
    }


def test_every_field_says_what_it_is_and_whose_row_it_stands_in(view: ReportView, worst: bytes) -> None:
    said = {name: str(field["/TU"]) for name, field in fields_of(worst).items()}
    first = view.recommendations[0]
    assert said[f"owner/{first.code}"] == f"Owner, 1. {first.title}"
    assert said["by/own2"] == "By when, Your own, row 2"
    assert len(set(said.values())) == len(said)


def test_what_is_written_into_the_fields_is_read_back(worst: bytes, hebrew: bytes) -> None:
    for pdf, text in ((worst, LATIN), (hebrew, HEBREW)):
        values = {name: field.get("/V") for name, field in fields_of(filled(pdf, text)).items()}
        assert set(values) == set(fields_of(pdf))
        assert {str(value) for value in values.values()} == {text, "/on"}


@NEEDS_POPPLER
@pytest.mark.parametrize(("language", "text"), [("en", "Zoë Müller"), ("he", "שירות")])
def test_a_viewer_shows_what_was_written(worst: bytes, hebrew: bytes, tmp_path: Path, language: str, text: str) -> None:
    """Poppler, which draws the appearances with the embedded font, finds the words and draws more ink than before."""
    empty, full = tmp_path / "empty.pdf", tmp_path / "full.pdf"
    pdf = worst if language == "en" else hebrew
    empty.write_bytes(pdf)
    full.write_bytes(filled(pdf, text))
    page = str(1 + next(n for n, one in enumerate(pypdf.PdfReader(empty).pages) if "By when" in one.extract_text()))
    assert ink(empty, page) * 1.02 < ink(full, page)
    fonts = subprocess.run(["pdffonts", "-f", page, "-l", page, full], check=True, capture_output=True, text=True)
    assert re.search(r"^NotoSansEntry +TrueType +\S+ +yes ", fonts.stdout, re.MULTILINE)


def ink(path: Path, page: str) -> int:
    """How dark a page is, drawn by Poppler."""
    return sum(255 - value for value in drawn(path, page, 60)[1])


def drawn(path: Path, page: str, dots: int) -> tuple[int, bytes]:
    """A page drawn by Poppler in grey: dots in a row, and one byte for each dot."""
    command = ["pdftoppm", "-gray", "-r", str(dots), "-f", page, "-l", page, str(path)]
    _, size, _, pixels = subprocess.run(command, check=True, capture_output=True).stdout.split(b"\n", 3)
    return int(size.split()[0]), pixels


def test_what_fields_look_like_is_not_left_to_the_viewer(worst: bytes) -> None:
    """Ticks bring how they look; what is empty shows nothing, and a viewer draws what is typed."""
    with pikepdf.open(BytesIO(worst)) as document:
        form = document.Root.AcroForm
        assert "/NeedAppearances" not in form
        for field in form.Fields:
            if field.FT == "/Btn":
                assert all(isinstance(state, pikepdf.Stream) for state in (field.AP.N.on, field.AP.N.Off))
            else:
                assert ("/AP" in field, str(field.V)) == (False, "")
            assert field.F == 4  # printed, and nothing else


@pytest.mark.parametrize("text", [LATIN, "ÀÿŠž‰", HEBREW, "“ת”, ₪ 5 – ״א״"])
def test_the_font_for_typing_has_every_letter_of_the_language(worst: bytes, hebrew: bytes, text: str) -> None:
    pdf = hebrew if any("\u0590" < letter < "\u0600" for letter in text) else worst
    with pikepdf.open(BytesIO(pdf)) as document:
        font = document.Root.AcroForm.DR.Font.Entry
        data = font.FontDescriptor.FontFile2.read_bytes()
        widths = [int(width) for width in font.Widths]
    code_page = "cp1255" if pdf is hebrew else "cp1252"
    assert [letter for letter, code in zip(text, text.encode(code_page), strict=True) if not widths[code - 32]] == []
    with TTFont(BytesIO(data)) as entry:
        assert [letter for letter in text if ord(letter) not in entry.getBestCmap()] == []


def test_the_font_for_typing_is_what_its_script_writes() -> None:
    assert subprocess.run([sys.executable, ROOT / "bin" / "entry-font", "--check"], check=False).returncode == 0


@NEEDS_POPPLER
def test_every_field_is_printed_as_a_box_with_a_border_where_no_viewer_knows_it(worst: bytes, tmp_path: Path) -> None:
    path = tmp_path / "without.pdf"
    boxes: dict[str, list[list[float]]] = {}
    with pikepdf.open(BytesIO(worst)) as document:
        for number, one in enumerate(document.pages, start=1):
            widgets = [each for each in one.get("/Annots", []) if each.Subtype == "/Widget"]
            if widgets:
                boxes[str(number)] = [[float(side) for side in each.Rect] for each in widgets]
                height = float(one.MediaBox[3])
                del one.Annots
        document.save(path)
    for page, rectangles in boxes.items():
        across, pixels = drawn(path, page, 144)  # two dots for each point
        for x1, y1, x2, y2 in rectangles:
            left, right, top = 2 * min(x1, x2), 2 * max(x1, x2), 2 * (height - max(y1, y2))
            row = pixels[round(top + 8) * across :][:across]
            assert min(row[round(left) - 6 : round(left) + 2]) < 200, (page, x1, y1)
            assert min(row[round(right) - 2 : round(right) + 6]) < 200, (page, x2, y2)
            assert (
                min(pixels[row_of * across + round(left + 9)] for row_of in range(round(top) - 6, round(top) + 2)) < 200
            )


def test_a_filled_form_still_passes_the_gate(worst: bytes, hebrew: bytes) -> None:
    assert failures(worst) == failures(hebrew) == []
    with pikepdf.open(BytesIO(filled(worst, "ok"))) as document:
        assert document.Root.AcroForm.Fields[0].V == "ok"
