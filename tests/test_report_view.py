"""The view: everything shown is plain text, complete, traced to findings, and never says more than the result."""

import re
from dataclasses import fields, is_dataclass
from datetime import date
from xml.etree import ElementTree

import pytest

from readiness.engine.answers import Answer, Answers, Missing, Phase
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.language import format_date
from readiness.report.charts import bar_chart
from readiness.report.text import one_line
from readiness.report.view import ReportView, view
from readiness.report.view_domains import rating_words, sign, whole

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def ruleset(shipped: RuleSet) -> RuleSet:
    return shipped


def answers(ruleset: RuleSet, kind: str, phase: Phase = Phase.AFTER) -> Answers:
    given: dict[str, Answer] = {}
    for item in ruleset.instrument.asked(phase):
        scoring = ruleset.item_scoring.get(item.code)
        if kind == "dont_know":
            given[item.code] = Missing.DONT_KNOW
        elif kind == "worst" and scoring:
            given[item.code] = min(scoring.ratings, key=lambda code, scoring=scoring: scoring.ratings[code])
        elif kind == "best" and scoring:
            given[item.code] = scoring.best
    return Answers(phase, given)


def shown(ruleset: RuleSet, kind: str, phase: Phase = Phase.AFTER) -> ReportView:
    return view(ruleset, score(ruleset, answers(ruleset, kind, phase)), "A service", DAY)


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for part in value for text in texts(part)]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


@pytest.mark.parametrize("kind", ["worst", "best", "dont_know", "empty"])
def test_no_text_holds_an_unfilled_place(ruleset: RuleSet, kind: str) -> None:
    assert not [text for text in texts(shown(ruleset, kind)) if re.search(r"\{\w*\}", text)]


def test_findings_are_numbered_in_order_of_first_use_without_gaps(ruleset: RuleSet) -> None:
    report = shown(ruleset, "worst")
    used = [one.number for domain in report.domains for construct in domain.constructs for reason in construct.reasons
            for one in reason.citations]  # fmt: skip
    assert [one.number for one in report.citations] == list(range(1, len(report.citations) + 1))
    assert used[0] == 1
    assert {one.source_id for one in report.citations} == {source.id for source in report.sources}


def test_every_reason_rule_and_recommendation_is_cited(ruleset: RuleSet) -> None:
    report = shown(ruleset, "worst")
    constructs = [construct for domain in report.domains for construct in domain.constructs]
    assert all(reason.citations and reason.because for construct in constructs for reason in construct.reasons)
    assert all(rule.citations and rule.status_words for construct in constructs for rule in construct.rules)
    assert all(one.citations and one.steps and one.who and one.why_here for one in report.recommendations)


def test_recommendations_begin_with_what_eases_each_critical_barrier_and_go_on_by_priority(ruleset: RuleSet) -> None:
    found = shown(ruleset, "worst").recommendations
    barriers = len(shown(ruleset, "worst").summary.barriers)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    rest = [one.priority for one in found[barriers:]]
    assert rest == sorted(rest, reverse=True)
    assert 0 < barriers < len(found)


def test_the_first_recommendations_are_those_of_the_summary(ruleset: RuleSet) -> None:
    report = shown(ruleset, "worst")
    assert [one.number for one in report.summary.first] == [1, 2, 3]


def test_before_the_start_nothing_is_to_be_made_up_for(ruleset: RuleSet) -> None:
    assert shown(ruleset, "worst", Phase.BEFORE).phases[0].title == "Before the start"
    assert shown(ruleset, "worst", Phase.AFTER).phases[0].title == "Groundwork to make up for"


def test_with_every_answer_unknown_no_risk_is_shown(ruleset: RuleSet) -> None:
    report = shown(ruleset, "dont_know")
    assert {domain.bar.risk for domain in report.domains} == {None}
    assert report.summary.counts_words == "5 not determinable"
    assert report.summary.headline == "Too little is known to say whether there is a critical barrier."
    assert not report.citations
    assert len(report.undetermined) == len(ruleset.constructs)
    assert all(item.dont_know for group in report.unknown for item in group.items)


