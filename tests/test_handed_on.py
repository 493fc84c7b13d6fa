"""What is handed on of a result as files, without a web: the codebook, the archive, and charts for slides."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from engine_builders import item
from PIL import Image

from readiness.engine.answers import Missing, Phase
from readiness.engine.instrument import Instrument
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.errors import ReadinessError, Unavailable
from readiness.report.bundle import File, bundle
from readiness.report.chart_list import Chart, charts_of
from readiness.report.codebook import HEAD, codebook_as_csv
from readiness.report.process import Limits
from readiness.report.slides import SCALE, SVG, alternative, as_png, as_svg, draw
from readiness.report.spreadsheet import as_csv
from readiness.report.view import ReportView, view

DAY = date(2026, 11, 30)
HOSTILE = '<b>"North"</b> & =1+1'
PNG_MARK = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def report(shipped: RuleSet) -> ReportView:
    case = shipped.examples[0]
    return view(shipped, score(shipped, case.answered(shipped.instrument)), HOSTILE, DAY)


def rows(ruleset: RuleSet, phase: Phase) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(codebook_as_csv(ruleset, phase))))


# The codebook


@pytest.mark.parametrize("phase", list(Phase))
def test_the_codebook_holds_every_item_of_the_phase_in_order_and_no_other(shipped: RuleSet, phase: Phase) -> None:
    listed = list(dict.fromkeys(row["item"] for row in rows(shipped, phase)))
    assert listed == [each.code for each in shipped.instrument.asked(phase)]


@pytest.mark.parametrize("phase", list(Phase))
def test_it_says_each_question_in_the_wording_of_its_phase_with_all_levels_in_order(
    shipped: RuleSet, phase: Phase
) -> None:
    found = rows(shipped, phase)
    for each in shipped.instrument.asked(phase):
        own = [row for row in found if row["item"] == each.code]
        levels = [row for row in own if row["kind"] == "level"]
        assert {row["question"] for row in own} == {each.ask[phase]}
        assert [(row["place"], row["code"], row["text"]) for row in levels] == [
            (str(place), option.code, option.text) for place, option in enumerate(each.options, 1)
        ]
        assert {row["section"] for row in own} == {shipped.instrument.section_of[each.code].code}


def test_ratings_and_constructs_are_those_of_the_rule_set_and_a_fact_has_none(shipped: RuleSet) -> None:
    for row in rows(shipped, Phase.AFTER):
        scoring = shipped.item_scoring.get(row["item"])
        assert row["construct"] == shipped.construct_of.get(row["item"], "")
        if scoring is None or row["kind"] == "missing":
            assert row["rating"] == ""
        else:
            assert float(row["rating"]) == scoring.ratings[row["code"]]


def test_missing_reasons_stand_at_every_item_and_does_not_apply_only_where_it_is_offered(shipped: RuleSet) -> None:
    for each in shipped.instrument.asked(Phase.AFTER):
        own = [row for row in rows(shipped, Phase.AFTER) if row["item"] == each.code and row["kind"] == "missing"]
        offered = {Missing.NOT_ANSWERED, Missing.DONT_KNOW} | (
            {Missing.NOT_APPLICABLE} if each.not_applicable is not None else set()
        )
        assert {row["code"] for row in own} == offered


def test_no_text_of_a_rule_set_becomes_a_formula(shipped: RuleSet) -> None:
    bad = replace(item("bad", ("a", "b")), short="=1+1", ask={Phase.AFTER: '@SUM(1) "x",\ny'})
    section = shipped.instrument.sections[0]
    pages = (replace(section.pages[0], items=(bad,)),)
    changed = replace(shipped, instrument=Instrument((replace(section, title="+2", pages=pages),)))
    for row in rows(changed, Phase.AFTER):
        assert (row["short"], row["section_title"], row["question"]) == ("'=1+1", "'+2", '\'@SUM(1) "x",\ny')


@pytest.mark.parametrize(
    ("cell", "kept"),
    [("-2", "-2"), ("-0.5", "-0.5"), ("12", "12"), ("-2+3", "'-2+3"), ("-1\n", "'-1\n")],
)
def test_a_number_below_zero_stays_a_number_in_a_table(cell: str, kept: str) -> None:
    assert next(csv.reader(io.StringIO(as_csv([(cell,)]), newline=""))) == [kept]


def test_the_head_names_every_column(shipped: RuleSet) -> None:
    table = list(csv.reader(io.StringIO(codebook_as_csv(shipped, Phase.BEFORE))))
    assert tuple(table[0]) == HEAD
    assert {len(row) for row in table} == {len(HEAD)}


# The archive


FILES = (File("a.txt", "The first.", b"one"), File("charts/b.svg", "The second.", b"two"))


def test_the_archive_opens_and_its_readme_says_what_each_file_is() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(FILES, [HOSTILE], DAY))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["README.txt", "a.txt", "charts/b.svg"]
        assert archive.read("a.txt") == b"one"
        expected = f"{HOSTILE}\n\na.txt: The first.\ncharts/b.svg: The second.\n"
        assert archive.read("README.txt").decode() == expected
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 30, 0, 0, 0)}


def test_the_same_files_give_the_same_bytes() -> None:
    assert bundle(FILES, ["x"], DAY) == bundle(FILES, ["x"], DAY)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1979, 12, 31), date(2108, 1, 1), date(9999, 12, 31)])
def test_a_day_that_the_format_does_not_know_does_no_harm(day: date) -> None:
    assert zipfile.ZipFile(io.BytesIO(bundle(FILES, [], day))).testzip() is None


def test_an_archive_that_would_be_too_large_gets_a_sentence() -> None:
    large = File("large.bin", "", b"x" * (2 * 1024 * 1024))
    with pytest.raises(ReadinessError, match="All files together are larger than 1 MB"):
        bundle([large], [], DAY, most=1024 * 1024)


# Charts


def test_every_chart_has_a_name_of_its_own_that_files_can_bear(report: ReportView) -> None:
    names = [chart.name for chart in charts_of(report)]
    assert len(names) == len(set(names)) > 2
    assert [name for name in names if not re.fullmatch("[a-z][a-z0-9-]*", name)] == []


def test_a_chart_as_svg_stands_alone_and_says_itself(report: ReportView) -> None:
    for chart in charts_of(report):
        root = ElementTree.fromstring(as_svg(chart, rtl=False))
        assert root.tag == f"{SVG}svg"
        assert root.get("viewBox")
        assert (root.get("font-family") or "").endswith("sans-serif"), "a font that every machine has"
        assert root.findtext(f"{SVG}title") == alternative(chart)
        assert alternative(chart).startswith(chart.title)


def test_a_chart_as_png_is_twice_as_large_on_white_with_its_words_inside(report: ReportView) -> None:
    chart = charts_of(report)[0]
    content = as_png(chart, rtl=False)
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        _, _, width, height = map(float, (ElementTree.fromstring(chart.svg).get("viewBox") or "").split())
        assert picture.size == (SCALE * width, SCALE * height)
        assert picture.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
        assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 20, "something is drawn"
        assert picture.info["Title"] == chart.title
        assert picture.info["Description"] == alternative(chart)


def test_the_same_chart_gives_the_same_bytes_within_its_process_and_without(report: ReportView) -> None:
    chart = charts_of(report)[1]
    assert as_png(chart, rtl=False) == draw(chart, rtl=False) == draw(chart, rtl=False)
    assert as_svg(chart, rtl=False) == as_svg(chart, rtl=False)


def of(inner: str, title: str = "t") -> Chart:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40" width="300" height="40">{inner}</svg>'
    return Chart("x", title, svg)


def ink(chart: Chart, rtl: bool = False) -> int:
    """How many pixels of a picture are dark."""
    with Image.open(io.BytesIO(draw(chart, rtl=rtl))) as picture:
        return sum(picture.convert("L").histogram()[:128])


def test_letters_of_every_shipped_script_are_drawn_in_their_weight() -> None:
    def written(text: str, weight: str) -> int:
        return ink(of(f'<text x="20" y="25" font-size="16" font-weight="{weight}">{text}</text>'))

    for text in ("Risk", "שלום", "Risk שלום 62"):
        light, bold = written(text, "normal"), written(text, "bold")
        assert 0 < 1.15 * light < bold, text


def test_what_no_font_can_draw_becomes_a_mark_and_no_empty_box_of_the_machine() -> None:
    mark = ink(of('<text x="20" y="25" font-size="16">\N{REPLACEMENT CHARACTER}</text>'))
    assert ink(of('<text x="20" y="25" font-size="16">\u6f22</text>')) == mark > 0


def test_right_to_left_signs_stand_where_the_chart_places_them() -> None:
    """Drawn sign by sign from left to right, as they are given: the wide one first or last."""

    def centre(text: str, rtl: bool) -> float:
        chart = of(f'<text x="20" y="25" font-size="16">{text}</text>')
        with Image.open(io.BytesIO(draw(chart, rtl=rtl))) as picture:
            grey = picture.convert("L")
            dark = [x for x in range(grey.width) for y in range(grey.height) if grey.getpixel((x, y)) < 128]  # type: ignore[operator]
        return sum(dark) / len(dark) - min(dark)

    wide_first, narrow_first = "ששיייי", "יייישש"
    assert centre(wide_first, True) < centre(narrow_first, True)
    assert centre(wide_first, False) > centre(narrow_first, False), "without it, programs turn Hebrew round"


def test_a_right_to_left_chart_as_svg_is_not_turned_round_again() -> None:
    root = ElementTree.fromstring(as_svg(of('<text x="20" y="25">שלום</text>'), rtl=True))
    (text,) = root.iter(f"{SVG}text")
    assert (text.get("unicode-bidi"), text.get("direction")) == ("bidi-override", "ltr")


@pytest.mark.parametrize(
    "inner",
    [
        '<image href="{file}" width="9" height="9"/>',
        '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{file}" width="9" height="9"/>',
        '<use href="#x"/>',
        "<style>@import url({file});</style>",
        '<rect width="9" height="9" fill="url({file})"/>',
        '<rect width="9" height="9" fill="URL({file})"/>',
        '<rect width="9" height="9" filter="url(http://127.0.0.1/x)"/>',
        '<foreignObject width="9" height="9"/>',
        "<script>1</script>",
        '<rect width="9" height="9" onload="1"/>',
        '<rect width="9" height="9" style="fill:url({file})"/>',
        "<!-- x -->",
    ],
)
def test_a_chart_that_would_read_anything_is_not_drawn(inner: str, tmp_path: Path) -> None:
    """resvg reads pictures from the disk, so nothing that could name one reaches it."""
    file = tmp_path / "secret.png"
    Image.new("RGB", (9, 9), "black").save(file)
    chart = of(inner.replace("{file}", str(file)))
    with pytest.raises(ValueError, match="a chart "):
        draw(chart, rtl=False)
    with pytest.raises(ValueError, match="a chart "):
        as_svg(chart, rtl=False)
    with pytest.raises(Unavailable, match="The picture could not be drawn"):
        as_png(chart, rtl=False)


def test_a_document_type_is_refused_before_it_is_read() -> None:
    bomb = Chart("x", "t", '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>')
    with pytest.raises(ValueError, match="declares nothing"):
        draw(bomb, rtl=False)


def test_drawing_that_takes_too_long_is_given_up_with_a_sentence(report: ReportView) -> None:
    with pytest.raises(Unavailable, match="The picture could not be drawn"):
        as_png(charts_of(report)[0], rtl=False, limits=Limits(wall=0.0001))


def test_hostile_words_stand_in_a_chart_as_they_are() -> None:
    title = '<script>alert(1)</script> & "quotes" \u202e'
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;"
    chart = of(f"<title>{escaped}</title><text x='20' y='25'>{escaped}</text>", title)
    with Image.open(io.BytesIO(draw(chart, rtl=False))) as picture:
        picture.load()
        assert picture.info["Title"] == title
        assert picture.info["Description"].startswith("<script>")
    assert b"<script" not in as_svg(chart, rtl=False)
    assert draw(chart, rtl=False).startswith(PNG_MARK)
