"""Change and likeness as views, chart and chapter: what is said, what is held back, and what is never claimed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import pikepdf
import pypdf
import pytest
from team_values import PEERS, STAFF, Given, answers_of, highest, lowest, reading, torn
from test_report_pdf import failures, text_of
from test_report_view import texts
from version_files import CONTACT, WORDING, version_of

from readiness.engine.answers import Answer, Answers, Missing, Phase, Role
from readiness.engine.instrument import Item
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.team import TeamReading
from readiness.language import speaking
from readiness.report.charts_change import change_chart
from readiness.report.document import report_html
from readiness.report.editions import Edition, Sheet
from readiness.report.parts_change import ChangeView, shortened
from readiness.report.pdf import _lay_out, render_pdf
from readiness.report.rooms import ROOMS
from readiness.report.view import ReportView, view
from readiness.report.view_change import Wave, change_view
from readiness.report.view_sites import domain_bars, sites_view

THEN, NOW = date(2025, 3, 1), date(2026, 3, 1)
NOBODY = TeamReading((), (), (), 5, is_asked=False)
Groups = Mapping[tuple[Role, ...], tuple[int, Given]]
SVG = "{http://www.w3.org/2000/svg}"


def unknown(item: Item, place: int) -> Answer:
    return Missing.DONT_KNOW


def half(item: Item, place: int) -> Answer:
    return item.order[0] if len(item.code) % 2 else Missing.DONT_KNOW


def second(item: Item, place: int) -> Answer:
    return item.order[1]


def alone(ruleset: RuleSet, phase: Phase, given: Given, day: date = THEN) -> Wave:
    return Wave(ruleset, answers_of(ruleset.instrument, phase, given), NOBODY, day)


def of_team(ruleset: RuleSet, groups: Groups, manager: Given = lowest, day: date = THEN) -> Wave:
    return Wave(ruleset, *reading(ruleset.instrument, groups, manager), day)


def shown(
    ruleset: RuleSet, then: Given, now: Given, phases: tuple[Phase, Phase] = (Phase.BEFORE, Phase.AFTER)
) -> ChangeView:
    return change_view(alone(ruleset, phases[0], then), alone(ruleset, phases[1], now, NOW))


def group(change: ChangeView, code: str) -> list[str]:
    return [row.code for each in change.answers if each.code == code for row in each.rows]


def test_it_counts_constructs_each_way_and_names_the_domains_in_another_band(shipped: RuleSet) -> None:
    change = shown(shipped, lowest, highest)
    assert change.headline[0].startswith("Constructs at lower risk than in the wave before: 22; at higher risk: 0;")
    assert change.headline[1] == "Of these changes, open answers cannot undo 22 of 22."
    assert "Inner setting (high risk, now low risk)" in change.headline[2]
    assert change.before_words == "Before the start, 1 March 2025"


def test_no_sentence_claims_that_something_worked_or_adds_domains_up(shipped: RuleSet) -> None:
    change = shown(shipped, lowest, highest)
    assert change.caveats[0].startswith("A changed answer does not say what changed it.")
    said = " ".join(texts(change)).lower()
    assert [word for word in ("effective", "success", "improvement of", "overall", "score") if word in said] == []


def test_what_open_answers_could_undo_is_said_so(shipped: RuleSet) -> None:
    change = shown(shipped, half, lowest)
    words = {moved.words for moved in change.constructs}
    assert any(word.endswith("but open answers could undo that") for word in words)
    assert "not determinable in the wave before, so no change can be told" in words


def test_with_nothing_known_nothing_is_told(shipped: RuleSet) -> None:
    change = shown(shipped, unknown, unknown)
    assert change.headline == (
        "Constructs at lower risk than in the wave before: 0; at higher risk: 0; at the same: 0; not determinable in "
        "one wave or both: 22.",
        "Too little is known to place any domain in a band in both waves.",
    )
    assert change.no_answers == "Every answer that both waves have is the same."


def test_answers_are_grouped_by_how_they_changed_the_widest_first(shipped: RuleSet) -> None:
    change = shown(shipped, lowest, highest)
    assert len(group(change, "better")) > 50
    first, last = (group(change, "better")[place] for place in (0, -1))

    def apart(code: str) -> float:
        ratings, order = shipped.item_scoring[code].ratings, shipped.instrument.items[code].order
        return ratings[order[-1]] - ratings[order[0]]

    assert apart(first) == 4 > apart(last) > 0
    assert change.one_stage == ("Time since peer support started: asked at the stage of this wave only",)


@pytest.mark.parametrize("phases", [(Phase.BEFORE, Phase.AFTER), (Phase.AFTER, Phase.AFTER)])
def test_plan_and_practice_are_not_passed_off_as_one_thing(shipped: RuleSet, phases: tuple[Phase, Phase]) -> None:
    said = " ".join(shown(shipped, highest, lowest, phases).caveats)
    assert ("One wave asked about the plan, the other about practice." in said) is (phases[0] is not phases[1])


def test_of_a_team_it_is_said_who_answered_then_and_now_and_that_it_may_be_others(shipped: RuleSet) -> None:
    change = change_view(
        of_team(shipped, {(STAFF,): (12, lowest)}), of_team(shipped, {(PEERS,): (7, highest)}, day=NOW)
    )
    assert (
        "The wave before rests on the answers of the manager and 12 mental health workers, this one on those of the "
        "manager and 7 peer support workers. They may be different people"
    ) in change.caveats[1]


def test_gaps_then_and_now_are_told_where_both_waves_have_them(shipped: RuleSet) -> None:
    then, now = of_team(shipped, {(STAFF,): (12, highest)}), of_team(shipped, {(STAFF,): (12, lowest)}, day=NOW)
    change = change_view(then, now)
    assert {gap.words for gap in change.gaps} == {"seen alike now"}
    assert {gap.words for gap in change_view(now, then).gaps} == {"seen alike before"}
    same = change_view(then, replace(then, day=NOW))
    assert (same.gaps, bool(same.no_gaps)) == ((), True)
    assert change_view(alone(shipped, Phase.AFTER, lowest), now).no_gaps == ""


def test_a_change_holds_nothing_of_a_team_but_combined_answers_gaps_and_sizes_of_groups(shipped: RuleSet) -> None:
    """What a group says by itself is not set side by side: two values of nearly the same people would tell more."""
    then, now = of_team(shipped, {(STAFF,): (5, torn)}), of_team(shipped, {(STAFF,): (6, torn)}, day=NOW)
    bare = [replace(wave, team=replace(wave.team, gaps=(), comments=())) for wave in (then, now)]
    assert change_view(then, now) == change_view(*bare)
    blank = [replace(each, values=dict.fromkeys(each.values)) for each in then.team.sheets]  # type: ignore[arg-type]
    assert change_view(replace(then, team=replace(then.team, sheets=tuple(blank))), now) == change_view(then, now)


# --- versions


def small(ruleset: RuleSet, day: date = THEN) -> Wave:
    return alone(ruleset, Phase.AFTER, lowest, day)


def test_one_version_needs_no_word_on_versions() -> None:
    change = change_view(small(version_of("1.0.0")), small(version_of("1.0.0"), NOW))
    assert (change.version, change.lost, change.reworded, change.added) == ((), (), (), ())


def test_a_version_that_words_otherwise_is_said_to_and_both_wordings_are_shown() -> None:
    change = change_view(small(version_of("1.0.0")), small(version_of("1.0.1", WORDING), NOW))
    assert "The two differ in wording: nothing that is computed with differs." in change.version[0]
    (reworded,) = change.reworded
    assert ("“Hardly ever.”" in reworded.before, "“Almost never.”" in reworded.after) == (True, True)
    assert {moved.course for moved in change.constructs} == {"same"}


def test_a_version_that_rates_otherwise_is_said_to_and_both_waves_are_rated_by_the_later() -> None:
    newer = version_of("1.1.0", (CONTACT, "hardly_ever: -2", "hardly_ever: 1"))
    change = change_view(small(version_of("1.0.0")), small(newer, NOW))
    assert "Here its answers are rated by version 1.1.0" in change.version[0]
    assert {moved.course for moved in change.constructs} == {"same"}


@pytest.mark.parametrize(
    ("identity", "sentence"),
    [
        ({"id": "another"}, "The wave before was answered on another rule set (another 1.0.0)"),
        ({}, "more than half of its rated answers have no place in version 2.0.0"),
    ],
)
def test_what_cannot_be_compared_is_not_and_the_reason_is_said(identity: Mapping[str, str], sentence: str) -> None:
    old, new = version_of("1.0.0"), version_of("2.0.0")
    old = replace(old, identity=replace(old.identity, **identity))
    answers = Answers(Phase.AFTER, dict.fromkeys(old.construct_of, "a level of old"))
    then = small(old) if identity else Wave(old, answers, NOBODY, THEN)
    if not identity:
        items = {code: replace(item, options=(replace(item.options[0], code="a level of old"),))
                 for code, item in old.instrument.items.items()}  # fmt: skip
        sections = tuple(
            replace(section, pages=tuple(
                replace(each, items=tuple(items[item.code] for item in each.items)) for each in section.pages
            ))
            for section in old.instrument.sections
        )  # fmt: skip
        then = replace(then, ruleset=replace(old, instrument=replace(old.instrument, sections=sections)))
    change = change_view(then, small(new, NOW))
    assert sentence in change.impossible
    assert (change.domains, change.answers, change.headline, change.caveats) == ((), (), (), ())


# --- the chart


@pytest.fixture(scope="module")
def change(shipped: RuleSet) -> ChangeView:
    return shown(shipped, half, second)


@pytest.mark.parametrize("rtl", [False, True])
def test_the_chart_says_every_row_and_carries_no_style(change: ChangeView, rtl: bool) -> None:
    chart = change_chart("Then <and> now", change.constructs, change.bands, rtl=rtl)
    title = ElementTree.fromstring(chart).find(f"{SVG}title")
    assert title is not None
    assert all(moved.alt in (title.text or "") for moved in change.constructs)
    assert "style" not in chart


def test_the_chart_mirrors_from_right_to_left(change: ChangeView) -> None:
    left, right = (
        [float(x) for x in re.findall(r'cx="([\d.]+)"', change_chart("t", change.most_moved, change.bands, rtl=rtl))]
        for rtl in (False, True)
    )
    assert left
    assert [640 - x for x in left] == pytest.approx(right)


def test_a_change_that_open_answers_could_undo_is_drawn_broken_not_only_coloured(change: ChangeView) -> None:
    sure = [one for one in change.most_moved if one.is_settled][:1]
    unsure = [one for one in change.most_moved if not one.is_settled][:1]
    assert sure
    assert unsure
    for rows, broken in ((sure, False), (unsure, True)):
        chart = change_chart("t", rows, change.bands)
        assert chart.count('stroke-dasharray="3 3"') == broken + 1, "the legend has one"


def test_a_wave_of_which_nothing_is_known_has_no_mark(shipped: RuleSet) -> None:
    change = shown(shipped, unknown, lowest)
    chart = change_chart("t", change.constructs[:1], change.bands)
    assert (chart.count('r="6.5"'), chart.count('r="4.2"')) == (1, 2), "the legend has one of each"
    assert f"open, now {change.constructs[0].after.risk}<" in chart


# --- the chapter


def report(ruleset: RuleSet, then: Given, now: Given, day: date = NOW) -> ReportView:
    answers = answers_of(ruleset.instrument, Phase.AFTER, now)
    return replace(view(ruleset, score(ruleset, answers), "North Clinic", day), change=shown(ruleset, then, now))


def test_a_follow_up_has_a_chapter_on_change_tagged_and_within_14_pages(shipped: RuleSet) -> None:
    pdf = render_pdf(report(shipped, highest, lowest))
    assert failures(pdf) == []
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) <= 14
    said = " ".join(" ".join(text_of(pdf)).split())
    assert "A changed answer does not say what changed it." in said
    with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as outline:
        assert "Change since the wave before" in [item.title for item in outline.root]


def test_where_there_is_little_room_the_chapter_takes_a_page_at_most(shipped: RuleSet) -> None:
    def pages(shown: ReportView) -> int:
        return len(_lay_out(report_html(shown, Edition.FULL, ROOMS[-1]), False, Sheet.A4).pages)

    groups: Groups = {(STAFF,): (12, highest), (PEERS,): (9, lowest)}
    answers, team = reading(shipped.instrument, groups, lowest)
    change = change_view(of_team(shipped, groups, highest), Wave(shipped, answers, team, NOW))
    bare = view(shipped, score(shipped, answers), "North Clinic", NOW, team=team)
    lost = tuple(f"Question {place}: an answer that is gone." for place in range(70))
    assert pages(replace(bare, change=replace(change, lost=lost))) <= pages(bare) + 1


def test_without_an_earlier_wave_there_is_no_such_chapter(shipped: RuleSet) -> None:
    pdf = render_pdf(replace(report(shipped, highest, highest), change=None))
    assert "Change since the wave before" not in " ".join(text_of(pdf))


def test_a_chapter_holds_as_many_answers_as_there_is_room_for_and_counts_the_others(shipped: RuleSet) -> None:
    change = shown(shipped, lowest, highest)
    cut = shortened(change, 6)
    assert [(each.code, len(each.rows)) for each in cut.answers if each.rows] == [("better", 6)]
    assert [each.many for each in cut.answers] == [len(each.rows) for each in change.answers]
    assert all(not each.rows for each in shortened(change, 0).answers)


# --- sites and services


def test_the_page_on_sites_says_how_near_on_what_and_that_they_are_no_norm(shipped: RuleSet) -> None:
    case = shipped.cases["ulm_18_months"]
    sites = sites_view(shipped, case.answered(shipped.instrument))
    first = sites.near[0]
    assert (first.code, first.near, first.differences) == (case.code, "On average 0 of 4 rating points apart", ())
    assert first.known == "On 18 shared questions; of this site 18 rated answers are known"
    assert first.happened == case.happened
    assert sites.warning.startswith("6 sites are no norm.")
    assert {site.phase_words for site in sites.other_phase} == {"Before the start"}


def test_no_site_is_called_near_that_is_as_far_as_chance_or_of_which_too_little_is_known(shipped: RuleSet) -> None:
    sites = [case.answered(shipped.instrument) for case in shipped.examples if case.phase is Phase.AFTER]

    def furthest(item: str) -> str:
        ratings = shipped.item_scoring[item].ratings
        known = [ratings[level] for site in sites if (level := site[item]) in ratings]
        return max(ratings, key=lambda level: sum(abs(ratings[level] - rating) for rating in known))

    far = sites_view(shipped, Answers(Phase.AFTER, {item: furthest(item) for item in shipped.construct_of}))
    assert far.headline.startswith("No site is near.")
    nothing = sites_view(shipped, Answers(Phase.AFTER, {}))
    assert (nothing.near, len(nothing.too_little)) == ((), 6)
    assert nothing.headline.startswith("Too few of your answers")


def test_numbers_are_said_as_the_language_writes_them(shipped: RuleSet) -> None:
    answers = shipped.cases["ulm_18_months"].answered(shipped.instrument)
    with speaking("en"):
        assert sites_view(shipped, answers).near[1].near == "On average 0.4 of 4 rating points apart"


def test_bars_of_domains_are_those_of_the_result(shipped: RuleSet) -> None:
    answers = answers_of(shipped.instrument, Phase.AFTER, half)
    report = view(shipped, score(shipped, answers), "North", NOW)
    assert list(domain_bars(shipped, answers).values()) == [domain.bar for domain in report.domains]