def test_critical_barriers_are_named_first(ruleset: RuleSet) -> None:
    report = shown(ruleset, "worst")
    critical = {construct.title for construct in ruleset.constructs.values() if construct.critical}
    assert {barrier.title for barrier in report.summary.barriers} == critical
    assert report.summary.headline.startswith("Critical barriers first: ")


def test_there_is_no_overall_score_and_the_report_says_why(ruleset: RuleSet) -> None:
    assert "no overall score" in shown(ruleset, "best").summary.no_total


def test_answers_are_shown_as_given(ruleset: RuleSet) -> None:
    given = answers(ruleset, "best")
    rows = {row.code: row for section in shown(ruleset, "best").answers for row in section.rows}
    assert set(rows) == {item.code for item in ruleset.instrument.asked(Phase.AFTER)}
    for code, answer in given.given.items():
        assert rows[code].answer == ruleset.instrument.items[code].texts[str(answer)]


def test_the_same_result_gives_the_same_view(ruleset: RuleSet) -> None:
    assert shown(ruleset, "worst") == shown(ruleset, "worst")


def test_the_stamp_names_id_version_digest_and_day(ruleset: RuleSet) -> None:
    own = ruleset.identity
    assert shown(ruleset, "best").stamp == f"{own.id} {own.version} · {own.digest[:12]} · 2026-03-01"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  A \n\t B  ", "A B"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\x00\x1b\x7fb\ud800\ufffe", "ab"),
        ("x" * 400, "x" * 299 + "…"),
        ("צוות א׳", "צוות א׳"),
    ],
)
def test_a_name_is_one_clean_line_of_bounded_length(written: str, expected: str) -> None:
    assert one_line(written) == expected


def test_a_blank_name_is_called_unnamed(ruleset: RuleSet) -> None:
    assert view(ruleset, score(ruleset, answers(ruleset, "best")), " \u202e ", DAY).service == "Unnamed service"


@pytest.mark.parametrize(("number", "expected"), [(62.5, 63), (62.49, 62), (0.5, 1), (37.5, 38), (0.0, 0)])
def test_halves_round_upward_so_that_no_risk_shows_below_its_band(number: float, expected: int) -> None:
    assert whole(number) == expected


@pytest.mark.parametrize(
    ("rating", "said", "written"),
    [
        (-2, "strong barrier", "−2"),
        (-1, "barrier", "−1"),
        (0, "neutral or mixed", "0"),
        (0.5, "neutral or mixed", "+0.5"),
        (-0.5, "barrier", "−0.5"),
        (1.5, "facilitator", "+1.5"),
        (-1.5, "strong barrier", "−1.5"),
        (2, "strong facilitator", "+2"),
    ],
)
def test_ratings_are_said_in_the_words_of_cfir(rating: float, said: str, written: str) -> None:
    assert (rating_words(rating), sign(rating)) == (said, written)


def test_a_day_reads_the_same_on_every_machine() -> None:
    assert format_date(date(2025, 11, 22)) == "22 November 2025"


@pytest.mark.parametrize("rtl", [False, True])
def test_a_chart_says_every_bar_and_carries_no_style(ruleset: RuleSet, rtl: bool) -> None:
    report = shown(ruleset, "worst")
    bars = [domain.bar for domain in report.domains]
    chart = bar_chart("Risk <by> domain", bars, report.bands, rtl=rtl)
    root = ElementTree.fromstring(chart)
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text is not None
    assert all(bar.alt in title.text for bar in bars)
    assert "style" not in chart


def test_a_chart_mirrors_from_right_to_left(ruleset: RuleSet) -> None:
    report = shown(ruleset, "worst")
    bars = [report.domains[0].bar]
    marks = [
        [float(x) for x in re.findall(r'cx="([\d.]+)"', bar_chart("t", bars, report.bands, rtl=rtl, legend=False))]
        for rtl in (False, True)
    ]
    assert marks[0]
    assert [640 - x for x in marks[0]] == pytest.approx(marks[1])
