"""The report, the paper form and the evidence in two pseudo-languages: nothing English, everything in its place."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from io import BytesIO
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import page
import pikepdf
import pypdf
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from click.testing import CliRunner
from fontTools.ttLib import TTFont
from pseudo import ACCENTED, HEBREW, pseudo_languages
from pseudo_rules import with_pseudo_languages
from team_values import PEERS, STAFF, USERS, half_open, highest, reading, torn
from weasyprint import Document

from readiness.cli import main
from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.localised import localised
from readiness.engine.ruleset import Locale, RuleSet
from readiness.engine.scoring import score
from readiness.language import CATALOGUE, ENGLISH, Language, available, speaking
from readiness.report.chart_list import charts_of
from readiness.report.charts_canvas import WIDTH
from readiness.report.charts_change import change_chart
from readiness.report.citing import Register
from readiness.report.evidence import Chosen, advice_method, construct_method, findings
from readiness.report.paper import Paper
from readiness.report.pdf import FONTS, lay_out_questionnaire, lay_out_report, render_pdf, render_questionnaire
from readiness.report.process import render_in_process, render_questionnaire_in_process
from readiness.report.said import say
from readiness.report.teaching import pair_view
from readiness.report.text import direction_of, in_visual_order
from readiness.report.view import ReportView, view
from readiness.report.view_change import Wave, change_view
from readiness.report.words import CONDITION

DAY = date(2026, 3, 1)
MARGIN, PAGE_WIDTH = 16 * 96 / 25.4, 210 * 96 / 25.4
FACES = {
    weight: [TTFont(FONTS / f"{name}-{weight}.ttf") for name in ("NotoSans", "NotoSansHebrew")]
    for weight in ("Bold", "Regular")
}
LATIN = re.compile(r"[A-Za-z]{2,}")
# Fields that hold codes, or names that every language keeps.
KEPT = {
    "code", "source", "source_id", "id", "cite", "reference", "doi", "licence", "locator", "authors", "journal", "eric",
    "cfir2009", "cfir2022", "kind", "direction", "part", "construct", "band", "certainty", "near", "phase", "version",
    "ruleset_id", "digest", "stamp", "service", "language", "first", "then", "pairs", "day", "day_words",
    "course", "before_words", "after_words",
}  # fmt: skip


@pytest.fixture(scope="module", params=[ACCENTED, HEBREW])
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Language]:
    """Each pseudo-language, spoken."""
    chosen = pseudo_languages(tmp_path_factory.mktemp("locale"))[request.param]
    with speaking(chosen):
        yield chosen


@pytest.fixture(scope="module")
def there(spoken: Language, shipped: RuleSet) -> RuleSet:
    """The shipped rule set in the language being spoken."""
    return localised(with_pseudo_languages(shipped), spoken.code)


def mixed(ruleset: RuleSet) -> Answers:
    """Answers of every kind: all levels, open ones, and those that do not apply."""
    given: dict[str, Answer] = {}
    for place, item in enumerate(ruleset.instrument.asked(Phase.AFTER)):
        given[item.code] = item.order[place % len(item.order)] if place % 5 else Missing.DONT_KNOW
        if item.not_applicable and not place % 3:
            given[item.code] = Missing.NOT_APPLICABLE
    return Answers(Phase.AFTER, given)


@pytest.fixture(scope="module")
def shown(there: RuleSet) -> ReportView:
    groups = {(STAFF,): (12, torn), (PEERS, USERS): (9, half_open)}
    _, team = reading(there.instrument, groups, highest, ("7",))
    before = Wave(there, *reading(there.instrument, groups, half_open, phase=Phase.BEFORE), DAY)
    change = change_view(before, Wave(there, mixed(there), team, DAY))
    return replace(view(there, score(there, mixed(there)), "7", DAY, team=team), change=change)


@pytest.fixture(scope="module")
def laid_out(shown: ReportView) -> tuple[str, Document]:
    return lay_out_report(shown)


@pytest.fixture(scope="module")
def form(there: RuleSet, spoken: Language) -> tuple[str, Document]:
    return lay_out_questionnaire(Paper(there, Phase.BEFORE), spoken)


def english(value: object, name: str = "") -> Iterator[str]:
    """Every text below a value that holds Latin words and is neither code nor name."""
    if name in KEPT:
        return
    if isinstance(value, str):
        if LATIN.search(value):
            yield f"{name}: {value}"
    elif is_dataclass(value):
        for field in fields(value):
            yield from english(getattr(value, field.name), field.name)
    elif isinstance(value, dict):
        yield from english(tuple(value.values()), name)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from english(part, name)


def english_in(html: str, *kept: str) -> list[str]:
    """The visible texts of a document that hold Latin words, outside of what is marked as English."""
    found = []
    waiting = [html5lib.parse(html, namespaceHTMLElements=False)]
    while waiting:
        node = waiting.pop()
        texts = [node.text, *(child.tail for child in node)]
        found += [text for text in texts if node.tag != "style" and LATIN.search(without(text or "", *kept))]
        waiting += [child for child in node if child.get("lang") != "en"]
    return found


def without(text: str, *kept: str) -> str:
    for each in kept:
        text = text.replace(each, "")
    return text


def texts_of(document: Document) -> Iterator[list[tuple[float, float, float, float, str]]]:
    """For each page its texts with their places: left, top, right, bottom."""
    for one in document.pages:
        boxes = [box for box in one._page_box.descendants() if getattr(box, "text", "").strip()]
        yield [
            (box.position_x, box.position_y, box.position_x + box.width, box.position_y + box.height, box.text)
            for box in boxes
        ]


def overlapping(texts: list[tuple[float, float, float, float, str]]) -> list[tuple[str, str]]:
    """Pairs of texts that share more than a hair of paper: two points across and half a line down."""
    return [
        (one[4], two[4])
        for one, two in combinations(sorted(texts), 2)
        if min(one[2], two[2]) - max(one[0], two[0]) > 2
        and min(one[3], two[3]) - max(one[1], two[1]) > 0.5 * min(one[3] - one[1], two[3] - two[1])
    ]


# --- what is said


def test_everything_a_result_shows_is_translated(shown: ReportView) -> None:
    assert list(english(shown)) == []


def test_everything_the_evidence_shows_is_translated(there: RuleSet) -> None:
    register = Register(there)
    said = [
        findings(there, Chosen()),
        advice_method(there, register),
        *(pair_view(there, each) for each in there.pairs),
    ]
    said += [construct_method(there, code, register) for code in there.constructs]
    assert list(english(said)) == []


def test_every_condition_is_said_in_the_language(there: RuleSet) -> None:
    conditions = [rule.condition for rule in there.rules.values()]
    conditions += [each.condition for each in there.recommendations]
    assert [said for each in conditions if LATIN.search(said := say(there, each))] == []


def test_a_translator_may_use_percent_signs_in_the_words_of_conditions(tmp_path: Path, shipped: RuleSet) -> None:
    path = tmp_path / "de" / CATALOGUE
    path.parent.mkdir(parents=True)
    made = Catalog("de", fuzzy=False)
    phrases = [getattr(CONDITION, field.name) for field in fields(CONDITION)]
    for phrase in phrases:
        made.add(phrase, f"100 %% {phrase}", flags=["python-format"] if "%(" in phrase else [])
    with path.open("wb") as file:
        write_po(file, made)
    conditions = [each.condition for each in (*shipped.rules.values(), *shipped.recommendations)]
    with speaking(ENGLISH):
        english_words = [say(shipped, each) for each in conditions]
    with speaking(available(tmp_path)["de"]):
        said = [say(shipped, each) for each in conditions]
    assert [each for each in said if not each.startswith("100 % ") or "%%" in each or "[en]" in each] == []
    assert [each.replace("100 % ", "") for each in said] == english_words


def test_no_page_of_the_report_holds_english(shown: ReportView, laid_out: tuple[str, Document]) -> None:
    version = f"{shown.ruleset_id} {shown.version}"
    names = (shown.stamp, shown.digest, shown.authors, shown.licence, shown.day_words, version)
    assert english_in(laid_out[0], *names) == []


def test_no_page_of_the_paper_form_holds_english(there: RuleSet, form: tuple[str, Document]) -> None:
    identity = there.identity
    assert english_in(form[0], f"{identity.id} {identity.version} · {identity.digest[:12]}") == []


def test_a_translation_that_a_machine_drafted_says_so(shipped: RuleSet, spoken: Language) -> None:
    drafted = replace(shipped, locales={spoken.code: Locale({}, {}, True)})
    there = localised(drafted, spoken.code)
    note = view(there, score(there, mixed(there)), "7", DAY).translation
    assert note
    assert note in lay_out_questionnaire(Paper(there, Phase.BEFORE), spoken)[0]


# --- where it stands


def test_the_report_keeps_within_20_pages_and_their_margins(laid_out: tuple[str, Document]) -> None:
    assert 6 <= len(laid_out[1].pages) <= 20
    assert sum(map(len, texts_of(laid_out[1]))) > 500
    for texts in texts_of(laid_out[1]):
        assert [text for text in texts if text[0] < MARGIN - 1 or text[2] > PAGE_WIDTH - MARGIN + 1] == []


def test_no_text_of_the_report_lies_on_another(laid_out: tuple[str, Document]) -> None:
    assert [pair for texts in texts_of(laid_out[1]) for pair in overlapping(texts)] == []


def test_the_paper_form_keeps_its_margins_and_nothing_overlaps(form: tuple[str, Document]) -> None:
    assert sum(map(len, texts_of(form[1]))) > 300
    for texts in texts_of(form[1]):
        assert [text for text in texts if text[0] < MARGIN - 1 or text[2] > PAGE_WIDTH - MARGIN + 1] == []
        assert overlapping(texts) == []


def test_no_text_of_a_chart_is_cut_or_lies_on_another(shown: ReportView) -> None:
    charts = charts_of(shown)
    assert {"domains", "profile", "gaps"} <= {chart.name for chart in charts}
    for chart in charts:
        places = list(chart_texts(chart.svg))
        assert "…" not in "".join(place[4] for place in places)
        assert [place for place in places if place[0] < 0 or place[2] > WIDTH] == []
        assert overlapping(places) == []


def test_no_text_of_a_chart_of_changes_is_cut_or_lies_on_another(shown: ReportView, spoken: Language) -> None:
    assert shown.change is not None
    rows = [*(each.domain for each in shown.change.domains), *shown.change.constructs]
    places = list(chart_texts(change_chart("t", rows, shown.bands, rtl=spoken.direction == "rtl")))
    assert "…" not in "".join(place[4] for place in places)
    assert [place for place in places if place[0] < 0 or place[2] > WIDTH] == []
    assert overlapping(places) == []


def chart_texts(chart: str) -> Iterator[tuple[float, float, float, float, str]]:
    """The texts of a chart with their places, as wide as the shipped fonts make them."""
    bold, regular = FACES["Bold"], FACES["Regular"]
    for element in ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}text"):
        size, text = float(element.get("font-size", "11")), element.text or ""
        width = sum(advance(letter, bold if element.get("font-weight") else regular) for letter in text) * size
        x, y = float(element.get("x", "")), float(element.get("y", ""))
        left = x - {"start": 0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
        yield left, y - 0.8 * size, left + width, y, text


def advance(letter: str, fonts: list[TTFont]) -> float:
    """How wide a letter is, in parts of its size."""
    for font in fonts:
        if name := font.getBestCmap().get(ord(letter)):
            return float(font["hmtx"][name][0]) / font["head"].unitsPerEm
    raise AssertionError(f"no shipped font has {letter!r}")


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("גבוה, 92", "92 ,הובג"),
        ("‹גבוה› (92)", "(92) ‹הובג›"),
        ("סיכון CFIR 2022 כאן", "ןאכ CFIR 2022 ןוכיס"),
        ("שָׁלוֹם", "םוֹלשָׁ"),
        ("92", "92"),
    ],
)
def test_a_line_of_hebrew_is_drawn_in_the_order_in_which_it_is_seen(said: str, seen: str) -> None:
    assert in_visual_order(said) == seen


@pytest.mark.parametrize(("name", "direction"), [("North (Ltd.)", "ltr"), ("2. שירות", "rtl"), ("42", "rtl")])
def test_a_name_runs_in_the_direction_of_its_first_letter(name: str, direction: str) -> None:
    assert direction_of(name, otherwise="rtl") == direction


# --- the file


def test_the_pdf_bears_language_and_passes_the_gate(shown: ReportView, spoken: Language) -> None:
    pdf = render_pdf(shown)
    checked = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert [failure.message for failure in checked.failures] == []
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == spoken.code
        with document.open_outline() as outline:
            assert [item.title for item in outline.root if LATIN.search(item.title)] == []
    assert render_in_process(shown) == pdf


def test_the_form_comes_in_the_language_from_the_renderer_too(there: RuleSet, spoken: Language) -> None:
    assert render_questionnaire_in_process(Paper(there, Phase.AFTER)) == render_questionnaire(
        Paper(there, Phase.AFTER), spoken
    )


def test_the_english_report_says_nothing_of_a_translation(shipped: RuleSet) -> None:
    with speaking(ENGLISH):
        assert view(shipped, score(shipped, mixed(shipped)), "S", DAY).translation == ""


def test_a_language_nobody_has_translated_into_gets_a_sentence(tmp_path: Path) -> None:
    target = tmp_path / "form.pdf"
    answer = CliRunner().invoke(main, ["questionnaire", "--pdf", str(target), "--language", "tlh"])
    assert answer.exit_code == 2
    assert "There is no translation into 'tlh'" in answer.output
    assert not target.exists()


def test_the_command_line_writes_the_form_in_a_language_and_marks_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pseudo_languages(tmp_path / "locale")
    monkeypatch.setenv("READINESS_LOCALE", str(tmp_path / "locale"))
    target = tmp_path / "form.pdf"
    answer = CliRunner().invoke(main, ["questionnaire", "--pdf", str(target), "--language", HEBREW])
    assert answer.exit_code == 0
    text = " ".join(pypdf.PdfReader(target).pages[0].extract_text().split())
    assert "Questionnaire on paper" not in text
    assert re.search(r"Readiness for peer support work in mental health services.{0,3}en", text)
