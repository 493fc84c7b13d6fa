"""What a team sees differently, as views, PDF, data and table: all that the reading holds, and nothing beside it."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
import pypdf
import pytest
from team_values import PEERS, STAFF, USERS, Given, half_open, highest, lowest, rarely, reading, torn
from test_report_pdf import failures, kinds, text_of
from test_report_view import texts

from readiness.engine.answers import Answer, Answers, Missing, Phase, Role
from readiness.engine.instrument import Instrument, Item, Section
from readiness.engine.ruleset import RuleSet
from readiness.engine.scoring import score
from readiness.engine.team import GroupSheet, GroupValue, TeamReading
from readiness.report.data import VALUES_HEAD, group_values_as_csv, result_as_data
from readiness.report.parts import TeamView
from readiness.report.pdf import render_pdf
from readiness.report.view import ReportView, view
from readiness.report.view_team import team_view

DAY = date(2026, 3, 1)
Groups = dict[tuple[Role, ...], tuple[int, Given]]
TWO: Groups = {(STAFF,): (12, highest), (PEERS,): (7, lowest)}


def shown(ruleset: RuleSet, groups: Groups, manager: Given = lowest, comments: tuple[str, ...] = ()) -> TeamView:
    _, team = reading(ruleset.instrument, groups, manager, comments)
    return team_view(ruleset, Phase.AFTER, team)


def report(ruleset: RuleSet, groups: Groups, manager: Given = lowest, comments: tuple[str, ...] = ()) -> ReportView:
    answers, team = reading(ruleset.instrument, groups, manager, comments)
    return view(ruleset, score(ruleset, answers), "North Clinic", DAY, team=team)


def consensus(ruleset: RuleSet, given: dict[str, str]) -> TeamReading:
    values = {item: GroupValue(answer, False, None, None) for item, answer in given.items()}
    values["private_space"] = GroupValue(Missing.DONT_KNOW, False, None, None)
    return TeamReading((GroupSheet((), 0, values),), (), (), 5, True)


# --- who stands behind it


def test_a_result_says_how_many_of_each_role_stand_behind_it(shipped: RuleSet) -> None:
    assert shown(shipped, TWO).who == (
        "This result rests on the answers of the manager, 12 mental health workers and 7 peer support workers."
    )


def test_pooled_roles_are_counted_together(shipped: RuleSet) -> None:
    assert "the manager and 9 people (peer support workers and service users together)." in (
        shown(shipped, {(PEERS, USERS): (9, lowest)}).who
    )


def test_a_consensus_sheet_counts_nobody_and_says_that_the_team_agreed(shipped: RuleSet) -> None:
    found = team_view(shipped, Phase.AFTER, consensus(shipped, {}))
    assert "the manager and the team, which agreed on one sheet together." in found.who
    assert found.protection == ""
    assert [(each.why, each.items) for each in found.untold] == [
        ("The team together left these open", (shipped.name("private_space"),))
    ]


def test_a_manager_alone_is_rated_alike_and_said_to_carry_less_confidence(shipped: RuleSet) -> None:
    answers, team = reading(shipped.instrument, {}, torn)
    alone = score(shipped, answers)
    same, _ = reading(shipped.instrument, {(STAFF, PEERS, USERS): (30, lambda item, _: torn(item, 0))}, torn)
    assert [each.rated for each in score(shipped, same).domains] == [each.rated for each in alone.domains]
    found = team_view(shipped, Phase.AFTER, team)
    assert found.who == "This result rests on the answers of the manager."
    assert "carry less confidence" in found.confidence
    assert not found.has_groups
    assert (found.gaps, found.guide, found.about, found.protection) == ((), (), "", "")


def test_a_team_of_which_nothing_could_be_published_is_not_passed_off_as_a_manager_alone(shipped: RuleSet) -> None:
    found = team_view(shipped, Phase.AFTER, TeamReading((), (), (), 7, True))
    assert "Others were asked too." in found.confidence
    assert "at least 7 people" in found.confidence


# --- what they see differently


def test_gaps_come_widest_first_and_those_of_two_steps_or_more_are_marked(shipped: RuleSet) -> None:
    def one_up(item: Item, _: int) -> str:
        return item.order[1] if len(item.order) > 3 else item.order[-1]

    answers, team = reading(shipped.instrument, {(STAFF,): (12, one_up)})
    found = team_view(shipped, answers.phase, team)
    steps = [gap.steps for gap in team.gaps]
    assert steps == sorted(steps, reverse=True)
    assert {1, 2} <= set(steps)
    assert [gap.is_wide for gap in found.gaps] == [each >= 2 for each in steps]
    assert (*found.wide, *found.narrow) == found.gaps


def test_a_gap_says_who_sees_it_how_from_least_to_most(shipped: RuleSet) -> None:
    gap = next(gap for gap in shown(shipped, TWO).gaps if gap.code == "private_space")
    least, *_, most = (shipped.level(gap.code, code) for code in shipped.instrument.items[gap.code].order)
    assert [(voice.who, voice.says) for voice in gap.voices] == [
        ("The manager; peer support workers", least),
        ("Mental health workers", most),
    ]


def test_a_group_that_is_far_apart_within_itself_is_named_with_its_middle(shipped: RuleSet) -> None:
    found = shown(shipped, {(STAFF,): (12, torn)})
    assert found.gaps == ()
    assert found.no_gaps
    assert found.apart
    assert all(note.words.startswith("Mental health workers do not see it alike") for note in found.apart)


def test_missing_shares_are_told_where_they_may_be_and_the_largest_come_first(shipped: RuleSet) -> None:
    def mostly_open(item: Item, place: int) -> Answer:
        return item.order[0] if place < 5 else Missing.DONT_KNOW

    found = shown(shipped, {(STAFF,): (12, half_open), (PEERS,): (15, mostly_open)})
    assert found.left_open[0].words == "Peer support workers: 10 of 15 left it open"
    assert found.left_open[-1].words == "Mental health workers: 6 of 12 left it open"
    assert found.untold == ()


def test_where_too_few_answered_nothing_but_that_is_told(shipped: RuleSet) -> None:
    found = shown(shipped, {(STAFF,): (12, rarely)})
    asked = [item.short for item in shipped.instrument.asked(Phase.AFTER) if STAFF in item.asked]
    assert [(each.why, list(each.items)) for each in found.untold] == [
        ("Mental health workers: too few answered these for anything to be told (fewer than 5)", asked)
    ]
    assert (found.gaps, found.apart, found.left_open) == ((), (), ())


def test_comments_are_shown_as_they_were_shuffled_without_hidden_signs(shipped: RuleSet) -> None:
    found = shown(shipped, TWO, comments=("b <i>\u202e\nsecond line", " ", "a"))
    assert found.comments == ("b <i>\nsecond line", "a")


# --- what to talk about


@pytest.mark.parametrize(
    ("groups", "least", "most"),
    [(TWO, 6, 6), ({(STAFF,): (12, torn)}, 6, 6), ({(STAFF,): (12, lowest)}, 0, 0), ({}, 0, 0)],
    ids=["gaps", "a group torn within", "all alike", "a manager alone"],
)
def test_the_guide_has_four_to_six_questions_or_none(shipped: RuleSet, groups: Groups, least: int, most: int) -> None:
    assert least <= len(shown(shipped, groups).guide) <= most


def test_one_gap_makes_a_guide_of_four_questions(shipped: RuleSet) -> None:
    def one(item: Item, _: int) -> str:
        return item.order[-1] if item.code == "private_space" else item.order[0]

    guide = shown(shipped, {(STAFF,): (12, one)}).guide
    assert len(guide) == 4
    assert shipped.name("private_space") in guide[0]


def test_the_guide_is_about_the_widest_gaps_ours_and_asks_nobody_what_they_said(shipped: RuleSet) -> None:
    found = shown(shipped, TWO)
    for gap, question in zip(found.gaps, found.guide[:3], strict=False):
        assert gap.item in question
    assert "our own judgement" in found.guide_about
    assert "never about who answered what" in found.guide_about
    for question in found.guide:
        assert not any(word in question.lower() for word in ("who said", "who answered", "which of you", "who wrote"))


def test_no_number_of_people_is_shown_that_the_reading_does_not_hold(shipped: RuleSet) -> None:
    groups: Groups = {(STAFF,): (13, half_open), (PEERS, USERS): (19, rarely)}
    _, team = reading(shipped.instrument, groups)
    held = {"5", *(str(sheet.people) for sheet in team.sheets)}
    held |= {str(n) for each in team.sheets for v in each.values.values() for n in (v.left_open, v.asked) if n}
    found = team_view(shipped, Phase.AFTER, team)
    said = [found.who, found.confidence, found.about, found.protection, *texts(found.left_open), *texts(found.untold)]
    wording = {word for item in shipped.instrument.items.values() for word in item.short.split()}
    numbers = {word.strip("().,") for text in said for word in text.split() if word.strip("().,").isdigit()} - wording
    assert numbers <= held


# --- the PDF


@pytest.fixture(scope="module")
def pdf(shipped: RuleSet) -> bytes:
    return render_pdf(report(shipped, {**TWO, (USERS,): (9, torn)}, comments=("A <b>comment</b>.",)))


def test_a_team_has_a_chapter_of_its_own_tagged_and_within_14_pages(pdf: bytes) -> None:
    text = " ".join(" ".join(text_of(pdf)).split())
    assert "What people see differently" in text
    assert "12 mental health workers, 7 peer support workers and 9 service users" in text
    assert "Questions for a meeting" in text
    assert failures(pdf) == []
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) <= 14
    with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles.index("What people see differently") == titles.index("Domain by domain") + 1
    assert {"Table", "TH", "THead"} <= set(kinds(pdf))


def test_the_cover_of_a_team_leaves_the_summary_on_the_second_page(pdf: bytes) -> None:
    assert "Summary" in text_of(pdf)[1]


def test_a_manager_alone_has_no_chapter_on_a_team_and_is_told_what_that_means(shipped: RuleSet) -> None:
    made = render_pdf(report(shipped, {}))
    text = " ".join(" ".join(text_of(made)).split())
    assert "What people see differently" not in text
    assert "carry less confidence" in text
    assert len(text_of(made)) <= 14


def test_the_longest_comments_and_widest_gaps_stay_within_14_pages(shipped: RuleSet) -> None:
    groups: Groups = {(STAFF,): (12, highest), (PEERS,): (9, half_open), (USERS,): (9, torn)}
    made = render_pdf(report(shipped, groups, comments=("long " * 200,) * 200))
    assert len(text_of(made)) <= 14
    assert "More than fits here stands on the result page." in " ".join(" ".join(text_of(made)).split())


# --- data and table


def test_data_without_a_team_has_no_team(shipped: RuleSet) -> None:
    assert "team" not in result_as_data(shipped, score(shipped, Answers(Phase.AFTER, {})))


def test_data_hold_groups_gaps_and_comments_of_a_team_and_its_combined_answers(shipped: RuleSet) -> None:
    answers, team = reading(shipped.instrument, TWO, comments=("Well.",))
    data = json.loads(json.dumps(result_as_data(shipped, score(shipped, answers), team)))
    found = data["team"]
    assert set(found) == {"minimum_group", "asked", "groups", "gaps", "comments"}
    assert [(each["roles"], each["people"]) for each in found["groups"]] == [
        (["mental_health_worker"], 12),
        (["peer_support_worker"], 7),
    ]
    value = found["groups"][0]["values"]["private_space"]
    assert value == {
        "answer": shipped.instrument.items["private_space"].order[-1],
        "differs_within": False,
        "left_open": None,
        "of_people": None,
    }
    assert found["gaps"][0]["voices"][0]["group"] is None
    assert found["comments"] == ["Well."]
    assert data["answers"] == {item: str(answer) for item, answer in answers.given.items()}


def test_the_table_holds_every_value_of_every_group(shipped: RuleSet) -> None:
    answers, team = reading(shipped.instrument, {(STAFF,): (12, half_open), (PEERS,): (7, rarely)})
    rows = list(csv.DictReader(io.StringIO(group_values_as_csv(shipped, answers.phase, team))))
    assert tuple(rows[0]) == VALUES_HEAD
    assert len(rows) == sum(len(sheet.values) for sheet in team.sheets)
    one = next(row for row in rows if row["item"] == "private_space" and row["group"] == "mental health workers")
    item = shipped.instrument.items["private_space"]
    assert (one["level"], one["level_words"]) == (item.order[0], shipped.level(item.code, item.order[0]))
    assert (one["left_open"], one["of_people"]) == ("6", "12")
    untold = next(row for row in rows if row["group"] == "peer support workers")
    assert (untold["level"], untold["level_words"]) == ("", "too few answered to be told")
    assert (untold["left_open"], untold["of_people"]) == ("", "")


def test_nothing_in_the_table_is_taken_for_a_formula(shipped: RuleSet) -> None:
    def hostile(section: Section) -> Section:
        pages = (
            replace(page, items=tuple(replace(item, ask=dict.fromkeys(Phase, "=1+1")) for item in page.items))
            for page in section.pages
        )
        return replace(section, pages=tuple(pages))

    made = replace(shipped, instrument=Instrument(tuple(map(hostile, shipped.instrument.sections))))
    answers, team = reading(made.instrument, {(STAFF,): (12, lowest)})
    rows = list(csv.DictReader(io.StringIO(group_values_as_csv(made, answers.phase, team))))
    assert {row["question"] for row in rows} == {"'=1+1"}
